"""A vendor that answers from a script, a clock that does not wait, and a budget that counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from pasodoble.model.side import Side

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


class StillClock:
    def __init__(self) -> None:
        self.moment = START
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)


class CountingBudget:
    def __init__(self) -> None:
        self.taken: list[str] = []
        self.noted: list[Mapping[str, str]] = []

    async def take(self, side: Side, api: str, *, purpose: str, count: int = 1) -> None:
        self.taken += [api] * count

    def note(self, side: Side, headers: Mapping[str, str]) -> None:
        self.noted.append(headers)

    def used(self) -> Mapping[Side, int]:
        return {Side.HUBSPOT: len(self.taken), Side.SALESFORCE: len(self.taken)}


class Script:
    """Answers each request by `answer`, and keeps what was asked."""

    def __init__(self, answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
        self.requests: list[httpx2.Request] = []
        self._answer = answer

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        return self._answer(request)

    @property
    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self)


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def budget() -> CountingBudget:
    return CountingBudget()


@pytest.fixture
def script() -> Callable[..., Script]:
    """`script(a, b, c)`: answers in turn, the last one for ever. An exception is raised, a function is asked."""

    def make(*answers: Any) -> Script:
        left = list(answers)

        def answer(request: httpx2.Request) -> httpx2.Response:
            one = left.pop(0) if len(left) > 1 else left[0]
            if isinstance(one, Exception):
                raise one
            return one(request) if callable(one) else one

        return Script(answer)

    return make
