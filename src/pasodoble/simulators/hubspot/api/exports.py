"""Exports over HTTP: a view or a list becomes a CSV file that waits behind a signed address.

The file is written when the export is asked for. Which records a search finds does not belong here (see `searching`).
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.search import SearchApi
from pasodoble.simulators.hubspot.bodies import json_object, optional, required, texts
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.moments import DAY_MS, iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.routes import Routes
from pasodoble.simulators.hubspot.searching import Searcher
from pasodoble.simulators.hubspot.showing import view_of

FILES: Final = "/crm/exports/files"
ADDRESS_LIFE_MS: Final = DAY_MS
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    id: str
    name: str
    kind: ObjectType
    type: str
    properties: tuple[str, ...]
    created_ms: int
    content: bytes
    record_count: int


def add_routes(portal: Portal, routes: Routes) -> None:
    area = Exports(portal)
    rows = [
        ("POST", "/export/async", area.start),
        ("GET", "/export/async/tasks/{id}/status", area.status),
        ("GET", "/export/{id}", area.show),
    ]
    routes.add_table("exports", ("/crm/v3/exports", "/crm/exports/{edition}"), rows)
    routes.open_add("GET", FILES + "/{id}", area.file)


class Exports:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._exports: dict[str, Export] = {}

    def start(self, request: Request) -> Response:
        body = json_object(request)
        kind = self._portal.types.find(required(body, "objectType", str))
        if kind is None:
            raise Refusal(f"objectType {body['objectType']!r} is not an object type of this account")
        if required(body, "format", str) != "CSV":
            raise Refusal("This simulator writes CSV files only")
        names = tuple(texts(body, "objectProperties"))
        if not names:
            raise Refusal("objectProperties is to name at least one property")
        rows = list(self._records(kind, body))
        export = Export(
            id=str(self._portal.next_id("exports")),
            name=optional(body, "exportName", str) or "",
            kind=kind,
            type=required(body, "exportType", str),
            properties=names,
            created_ms=self._portal.now_ms(),
            content=self._write(
                kind, names, rows, internal="NAMES" not in str(body.get("exportInternalValuesOptions"))
            ),
            record_count=len(rows),
        )
        self._exports[export.id] = export
        return json_response({"id": export.id}, 202)

    def _records(self, kind: ObjectType, body: dict[str, Any]) -> Iterable[Record]:
        match required(body, "exportType", str):
            case "LIST":
                return self._members(kind, required(body, "listId", str))
            case "VIEW":
                wanted = optional(body, "publicCrmSearchRequest", dict)
                if not wanted:
                    return self._portal.tables[kind.type_id].rows.values()
                query = SearchApi(self._portal).read_query(kind, wanted)
                return Searcher(self._portal, kind).search(query)
        raise Refusal(f"exportType is VIEW or LIST, not {body['exportType']!r}")

    def _members(self, kind: ObjectType, list_id: str) -> Iterable[Record]:
        found = self._portal.lists.find(list_id)
        if found is None:
            raise missing(f"List {list_id} does not exist")
        rows = self._portal.tables[kind.type_id].rows
        return [rows[id] for id in found.member_ids() if id in rows]

    def _write(self, kind: ObjectType, names: tuple[str, ...], rows: Iterable[Record], *, internal: bool) -> bytes:
        live = self._portal.properties[kind.type_id].live
        known = [name for name in names if name in live]
        view = view_of(self._portal, kind, properties=known)
        labels = {name: {option.value: option.label for option in live[name].options} for name in known}
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(["Record ID", *(name if internal else live[name].label for name in known)])
        for row in rows:
            values = view.show(row)["properties"]
            shown = [values.get(name) or "" for name in known]
            if not internal:
                shown = [labels[name].get(value, value) for name, value in zip(known, shown, strict=True)]
            writer.writerow([row.id, *map(_safe, shown)])
        return out.getvalue().encode()

    def _find(self, request: Request) -> Export:
        export = self._exports.get(request.params["id"])
        if export is None:
            raise missing(f"Export {request.params['id']} not found")
        return export

    def status(self, request: Request) -> Response:
        export = self._find(request)
        done = iso(export.created_ms)
        return json_response(
            {
                "status": "COMPLETE",
                "result": self._address(export, request),
                "requestedAt": done,
                "startedAt": done,
                "completedAt": done,
                "numErrors": 0,
                "errors": [],
            }
        )

    def show(self, request: Request) -> Response:
        export = self._find(request)
        return json_response(
            {
                "id": export.id,
                "exportName": export.name,
                "exportState": "DONE",
                "exportType": export.type,
                "objectType": export.kind.constant,
                "objectProperties": list(export.properties),
                "recordCount": export.record_count,
                "createdAt": iso(export.created_ms),
                "updatedAt": iso(export.created_ms),
            }
        )

    def _address(self, export: Export, request: Request) -> str:
        expires = str(self._portal.now_ms() + ADDRESS_LIFE_MS)
        host = request.headers.get("host", "localhost")
        return (
            f"{request.scheme}://{host}{FILES}/{export.id}?expires={expires}&signature={self._sign(export.id, expires)}"
        )

    def _sign(self, id: str, expires: str) -> str:
        secret = self._portal.credentials.client_secret.encode()
        return hmac.new(secret, f"export:{id}:{expires}".encode(), hashlib.sha256).hexdigest()

    def file(self, request: Request) -> Response:
        expires = request.one("expires") or ""
        signed = hmac.compare_digest(self._sign(request.params["id"], expires), request.one("signature") or "")
        if not signed or int(expires) < self._portal.now_ms():
            raise Refusal("Request has expired or its signature does not match", status=403, category=None)
        return Response(body=self._find(request).content, content_type="text/csv;charset=utf-8")


def _safe(value: str) -> str:
    """A value that a spreadsheet would take for a formula is shown as text; numbers stay as they are."""
    looks_like_number = value.lstrip("+-").replace(".", "", 1).isdecimal()
    return "'" + value if value.startswith(FORMULA_STARTS) and not looks_like_number else value
