"""Writing to Salesforce: collections of 200, five of them to a counted call; guarded updates row by row, 25 to a call.

A collection answers for each record, in order. One that is refused as a whole is halved until the bad record stands alone.
Source: REST guide, "Collections", "Composite" and "Conditional requests". What to write is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any, Final

from pasodoble.connectors.batching import Group, chunked, map_bounded, write_in_waves
from pasodoble.connectors.outcomes import NO_ANSWER, outcome_of_error, outcome_of_problem
from pasodoble.connectors.salesforce.client import COMPOSITE_QUERIES, WRITE_HEADERS, SalesforceClient
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

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        return await write_in_waves(operations, self._write_group)

    async def _write_group(self, group: Group, ops: Sequence[Operation]) -> list[Outcome]:
        sort, object = group
        if sort is Associate:
            ties = TieWriter(client=self.client, write_plain=self.write)
            return await ties.write([op for op in ops if isinstance(op, Associate)])
        carries_key = sort is Create and await self._has_key(object)
        guarded = [i for i, op in enumerate(ops) if _is_guarded(op)]
        free = [i for i, op in enumerate(ops) if not _is_guarded(op)]
        outcomes: dict[int, Outcome] = {}

        async def one_guarded(places: Sequence[int]) -> None:
            updates = [op for i in places if isinstance(op := ops[i], Update)]
            outcomes.update(zip(places, await self._write_guarded(updates), strict=True))

        async def one_free(places: Sequence[int]) -> None:
            written = await self._write_collections([ops[i] for i in places], carries_key=carries_key)
            outcomes.update(zip(places, written, strict=True))

        await map_bounded(one_guarded, chunked(guarded, _GUARDED), AT_ONCE)
        await map_bounded(one_free, chunked(free, _COLLECTION * COMPOSITE_QUERIES), AT_ONCE)
        return [outcomes[i] for i in range(len(ops))]

    async def _has_key(self, object: str) -> bool:
        try:
            return KEY_FIELD in (await self.records.schemas.known(object)).fields
        except ConnectorError:
            return False

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

    async def _write_collections(self, ops: Sequence[Operation], *, carries_key: bool) -> list[Outcome]:
        """At most five collections. One goes by itself, several in one composite."""
        chunks = list(chunked(ops, _COLLECTION))
        requests = [_collection(chunk, carries_key=carries_key) for chunk in chunks]
        try:
            answers = await self._send(requests)
        except ConnectorError as error:
            return self._all_failed(error, ops)
        outcomes: list[Outcome] = []
        for chunk, (status, body) in zip(chunks, answers, strict=True):
            outcomes += await self._read_collection(chunk, status, body, carries_key=carries_key)
        return outcomes

    async def _send(self, requests: Sequence[Row]) -> list[tuple[int, Any]]:
        if len(requests) > 1:
            answer = await self.client.compose(requests, safe=False, purpose="write")
            return [(part["httpStatusCode"], part["body"]) for part in answer.body["compositeResponse"]]
        request = requests[0]
        answer = await self.client.call(request["method"], request["url"], body=request.get("body"), purpose="write")
        return [(answer.status, answer.body)]

    async def _read_collection(
        self, ops: Sequence[Operation], status: int, body: Any, *, carries_key: bool
    ) -> list[Outcome]:
        if status >= 300:
            return await self._write_apart(ops, first_error(body), carries_key=carries_key)
        if not isinstance(body, list) or len(body) != len(ops):
            return [_SILENT] * len(ops)
        return [await self._read_result(op, result) for op, result in zip(ops, body, strict=True)]

    async def _write_apart(self, ops: Sequence[Operation], error: Row, *, carries_key: bool) -> list[Outcome]:
        """Refused as a whole: by the field at fault if it is one, else in halves."""
        problem = problem_of(error)
        if len(ops) == 1 or not _one_records_fault(problem):
            return [await self._read_refusal(op, problem) for op in ops]
        at_fault = {i for i, op in enumerate(ops) if _carries(op, problem)}
        if at_fault:
            rest = [i for i in range(len(ops)) if i not in at_fault]
            outcomes: list[Outcome] = [outcome_of_problem(problem)] * len(ops)
            if rest:
                again = await self._write_collections([ops[i] for i in rest], carries_key=carries_key)
                for i, outcome in zip(rest, again, strict=True):
                    outcomes[i] = outcome
            return outcomes
        half = len(ops) // 2
        first = await self._write_collections(ops[:half], carries_key=carries_key)
        return first + await self._write_collections(ops[half:], carries_key=carries_key)

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
        if isinstance(op, Create) and problem.code in ("DUPLICATE_VALUE", "DUPLICATES_DETECTED"):
            refs = await self._find_holders(op, problem)
            return Exists(refs=refs, problem=problem) if refs else Refused(problem=problem, fields=problem.fields)
        return outcome_of_problem(problem)

    async def _find_holders(self, op: Create, problem: Problem) -> tuple[Ref, ...]:
        """Who holds the key or the natural key: named in the message, else looked up."""
        field, id = holder_in(problem.text) if problem.code == "DUPLICATE_VALUE" else ("", "")
        if field and field.lower() != KEY_FIELD.lower():
            return ()  # another unique field: not the record we meant to make
        if id:
            return (Ref(Side.SALESFORCE, op.object, id),)
        if problem.code == "DUPLICATE_VALUE":
            return await self._find(op.object, KEY_FIELD, op.key)
        if op.natural is None:
            return ()
        objects = _PEOPLE if op.object in _PEOPLE else (op.object,)
        found = [await self._find(object, *op.natural) for object in objects]
        return tuple(ref for refs in found for ref in refs)

    async def _find(self, object: str, field: str, value: str) -> tuple[Ref, ...]:
        try:
            return tuple(snap.ref for snap in await self.records.find(object, field, [value], ()))
        except ConnectorError:
            return ()

    def _all_failed(self, error: ConnectorError, ops: Sequence[Operation]) -> list[Outcome]:
        return [outcome_of_error(error, Side.SALESFORCE, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)


def _is_guarded(op: Operation) -> bool:
    return isinstance(op, Update) and op.unless_modified_since is not None


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


def _collection(ops: Sequence[Operation], *, carries_key: bool) -> Row:
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
        "httpHeaders": WRITE_HEADERS,
        "body": {"allOrNone": False, "records": [_to_row(op, carries_key=carries_key) for op in ops]},
    }


def _to_row(op: Operation, *, carries_key: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"attributes": {"type": _object_of(op)}}
    match op:
        case Create():
            given = {name: value for name, value in op.fields.items() if value is not None}
            return row | given | ({KEY_FIELD: op.key} if carries_key and op.key else {})
        case Update():
            return row | {"id": op.ref.id} | dict(op.fields)
        case _:
            raise AssertionError("only creates and updates have a row")


def _object_of(op: Operation) -> str:
    return op.object if isinstance(op, Create) else op.ref.object


def _id_of(op: Operation) -> str:
    return "" if isinstance(op, Create) else op.ref.id


def _one_records_fault(problem: Problem) -> bool:
    return isinstance(outcome_of_problem(problem), Refused | Stale)


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
