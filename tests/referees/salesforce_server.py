"""A simulated Salesforce over real HTTP and gRPC in a thread of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import serving
from pasodoble.simulators.salesforce import World, build


@dataclass(frozen=True)
class ServedOrg:
    base_url: str
    pubsub: str
    world: World

    @property
    def token(self) -> str:
        return self.world.credentials["token"]


@contextmanager
def served_org(clock: SimClock | None = None, **options: Any) -> Iterator[ServedOrg]:
    """Serve a world built with `options` while the block runs."""
    world = build(clock or SimClock(), **options)
    ready, over = threading.Event(), asyncio.Event()
    found: dict[str, Any] = {}

    async def run() -> None:
        async with serving(world.application) as port:
            base_url = f"http://127.0.0.1:{port}"
            async with world.background(base_url) as endpoint:
                found.update(base_url=base_url, pubsub=endpoint, loop=asyncio.get_running_loop())
                ready.set()
                await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(10), "the simulator did not come up"
    try:
        yield ServedOrg(found["base_url"], found["pubsub"], world)
    finally:
        found["loop"].call_soon_threadsafe(over.set)
        thread.join(10)


class ToSimulator(requests.Session):
    """Sends every call to the simulator, whichever Salesforce host a client insists on."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.trust_env = False
        self._base_url = base_url

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        path = str(url).partition("/services/")[2]
        return super().request(method, f"{self._base_url}/services/{path}", *args, **kwargs)
