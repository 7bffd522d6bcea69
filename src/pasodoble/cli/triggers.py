"""`pasodoble triggers`: what starts a sync and what does not, whether it is on, and how often it fired."""

from __future__ import annotations

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, opened


def triggers(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble triggers

    Every trigger and every declared non-trigger: on or off, by which setting, how often, when last. With --json, one line each.
    """
    from rich.table import Table

    from pasodoble.engine.service.triggering import list_triggers
    from pasodoble.words import say
    from pasodoble.words.names import name_moment

    with opened(config, connection) as with_:
        views = list_triggers(with_.connection, with_.store, with_.clock.now())
    if json:
        talk.put_json_lines(view.document() for view in views)
        return Exit.DONE
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("", "trigger", "fired", "last", "what happens"):
        table.add_column(title, justify="right" if title == "fired" else "left", no_wrap=title == "trigger")
    for view in views:
        state = "-" if view.on is None else "on" if view.on else "off"
        count = view.tally.seen if view.on is None else view.tally.fired
        table.add_row(state, view.key, f"{count:,}", name_moment(view.tally.last_at), say(view.message))
    talk.page().print(table)
    return Exit.DONE
