"""Alerts: who wants to be told of trouble, how and how often; and what there is to tell.

How an alert travels does not belong here (`notify`), nor the words for it (`words`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pasodoble.model.cause import Category
from pasodoble.model.causes import get_cause
from pasodoble.model.side import Side


class Channel(StrEnum):
    WEBHOOK = "webhook"
    SLACK = "slack"
    EMAIL = "email"


class Pace(StrEnum):
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


INTERVALS: Final = {Pace.AT_ONCE: timedelta(0), Pace.DAILY: timedelta(days=1), Pace.WEEKLY: timedelta(days=7)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One wish to be told. `categories`: only causes of these, all where empty. `secret` signs a webhook."""

    channel: Channel
    address: str
    pace: Pace = Pace.AT_ONCE
    categories: tuple[Category, ...] = ()
    language: str = "en"
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The server that alerts by email leave through. `security`: "starttls", "tls" or "none"."""

    host: str
    port: int = 587
    security: str = "starttls"
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """All open problems of one cause. `told`: how many there were when this was last told, 0 if never."""

    cause: str
    count: int
    since: datetime
    side: Side
    told: int = 0

    @property
    def is_news(self) -> bool:
        """A cause that is new, or that has at least doubled since it was told of."""
        return self.told == 0 or self.count >= 2 * self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one alert says. `stopped`: why the last run ended early, "" if it did not. `address`: of the problems' page."""

    connection: str
    at: datetime
    troubles: Sequence[Trouble]
    stopped: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an alert has said so far: when last, how many problems by cause, and why a run had stopped."""

    at: datetime
    counts: dict[str, int] = field(default_factory=dict)
    stopped: str = ""


def find_digest(
    alert: Alert, told: Told, troubles: Sequence[Trouble], stopped: str, now: datetime, connection: str, address: str
) -> Digest | None:
    """What is to be told now, or None.

    At once: what is new or much worse than when it was told. Daily and weekly: all that is open, when the time has come.
    """
    wanted = [
        Trouble(cause=t.cause, count=t.count, since=t.since, side=t.side, told=told.counts.get(t.cause, 0))
        for t in troubles
        if t.count and (not alert.categories or get_cause(t.cause).category in alert.categories)
    ]
    digest = Digest(connection=connection, at=now, troubles=wanted, stopped=stopped, address=address)
    if alert.pace is Pace.AT_ONCE:
        news = [trouble for trouble in wanted if trouble.is_news]
        stops_anew = bool(stopped) and stopped != told.stopped
        if not news and not stops_anew:
            return None
        return Digest(
            connection=connection, at=now, troubles=news, stopped=stopped if stops_anew else "", address=address
        )
    is_time = now - told.at >= INTERVALS[alert.pace]
    return digest if is_time and (wanted or stopped) else None


def tell(told: Told, digest: Digest | None, troubles: Sequence[Trouble], stopped: str, now: datetime) -> Told:
    """What has been said once the digest is out. A cause that is over is forgotten, so that it is news when it comes back."""
    is_open = {trouble.cause for trouble in troubles if trouble.count}
    counts = {cause: count for cause, count in told.counts.items() if cause in is_open}
    if digest is None:
        return Told(at=told.at, counts=counts, stopped=told.stopped if stopped else "")
    counts.update({trouble.cause: trouble.count for trouble in digest.troubles})
    return Told(at=now, counts=counts, stopped=stopped)
