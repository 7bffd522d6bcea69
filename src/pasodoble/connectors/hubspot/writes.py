"""Writing to HubSpot in batches of 100, each input with its own trace id, each with its own outcome.

A batch create is all or nothing unless every input carries a trace id; a 207 then names the inputs that failed. A batch
that is refused as a whole is halved until the bad input stands alone.
Source: developer docs, "Using object APIs" and "Error handling" (March 2026). What to write is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pasodoble.connectors.batching import Group, chunked, map_bounded, write_in_waves
from pasodoble.connectors.http import Answer
from pasodoble.connectors.hubspot.associations import AssociationWriter
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import CALL_CAUSES, existing_id, problem_of
from pasodoble.connectors.hubspot.records import AT_ONCE, BATCH, RecordReader, parse_moment, to_property
from pasodoble.connectors.hubspot.schema import KEY_PROPERTY
from pasodoble.connectors.outcomes import NO_ANSWER, outcome_of_error, outcome_of_problem
from pasodoble.errors import ConnectorError
from pasodoble.model.cause import Category, Problem
from pasodoble.model.causes import get_cause
from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Exists, Outcome, Unknown
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

_VERBS: Final[Mapping[type[Operation], str]] = {Create: "create", Update: "update", Delete: "archive"}
_ONE_INPUTS_FAULT: Final = frozenset({400, 404, 409})
_DUPLICATES: Final = frozenset({"duplicate.email_in_use", "duplicate.value"})
_SILENT: Final = Unknown(
    problem=Problem(cause=NO_ANSWER, side=Side.HUBSPOT, text="HubSpot's answer does not mention this record")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    client: HubSpotClient
    records: RecordReader
    associations: AssociationWriter

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await write_in_waves(operations, self._write_group)

    async def _write_group(self, group: Group, ops: Sequence[Operation]) -> list[Outcome]:
        sort, object = group
        if sort is Associate:
            return await self.associations.write([op for op in ops if isinstance(op, Associate)])
        carries_key = sort is Create and await self._has_key(object)

        async def one(chunk: Sequence[Operation]) -> list[Outcome]:
            return await self._write_batch(object, chunk, carries_key=carries_key)

        chunks = await map_bounded(one, chunked(ops, BATCH), AT_ONCE)
        return [outcome for chunk in chunks for outcome in chunk]

    async def _has_key(self, object: str) -> bool:
        try:
            return KEY_PROPERTY in (await self.records.schemas.known(object)).fields
        except ConnectorError:
            return False

    async def _write_batch(self, object: str, ops: Sequence[Operation], *, carries_key: bool) -> list[Outcome]:
        try:
            answer = await self._send(object, ops, carries_key=carries_key)
        except ConnectorError as error:
            return [outcome_of_error(error, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)
        if answer.status < 400:
            return await self._read_outcomes(object, ops, answer, carries_key=carries_key)
        if len(ops) == 1:
            return [await self._read_refusal(ops[0], answer.body)]
        if answer.status not in _ONE_INPUTS_FAULT:
            return [outcome_of_problem(problem_of(answer.body))] * len(ops)
        return await self._write_apart(object, ops, problem_of(answer.body), carries_key=carries_key)

    async def _write_apart(
        self, object: str, ops: Sequence[Operation], problem: Problem, *, carries_key: bool
    ) -> list[Outcome]:
        """A batch was refused for the sake of some input: by the field at fault if it is one, else in halves."""
        at_fault = {i for i, op in enumerate(ops) if _carries(op, problem)}
        if not at_fault:
            half = len(ops) // 2
            first = await self._write_batch(object, ops[:half], carries_key=carries_key)
            return first + await self._write_batch(object, ops[half:], carries_key=carries_key)
        outcomes: list[Outcome] = [outcome_of_problem(problem)] * len(ops)
        rest = [i for i in range(len(ops)) if i not in at_fault]
        again = await self._write_batch(object, [ops[i] for i in rest], carries_key=carries_key) if rest else []
        for i, outcome in zip(rest, again, strict=True):
            outcomes[i] = outcome
        return outcomes

    async def _send(self, object: str, ops: Sequence[Operation], *, carries_key: bool) -> Answer:
        verb = _VERBS[type(ops[0])]
        inputs = [_to_input(op, str(i), carries_key=carries_key) for i, op in enumerate(ops)]
        return await self.client.write("objects", f"/{object}/batch/{verb}", {"inputs": inputs})

    async def _read_outcomes(
        self, object: str, ops: Sequence[Operation], answer: Answer, *, carries_key: bool
    ) -> list[Outcome]:
        if isinstance(ops[0], Delete) and answer.body is None:
            return [Applied(ref=op.ref) for op in ops if isinstance(op, Delete)]
        outcomes: dict[int, Outcome] = {}
        for row in answer.body["results"]:
            place = _place_of(row, ops)
            if place is not None:
                outcomes[place] = self._applied(object, ops[place], row, answer)
        unclaimed = []
        for error in answer.body.get("errors") or ():
            places = _places_of_error(error, ops)
            unclaimed += [] if places else [error]
            for place in places:
                outcomes[place] = await self._read_refusal(ops[place], error)
        rest = [i for i in range(len(ops)) if i not in outcomes]
        if len(rest) == len(unclaimed) == 1:
            outcomes[rest[0]] = await self._read_refusal(ops[rest[0]], unclaimed[0])
        elif len(rest) == len(unclaimed) > 1:  # all refused, and none says which: each by itself
            for i in rest:
                outcomes[i] = (await self._write_batch(object, [ops[i]], carries_key=carries_key))[0]
        return [outcomes.get(i, _SILENT) for i in range(len(ops))]

    def _applied(self, object: str, op: Operation, row: Mapping[str, Any], answer: Answer) -> Outcome:
        """The answer shows more than was written; only what was written is sure to be the record's own."""
        written = op.fields if isinstance(op, Create | Update) else {}
        given = row["properties"]
        ref = Ref(Side.HUBSPOT, object, str(row["id"]))
        snapshot = Snapshot(
            ref=ref,
            fields={name: given[name] or None for name in written if name in given},
            modified_at=parse_moment(row["updatedAt"]) or answer.at,
            seen_at=parse_moment(answer.body.get("completedAt")) or answer.at,
            created_at=parse_moment(row.get("createdAt")),
            by_us=True,
        )
        return Applied(ref=ref, snapshot=snapshot)

    async def _read_refusal(self, op: Operation, error: Any) -> Outcome:
        problem = problem_of(error)
        if isinstance(op, Create) and problem.cause in _DUPLICATES and _is_itself(op, problem):
            refs = await self._find_holders(op, error)
            if refs:
                return Exists(refs=refs, problem=problem)
        return outcome_of_problem(problem)

    async def _find_holders(self, op: Create, error: Any) -> tuple[Ref, ...]:
        """Who holds the key or the natural key: named in the answer, else looked up."""
        named = existing_id(error)
        if named is not None:
            return (Ref(Side.HUBSPOT, op.object, named),)
        asked = [(KEY_PROPERTY, op.key), *([op.natural] if op.natural else [])]
        for field, value in asked:
            try:
                found = await self.records.find(op.object, field, [value], ())
            except ConnectorError:
                continue
            if found:
                return tuple(snap.ref for snap in found)
        return ()


def _is_itself(op: Create, problem: Problem) -> bool:
    """Whether what is in the way is the record we meant to make, not one that shares some other unique value."""
    own = {KEY_PROPERTY, *([op.natural[0]] if op.natural else [])}
    return not problem.fields or not own.isdisjoint(problem.fields)


def _carries(op: Operation, problem: Problem) -> bool:
    """Whether the problem lies in a field as such, whatever its value, and this operation writes that field."""
    is_mapping = get_cause(problem.cause).category is Category.PROPERTY_MAPPINGS
    return is_mapping and isinstance(op, Create | Update) and not set(problem.fields).isdisjoint(op.fields)


def _to_input(op: Operation, trace_id: str, *, carries_key: bool) -> dict[str, Any]:
    match op:
        case Create():
            given = {name: to_property(value) for name, value in op.fields.items() if value is not None}
            key = {KEY_PROPERTY: op.key} if carries_key and op.key else {}
            return {"properties": given | key, "associations": [], "objectWriteTraceId": trace_id}
        case Update():
            written = {name: to_property(value) for name, value in op.fields.items()}
            return {"id": op.ref.id, "properties": written, "objectWriteTraceId": trace_id}
        case Delete():
            return {"id": op.ref.id}
        case Associate():
            raise AssertionError("associations have their own writer")


def _place_of(row: Mapping[str, Any], ops: Sequence[Operation]) -> int | None:
    """Which operation a result answers: by trace id, by id, by key, or by being the only one."""
    trace = row.get("objectWriteTraceId")
    if trace is not None and str(trace).isdigit() and int(trace) < len(ops):
        return int(trace)
    key = row["properties"].get(KEY_PROPERTY)
    for i, op in enumerate(ops):
        if isinstance(op, Create) and key is not None and op.key == key:
            return i
        if isinstance(op, Update) and op.ref.id == str(row["id"]):
            return i
        if isinstance(op, Create) and op.natural and row["properties"].get(op.natural[0]) == op.natural[1]:
            return i
    return 0 if len(ops) == 1 else None


def _places_of_error(error: Mapping[str, Any], ops: Sequence[Operation]) -> list[int]:
    context = error.get("context") or {}
    traces = [int(t) for t in context.get("objectWriteTraceId") or () if str(t).isdigit()]
    ids = {str(id) for id in context.get("ids") or context.get("id") or ()}
    return [t for t in traces if t < len(ops)] or [
        i for i, op in enumerate(ops) if not isinstance(op, Create) and op.ref.id in ids
    ]
