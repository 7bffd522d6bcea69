"""`pasodoble plan` and `pasodoble apply`: what a sync would do, and exactly that."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import (
    ConfigOption,
    ConnectionOption,
    JsonOption,
    LanguageOption,
    ObjectOption,
    Opened,
    opened,
)
from pasodoble.cli.sync import put_result, run_or_ask
from pasodoble.model.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from pasodoble.engine.service.planning import Planned
    from pasodoble.engine.service.syncing import RunResult
    from pasodoble.model.operation import Step
    from pasodoble.model.ref import Ref
    from pasodoble.model.value import Raw
    from pasodoble.planner.document import Document

SHOWN = 50


def plan(
    *,
    object: ObjectOption = "",
    record: Annotated[
        str, typer.Option("--record", help="One record: an email, an id, hubspot:contact:101 or a URL.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Keep the plan in this file, for pasodoble apply.")] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 if there are changes.")
    ] = False,
    language: LanguageOption = "en",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble plan --object contacts --out plan.json

    What a sync would do: field by field, why, and its price in API calls. Writes nothing anywhere.
    """
    from pasodoble.planner.document import render_document

    with opened(config, connection) as with_:
        planned = asyncio.run(_plan(with_, object, record))
    document = render_document(planned.document)
    if out is not None:
        _write(out, document)
    if json:
        talk.put_json(document)
    else:
        show_plan(planned, language)
    if out is not None:
        talk.say(f"Wrote {out}. Next: pasodoble apply {out}")
    return Exit.CHANGES_PENDING if detailed_exitcode and not planned.document.plan.empty else Exit.DONE


async def _plan(with_: Opened, object: str, record: str) -> Planned:
    from pasodoble.engine.service import finding, planning

    async with with_.connected() as at:
        with talk.working("Looking at both sides"):
            if record:
                found = await finding.find_record(at, record)
                return await planning.plan(at, kinds=(found.kind,), refs={r for r in found.refs if r is not None})
            kinds = (finding.choose_kind(at.settings, object),) if object else None
            return await planning.plan(at, kinds=kinds)


def _write(file: Path, document: dict[str, object]) -> None:
    import orjson

    try:
        file.write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str))
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}", param_hint="--out") from None


def show_plan(planned: Planned, language: str = "en") -> None:
    """One block a record with indented fields; the totals last, where they are seen."""
    screen = talk.page()
    document = planned.document
    for step in document.plan.steps[:SHOWN]:
        show_step(screen, step, planned.labels, language)
    hidden = len(document.plan.steps) - SHOWN
    if hidden > 0:
        screen.print(f"… +{hidden}: pasodoble plan --json", style="dim")
    _show_totals(screen, planned, language)


_SIGNS = {
    "Create": "[green]+[/]",
    "Update": "[yellow]~[/]",
    "Delete": "[red]-[/]",
    "Associate": "[cyan]⇄[/]",
}
"""By operation, the sign before its line."""


def show_step(screen: Console, step: Step, labels: Mapping[Ref, str], language: str = "en") -> None:
    """One write: a line that says which, and a line a field. `labels`: what people call the records."""
    from pasodoble.model.operation import Create, Update
    from pasodoble.planner.explain import explain_step
    from pasodoble.words import say

    sign, why = _SIGNS[type(step.operation).__name__], step.why.get("")
    because = f"   [dim]{talk.clean(say(why, language))}[/]" if why else ""
    screen.print(f"{sign} [bold]{talk.clean(say(explain_step(step, labels), language))}[/]{because}")
    match step.operation:
        case Create(fields=fields):
            for name, value in fields.items():
                screen.print(f"      {name}: {talk.clean(value)}")
        case Update(fields=fields):
            for at, name in enumerate(fields):
                _show_field(screen, step, at, name, fields[name], language)


def _show_field(screen: Console, step: Step, at: int, name: str, value: Raw, language: str) -> None:
    from pasodoble.words import say

    reasons, blank = list(step.why.values()), "(en blanco)" if language == "es" else "(blank)"
    before, after = (blank if one is None else talk.clean(one) for one in (step.before.get(name), value))
    sign = "[red]×[/] " if value is None else ""
    why = talk.clean(say(reasons[at], language)) if at < len(reasons) else ""
    screen.print(f"    {sign}{name}: {before} → {after}   [dim]{why}[/]")


def _show_totals(screen: Console, planned: Planned, language: str) -> None:
    from pasodoble.planner.explain import explain_cost, explain_totals
    from pasodoble.words import say
    from pasodoble.words.causes import describe_cause

    plan = planned.document.plan
    screen.print(f"[bold]{say(explain_totals(plan, linked=planned.linked), language)}[/]")
    screen.print(say(explain_cost(plan), language))
    for gate, count in planned.left_out.items():
        screen.print(f"[dim]·[/] {count} × {say(Message(f'gate.{gate}'), language)}")
    for cause, count in planned.problems.items():
        screen.print(f"[red]![/] {count} × {describe_cause(cause, language).title}  [dim]{cause}[/]")
    for brake in plan.brakes:
        screen.print(f"[red]■[/] {say(brake.message, language)}")


def apply(
    file: Annotated[Path, typer.Argument(help="A plan that pasodoble plan --out has written.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble apply plan.json

    Do exactly what the plan says, brakes and all. A plan that has gone stale is refused, and nothing is written.
    """
    from pasodoble.engine.service.planning import StalePlan
    from pasodoble.planner.document import render_document
    from pasodoble.words import say

    document = _read(file)
    name = connection or document.connection
    if not yes:
        typer.confirm(f"Make these {len(document.plan.steps)} writes?", abort=True, err=True)

    def run() -> RunResult:
        with opened(config, name, works=True) as with_:
            return asyncio.run(_apply(with_, document))

    try:
        result = run_or_ask(run, config, name, "apply", render_document(document))
    except StalePlan as stale:
        for reason in stale.reasons[:10]:
            talk.say(f"  - {say(reason)}")
        raise
    return put_result(result, json=json)


def _read(file: Path) -> Document:
    import orjson

    from pasodoble.errors import Error
    from pasodoble.planner.document import parse_document

    try:
        raw = orjson.loads(file.read_bytes())
    except OSError as error:
        raise Error(f"{file} cannot be read: {error.strerror}", next_step="pasodoble plan --out FILE") from None
    except orjson.JSONDecodeError as error:
        raise Error(f"{file} is no plan: {error}", next_step="pasodoble plan --out FILE") from None
    return parse_document(raw)


async def _apply(with_: Opened, document: Document) -> RunResult:
    from pasodoble.engine.service import planning

    async with with_.connected() as at:
        with talk.working("Writing"):
            return await planning.apply(at, document)
