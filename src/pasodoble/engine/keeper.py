"""Keeps one connection in step: says which errands it has, and does them step by step.

Three lanes: what a person asks for, the cycle (checks, what vendors tell, retries), and the long errands. What there is to do
stands in the journal, so that any worker may do it. When and where an errand runs is the worker's and its runner's matter.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from pasodoble.engine.backfill import Backfiller
from pasodoble.engine.budget import spending
from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Scope, least_urgent
from pasodoble.engine.intake import drain
from pasodoble.engine.retry import next_try_at
from pasodoble.engine.service.requesting import answer_request
from pasodoble.engine.service.syncing import RunResult, sync
from pasodoble.errors import Error
from pasodoble.model.activity import ACTIVITIES, MEMBERSHIPS
from pasodoble.model.backfill import RUNNING
from pasodoble.model.errand import Errand, Lane
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection
from pasodoble.model.signal import Urgency
from pasodoble.ports import Clock, Duty, NewMark, Store, Transaction

REST: Final = timedelta(seconds=5)
"""Between a run and the next try at what it has left."""
NEW_SIGN_IN: Final = timedelta(hours=1)
"""How old a sign-in may be at a check: schemas and owners are read anew with it."""
MOST_TRIES: Final = 5
"""As patient as after so many failures: a fault of ours does not go away by itself."""
ASKED_AT_ONCE: Final = 1_000
NO_DUTY: Final = Duty()
PURPOSES: Final = {"asked": "manual", "heard": "edit", "check": "check", "retry": "check"}
"""By the run's name, for what its calls are in the budget's books."""

Open = Callable[[], AbstractAsyncContextManager[Connected]]
Told = Callable[[RunResult], Awaitable[None]]
LongErrand = Callable[[Connected], Awaitable[bool]]
"""One step of it; gives whether there is more."""


@dataclass(slots=True)
class Sign:
    """A sign-in that several lanes use. Closed once it is of no more use and nobody uses it."""

    at: Connected
    stack: AsyncExitStack
    since: datetime
    users: int = 0
    lapsed: bool = False


@dataclass(slots=True)
class Keeper:
    """One connection's errands.

    open    signs in on both sides
    told    is given the result of every run
    wake    is called when there may be something to do at once
    nightly  by name, what is to be done once a night
    """

    settings: Connection
    store: Store
    clock: Clock
    open: Open
    told: Told | None = None
    nightly: Mapping[str, LongErrand] = field(default_factory=dict)
    wake: Callable[[], None] = lambda: None
    _sign: Sign | None = None
    _failures: int = 0

    # --- what others tell -----------------------------------------------------------------------------------------------

    def ask(self, kind: Kind, refs: Collection[Ref]) -> None:
        """A person asked for these records: they go next, ahead of everything else."""
        marks = [NewMark(kind=kind, ref=r, trigger="manual_record", urgency=Urgency.MANUAL) for r in sorted(refs)]
        with self.store.transaction(self.settings.name) as tx:
            tx.marks.put(marks, self.clock.now())
            tx.duties.request(self.asked)
        self.wake()

    def hear(self, marked: Collection[Kind], missed: Collection[Kind] = ()) -> None:
        """A vendor told of changes: marks of these kinds were put. `missed`: more has changed than was told, so look."""
        if missed:
            with self.store.transaction(self.settings.name) as tx:
                for kind in missed:
                    tx.duties.request(self._look_at(kind))
        self.wake()

    def look_in_the_inbox(self) -> None:
        """A letter has come in."""
        self.wake()

    # --- what there is to do --------------------------------------------------------------------------------------------

    @property
    def asked(self) -> Errand:
        return Errand(self.settings.name, "asked", Lane.MANUAL)

    @property
    def cycle(self) -> Errand:
        return Errand(self.settings.name, "cycle", Lane.LIVE)

    @property
    def backfill(self) -> Errand:
        return Errand(self.settings.name, "backfill", Lane.BACKFILL)

    def _look_at(self, kind: Kind) -> Errand:
        """Not run by itself: the cycle looks at these kinds when it comes round."""
        return Errand(self.settings.name, f"look {kind}", Lane.LIVE)

    @property
    def next_check_at(self) -> datetime | None:
        """When the cycle comes round again: by schedule, or for another try."""
        duty = self._load_duties().get(self.cycle, NO_DUTY)
        return duty.rests_until if duty.trouble else duty.due_at

    @property
    def trouble(self) -> str:
        """Why the last try to reach the two sides failed; "" if it did not."""
        return self._load_duties().get(self.cycle, NO_DUTY).trouble

    def _load_duties(self) -> dict[Errand, Duty]:
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            return tx.duties.load()

    def find_due(self) -> list[Errand]:
        """Errands that have something to do now, and do not rest. Asks the journal only."""
        now = self.clock.now()
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            duties = tx.duties.load()
            awake = {
                errand
                for errand in (self.asked, self.cycle, self.backfill, *self._nightly_errands())
                if (rest := duties.get(errand, NO_DUTY).rests_until) is None or rest <= now
            }
            due = [self.asked] if self.asked in awake and self._is_asked(tx, duties, now) else []
            due += [self.cycle] if self.cycle in awake and self._has_work(tx, duties, now) else []
            due += [self.backfill] if self.backfill in awake and self._is_loading(tx) else []
        return due + [e for e in self._nightly_errands() if e in awake and self._is_due(duties.get(e, NO_DUTY), now)]

    def _is_asked(self, tx: Transaction, duties: Mapping[Errand, Duty], now: datetime) -> bool:
        duty = duties.get(self.asked, NO_DUTY)
        return duty.requested > duty.done or bool(tx.requests.find_open()) or bool(self._take_asked(tx, now, 1))

    def _is_loading(self, tx: Transaction) -> bool:
        backfill = tx.backfills.load()
        return backfill is not None and backfill.state in RUNNING

    def _take_asked(self, tx: Transaction, now: datetime, limit: int) -> dict[Kind, set[Ref]]:
        taken = {
            of.kind: {mark.ref for mark in tx.marks.take(of.kind, limit, now, urgency=Urgency.MANUAL)}
            for of in self.settings.enabled()
        }
        return {kind: refs for kind, refs in taken.items() if refs}

    def _has_work(self, tx: Transaction, duties: Mapping[Errand, Duty], now: datetime) -> bool:
        if self._is_due(duties.get(self.cycle, NO_DUTY), now) or tx.inbox.count() > 0 or self._missed(duties):
            return True
        return self._has_marks(tx, now)

    def _has_marks(self, tx: Transaction, now: datetime) -> bool:
        """Of the cycle's own: what people ask for goes by a lane of its own."""
        due_at = tx.marks.next_due_at()
        if due_at is None or due_at > now:
            return False
        kinds = [*(of.kind for of in self.settings.enabled()), ACTIVITIES, MEMBERSHIPS]
        return any(
            tx.marks.take(kind, 1, now, most_urgent=Urgency.FORM, urgency=least_urgent(tx, kind)) for kind in kinds
        )

    def _is_due(self, duty: Duty, now: datetime) -> bool:
        return duty.due_at is None or duty.due_at <= now or duty.requested > duty.done

    def _missed(self, duties: Mapping[Errand, Duty]) -> dict[Kind, int]:
        """Kinds of which a vendor told too little, with the request that is to be answered."""
        found = {of.kind: duties.get(self._look_at(of.kind), NO_DUTY) for of in self.settings.enabled()}
        return {kind: duty.requested for kind, duty in found.items() if duty.requested > duty.done}

    def _nightly_errands(self) -> list[Errand]:
        return [Errand(self.settings.name, name, Lane.BACKFILL) for name in self.nightly]

    # --- doing it -------------------------------------------------------------------------------------------------------

    async def perform(self, errand: Errand) -> bool:
        """One step of the errand; gives whether there is more to do. Never raises: what went wrong is told, and tried again."""
        if errand not in self.find_due():  # done meanwhile, by whoever was first
            return False
        duty = self._load_duties().get(errand, NO_DUTY)
        try:
            async with self._signed_in() as at:
                rests_until = await self._step(errand, at, duty)
            self._failures = 0
            self._finish(errand, duty, rests_until=rests_until)
        except Error as error:
            self._failures += 1
            again_at = next_try_at(self._failures, self.clock.now(), 0.5)
            self._finish(errand, duty, rests_until=again_at, trouble=str(error))
        except Exception as fault:  # of ours: the other errands go on
            logging.getLogger(__name__).exception("errand_failed")
            self._lapse()
            again_at = next_try_at(MOST_TRIES, self.clock.now(), 0.5)
            self._finish(errand, duty, rests_until=again_at, trouble=f"a fault of ours: {type(fault).__name__}")
        else:
            return errand in self.find_due()
        return False

    async def _step(self, errand: Errand, at: Connected, duty: Duty) -> datetime | None:
        """Gives until when the errand rests."""
        if errand == self.asked:
            return await self._answer(at)
        if errand == self.cycle:
            return await self._turn(at, duty)
        if errand == self.backfill:
            with spending("backfill"):
                await Backfiller(at).step()
            return None
        return await self._do_nightly(errand, at, duty)

    def _finish(self, errand: Errand, duty: Duty, *, rests_until: datetime | None, trouble: str = "") -> None:
        with self.store.transaction(self.settings.name) as tx:
            tx.duties.finish(errand, duty.requested, rests_until=rests_until, trouble=trouble)

    async def _answer(self, at: Connected) -> datetime | None:
        """What commands have asked for, one after the other; then the records that people asked for."""
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            requests = tx.requests.find_open()
            asked = self._take_asked(tx, self.clock.now(), ASKED_AT_ONCE)
        for request in requests[:1]:
            await answer_request(at, request)
        for kind, refs in asked.items() if not requests else ():
            await self._run(at, Scope(kinds=(kind,), refs=refs), "asked")
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            left = self._take_asked(tx, self.clock.now(), ASKED_AT_ONCE)
        stuck = not requests and any(refs & asked.get(kind, set()) for kind, refs in left.items())
        return self.clock.now() + REST if stuck else None

    async def _turn(self, at: Connected, duty: Duty) -> datetime | None:
        """Whatever the cycle has to do most: what was missed, the check that is due, or what is marked."""
        now = self.clock.now()
        drain(at)
        missed = self._missed(self._load_duties())
        checks = self._is_due(duty, now) and self._take_turn(duty, now + self.settings.check_every)
        if checks:
            result = await self._run(at, Scope(leaves_asked=True), "check")
        elif missed:
            result = await self._run(at, Scope(kinds=missed, leaves_asked=True), "check")
        else:
            what = "retry" if self._only_retries(now) else "heard"
            result = await self._run(at, Scope(looks=False, leaves_asked=True), what)
        self._note_looked(missed)
        if result.report.brakes:  # what a brake has stopped waits for a person, and is not planned again and again
            return self.next_check_at
        return self.clock.now() + REST if self._is_left(now) else None

    def _take_turn(self, duty: Duty, next_at: datetime) -> bool:
        with self.store.transaction(self.settings.name) as tx:
            if duty.due_at is None:
                tx.duties.plan(self.cycle, next_at)
                return True
            return tx.duties.take_turn(self.cycle, duty.due_at, next_at) or duty.requested > duty.done

    def _only_retries(self, now: datetime) -> bool:
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            kinds = [of.kind for of in self.settings.enabled()]
            marks = [
                mark
                for kind in kinds
                for mark in tx.marks.take(kind, 1, now, most_urgent=Urgency.FORM, urgency=least_urgent(tx, kind))
            ]
        return all(mark.urgency >= Urgency.CHECK for mark in marks)

    def _note_looked(self, missed: Mapping[Kind, int]) -> None:
        if missed:
            with self.store.transaction(self.settings.name) as tx:
                for kind, seen in missed.items():
                    tx.duties.finish(self._look_at(kind), seen)

    def _is_left(self, before: datetime) -> bool:
        """Whether marks that were due before the run still are: somebody else's, or such as are put anew each time."""
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            return self._has_marks(tx, before)

    async def _do_nightly(self, errand: Errand, at: Connected, duty: Duty) -> datetime | None:
        if duty.due_at is None:  # the first night is the one that comes
            with self.store.transaction(self.settings.name) as tx:
                tx.duties.plan(errand, next_night(self.clock.now()))
            return None
        with spending("verify"):
            more = await self.nightly[errand.what](at)
        if not more:
            with self.store.transaction(self.settings.name) as tx:
                tx.duties.take_turn(errand, duty.due_at, next_night(self.clock.now()))
        return None

    async def _run(self, at: Connected, scope: Scope, what: str) -> RunResult:
        with spending(PURPOSES[what]):  # a lane of its own, so that calls are told apart
            result = await sync(replace(at, reported={}), scope, what=what, patient=not scope.asked)
        if self.told is not None:
            await self.told(result)
        if result.report.failures:
            self._lapse()
            raise Error(result.report.failures[0])
        return result

    # --- signing in -----------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def _signed_in(self) -> AsyncIterator[Connected]:
        """The sign-in that all lanes share; a new one where that has failed or grown old."""
        if self._sign is not None and self.clock.now() - self._sign.since > NEW_SIGN_IN:
            self._lapse()
        if self._sign is None:
            stack = AsyncExitStack()
            at = await stack.enter_async_context(self.open())
            self._sign = Sign(at, stack, self.clock.now())
        sign = self._sign
        sign.users += 1
        try:
            yield sign.at
        finally:
            sign.users -= 1
            if sign.lapsed and not sign.users:
                await sign.stack.aclose()

    def _lapse(self) -> None:
        """Whoever comes next signs in anew."""
        if self._sign is not None:
            self._sign.lapsed = True
            self._sign = None

    async def close(self) -> None:
        if self._sign is not None:
            await self._sign.stack.aclose()
            self._sign = None


def next_night(now: datetime) -> datetime:
    """Half past two, UTC."""
    tonight = now.replace(hour=2, minute=30, second=0, microsecond=0)
    return tonight if tonight > now else tonight + timedelta(days=1)
