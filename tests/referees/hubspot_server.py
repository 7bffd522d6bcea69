"""A simulated HubSpot over real HTTP in a thread of its own, for clients that block."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import serving
from pasodoble.simulators.hubspot import World, build


@dataclass(frozen=True)
class Served:
    base_url: str
    world: World

    @property
    def token(self) -> str:
        return self.world.credentials["token"]


@contextmanager
def served(clock: SimClock | None = None, **options: Any) -> Iterator[Served]:
    """Serve a world built with `options` while the block runs."""
    world = build(clock or SimClock(), **options)
    ready, over = threading.Event(), asyncio.Event()
    found: dict[str, Any] = {}

    async def run() -> None:
        async with serving(world.application) as port:
            found.update(port=port, loop=asyncio.get_running_loop())
            ready.set()
            await over.wait()
        await world.close()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(10), "the simulator did not come up"
    try:
        yield Served(f"http://127.0.0.1:{found['port']}", world)
    finally:
        found["loop"].call_soon_threadsafe(over.set)
        thread.join(10)
