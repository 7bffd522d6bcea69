"""`pasodoble verify`: compares both sides with the rules, record by record."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, ObjectOption, Opened, opened

if TYPE_CHECKING:
    from pasodoble.engine.service.verifying import Verified


def verify(
    *,
    object: ObjectOption = "",
    look_only: Annotated[
        bool, typer.Option("--look-only", help="Mark nothing: the next sync will not deal with what is found.")
    ] = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 where something was found.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble verify

    Read all records of both sides and compare them with the rules. Writes nothing to either; what it finds, the next sync mends.
    """
    with opened(config, connection) as with_:
        verified = asyncio.run(_verify(with_, object, marks=not look_only))
    if json:
        talk.put_json(verified.document())
    else:
        _show(verified)
    if not verified.healthy:
        talk.say("Next: pasodoble sync --once" if not look_only else "Next: pasodoble verify")
    return Exit.CHANGES_PENDING if detailed_exitcode and not verified.healthy else Exit.DONE


async def _verify(with_: Opened, object: str, *, marks: bool) -> Verified:
    from pasodoble.engine.service import finding, verifying

    kinds = (finding.choose_kind(with_.connection, object),) if object else None
    async with with_.connected() as at:
        with talk.working("Comparing both sides, record by record"):
            return await verifying.verify(at, kinds=kinds, marks=marks)


def _show(verified: Verified) -> None:
    from rich.table import Table

    from pasodoble.model.side import SIDES
    from pasodoble.words.names import name_side

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "records", "in step", "differ", "not paired yet", "gone"):
        table.add_column(title, justify="left" if not title else "right")
    for found in verified.kinds:
        for side in SIDES:
            row = found.sides[side]
            numbers = (row.records, row.in_step, row.differing, row.unlinked, row.missing)
            table.add_row(f"{found.kind} in {name_side(side)}", *(f"{number:,}" for number in numbers))
    screen = talk.page()
    screen.print(table)
    if verified.healthy:
        screen.print("All is well: a sync would write nothing about it.")
    else:
        screen.print(f"A sync would make {sum(verified.planned.values()):,} writes about it.")
