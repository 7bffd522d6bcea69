"""`pasodoble mapping export / import`: mappings as CSV in HubSpot's export columns, and as lines for pasodoble.yaml."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, ObjectOption, Opened, choose, load, opened

if TYPE_CHECKING:
    from pasodoble.engine.service.syncing import RunResult
    from pasodoble.engine.service.waking import Preview


def export(
    *,
    object: ObjectOption = "",
    form: Annotated[str, typer.Option("--format", help="csv, or yaml as it stands in pasodoble.yaml.")] = "csv",
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble mapping export --object contacts > contacts.csv

    Print an object's mapping, default lines included.
    """
    from pasodoble.engine.service.finding import choose_kind
    from pasodoble.mapping.transfer import render_csv, render_lines

    if form not in ("csv", "yaml"):
        raise typer.BadParameter("csv or yaml", param_hint="--format")
    at = choose(load(config), connection)
    of_kind = at.objects[choose_kind(at, object)]
    if form == "csv":
        talk.put(render_csv(of_kind).rstrip("\r\n"))
    else:
        talk.put(render_yaml(render_lines(of_kind.fields, of_kind.salesforce_objects)))
    return Exit.DONE


def import_(
    file: Annotated[Path, typer.Argument(help="A CSV that HubSpot or mapping export has written.")],
    *,
    object: ObjectOption = "",
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble mapping import contacts.csv --object contacts

    Turn such a CSV into the fields of pasodoble.yaml, on stdout; rows that cannot be taken over are named.
    """
    from pasodoble.engine.service.finding import choose_kind
    from pasodoble.errors import Error
    from pasodoble.mapping.transfer import parse_csv, render_lines
    from pasodoble.words import say

    at = choose(load(config), connection)
    kind = choose_kind(at, object)
    objects = at.objects[kind].salesforce_objects
    try:
        imported = parse_csv(file.read_text(encoding="utf-8-sig"), objects)
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{file} cannot be read: {error}", next_step="pasodoble mapping export > mapping.csv") from None
    for problem in imported.problems:
        talk.say(f"{file}: {say(problem)}")
    talk.put(render_yaml(render_lines(imported.rules, objects)))
    talk.say(f"Put these lines under {kind}: in pasodoble.yaml. Next: pasodoble mapping lint")
    return Exit.NEEDS_ATTENTION if imported.problems else Exit.DONE


def accept(
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="contacts, companies, ...")],
    *,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble mapping accept contacts

    Take the fields as both accounts have them now for granted: lines that rest because a schema has changed go on with it.
    """
    from pasodoble.engine.drift import accept_drift
    from pasodoble.engine.service.finding import choose_kind

    with opened(config, connection) as with_:
        accept_drift(with_.connection, with_.store, choose_kind(with_.connection, object))
    talk.say("Accepted. Next: pasodoble mapping lint, then pasodoble plan")
    return Exit.DONE


def wake(
    object: Annotated[str, typer.Argument(metavar="OBJECT", help="contacts, companies, ...")],
    fields: Annotated[list[str] | None, typer.Argument(metavar="[FIELD]...", help="Only these lines.")] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Wake them, and carry what they say.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble mapping wake contacts jobtitle

    What new lines of a mapping would change in records that were paired before; with --yes, do it.
    """
    from pasodoble.cli.sync import exit_of
    from pasodoble.cli.sync import show as show_result

    with opened(config, connection, works=yes) as with_:
        seen, result = asyncio.run(_wake(with_, object, fields or [], yes=yes))
    if json:
        talk.put_json(seen.document() if result is None else dict(result.document))
    elif result is not None:
        show_result(result)
    else:
        _show_preview(seen)
    return Exit.DONE if result is None else exit_of(result)


async def _wake(with_: Opened, object: str, fields: list[str], *, yes: bool) -> tuple[Preview, RunResult | None]:
    from pasodoble.engine.service import waking
    from pasodoble.engine.service.finding import choose_kind

    kind = choose_kind(with_.connection, object)
    async with with_.connected() as at:
        keys = waking.choose_lines(at, kind, fields)
        with talk.working("Reading both sides"):
            seen = await waking.preview(at, kind, keys)
            return seen, await waking.wake(at, kind, keys) if yes else None


def _show_preview(seen: Preview) -> None:
    from pasodoble.model.side import SIDES
    from pasodoble.words.names import name_side

    screen = talk.page()
    screen.print(f"{', '.join(seen.keys)} in {seen.pairs:,} pairs of {seen.kind}")
    for side in SIDES:
        screen.print(
            f"  {name_side(side)}: {seen.fills[side]:,} blanks filled, {seen.replaces[side]:,} values replaced,"
            f" {seen.plan.cost.calls[side]:,} calls"
        )
    talk.say(f"Nothing was written. Next: pasodoble mapping wake {seen.kind} {' '.join(seen.keys)} --yes")


def render_yaml(lines: list[dict[str, object]]) -> str:
    """The lines as they stand in pasodoble.yaml, under an object."""
    import yaml

    return yaml.safe_dump({"fields": lines}, sort_keys=False, allow_unicode=True).rstrip("\n")
