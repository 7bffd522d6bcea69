"""`pasodoble sync`: one check now, everything or what a person names."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, ObjectOption, Opened, opened
from pasodoble.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pasodoble.engine.report import Report
    from pasodoble.engine.service.syncing import RunResult


def sync(
    *,
    once: Annotated[bool, typer.Option("--once", help="One full cycle, then exit (sync always does).")] = False,
    object: ObjectOption = "",
    record: Annotated[
        str, typer.Option("--record", help="One record: an email, an id, hubspot:contact:101 or a URL.")
    ] = "",
    list_id: Annotated[str, typer.Option("--list", help="All members of this HubSpot list.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Release the brakes: do it however much it is.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble sync --once

    Look at both sides, write what the rules say, and print what was done.
    """
    asked = {"object": object, "record": record, "list": list_id, "approved": yes}

    def run() -> RunResult:
        with opened(config, connection, works=True) as with_:
            return asyncio.run(_run(with_, object, record, list_id, approved=yes))

    return put_result(run_or_ask(run, config, connection, "sync", asked), json=json)


def run_or_ask(
    run: Callable[[], RunResult], config: Path | None, connection: str, what: str, asked: Mapping[str, Any]
) -> RunResult:
    """Run it here; where another process is the worker of the database, have that one do it. Raises Error."""
    from pasodoble.cli.asking import ask_worker

    while True:
        try:
            return run()
        except Locked:
            result = ask_worker(config, connection, what, asked)
            if result is not None:
                return result


async def _run(with_: Opened, object: str, record: str, list_id: str, *, approved: bool) -> RunResult:
    from pasodoble.engine.service import requesting, syncing

    async with with_.connected() as at:
        scope = await requesting.choose_scope(at, object, record, list_id)
        scope.approved = approved
        with talk.working("Keeping both sides in step"):
            result = await syncing.sync(at, scope)
    await send_alerts(with_)
    return result


async def send_alerts(with_: Opened) -> None:
    """After a run: tell those who want to know; what could not be delivered is said, and fails nothing."""
    from pasodoble.wiring import send_due_alerts

    for failure in await send_due_alerts(with_.settings, with_.connection, with_.store, with_.clock):
        talk.say(f"pasodoble: {failure}")


def exit_of(result: RunResult) -> Exit:
    from pasodoble.engine.report import RunOutcome

    if result.report.misset and not result.report.failures:
        return Exit.CONFIGURATION
    return {
        RunOutcome.DONE: Exit.DONE,
        RunOutcome.ATTENTION: Exit.NEEDS_ATTENTION,
        RunOutcome.FAILED: Exit.FAILED,
    }[result.outcome]


def put_result(result: RunResult, *, json: bool) -> Exit:
    """The report on stdout, as a document or for reading; what went wrong and what to do next on stderr, either way."""
    if json:
        talk.put_json(result.document)
    else:
        show(result)
    tell_trouble(result.report)
    return exit_of(result)


def show(result: RunResult) -> None:
    """The report as a table a kind."""
    from rich.table import Table

    from pasodoble.model.side import SIDES
    from pasodoble.words.names import name_side

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "created", "updated", "deleted"):
        table.add_column(title, justify="left" if not title else "right")
    report = result.report
    for kind, tally in report.tallies.items():
        for side in SIDES:
            row = tally.written[side]
            table.add_row(
                f"{kind} in {name_side(side)}", *(str(row[word]) for word in ("created", "updated", "deleted"))
            )
    screen = talk.page()
    screen.print(table)
    for kind, tally in report.tallies.items():
        screen.print(
            f"{kind}: {tally.linked} newly paired, {tally.unchanged} unchanged, {sum(tally.left_out.values())} left out,"
            f" {tally.waiting} waiting, {sum(tally.problems.values())} problems"
        )
    calls = result.document["api_calls"]
    screen.print(f"API calls: {calls}".replace("{", "").replace("}", "").replace("'", ""))


def tell_trouble(report: Report) -> None:
    """What stopped the run or stands in the way, and the next command to type."""
    from pasodoble.words import say

    for brake in report.brakes:
        talk.say(f"Stopped by a brake, nothing of this was written: {say(brake.message)}")
        talk.say("Next: pasodoble plan   (look), then: pasodoble plan --out plan.json && pasodoble apply plan.json")
    for failure in report.failures:
        talk.say(f"pasodoble: {failure}")
        talk.say("Next: pasodoble check")
    for error in report.misset.values():
        talk.complain(error)
    if any(tally.problems for tally in report.tallies.values()):
        talk.say("Next: pasodoble problems")
