"""Every trigger and every declared non-trigger: whether it is on, by which setting, how often it fired and when last.

What a trigger is and when it fires does not belong here (`triggers/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pasodoble.model.message import Message
from pasodoble.model.ref import Ref
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Effect, Signal
from pasodoble.ports import FiringCount, Store
from pasodoble.triggers.catalogue import NON_TRIGGERS, TRIGGERS
from pasodoble.triggers.spec import NonTrigger, Scene, Trigger

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often it fired; how often it was seen and started nothing; when either was last."""

    fired: int = 0
    seen: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerView:
    """One line. `on` is None for a non-trigger: it never starts anything.

    setting   the public path of its switch, "" where it has none
    push      the vendor tells of it by itself, where that is set up; without, the look finds it
    """

    key: str
    message: Message
    sides: tuple[Side, ...]
    setting: str = ""
    on: bool | None = None
    push: bool = False
    tally: Tally = Tally()

    def document(self) -> dict[str, object]:
        return {
            "format_version": FORMAT_VERSION,
            "key": self.key,
            "sides": [side.value for side in self.sides],
            "trigger": self.on is not None,
            "on": self.on,
            "setting": self.setting,
            "push": self.push,
            "fired": self.tally.fired,
            "seen_without_effect": self.tally.seen,
            "last_at": None if self.tally.last_at is None else self.tally.last_at.isoformat(),
        }


def list_triggers(settings: Connection, store: Store, now: datetime) -> list[TriggerView]:
    """All there are, in the catalogue's order; a trigger that is seen in two ways stands once."""
    with store.transaction(settings.name, read_only=True) as tx:
        counts = tx.firings.load()
    views = [_view_trigger(key, list(same), settings, counts, now) for key, same in _by_key(TRIGGERS)]
    return views + [_view_non_trigger(none, counts) for none in NON_TRIGGERS]


def _by_key(triggers: Sequence[Trigger]) -> Iterable[tuple[str, list[Trigger]]]:
    keys = dict.fromkeys(trigger.key for trigger in triggers)
    return ((key, [trigger for trigger in triggers if trigger.key == key]) for key in keys)


def _view_trigger(
    key: str, same: Sequence[Trigger], settings: Connection, counts: Sequence[FiringCount], now: datetime
) -> TriggerView:
    return TriggerView(
        key=key,
        message=same[0].message,
        sides=tuple(side for side in SIDES if any(side in trigger.sides for trigger in same)),
        setting=same[0].setting,
        on=any(_is_on(trigger, settings, now) for trigger in same),
        push=any("push" in trigger.sights for trigger in same),
        tally=_tally(key, counts),
    )


def _view_non_trigger(none: NonTrigger, counts: Sequence[FiringCount]) -> TriggerView:
    return TriggerView(key=none.key, message=none.message, sides=none.sides, tally=_tally(none.key, counts))


def _is_on(trigger: Trigger, settings: Connection, now: datetime) -> bool:
    """Whether its switch is on for any object that is synced. What the signal itself says does not matter to a switch."""
    side = trigger.sides[0]
    signal = Signal(kind=trigger.signal, side=side, ref=Ref(side, "", ""), at=now)
    return any(
        trigger.on(Scene(signal=signal, connection=settings, settings=of_kind)) for of_kind in settings.enabled()
    )


def _tally(key: str, counts: Sequence[FiringCount]) -> Tally:
    own = [count for count in counts if count.key == key]
    return Tally(
        fired=sum(count.count for count in own if count.effect is Effect.FIRED),
        seen=sum(count.count for count in own if count.effect is not Effect.FIRED),
        last_at=max((count.last_at for count in own), default=None),
    )
