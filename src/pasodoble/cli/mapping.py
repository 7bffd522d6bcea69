"""`pasodoble mapping export / import`: mappings as CSV in HubSpot's export columns, and as lines for pasodoble.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, ObjectOption, choose, load, opened


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


def render_yaml(lines: list[dict[str, object]]) -> str:
    """The lines as they stand in pasodoble.yaml, under an object."""
    import yaml

    return yaml.safe_dump({"fields": lines}, sort_keys=False, allow_unicode=True).rstrip("\n")
