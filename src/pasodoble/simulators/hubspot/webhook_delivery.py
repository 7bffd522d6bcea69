"""Webhook events on their way: gathered into requests, signed, sent, tried again, and disturbed on order.

Up to 100 events a request, as many requests at once as the app allows, 5 seconds for the answer, ten more tries over a
day of the simulated clock. What an event says does not belong here.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import orjson

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.signatures import signed_headers
from pasodoble.simulators.hubspot.switches import Switches
from pasodoble.simulators.hubspot.webhook_events import Event
from pasodoble.simulators.hubspot.webhooks import WebhookBook

BATCH: Final = 100
TIMEOUT_S: Final = 5.0
RETRY_AT_S: Final = (60, 300, 900, 2_400, 5_400, 10_800, 21_600, 36_000, 57_600, 86_400)
"""When after the first attempt each of the ten others comes, at the latest; the delays between are random."""
REORDER_SPREAD_S: Final = 0.5
KEPT: Final = 500


@dataclass(slots=True)
class Delivery:
    """One request: its events and how often it was tried. `first_ms` is when it was tried first."""

    events: list[Event]
    attempt: int = 0
    first_ms: int = 0


@dataclass(slots=True)
class Disturbance:
    """What `/__sandbox__/webhooks` ordered: counts go down, the delay and the disorder stay."""

    drop: int = 0
    duplicate: int = 0
    delay_s: float = 0.0
    reorder: bool = False


@dataclass(slots=True)
class Tally:
    delivered: int = 0
    events: int = 0
    failed: int = 0
    given_up: int = 0
    dropped: int = 0
    duplicated: int = 0
    log: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))


class Sender:
    """Takes events and gets them to the target. Without a running event loop they wait until there is one."""

    def __init__(self, clock: SimClock, book: WebhookBook, *, secret: str, seed: int, switches: Switches) -> None:
        self._clock = clock
        self._book = book
        self._secret = secret
        self._switches = switches
        self._dice = random.Random(f"webhooks-{seed}")
        self._pending: deque[Event] = deque()
        self._ready: deque[Delivery] = deque()
        self._waiting = 0
        self._in_flight: set[asyncio.Task[None]] = set()
        self._gathering = False
        self._client: httpx2.AsyncClient | None = None
        self.disturbance = Disturbance(delay_s=switches.webhook_delay_s, reorder=switches.webhook_reorder)
        self.tally = Tally()

    def put(self, event: Event) -> None:
        self._pending.append(event)
        if not self._gathering:
            self._gathering = True
            self._clock.call_later(0, self._gather)

    def _gather(self) -> None:
        """Make requests of what came together since the last turn of the event loop."""
        self._gathering = False
        while self._pending:
            events = [self._pending.popleft() for _ in range(min(BATCH, len(self._pending)))]
            if self.disturbance.reorder:
                self._dice.shuffle(events)
            for delivery in self._disturbed(Delivery(events)):
                self._schedule(delivery, self._delay_s())

    def _disturbed(self, delivery: Delivery) -> list[Delivery]:
        order = self.disturbance
        if order.drop > 0:
            order.drop -= 1
            self.tally.dropped += 1
            return []
        twice = order.duplicate > 0
        if twice:
            order.duplicate -= 1
        elif self._switches.webhook_duplicates:
            twice = self._dice.random() < self._switches.webhook_duplicates
        if twice:
            self.tally.duplicated += 1
            return [delivery, Delivery(list(delivery.events))]
        return [delivery]

    def _delay_s(self) -> float:
        spread = self._dice.random() * REORDER_SPREAD_S if self.disturbance.reorder else 0.0
        return self.disturbance.delay_s + spread

    def _schedule(self, delivery: Delivery, delay_s: float) -> None:
        if delay_s <= 0:
            self._ready.append(delivery)
            self._pump()
            return
        self._waiting += 1
        self._clock.call_later(delay_s, lambda: self._come_due(delivery))

    def _come_due(self, delivery: Delivery) -> None:
        self._waiting -= 1
        self._ready.append(delivery)
        self._pump()

    def _pump(self) -> None:
        settings = self._book.settings
        if settings is None:
            self.tally.dropped += len(self._ready)
            self._ready.clear()
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        while self._ready and len(self._in_flight) < settings.max_concurrent:
            task = loop.create_task(self._send(self._ready.popleft(), settings.target_url))
            self._in_flight.add(task)
            task.add_done_callback(self._landed)

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        if not task.cancelled():
            task.result()
            self._pump()

    async def _send(self, delivery: Delivery, url: str) -> None:
        now = self._clock.now_ms()
        delivery.first_ms = delivery.first_ms or now
        body = orjson.dumps([{**event, "attemptNumber": delivery.attempt} for event in delivery.events])
        status, problem = await self._post(url, body)
        self.tally.log.append(
            {
                "at": iso(now),
                "attempt": delivery.attempt,
                "events": len(delivery.events),
                "status": status,
                "problem": problem,
            }
        )
        if status is not None and 200 <= status < 300:
            self.tally.delivered += 1
            self.tally.events += len(delivery.events)
        else:
            self.tally.failed += 1
            self._retry(delivery)

    async def _post(self, url: str, body: bytes) -> tuple[int | None, str]:
        """The answer's status, or None and why there was none."""
        if self._client is None:
            self._client = httpx2.AsyncClient(verify=False, timeout=TIMEOUT_S, follow_redirects=False)
        # The receiver compares with its own clock, which knows nothing of the simulated one.
        headers = signed_headers(self._secret, url, body, self._clock.wall_ms())
        headers |= {"Content-Type": "application/json", "User-Agent": "HubSpot Connect 2.0 (simulated)"}
        try:
            async with asyncio.timeout(TIMEOUT_S):
                response = await self._client.post(url, content=body, headers=headers)
        except TimeoutError:
            return None, f"no answer within {TIMEOUT_S:.0f} s"
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            return None, f"{type(error).__name__}: {error}"
        return response.status_code, ""

    def _retry(self, delivery: Delivery) -> None:
        if delivery.attempt >= len(RETRY_AT_S):
            self.tally.given_up += 1
            return
        latest_s = RETRY_AT_S[delivery.attempt] * (0.8 + 0.2 * self._dice.random()) / self._switches.webhook_retry_speed
        delivery.attempt += 1
        delay_s = delivery.first_ms / 1000 + latest_s - self._clock.now_ms() / 1000
        self._schedule(delivery, max(0.001, delay_s))

    def state(self) -> dict[str, Any]:
        """What `GET /__sandbox__/webhooks` tells."""
        tally, order = self.tally, self.disturbance
        return {
            "target_url": self._book.settings.target_url if self._book.settings else None,
            "subscriptions": len(self._book.subscriptions),
            "drop": order.drop,
            "duplicate": order.duplicate,
            "delay_s": order.delay_s,
            "reorder": order.reorder,
            "pending_events": len(self._pending),
            "ready": len(self._ready),
            "waiting": self._waiting,
            "in_flight": len(self._in_flight),
            "delivered": tally.delivered,
            "delivered_events": tally.events,
            "failed_attempts": tally.failed,
            "given_up": tally.given_up,
            "dropped": tally.dropped,
            "duplicated": tally.duplicated,
            "deliveries": list(tally.log),
        }

    async def settle(self) -> None:
        """Wait until nothing is on its way; what waits for a later moment of the clock stays waiting."""
        while self._pending or self._ready or self._in_flight:
            await asyncio.sleep(0.005)

    async def close(self) -> None:
        for task in list(self._in_flight):
            task.cancel()
        await asyncio.gather(*self._in_flight, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None
