"""`pasodoble limits`: what the sync costs in calls."""

from __future__ import annotations

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, opened


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
        for purpose, count in one.by_purpose.items():
            screen.print(f"  for {purpose:<16}  {count:>8,}")
        for purpose, forecast in one.forecast().items():
            lasts = "" if forecast.hours_left is None else f"  lasts {forecast.hours_left:,.1f} hours"
            screen.print(f"  left for {purpose:<11}  {forecast.left:>8,}{lasts}")
        for hour, count in one.by_hour.items():
            screen.print(f"  {hour.replace('T', ' ')}:00 UTC  {count:>8,}")
    return Exit.DONE
