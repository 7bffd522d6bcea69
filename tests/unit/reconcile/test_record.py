"""Whole records: problems of single fields, what fails is taken back, a person's choice, and the fields with laws of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pasodoble.model.rule import Policy, UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Conflict, Keep, Take
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.merge import diff_field
from pasodoble.reconcile.policy import Arbiter
from pasodoble.reconcile.record import FieldMerge, merge_record
from pasodoble.reconcile.special import STAGES, advance_stage

NOT_KEPT = Pair(MISSING, MISSING)


def make(
    now: Pair[Value],
    base: Pair[Value] | None = None,
    rule: UpdateRule = UpdateRule.TWO_WAY,
    *,
    carried: Pair[Value] | None = None,
    policy: Policy = Policy.RULE,
    **more: object,
) -> Field:
    field = Field(
        key="x",
        names=Pair("x", "X__c"),
        rule=rule,
        now=now,
        held=now,
        carried=carried or now,
        base=base,
        changed=diff_field(base, now),
        policy=policy,
    )
    return replace(field, **more)  # type: ignore[arg-type]  # any field of Field


def merge(field: Field, arbiter: Arbiter | None = None, **chosen: Side) -> FieldMerge:
    return merge_record([field], arbiter=arbiter or Arbiter(), chosen=chosen).decided["x"]


SAME: Pair[Value] = Pair("a", "a")
EDITED: Pair[Value] = Pair("b", "a")
CLASH: Pair[Value] = Pair("b", "c")


def test_a_change_is_carried_and_becomes_the_base() -> None:
    found = merge(make(EDITED, SAME))
    assert found.after == Pair("b", "b")
    assert (found.writes(Side.HUBSPOT), found.writes(Side.SALESFORCE)) == (False, True)
    assert found.settle() == Pair("b", "b")


def test_a_failed_field_keeps_its_base_so_that_it_is_still_a_change() -> None:
    done = merge_record([make(EDITED, SAME)])
    assert done.settle(Pair((), ("x",))) == {"x": SAME}
    assert done.settle(Pair(("x",), ())) == {"x": Pair("b", "b")}, "HubSpot was not to be written"
    assert merge_record([make(EDITED)]).settle(Pair(("x",), ())) == {}


def test_a_value_that_cannot_be_carried_is_a_problem_of_its_own_field() -> None:
    long = make(EDITED, SAME, carried=Pair(MISSING, "a"), obstacle=Pair("value.too_long", ""))
    done = merge_record([long, replace(long, key="y", carried=EDITED, obstacle=Pair("", ""))])
    bad, good = done.decided["x"], done.decided["y"]
    assert bad.problem is not None
    assert (bad.problem.cause, bad.problem.side, bad.problem.fields) == ("value.too_long", Side.SALESFORCE, ("X__c",))
    assert bad.after == EDITED
    assert bad.settle() == SAME
    assert good.after == Pair("b", "b")
    assert done.problems == (bad.problem,)
    assert done.needs_another_look


def test_an_unreadable_value_is_told_where_it_stands_and_writes_nothing() -> None:
    found = merge(make(Pair(MISSING, "a"), SAME, obstacle=Pair("value.invalid_number", "")))
    assert found.problem is not None
    assert (found.problem.side, found.problem.fields) == (Side.HUBSPOT, ("x",))
    assert found.settle() == SAME


def test_a_value_that_would_lose_anyway_is_no_problem() -> None:
    found = merge(make(Pair("a", "b"), SAME, carried=Pair(MISSING, "b"), obstacle=Pair("value.too_long", "")))
    assert found.problem is None
    assert found.after == Pair("b", "b")


def test_a_side_that_may_not_be_written_is_left_and_asked_again() -> None:
    found = merge(make(EDITED, SAME, writable=Pair(True, False)))
    assert found.after == EDITED
    assert found.verdict.reason.id == "rule.read_only"
    assert found.settle() == SAME


def test_a_dormant_line_carries_nothing_and_has_no_base() -> None:
    found = merge(make(EDITED, SAME, dormant=True))
    assert found.after == EDITED
    assert found.settle() is None


def test_a_clash_names_the_value_that_is_lost() -> None:
    found = merge(make(CLASH, SAME))
    assert found.contested
    assert found.lost == {Side.HUBSPOT: "b"}


def test_where_a_person_is_to_choose_nothing_is_written_until_one_does() -> None:
    ask = Arbiter(winner=None)
    found = merge(make(CLASH, SAME), ask)
    assert isinstance(found.verdict, Conflict)
    assert found.contested
    assert found.after == CLASH
    assert found.settle() == SAME
    assert merge(make(CLASH, SAME), ask, x=Side.HUBSPOT).after == Pair("b", "b")
    assert merge(make(CLASH, SAME), ask, x=Side.SALESFORCE).after == Pair("c", "c")


def test_a_choice_about_a_field_in_step_changes_nothing() -> None:
    assert isinstance(merge(make(SAME, SAME), x=Side.HUBSPOT).verdict, Keep)


def test_an_edit_under_our_own_write_is_written_back_where_it_wins() -> None:
    covered = make(Pair("mine", "theirs"), Pair("theirs", "theirs"), held=Pair("theirs", "theirs"))
    covered = replace(covered, changed=Pair(True, True))
    won = merge(covered, Arbiter(winner=Side.HUBSPOT))
    assert won.after == Pair("mine", "mine")
    assert won.writes(Side.HUBSPOT) and won.writes(Side.SALESFORCE)
    lost = merge(covered, Arbiter(winner=Side.SALESFORCE))
    assert lost.after == Pair("theirs", "theirs")
    assert lost.lost == {Side.HUBSPOT: "mine"}
    assert not lost.writes(Side.HUBSPOT)


# --- fields with laws of their own -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", [UpdateRule.TWO_WAY, UpdateRule.ALWAYS_SALESFORCE, UpdateRule.ALWAYS_HUBSPOT])
def test_an_address_blanked_on_one_side_is_put_back_from_the_other(rule: UpdateRule) -> None:
    for now in (Pair(None, "a"), Pair("a", None)):
        found = merge(make(now, SAME, rule, policy=Policy.NEVER_BLANK))
        assert found.after == SAME
        assert found.contested


@pytest.mark.parametrize(
    ("now", "base", "reason"),
    [
        pytest.param(Pair(None, "a"), None, "rule.first_fill", id="first sync: nobody has blanked it"),
        pytest.param(Pair(None, "a"), Pair(None, None), "rule.changed", id="chosen for the first time"),
        pytest.param(Pair(None, "a"), SAME, "special.never_blank", id="blanked, and put back"),
    ],
)
def test_a_filled_blank_is_told_as_what_it_is(now: Pair[Value], base: Pair[Value] | None, reason: str) -> None:
    for policy in (Policy.NEVER_BLANK, Policy.OWNER):
        assert merge(make(now, base, policy=policy)).verdict.reason.id == reason


def test_no_law_makes_a_field_sync_that_is_not_to() -> None:
    for policy in Policy:
        found = merge(make(Pair(None, "a"), None, UpdateRule.DONT_SYNC, policy=policy))
        assert found.after == Pair(None, "a")
        assert found.settle() is None


OUT: Pair[Value] = Pair(True, True)
IN: Pair[Value] = Pair(False, False)


@pytest.mark.parametrize(
    ("now", "base", "after", "contested"),
    [
        pytest.param(Pair(True, False), IN, OUT, False, id="G-01 opted out in HubSpot"),
        pytest.param(Pair(False, True), IN, OUT, False, id="G-01 opted out in Salesforce"),
        pytest.param(Pair(True, False), OUT, OUT, True, id="G-02 unticked in Salesforce"),
        pytest.param(Pair(False, True), OUT, IN, False, id="G-02 opted in again in HubSpot"),
        pytest.param(Pair(True, False), None, OUT, False, id="first sync, out in HubSpot"),
        pytest.param(Pair(False, True), None, OUT, False, id="first sync, out in Salesforce"),
        pytest.param(Pair(None, True), None, OUT, False, id="first sync, unknown in HubSpot"),
    ],
)
def test_opt_out(now: Pair[Value], base: Pair[Value] | None, after: Pair[Value], contested: bool) -> None:
    found = merge(make(now, base, policy=Policy.OPT_OUT))
    assert found.after == after
    assert found.contested == contested


def owner(now: Pair[Value], base: Pair[Value] | None, carried: Pair[Value]) -> FieldMerge:
    unknown = Pair(*("owner.unresolved" if value is MISSING else "" for value in carried))
    rule = UpdateRule.ALWAYS_SALESFORCE
    return merge(make(now, base, rule, carried=carried, policy=Policy.OWNER, obstacle=unknown))


ANA: Pair[Value] = Pair("7", "005A")


def test_an_owner_goes_both_ways_whatever_its_rule() -> None:
    assert owner(Pair("8", "005A"), ANA, Pair("005B", "7")).after == Pair("8", "005B")
    assert owner(Pair("7", "005B"), ANA, Pair("005A", "8")).after == Pair("8", "005B")


def test_an_owner_of_hubspot_that_matches_nobody_is_put_back() -> None:
    found = owner(Pair("9", "005A"), ANA, Pair(MISSING, "7"))
    assert found.after == ANA
    assert found.contested
    assert found.problem is None


def test_an_owner_of_salesforce_that_matches_nobody_leaves_hubspot_as_it_is() -> None:
    found = owner(Pair("7", "00G1"), ANA, Pair("005A", MISSING))
    assert found.after == Pair("7", "00G1")
    assert found.verdict.reason.id == "special.owner_unmatched"
    assert found.problem is None, "each lead of a queue would be in trouble"
    left = found.settle()
    assert left == Pair("7", "00G1")
    assert owner(left, left, Pair("005A", "8")).after == Pair("8", "00G1"), "it goes across once somebody matches"


@pytest.mark.parametrize("winner", [None, *Side])
def test_an_owner_that_was_left_unmatched_rests_whoever_wins_ties(winner: Side | None) -> None:
    for now, carried in ((Pair("7", "00G1"), Pair("005A", MISSING)), (Pair("9", "005A"), Pair(MISSING, "7"))):
        field = make(now, now, carried=carried, policy=Policy.OWNER)
        found = merge(field, Arbiter(winner=winner))
        assert found.verdict.reason.id == "special.owner_unmatched"
        assert found.after == now


@pytest.mark.parametrize("before", [None, ANA])
def test_o07_an_owner_chosen_in_hubspot_later_goes_over_one_that_matches_nobody(before: Pair[Value] | None) -> None:
    left = owner(Pair("7", "00G1"), before, Pair("005A", MISSING)).settle()
    assert owner(Pair("8", "00G1"), left, Pair("005B", MISSING)).after == Pair("8", "005B")


def test_a_blank_owner_of_hubspot_is_filled_from_salesforce() -> None:
    assert owner(Pair(None, "005A"), ANA, Pair(None, "7")).after == ANA


def stage(now: Pair[Value], base: Pair[Value] | None = None) -> FieldMerge:
    return merge(make(now, base, policy=Policy.STAGE))


def test_a_stage_never_moves_backwards_in_hubspot() -> None:
    found = stage(Pair("customer", "lead"), Pair("customer", "customer"))
    assert isinstance(found.verdict, Keep)
    assert found.after == Pair("customer", "lead")
    assert found.settle() == Pair("customer", "lead"), "told once, then quiet"


def test_a_stage_moves_forward_and_a_stage_of_ones_own_moves_freely() -> None:
    assert stage(Pair("lead", "customer"), Pair("lead", "lead")).after == Pair("customer", "customer")
    assert stage(Pair("customer", "own"), Pair("customer", "customer")).after == Pair("own", "own")
    assert stage(Pair("customer", "lead"), Pair("lead", "lead")).after == Pair("customer", "customer")


@pytest.mark.parametrize(
    ("before", "open_deals", "won_deals", "after"),
    [
        pytest.param("lead", 1, 0, "opportunity", id="L-02"),
        pytest.param("opportunity", 1, 1, "customer", id="L-03"),
        pytest.param("customer", 1, 0, None, id="L-04"),
        pytest.param("customer", 0, 1, None, id="already there"),
        pytest.param("lead", 0, 0, None, id="L-05"),
        pytest.param(None, 1, 0, "opportunity", id="without a stage"),
        pytest.param("vip", 0, 1, None, id="a stage of one's own"),
    ],
)
def test_roles_on_opportunities_move_the_stage(
    before: str | None, open_deals: int, won_deals: int, after: str | None
) -> None:
    assert advance_stage(before, open_deals=open_deals, won_deals=won_deals) == after


def test_the_stages_stand_in_their_order() -> None:
    assert STAGES.index("lead") < STAGES.index("opportunity") < STAGES.index("customer")


def test_the_verdict_of_a_field_that_is_carried_names_its_side() -> None:
    verdict = merge(make(EDITED, SAME)).verdict
    assert isinstance(verdict, Take)
    assert verdict.side is Side.HUBSPOT
    assert dict(verdict.reason.params) == {"side": "hubspot"}


def test_stages_have_the_order_in_which_hubspot_counts_them() -> None:
    names = "subscriber lead marketingqualifiedlead salesqualifiedlead opportunity customer evangelist"
    assert " ".join(STAGES) == names
