"""What the world does to calls and to processes: a connector around the dictionary one whose calls fail as the dice say.

Each fault has a name and is counted. What people do is in `deeds`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from tests.fakes.small_world import Crash, VirtualClock

from pasodoble.connectors.memory import MemoryConnector
from pasodoble.connectors.wrap import Wrapped
from pasodoble.errors import QuotaSpent, RateLimited, Unreachable
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Deferred, Outcome, Unknown
from pasodoble.model.record import Seen, Snapshot
from pasodoble.model.ref import Ref

READ = ("read refused", "read unanswered", "read 503", "read 429", "read slow", "read field missing")
BATCH = ("batch refused", "batch unanswered", "batch slow", "batch sent twice", "kill before batch", "kill after batch")
ROW = ("row locked", "row refused before", "row unanswered", "kill in batch")
COMMIT = ("kill before commit", "kill after commit")
FAULTS = (*READ, *BATCH, *ROW, *COMMIT)
"""All that can befall a call or a commit."""


class Sky(Protocol):
    """What a connector asks before and after each call. `draw` gives the name of a fault, "" for none."""

    def draw(self, names: Sequence[str], share: float) -> str: ...
    def now(self) -> datetime: ...
    def pass_time(self, seconds: float) -> None: ...
    def between(self, refs: Sequence[Ref]) -> None: ...
    def pick(self, names: Collection[str]) -> str: ...
    def inspect(self, operation: Operation) -> None: ...
    def note(self, operation: Operation, outcome: Outcome) -> None: ...


class Weather(Wrapped):
    """share: of calls that fail. `spent_until`: the side's quota is used up until then."""

    def __init__(self, inner: MemoryConnector, sky: Sky, share: float) -> None:
        super().__init__(inner)
        self.inner: MemoryConnector = inner
        self.sky = sky
        self.share = share
        self.writes = 0
        self.spent_until: datetime | None = None

    def _ensure_quota(self) -> None:
        if self.spent_until is not None and self.sky.now() < self.spent_until:
            raise QuotaSpent(f"{self.side}: the day's calls are used up", resets_at=self.spent_until)

    def _strike(self) -> str:
        self._ensure_quota()
        fault = self.sky.draw(READ, self.share / 2)
        if fault in ("read refused", "read unanswered", "read 503"):
            raise Unreachable("no answer", sent=fault != "read refused")
        if fault == "read 429":
            raise RateLimited("too fast", retry_after_s=3)
        if fault == "read slow":
            self.sky.pass_time(40)
        return fault

    async def read(
        self, refs: Sequence[Ref], fields: Collection[str], *, history: Collection[str] = ()
    ) -> dict[Ref, Seen]:
        fault = self._strike()
        answer = await self.inner.read(refs, fields, history=history)
        if fault == "read field missing" and fields:
            name = self.sky.pick(fields)
            answer = {ref: _without(seen, name) for ref, seen in answer.items()}
        self.sky.between(refs)
        return answer

    async def find(self, object: str, field: str, values: Collection[str], fields: Collection[str]) -> list[Snapshot]:
        self._strike()
        return await self.inner.find(object, field, values, fields)

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        problem = Problem(cause="request.no_answer", side=self.side)
        if self.spent_until is not None and self.sky.now() < self.spent_until:
            return [Deferred(problem=problem, until=self.spent_until) for _ in operations]
        fault = self.sky.draw(BATCH, self.share)
        if fault == "kill before batch":
            raise Crash
        if fault == "batch refused":
            return [Deferred(problem=problem) for _ in operations]
        if fault == "batch slow":
            self.sky.pass_time(45)
        outcomes = [await self._write_row(operation, problem) for operation in operations]
        if fault == "batch sent twice":
            outcomes = [await self._send(operation) for operation in operations]
        if fault == "kill after batch":
            raise Crash
        if fault == "batch unanswered":
            return [Unknown(problem=problem) for _ in operations]
        return outcomes

    async def _write_row(self, operation: Operation, problem: Problem) -> Outcome:
        fault = self.sky.draw(ROW, self.share / 2)
        if fault in ("row locked", "row refused before"):
            return Deferred(problem=problem)
        if fault == "kill in batch":
            raise Crash
        outcome = await self._send(operation)
        return Unknown(problem=problem) if fault == "row unanswered" else outcome

    async def _send(self, operation: Operation) -> Outcome:
        self.writes += 1
        self.sky.inspect(operation)
        [outcome] = await self.inner.write([operation])
        self.sky.note(operation, outcome)
        return outcome


def _without(seen: Seen, name: str) -> Seen:
    """The answer does not say what stands in that field."""
    if not isinstance(seen, Snapshot):
        return seen
    fields = {field: value for field, value in seen.fields.items() if field != name}
    return replace(seen, fields=fields, history={f: v for f, v in seen.history.items() if f != name})


class SkewedClock:
    """The engine's own clock: it may be wrong, and be set right, without the vendors noticing."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return self.clock.now() + self.offset

    async def sleep(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
