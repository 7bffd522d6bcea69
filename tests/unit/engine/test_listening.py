"""The listener: signals become marks together with the position they came from, and the keeper is woken."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Scope
from pasodoble.engine.keeper import Keeper
from pasodoble.engine.listening import LEASE, POSITION, Listener
from pasodoble.engine.service.syncing import RunResult
from pasodoble.engine.worker import Worker
from pasodoble.errors import Unreachable
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.ports import Clock, Cursor, Heard, Hearing
from pasodoble.runner.clock import SystemClock
from pasodoble.runner.inline import InlineRunner

ANA = {"Email": "ana@acme.example", "FirstName": "Ana", "LastName": "Ruiz", "Company": "Acme"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


class Stream:
    """A PushReader that tells what it is told to, and remembers from where it was asked to go on."""

    def __init__(self, heard: Sequence[Heard] = ()) -> None:
        self.asked: list[Cursor | None] = []
        self.more: asyncio.Queue[Heard] = asyncio.Queue()
        for one in heard:
            self.more.put_nowait(one)

    async def survey(self) -> Hearing:
        return Hearing(heard=("Lead",))

    async def signals(self, position: Cursor | None) -> AsyncGenerator[Heard, None]:
        self.asked.append(position)
        while True:
            yield await self.more.get()

    async def close(self) -> None: ...


class StandingClock:
    """The time does not pass, however long one sleeps."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


class Room:
    """A listener over the small world, and whom it woke."""

    def __init__(self, world: SmallWorld, stream: Stream | None, *, fails: int = 0, clock: Clock | None = None) -> None:
        self._world = world
        self._stream = stream
        self._fails = fails
        self.opened = 0
        self.woken: list[tuple[set[Kind], set[Kind]]] = []
        self.listener = Listener(world.settings, world.store, clock or world.clock, self._open, wake=self._wake)

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[tuple[Connected, Stream | None]]:
        self.opened += 1
        if self.opened <= self._fails:
            raise Unreachable("no answer", sent=False)
        yield await self._world.connect(), self._stream

    def _wake(self, marked: Collection[Kind], missed: Collection[Kind]) -> None:
        self.woken.append((set(marked), set(missed)))

    async def listen_until(self, position: Cursor) -> None:
        task = asyncio.create_task(self.listener.listen())
        try:
            async with asyncio.timeout(10):
                while load_position(self._world) != position:
                    await asyncio.sleep(0)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def load_position(world: SmallWorld) -> Cursor | None:
    with world.store.transaction(world.settings.name, read_only=True) as tx:
        return tx.cursors.load(POSITION)


def triggers_of(world: SmallWorld, ref: Ref) -> tuple[str, ...]:
    with world.store.transaction(world.settings.name, read_only=True) as tx:
        mark = tx.marks.load([ref]).get(ref)
    return () if mark is None else mark.triggers


def heard(world: SmallWorld, ref: Ref, kind: SignalKind, place: str, **more: object) -> Heard:
    signal = Signal(kind=kind, side=Side.SALESFORCE, ref=ref, at=world.clock.now())
    return Heard(signals=[replace(signal, **more)], position={"Lead": place})


async def test_a_signal_is_a_mark_and_the_position_is_kept_with_it(world: SmallWorld) -> None:
    ref = world.salesforce.put("Lead", ANA)
    room = Room(world, Stream([heard(world, ref, SignalKind.CREATED, "one")]))
    await room.listen_until({"Lead": "one"})
    assert triggers_of(world, ref) == ("salesforce_record_created",)
    assert room.woken == [({"contacts"}, set())]


async def test_listening_goes_on_from_the_position_that_was_kept(world: SmallWorld) -> None:
    ref = world.salesforce.put("Lead", ANA)
    await Room(world, Stream([heard(world, ref, SignalKind.CREATED, "one")])).listen_until({"Lead": "one"})
    stream = Stream([heard(world, ref, SignalKind.CHANGED, "two")])
    await Room(world, stream).listen_until({"Lead": "two"})
    assert stream.asked == [{"Lead": "one"}]


@pytest.mark.parametrize("more", [{"by_us": True}, {"fields": ("Nobody_Maps_This__c",)}])
async def test_our_own_echo_and_what_is_not_mapped_move_the_position_and_nothing_else(
    world: SmallWorld, more: dict[str, object]
) -> None:
    ref = world.salesforce.put("Lead", ANA)
    room = Room(world, Stream([heard(world, ref, SignalKind.CHANGED, "one", **more)]))
    await room.listen_until({"Lead": "one"})
    assert triggers_of(world, ref) == ()
    assert room.woken == []


async def test_what_was_missed_asks_for_a_look_at_its_kind(world: SmallWorld) -> None:
    missed = Heard(signals=(), position={"Lead": "one"}, missed=frozenset({"Lead", "CampaignMember"}))
    room = Room(world, Stream([missed]))
    await room.listen_until({"Lead": "one"})
    assert room.woken == [(set(), {"contacts"})]


async def test_a_position_is_not_kept_where_its_marks_were_not(
    world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = world.salesforce.put("Lead", ANA)
    stream = Stream([heard(world, ref, SignalKind.CREATED, "one")])
    monkeypatch.setattr("pasodoble.store.marks.SqlMarks.put", _die)
    with pytest.raises(Died):
        await Room(world, stream).listener.listen()
    assert load_position(world) is None


class Died(BaseException):
    """The process ends here."""


def _die(*_: object) -> None:
    raise Died


async def test_a_side_that_does_not_answer_is_tried_again_later(world: SmallWorld) -> None:
    ref = world.salesforce.put("Lead", ANA)
    started = world.clock.now()
    room = Room(world, Stream([heard(world, ref, SignalKind.CREATED, "one")]), fails=2)
    await room.listen_until({"Lead": "one"})
    assert room.opened == 3
    assert room.listener.trouble == ""
    assert (world.clock.now() - started).total_seconds() > 60


async def test_without_a_reader_there_is_nothing_to_do(world: SmallWorld) -> None:
    async with asyncio.timeout(5):
        await Room(world, None).listener.listen()


# --- what the keeper does with it ---------------------------------------------------------------------------------------


class Kept:
    """A keeper whose runs are listed by what they were for."""

    def __init__(self, world: SmallWorld) -> None:
        self.world = world
        self.runs: list[RunResult] = []
        self.keeper = Keeper(world.settings, world.store, world.clock, self._open, told=self._tell)
        runner = InlineRunner(SystemClock())
        self.worker = Worker([self.keeper], runner, world.store, world.clock, version="1")

    @contextlib.asynccontextmanager
    async def _open(self) -> AsyncIterator[Connected]:
        yield await self.world.connect()

    async def _tell(self, result: RunResult) -> None:
        self.runs.append(result)

    def names(self) -> list[str]:
        with self.world.store.transaction(self.world.settings.name, read_only=True) as tx:
            return [row.what for row in reversed(tx.runs.load())]

    async def __aenter__(self) -> Kept:
        self._task = asyncio.create_task(self.worker.work())
        await self.until(1)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def until(self, runs: int) -> None:
        async with asyncio.timeout(10):
            while len(self.runs) < runs:
                await asyncio.sleep(0)


async def test_what_was_heard_is_carried_between_two_checks_without_a_look(world: SmallWorld) -> None:
    async with Kept(world) as kept:
        ref = world.salesforce.put("Lead", ANA)
        world.salesforce.put("Lead", ANA | {"Email": "untold@acme.example"})
        room = Room(world, Stream([heard(world, ref, SignalKind.CREATED, "one")]))
        await room.listen_until({"Lead": "one"})
        kept.keeper.hear(*room.woken[0])
        await kept.until(2)
        assert [row.fields["email"] for row in world.live(Side.HUBSPOT)] == ["ana@acme.example"]
        assert kept.names() == ["check", "heard"]


async def test_what_was_missed_is_looked_for(world: SmallWorld) -> None:
    async with Kept(world) as kept:
        world.salesforce.put("Lead", ANA)
        kept.keeper.hear((), {"contacts"})
        await kept.until(2)
        assert len(world.live(Side.HUBSPOT)) == 1


async def test_signals_that_were_lost_or_doubled_cost_nothing_but_time(world: SmallWorld) -> None:
    ref = world.salesforce.put("Lead", ANA)
    again = [heard(world, ref, SignalKind.CREATED, place) for place in ("one", "one", "two")]
    await Room(world, Stream(again)).listen_until({"Lead": "two"})
    result = await world.sync(Scope())
    assert result.document["objects"]["contacts"]["hubspot"]["created"] == 1  # type: ignore[index]
    assert (await world.sync(Scope())).document["objects"]["contacts"]["unchanged"] == 0  # type: ignore[index]
    assert len(world.live(Side.HUBSPOT)) == 1


async def test_of_two_listeners_one_hears_and_the_other_takes_over_when_it_is_gone(world: SmallWorld) -> None:
    ref = world.salesforce.put("Lead", ANA)
    clock = StandingClock(world.clock.now())
    first = Room(world, Stream(), clock=clock)
    second = Room(world, Stream([heard(world, ref, SignalKind.CHANGED, "two")]), clock=clock)
    hearing = asyncio.create_task(first.listener.listen())
    waiting = asyncio.create_task(second.listener.listen())
    async with asyncio.timeout(10):
        while not first.opened:
            await asyncio.sleep(0)
        for _ in range(50):
            await asyncio.sleep(0)
        assert second.opened == 0
        hearing.cancel()
        while load_position(world) != {"Lead": "two"}:
            await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([hearing, waiting])


async def test_who_was_killed_while_listening_is_followed_once_its_lease_has_lapsed(world: SmallWorld) -> None:
    now = world.clock.now()
    with world.store.transaction(world.settings.name) as tx:
        tx.leases.claim({POSITION}, "of a process that was killed", now + LEASE, now)
    ref = world.salesforce.put("Lead", ANA)
    await Room(world, Stream([heard(world, ref, SignalKind.CHANGED, "one")])).listen_until({"Lead": "one"})
    assert world.clock.now() >= now + LEASE
