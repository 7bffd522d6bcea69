"""`pasodoble conflicts`: where two people's values met, and whose counts."""

from __future__ import annotations

import asyncio
import getpass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, Opened, opened
from pasodoble.cli.status import LimitOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pasodoble.engine.service.choosing import FirstSum, Resolved
    from pasodoble.model.side import Side
    from pasodoble.ports import ConflictRow


class Keep(StrEnum):
    HUBSPOT = "hubspot"
    SALESFORCE = "salesforce"


def list_(
    *,
    limit: LimitOption = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble conflicts --limit 20

    Fields in which two people's values met: both values, who set them and when, which one counts for now and by which rule.
    """
    from pasodoble.engine.service.choosing import list_conflicts, spell_conflict, sum_first_sync

    with opened(config, connection) as with_:
        rows = list_conflicts(with_.connection, with_.store, limit=limit)
        sums = sum_first_sync(with_.connection, with_.store)
    if json:
        talk.put_json_lines([*map(spell_conflict, rows), *(one.document() for one in sums)])
    else:
        _show(rows, sums)
    return Exit.DONE


def _show(rows: Sequence[ConflictRow], sums: Sequence[FirstSum]) -> None:
    from pasodoble.model.side import SIDES
    from pasodoble.words import say
    from pasodoble.words.names import name_moment, name_side

    screen = talk.page()
    for row in rows:
        clash = row.clash
        screen.print(
            f"[dim]#{row.id}[/] {name_moment(row.at)}  {talk.clean(row.label)}  {clash.key}  [dim]{clash.rule}[/]"
        )
        for side in SIDES:
            value, at = clash.values[side], clash.set_at[side]
            said = "(blank)" if value is None else talk.clean(value, limit=60)
            counts = "  ← counts" if clash.taken is side else ""
            by = f"  {talk.clean(clash.authors[side])}" if clash.authors[side] else ""
            when = f"  [dim]{name_moment(at)}{by}[/]" if at is not None else ""
            screen.print(f"    {name_side(side):<10} {said}{when}{counts}")
        chosen = f"; {name_side(row.chosen)} was chosen and is still to be carried out" if row.chosen else ""
        screen.print(f"    {say(clash.reason)}{chosen}")
    for one in sums:
        screen.print(
            f"{one.kind} {one.key}: the first sync replaced {one.replaced.hubspot:,} values in HubSpot"
            f" and {one.replaced.salesforce:,} in Salesforce  [dim](pasodoble activity)[/]"
        )
    talk.say(f"Next: pasodoble conflicts resolve '#{rows[0].id}' --keep hubspot" if rows else "No open conflicts.")


def resolve(
    record: Annotated[str, typer.Argument(help="A conflict as #12, or a record as `why` takes it.")],
    fields: Annotated[list[str] | None, typer.Argument(metavar="[FIELD]...", help="Only in these fields.")] = None,
    *,
    keep: Annotated[Keep, typer.Option("--keep", help="Whose value counts.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble conflicts resolve ana@acme.example jobtitle --keep hubspot

    Say whose value counts: it is written to both sides, kept in the history under your name, and the conflict is over.
    """
    from pasodoble.cli.sync import exit_of
    from pasodoble.engine.service.choosing import choose_conflicts
    from pasodoble.model.side import Side

    with opened(config, connection, works=True) as with_:
        rows = choose_conflicts(with_.connection, with_.store, record, fields or ())
        resolved = asyncio.run(_resolve(with_, rows, Side(keep.value)))
    if json:
        talk.put_json(resolved.document())
    else:
        talk.say(f"{resolved.settled} settled, {len(resolved.open)} still open.")
        if resolved.open:
            talk.say(f"Next: pasodoble why {resolved.open[0].refs.hubspot}")
    return Exit.NEEDS_ATTENTION if resolved.open else exit_of(resolved.result)


async def _resolve(with_: Opened, rows: Sequence[ConflictRow], side: Side) -> Resolved:
    from pasodoble.engine.service.choosing import resolve

    async with with_.connected() as at:
        with talk.working("Writing the chosen values"):
            return await resolve(at, rows, side, actor=getpass.getuser())
