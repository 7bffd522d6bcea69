"""The trigger that makes up for all others: the periodic check of both sides; and the echo of our own writes, which is none.

When the check runs does not belong here (`engine`).
"""

from __future__ import annotations

from pasodoble.model.side import SIDES
from pasodoble.model.signal import SignalKind, Urgency
from pasodoble.triggers.spec import NonTrigger, Sight, Trigger

TRIGGERS = (
    Trigger(
        key="periodic_check",
        sides=SIDES,
        signal=SignalKind.SEEN,
        setting="check_every",
        urgency=Urgency.CHECK,
        sights=(Sight.SCHEDULE, Sight.POLL),
        rules=("T-01",),
    ),
)

OWN_ECHO = NonTrigger(
    key="own_echo",
    sides=SIDES,
    signal=SignalKind.CHANGED,
    condition=lambda scene: scene.signal.by_us,
    rules=("U-19",),
)
"""Asked first, whatever kind the signal is: what we wrote ourselves starts nothing."""
