"""Upkeep: once a night, what the settings no longer want kept is forgotten, in small batches between which others write.

What is kept for how long is a setting; how rows are deleted is the store's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from pasodoble.engine.connected import Connected

AT_ONCE: Final = 2_000
REQUESTS_KEPT: Final = timedelta(days=1)
CALLS_KEPT: Final = timedelta(days=8)


async def tidy(at: Connected) -> bool:
    """One batch; gives whether there is more to forget."""
    now, kept = at.clock.now(), at.settings.retention
    with at.store.transaction(at.settings.name) as tx:
        tx.leases.sweep(now - REQUESTS_KEPT)
        tx.requests.sweep(now - REQUESTS_KEPT)
        tx.calls.sweep(now - CALLS_KEPT)
        history = tx.history.forget(now - kept.history, AT_ONCE)
        traces = tx.traces.forget(now - kept.traces, AT_ONCE)
        runs = tx.runs.forget(now - kept.history, AT_ONCE)
    return AT_ONCE in (history, traces, runs)
