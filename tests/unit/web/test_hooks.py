"""The door for webhooks: bounded in size and time, answered by what became of the letter, and nobody else's business."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.types import Message
from tests.fakes.memory_store import MemoryStore
from tests.fakes.small_world import VirtualClock

from pasodoble.engine.service.receiving import Receiver
from pasodoble.errors import StoreError
from pasodoble.ports import Sent
from pasodoble.web.hooks import LONGEST_BODY, PREFIX, Hooks


class NotedSeal:
    """Holds, and keeps what it was shown."""

    window = timedelta(minutes=5)

    def __init__(self) -> None:
        self.seen: list[Sent] = []

    def holds(self, sent: Sent, now: datetime) -> bool:
        self.seen.append(sent)
        return True

    def identify(self, sent: Sent) -> bytes:
        return sent.body


class FullStore(MemoryStore):
    def receive(self, bodies: Mapping[str, Sequence[str]], now: datetime) -> None:
        raise StoreError("The database refused: disk full", next_step="pasodoble check")


async def inner(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 299, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Caller:
    """Calls the door as a server does, part of the body by part."""

    def __init__(self, store: MemoryStore | None = None, public_url: str = "") -> None:
        self.store = store or MemoryStore()
        self.seal = NotedSeal()
        self.hooks = Hooks(inner, Receiver(self.store, VirtualClock(), {"acme": self.seal}), public_url)
        self.headers: dict[str, str] = {}

    async def call(
        self, *parts: bytes, path: str = f"{PREFIX}acme", raw_path: str = "", method: str = "POST", **headers: str
    ) -> int:
        messages: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for part in parts[:-1]]
        messages.append({"type": "http.request", "body": parts[-1] if parts else b"", "more_body": False})
        return await self.speak(messages, path=path, raw_path=raw_path, method=method, **headers)

    async def speak(
        self,
        messages: list[Message],
        *,
        path: str = f"{PREFIX}acme",
        raw_path: str = "",
        method: str = "POST",
        **headers: str,
    ) -> int:
        answered: list[Message] = []

        async def receive() -> Message:
            if not messages:
                await asyncio.sleep(3600)
            return messages.pop(0)

        async def send(message: Message) -> None:
            answered.append(message)

        spelled = [
            (b"host", b"127.0.0.1:8080"),
            *((n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()),
        ]
        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": (raw_path or path).encode(),
            "query_string": b"a=%2F",
            "headers": spelled,
        }
        await self.hooks(scope, receive, send)
        self.headers = {name.decode(): value.decode() for name, value in answered[0]["headers"]}
        return int(answered[0]["status"])

    def kept(self) -> list[str]:
        with self.store.transaction("acme") as tx:
            return [letter.body for letter in tx.inbox.take(10)]


async def test_letter_is_kept_as_it_came_and_answered() -> None:
    caller = Caller()
    assert await caller.call(b'[{"objectId"', b": 1}]") == 200
    assert caller.kept() == ['[{"objectId": 1}]']
    assert caller.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("public_url", "signed"),
    [
        ("", "http://127.0.0.1:8080/webhooks/hubspot/ac%6De?a=%2F"),
        ("https://sync.example.com", "https://sync.example.com/webhooks/hubspot/ac%6De?a=%2F"),
        ("https://example.com/sync/", "https://example.com/sync/webhooks/hubspot/ac%6De?a=%2F"),
    ],
)
async def test_address_is_the_one_that_was_called_by_the_name_the_world_knows(public_url: str, signed: str) -> None:
    caller = Caller(public_url=public_url)
    await caller.call(b"[]", raw_path=f"{PREFIX}ac%6De")
    assert [sent.url for sent in caller.seal.seen] == [signed]


async def test_body_without_end_is_cut_off_where_the_bound_is() -> None:
    caller = Caller()
    part = b" " * (LONGEST_BODY // 4)
    endless: list[Message] = [{"type": "http.request", "body": part, "more_body": True} for _ in range(50)]
    assert await caller.speak(endless) == 413
    assert len(endless) == 45


async def test_body_that_says_how_long_it_is_is_not_even_read() -> None:
    caller = Caller()
    unread: list[Message] = [{"type": "http.request", "body": b"[]", "more_body": False}]
    assert await caller.speak(unread, content_length=str(LONGEST_BODY + 1)) == 413
    assert len(unread) == 1


async def test_sender_who_takes_too_long_or_hangs_up_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pasodoble.web.hooks.READ_WITHIN_S", 0.01)
    caller = Caller()
    assert await caller.speak([{"type": "http.request", "body": b"[", "more_body": True}]) == 408
    assert await caller.speak([{"type": "http.disconnect"}]) == 408
    assert caller.kept() == []


async def test_our_own_trouble_asks_the_sender_to_come_again() -> None:
    assert await Caller(FullStore()).call(b"[]") == 503


async def test_other_paths_and_other_methods() -> None:
    caller = Caller()
    assert await caller.call(path="/records") == 299
    assert await caller.call(path=f"{PREFIX}nobody") == 404
    assert await caller.call(method="GET") == 405
    assert caller.headers["allow"] == "POST"
    assert caller.seal.seen == []
