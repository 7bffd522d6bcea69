"""A rate window: in no span of its length more than it allows, and never slower than that."""

from __future__ import annotations

import random

import pytest

from pasodoble.engine.budget import Window, read_window
from pasodoble.ports import Usage, WindowRule


def drive(window: Window, seed: int, calls: int) -> list[float]:
    """When calls go out that callers ask for in bursts, each waiting as long as it is told."""
    dice = random.Random(seed)
    now, sent = 1_000.0, []
    for _ in range(calls):
        now += dice.choice([0.0, 0.0, 0.001, 0.05, 3.0])
        sent.append(now + window.take(now))
    return sorted(sent)


@pytest.mark.parametrize("seed", range(20))
def test_no_span_holds_more_than_is_allowed(seed: int) -> None:
    sent = drive(Window(19.0, 10.0), seed, 400)
    for start in sent:
        assert sum(start <= at < start + 10.0 for at in sent) <= 19


def test_load_that_never_stops_gets_all_that_is_allowed() -> None:
    window = Window(184.3, 10.0)
    ends = max(1_000.0 + window.take(1_000.0) for _ in range(10 * 184))
    assert ends - 1_000.0 <= 9 * 10.0 * 1.02


def test_idle_window_lets_a_burst_pass_at_once() -> None:
    window = Window(100.0, 10.0)
    assert [window.take(1_000.0) for _ in range(100)] == [0.0] * 100
    assert window.take(1_000.0) > 9.9


def test_calls_of_others_count() -> None:
    window = Window(97.0, 10.0)
    window.correct(Usage(window="burst", allowed=100, left=10, seconds=10.0), 1_000.0)
    assert [window.take(1_000.0) for _ in range(7)] == [0.0] * 7
    assert window.take(1_000.0) > 9.0


def test_bigger_tier_is_believed() -> None:
    window = Window(97.0, 10.0)
    window.correct(Usage(window="burst", allowed=190, left=190, seconds=10.0), 1_000.0)
    assert sum(window.take(1_000.0) == 0.0 for _ in range(200)) == 184


def test_vendor_that_asks_to_be_left_alone_is() -> None:
    window = Window(97.0, 10.0)
    window.correct(Usage(window="burst", shut_s=7.0), 1_000.0)
    assert window.take(1_000.0) == 7.0


def test_window_comes_back_from_its_document() -> None:
    rule = WindowRule(name="burst", calls=100, seconds=10.0)
    window = read_window(rule, {})
    window.take(1_000.0, 40)
    assert read_window(rule, window.document()).take(1_000.0, 58) > 0
    assert read_window(rule, window.document()).take(1_000.0, 57) == 0


def test_log_stays_short_however_many_calls() -> None:
    window = Window(10_000.0, 10.0)
    for i in range(10_000):
        window.take(1_000.0 + i / 1_000)
    assert len(window.log) <= 250
