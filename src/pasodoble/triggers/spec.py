"""The shape of a declared trigger, and of a declared non-trigger.

What each vendor sends or shows so that a signal comes about is said in `connectors/<vendor>/signals.py`. Whether the record
that a trigger concerns may sync is asked later, in `reconcile/gates`; neither belongs here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pasodoble.mapping.apply import CompiledMapping
from pasodoble.model.message import Message
from pasodoble.model.rule import Policy
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Signal, SignalKind, Urgency


class Sight(StrEnum):
    """How a trigger comes to our notice."""

    PUSH = "push"
    """The vendor tells us."""
    POLL = "poll"
    """The periodic look finds it, and makes up for a push that was lost."""
    PERSON = "person"
    SCHEDULE = "schedule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The fields of one side's object that a change of can concern us, by the vendor's names.

    fields      mapped, and not calculated: a change of one is a trigger
    calculated  mapped formulas: their values travel along, their changes are no trigger (TN-01, M-21)
    owner       fields that name the owner;  stage: the lifecycle stage
    """

    fields: frozenset[str] = frozenset()
    calculated: frozenset[str] = frozenset()
    owner: frozenset[str] = frozenset()
    stage: frozenset[str] = frozenset()

    def __or__(self, other: Watched) -> Watched:
        return Watched(
            fields=self.fields | other.fields,
            calculated=self.calculated | other.calculated,
            owner=self.owner | other.owner,
            stage=self.stage | other.stage,
        )


NOTHING_WATCHED: Final = Watched()


def watch_mapping(mappings: Iterable[CompiledMapping]) -> dict[tuple[Side, str], Watched]:
    """By side and object, what is watched there. A line that is never synced is not watched.

    HubSpot's contacts have two mappings, one for leads and one for contacts: what either reads is watched.
    """
    watched: dict[tuple[Side, str], Watched] = {}
    for mapping in mappings:
        for side in SIDES:
            place = side, mapping.objects[side]
            watched[place] = watched.get(place, NOTHING_WATCHED) | _watch(mapping, side)
    return watched


def _watch(mapping: CompiledMapping, side: Side) -> Watched:
    """In HubSpot a calculated property counts as any other (T-15); only Salesforce's formulas start nothing (TN-01)."""
    lines = [line for line in mapping.lines if not line.rule.dormant]
    formulas = {line.names[side] for line in lines if line.calculated[side] and side is Side.SALESFORCE}
    return Watched(
        fields=frozenset(line.names[side] for line in lines) - formulas,
        calculated=frozenset(formulas),
        owner=frozenset(line.names[side] for line in lines if line.policy is Policy.OWNER),
        stage=frozenset(line.names[side] for line in lines if line.policy is Policy.STAGE),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A signal with what is known around it: what a condition may look at.

    settings   of the kind that the signal's record belongs to; None where it belongs to none that is synced
    """

    signal: Signal
    connection: Connection
    settings: ObjectSettings | None
    watched: Watched = NOTHING_WATCHED

    @property
    def changed(self) -> frozenset[str]:
        """Names of the changed fields; empty where the signal does not say."""
        return frozenset(self.signal.fields)


Condition = Callable[[Scene], bool]


def always(scene: Scene) -> bool:
    return True


def never_off(scene: Scene) -> bool:
    """The switch of a trigger that has none: on wherever its record's object is on."""
    return scene.settings is not None and scene.settings.enabled


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A declared reason to sync. `key` is public and stable: it stands in the journal, the metrics and `why`.

    sides      where it happens; both where either side can start it
    signal     the kind of signal it listens to
    condition  what must be true of such a signal
    setting    the public path of the setting that is its switch, "" where it has none
    on         whether that switch is on
    urgency    how far ahead of other work it goes
    sights     how it is observed
    rules      numbers of the native behaviour that it answers to
    """

    key: str
    sides: tuple[Side, ...]
    signal: SignalKind
    condition: Condition = always
    setting: str = ""
    on: Condition = never_off
    urgency: Urgency = Urgency.EDIT
    sights: tuple[Sight, ...] = (Sight.PUSH, Sight.POLL)
    rules: tuple[str, ...]

    @property
    def message(self) -> Message:
        return Message(f"trigger.{self.key}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NonTrigger:
    """Something that happens and starts nothing, on purpose. Shown where a person asks why nothing happened."""

    key: str
    sides: tuple[Side, ...]
    signal: SignalKind
    condition: Condition = always
    rules: tuple[str, ...]

    @property
    def message(self) -> Message:
        return Message(f"trigger.{self.key}")
