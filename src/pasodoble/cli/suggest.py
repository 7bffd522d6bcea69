"""`pasodoble mapping suggest`: which lines a mapping seems to lack, from names, types and what real pairs of records hold."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, ObjectOption, Opened, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pasodoble.engine.service.suggesting import Suggested
    from pasodoble.model.ref import Kind
    from pasodoble.model.settings import ObjectSettings


class Form(StrEnum):
    TABLE = "table"
    YAML = "yaml"


LineOption = Annotated[list[str] | None, typer.Option("--line", help="Only these, by HubSpot property; repeat it.")]
FormOption = Annotated[Form, typer.Option("--format", help="table, or yaml: the object's fields with these added.")]


def suggest(
    *,
    object: ObjectOption = "",
    line: LineOption = None,
    form: FormOption = Form.TABLE,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble mapping suggest --object contacts

    Lines that the mapping seems to lack, from names, types and what a sample of real pairs holds. Nothing is changed.
    """
    with opened(config, connection) as with_:
        kind, found = asyncio.run(_suggest(with_, object))
        of_kind = with_.connection.objects[kind]
    chosen = [one for one in found if not line or one.rule.key in line]
    if json:
        talk.put_json_lines(one.document(of_kind.salesforce_objects) for one in chosen)
    elif form is Form.YAML:
        _put_yaml(of_kind, chosen)
    else:
        _show(of_kind, chosen)
    return Exit.DONE


async def _suggest(with_: Opened, object: str) -> tuple[Kind, list[Suggested]]:
    from pasodoble.engine.service.finding import choose_kind
    from pasodoble.engine.service.suggesting import suggest
    from pasodoble.wiring import connectors

    kind = choose_kind(with_.connection, object)
    async with connectors(with_.connection, with_.store, with_.clock) as (both, _):
        with talk.working("Reading both schemas and a sample of records"):
            return kind, await suggest(with_.connection, both, with_.store, kind)


def _put_yaml(of_kind: ObjectSettings, chosen: Sequence[Suggested]) -> None:
    from pasodoble.cli.mapping import render_yaml
    from pasodoble.mapping.transfer import render_lines

    lines = [*of_kind.fields, *(one.rule for one in chosen)]
    talk.put(render_yaml(render_lines(lines, of_kind.salesforce_objects)))
    talk.say(f"Put these lines under {of_kind.kind}: in pasodoble.yaml. Next: pasodoble mapping lint")


def _show(of_kind: ObjectSettings, chosen: Sequence[Suggested]) -> None:
    from rich.table import Table

    from pasodoble.mapping.transfer import RULE_NAMES, render_names

    if not chosen:
        talk.say("Nothing more seems to be wanted.")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("HubSpot property", "Salesforce field", "Rule", "Why", "Agreement"):
        table.add_column(name, justify="right" if name == "Agreement" else "left", overflow="fold")
    for one in chosen:
        names = render_names(one.rule, of_kind.salesforce_objects)
        table.add_row(
            talk.clean(one.rule.hubspot), talk.clean(names), RULE_NAMES[one.rule.rule], _why(one), _agreement(one)
        )
    talk.page().print(table)
    talk.say(f"Next: pasodoble mapping suggest --object {of_kind.kind} --format yaml --line {chosen[0].rule.hubspot}")


def _why(one: Suggested) -> str:
    values = f"{one.agreeing} of {one.compared} values" if one.compared else "no values"
    return f"{values}, names {one.name_ratio:.0%}, as {one.codec}"


def _agreement(one: Suggested) -> str:
    return "-" if one.agreement is None else f"{one.agreement:.0%}"
