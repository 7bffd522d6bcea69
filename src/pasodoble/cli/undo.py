"""`pasodoble undo`: what it would put back, and, on yes, exactly that."""

from __future__ import annotations

import asyncio
import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, Opened, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pasodoble.engine.service.undoing import Undoing, Undone
    from pasodoble.planner.undo import Refusal


def undo(
    what: Annotated[str, typer.Argument(help="A run (12), a change (#345, see history), or a record as in why.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble undo ana@acme.example

    Put back what a run, a change or all changes of a record replaced, on both sides. Shows what it would write, and asks.
    """
    with opened(config, connection, works=True) as with_:
        return asyncio.run(_undo(with_, what, yes=yes, json=json))


async def _undo(with_: Opened, what: str, *, yes: bool, json: bool) -> int:
    from pasodoble.engine.service import undoing

    async with with_.connected() as at:
        with talk.working("Looking at both sides"):
            planned = await undoing.plan(at, what)
        if planned.plan.empty or not yes:
            _put_plan(planned, json=json)
        if planned.plan.empty:
            talk.say("Nothing of it can be undone.")
            return Exit.FAILED
        if not yes and not _agree(planned, what):
            return Exit.DONE
        with talk.working("Writing"):
            done = await undoing.apply(at, planned, actor=getpass.getuser())
    return _report(done, json=json)


def _agree(planned: Undoing, what: str) -> bool:
    """Ask a person at a terminal; anything else has only wanted to see the plan. Raises Abort."""
    if not sys.stdin.isatty():
        talk.say(f"Nothing was written. Next: pasodoble undo '{what}' --yes")
        return False
    return typer.confirm(f"Make these {len(planned.plan.steps)} writes?", abort=True, err=True)


def _put_plan(planned: Undoing, *, json: bool) -> None:
    from pasodoble.cli.plan import show_step
    from pasodoble.engine.service.undoing import spell_plan
    from pasodoble.words import say

    if json:
        talk.put_json(spell_plan(planned))
        return
    screen = talk.page()
    for step in planned.plan.steps:
        show_step(screen, step, planned.labels)
    screen.print(f"[bold]Undo {talk.clean(planned.what)}: {len(planned.plan.steps)} writes.[/]")
    for brake in planned.plan.brakes:
        screen.print(f"[red]Much at once:[/] {say(brake.message)}")
    _show_refusals(planned.refusals)


def _show_refusals(refusals: Sequence[Refusal]) -> None:
    from pasodoble.words import say

    screen = talk.page()
    for refusal in refusals:
        screen.print(f"[red]![/] not undone: {say(refusal.reason)}  [dim]{refusal.ref}[/]")


def _report(done: Undone, *, json: bool) -> int:
    from pasodoble.cli.sync import exit_of, show, tell_trouble

    if json:
        talk.put_json(done.document())
    else:
        show(done.result)
        _show_refusals(done.refusals)
    tell_trouble(done.result.report)
    code = exit_of(done.result)
    return Exit.NEEDS_ATTENTION if done.refusals and code is Exit.DONE else code
