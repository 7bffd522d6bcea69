"""`pasodoble why`: where one record stands, how that came about, and what each rule says."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, Opened, opened

if TYPE_CHECKING:
    from pasodoble.engine.service.explaining import Explanation, FieldView
    from pasodoble.model.value import Value


def why(
    record: Annotated[str, typer.Argument(help="An email, hubspot:contact:101, salesforce:Lead:00Q…, an id or a URL.")],
    *,
    at: Annotated[str, typer.Option("--at", help="At a past moment: 2026-11-24T10:00 (UTC).")] = "",
    language: Annotated[str, typer.Option("--lang", help="en or es.")] = "en",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble why ana@acme.example

    Which triggers, which gates, which match, which rule decided each field, what was written, what came back, what is next.
    """
    moment = parse_moment(at) if at else None
    with opened(config, connection) as with_:
        explanation = asyncio.run(_explain(with_, record, moment))
    if json:
        talk.put_json(explanation.document())
    else:
        show(explanation, language)
    return Exit.DONE


def parse_moment(text: str) -> datetime:
    """UTC where no zone is given. Raises BadParameter."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment; write 2026-11-24T10:00", param_hint="--at") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


async def _explain(with_: Opened, record: str, moment: datetime | None) -> Explanation:
    from pasodoble.engine.service import explaining, finding
    from pasodoble.errors import Unreachable

    known = finding.find_known(with_.connection, with_.store, record)
    if moment is not None and known is not None:
        return explaining.explain_known(with_.connection, with_.store, known, at_time=moment)
    try:
        async with with_.connected() as at:
            found = known or await finding.find_record(at, record)
            return await explaining.explain(at, found)
    except Unreachable as error:
        if known is None:
            raise
        talk.say(f"pasodoble: {error}; this is what is known from the last time")
        return explaining.explain_known(with_.connection, with_.store, known)


def show(explanation: Explanation, language: str) -> None:
    from pasodoble.model.side import SIDES
    from pasodoble.words import say
    from pasodoble.words.names import name_moment, name_side, name_state

    screen = talk.page()
    screen.print(f"[bold]{talk.clean(explanation.label or 'record')}[/]  {name_state(explanation.state, language)}")
    for side in SIDES:
        ref = explanation.refs[side]
        screen.print(f"  {name_side(side)}: {f'{ref.object} {ref.id}' if ref else '—'}")
    marks = {True: "[green]✓[/]", False: "[red]✗[/]", None: "·"}
    for step in explanation.steps:
        screen.print(f"  {marks[step.passed]} {name_moment(step.at)}  {step.kind}: {say(step.reason, language)}")
        for text in step.detail.values():
            if text:
                screen.print(f"      [dim]{talk.clean(text, limit=300)}[/]")
    _show_problems(explanation, language)
    if explanation.fields:
        screen.print(f"\n  [dim]Field: {name_side(SIDES[0])}, {name_side(SIDES[1])}; differences first[/]")
    for view in sorted(explanation.fields, key=lambda view: view.reason.id == "rule.in_step"):
        _show_field(view, language)
    if explanation.next_try_at is not None:
        screen.print(f"Next try: {name_moment(explanation.next_try_at)}")


def _show_problems(explanation: Explanation, language: str) -> None:
    from pasodoble.words.causes import describe_cause

    screen = talk.page()
    for row in explanation.problems:
        words = describe_cause(row.problem.cause, language)
        screen.print(f"  [red]![/] [bold]{words.title}[/] ({row.problem.cause})")
        screen.print(f"      {words.meaning}")
        screen.print(f"      {words.fix}")
        if row.problem.text:
            screen.print(f"      [dim]{row.problem.code} {talk.clean(row.problem.text, limit=300)}[/]")


def _show_field(view: FieldView, language: str) -> None:
    """One line for a field in step; for any other a second one that says which rule decided, and why."""
    from pasodoble.words import say

    screen = talk.page()
    arrow = {"take_hubspot": "[yellow]→[/]", "take_salesforce": "[yellow]←[/]", "conflict": "[red]≠[/]"}
    if view.reason.id == "rule.in_step":
        screen.print(f"  [dim]=[/] {view.key}: {_spell(view.values.hubspot)}")
        return
    sign = arrow.get(view.verdict, "·")
    screen.print(f"  {sign} {view.key}: {_spell(view.values.hubspot)} {sign} {_spell(view.values.salesforce)}")
    screen.print(f"      [dim]{view.rule}: {say(view.reason, language)}[/]")


def _spell(value: Value) -> str:
    from pasodoble.model.value import MISSING

    if value is MISSING:
        return "[dim]?[/]"
    return "[dim](blank)[/]" if value is None else talk.clean(value, limit=60)
