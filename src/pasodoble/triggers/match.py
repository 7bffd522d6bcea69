"""A signal, and the triggers that it fires; or the reason why it fires none.

What follows from a trigger (a dirty mark, a look) is the engine's, and does not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pasodoble.model.signal import Urgency
from pasodoble.triggers.catalogue import NON_TRIGGERS, TRIGGERS
from pasodoble.triggers.schedule import OWN_ECHO
from pasodoble.triggers.spec import NonTrigger, Scene, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """What a signal comes to.

    fired    triggers that fire, in the catalogue's order
    off      triggers that would, were their switch on
    silence  the declared non-trigger that explains why nothing fired, if one does
    """

    fired: tuple[Trigger, ...] = ()
    off: tuple[Trigger, ...] = ()
    silence: NonTrigger | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(trigger.key for trigger in self.fired)

    @property
    def urgency(self) -> Urgency:
        """The most urgent of the triggers that fired; the least urgent there is where none did."""
        return min((trigger.urgency for trigger in self.fired), default=Urgency.BACKFILL)


_LISTENING: Final = {
    kind: tuple(trigger for trigger in TRIGGERS if trigger.signal is kind)
    for kind in {trigger.signal for trigger in TRIGGERS}
}


def match_signal(scene: Scene) -> Match:
    """The triggers that the signal fires. Never raises."""
    if scene.signal.by_us:
        return Match(silence=OWN_ECHO)
    heard = [trigger for trigger in _LISTENING.get(scene.signal.kind, ()) if _hears(trigger, scene)]
    fired = tuple(trigger for trigger in heard if trigger.on(scene))
    off = tuple(trigger for trigger in heard if not trigger.on(scene))
    silence = None if heard else next((none for none in NON_TRIGGERS if _hears(none, scene)), None)
    return Match(fired=fired, off=off, silence=silence)


def _hears(trigger: Trigger | NonTrigger, scene: Scene) -> bool:
    signal = scene.signal
    if trigger.signal is not signal.kind or (trigger.sides and signal.side not in trigger.sides):
        return False
    return trigger.condition(scene)
