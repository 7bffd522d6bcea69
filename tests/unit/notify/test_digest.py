"""What an alert tells, and when: pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pasodoble.model.alert import Alert, Channel, Pace, Told, Trouble, find_digest, tell
from pasodoble.model.cause import Category
from pasodoble.model.side import Side

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)


def make_trouble(cause: str = "value.too_long", count: int = 3) -> Trouble:
    return Trouble(cause=cause, count=count, since=NOW, side=Side.SALESFORCE)


def make_alert(pace: Pace = Pace.AT_ONCE, *categories: Category) -> Alert:
    return Alert(channel=Channel.SLACK, address="https://chat.example/x", pace=pace, categories=categories)


def ask(alert: Alert, told: Told, troubles: list[Trouble], stopped: str = "", now: datetime = NOW):  # type: ignore[no-untyped-def]
    """The digest, and what has been told after it."""
    digest = find_digest(alert, told, troubles, stopped, now, "acme", "")
    return digest, tell(told, digest, troubles, stopped, now)


def test_a_new_cause_is_told_at_once_and_only_once() -> None:
    digest, told = ask(make_alert(), Told(at=NOW), [make_trouble()])
    assert [t.cause for t in digest.troubles] == ["value.too_long"]
    assert ask(make_alert(), told, [make_trouble(count=5)])[0] is None


def test_a_cause_that_has_doubled_is_news() -> None:
    _, told = ask(make_alert(), Told(at=NOW), [make_trouble()])
    digest, _ = ask(make_alert(), told, [make_trouble(count=6)])
    assert [(t.count, t.told) for t in digest.troubles] == [(6, 3)]


def test_a_cause_that_was_over_is_news_when_it_comes_back() -> None:
    _, told = ask(make_alert(), Told(at=NOW), [make_trouble()])
    _, told = ask(make_alert(), told, [])
    assert ask(make_alert(), told, [make_trouble(count=1)])[0] is not None


def test_problems_that_were_all_put_aside_are_not_told() -> None:
    assert ask(make_alert(), Told(at=NOW), [make_trouble(count=0)])[0] is None


def test_only_the_wanted_categories_are_told() -> None:
    troubles = [make_trouble(), make_trouble("permission.field")]
    digest, _ = ask(make_alert(Pace.AT_ONCE, Category.PERMISSIONS), Told(at=NOW), troubles)
    assert [t.cause for t in digest.troubles] == ["permission.field"]


def test_a_run_that_stopped_is_told_once_until_runs_go_well_again() -> None:
    digest, told = ask(make_alert(), Told(at=NOW), [], "suspended")
    assert digest.stopped == "suspended"
    assert ask(make_alert(), told, [], "suspended")[0] is None
    _, told = ask(make_alert(), told, [])
    assert ask(make_alert(), told, [], "suspended")[0] is not None


def test_a_daily_alert_waits_for_its_day_and_then_tells_all_that_is_open() -> None:
    alert, told = make_alert(Pace.DAILY), Told(at=NOW)
    assert ask(alert, told, [make_trouble()], now=NOW + timedelta(hours=23))[0] is None
    digest, told = ask(alert, told, [make_trouble()], now=NOW + timedelta(hours=24))
    assert [t.count for t in digest.troubles] == [3]
    digest, _ = ask(alert, told, [make_trouble()], now=NOW + timedelta(hours=48))
    assert [(t.count, t.told) for t in digest.troubles] == [(3, 3)]


def test_a_weekly_alert_has_nothing_to_say_when_all_is_well() -> None:
    assert ask(make_alert(Pace.WEEKLY), Told(at=NOW), [], now=NOW + timedelta(days=8))[0] is None
