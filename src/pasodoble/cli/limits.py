"""`pasodoble limits` and `conflicts`: what the sync costs in calls, and which edits met another one."""

from __future__ import annotations

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, opened
from pasodoble.cli.status import LimitOption


def limits(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble limits

    API calls of the last 24 hours by side and hour, what you allot, and how long the rest lasts at this pace.
    """
    from pasodoble.engine.service.spending import FORMAT_VERSION, sum_spending
    from pasodoble.wiring import spent_by_hour
    from pasodoble.words.names import name_side

    with opened(config, connection) as with_:
        hours = spent_by_hour(with_.connection, with_.store, with_.clock)
        spending = sum_spending(hours, with_.connection.limits)
    if json:
        sides = {side.value: one.document() for side, one in spending.items()}
        talk.put_json({"format_version": FORMAT_VERSION, "sides": sides})
        return Exit.DONE
    screen = talk.page()
    for side, one in spending.items():
        bound = "no bound is set" if one.allotted is None else f"of {one.allotted:,} that you allot"
        lasts = "" if one.hours_left is None else f"; at this pace the rest lasts {one.hours_left:,.1f} hours"
        screen.print(f"[bold]{name_side(side)}[/]  {one.used:,} calls in 24 hours, {bound}{lasts}")
        for hour, count in one.by_hour.items():
            screen.print(f"  {hour.replace('T', ' ')}:00 UTC  {count:>8,}")
    return Exit.DONE


def conflicts(
    *,
    limit: LimitOption = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble conflicts --limit 20

    Edits that lost against another one: both values, when, and which side won. Newest first.
    """
    from pasodoble.engine.service.standing import list_conflicts
    from pasodoble.words import say
    from pasodoble.words.names import name_moment, name_side

    with opened(config, connection) as with_:
        rows = list_conflicts(with_.connection, with_.store, limit=limit)
    if json:
        talk.put_json_lines(
            {
                "format_version": 1,
                "id": row.id,
                "record": str(row.ref),
                "field": row.change.field,
                "at": row.change.at.isoformat(),
                "winner": row.change.side.other.value,
                "lost": {"side": row.change.side.value, "value": row.change.before},
                "kept": row.change.after,
                "reason": row.change.reason.id,
            }
            for row in rows
        )
        return Exit.DONE
    screen = talk.page()
    for row in rows:
        change = row.change
        lost, kept = (talk.clean("(blank)" if v is None else v, limit=60) for v in (change.before, change.after))
        screen.print(f"[dim]#{row.id}[/] {name_moment(change.at)}  [dim]{row.ref}[/]")
        screen.print(f"    {change.field}: {name_side(change.side.other)} won with {kept}")
        screen.print(f"    lost in {name_side(change.side)}: {lost}")
        screen.print(f"    {say(change.reason)}")
    talk.say(f"Next: pasodoble undo '#{rows[0].id}'   (puts the lost value back)" if rows else "No conflicts.")
    return Exit.DONE
