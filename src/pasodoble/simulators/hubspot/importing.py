"""Running an import: rows of CSV files become records, and records of one row are linked to each other.

How the request came in, and how its progress is shown, does not belong here (see `api/imports`).
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pasodoble.simulators.hubspot.changes import Actor
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.linking import link
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.writing import Writer

IDENTITIES: Final = {"0-1": "email", "0-2": "domain"}
"""What an import finds existing records by, where a file names no record id; companies by their domain too."""
ERROR_TYPES: Final = {
    "PROPERTY_DOESNT_EXIST": "PROPERTY_DEFINITION_NOT_FOUND",
    "INVALID_OPTION": "INVALID_ENUMERATION_OPTION",
    "INVALID_EMAIL": "INVALID_EMAIL",
    "INVALID_DATE": "COULD_NOT_PARSE_DATE",
    "INVALID_INTEGER": "INVALID_NUMBER_SIZE",
    "INVALID_LONG": "COULD_NOT_PARSE_NUMBER",
    "REQUIRED_PROPERTY_MISSING": "MISSING_REQUIRED_PROPERTY",
}
DELIMITERS: Final = ",;\t"


@dataclass(frozen=True, slots=True)
class Column:
    """Where one column of a file goes. `is_id` marks the column that holds record ids."""

    name: str
    type_id: str
    property_name: str
    is_id: bool = False


@dataclass(frozen=True, slots=True)
class RowError:
    id: int
    type: str
    message: str
    type_id: str
    line: int
    row: tuple[str, ...]
    at_ms: int


@dataclass(slots=True, kw_only=True)
class Import:
    """One import and what came of it."""

    id: int
    name: str
    request: dict[str, Any]
    type_ids: tuple[str, ...]
    file_ids: tuple[int, ...] = ()
    created_ms: int = 0
    updated_ms: int = 0
    state: str = "DEFERRED"
    counters: Counter[str] = field(default_factory=Counter)
    errors: list[RowError] = field(default_factory=list)


class Importer:
    """Runs the rows of one import. `operations` say per type id whether rows may CREATE, UPDATE or both (UPSERT)."""

    def __init__(self, portal: Portal, job: Import, operations: Mapping[str, str]) -> None:
        self._portal = portal
        self._job = job
        self._operations = operations
        self._actor = Actor("IMPORT", str(job.id))

    def run_file(self, text: str, columns: list[Column], *, has_header: bool) -> None:
        rows = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
        header = [name.strip() for name in next(rows, [])] if has_header else [column.name for column in columns]
        places = {name: number for number, name in enumerate(header)}
        for line, row in enumerate(rows, start=2 if has_header else 1):
            if row:
                self._job.counters["TOTAL_ROWS"] += 1
                self._run_row(line, row, [(column, places.get(column.name)) for column in columns])

    def _run_row(self, line: int, row: list[str], columns: Iterable[tuple[Column, int | None]]) -> None:
        values: dict[str, dict[str, str]] = {}
        ids: dict[str, str] = {}
        for column, place in columns:
            text = row[place].strip() if place is not None and place < len(row) else ""
            if column.is_id:
                ids[column.type_id] = text
            elif text:
                values.setdefault(column.type_id, {})[column.property_name] = text
        written: list[tuple[ObjectType, Record]] = []
        for type_id in self._job.type_ids:
            if type_id in values or ids.get(type_id):
                kind = self._portal.types[type_id]
                record = self._write(kind, values.get(type_id, {}), ids.get(type_id, ""), line, row)
                written += [(kind, record)] if record is not None else []
        for kind, record in written[1:]:
            link(self._portal, self._actor, written[0][0], written[0][1].id, kind, record.id)

    def _write(self, kind: ObjectType, values: dict[str, str], id: str, line: int, row: list[str]) -> Record | None:
        writer = Writer(self._portal, self._actor)
        operation = self._operations.get(kind.type_id, "UPSERT")
        try:
            found = self._find(kind, values, id)
            if found is None and (id or operation == "UPDATE"):
                raise Refusal("There is no such record to update", errors=[{"code": "UPDATE_ONLY_IMPORT"}])
            if found is not None and operation == "CREATE":
                raise Refusal("The record exists already", errors=[{"code": "CREATE_ONLY_IMPORT"}])
            draft = writer.draft_creation(kind, values) if found is None else writer.draft_update(kind, found, values)
            record = save(writer, draft)
        except Refusal as refusal:
            self._note_error(refusal, kind, line, row)
            return None
        self._job.counters["CREATED_OBJECTS" if found is None else "UPDATED_OBJECTS"] += 1
        self._job.counters["PROPERTY_VALUES_EMITTED"] += len(draft.values)
        return record

    def _find(self, kind: ObjectType, values: Mapping[str, str], id: str) -> Record | None:
        table = self._portal.tables[kind.type_id]
        if id:
            return table.find(int(id)) if id.isdecimal() else None
        identity = IDENTITIES.get(kind.type_id)
        text = values.get(identity, "") if identity else ""
        if kind.type_id == "0-1" and text:
            return self._portal.find_unique(kind, "email", text)
        if text and identity:
            holders = table.index_of(identity).get(text)
            return table.rows[min(holders)] if holders else None
        return None

    def _note_error(self, refusal: Refusal, kind: ObjectType, line: int, row: list[str]) -> None:
        code = str(refusal.errors[0].get("code", "")) if refusal.errors else ""
        self._job.counters["ERRORS"] += 1
        self._job.errors.append(
            RowError(
                id=len(self._job.errors) + 1,
                type=ERROR_TYPES.get(code, code if code.endswith("_IMPORT") else "COULD_NOT_PARSE_ROW"),
                message=refusal.message,
                type_id=kind.type_id,
                line=line,
                row=tuple(row),
                at_ms=self._portal.now_ms(),
            )
        )


def _delimiter(text: str) -> str:
    """The delimiter that the first line has most of."""
    first = text.partition("\n")[0]
    return max(DELIMITERS, key=first.count)
