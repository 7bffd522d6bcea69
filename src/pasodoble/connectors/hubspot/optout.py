"""Opting contacts out of all email: a property that shows it, and an API of its own that changes it, one address a call.

Opting in is the person's own affair, by a link in an email (G-02); whom to opt out is decided in `reconcile/special`.
Source: developer docs, "Subscriptions", and the 2026-03 contract, `statuses/{address}/unsubscribe-all`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote

from pasodoble.connectors.batching import map_bounded
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import CALL_CAUSES, problem_of
from pasodoble.connectors.hubspot.records import AT_ONCE, RecordReader
from pasodoble.connectors.hubspot.schema import OPT_OUT
from pasodoble.connectors.outcomes import outcome_of_error, outcome_of_problem
from pasodoble.errors import ConnectorError
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Operation, Update
from pasodoble.model.outcome import Applied, Outcome, Refused
from pasodoble.model.side import Side

_NO_OPT_IN: Final = "HubSpot takes an opt-in from nobody but the person, by a link in an email"
_NO_ADDRESS: Final = "Without an email address there is nothing to opt out"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOuts:
    client: HubSpotClient
    records: RecordReader

    async def carry_out(self, ops: Sequence[Operation]) -> list[Operation | Outcome]:
        """Opt out those whose update says so: what is left of each to be written, or its outcome where nothing is."""
        asked = {i: op for i, op in enumerate(ops) if isinstance(op, Update) and OPT_OUT in op.fields}
        if not asked:
            return list(ops)
        try:
            emails = await self._read_emails(
                [op.ref.id for op in asked.values()], next(iter(asked.values())).ref.object
            )
        except ConnectorError as error:
            unread = outcome_of_error(error, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)
            return [unread if i in asked else op for i, op in enumerate(ops)]
        answers = await map_bounded(lambda op: self._opt_out(op, emails.get(op.ref.id, "")), asked.values(), AT_ONCE)
        done = dict(zip(asked, answers, strict=True))
        return [done.get(i, op) for i, op in enumerate(ops)]

    async def _read_emails(self, ids: Sequence[str], object: str) -> Mapping[str, str]:
        found = await self.records.read_batches(object, ids, ["email"])
        return {snap.ref.id: str(snap.fields.get("email") or "") for snap in found}

    async def _opt_out(self, op: Update, email: str) -> Operation | Outcome:
        wanted = str(op.fields[OPT_OUT]).lower() == "true"
        if not wanted or not email:
            text = _NO_ADDRESS if wanted else _NO_OPT_IN
            return _refuse_field(Problem(cause="mapping.read_only", side=Side.HUBSPOT, text=text))
        path = f"/statuses/{quote(email, safe='')}/unsubscribe-all"
        try:
            answer = await self.client.write("preferences", path, {}, channel="EMAIL")
        except ConnectorError as error:
            return outcome_of_error(error, Side.HUBSPOT, self.client.sender.clock.now(), CALL_CAUSES)
        if answer.status >= 400:
            return _refuse_field(problem_of(answer.body))
        rest = {name: value for name, value in op.fields.items() if name != OPT_OUT}
        return replace(op, fields=rest) if rest else Applied(ref=op.ref)


def _refuse_field(problem: Problem) -> Outcome:
    """What stands in the way of the opt-out stands in the way of no other field, unless it passes by itself."""
    outcome = outcome_of_problem(problem)
    if not isinstance(outcome, Refused):
        return outcome
    return Refused(problem=replace(problem, cause="mapping.read_only", fields=(OPT_OUT,)), fields=(OPT_OUT,))
