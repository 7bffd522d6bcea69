"""Waiting for Ctrl-C or a polite kill, so that long commands stop cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import signal


async def until_stopped() -> None:
    """Returns at the first SIGINT or SIGTERM; a second one ends the process at once."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, _stop_once, stopped, number)
    await stopped.wait()


def _stop_once(stopped: asyncio.Event, number: signal.Signals) -> None:
    loop = asyncio.get_running_loop()
    loop.remove_signal_handler(number)
    stopped.set()
