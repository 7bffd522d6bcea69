"""`pasodoble plan` and `pasodoble apply`: what a sync would do, and exactly that."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, ObjectOption, Opened, opened
from pasodoble.cli.sync import put_result, run_or_ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from pasodoble.engine.service.planning import Planned
    from pasodoble.engine.service.syncing import RunResult
    from pasodoble.model.operation import Step
    from pasodoble.model.ref import Ref
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
        show_plan(planned)
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


def show_plan(planned: Planned) -> None:
    """One block a record with indented fields; the totals last, where they are seen."""
    screen = talk.page()
    document = planned.document
    for step in document.plan.steps[:SHOWN]:
        show_step(screen, step, planned.labels)
    hidden = len(document.plan.steps) - SHOWN
    if hidden > 0:
        screen.print(f"… and {hidden} more; all of them: pasodoble plan --json", style="dim")
    _show_totals(screen, planned)


def show_step(screen: Console, step: Step, labels: Mapping[Ref, str]) -> None:
    """One write: a line that says which, and a line a field. `labels`: what people call the records."""
    from pasodoble.model.operation import Create, Delete, Update
    from pasodoble.words import say
    from pasodoble.words.names import name_side

    match step.operation:
        case Create(side=side, object=object, fields=fields, of=of):
            label = talk.clean(labels.get(of, of.id))
            screen.print(f"[green]+[/] create {object} in {name_side(side)}  [bold]{label}[/]")
            for name, value in fields.items():
                screen.print(f"      {name}: {talk.clean(value)}")
        case Update(ref=ref, fields=fields):
            label = talk.clean(labels.get(ref, ref.id))
            screen.print(
                f"[yellow]~[/] update {ref.object} in {name_side(ref.side)}  [bold]{label}[/]  [dim]{ref.id}[/]"
            )
            reasons = list(step.why.values())
            for at, (name, value) in enumerate(fields.items()):
                before = talk.clean(step.before.get(name) if step.before.get(name) is not None else "(blank)")
                sign = "[red]×[/] " if value is None else ""
                after = "(blank)" if value is None else talk.clean(value)
                why = say(reasons[at]) if at < len(reasons) else ""
                screen.print(f"    {sign}{name}: {before} → {after}   [dim]{why}[/]")
        case Delete(ref=ref):
            screen.print(
                f"[red]-[/] delete {ref.object} in {name_side(ref.side)}  [dim]{ref.id}[/]  {say(step.why[''])}"
            )
        case _:
            screen.print(f"[cyan]⇄[/] {talk.clean(step.operation)}")


def _show_totals(screen: Console, planned: Planned) -> None:
    from collections import Counter

    from pasodoble.model.side import SIDES
    from pasodoble.words import say
    from pasodoble.words.names import name_side

    plan = planned.document.plan
    counts = Counter(type(step.operation).__name__.lower() for step in plan.steps)
    screen.print(
        f"[bold]Plan: {counts['create']} to create, {counts['update']} to update, {counts['delete']} to delete;"
        f" {planned.linked} to pair without a write.[/]"
    )
    calls = ", ".join(f"{plan.cost.calls[side]} {name_side(side)}" for side in SIDES)
    screen.print(f"Cost in API calls for the writes: {calls}.")
    for word, numbers in (("Left out", planned.left_out), ("Problems", planned.problems)):
        if numbers:
            screen.print(f"{word}: " + ", ".join(f"{count} {name}" for name, count in numbers.items()))
    for brake in plan.brakes:
        screen.print(f"[red]Brake:[/] {say(brake.message)}")


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
