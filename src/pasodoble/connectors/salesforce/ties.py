"""Writing associations: lookups become updates; rows between two records are made when absent and removed when present.

Making a row that is there already is no trouble, so that a second try finds what the first one did.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from pasodoble.connectors.outcomes import outcome_of_unsent
from pasodoble.connectors.salesforce.associations import Junction, Lookups, Tie, to_write
from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.errors import CALL_CAUSES
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.connectors.salesforce.soql import All, In, Select, split_by_size
from pasodoble.errors import ConnectorError
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Associate, Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Outcome, Refused
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side

_Ends = tuple[str, str]
_CHARS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TieWriter:
    """`write_plain` carries out the creates, updates and deletes that the associations come down to."""

    client: SalesforceClient
    write_plain: Callable[[Sequence[Operation]], Awaitable[list[Outcome]]]
    lookups: Lookups

    async def write(self, ops: Sequence[Associate]) -> list[Outcome]:
        targets = [to_write(op, self.lookups) for op in ops]
        ties = [target for target in targets if isinstance(target, Tie)]
        try:
            rows = await self._read_rows(ties)
        except ConnectorError as error:
            return [outcome_of_unsent(error, Side.SALESFORCE, self.client.sender.clock.now(), CALL_CAUSES)] * len(ops)
        writes: dict[int, Operation] = {}
        outcomes: dict[int, Outcome] = {}
        for i, (op, target) in enumerate(zip(ops, targets, strict=True)):
            write = _to_operation(op, target, rows)
            if isinstance(write, Applied | Refused):
                outcomes[i] = write
            else:
                writes[i] = write
        answers = await self.write_plain(list(writes.values()))
        outcomes.update(
            (i, Applied(ref=ops[i].ref) if isinstance(answer, Applied) else answer)
            for i, answer in zip(writes, answers, strict=True)
        )
        return [outcomes[i] for i in range(len(ops))]

    async def _read_rows(self, ties: Sequence[Tie]) -> dict[Junction, dict[_Ends, str]]:
        """The rows that are there between the ends of these ties: their ids, by both ends."""
        found: dict[Junction, dict[_Ends, str]] = {}
        for junction in dict.fromkeys(tie.junction for tie in ties):
            mine = [tie for tie in ties if tie.junction == junction]
            ones = sorted({tie.one.id for tie in mine})
            rows = found.setdefault(junction, {})
            for part in split_by_size(ones, _CHARS):
                held = {*part}
                others = sorted({tie.other.id for tie in mine if tie.one.id in held})
                for other_part in split_by_size(others, _CHARS):
                    rows.update(await self._query(junction, part, other_part))
        return found

    async def _query(self, junction: Junction, ones: list[str], others: list[str]) -> dict[_Ends, str]:
        select = Select(
            fields=("Id", junction.one, junction.other),
            object=junction.object,
            where=All((In(junction.one, ones), In(junction.other, others))),
        )
        rows = await self.client.query_rows(select)
        return {(to_18(row[junction.one]), to_18(row[junction.other])): to_18(row["Id"]) for row in rows}


def _to_operation(
    op: Associate, target: Update | Tie | None, rows: Mapping[Junction, Mapping[_Ends, str]]
) -> Operation | Applied | Refused:
    if target is None:
        text = f"{op.ref.object} and {op.to.object} cannot be tied together"
        return Refused(problem=Problem(cause="association.wrong_type", side=Side.SALESFORCE, text=text))
    if isinstance(target, Update):
        return target
    junction = target.junction
    row_id = rows[junction].get((target.one.id, target.other.id))
    if target.remove:
        return Applied(ref=op.ref) if row_id is None else Delete(ref=Ref(Side.SALESFORCE, junction.object, row_id))
    role = {junction.role: target.role} if target.role else {}
    if row_id is not None:
        return Update(ref=Ref(Side.SALESFORCE, junction.object, row_id), fields=role) if role else Applied(ref=op.ref)
    fields = {junction.one: target.one.id, junction.other: target.other.id, **role}
    return Create(side=Side.SALESFORCE, object=junction.object, fields=fields, key="", of=op.ref)
