"""Ties between HubSpot's records: read in batches, made (the default association, or a labelled one) and taken away.

An association's label is "" for the default one, `primary`, a type id (`279`), or `CATEGORY:type id` for a portal's own.
Source: developer docs, "Associations v4", and its table of association type ids.
Which records belong together is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pasodoble.connectors.batching import chunked, map_bounded
from pasodoble.connectors.http import Answer
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import CALL_CAUSES, ensure_rows, problem_of
from pasodoble.connectors.hubspot.records import next_page
from pasodoble.connectors.outcomes import outcome_of_error, outcome_of_problem
from pasodoble.errors import ConnectorError
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Associate, Create
from pasodoble.model.outcome import Applied, Outcome, Refused
from pasodoble.model.record import Tied
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

AT_ONCE: Final = 4
_BATCH: Final = 1_000
_BATCH_OF_REMOVALS: Final = 100

_PRIMARY: Final[Mapping[tuple[str, str], int]] = {
    ("contacts", "companies"): 1,
    ("companies", "contacts"): 2,
    ("deals", "companies"): 5,
    ("companies", "deals"): 6,
    ("tickets", "companies"): 26,
    ("companies", "tickets"): 25,
    ("leads", "contacts"): 578,
    ("leads", "companies"): 580,
}

_MADE_WITH: Final[Mapping[tuple[str, str], int]] = {
    ("tasks", "contacts"): 204,
    ("tasks", "companies"): 192,
    ("tasks", "deals"): 216,
    ("tasks", "tickets"): 230,
    ("calls", "contacts"): 194,
    ("calls", "companies"): 182,
    ("calls", "deals"): 206,
    ("calls", "tickets"): 220,
    ("emails", "contacts"): 198,
    ("emails", "companies"): 186,
    ("emails", "deals"): 210,
    ("emails", "tickets"): 224,
    ("meetings", "contacts"): 200,
    ("meetings", "companies"): 188,
    ("meetings", "deals"): 212,
    ("meetings", "tickets"): 226,
}
"""Types of the associations that a record of the timeline is made with: without one nobody would ever see it."""

_Group = tuple[str, str, str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationReader:
    """Of a tie's labels one is told: `primary`, else the oldest of the portal's own (`USER_DEFINED:37`)."""

    client: HubSpotClient

    async def read(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        ties: dict[Ref, set[Tied]] = {ref: set() for ref in refs}
        by_object: dict[str, list[Ref]] = {}
        for ref in ties:
            by_object.setdefault(ref.object, []).append(ref)
        for object, asked in by_object.items():
            for id, tied in await self._read_object(object, [ref.id for ref in asked], to):
                ties[Ref(Side.HUBSPOT, object, id)].add(tied)
        return {ref: frozenset(tied) for ref, tied in ties.items()}

    async def _read_object(self, object: str, ids: Sequence[str], to: str) -> list[tuple[str, Tied]]:
        async def one(chunk: Sequence[str]) -> list[tuple[str, Tied]]:
            return await self._read_batch(object, [{"id": id} for id in chunk], to)

        return [pair for pairs in await map_bounded(one, chunked(ids, _BATCH), AT_ONCE) for pair in pairs]

    async def _read_batch(self, object: str, inputs: Sequence[Mapping[str, str]], to: str) -> list[tuple[str, Tied]]:
        """A record with very many ties is asked for again, from where its page ended. One without any is an error entry."""
        pairs: list[tuple[str, Tied]] = []
        while inputs:
            answer = await self.client.query("associations", f"/{object}/{to}/batch/read", {"inputs": list(inputs)})
            rows = ensure_rows(answer).body["results"]
            pairs += [(str(row["from"]["id"]), _read_tied(object, to, tied)) for row in rows for tied in row["to"]]
            more = [(str(row["from"]["id"]), next_page(row)) for row in rows]
            inputs = [{"id": id, "after": after} for id, after in more if after is not None]
        return pairs


def _read_tied(object: str, to: str, tied: Mapping[str, Any]) -> Tied:
    primary = _PRIMARY.get((object, to))
    kinds = {(kind["category"], kind["typeId"]) for kind in tied["associationTypes"]}
    own = min((id for category, id in kinds if category == "USER_DEFINED"), default=None)
    label = "" if own is None else f"USER_DEFINED:{own}"
    return Tied(
        Ref(Side.HUBSPOT, to, str(tied["toObjectId"])), "primary" if ("HUBSPOT_DEFINED", primary) in kinds else label
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationWriter:
    client: HubSpotClient

    async def write(self, ops: Sequence[Associate]) -> list[Outcome]:
        groups: dict[_Group, list[int]] = {}
        for i, op in enumerate(ops):
            groups.setdefault((op.ref.object, op.to.object, op.label, op.remove), []).append(i)
        outcomes: dict[int, Outcome] = {}

        async def one(places: Sequence[int]) -> None:
            outcomes.update(zip(places, await self._write_batch([ops[i] for i in places]), strict=True))

        chunks = [
            chunk
            for (_, _, _, remove), places in groups.items()
            for chunk in chunked(places, _BATCH_OF_REMOVALS if remove else _BATCH)
        ]
        await map_bounded(one, chunks, AT_ONCE)
        return [outcomes[i] for i in range(len(ops))]

    async def _write_batch(self, ops: Sequence[Associate]) -> list[Outcome]:
        kind = _type_of(ops[0])
        if ops[0].label and kind is None:
            return [_unknown_label(op) for op in ops]
        try:
            answer = await self._send(ops, kind)
        except ConnectorError as error:
            return [outcome_of_error(error, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)
        if answer.status < 400:
            return _read_outcomes(ops, answer)
        if len(ops) == 1:
            return [_refusal(answer.body)]
        half = len(ops) // 2
        return await self._write_batch(ops[:half]) + await self._write_batch(ops[half:])

    async def _send(self, ops: Sequence[Associate], kind: Mapping[str, Any] | None) -> Answer:
        verb, inputs = _to_inputs(ops, kind)
        path = f"/{ops[0].ref.object}/{ops[0].to.object}/batch/{verb}"
        return await self.client.write("associations", path, {"inputs": inputs})


def spell_ties(op: Create) -> list[dict[str, Any]]:
    """The associations that a new record is made with."""
    ids = [(ref, _MADE_WITH.get((op.object, ref.object))) for ref in op.ties]
    return [
        {"to": {"id": ref.id}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": id}]}
        for ref, id in ids
        if id is not None
    ]


def _to_inputs(ops: Sequence[Associate], kind: Mapping[str, Any] | None) -> tuple[str, list[dict[str, Any]]]:
    ends = [({"id": op.ref.id}, {"id": op.to.id}) for op in ops]
    if kind is not None:
        verb = "labels/archive" if ops[0].remove else "create"
        return verb, [{"from": a, "to": b, "types": [kind]} for a, b in ends]
    if ops[0].remove:
        return "archive", [{"from": a, "to": [b]} for a, b in ends]
    return "associate/default", [{"from": a, "to": b} for a, b in ends]


def _type_of(op: Associate) -> Mapping[str, Any] | None:
    """The association type that a label stands for; None for the default one, and for a label that is not understood."""
    category, _, number = op.label.rpartition(":")
    if op.label == "primary":
        id = _PRIMARY.get((op.ref.object, op.to.object))
    else:
        id = int(number) if number.isdigit() else None
    if id is None:
        return None
    return {"associationCategory": category or "HUBSPOT_DEFINED", "associationTypeId": id}


def _read_outcomes(ops: Sequence[Associate], answer: Answer) -> list[Outcome]:
    errors = answer.body.get("errors") or () if isinstance(answer.body, dict) else ()
    outcomes: list[Outcome] = [Applied(ref=op.ref) for op in ops]
    for error in errors:
        ids = {str(id) for values in (error.get("context") or {}).values() for id in values}
        for i, op in enumerate(ops):
            if op.ref.id in ids or op.to.id in ids or len(ops) == 1:
                outcomes[i] = _refusal(error)
    return outcomes


def _refusal(error: Mapping[str, Any]) -> Outcome:
    problem = problem_of(error)
    if problem.cause == "record.deleted":
        problem = Problem(
            cause="association.reference_missing", side=Side.HUBSPOT, code=problem.code, text=problem.text
        )
    return outcome_of_problem(problem)


def _unknown_label(op: Associate) -> Outcome:
    text = f"{op.ref.object} and {op.to.object} have no association {op.label!r}"
    return Refused(problem=Problem(cause="association.wrong_type", side=Side.HUBSPOT, text=text))
