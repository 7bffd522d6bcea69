"""From signals to marks: each signal is asked of the declared triggers; what fires puts marks, and all of it is counted.

Where signals come from (a push, the look, a person) is their senders' matter; what a trigger is, is said in `triggers/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.model.activity import ACTIVITIES, SORT
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import Side
from pasodoble.model.signal import Effect, Signal, SignalKind, Silence, Urgency
from pasodoble.ports import Letter, NewMark, Transaction
from pasodoble.triggers.match import Match, match_signal
from pasodoble.triggers.spec import NOTHING_WATCHED, Scene, Watched, watch_mapping

LETTERS: Final = 500
"""How many are read in one transaction: a writer holds up the others for some milliseconds, not more."""


@dataclass(slots=True)
class Haul:
    """What some signals come to.

    marks      one for each record and trigger that fired
    counts     how often each trigger fired, or was off beside one that fired
    silences   the last of each record that starts nothing
    off        signals that would have started something, were a switch on
    """

    marks: dict[tuple[Ref, str], NewMark] = field(default_factory=dict)
    counts: Counter[tuple[str, Side, Effect]] = field(default_factory=Counter)
    silences: dict[Ref, Silence] = field(default_factory=dict)
    off: list[Signal] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.marks)

    def add(self, kind: Kind, signal: Signal, match: Match, no_sooner: Urgency, *, counts: bool) -> None:
        for trigger in match.fired:
            mark = NewMark(
                kind=kind, ref=signal.ref, trigger=trigger.key, urgency=Urgency(max(trigger.urgency, no_sooner))
            )
            self.marks[signal.ref, trigger.key] = mark
            self.counts[trigger.key, signal.side, Effect.FIRED] += counts
        if match.fired:
            self.counts.update((trigger.key, signal.side, Effect.OFF) for trigger in match.off if counts)
            return
        if match.off:
            self.off.append(signal)
        silent = match.off[0].key if match.off else match.silence.key if match.silence else ""
        if silent:
            effect = Effect.OFF if match.off else Effect.SILENT
            self.silences[signal.ref] = Silence(key=silent, effect=effect, at=signal.at, fields=signal.fields)


def hear(
    at: Connected, signals: Iterable[Signal], *, no_sooner: Urgency = Urgency.MANUAL, pushed: bool = False
) -> Haul:
    """Ask the triggers. Signals of objects that no kind is made of are dropped. Never raises, writes nothing.

    no_sooner   the marks are at most this urgent: what a look finds does not go ahead of what a vendor tells
    pushed      a vendor tells of them by itself: the activities among them are read yet, and are counted then
    """
    kinds = _find_kinds(at.settings)
    watched = watch_mapping(at.mappings.values())
    haul = Haul()
    alike: dict[object, Match] = {}  # what a signal fires does not depend on which record it is about
    for signal in signals:
        of_kind = kinds.get((signal.side, signal.ref.object))
        if of_kind is None:
            continue
        likeness = (signal.ref.object, *_say(signal))
        match = alike.get(likeness)
        if match is None:
            match = alike[likeness] = _match(at.settings, of_kind, watched, signal)
        haul.add(of_kind.kind, signal, match, no_sooner, counts=not (pushed and signal.kind is SignalKind.ACTIVITY))
    moved = {ref for ref, _ in haul.marks}
    haul.silences = {ref: silence for ref, silence in haul.silences.items() if ref not in moved}
    return haul


def _match(
    settings: Connection, of_kind: ObjectSettings, watched: Mapping[tuple[Side, str], Watched], signal: Signal
) -> Match:
    known = watched.get((signal.side, signal.ref.object), NOTHING_WATCHED)
    return match_signal(Scene(signal=signal, connection=settings, settings=of_kind, watched=known))


def _find_kinds(settings: Connection) -> dict[tuple[Side, str], ObjectSettings]:
    """By side and object, the kind that it belongs to: of two, the one that is on."""
    found: dict[tuple[Side, str], ObjectSettings] = {}
    for of_kind in sorted(settings.objects.values(), key=lambda of: not of.enabled):
        found.setdefault((Side.HUBSPOT, of_kind.hubspot_object), of_kind)
        for name in of_kind.salesforce_objects:
            found.setdefault((Side.SALESFORCE, name), of_kind)
    return found


def _say(signal: Signal) -> tuple[object, ...]:
    """What a signal says, but for which record, and when."""
    return signal.side, signal.kind, signal.by_us, signal.fields, *signal.detail.items()


def fold(signals: Iterable[Signal]) -> list[Signal]:
    """One signal for all that say the same of one record: a vendor tells of each changed field by itself, and twice.

    A change whose fields are not told stays one: it may be of any.
    """
    folded: dict[object, Signal] = {}
    for signal in signals:
        same = (signal.ref, signal.kind, signal.by_us, bool(signal.fields), *signal.detail.items())
        known = folded.get(same)
        if known is None:
            folded[same] = signal
        else:
            names = tuple(dict.fromkeys((*known.fields, *signal.fields)))
            folded[same] = replace(known, fields=names, at=max(known.at, signal.at))
    return list(folded.values())


def keep(at: Connected, tx: Transaction, haul: Haul) -> None:
    """Put the marks, and add up what was heard. A silence that is known already is not counted again."""
    now = at.clock.now()
    known = tx.firings.load_silences(haul.silences) if haul.silences else {}
    news = {
        ref: silence
        for ref, silence in haul.silences.items()
        if ref not in known or known[ref].key != silence.key or known[ref].at < silence.at
    }
    counts = haul.counts + Counter((silence.key, ref.side, silence.effect) for ref, silence in news.items())
    tx.marks.put(list(haul.marks.values()), now)
    tx.firings.add(counts, now)
    tx.firings.keep_silences(news, now)


def put_asked(tx: Transaction, marks: Sequence[NewMark], now: datetime) -> None:
    """Put the marks of what a person asks for, who names the trigger by asking, and count them as any other."""
    tx.marks.put(marks, now)
    tx.firings.add(Counter((mark.trigger, mark.ref.side, Effect.FIRED) for mark in marks), now)


def take_in(
    at: Connected,
    tx: Transaction,
    signals: Iterable[Signal],
    *,
    no_sooner: Urgency = Urgency.MANUAL,
    pushed: bool = False,
) -> Haul:
    """Hear and keep, in the sender's transaction: so that its own place moves on together with the marks."""
    haul = hear(at, fold(signals), no_sooner=no_sooner, pushed=pushed)
    keep(at, tx, haul)
    return haul


# --- letters ---------------------------------------------------------------------------------------------------------


def drain(at: Connected) -> set[Kind]:
    """Read the letters that wait in the inbox, put their marks and remove them, some at a time; gives the kinds marked.

    One that cannot be read is put aside for a person. Call it before taking marks; it asks no vendor.
    """
    known = {kind for kind, _ in at.mappings}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        empty = tx.inbox.count() == 0
    if empty or any(of_kind.kind not in known for of_kind in at.settings.enabled()):
        return set()  # a run over some kinds only knows nothing of what the others watch
    marked: set[Kind] = set()
    while True:
        with at.store.transaction(at.settings.name) as tx:
            letters = tx.inbox.take(LETTERS)
            marked |= _read_letters(at, tx, letters)
        if len(letters) < LETTERS:
            return marked


def _read_letters(at: Connected, tx: Transaction, letters: list[Letter]) -> set[Kind]:
    signals: list[Signal] = []
    read: list[int] = []
    for letter in letters:
        told = at.connectors[Side.HUBSPOT].read_letter(letter.body)
        signals += told.signals
        if told.trouble:
            tx.inbox.put_aside(letter.id, told.trouble)
        else:
            read.append(letter.id)
    haul = take_in(at, tx, signals, pushed=True)
    tx.marks.put(list_hints(signals), at.clock.now())
    tx.inbox.remove(read)
    return {mark.kind for mark in haul.marks.values()}


def list_hints(signals: Iterable[Signal]) -> list[NewMark]:
    """What HubSpot tells of by itself: marks of the records that the activities are, or of their sorts where it names none."""
    hints: dict[Ref, NewMark] = {}
    for signal in signals:
        if signal.kind is SignalKind.ACTIVITY and not signal.by_us:
            name = str(signal.detail["activity"])
            object, _, id = str(signal.detail.get("record") or f"{SORT}:{name}").partition(":")
            ref = Ref(Side.HUBSPOT, object, id)
            hints[ref] = NewMark(kind=ACTIVITIES, ref=ref, trigger=name, urgency=Urgency.FORM)
    return list(hints.values())
