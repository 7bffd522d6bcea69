"""`pasodoble status`, `activity`, `problems` and `history`: what is, what was done, what needs attention."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, opened

if TYPE_CHECKING:
    from pasodoble.ports import ChangeRow, ProblemRow

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many rows at the most.")]


def status(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble status

    Where everything stands: in step, waiting, left out on purpose, in need of attention.
    """
    from pasodoble.engine.service.standing import stand
    from pasodoble.model.trace import State
    from pasodoble.words.names import name_moment, name_state

    with opened(config, connection) as with_:
        standing = stand(with_.connection, with_.store)
    if json:
        talk.put_json(standing.document())
        return Exit.DONE
    screen = talk.page()
    for state in State:
        screen.print(f"{standing.states.get(state, 0):>9,}  {name_state(state)}")
    for title, numbers in (("Left out", standing.left_out), ("Causes", standing.problems)):
        if numbers:
            screen.print(f"{title}: " + ", ".join(f"{count} {name}" for name, count in numbers.items()))
    run = standing.last_run
    screen.print("No run yet." if run is None else f"Last run: {run.what} {name_moment(run.started_at)}, {run.outcome}")
    if run is None:
        talk.say("Next: pasodoble plan")
    elif standing.attention:
        talk.say("Next: pasodoble problems")
    return Exit.DONE


def activity(
    *, limit: LimitOption = 30, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = ""
) -> int:
    """Example: pasodoble activity --limit 20

    The latest changes that were carried, newest first. With --json, one line a change.
    """
    from pasodoble.engine.service.standing import list_changes

    with opened(config, connection) as with_:
        rows = list_changes(with_.connection, with_.store, limit=limit)
    _put_changes(rows, json=json)
    return Exit.DONE


def history(
    record: Annotated[str, typer.Argument(help="An email, hubspot:contact:101, salesforce:Lead:00Q…, an id or a URL.")],
    *,
    limit: LimitOption = 200,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble history ana@acme.example

    What was written to the record's two sides, when and why, newest first.
    """
    from pasodoble.engine.service.finding import NotFound, find_known

    with opened(config, connection) as with_:
        found = find_known(with_.connection, with_.store, record)
        with with_.store.transaction(with_.connection.name, read_only=True) as tx:
            links = tx.links.load([ref for ref in found.refs if ref is not None]) if found is not None else {}
            rows = tx.history.load(next(iter(links.values())).id, limit=limit) if links else []
    if found is None:
        raise NotFound(f"no record that was synced answers to {record!r}", next_step=f"pasodoble why {record}")
    _put_changes(rows, json=json)
    return Exit.DONE


def _put_changes(rows: list[ChangeRow], *, json: bool) -> None:
    from pasodoble.words import say
    from pasodoble.words.names import name_moment, name_side

    if json:
        talk.put_json_lines(_spell_change(row) for row in rows)
        return
    screen = talk.page()
    for row in rows:
        change = row.change
        what = (
            f"{change.field}: {_blank(change.before)} → {_blank(change.after)}" if change.field else say(change.reason)
        )
        why = say(change.reason) if change.field else ""
        screen.print(
            f"[dim]#{row.id}[/] {name_moment(change.at)}  {name_side(change.side)} {row.ref.object} {row.ref.id}  {what}"
            f"   [dim]{why}[/]"
        )
    if not rows:
        talk.say("Nothing yet.")


def _spell_change(row: ChangeRow) -> dict[str, object]:
    change = row.change
    return {
        "format_version": 1,
        "id": row.id,
        "run": row.run_id,
        "record": str(row.ref),
        "at": change.at.isoformat(),
        "side": change.side.value,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "reason": change.reason.id,
        "actor": change.actor,
    }


def _blank(value: object) -> str:
    return "(blank)" if value is None else talk.clean(value, limit=60)


def problems(
    *,
    cause: Annotated[str, typer.Option("--cause", help="Only this cause, record by record.")] = "",
    limit: LimitOption = 200,
    language: Annotated[str, typer.Option("--lang", help="en or es.")] = "en",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble problems --cause picklist.value_missing

    What needs attention, grouped by cause: what it means, how to mend it, which records.
    """
    from pasodoble.engine.service.standing import list_problems

    with opened(config, connection) as with_:
        rows = list_problems(with_.connection, with_.store, cause=cause or None, limit=limit)
    if json:
        talk.put_json_lines(_spell_problem(row) for row in rows)
    else:
        _show_problems(rows, language, every=bool(cause))
    return Exit.DONE


def _spell_problem(row: ProblemRow) -> dict[str, object]:
    return {
        "format_version": 1,
        "id": row.id,
        "kind": row.kind,
        "record": str(row.ref),
        "label": row.label,
        "cause": row.problem.cause,
        "side": row.problem.side.value,
        "code": row.problem.code,
        "text": row.problem.text,
        "fields": list(row.problem.fields),
        "first_at": row.first_at.isoformat(),
        "attempts": row.attempts,
        "next_try_at": None if row.next_try_at is None else row.next_try_at.isoformat(),
    }


def _show_problems(rows: list[ProblemRow], language: str, *, every: bool) -> None:
    from itertools import groupby

    from pasodoble.words.causes import describe_cause

    screen = talk.page()
    shown = 500 if every else 3
    for cause, group in groupby(sorted(rows, key=lambda row: row.problem.cause), key=lambda row: row.problem.cause):
        of_cause = list(group)
        words = describe_cause(cause, language)
        screen.print(f"[bold]{len(of_cause):>5}  {words.title}[/]  [dim]{cause}[/]")
        screen.print(f"       {words.meaning}")
        screen.print(f"       {words.fix}")
        for row in of_cause[:shown]:
            detail = f"{' '.join(row.problem.fields)} {row.problem.text}".strip()
            screen.print(
                f"       · {talk.clean(row.label or row.ref.id)}  [dim]{row.ref}  {talk.clean(detail, limit=160)}[/]"
            )
        if len(of_cause) > shown:
            screen.print(f"       … {len(of_cause) - shown} more: pasodoble problems --cause {cause}", style="dim")
    if not rows:
        talk.say("Nothing needs attention.")
