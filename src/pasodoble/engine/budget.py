"""The Budget port for all workers of a connection: paces calls by the vendors' windows, keeps the user's allotment exactly.

A window allows 97 % of the vendor's calls in any span of its length; where it stands is one row that all workers share, so
that a call is counted before it is sent. Of the day's allotment a few calls are set aside at a time; what is set aside counts as used until it is given back. What a vendor's headers
are called is `connectors/<vendor>/limits`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pasodoble.errors import QuotaSpent
from pasodoble.model.settings import Connection
from pasodoble.model.side import Side
from pasodoble.ports import Clock, Store, Transaction, Usage, WindowRule

SHARE: Final = 0.97
MAY_USE: Final = {"manual": 1.0, "edit": 0.98, "check": 0.95, "verify": 0.85, "backfill": 0.8}
"""By purpose, up to which part of the day's calls it may go: what is left is for what is more urgent."""
ASIDE: Final = 20
"""Calls set aside at once, while many are left."""
MANY: Final = 500
SLOTS: Final = 100
"""Calls that lie closer together than a hundredth of the window are one entry of its log, dated by the last."""
DAY: Final = timedelta(hours=24)

Windows = Mapping[Side, Mapping[str, tuple[WindowRule, ...]]]


@dataclass(slots=True)
class Purse:
    """What one run has spent, and on what."""

    purpose: str
    calls: Counter[Side] = field(default_factory=Counter)


PURSE: ContextVar[Purse | None] = ContextVar("purse", default=None)


@contextmanager
def spending(purpose: str) -> Iterator[Purse]:
    """Calls made in the block are for this purpose, and counted in the purse."""
    purse = Purse(purpose)
    before = PURSE.set(purse)
    try:
        yield purse
    finally:
        PURSE.reset(before)


@dataclass(slots=True)
class Window:
    """At most `calls` in any `seconds`. `log`: when how many were or will be sent, oldest first; seconds since 1970."""

    calls: float
    seconds: float
    log: list[tuple[float, int]] = field(default_factory=list)
    shut_until: float = 0.0

    def take(self, now: float, count: int = 1) -> float:
        """Book `count` calls at the first moment at which they fit; gives how many seconds that is away."""
        self.log = [entry for entry in self.log if entry[0] > now - self.seconds]
        at = max(now, self.shut_until, self.log[-1][0] if self.log and self.log[-1][0] > now else 0.0)
        excess = sum(n for when, n in self.log if when > at - self.seconds) + count - self.calls
        for when, n in self.log:
            if excess <= 0:
                break
            if when > at - self.seconds:
                at, excess = max(at, when + self.seconds), excess - n
        self._note(at, count)
        return at - now

    def _note(self, at: float, count: int) -> None:
        if self.log and at - self.log[-1][0] < self.seconds / SLOTS and len(self.log) >= SLOTS:
            self.log[-1] = (at, self.log[-1][1] + count)
        else:
            self.log.append((at, count))

    def correct(self, usage: Usage, now: float) -> None:
        """What the vendor says of it: a bigger window, calls of others, a wish to be left alone."""
        if usage.allowed and usage.seconds:
            self.calls, self.seconds = max(1.0, usage.allowed * SHARE), usage.seconds
            used = sum(n for when, n in self.log if now - self.seconds < when <= now)
            if usage.left is not None and (others := usage.allowed - usage.left - used) > 0:
                self.log = sorted([*self.log, (now, others)])
        self.shut_until = max(self.shut_until, now + usage.shut_s if usage.shut_s else 0.0)

    def document(self) -> Mapping[str, Any]:
        return {"calls": self.calls, "seconds": self.seconds, "log": self.log, "shut_until": self.shut_until}


def read_window(rule: WindowRule, document: Mapping[str, Any]) -> Window:
    if not document:
        return Window(max(1.0, rule.calls * SHARE), rule.seconds)
    log = [(float(at), int(n)) for at, n in document["log"]]
    return Window(document["calls"], document["seconds"], log, document["shut_until"])


class SharedBudget:
    """One connection's. There may be any number of these at a time, in any number of processes."""

    def __init__(self, settings: Connection, store: Store, clock: Clock, windows: Windows) -> None:
        self._name = settings.name
        self._store = store
        self._clock = clock
        self._windows = windows
        limits = settings.limits
        self._allotted = {
            Side.SALESFORCE: limits.salesforce_calls_per_day,
            Side.HUBSPOT: limits.hubspot_calls_per_day,
        }
        self._aside: Counter[tuple[Side, str]] = Counter()
        self._told: dict[tuple[Side, str], Usage] = {}
        self._day: dict[Side, Usage] = {}
        self._used: Counter[Side] = Counter()

    async def take(self, side: Side, api: str, *, purpose: str, count: int = 1) -> None:
        purse = PURSE.get()
        why = purse.purpose if purse is not None else "manual"
        self._ensure_vendor_has(side, why)
        rules = self._windows.get(side, {}).get(api, ())
        wait_s = 0.0
        if rules or self._aside[side, why] < count:
            with self._store.transaction(self._name) as tx:
                if self._aside[side, why] < count:
                    self._aside[side, why] += self._set_aside(tx, side, why, count)
                wait_s = self._pass_windows(tx, side, rules, count)
        self._aside[side, why] -= count
        self._used[side] += count
        if purse is not None:
            purse.calls[side] += count
        if wait_s > 0:
            await self._clock.sleep(wait_s)

    def _set_aside(self, tx: Transaction, side: Side, why: str, count: int) -> int:
        """Raises QuotaSpent when this purpose has no more."""
        now = self._clock.now()
        allotted = self._allotted[side]
        wanted = max(count, ASIDE)
        if allotted is not None:
            since = now.replace(minute=0, second=0, microsecond=0) - DAY + timedelta(hours=1)
            rows = [row for row in tx.calls.load(since) if row.side is side]
            left = int(allotted * MAY_USE[why]) - sum(row.count for row in rows)
            wanted = wanted if left > MANY else count
            if left < count:
                hours = sorted(row.hour for row in rows if row.count > 0)
                raise QuotaSpent(
                    f"{side}: of the {allotted} calls a day that you allot none are left for this ({why})",
                    resets_at=(hours[0] if hours else now) + DAY,
                )
        tx.calls.add(side, why, now.replace(minute=0, second=0, microsecond=0), wanted)
        return wanted

    def _ensure_vendor_has(self, side: Side, why: str) -> None:
        """The account's own calls of the day, of which others live too."""
        usage = self._day.get(side)
        if usage is None or not usage.allowed or usage.left is None:
            return
        if usage.allowed - usage.left >= usage.allowed * MAY_USE[why]:
            del self._day[side]  # one call an hour asks again
            raise QuotaSpent(
                f"{side}: {usage.left} of the account's {usage.allowed} calls a day are left, none for this ({why})",
                resets_at=self._clock.now() + timedelta(hours=1),
            )

    def _pass_windows(self, tx: Transaction, side: Side, rules: Collection[WindowRule], count: int) -> float:
        if not rules:
            return 0.0
        now = self._clock.now().timestamp()
        kept = tx.calls.hold_windows(side, [rule.name for rule in rules])
        windows = {rule.name: read_window(rule, kept[rule.name]) for rule in rules}
        for name, window in windows.items():
            if (usage := self._told.pop((side, name), None)) is not None:
                window.correct(usage, now)
        wait_s = max(window.take(now, count) for window in windows.values())
        tx.calls.save_windows(side, {name: window.document() for name, window in windows.items()})
        return wait_s

    def note(self, side: Side, usage: Usage) -> None:
        if usage.window == "day":
            self._day[side] = usage
        elif usage.shut_s or usage.allowed:
            self._told[side, usage.window] = usage

    def used(self) -> Mapping[Side, int]:
        """By this run where one has a purse, else by this process."""
        purse = PURSE.get()
        return dict.fromkeys(Side, 0) | (self._used if purse is None else purse.calls)

    def close(self) -> None:
        """Give back what was set aside and not used."""
        hour = self._clock.now().replace(minute=0, second=0, microsecond=0)
        left = {key: count for key, count in self._aside.items() if count > 0}
        self._aside.clear()
        if left:
            with self._store.transaction(self._name) as tx:
                for (side, why), count in left.items():
                    tx.calls.add(side, why, hour, -count)


def spent_since(store: Store, name: str, now: datetime) -> list[Any]:
    """Calls of the last 24 hours, by hour, side and purpose."""
    since = now.replace(minute=0, second=0, microsecond=0) - DAY + timedelta(hours=1)
    with store.transaction(name, read_only=True) as tx:
        return list(tx.calls.load(since))
