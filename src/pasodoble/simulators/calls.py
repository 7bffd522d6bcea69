"""The call log behind `/__sandbox__/calls`: what was asked of a simulator since the last reset, and what it cost."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pasodoble.simulators.http import Request, Response

MAX_CALLS = 200_000


class CallLog:
    """The newest calls in order, the door's own left out; `total` counts all since the reset, dropped ones too."""

    def __init__(self) -> None:
        self._calls: deque[tuple[str, str, int, int, int, int]] = deque(maxlen=MAX_CALLS)
        self.total = 0

    def note(self, request: Request, response: Response) -> None:
        self.total += 1
        self._calls.append(
            (request.method, request.path, response.status, response.records, response.writes, response.cost)
        )

    def reset(self) -> None:
        self._calls.clear()
        self.total = 0

    def listing(self) -> dict[str, Any]:
        names = ("method", "path", "status", "records", "writes", "cost")
        return {"calls": [dict(zip(names, call, strict=True)) for call in self._calls], "total": self.total}
