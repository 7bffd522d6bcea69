"""How many calls an account may make: rolling windows, the daily budget, and what a 429 says.

Headers and bodies are the vendor's; with limits off nothing is ever refused and the headers show budgets that never run
down. Limits of size (inputs of a batch, rows of a page) belong to the areas that enforce them.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.credentials import Token
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.moments import DAY_MS

Tier = Literal["starter", "professional", "enterprise"]
Family = Literal["core", "search", "associations", "journal", "journal_subscriptions", "journal_snapshots"]

BURST_MS: Final = 10_000
OAUTH_BURST: Final = 110
BURST: Final[dict[Tier, int]] = {"starter": 100, "professional": 190, "enterprise": 190}
DAILY: Final[dict[Tier, int]] = {"starter": 250_000, "professional": 625_000, "enterprise": 1_000_000}
ASSOCIATION_BURST: Final[dict[Tier, int]] = {"starter": 100, "professional": 150, "enterprise": 150}
ASSOCIATION_DAILY: Final = 500_000
INCREASE_BURST: Final = 250
INCREASE_DAILY: Final = 1_000_000
"""The API limit increase, bought once or twice."""
PER_SECOND: Final[dict[Family, int]] = {
    "search": 5,
    "journal": 100,
    "journal_subscriptions": 50,
    "journal_snapshots": 10,
}
"""Families counted by the second, outside the burst budget."""

_FAMILIES: Final[tuple[tuple[Family, re.Pattern[str]], ...]] = (
    ("search", re.compile(r"/crm/(?:v3/objects|objects/[^/]+)/[^/]+/search$")),
    ("associations", re.compile(r"/crm/(?:v4/|associations/|objects/[^/]+/[^/]+/[^/]+/associations/)")),
    ("journal_subscriptions", re.compile(r"/webhooks-journal/subscriptions/")),
    ("journal_snapshots", re.compile(r"/webhooks-journal/snapshots/")),
    ("journal", re.compile(r"/webhooks-journal/")),
)


@lru_cache(maxsize=8192)
def family_of(path: str) -> Family:
    return next((name for name, pattern in _FAMILIES if pattern.match(path)), "core")


def zone_offset_ms(zone: str, at_ms: int) -> int:
    """How far a time zone is ahead of UTC; nothing, on a machine that does not know the zone."""
    try:
        offset = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(zone)).utcoffset()
    except ZoneInfoNotFoundError:
        return 0
    return 0 if offset is None else int(offset.total_seconds() * 1000)


class Window:
    """At most `limit` calls in any `span_ms`."""

    __slots__ = ("_calls", "limit", "span_ms")

    def __init__(self, limit: int, span_ms: int) -> None:
        self.limit = limit
        self.span_ms = span_ms
        self._calls: deque[int] = deque()

    def remaining(self, now_ms: int) -> int:
        while self._calls and self._calls[0] <= now_ms - self.span_ms:
            self._calls.popleft()
        return self.limit - len(self._calls)

    def take(self, now_ms: int) -> None:
        self._calls.append(now_ms)

    def opens_in_ms(self, now_ms: int) -> int:
        """How long until one more call fits; for a window that is full."""
        return self._calls[0] + self.span_ms - now_ms if self._calls else 0


@dataclass(slots=True)
class DailyCount:
    """Calls of one account since midnight in its time zone."""

    limit: int
    day: int = 0
    used: int = 0

    def at(self, day: int) -> DailyCount:
        if self.day != day:
            self.day, self.used = day, 0
        return self


def rate_limited(policy: str) -> Refusal:
    return Refusal(
        f"You have reached your {policy.lower()} limit.",
        status=429,
        category="RATE_LIMITS",
        extra={"errorType": "RATE_LIMIT", "policyName": policy},
    )


class Limits:
    """The budgets of one account. All private apps share the daily one; the burst budget is each app's own.

    zone   the account's time zone: the daily budget begins anew at its midnight.
    """

    def __init__(self, clock: SimClock, *, enforced: bool, tier: Tier, increases: int = 0, zone: str = "UTC") -> None:
        self._clock = clock
        self.offset_ms = zone_offset_ms(zone, clock.now_ms())
        self.daily = DailyCount(0)
        self._association_daily = DailyCount(0)
        self.set_plan(enforced=enforced, tier=tier, increases=increases)

    def set_plan(self, *, enforced: bool, tier: Tier, increases: int) -> None:
        """Begin with fresh windows; what was used of the day stays used."""
        self.enforced, self.tier, self.increases = enforced, tier, increases
        self.burst = INCREASE_BURST if increases else BURST[tier]
        self._association_burst = 200 if increases else ASSOCIATION_BURST[tier]
        self.daily.limit = DAILY[tier] + increases * INCREASE_DAILY
        self._association_daily.limit = ASSOCIATION_DAILY * (2 if increases else 1)
        self._windows: dict[tuple[Family, str], Window] = {}

    def resets_at_ms(self) -> int:
        return (self._day() + 1) * DAY_MS - self.offset_ms

    def _day(self) -> int:
        return (self._clock.now_ms() + self.offset_ms) // DAY_MS

    def daily_used(self) -> int:
        return self.daily.at(self._day()).used

    def take(self, token: Token, path: str) -> None:
        """Count one call. Raises Refusal (429), and then the call is not counted."""
        family = family_of(path)
        now = self._clock.now_ms()
        window = self._window(family, token)
        days = self._days(family, token)
        if self.enforced:
            self._ensure_room(family, window, days, now)
        for day in days:
            day.used += 1
        if self.enforced:
            window.take(now)

    def _ensure_room(self, family: Family, window: Window, days: list[DailyCount], now: int) -> None:
        if any(day.used >= day.limit for day in days):
            raise rate_limited("DAILY")
        if window.remaining(now) <= 0:
            raise rate_limited("SECONDLY" if family in PER_SECOND else "TEN_SECONDLY_ROLLING")

    def opens_in_s(self, token: Token, path: str) -> int:
        """How long until a refused call would fit, in whole seconds."""
        family, now = family_of(path), self._clock.now_ms()
        if any(day.used >= day.limit for day in self._days(family, token)):
            return (self.resets_at_ms() - now) // 1000 + 1
        return max(1, -(-self._window(family, token).opens_in_ms(now) // 1000))

    def _days(self, family: Family, token: Token) -> list[DailyCount]:
        if token.kind not in ("private_app", "service_key") or family == "journal_snapshots":
            return []
        day = self._day()
        counts = [self.daily.at(day)]
        return [*counts, self._association_daily.at(day)] if family == "associations" else counts

    def _window(self, family: Family, token: Token) -> Window:
        owner = "" if family in PER_SECOND else token.kind + str(token.app_id)
        window = self._windows.get((family, owner))
        if window is None:
            window = self._windows[family, owner] = self._new_window(family, token)
        return window

    def _new_window(self, family: Family, token: Token) -> Window:
        if family in PER_SECOND:
            return Window(PER_SECOND[family], 1000)
        if token.kind == "oauth":
            return Window(OAUTH_BURST, BURST_MS)
        return Window(self._association_burst if family == "associations" else self.burst, BURST_MS)

    def headers(self, token: Token, path: str) -> list[tuple[str, str]]:
        """What every answer but a search's carries; the secondly pair is still sent and no longer enforced."""
        family = family_of(path)
        if family == "search":
            return []
        window = self._window(family, token)
        remaining = max(0, window.remaining(self._clock.now_ms()))
        secondly = max(1, window.limit // 10)
        headers = [
            ("X-HubSpot-RateLimit-Max", str(window.limit)),
            ("X-HubSpot-RateLimit-Remaining", str(remaining)),
            ("X-HubSpot-RateLimit-Interval-Milliseconds", str(window.span_ms)),
            ("X-HubSpot-RateLimit-Secondly", str(secondly)),
            ("X-HubSpot-RateLimit-Secondly-Remaining", str(min(secondly, remaining))),
        ]
        if self._days(family, token):
            left = self.daily.limit - self.daily_used() if self.enforced else self.daily.limit
            headers += [
                ("X-HubSpot-RateLimit-Daily", str(self.daily.limit)),
                ("X-HubSpot-RateLimit-Daily-Remaining", str(max(0, left))),
            ]
        return headers
