"""Writing to HubSpot in batches of 100, each input with its own trace id, each with its own outcome.

A batch create is all or nothing unless every input carries a trace id; a 207 then names the inputs that failed. A batch
that is refused as a whole is halved until the bad input stands alone.
Source: developer docs, "Using object APIs" and "Error handling" (March 2026). What to write is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pasodoble.connectors.batching import Group, chunked, map_bounded, write_apart, write_in_waves
from pasodoble.connectors.http import Answer
from pasodoble.connectors.hubspot.associations import AssociationWriter, spell_ties
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import CALL_CAUSES, existing_id, problem_of
from pasodoble.connectors.hubspot.optout import OptOuts
from pasodoble.connectors.hubspot.records import AT_ONCE, BATCH, RecordReader, parse_moment, to_property
from pasodoble.connectors.hubspot.schema import KEY_PROPERTY
from pasodoble.connectors.outcomes import NO_ANSWER, outcome_of_error, outcome_of_problem, outcome_of_unsent
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
    opt_outs: OptOuts

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await write_in_waves(operations, self._write_group)

    async def _write_group(self, group: Group, ops: Sequence[Operation]) -> list[Outcome]:
        sort, object = group
        if sort is Associate:
            return await self.associations.write([op for op in ops if isinstance(op, Associate)])
        try:
            keyed = await self._with_keys(object, ops) if sort is Create else ops
        except ConnectorError as error:
            return [outcome_of_unsent(error, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)
        left = await self.opt_outs.carry_out(keyed)
        to_write = [op for op in left if isinstance(op, Operation)]
        chunks = await map_bounded(self._write_batch, chunked(to_write, BATCH), AT_ONCE)
        written = (outcome for chunk in chunks for outcome in chunk)
        return [next(written) if isinstance(one, Operation) else one for one in left]

    async def _with_keys(self, object: str, ops: Sequence[Operation]) -> Sequence[Operation]:
        """Creates that carry their key, where the object has the property for it."""
        if KEY_PROPERTY not in (await self.records.schemas.known(object)).fields:
            return ops
        return [
            replace(op, fields={**op.fields, KEY_PROPERTY: op.key}) if isinstance(op, Create) and op.key else op
            for op in ops
        ]

    async def _write_batch(self, ops: Sequence[Operation]) -> list[Outcome]:
        try:
            answer = await self._send(ops)
        except ConnectorError as error:
            return [outcome_of_error(error, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)
        if answer.status < 400:
            return await self._read_outcomes(ops, answer)
        if len(ops) == 1:
            return [await self._read_refusal(ops[0], answer.body)]
        problem = problem_of(answer.body)
        refusal = outcome_of_problem(problem)
        if answer.status not in _ONE_INPUTS_FAULT:
            return [refusal] * len(ops)
        return await write_apart(ops, lambda op: _carries(op, problem), refusal, self._write_batch)

    async def _send(self, ops: Sequence[Operation]) -> Answer:
        inputs = [_to_input(op, str(i)) for i, op in enumerate(ops)]
        path = f"/{_object_of(ops[0])}/batch/{_VERBS[type(ops[0])]}"
        return await self.client.write("objects", path, {"inputs": inputs})

    async def _read_outcomes(self, ops: Sequence[Operation], answer: Answer) -> list[Outcome]:
        if isinstance(ops[0], Delete) and answer.body is None:
            return [Applied(ref=op.ref) for op in ops if isinstance(op, Delete)]
        outcomes: dict[int, Outcome] = {}
        body = answer.body if isinstance(answer.body, dict) else {}
        for row in body.get("results") or ():
            place = _place_of(row, ops)
            if place is not None:
                outcomes[place] = self._applied(ops[place], row, answer)
        unclaimed = []
        for error in body.get("errors") or ():
            places = _places_of_error(error, ops)
            unclaimed += [] if places else [error]
            for place in places:
                outcomes[place] = await self._read_refusal(ops[place], error)
        rest = [i for i in range(len(ops)) if i not in outcomes]
        if len(rest) == len(unclaimed) == 1:
            outcomes[rest[0]] = await self._read_refusal(ops[rest[0]], unclaimed[0])
        elif len(rest) == len(unclaimed):  # all refused, and none says which: each by itself
            for i in rest:
                outcomes[i] = (await self._write_batch([ops[i]]))[0]
        return [outcomes.get(i, _SILENT) for i in range(len(ops))]

    def _applied(self, op: Operation, row: Mapping[str, Any], answer: Answer) -> Outcome:
        """The answer shows more than was written; only what was written is sure to be the record's own."""
        written = op.fields if isinstance(op, Create | Update) else {}
        given = row["properties"]
        ref = Ref(Side.HUBSPOT, _object_of(op), str(row["id"]))
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
        if not (isinstance(op, Create) and problem.cause in _DUPLICATES and _is_itself(op, problem)):
            return outcome_of_problem(problem)
        try:
            refs = await self._find_holders(op, error)
        except ConnectorError as trouble:
            return outcome_of_unsent(trouble, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)
        return Exists(refs=refs, problem=problem) if refs else outcome_of_problem(problem)

    async def _find_holders(self, op: Create, error: Any) -> tuple[Ref, ...]:
        """Who holds the key or the natural key: named in the answer, else looked up."""
        named = existing_id(error)
        if named is not None:
            return (Ref(Side.HUBSPOT, op.object, named),)
        by_key = [(KEY_PROPERTY, op.key)] if KEY_PROPERTY in op.fields else []
        for field, value in [*by_key, *([op.natural] if op.natural else [])]:
            found = await self.records.find(op.object, field, [value], ())
            if found:
                return tuple(snap.ref for snap in found)
        return ()


def _object_of(op: Operation) -> str:
    return op.object if isinstance(op, Create) else op.ref.object


def _is_itself(op: Create, problem: Problem) -> bool:
    """Whether what is in the way is the record we meant to make, not one that shares some other unique value."""
    own = {KEY_PROPERTY, *([op.natural[0]] if op.natural else [])}
    return not problem.fields or not own.isdisjoint(problem.fields)


def _carries(op: Operation, problem: Problem) -> bool:
    """Whether the problem lies in a field as such, whatever its value, and this operation writes that field."""
    is_mapping = get_cause(problem.cause).category is Category.PROPERTY_MAPPINGS
    return is_mapping and isinstance(op, Create | Update) and not set(problem.fields).isdisjoint(op.fields)


def _to_input(op: Operation, trace_id: str) -> dict[str, Any]:
    match op:
        case Create():
            given = {name: to_property(value) for name, value in op.fields.items() if value is not None}
            return {"properties": given, "associations": spell_ties(op), "objectWriteTraceId": trace_id}
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
