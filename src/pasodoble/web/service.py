"""What the pages need to know, and the one thing they may ask for. `engine/service` answers; how it does is not known here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from pasodoble.engine.service.triggering import TriggerView
from pasodoble.engine.service.verifying import Figure
from pasodoble.model.backfill import Backfill
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import State
from pasodoble.model.value import Value
from pasodoble.model.verdict import Verdict
from pasodoble.ports import ChangeRow, ConflictRow, LinkRow, ProblemRow, RunRow, TraceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiUse:
    """Calls made to one API in the last 24 hours. `allowed` is the user's or the vendor's bound, None if there is none."""

    side: Side
    api: str
    used: int
    allowed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """A change that was carried, and what a person calls the record."""

    row: ChangeRow
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCount:
    """One cause of trouble and the records that have it. `ignored` of them a person has put aside."""

    cause: str
    count: int
    ignored: int = 0
    since: datetime | None = None
    side: Side | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The state of things in numbers.

    carried      changes written in each of the last 60 minutes, oldest first, by the side they came *from*
    gates        records left out, by gate
    waiting_since  since when the oldest mark waits
    last_run, next_check_at   the last check, and when the next one begins
    trouble      why the two sides cannot be reached at the moment, "" if they can
    figure       what the last comparison of all records came to
    stopped      records that the last check would have made, had there not been too many for it
    backfill     the latest, if it is under way
    """

    counts: Mapping[State, int]
    causes: Sequence[CauseCount]
    gates: Mapping[str, int]
    carried: Pair[list[int]]
    api_uses: Sequence[ApiUse]
    recent: Sequence[ActivityRow]
    waiting_since: datetime | None = None
    last_run: RunRow | None = None
    next_check_at: datetime | None = None
    trouble: str = ""
    figure: Figure | None = None
    stopped: int = 0
    backfill: Backfill | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldLine:
    """One line of the mapping, as it stands for this record.

    names     the property's and the field's name; labels what people call them, "" where unknown
    values    what each side holds, canonical
    verdict   what would be done now, None if it was not asked
    problem   the cause that keeps this field from being carried, "" for none
    """

    key: str
    names: Pair[str]
    label: str
    rule: UpdateRule
    values: Pair[Value]
    verdict: Verdict | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """All there is to say about one record, linked or not. `urls` lead to it in either CRM, "" where that is not known.

    lines   None if the two sides could not be read just now; `unread` then says why
    conflicts   fields in which two values met, and nobody has settled it yet
    candidates  records of the other side that a person can pair it with: none was chosen by itself
    """

    kind: Kind
    refs: Pair[Ref | None]
    label: str
    natural: str
    state: State
    reasons: Sequence[Message]
    lines: Sequence[FieldLine] | None
    history: Sequence[ChangeRow]
    problems: Sequence[ProblemRow]
    trace: TraceRow | None = None
    urls: Pair[str] = field(default=Pair("", ""))
    next_try_at: datetime | None = None
    unread: str = ""
    conflicts: Sequence[ConflictRow] = ()
    candidates: Sequence[Ref] = ()


class WebService(Protocol):
    """Everything is asynchronous: whoever answers reads the store in a thread, and the CRMs as they are."""

    @property
    def connection(self) -> str:
        """Its name in the settings."""

    @property
    def kinds(self) -> Sequence[Kind]:
        """What is synced, in the settings' order."""

    async def read_overview(self) -> Overview: ...

    async def count_by_state(self, kind: Kind | None = None) -> Mapping[State, int]: ...

    async def search(
        self, text: str, *, state: State | None, kind: Kind | None, limit: int, after: str
    ) -> tuple[Sequence[LinkRow], str]:
        """As the store's Records: rows, and the `after` of the next page."""

    async def find(self, text: str) -> Ref | None:
        """The one record that a pasted URL, a spelled ref or a whole id means; None if it is none of these."""

    async def read_card(self, ref: Ref) -> RecordCard | None:
        """None if no such record is known."""

    async def count_causes(self) -> Sequence[CauseCount]: ...

    async def read_problems(self, cause: str, *, limit: int) -> Sequence[ProblemRow]: ...

    async def retry_problems(self, cause: str, ids: Collection[int]) -> None:
        """Their records are tried again at once: a person asked for it. Without ids, all of the cause."""

    async def ignore_problems(self, cause: str, ids: Collection[int]) -> None:
        """Put aside until they get worse. Without ids, all of the cause."""

    async def export_problems(self, cause: str) -> str:
        """As CSV; all where the cause is ""."""

    async def read_activity(self, *, limit: int, before_id: int | None) -> Sequence[ActivityRow]: ...

    async def read_conflicts(self, *, limit: int, before_id: int | None) -> Sequence[ConflictRow]: ...

    async def choose_value(self, id: int, side: Side) -> None:
        """`side`'s value counts in this conflict; nothing where it is over already."""

    async def read_backfill(self) -> Backfill | None:
        """The latest."""

    async def pause_backfill(self) -> str:
        """Gives why it could not be, "" if it was."""

    async def resume_backfill(self) -> str:
        """Gives why it could not be, "" if it was."""

    async def pair(self, ref: Ref, other: Ref) -> str:
        """The two are one, a person says. Gives why they could not be paired, "" if they were."""

    async def read_triggers(self) -> Sequence[TriggerView]: ...

    async def sync_now(self, ref: Ref) -> None:
        """See to it that the record is synced at once: a person asked for it."""
