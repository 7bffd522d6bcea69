"""The operating system's clock behind the Clock port: the only place that asks it for the time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the port's adapter

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
