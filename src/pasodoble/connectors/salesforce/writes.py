"""Writing to Salesforce: collections of 200, five of them to a counted call; guarded updates row by row, 25 to a call.

A collection answers for each record, in order. One that is refused as a whole is halved until the bad record stands alone.
Source: REST guide, "Collections", "Composite" and "Conditional requests". What to write is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import format_datetime
from typing import Any, Final

from pasodoble.connectors.batching import Group, chunked, map_bounded, write_apart, write_in_waves
from pasodoble.connectors.outcomes import NO_ANSWER, outcome_of_error, outcome_of_problem, outcome_of_unsent
from pasodoble.connectors.salesforce.associations import Lookups, fill_lookups
from pasodoble.connectors.salesforce.client import ASSIGN, COMPOSITE_QUERIES, WRITE_HEADERS, SalesforceClient
from pasodoble.connectors.salesforce.errors import CALL_CAUSES, first_error, holder_in, problem_of
from pasodoble.connectors.salesforce.ids import is_id, to_18
from pasodoble.connectors.salesforce.records import AT_ONCE, RecordReader
from pasodoble.connectors.salesforce.schema import KEY_FIELD
from pasodoble.connectors.salesforce.ties import TieWriter
from pasodoble.errors import ConnectorError
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Exists, Outcome, Refused, Stale, Unknown
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

_COLLECTION: Final = 200
_GUARDED: Final = 25
_ASSIGNED: Final = ("Case", "Lead")
"""Objects that have assignment rules of an org's own making."""
_PEOPLE: Final = ("Contact", "Lead")
"""Duplicate rules compare both."""

_SILENT: Final = Unknown(
    problem=Problem(cause=NO_ANSWER, side=Side.SALESFORCE, text="Salesforce's answer does not mention this record")
)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    client: SalesforceClient
    records: RecordReader
    lookups: Lookups

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await write_in_waves(operations, self._write_group)

    async def _write_group(self, group: Group, ops: Sequence[Operation]) -> list[Outcome]:
        sort, object = group
        if sort is Associate:
            ties = TieWriter(client=self.client, write_plain=self.write, lookups=self.lookups)
            return await ties.write([op for op in ops if isinstance(op, Associate)])
        ops = [fill_lookups(op, self.lookups) if isinstance(op, Create) else op for op in ops]
        try:
            keyed = await self._with_keys(object, ops) if sort is Create else ops
        except ConnectorError as error:
            return [self._unsent(error)] * len(ops)
        guarded = [i for i, op in enumerate(ops) if _is_guarded(op)]
        assigned = [i for i, op in enumerate(ops) if _is_to_be_assigned(op)]
        free = [i for i, op in enumerate(ops) if not (_is_guarded(op) or _is_to_be_assigned(op))]
        outcomes: dict[int, Outcome] = {}

        async def one_guarded(places: Sequence[int]) -> None:
            updates = [op for i in places if isinstance(op := ops[i], Update)]
            outcomes.update(zip(places, await self._write_guarded(updates), strict=True))

        async def one_free(places: Sequence[int]) -> None:
            outcomes.update(zip(places, await self._write_collections([keyed[i] for i in places]), strict=True))

        await map_bounded(one_guarded, chunked(guarded, _GUARDED), AT_ONCE)
        largest = _COLLECTION * COMPOSITE_QUERIES
        await map_bounded(one_free, [*chunked(assigned, largest), *chunked(free, largest)], AT_ONCE)
        return [outcomes[i] for i in range(len(ops))]

    async def _with_keys(self, object: str, ops: Sequence[Operation]) -> Sequence[Operation]:
        """Creates that carry their key, where the object has the field for it."""
        if KEY_FIELD not in (await self.records.schemas.known(object)).fields:
            return ops
        return [
            replace(op, fields={**op.fields, KEY_FIELD: op.key}) if isinstance(op, Create) and op.key else op
            for op in ops
        ]

    # --- guarded -----------------------------------------------------------------------------------------------------

    async def _write_guarded(self, ops: Sequence[Update]) -> list[Outcome]:
        """Each row by itself, refused (Stale) when it has changed since; all in one counted call."""
        try:
            answer = await self.client.compose([_guarded(op) for op in ops], safe=False, purpose="write")
        except ConnectorError as error:
            return self._all_failed(error, ops)
        parts = answer.body["compositeResponse"]
        return [_read_row(op, part) for op, part in zip(ops, parts, strict=True)]

    # --- collections -------------------------------------------------------------------------------------------------

    async def _write_collections(self, ops: Sequence[Operation]) -> list[Outcome]:
        """At most five collections. One goes by itself, several in one composite."""
        chunks = list(chunked(ops, _COLLECTION))
        try:
            answers = await self._send([_collection(chunk) for chunk in chunks])
        except ConnectorError as error:
            return self._all_failed(error, ops)
        outcomes: list[Outcome] = []
        for chunk, (status, body) in zip(chunks, answers, strict=True):
            outcomes += await self._read_collection(chunk, status, body)
        return outcomes

    async def _send(self, requests: Sequence[Row]) -> list[tuple[int, Any]]:
        if len(requests) > 1:
            answer = await self.client.compose(requests, safe=False, purpose="write")
            return [(part["httpStatusCode"], part["body"]) for part in answer.body["compositeResponse"]]
        request = requests[0]
        answer = await self.client.call(
            request["method"],
            request["url"],
            body=request.get("body"),
            headers=request["httpHeaders"],
            purpose="write",
        )
        return [(answer.status, answer.body)]

    async def _read_collection(self, ops: Sequence[Operation], status: int, body: Any) -> list[Outcome]:
        if status < 300 and isinstance(body, list) and len(body) == len(ops):
            return [await self._read_result(op, result) for op, result in zip(ops, body, strict=True)]
        if status < 300 or status >= 500:
            return [_SILENT] * len(ops)
        problem = problem_of(first_error(body))
        refusal = outcome_of_problem(problem)
        if len(ops) == 1 or not isinstance(refusal, Refused | Stale):
            return [await self._read_refusal(op, problem) for op in ops]
        return await write_apart(ops, lambda op: _carries(op, problem), refusal, self._write_collections)

    async def _read_result(self, op: Operation, result: Row) -> Outcome:
        if result.get("success"):
            id = to_18(str(result.get("id") or _id_of(op)))
            return Applied(ref=Ref(Side.SALESFORCE, _object_of(op), id))
        return await self._read_refusal(op, problem_of(first_error(result.get("errors"))))

    async def _read_refusal(self, op: Operation, problem: Problem) -> Outcome:
        if isinstance(op, Delete) and problem.cause == "record.deleted":
            return Applied(ref=op.ref)
        if isinstance(op, Update) and _is_the_record_itself(op, problem):
            return Stale()
        if not (isinstance(op, Create) and problem.code in ("DUPLICATE_VALUE", "DUPLICATES_DETECTED")):
            return outcome_of_problem(problem)
        try:
            refs = await self._find_holders(op, problem)
        except ConnectorError as error:
            return self._unsent(error)
        return Exists(refs=refs, problem=problem) if refs else outcome_of_problem(problem)

    async def _find_holders(self, op: Create, problem: Problem) -> tuple[Ref, ...]:
        """Who holds the key or the natural key: named in the message, else looked up."""
        field, id = holder_in(problem.text) if problem.code == "DUPLICATE_VALUE" else ("", "")
        if field and field.lower() != KEY_FIELD.lower():
            return ()  # another unique field: not the record we meant to make
        if id:
            return (Ref(Side.SALESFORCE, op.object, id),)
        if problem.code == "DUPLICATE_VALUE":
            return await self._find(op.object, KEY_FIELD, op.key) if KEY_FIELD in op.fields else ()
        if op.natural is None:
            return ()
        objects = _PEOPLE if op.object in _PEOPLE else (op.object,)
        found = [await self._find(object, *op.natural) for object in objects]
        return tuple(ref for refs in found for ref in refs)

    async def _find(self, object: str, field: str, value: str) -> tuple[Ref, ...]:
        return tuple(snap.ref for snap in await self.records.find(object, field, [value], ()))

    def _unsent(self, error: ConnectorError) -> Outcome:
        return outcome_of_unsent(error, Side.SALESFORCE, self.client.sender.clock.now(), CALL_CAUSES)

    def _all_failed(self, error: ConnectorError, ops: Sequence[Operation]) -> list[Outcome]:
        return [outcome_of_error(error, Side.SALESFORCE, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)


def _is_guarded(op: Operation) -> bool:
    return isinstance(op, Update) and op.unless_modified_since is not None


def _is_to_be_assigned(op: Operation) -> bool:
    """A new lead or case without an owner goes to whom the org's assignment rules say (O-05). No other write moves an owner."""
    return isinstance(op, Create) and op.object in _ASSIGNED and not op.fields.get("OwnerId")


def _guarded(op: Update) -> Row:
    assert op.unless_modified_since is not None
    since = format_datetime(op.unless_modified_since.replace(microsecond=0), usegmt=True)
    return {
        "method": "PATCH",
        "url": f"/sobjects/{op.ref.object}/{op.ref.id}",
        "httpHeaders": {**WRITE_HEADERS, "If-Unmodified-Since": since},
        "body": dict(op.fields),
    }


def _read_row(op: Update, part: Row) -> Outcome:
    status = part["httpStatusCode"]
    if status < 300:
        return Applied(ref=op.ref)
    if status == 412:
        return Stale()
    problem = problem_of(first_error(part["body"]))
    return Stale() if _is_the_record_itself(op, problem) else outcome_of_problem(problem)


def _collection(ops: Sequence[Operation]) -> Row:
    if isinstance(ops[0], Delete):
        ids = ",".join(op.ref.id for op in ops if isinstance(op, Delete))
        return {
            "method": "DELETE",
            "url": f"/composite/sobjects?ids={ids}&allOrNone=false",
            "httpHeaders": WRITE_HEADERS,
        }
    return {
        "method": "POST" if isinstance(ops[0], Create) else "PATCH",
        "url": "/composite/sobjects",
        "httpHeaders": {**WRITE_HEADERS, **ASSIGN} if _is_to_be_assigned(ops[0]) else WRITE_HEADERS,
        "body": {"allOrNone": False, "records": [_to_row(op) for op in ops]},
    }


def _to_row(op: Operation) -> dict[str, Any]:
    row: dict[str, Any] = {"attributes": {"type": _object_of(op)}}
    match op:
        case Create():
            return row | {name: value for name, value in op.fields.items() if value is not None}
        case Update():
            return row | {"id": op.ref.id} | dict(op.fields)
        case _:
            raise AssertionError("only creates and updates have a row")


def _object_of(op: Operation) -> str:
    return op.object if isinstance(op, Create) else op.ref.object


def _id_of(op: Operation) -> str:
    return "" if isinstance(op, Create) else op.ref.id


def _carries(op: Operation, problem: Problem) -> bool:
    """Whether the problem lies in a field as such, whatever its value, and this operation writes that field."""
    return (
        problem.code in ("INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE")
        and isinstance(op, Create | Update)
        and not set(problem.fields).isdisjoint(op.fields)
    )


def _is_the_record_itself(op: Update, problem: Problem) -> bool:
    """A reference that is not there may be the written record, where nothing that is written refers to anything."""
    return (
        problem.cause == "association.reference_missing"
        and not problem.fields
        and not any(isinstance(value, str) and is_id(value) for value in op.fields.values())
    )
