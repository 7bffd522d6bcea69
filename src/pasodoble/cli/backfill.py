"""`pasodoble backfill`: the initial load - look, begin, pause, resume, throttle, and how far it is."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, Opened, opened
from pasodoble.errors import Locked

if TYPE_CHECKING:
    from pasodoble.engine.service.backfilling import Preview
    from pasodoble.model.backfill import Backfill
    from pasodoble.model.ref import Kind

BAR: Final = 30
STATUS: Final = "pasodoble backfill status"

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
ObjectsOption = Annotated[
    list[str], typer.Option("--object", help="One object, by its key in the settings: contacts. May be given again.")
]


def start(
    *,
    object: ObjectsOption = [],  # noqa: B006 - Typer copies it
    field: Annotated[
        list[str], typer.Option("--field", help="Only wake this sleeping line of the mapping, by either side's name.")
    ] = [],  # noqa: B006
    throttle: Annotated[int, typer.Option("--throttle", min=0, help="Records a minute at the most; 0: no limit.")] = 0,
    yes: YesOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble backfill start --object contacts

    Load all records there are: shows what that comes to, asks, and does it, here or in the worker that runs.
    """
    if field:
        return _wake(object, field, yes=yes, json=json, config=config, connection=connection)
    per_minute = throttle or None
    with opened(config, connection) as with_:
        asyncio.run(_look_and_ask(with_, object, per_minute, yes=yes, json=json))
        asyncio.run(_start(with_, object, per_minute))
    return _follow(config, connection, json=json)


async def _look_and_ask(with_: Opened, objects: list[str], per_minute: int | None, *, yes: bool, json: bool) -> None:
    from pasodoble.engine.service import backfilling

    async with with_.connected() as at:
        with talk.working("Looking at what there is"):
            preview = await backfilling.preview(at, _choose(with_, objects), per_minute=per_minute)
    if not json:
        _show_preview(preview)
    _ask("Do it?", yes=yes)


def _choose(with_: Opened, objects: list[str]) -> list[Kind] | None:
    from pasodoble.engine.service import finding

    return [finding.choose_kind(with_.connection, name) for name in objects] or None


def _ask(question: str, *, yes: bool) -> None:
    if not yes and not typer.confirm(question, err=True):
        raise typer.Abort


async def _start(with_: Opened, objects: list[str], per_minute: int | None) -> None:
    from pasodoble.engine.service import backfilling

    async with with_.connected() as at:
        backfilling.start(at, _choose(with_, objects), per_minute=per_minute)


def _follow(config: Path | None, connection: str, *, json: bool) -> int:
    """Do it here; where a worker runs, leave it to that one."""
    try:
        with opened(config, connection, works=True) as with_:
            if _has_worker(with_):
                return _leave_to_worker(with_, json=json)
            with _showing(quiet=json) as show:
                backfill = asyncio.run(_carry(with_, show))
    except Locked:
        with opened(config, connection) as with_:
            return _leave_to_worker(with_, json=json)
    return _put(backfill, json=json)


def _has_worker(with_: Opened) -> bool:
    from pasodoble.engine.worker import DEAD_AFTER

    now = with_.clock.now()
    return any(now - at < DEAD_AFTER for at in with_.store.find_workers().values())


def _leave_to_worker(with_: Opened, *, json: bool) -> int:
    from pasodoble.engine.service import backfilling

    backfill = backfilling.load(with_.connection, with_.store)
    if json:
        talk.put_json(backfilling.spell_backfill(backfill))
    talk.say("The worker that runs does it, behind everything more urgent.")
    talk.say(f"Next: {STATUS}")
    return Exit.DONE


async def _carry(with_: Opened, show: Callable[[Backfill], None]) -> Backfill:
    from pasodoble.engine.service import backfilling

    async with with_.connected() as at:
        return await backfilling.carry_through(at, show)


@contextlib.contextmanager
def _showing(*, quiet: bool) -> Iterator[Callable[[Backfill], None]]:
    """A bar that moves with it, on a terminal that wants to see one."""
    if quiet or not talk.shows_progress():
        yield lambda _: None
        return
    with talk.console().status("Beginning") as status:
        yield lambda backfill: status.update(_spell_line(backfill))


def pause(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble backfill pause

    Stop after the batch that is under way. Nothing is lost; live changes go on.
    """
    from pasodoble.engine.service import backfilling

    with opened(config, connection) as with_:
        backfill = backfilling.pause(with_.connection, with_.store, with_.clock)
    _put(backfill, json=json)
    talk.say("Next: pasodoble backfill resume")
    return Exit.DONE


def resume(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Let through what a brake has stopped.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble backfill resume

    Go on where it stopped: after a pause, or after its process has died.
    """
    from pasodoble.engine.service import backfilling

    with opened(config, connection) as with_:
        backfilling.resume(with_.connection, with_.store, with_.clock, released=yes)
    return _follow(config, connection, json=json)


def throttle(
    rate: Annotated[str, typer.Argument(help="Records a minute at the most, or off.")],
    *,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble backfill throttle 600

    Hold it to so many records a minute, from the next batch on; off: as fast as the limits allow.
    """
    from pasodoble.engine.service import backfilling

    if rate != "off" and not (rate.isascii() and rate.isdecimal() and int(rate) > 0):
        raise typer.BadParameter(f"{rate!r} is neither a number of records a minute nor off")
    with opened(config, connection) as with_:
        backfill = backfilling.throttle(with_.connection, with_.store, None if rate == "off" else int(rate))
    return _put(backfill, json=json)


def status(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble backfill status

    How far the latest backfill is, how fast, and when it will be done.
    """
    from pasodoble.engine.service import backfilling

    with opened(config, connection) as with_:
        backfill = backfilling.load(with_.connection, with_.store)
    return _put(backfill, json=json)


# --- how it looks -----------------------------------------------------------------------------------------------------------


def _put(backfill: Backfill, *, json: bool) -> int:
    from pasodoble.engine.service import backfilling
    from pasodoble.model.backfill import BackfillState

    if json:
        talk.put_json(backfilling.spell_backfill(backfill))
    else:
        _show(backfill)
    if backfill.trouble:
        talk.say(f"It stands: {backfill.trouble}")
        paused = backfill.state is BackfillState.PAUSED
        talk.say(
            f"Next: pasodoble backfill {'resume --yes   (after a look at: pasodoble plan)' if paused else 'start'}"
        )
    return Exit.FAILED if backfill.state is BackfillState.FAILED else Exit.DONE


def _show(backfill: Backfill) -> None:
    from rich.table import Table

    from pasodoble.model.backfill import KindProgress
    from pasodoble.model.side import SIDES

    screen = talk.page()
    screen.print(_spell_line(backfill))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (
        "",
        "read",
        "to do",
        "done",
        "paired",
        "made in HubSpot",
        "made in Salesforce",
        "updated",
        "problems",
    ):
        table.add_column(title, justify="left" if not title else "right")
    for kind in backfill.kinds:
        of = backfill.progress.kinds.get(kind, KindProgress())
        made = [of.written.get(f"{side}.created", 0) for side in SIDES]
        updated = sum(of.written.get(f"{side}.updated", 0) for side in SIDES)
        numbers = (of.walked, of.marked, of.done, of.linked, *made, updated, of.problems)
        table.add_row(kind, *(f"{number:,}" for number in numbers))
    screen.print(table)


def _spell_line(backfill: Backfill) -> str:
    """State, bar, rate and when it will be done, in a line."""
    from pasodoble.engine.service.backfilling import eta
    from pasodoble.model.backfill import BackfillState

    progress = backfill.progress
    if backfill.state is BackfillState.WALKING:
        walked = sum(kind.walked for kind in progress.kinds.values())
        return f"walking  {walked:,} records read, {progress.marked:,} of them to be worked on"
    share = 1.0 if backfill.state is BackfillState.DONE else progress.share
    filled = int(share * BAR)
    parts = [
        f"{backfill.state}  {'█' * filled}{'░' * (BAR - filled)} {share:.0%}",
        f"{progress.done:,} of {progress.marked:,}",
    ]
    if backfill.active and progress.per_minute:
        parts.append(f"{progress.per_minute:,.0f} a minute")
    if (left := eta(backfill)) is not None:
        parts.append(f"{_spell_span(left)} left")
    if backfill.active and backfill.per_minute:
        parts.append(f"at most {backfill.per_minute:,} a minute")
    return "  ".join(parts)


def _spell_span(span: timedelta) -> str:
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _show_preview(preview: Preview) -> None:
    from rich.table import Table

    from pasodoble.model.side import SIDES, Side
    from pasodoble.words.names import name_side

    about = "" if preview.exact else "about "
    table = Table(box=None, pad_edge=False, header_style="bold")
    titles = (
        "",
        "HubSpot",
        "Salesforce",
        "would pair",
        "make in HubSpot",
        "make in Salesforce",
        "update",
        "replace values",
    )
    for title in (*titles, "leave out", "problems"):
        table.add_column(title, justify="left" if not title else "right")
    for kind in preview.kinds:
        numbers = (
            *(kind.records[side] for side in SIDES),
            kind.links,
            *(kind.creates[side] for side in SIDES),
            sum(kind.updates.values()),
            sum(kind.overwrites.values()),
            kind.left_out,
            kind.problems,
        )
        table.add_row(kind.kind, *(f"{number:,}" for number in numbers))
    screen = talk.page()
    screen.print(table)
    calls = ", ".join(f"{preview.calls[side]:,} {name_side(side)}" for side in Side)
    screen.print(
        f"Cost: {about}{calls} API calls; at least {_spell_span(timedelta(seconds=preview.least_s))} under the limits."
    )
    if not preview.exact:
        screen.print("Numbers are reckoned from the first thousand records of each object.")


# --- sleeping lines -----------------------------------------------------------------------------------------------------------


def _wake(objects: list[str], fields: list[str], *, yes: bool, json: bool, config: Path | None, connection: str) -> int:
    """The backfill of lines of a mapping that sleep, for the pairs there are."""
    from pasodoble.cli.mapping import wake

    if len(objects) != 1:
        raise typer.BadParameter("--field needs one --object")
    if not yes:
        wake(objects[0], fields, config=config, connection=connection)
        _ask("Do it?", yes=False)
    return wake(objects[0], fields, yes=True, json=json, config=config, connection=connection)
