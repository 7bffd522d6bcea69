"""The events of the last three days, in commit order, and the replay ids that name places among them.

Only commits are kept; the events of one are made when somebody reads that far. What an event says is `events`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable

from pasodoble.simulators.salesforce.changes import Commit
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub.events import Event, Gap, Schemas, tell_commit

MAX_CHANGES_KEPT = 500_000
"""Changes held at most; the oldest commits go first, as if their time were up."""
EVENTS_CACHED = 2_000
SLOTS = 1 << 20
"""Places a commit has for events: more than changes in a commit that is told one by one."""
REPLAY_BYTES = 10

Entry = tuple[Commit, Gap | None]


class BadReplay(Exception):
    """A replay id that names no place in this log. `corrupted`: it is not even the shape of one."""

    def __init__(self, *, corrupted: bool) -> None:
        super().__init__("corrupted" if corrupted else "not in the log")
        self.corrupted = corrupted


class EventLog:
    """Places are whole numbers that rise with time and leave holes; a place is the one *after* an event.

    listeners   called after every commit; they must not write.
    """

    def __init__(self, org: Org) -> None:
        self._org = org
        self.schemas = Schemas(org)
        self.listeners: list[Callable[[], None]] = []
        self._entries: list[Entry] = []
        self._names: list[frozenset[str]] = []
        self._starts: list[int] = []
        self._held = 0
        self._head = SLOTS
        self._told: OrderedDict[int, list[Event]] = OrderedDict()
        org.listen(self.add)

    @property
    def head(self) -> int:
        """The place after everything there is."""
        return self._head

    @property
    def start(self) -> int:
        """The place before the oldest event still kept."""
        self._expire()
        return self._starts[0] if self._starts else self._head

    def add(self, commit: Commit, gap: Gap | None = None) -> None:
        self._starts.append(self._head)
        self._entries.append((commit, gap))
        self._names.append(frozenset([gap.sobject] if gap else [change.sobject for change in commit.changes]))
        self._head += SLOTS
        self._held += len(commit.changes)
        if self._held > MAX_CHANGES_KEPT:
            self._drop(1)
        for listener in self.listeners:
            listener()

    def announce_gap(self, gap: Gap) -> None:
        """Tell of a change without its body, as after an error inside Salesforce or work done in its database."""
        org = self._org
        commit = Commit(0, org.draw_uuid(), org.clock.now_ms(), org.integration_user_id, "", ())
        self.add(commit, gap)

    def _expire(self) -> None:
        oldest_ms = self._org.clock.now_ms() - self._org.switches.event_retention_s * 1000
        count = 0
        while count < len(self._entries) and self._entries[count][0].at_ms < oldest_ms:
            count += 1
        if count:
            self._drop(count)

    def _drop(self, count: int) -> None:
        for commit, _ in self._entries[:count]:
            self._held -= len(commit.changes)
        del self._entries[:count], self._starts[:count], self._names[:count]

    def read(
        self, place: int, wanted: Callable[[Event], bool], count: int, among: frozenset[str] | None = None
    ) -> tuple[list[tuple[int, Event]], int]:
        """Up to `count` wanted events after `place`, each with the place after it, and the place read up to.

        among   the only objects whose events can be wanted, so that other commits need not be looked into.
        """
        self._expire()
        found: list[tuple[int, Event]] = []
        at = max(0, bisect_right(self._starts, place) - 1)
        while at < len(self._entries):
            skipped = among is not None and among.isdisjoint(self._names[at])
            for event in () if skipped else self._events(at):
                after = self._starts[at] + event.sequence
                if after <= place or not wanted(event):
                    continue
                found.append((after, event))
                if len(found) == count:
                    return found, after
            at += 1
        return found, max(place, self._head)

    def _events(self, at: int) -> list[Event]:
        start = self._starts[at]
        told = self._told.get(start)
        if told is None:
            commit, gap = self._entries[at]
            if gap is not None:
                told = [Event(gap.sobject, gap.kind, gap.record_ids, commit, 1)]
            else:
                told = tell_commit(commit, self.schemas, self._org)
            self._told[start] = told
            if len(self._told) > EVENTS_CACHED:
                self._told.popitem(last=False)
        return told

    # Replay ids

    @staticmethod
    def spell_replay_id(place: int) -> bytes:
        return place.to_bytes(REPLAY_BYTES - 2, "big") + b"\0\0"

    def parse_replay_id(self, replay_id: bytes) -> int:
        """Raises BadReplay for what is no replay id, one of another org, or one whose time is up."""
        if len(replay_id) != REPLAY_BYTES or replay_id[-2:] != b"\0\0":
            raise BadReplay(corrupted=True)
        place = int.from_bytes(replay_id[:-2], "big")
        if not self.start <= place <= self._head:
            raise BadReplay(corrupted=False)
        return place
