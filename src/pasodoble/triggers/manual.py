"""Triggers by hand: one record, a list, chosen problems. A person never waits behind a machine.

Who may ask for it (roles) does not belong here.
"""

from __future__ import annotations

from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import SignalKind, Urgency
from pasodoble.triggers.spec import Condition, Sight, Trigger


def _asks_for(what: str) -> Condition:
    return lambda scene: scene.signal.detail.get("what") == what


def _manual(key: str, what: str, sides: tuple[Side, ...], rules: tuple[str, ...]) -> Trigger:
    return Trigger(
        key=key,
        sides=sides,
        signal=SignalKind.ASKED,
        condition=_asks_for(what),
        urgency=Urgency.MANUAL,
        sights=(Sight.PERSON,),
        rules=rules,
    )


TRIGGERS = (
    _manual("manual_record", "record", SIDES, ("T-26", "M-16")),
    _manual("manual_list", "list", (Side.HUBSPOT,), ("T-25",)),
    _manual("manual_retry", "retry", SIDES, ("T-27", "E-12")),
)
