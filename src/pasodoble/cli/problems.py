"""`pasodoble problems`: what needs attention, one by one or by cause; another try; putting aside; a table of all."""

from __future__ import annotations

import asyncio
import getpass
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import TyperGroup

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, LanguageOption, Opened, opened
from pasodoble.cli.status import LimitOption

if TYPE_CHECKING:
    from pasodoble.engine.service.pairing import PairedUp
    from pasodoble.engine.service.syncing import RunResult
    from pasodoble.model.ref import Kind, Ref
    from pasodoble.ports import ProblemRow

CauseOption = Annotated[str, typer.Option("--cause", help="All problems of this cause.")]
IdsArgument = Annotated[list[int] | None, typer.Argument(metavar="ID", help="Numbers, as problems lists them.")]


class ListsByItself(TyperGroup):
    """A group of which a bare call, or one with options alone, is `list`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # its own name for it
        named = bool(args) and (not args[0].startswith("-") or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named else ["list", *args])


def list_(
    *,
    cause: Annotated[str, typer.Option("--cause", help="Only this cause, record by record.")] = "",
    limit: LimitOption = 200,
    language: LanguageOption = "en",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems --cause picklist.value_missing

    What needs attention, grouped by cause: what it means, how to mend it, which records.
    """
    from pasodoble.engine.service.mending import spell_problem
    from pasodoble.engine.service.standing import list_problems

    with opened(config, connection) as with_:
        rows = list_problems(with_.connection, with_.store, cause=cause or None, limit=limit)
    if json:
        talk.put_json_lines(spell_problem(row) for row in rows)
    else:
        _show_problems(rows, language, every=bool(cause))
    return Exit.DONE


def show(
    id: Annotated[int, typer.Argument(help="Its number, as problems lists it.")],
    *,
    language: LanguageOption = "en",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems show 17

    One problem whole: what happened, who can mend it and how, what the vendor said, and when it is tried again.
    """
    from pasodoble.engine.service.mending import choose_problems, spell_problem

    with opened(config, connection) as with_:
        [row] = choose_problems(with_.connection, with_.store, ids=[id])
    if json:
        talk.put_json(spell_problem(row))
    else:
        _show_one(row, language)
    return Exit.DONE


def _show_one(row: ProblemRow, language: str) -> None:
    from pasodoble.model.causes import get_cause
    from pasodoble.words.causes import describe_cause
    from pasodoble.words.names import name_moment, name_side

    screen, words, problem = talk.page(), describe_cause(row.problem.cause, language), row.problem
    screen.print(f"[bold]#{row.id}  {words.title}[/]  [dim]{problem.cause}[/]")
    screen.print(f"{talk.clean(row.label or row.ref.id)}  [dim]{row.ref}[/]")
    screen.print(words.meaning)
    screen.print(words.fix)
    screen.print(f"Mended by: {get_cause(problem.cause).fixer.value.replace('_', ' ')}")
    said = f"{problem.code} {talk.clean(problem.text, limit=1000)}".strip()
    if said:
        screen.print(f"{name_side(problem.side)} said: {said}")
    if problem.fields:
        screen.print(f"Fields: {', '.join(problem.fields)}")
    screen.print(f"Since {name_moment(row.first_at)}, {row.attempts} tries, the last {name_moment(row.last_at)}")
    if row.ignored:
        screen.print("It was put aside.")
    elif row.next_try_at is not None:
        screen.print(f"Next try: {name_moment(row.next_try_at)}")
    talk.say(f"Next: pasodoble why {row.ref}   or, once it is mended: pasodoble problems retry {row.id}")


def retry(
    ids: IdsArgument = None,
    *,
    cause: CauseOption = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems retry --cause salesforce.validation_rule

    Try these records again, now.
    """
    from pasodoble.cli.sync import put_result
    from pasodoble.engine.service import mending

    _ensure_chosen(ids, cause, "retry")
    with opened(config, connection, works=True) as with_:
        rows = mending.choose_problems(with_.connection, with_.store, ids=ids or (), cause=cause)
        refs = mending.retry(with_.connection, with_.store, with_.clock, rows)
        result = asyncio.run(_sync(with_, refs))
    return put_result(result, json=json)


async def _sync(with_: Opened, refs: dict[Kind, set[Ref]]) -> RunResult:
    from pasodoble.engine.cycle import Scope
    from pasodoble.engine.service.syncing import sync

    async with with_.connected() as at:
        with talk.working("Trying again"):
            return await sync(at, Scope(kinds=tuple(refs), refs=set().union(*refs.values())), what="retry")


def ignore(
    ids: IdsArgument = None,
    *,
    cause: CauseOption = "",
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems ignore 17 18

    Put problems aside: their records count as left out on purpose until something about them changes.
    """
    from pasodoble.engine.service import mending

    _ensure_chosen(ids, cause, "ignore")
    with opened(config, connection) as with_:
        rows = mending.choose_problems(with_.connection, with_.store, ids=ids or (), cause=cause)
        count = mending.ignore(with_.connection, with_.store, with_.clock, rows)
    talk.say(f"{count} put aside. Next: pasodoble problems")
    return Exit.DONE


def pair(
    record: Annotated[str, typer.Argument(help="One of the two, as `why` takes it.")],
    other: Annotated[str, typer.Argument(metavar="WITH-RECORD", help="The other, on the other side.")],
    *,
    repoint: Annotated[
        bool, typer.Option("--repoint", help="Let go a partner that one of them has already; it stays as it is.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems pair hubspot:contact:101 salesforce:Lead:00Q…

    Say that two records are one thing: they are linked, synced, and kept in step from now on.
    """
    from pasodoble.cli.sync import exit_of
    from pasodoble.cli.sync import show as show_result

    with opened(config, connection, works=True) as with_:
        paired = asyncio.run(_pair(with_, record, other, repoint=repoint))
    if json:
        talk.put_json(paired.document())
    else:
        show_result(paired.result)
        talk.say(f"{paired.wish.refs.hubspot} and {paired.wish.refs.salesforce} are a pair.")
        for ref in paired.let_go:
            talk.say(f"{ref} was let go; it is left out until you pair it: pasodoble problems pair {ref} …")
    return exit_of(paired.result)


async def _pair(with_: Opened, record: str, other: str, *, repoint: bool) -> PairedUp:
    from pasodoble.engine.service.pairing import pair_up, read_wish

    async with with_.connected() as at:
        with talk.working("Pairing"):
            wish = await read_wish(at, record, other)
            return await pair_up(at, wish, actor=getpass.getuser(), repoint=repoint)


def _ensure_chosen(ids: list[int] | None, cause: str, word: str) -> None:
    if not ids and not cause:
        raise typer.BadParameter(f"name numbers, or --cause CAUSE: pasodoble problems {word} 17", param_hint="ID")


def export(
    *,
    cause: CauseOption = "",
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems export > problems.csv

    All open problems as CSV, safe to open in a spreadsheet.
    """
    from pasodoble.engine.service import mending
    from pasodoble.engine.service.standing import list_problems

    with opened(config, connection) as with_:
        rows = list_problems(with_.connection, with_.store, cause=cause or None, limit=mending.ALL)
    talk.put(mending.render_csv(rows).rstrip("\r\n"))
    return Exit.DONE


def _show_problems(rows: list[ProblemRow], language: str, *, every: bool) -> None:
    from itertools import groupby

    from pasodoble.words.causes import describe_cause

    screen = talk.page()
    shown = 500 if every else 3
    for cause, group in groupby(sorted(rows, key=lambda row: row.problem.cause), key=lambda row: row.problem.cause):
        of_cause = list(group)
        words = describe_cause(cause, language)
        screen.print(f"[bold]{len(of_cause):>5}  {words.title}[/]  [dim]{cause}[/]")
        talk.put_indented(words.meaning, 7)
        talk.put_indented(words.fix, 7)
        for row in of_cause[:shown]:
            detail = f"{' '.join(row.problem.fields)} {row.problem.text}".strip()
            name = talk.clean(row.label or row.ref.id)
            talk.put_indented(f"· [dim]#{row.id}[/] {name}  [dim]{row.ref}  {talk.clean(detail, limit=160)}[/]", 7)
        if len(of_cause) > shown:
            talk.put_indented(f"… {len(of_cause) - shown} more: pasodoble problems --cause {cause}", 7, style="dim")
    if not rows:
        talk.say("Nothing needs attention.")
