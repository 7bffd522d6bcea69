"""A lookup holds one record: which one, when HubSpot has several and both sides change."""

from __future__ import annotations

from itertools import product

from pasodoble.model.link import Tie
from pasodoble.model.ref import Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.reconcile.ties import choose_one, merge_one

A, B, C = (Pair(Ref(Side.HUBSPOT, "companies", str(n)), Ref(Side.SALESFORCE, "Account", f"001{n}")) for n in range(3))
PARTNERS = {pair[side]: pair[side.other] for pair in (A, B, C) for side in SIDES}
STRANGER = Ref(Side.HUBSPOT, "companies", "99")


def now(hubspot: Pair[Ref] | None, salesforce: Pair[Ref] | None) -> Pair[Ref | None]:
    return Pair(hubspot and hubspot.hubspot, salesforce and salesforce.salesforce)


def test_a11_the_side_that_changed_leads_and_salesforce_where_both_did() -> None:
    for base, here, there in product((None, A), (None, A, B, C), (None, A, B, C)):
        found = merge_one(base and Tie(base), now(here, there), PARTNERS)
        expected = there if there not in (base, None) else here if here != base else there
        assert found.base == (() if expected is None else (Tie(expected),))


def test_once_done_nothing_is_left_to_do() -> None:
    for base, here, there in product((None, A), (None, A, B), (None, A, B)):
        first = merge_one(base and Tie(base), now(here, there), PARTNERS)
        wanted = first.base[0].to if first.base else None
        again = merge_one(Tie(wanted) if wanted else None, now(wanted, wanted), PARTNERS)
        assert again.add == again.remove == Pair((), ())


def test_only_what_was_agreed_on_is_taken_away_and_a_lookup_is_not_cleared_after_it_was_set() -> None:
    moved = merge_one(Tie(A), now(A, B), PARTNERS)
    assert (moved.add, moved.remove) == (Pair((Tie(B),), ()), Pair((Tie(A),), ()))
    moved = merge_one(Tie(A), now(B, A), PARTNERS)
    assert (moved.add, moved.remove) == (Pair((), (Tie(B),)), Pair((), ()))
    assert merge_one(None, now(A, B), PARTNERS).remove == Pair((), ())
    assert merge_one(Tie(A), now(None, A), PARTNERS).remove == Pair((), (Tie(A),))


def test_a12_a_company_that_is_not_linked_yet_is_waited_for_and_nothing_is_touched() -> None:
    found = merge_one(Tie(A), Pair(STRANGER, A.salesforce), PARTNERS)
    assert found.waiting == (STRANGER,)
    assert found.add == found.remove == Pair((), ())
    assert found.base == (Tie(A),)


def test_the_primary_company_stands_for_all_then_the_agreed_one_then_the_first() -> None:
    ties = [(A.hubspot, ""), (B.hubspot, "primary"), (C.hubspot, "")]
    assert choose_one(ties, A.hubspot) == B.hubspot
    plain = [(ref, "") for ref, _ in ties]
    assert choose_one(plain, None, C.hubspot) == C.hubspot
    assert choose_one(plain) == A.hubspot
    assert choose_one([]) is None
