"""Letters are kept before they are answered, all that wait in one commit; and nothing is remembered for ever."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest
from tests.fakes.memory_store import MemoryStore
from tests.fakes.small_world import START, VirtualClock

from pasodoble.engine.service.receiving import Receiver, Refusal, Remembered
from pasodoble.errors import StoreError
from pasodoble.ports import Sent


class OpenSeal:
    """Holds unless the header says otherwise; a request is its body."""

    window = timedelta(minutes=5)

    def holds(self, sent: Sent, now: datetime) -> bool:
        return "forged" not in sent.headers

    def identify(self, sent: Sent) -> bytes:
        return sent.body


class SlowStore(MemoryStore):
    """Each commit takes as long as the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.failing = False

    def receive(self, bodies: Mapping[str, Sequence[str]], now: datetime) -> None:
        self.gate.wait(10)
        if self.failing:
            raise StoreError("The database refused: disk full", next_step="pasodoble check")
        super().receive(bodies, now)


@pytest.fixture
def store() -> SlowStore:
    return SlowStore()


@pytest.fixture
def receiver(store: SlowStore) -> Receiver:
    return Receiver(store, VirtualClock(), {"acme": OpenSeal(), "other": OpenSeal()})


def sent(body: str, **headers: str) -> Sent:
    return Sent(method="POST", url="https://sync.example.com/x", body=body.encode(), headers=headers)


def kept(store: SlowStore, connection: str) -> list[str]:
    with store.transaction(connection) as tx:
        return [letter.body for letter in tx.inbox.take(1000)]


async def test_all_that_wait_are_kept_in_one_commit(receiver: Receiver, store: SlowStore) -> None:
    told: list[str] = []
    receiver.told = told.append
    store.gate.clear()
    waiting = [asyncio.create_task(receiver.receive("acme", sent(f'[{{"n":{i}}}]'))) for i in range(50)]
    waiting.append(asyncio.create_task(receiver.receive("other", sent('[{"n":"other"}]'))))
    await asyncio.sleep(0.02)
    assert not any(task.done() for task in waiting)
    store.gate.set()
    assert await asyncio.gather(*waiting) == [None] * 51
    assert receiver.commits <= 2
    assert len(kept(store, "acme")) == 50
    assert kept(store, "other") == ['[{"n":"other"}]']
    assert set(told) == {"acme", "other"}


async def test_sender_who_hangs_up_leaves_the_others_alone(receiver: Receiver, store: SlowStore) -> None:
    store.gate.clear()
    gone = asyncio.create_task(receiver.receive("acme", sent('[{"n":1}]')))
    stays = asyncio.create_task(receiver.receive("acme", sent('[{"n":2}]')))
    await asyncio.sleep(0.02)
    gone.cancel()
    store.gate.set()
    assert await stays is None
    assert '[{"n":2}]' in kept(store, "acme")


async def test_letter_that_could_not_be_kept_is_not_taken_for_a_replay_when_it_comes_again(
    receiver: Receiver, store: SlowStore
) -> None:
    store.failing = True
    with pytest.raises(StoreError):
        await receiver.receive("acme", sent("[]"))
    store.failing = False
    assert await receiver.receive("acme", sent("[]")) is None
    assert await receiver.receive("acme", sent("[]")) is Refusal.REPLAYED


@pytest.mark.parametrize(
    ("connection", "letter", "refusal"),
    [
        ("nobody", sent("[]"), Refusal.UNKNOWN),
        ("acme", sent("[]", forged="yes"), Refusal.UNSIGNED),
        ("acme", sent("{}"), Refusal.UNREADABLE),
        ("acme", sent("[1]"), Refusal.UNREADABLE),
        ("acme", sent("[{}"), Refusal.UNREADABLE),
        ("acme", sent("[" * 5000 + "]" * 5000), Refusal.UNREADABLE),
    ],
    ids=["unknown", "forged", "no list", "no events", "cut off", "too deep"],
)
async def test_what_is_refused_is_not_kept(
    receiver: Receiver, store: SlowStore, connection: str, letter: Sent, refusal: Refusal
) -> None:
    assert await receiver.receive(connection, letter) is refusal
    assert kept(store, "acme") == []


def test_memory_of_replays_neither_outlasts_its_window_nor_grows_beyond_bounds() -> None:
    lately = Remembered(most=10)
    for i in range(100):
        lately.add(str(i).encode(), START + timedelta(minutes=10), START)
    assert len(lately) == 10
    assert b"99" in lately
    assert b"5" not in lately
    later = START + timedelta(minutes=11)
    lately.add(b"new", later + timedelta(minutes=10), later)
    assert len(lately) == 1
