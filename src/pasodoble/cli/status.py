"""`pasodoble status`, `activity` and `history`: what is, and what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, opened

if TYPE_CHECKING:
    from pasodoble.ports import ChangeRow

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many rows at the most.")]


def status(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble status

    Where everything stands: in step, waiting, left out on purpose, in need of attention.
    """
    from pasodoble.engine.service.standing import stand
    from pasodoble.model.message import Message
    from pasodoble.model.trace import State
    from pasodoble.words import say
    from pasodoble.words.causes import describe_cause
    from pasodoble.words.names import name_moment, name_state

    with opened(config, connection) as with_:
        standing = stand(with_.connection, with_.store)
    if json:
        talk.put_json(standing.document())
        return Exit.DONE
    screen = talk.page()
    for state in State:
        screen.print(f"{standing.states.get(state, 0):>9,}  {name_state(state)}")
    for gate, count in standing.left_out.items():
        talk.put_indented(f"{count:,} left out: {say(Message(gate))}", 11)
    for cause, count in standing.problems.items():
        talk.put_indented(f"{count:,} need attention: {describe_cause(cause).title}  [dim]{cause}[/]", 11)
    run = standing.last_run
    screen.print("No run yet." if run is None else f"Last run: {run.what} {name_moment(run.started_at)}, {run.outcome}")
    if run is None:
        talk.say("Next: pasodoble plan")
    elif standing.stopped:
        screen.print(
            f"The last check would make {standing.stopped:,} records, more than one run may: nothing of it was done."
        )
        talk.say("Next: pasodoble backfill start   (or look first: pasodoble plan)")
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
