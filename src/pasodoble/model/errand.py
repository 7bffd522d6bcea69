"""An errand: a piece of durable work that a runner runs, by name. What is done in it is the engine's matter."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote, unquote


class Lane(StrEnum):
    """Errands of different lanes run beside each other, so that a person never waits behind a cycle."""

    MANUAL = "manual"
    LIVE = "live"
    BACKFILL = "backfill"


PRIORITY: Final = {Lane.MANUAL: 1, Lane.LIVE: 10, Lane.BACKFILL: 100}
"""Where errands wait for a worker, the smaller number goes first."""


@dataclass(frozen=True, slots=True, order=True)
class Errand:
    """At most one run of an errand is under way; whoever asks for it meanwhile joins that run.

    what    "signals", "check", "verify", ..., or the kind that it is about
    shard   errands that differ in nothing else share one heap of work
    """

    connection: str
    what: str
    lane: Lane
    shard: int = 0

    def __str__(self) -> str:
        return f"{quote(self.connection, safe='')}/{quote(self.what, safe='')}/{self.lane}/{self.shard}"


def parse_errand(text: str) -> Errand:
    """The errand of this name. Raises ValueError."""
    connection, what, lane, shard = text.split("/")
    return Errand(unquote(connection), unquote(what), Lane(lane), int(shard))
