"""Imports over HTTP: a multipart request with files starts one, later calls tell how it went.

Three run at a time, the others are deferred until one is done or cancelled. What a row becomes does not belong here (see
`importing`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import orjson

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.bodies import optional, page_of, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.importing import Column, Import, Importer, RowError
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.multipart import Part, read_parts
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, is_dated

OPERATIONS = ("CREATE", "UPDATE", "UPSERT")
MAX_RUNNING: Final = 3


def add_routes(portal: Portal, routes: Routes) -> None:
    area = Imports(portal)
    rows = [
        ("GET", "", area.page),
        ("POST", "", area.create),
        ("GET", "/{id}", area.show),
        ("POST", "/{id}/cancel", area.cancel),
        ("GET", "/{id}/errors", area.errors),
    ]
    routes.add_table("imports", ("/crm/v3/imports", "/crm/imports/{edition}"), rows)


class Imports:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._imports: dict[int, Import] = {}
        self._work: dict[int, Callable[[], None]] = {}
        """Import -> what writes its rows, as long as that is still to come."""

    def _find(self, request: Request) -> Import:
        text = request.params["id"]
        job = self._imports.get(int(text)) if text.isdecimal() else None
        if job is None:
            raise missing(f"Import {text} not found")
        return job

    def page(self, request: Request) -> Response:
        newest_first = list(self._imports.values())[::-1]
        shown, paging = page_of(newest_first, request, default=100, largest=100)
        return json_response({"results": [_spell(job) for job in shown], **paging})

    def show(self, request: Request) -> Response:
        return json_response(_spell(self._find(request)))

    def create(self, request: Request) -> Response:
        wanted, files = _read(request)
        specs = [spec for spec in required(wanted, "files", list) if isinstance(spec, dict)]
        columns = [self._columns(spec) for spec in specs]
        now = self._portal.now_ms()
        job = Import(
            id=self._portal.next_id("imports"),
            name=optional(wanted, "name", str) or "",
            request=wanted,
            type_ids=tuple(dict.fromkeys(column.type_id for row in columns for column in row)),
            file_ids=tuple(self._portal.next_id("files") for _ in specs),
            created_ms=now,
            updated_ms=now,
        )
        importer = Importer(self._portal, job, self._operations(wanted))
        texts = [_text_of(spec, files) for spec in specs]
        headed = [bool((optional(spec, "fileImportPage", dict) or {}).get("hasHeader", True)) for spec in specs]

        def write_rows() -> None:
            for text, row, has_header in zip(texts, columns, headed, strict=True):
                importer.run_file(text, row, has_header=has_header)

        self._imports[job.id] = job
        self._work[job.id] = write_rows
        self._start_deferred()
        started = _spell(job)
        if not self._portal.switches.import_s:
            self._finish(job)
        return json_response(started, writes=job.counters["CREATED_OBJECTS"] + job.counters["UPDATED_OBJECTS"])

    def _start_deferred(self) -> None:
        """Start what waits, the oldest first, as far as there is room."""
        running = sum(job.state == "STARTED" for job in self._imports.values())
        waiting = [job for job in self._imports.values() if job.state == "DEFERRED"]
        for job in waiting[: max(0, MAX_RUNNING - running)]:
            job.state = "STARTED"
            self._portal.clock.call_later(self._portal.switches.import_s, partial(self._finish, job))

    def _finish(self, job: Import) -> None:
        """Write the rows of an import that runs; nothing, for one that was cancelled or is done."""
        if job.state == "STARTED":
            self._work.pop(job.id)()
            self._end(job, "DONE")

    def _end(self, job: Import, state: str) -> None:
        job.state, job.updated_ms = state, self._portal.now_ms()
        self._start_deferred()

    def _operations(self, wanted: dict[str, Any]) -> dict[str, str]:
        operations = {
            self._type_id(name): str(how) for name, how in (optional(wanted, "importOperations", dict) or {}).items()
        }
        if unknown := [how for how in operations.values() if how not in OPERATIONS]:
            raise Refusal(f"importOperations are {', '.join(OPERATIONS)}, not {unknown[0]}")
        return operations

    def _type_id(self, name: object) -> str:
        kind = self._portal.types.find(str(name))
        if kind is None:
            raise Refusal(f"{name!r} is not an object type of this account")
        return kind.type_id

    def _columns(self, spec: dict[str, Any]) -> list[Column]:
        page = required(spec, "fileImportPage", dict)
        columns = []
        for mapping in required(page, "columnMappings", list):
            if not isinstance(mapping, dict):
                raise Refusal("columnMappings is to be a list of objects")
            column = Column(
                name=required(mapping, "columnName", str).strip(),
                type_id=self._type_id(mapping.get("columnObjectTypeId") or "0-1"),
                property_name=optional(mapping, "propertyName", str) or "",
                is_id=mapping.get("columnType", mapping.get("idColumnType")) == "HUBSPOT_OBJECT_ID",
            )
            if column.property_name or column.is_id:
                columns.append(column)
        return columns

    def cancel(self, request: Request) -> Response:
        """An import that is done cannot be undone; the answer says that the asking is over."""
        job = self._find(request)
        if self._work.pop(job.id, None) is not None:
            self._end(job, "CANCELED")
        return json_response(
            {"status": "COMPLETE", "startedAt": iso(job.created_ms), "completedAt": iso(self._portal.now_ms())}
        )

    def errors(self, request: Request) -> Response:
        job = self._find(request)
        shown, paging = page_of(job.errors, request, default=10, largest=500)
        dated = is_dated(request)
        return json_response({"results": [_spell_error(error, job, dated=dated) for error in shown], **paging})


def _read(request: Request) -> tuple[dict[str, Any], list[Part]]:
    """The import request and the files that came with it."""
    try:
        parts = read_parts(request.headers.get("content-type", ""), request.body)
    except ValueError as error:
        raise Refusal(f"Invalid import: {error}") from None
    texts = [part.content for part in parts if part.name == "importRequest"]
    if not texts:
        raise Refusal("Invalid import: the part importRequest is missing")
    try:
        wanted = orjson.loads(texts[0])
    except orjson.JSONDecodeError as error:
        raise Refusal(f"Invalid import: importRequest is not JSON: {error}") from None
    if not isinstance(wanted, dict):
        raise Refusal("Invalid import: importRequest is to be an object")
    return wanted, [part for part in parts if part.name.startswith("files")]


def _text_of(spec: dict[str, Any], files: list[Part]) -> str:
    name = required(spec, "fileName", str)
    if (spec.get("fileFormat") or "CSV") != "CSV":
        raise Refusal("This simulator imports CSV files only")
    content = next((part.content for part in files if part.file_name == name), None)
    if content is None:
        raise Refusal(f"Invalid import: the file {name} did not come with the request")
    return content.decode("utf-8-sig", "replace")


def _spell(job: Import) -> dict[str, Any]:
    return {
        "id": str(job.id),
        "importName": job.name,
        "state": job.state,
        "createdAt": iso(job.created_ms),
        "updatedAt": iso(job.updated_ms),
        "importRequestJson": job.request,
        "importSource": "API",
        "optOutImport": False,
        "mappedObjectTypeIds": list(job.type_ids),
        "metadata": {
            "counters": dict(job.counters),
            "fileIds": [str(id) for id in job.file_ids],
            "objectLists": [],
        },
    }


def _spell_error(error: RowError, job: Import, *, dated: bool) -> dict[str, Any]:
    source: dict[str, Any] = {
        "lineNumber": error.line,
        "rowData": list(error.row),
        "fileId": job.file_ids[0],
        "containsEncryptedProperties": False,
    }
    if dated:
        source["additionalRowData"] = []
    return {
        "id": str(error.id),
        "createdAt": error.at_ms,
        "errorType": error.type,
        "errorMessage": error.message,
        "objectTypeId": error.type_id,
        "sourceData": source,
    }
