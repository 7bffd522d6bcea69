"""Batches of CRM objects over HTTP: read, create, update, upsert, archive, with their partial answers.

What one record may hold does not belong here (see `writing`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot import removing
from pasodoble.simulators.hubspot.api.objects import (
    BASES,
    check_id_property,
    find_record,
    flag,
    kind_of,
    read_links,
    read_properties,
    writer_of,
)
from pasodoble.simulators.hubspot.bodies import inputs, json_object, not_given, optional, texts
from pasodoble.simulators.hubspot.errors import Refusal, too_many_inputs
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.showing import show_written, view_of
from pasodoble.simulators.hubspot.writing import Draft, Writer

MAX_INPUTS = 100
MAX_HISTORY_INPUTS = 50
Shown = dict[str, Any]
T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class Outcome:
    """What became of a batch: (record, JSON) each, and error entries."""

    results: list[tuple[int, Shown]] = field(default_factory=list)
    errors: list[Shown] = field(default_factory=list)
    writes: int = 0


class BatchesApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def read(self, request: Request) -> Response:
        kind, body = kind_of(self.portal, request), json_object(request)
        history = texts(body, "propertiesWithHistory")
        wanted = inputs(request)
        _check_size(wanted, history=bool(history))
        id_property = optional(body, "idProperty", str)
        view = view_of(
            self.portal, kind, properties=texts(body, "properties"), history=history, dated=is_dated(request)
        )
        archived, table = flag(request, "archived"), self.portal.tables[kind.type_id]
        found: dict[int, Record] = {}
        absent: list[str] = []
        for id in map(_id_of, wanted):
            row = (
                (table.archived.get(int(id)) if id.isdecimal() else None)
                if archived
                else find_record(self.portal, kind, id, id_property)
            )
            if row is None:
                absent.append(id)
            else:
                found[row.id] = row
        outcome = Outcome([(row.id, view.show(row)) for row in found.values()])
        if absent:
            outcome.errors.append(_absent(kind, absent))
        return self._answer(outcome)

    def create(self, request: Request) -> Response:
        kind, wanted = kind_of(self.portal, request), inputs(request)
        _check_size(wanted)
        writer = writer_of(self.portal, request)

        def draft(entry: Shown) -> Draft:
            links = read_links(self.portal, kind, entry.get("associations"))
            return writer.draft_creation(kind, read_properties(entry), links)

        return self._write(request, kind, writer, wanted, draft, status=201)

    def update(self, request: Request) -> Response:
        kind, wanted = kind_of(self.portal, request), inputs(request)
        _check_size(wanted)
        _check_distinct(wanted)
        writer = writer_of(self.portal, request)
        rows = {_name_of(entry): self._to_update(kind, *_name_of(entry)) for entry in wanted}
        _refuse_twice([str(row.id) for row in rows.values() if row is not None])

        def draft(entry: Shown) -> Draft:
            row = rows[_name_of(entry)]
            assert row is not None
            return writer.draft_update(kind, row, read_properties(entry))

        known = [entry for entry in wanted if rows[_name_of(entry)] is not None]
        absent = [entry for entry in wanted if rows[_name_of(entry)] is None]
        traces = [str(entry["objectWriteTraceId"]) for entry in absent if entry.get("objectWriteTraceId")]
        errors = [_absent(kind, [_id_of(entry) for entry in absent], traces)] if absent else []
        return self._write(request, kind, writer, known, draft, errors=errors)

    def _to_update(self, kind: ObjectType, id: str, id_property: str) -> Record | None:
        """The record to update; ids that a merge absorbed do not count here."""
        if id_property:
            check_id_property(self.portal, kind, id_property)
            return self.portal.find_unique(kind, id_property, id)
        return self.portal.tables[kind.type_id].rows.get(int(id)) if id.isdecimal() else None

    def upsert(self, request: Request) -> Response:
        kind, wanted = kind_of(self.portal, request), inputs(request)
        _check_size(wanted)
        _check_distinct(wanted)
        writer = writer_of(self.portal, request)

        def draft(entry: Shown) -> Draft:
            id, name = _id_of(entry), entry.get("idProperty")
            row = find_record(self.portal, kind, id, name)
            properties = read_properties(entry)
            if row is not None:
                return writer.draft_update(kind, row, properties)
            if not name or name == "hs_object_id":
                raise Refusal(_absent_text(kind), category="OBJECT_NOT_FOUND", context={"ids": [id]})
            return writer.draft_creation(kind, {name: id, **properties})

        by_email = any(entry.get("idProperty") == "email" for entry in wanted)
        return self._write(request, kind, writer, wanted, draft, partial=not by_email, upsert=True)

    def archive(self, request: Request) -> Response:
        kind, wanted = kind_of(self.portal, request), inputs(request)
        _check_size(wanted)
        table, gone = self.portal.tables[kind.type_id], 0
        for id in map(_id_of, wanted):
            row = table.rows.get(int(id)) if id.isdecimal() else None
            if row is not None:
                removing.archive(self.portal, actor_of(request), kind, row)
                gone += 1
        return Response(status=204, records=len(wanted), writes=gone)

    def _write(
        self,
        request: Request,
        kind: ObjectType,
        writer: Writer,
        wanted: Sequence[Shown],
        draft: Callable[[Shown], Draft],
        *,
        status: int = 200,
        errors: Sequence[Shown] = (),
        partial: bool = True,
        upsert: bool = False,
    ) -> Response:
        """Draft all, then commit all; with a trace id on every input, what cannot be drafted fails alone."""
        traced = partial and self.portal.switches.partial_batches and _all_traced(wanted)
        outcome = Outcome(errors=list(errors))
        drafts: list[tuple[Draft, str | None]] = []
        for entry in wanted:
            trace = optional(entry, "objectWriteTraceId", str)
            try:
                drafts.append((draft(entry), trace))
            except Refusal as refusal:
                if not traced:
                    raise
                outcome.errors.append(refusal.batch_error(objectWriteTraceId=str(trace)))
        dated = is_dated(request)
        for made, trace in drafts:
            row = save(writer, made)
            shown = show_written(self.portal, kind, row, dated=dated)
            if trace is not None:
                shown["objectWriteTraceId"] = trace
            if upsert:
                shown["new"] = made.row is None
            outcome.results.append((row.id, shown))
            outcome.writes += bool(made.values)
        return self._answer(outcome, status)

    def _answer(self, outcome: Outcome, status: int = 200) -> Response:
        order = self.portal.switches.batch_order
        if order == "id":
            outcome.results.sort(key=lambda result: result[0])
        elif order == "shuffled":
            self.portal.dice.shuffle(outcome.results)
        body = envelope(self.portal, [shown for _id, shown in outcome.results], outcome.errors)
        count = len(outcome.results) + len(outcome.errors)
        return json_response(body, 207 if outcome.errors else status, records=count, writes=outcome.writes)


def envelope(portal: Portal, results: Sequence[Shown], errors: Sequence[Shown] = ()) -> Shown:
    """The body of every batch answer."""
    now = iso(portal.now_ms())
    body: Shown = {"status": "COMPLETE", "results": list(results), "startedAt": now, "completedAt": now}
    if errors:
        body["numErrors"] = len(errors)
        body["errors"] = list(errors)
    return body


def _check_size(wanted: Sequence[Shown], *, history: bool = False) -> None:
    if history and len(wanted) > MAX_HISTORY_INPUTS:
        raise Refusal(
            "The maximum number of inputs supported in a batch request for property histories is "
            f"{MAX_HISTORY_INPUTS}. Please reduce the number of items and try again"
        )
    if len(wanted) > MAX_INPUTS:
        raise too_many_inputs(MAX_INPUTS)


def _id_of(entry: Shown) -> str:
    id = entry.get("id")
    if id is None or isinstance(id, dict | list | bool):
        raise not_given("id")
    return str(id)


def _name_of(entry: Shown) -> tuple[str, str]:
    """How an input names its record: the id, and the property that it is a value of ("" for the record's own id)."""
    return _id_of(entry), str(entry.get("idProperty") or "")


def _check_distinct(wanted: Sequence[Shown]) -> None:
    _refuse_twice(list(map(_name_of, wanted)), name=lambda named: named[0])


def _refuse_twice(keys: Sequence[T], name: Callable[[T], str] = str) -> None:
    """Raises Refusal when a key is there more than once; `name` says it."""
    if len(set(keys)) == len(keys):
        return
    names = [name(key) for key, count in Counter(keys).items() if count > 1]
    raise Refusal(
        f"Duplicate IDs found in batch input: [{', '.join(names)}]. IDs must be unique", context={"ids": names}
    )


def _all_traced(wanted: Sequence[Shown]) -> bool:
    traces = [entry.get("objectWriteTraceId") for entry in wanted]
    return all(isinstance(trace, str) and trace for trace in traces) and len(set(traces)) == len(traces)


def _absent_text(kind: ObjectType) -> str:
    return f"Could not get some {kind.constant} objects, they may be deleted or not exist. Check that ids are valid."


def _absent(kind: ObjectType, ids: Sequence[str], traces: Sequence[str] = ()) -> Shown:
    refusal = Refusal(_absent_text(kind), category="OBJECT_NOT_FOUND", context={"ids": list(ids)})
    error = refusal.batch_error()
    if traces:
        error["context"]["objectWriteTraceId"] = list(traces)
    return error


def add_routes(portal: Portal, routes: Routes) -> None:
    api = BatchesApi(portal)
    routes.add_table(
        "objects",
        BASES,
        [
            ("POST", "/{type}/batch/read", api.read),
            ("POST", "/{type}/batch/create", api.create),
            ("POST", "/{type}/batch/update", api.update),
            ("POST", "/{type}/batch/upsert", api.upsert),
            ("POST", "/{type}/batch/archive", api.archive),
        ],
    )
