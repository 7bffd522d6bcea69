"""The doors to the world. The shell is built on these; adapters are picked in `wiring.py` and nowhere else.

Connector, Budget, Clock, PushReader, Runner and Notifier are asynchronous. The Store is plain and synchronous: its
transactions are short and are called inline (in a thread from the pages).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from pasodoble.model.activity import Activity
from pasodoble.model.alert import Alert, Digest
from pasodoble.model.backfill import Backfill, BackfillState, Progress
from pasodoble.model.cause import Problem
from pasodoble.model.conflict import Choice, Clash
from pasodoble.model.errand import Errand
from pasodoble.model.link import Base, Link
from pasodoble.model.message import Message
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome
from pasodoble.model.record import Account, Gone, Owner, Seen, Snapshot, Tied
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Effect, Mark, Signal, Silence, Urgency
from pasodoble.model.trace import Change, State, TraceStep
from pasodoble.model.value import Raw

Cursor = Mapping[str, Raw]
"""Where a look left off: the connector's own, kept for it, opaque to everyone else. JSON through and through."""


MAY_SEND: ContextVar[Callable[[], bool]] = ContextVar("may_send", default=lambda: True)
"""Asked by a connector right before each write is sent, after any waiting: whether it still may be. What may not is Deferred."""


# --- connectors ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some records that changed, and the cursor from which the next look goes on once they have been marked.

    gone   records whose change is that they are no longer to be had: a lead that was converted, a task that was deleted.
           Never complete: other records that were deleted are found by reading by id
    walk   part of the walk over all records there are: none of these is known to have changed
    total  how many it will be in all, where that was told
    """

    snapshots: Sequence[Snapshot]
    cursor: Cursor
    gone: Sequence[Gone] = ()
    walk: bool = False
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListInfo:
    """A list of records. `size`: how many are in it; None where the vendor has not counted."""

    id: str
    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPage:
    """Some of a list's members by record id, in the order in which they joined, with the moment of each.

    cursor   leads to this very page again, so that those who join later are found behind these
    """

    members: Mapping[str, datetime]
    cursor: Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityPage:
    """Some of what happened on the timeline, and the cursor from which the next look goes on.

    trouble   activities that cannot be read at all, and why
    """

    activities: Sequence[Activity]
    cursor: Cursor
    trouble: Mapping[str, Problem] = field(default_factory=dict)


class Connector(Protocol):
    """One vendor, spoken to. Field names, object names and ids are the vendor's own.

    Every method raises a ConnectorError when the vendor cannot be spoken to at all; one record's trouble is a value.
    """

    @property
    def side(self) -> Side: ...

    async def identify(self) -> Account:
        """Who is at the other end, and as whom we write."""

    async def describe(self, object: str) -> ObjectSchema:
        """The object as the signed-in user may see it. Raises Unsupported if there is none."""

    def read_changes(self, object: str, fields: Collection[str], cursor: Cursor | None) -> AsyncIterator[Page]:
        """All records changed since `cursor`, in pages; with None, all records there are, by id.

        Reads up to now; how far the cursor moves is the connector's matter (late-visible commits, index lag), so that
        records come again rather than never. The last page may be empty: its cursor still counts.
        """

    async def count(self, object: str) -> int:
        """How many live records there are, in one call."""

    def place_at(self, object: str, moment: datetime) -> Cursor:
        """The cursor from which `read_changes` goes on with what changed after that moment."""

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        """Read by id, strongly consistent; every ref asked for is in the answer, as a Snapshot or as Gone.

        history   fields whose past versions are wanted too, where the vendor keeps any (dearer)
        """

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        """All live records whose `field` holds one of `values`, read consistently where the vendor can."""

    async def find_converted(self, contacts: Collection[Ref]) -> list[Gone]:
        """The leads that became one of these contacts; none where the vendor converts nothing."""

    async def read_ties(self, refs: Sequence[Ref], to: str) -> dict[Ref, frozenset[Tied]]:
        """Which records of the object `to` each is tied to; every ref asked for is in the answer.

        Asked from either end. Raises Unsupported where the vendor cannot tie these objects.
        """

    async def read_tie_changes(
        self, object: str, to: str, cursor: Cursor | None, *, far: bool = False
    ) -> tuple[dict[Ref, datetime], Cursor | None]:
        """Records of `object` whose ties changed since `cursor`, with the moment, and the next cursor.

        far   those too that are tied to a record which changed itself

        Only where the tied records themselves show no change (a row between two records); else nothing, at no cost. With
        None, nothing either: the first look sees all records anyway.
        """

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Carry out, batched as cheaply as the vendor allows; one outcome an operation, in the same order.

        Never raises for a part: what was not sent is Deferred, what may have been done is Unknown.
        """

    async def describe_list(self, list_id: str, object: str) -> ListInfo:
        """Raises Unsupported, saying what to do, where there is no such list, or where it holds records of another object."""

    def read_members(self, list_id: str, cursor: Cursor | None = None) -> AsyncIterator[MemberPage]:
        """A list's members, in pages; from the page of `cursor` on. The last page may be empty: its cursor still counts."""

    async def find_members(self, list_id: str, object: str, ids: Collection[str]) -> frozenset[str]:
        """Which of these records are in the list now."""

    def read_activities(
        self,
        wanted: Mapping[str, Collection[str]],
        cursor: Cursor | None,
        since: Mapping[str, datetime],
        only: Collection[str] | None = None,
    ) -> AsyncIterator[ActivityPage]:
        """What happened on the timeline since `cursor`, in pages; what came before may come again.

        wanted   by activity, the values to be given with it
        since    by activity, where to begin where the cursor knows nothing of it
        only     ask for these alone, and for what comes along with them
        """

    async def see_activities(self, refs: Sequence[Ref], wanted: Mapping[str, Collection[str]]) -> list[Activity]:
        """The activities that these very records are, of those wanted."""

    async def read_owners(self) -> list[Owner]: ...

    def read_letter(self, body: str) -> Contents:
        """What a message that the vendor sent by itself says. Asks nobody, and never raises."""

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a letter says. `trouble`: why a part of it, or all, could not be read; "" if that went well."""

    signals: Sequence[Signal] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a vendor has told since the last time, with the position to keep once that is durable.

    missed   objects of which more has changed than was told: only a look finds it
    """

    signals: Sequence[Signal]
    position: Cursor
    missed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Of which objects a vendor tells us by itself: `heard`; `refused`, though we ask; `beyond` what its plan has room for."""

    heard: tuple[str, ...]
    refused: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request that came to us. `url`: as the sender called it; `headers`: by lower-case name."""

    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]


class Seal(Protocol):
    """Knows whether a request is the vendor's. `window`: how long after it was signed one may arrive."""

    @property
    def window(self) -> timedelta: ...

    def holds(self, sent: Sent, now: datetime) -> bool:
        """Never raises; takes the same time however much of a signature fits."""

    def identify(self, sent: Sent) -> bytes:
        """What tells this request from any other."""


class PushReader(Protocol):
    """What a vendor tells us by itself. Only hints: losing all of it costs latency, never correctness."""

    async def survey(self) -> Hearing:
        """Raises ConnectorError when nobody answers."""

    def signals(self, position: Cursor | None) -> AsyncGenerator[Heard, None]:
        """What is told after that position, as it comes, without end; with None, from now on. Never raises a ConnectorError."""

    async def close(self) -> None: ...


# --- the store -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link to be made: of two known records, or a reservation with one side open and the payload of its create."""

    kind: Kind
    refs: Pair[Ref | None]
    key: str
    payload: Mapping[str, Raw] = field(default_factory=dict)
    why: str = ""
    label: str = ""
    natural: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A line of the records list. `label` is what a person calls the record, `natural` its e-mail address or domain."""

    link_id: int | None
    kind: Kind
    refs: Pair[Ref | None]
    label: str
    natural: str
    state: State
    reason: str
    at: datetime


class Links(Protocol):
    """Which records are one thing. Each ref is in at most one link that is not retired; each key in at most one link."""

    def load(self, refs: Collection[Ref]) -> dict[Ref, Link]:
        """The links of these refs, by ref; retired ones too, so that nothing is made again."""

    def load_by_id(self, ids: Collection[int]) -> dict[int, Link]: ...

    def walk(self, kind: Kind, *, after_id: int = 0, limit: int = 1_000) -> list[Link]:
        """The kind's pairs that are in step, by number, page by page; empty behind the last."""

    def make(self, links: Sequence[NewLink], now: datetime) -> list[Link | None]:
        """Make or reserve each; None where a live link already holds one of its refs or its key (another worker won)."""

    def mark_sent(self, ids: Collection[int]) -> None: ...

    def confirm(self, refs: Mapping[int, Ref], now: datetime) -> None:
        """SENT or RESERVED -> LINKED: the open side of each link is now this record."""

    def repoint(self, link_id: int, ref: Ref, why: str, now: datetime) -> None:
        """Point the link's `ref.side` at another record (merge, conversion, a person); the reason is kept."""

    def retire(self, ids: Collection[int], why: str, now: datetime) -> None: ...

    def reopen(self, link_id: int, why: str, now: datetime) -> bool:
        """A retired link of two records goes on; False where one of them is in another link that is live."""

    def release(self, ids: Collection[int]) -> None:
        """Forget reservations whose create was refused, so that a later try starts afresh."""

    def name(self, labels: Mapping[int, tuple[str, str]]) -> None:
        """Keep what a person calls the record, and its natural key: (label, natural) by link."""

    def load_names(self, ids: Collection[int]) -> dict[int, tuple[str, str]]:
        """(label, natural) by link."""

    def count(self, kind: Kind | None = None) -> int: ...


class Bases(Protocol):
    def load(self, link_ids: Collection[int]) -> dict[int, Base]: ...

    def save(self, bases: Mapping[int, Base]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMark:
    kind: Kind
    ref: Ref
    trigger: str
    urgency: Urgency
    due_at: datetime | None = None


class Marks(Protocol):
    """Dirty marks. Putting one that is there moves its sequence, adds its trigger and keeps the more urgent of both."""

    def put(self, marks: Sequence[NewMark], now: datetime) -> None: ...

    def take(
        self,
        kind: Kind,
        limit: int,
        now: datetime,
        *,
        urgency: Urgency = Urgency.BACKFILL,
        most_urgent: Urgency = Urgency.MANUAL,
    ) -> list[Mark]:
        """The most urgent marks that are due, oldest first. They stay until cleared.

        None less urgent than `urgency`, none more so than `most_urgent`.
        """

    def load(self, refs: Collection[Ref]) -> dict[Ref, Mark]: ...

    def clear(self, marks: Collection[Mark]) -> None:
        """Remove each whose sequence has not moved since it was taken."""

    def defer(self, marks: Mapping[Ref, tuple[int, datetime]]) -> None:
        """By ref: (the sequence it was taken at, when to try again). Counts an attempt."""

    def make_due(self, kind: Kind, now: datetime) -> int:
        """Retries that wait become due at once; gives how many."""

    def count(self, kind: Kind | None = None) -> int: ...

    def next_due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRow:
    """A change with where it belongs: the answer of `history`."""

    id: int
    run_id: int
    link_id: int
    ref: Ref
    change: Change


class History(Protocol):
    def append(self, run_id: int, link_id: int, ref: Ref, changes: Sequence[Change]) -> None: ...

    def load(self, link_id: int, *, limit: int = 500, before_id: int | None = None) -> list[ChangeRow]:
        """Newest first."""

    def load_run(self, run_id: int) -> list[ChangeRow]: ...

    def load_recent(self, *, limit: int, before_id: int | None = None) -> list[ChangeRow]:
        """The latest changes of all records, newest first."""

    def count_by_minute(self, now: datetime, *, minutes: int = 60) -> Pair[list[int]]:
        """Changes written to each side in each of the last minutes, oldest minute first."""

    def forget(self, before: datetime, limit: int) -> int:
        """Delete some of what is older, the oldest first; gives how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """The last decision on a record, or the one at a past moment. `state` as it was then."""

    refs: Pair[Ref | None]
    kind: Kind
    state: State
    reasons: tuple[str, ...]
    steps: tuple[TraceStep, ...]
    at: datetime


class Traces(Protocol):
    def save(self, rows: Sequence[TraceRow]) -> None: ...

    def load(self, ref: Ref, *, at: datetime | None = None) -> TraceRow | None: ...

    def forget(self, before: datetime, limit: int) -> int:
        """Delete some of what is older, the oldest first; gives how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """An open problem of one record. `ignored_until_worse`: a person put it aside."""

    id: int
    kind: Kind
    ref: Ref
    problem: Problem
    first_at: datetime
    last_at: datetime
    attempts: int
    next_try_at: datetime | None
    label: str = ""
    ignored: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseSum:
    """All open problems of one cause. `ignored` of them were put aside and are not in `count`; `side` refused the latest."""

    cause: str
    count: int
    ignored: int
    since: datetime
    side: Side


class Problems(Protocol):
    """At most one open problem a record and cause. A record that syncs closes all of its own (E-16)."""

    def open(
        self,
        kind: Kind,
        problems: Mapping[Ref, tuple[Problem, datetime | None]],
        now: datetime,
        *,
        labels: Mapping[Ref, str] | None = None,
    ) -> None:
        """By ref: the problem, and when it is tried again (None: not before something changes).

        labels   what a person calls those records that are not linked yet; a link brings its own
        """

    def close(self, refs: Collection[Ref], now: datetime, *, but: Collection[str] = ()) -> None:
        """`but`: causes that still stand in the way, whose problems stay as they are."""

    def load(self, *, ref: Ref | None = None, cause: str | None = None, limit: int = 500) -> list[ProblemRow]: ...

    def count_by_cause(self) -> dict[str, int]: ...

    def sum_by_cause(self) -> list[CauseSum]:
        """The most frequent cause first; those with nothing but ignored problems last."""

    def ignore(self, ids: Collection[int], now: datetime) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """A conflict that is open. `chosen`: the side that a person has chosen, until that is carried out."""

    id: int
    kind: Kind
    link_id: int
    refs: Pair[Ref | None]
    clash: Clash
    at: datetime
    label: str = ""
    chosen: Side | None = None
    actor: str = ""

    @property
    def choice(self) -> Choice | None:
        """What a person has said, for the merge."""
        if self.chosen is None:
            return None
        return Choice(
            side=self.chosen, value=self.clash.values[self.chosen], left=self.clash.left, actor=self.actor or "person"
        )


class Conflicts(Protocol):
    """Fields in which two values met and nobody has settled it yet: at most one open conflict a link and line."""

    def open(self, kind: Kind, link_id: int, clashes: Sequence[Clash], now: datetime) -> None:
        """A new clash in a field takes the former's place, and with it what was chosen."""

    def close(self, ids: Collection[int]) -> None: ...

    def load(self, link_ids: Collection[int]) -> dict[int, list[ConflictRow]]:
        """By link."""

    def load_recent(
        self, *, ids: Collection[int] = (), limit: int = 500, before_id: int | None = None
    ) -> list[ConflictRow]:
        """Newest first; with `ids`, only these."""

    def choose(self, choices: Mapping[int, Side], actor: str) -> None: ...

    def count(self) -> int: ...


class LeftOut(Protocol):
    """Records that are not synced on purpose, and the gate that says so."""

    def put(self, kind: Kind, gates: Mapping[Ref, Message], now: datetime, *, labels: Mapping[Ref, str]) -> None: ...

    def clear(self, refs: Collection[Ref]) -> None: ...

    def load(self, refs: Collection[Ref]) -> dict[Ref, tuple[Message, datetime]]: ...

    def count_by_gate(self, kind: Kind | None = None) -> dict[str, int]: ...


class Cursors(Protocol):
    """Where each look left off, by kind and side's object; and small facts about the connection (accounts, first check)."""

    def load(self, name: str) -> Cursor | None: ...

    def save(self, name: str, cursor: Cursor, now: datetime) -> None: ...

    def clear(self, name: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One run of the cycle. `report` is what `sync --json` prints of it."""

    id: int
    what: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    report: Mapping[str, object]


class Runs(Protocol):
    def begin(self, what: str, now: datetime) -> int: ...

    def finish(self, run_id: int, outcome: str, report: Mapping[str, object], now: datetime) -> None: ...

    def load(self, *, limit: int = 50) -> list[RunRow]: ...

    def forget(self, before: datetime, limit: int) -> int:
        """Delete some of what is older, the oldest first; gives how many."""


class Records(Protocol):
    """The records list: linked, left out, waiting and in trouble, in one view."""

    def search(
        self, text: str = "", *, state: State | None = None, kind: Kind | None = None, limit: int = 50, after: str = ""
    ) -> tuple[list[LinkRow], str]:
        """Rows by label, name, address or id (a prefix or a word of it), and the `after` of the next page, "" at the end."""

    def count_by_state(self, kind: Kind | None = None) -> dict[State, int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a vendor sent by itself, as it came. `trouble`: why it could not be read, "" while nobody tried."""

    id: int
    body: str
    at: datetime
    trouble: str = ""


class Inbox(Protocol):
    """Letters that are kept before they are answered, and read afterwards."""

    def put(self, bodies: Sequence[str], now: datetime) -> None: ...

    def take(self, limit: int) -> list[Letter]:
        """The oldest that no other worker is at. They stay until removed, or put aside."""

    def remove(self, ids: Collection[int]) -> None: ...

    def put_aside(self, id: int, trouble: str) -> None:
        """Keep it for a person to look at, out of the others' way. Only the latest hundred are kept."""

    def load_aside(self) -> list[Letter]:
        """Newest first."""

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FiringCount:
    """How often a trigger was heard on a side, with that effect. `key` may be that of a non-trigger."""

    key: str
    side: Side
    effect: Effect
    count: int
    last_at: datetime


class Firings(Protocol):
    """What was heard: counts by trigger, and the last silence of each record. Silences of over a week ago are forgotten."""

    def add(self, counts: Mapping[tuple[str, Side, Effect], int], now: datetime) -> None: ...

    def load(self) -> list[FiringCount]: ...

    def keep_silences(self, of: Mapping[Ref, Silence], now: datetime) -> None: ...

    def load_silences(self, refs: Collection[Ref]) -> dict[Ref, Silence]: ...


class Leases(Protocol):
    """Who works on which link just now. A key is a link's number, or the record itself while it has no link."""

    def find_keys(self, refs: Collection[Ref]) -> dict[Ref, str]:
        """What to claim for each of these records."""

    def claim(self, keys: Collection[str], token: str, until: datetime, now: datetime) -> set[str]:
        """Take those that nobody holds, or whose holder's time is over; gives which. One's own are given again."""

    def keep(self, keys: Collection[str], token: str, until: datetime) -> set[str]:
        """Hold on to one's own for longer; gives those that are still one's own."""

    def release(self, keys: Collection[str], token: str) -> set[str]:
        """Give back; gives those that were still one's own. In the transaction that records: the fence against zombies."""

    def sweep(self, before: datetime) -> None:
        """Forget what lapsed before then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Where an errand stands: wanted while `requested` is ahead of `done`, due at a moment, at rest until another."""

    requested: int = 0
    done: int = 0
    due_at: datetime | None = None
    rests_until: datetime | None = None
    trouble: str = ""


class Duties(Protocol):
    """The errands of a connection. They say what there is to do even if the runner has forgotten everything."""

    def load(self) -> dict[Errand, Duty]: ...

    def request(self, errand: Errand) -> None:
        """It is wanted, once more; a rest is over."""

    def plan(self, errand: Errand, due_at: datetime) -> None:
        """It falls due then, if nothing was planned yet."""

    def take_turn(self, errand: Errand, due_at: datetime | None, next_at: datetime) -> bool:
        """Move the due moment on, if it is still `due_at`: of several who see it fall due, one takes the turn."""

    def finish(self, errand: Errand, seen: int, *, rests_until: datetime | None = None, trouble: str = "") -> None:
        """A run has done what was asked for up to `seen`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a command asks of the worker that holds the database. `answer` is there once it has ended."""

    id: int
    what: str
    document: Mapping[str, Any]
    asked_at: datetime
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    answer: Mapping[str, Any] | None = None


class Requests(Protocol):
    def put(self, what: str, document: Mapping[str, Any], now: datetime) -> int: ...

    def load(self, id: int) -> Request | None: ...

    def find_open(self) -> list[Request]:
        """Those without an answer, the oldest first."""

    def begin(self, id: int, now: datetime) -> None: ...

    def answer(self, id: int, answer: Mapping[str, Any], now: datetime) -> None: ...

    def sweep(self, before: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """API calls of one hour, side and purpose."""

    hour: datetime
    side: Side
    purpose: str
    count: int


class CallBook(Protocol):
    """API calls made or set aside, and where each rate window stands, for all workers."""

    def add(self, side: Side, purpose: str, hour: datetime, count: int) -> None:
        """`count` may be negative: what was set aside and not used."""

    def load(self, since: datetime) -> list[Calls]: ...

    def sweep(self, before: datetime) -> None: ...

    def hold_windows(self, side: Side, names: Collection[str]) -> dict[str, Mapping[str, Any]]:
        """Where these windows stand. Until the transaction ends nobody else gets past here."""

    def save_windows(self, side: Side, windows: Mapping[str, Mapping[str, Any]]) -> None: ...


class Backfills(Protocol):
    """Backfills: at most one of a connection is under way."""

    def begin(self, run_id: int, kinds: Sequence[Kind], per_minute: int | None, now: datetime) -> int:
        """Raises StoreError where one is under way."""

    def load(self) -> Backfill | None:
        """The latest, whatever its state."""

    def covers(self, kind: Kind) -> bool:
        """Whether one is under way whose work the least urgent marks of this kind are."""

    def move(
        self, id: int, state: BackfillState, now: datetime, *, only_from: Collection[BackfillState], trouble: str = ""
    ) -> bool:
        """Into another state, if it is in one of those; gives whether it was."""

    def throttle(self, id: int, per_minute: int | None) -> None: ...

    def note(self, id: int, progress: Progress) -> None:
        """How far it is: its worker's to say."""


class Transaction(Protocol):
    """One transaction of one connection. All or nothing; nothing of it is seen before it ends."""

    @property
    def links(self) -> Links: ...
    @property
    def bases(self) -> Bases: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def history(self) -> History: ...
    @property
    def traces(self) -> Traces: ...
    @property
    def problems(self) -> Problems: ...
    @property
    def conflicts(self) -> Conflicts: ...
    @property
    def left_out(self) -> LeftOut: ...
    @property
    def cursors(self) -> Cursors: ...
    @property
    def runs(self) -> Runs: ...
    @property
    def records(self) -> Records: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def duties(self) -> Duties: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def calls(self) -> CallBook: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def firings(self) -> Firings: ...
    @property
    def backfills(self) -> Backfills: ...


class Store(Protocol):
    def transaction(self, connection: str, *, read_only: bool = False) -> AbstractContextManager[Transaction]:
        """Opens one for the connection of that name. Commits at the end of the block, rolls back on any exception.

        read_only   for pages and reports: never waits for a writer, and no writer waits for it
        """

    def receive(self, bodies: Mapping[str, Sequence[str]], now: datetime) -> None:
        """Put letters into the inboxes of these connections, all in one commit: durable once this returns."""

    def save_settings(self, document: str, now: datetime) -> int:
        """Keep the settings document as a new version if it differs from the newest; gives the newest version's number."""

    def load_settings(self) -> tuple[int, str] | None: ...

    def beat(self, worker: str, version: str, now: datetime) -> None:
        """The worker is alive."""

    def find_workers(self) -> dict[str, datetime]:
        """Workers by name, with when each was last heard of."""

    def bury(self, workers: Collection[str]) -> None:
        """Forget workers that are no more."""

    def close(self) -> None: ...


# --- the rest --------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""

    async def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRule:
    """A vendor allows so many calls in any span of so many seconds."""

    name: str
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What an answer tells of one window ("day" for the day's): how many calls are allowed, how many are left.

    shut_s  the vendor asks to be left alone for so long
    """

    window: str
    allowed: int = 0
    left: int | None = None
    seconds: float = 0.0
    shut_s: float = 0.0


class Budget(Protocol):
    """Calls that we may still make. Asked before every call, told after every answer."""

    async def take(self, side: Side, api: str, *, purpose: str, count: int = 1) -> None:
        """Wait for the token(s) of one API ("rest", "search", "bulk"). Raises QuotaSpent when the day's allotment is gone."""

    def note(self, side: Side, usage: Usage) -> None:
        """The vendor's own count, as an answer told it."""

    def used(self) -> Mapping[Side, int]:
        """Calls made by this run so far, or by this process where no run is under way."""


Perform = Callable[[Errand], Awaitable[bool]]
"""One step of an errand, to be done in the process that runs it; gives whether there is more to do."""


class Runner(Protocol):
    """Runs errands durably, in any number of processes. All that it keeps may be deleted at any time: the journal is the truth.

    A run is a row of steps, at most `MOST_STEPS`; a step that was under way when its process died is done again.
    """

    @property
    def worker(self) -> str:
        """This process's name among the workers."""

    async def start(self, perform: Perform, tick: Callable[[], Awaitable[None]], *, every_s: int) -> None:
        """Be a worker. `tick` is called every so often, in one of the processes. Runs of another version are cancelled."""

    async def submit(self, errand: Errand, *, delay_s: float = 0.0) -> None:
        """See to it that the errand runs, in whichever process. It joins a run that waits or is under way.

        May be called without `start`, by a process that only asks.
        """

    async def cancel(self, errand: Errand) -> bool:
        """End its run after the step that it is in; gives whether there was one."""

    async def list_active(self) -> list[Errand]:
        """Errands that wait or run, in order of their names."""

    async def adopt(self, dead: Collection[str]) -> int:
        """Take over the runs of these workers, which are no more; gives how many."""

    async def sweep(self, before: datetime) -> int:
        """Forget runs that ended before then; gives how many."""

    async def stop(self, *, patience_s: float = 30.0) -> None:
        """Finish the steps under way, begin no others, and leave."""


class Notifier(Protocol):
    async def send(self, alert: Alert, digest: Digest) -> None:
        """Tell it once, by the alert's channel. Raises Undelivered."""
