"""`pasodoble alerts`: who is told of trouble, and whether they can be reached."""

from __future__ import annotations

import asyncio

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, opened


def test(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble alerts test

    Send a message without trouble to everyone whom `alerts` names, and say who got it.
    """
    from pasodoble.wiring import send_sample_alerts

    with opened(config, connection) as with_:
        sent = asyncio.run(send_sample_alerts(with_.settings, with_.connection, with_.clock))
    if json:
        rows = [{"to": alert.channel.value, "when": alert.pace.value, "failure": failure} for alert, failure in sent]
        talk.put_json({"format_version": 1, "alerts": rows})
    for number, (alert, failure) in enumerate(sent, 1):
        talk.say(f"{number}. {alert.channel}, {alert.pace}: {failure or 'delivered'}")
    if not sent:
        talk.say("Nobody is told: there are no alerts. Next: add alerts: to pasodoble.yaml")
    return Exit.FAILED if any(failure for _, failure in sent) else Exit.DONE
