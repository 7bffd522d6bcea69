"""Who wins when a rule alone cannot say: times that are surely apart, and rules that let a value across."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.reconcile.policy import Arbiter, Span, may_write

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEADER = {
    UpdateRule.ALWAYS_SALESFORCE: Side.SALESFORCE,
    UpdateRule.ALWAYS_HUBSPOT: Side.HUBSPOT,
}


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(("apart_s", "known"), [(0, False), (1, False), (1.001, True), (2, True), (60, True)])
def test_a_change_is_later_only_when_clocks_a_second_apart_could_not_have_it_otherwise(
    side: Side, apart_s: float, known: bool
) -> None:
    later, earlier = (Span.at(NOON + timedelta(seconds=s)) for s in (apart_s, 0))
    found = Arbiter().find_later(Pair.of(side, later, earlier))
    assert found == (side if known else None)


def test_a_span_counts_by_its_near_end() -> None:
    long = Span(NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    assert Arbiter().find_later(Pair(Span.at(NOON), long)) is None
    assert Arbiter().find_later(Pair(Span.at(NOON + timedelta(hours=2)), long)) is Side.HUBSPOT
    assert Arbiter().find_later(Pair(None, long)) is None


def test_the_mirror_of_an_arbiter_is_seen_from_the_other_side() -> None:
    own = Arbiter(winner=Side.HUBSPOT, skew=timedelta(seconds=5), marketing=Side.SALESFORCE)
    assert own.swapped() == Arbiter(winner=Side.SALESFORCE, skew=timedelta(seconds=5), marketing=Side.HUBSPOT)
    assert Arbiter(winner=None).swapped().winner is None


@pytest.mark.parametrize(("rule", "side"), list(product(UpdateRule, Side)))
def test_which_side_a_rule_may_ever_write(rule: UpdateRule, side: Side) -> None:
    assert may_write(rule, side) is (rule is not UpdateRule.DONT_SYNC and LEADER.get(rule) is not side)
