"""Associations: added and taken away on either side, never lost, never doubled."""

from __future__ import annotations

from itertools import product

from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.reconcile.ties import Tie, merge_ties

PAIRS = [Pair(Ref(Side.HUBSPOT, "contacts", str(n)), Ref(Side.SALESFORCE, "Contact", f"003{n}")) for n in (1, 2)]
PARTNERS = {
    ref: other for pair in PAIRS for ref, other in ((pair.hubspot, pair.salesforce), (pair.salesforce, pair.hubspot))
}
STRANGER = Ref(Side.SALESFORCE, "Contact", "0039")
ONE = Tie(PAIRS[0])


def on(side: Side, *ties: Tie) -> tuple[tuple[Ref, str], ...]:
    return tuple((tie.to[side], tie.label) for tie in ties)


def both(hubspot: tuple[Tie, ...], salesforce: tuple[Tie, ...]) -> Pair[tuple[tuple[Ref, str], ...]]:
    return Pair(on(Side.HUBSPOT, *hubspot), on(Side.SALESFORCE, *salesforce))


def test_every_case_of_one_tie() -> None:
    """Base, HubSpot and Salesforce having it or not: what was added is added, what was taken away is taken away."""
    for base, here, there in product((None, False, True), (False, True), (False, True)):
        known = None if base is None else (ONE,) if base else ()
        found = merge_ties(known, both((ONE,) if here else (), (ONE,) if there else ()), PARTNERS)
        stays = (here and there) or ((here or there) and not base)
        assert (ONE in found.base) == stays
        assert found.add == Pair((ONE,) if stays and not here else (), (ONE,) if stays and not there else ())
        assert found.remove == Pair((ONE,) if here and not stays else (), (ONE,) if there and not stays else ())


def test_the_second_time_nothing_is_left_to_do() -> None:
    for base, here, there in product((None, False, True), (False, True), (False, True)):
        known = None if base is None else (ONE,) if base else ()
        found = merge_ties(known, both((ONE,) if here else (), (ONE,) if there else ()), PARTNERS)
        again = merge_ties(found.base, both(found.base, found.base), PARTNERS)
        assert again.add == again.remove == Pair((), ())


def test_without_a_base_nothing_is_taken_away() -> None:
    two = Tie(PAIRS[1])
    found = merge_ties(None, both((ONE,), (two,)), PARTNERS)
    assert found.add == Pair((two,), (ONE,))
    assert found.remove == Pair((), ())


def test_labels_tell_ties_apart() -> None:
    buyer = Tie(PAIRS[0], "Decision Maker")
    found = merge_ties((ONE,), both((ONE, buyer), (ONE,)), PARTNERS)
    assert found.add.salesforce == (buyer,)


def test_a_tie_to_a_record_without_a_partner_waits_and_is_not_taken_away() -> None:
    found = merge_ties((), Pair((), ((STRANGER, ""),)), PARTNERS)
    assert found.waiting == (STRANGER,)
    assert found.add == found.remove == Pair((), ())
    later = PARTNERS | {STRANGER: PAIRS[0].hubspot, PAIRS[0].hubspot: STRANGER}
    arrived = merge_ties(found.base, Pair((), ((STRANGER, ""),)), later)
    assert arrived.add.hubspot == (Tie(Pair(PAIRS[0].hubspot, STRANGER)),)


def test_a_side_that_may_not_be_changed_is_left_and_the_change_stays_one() -> None:
    closed = Pair(True, False)
    added = merge_ties((), both((ONE,), ()), PARTNERS, writable=closed)
    assert added.add == added.remove == Pair((), ())
    assert added.base == ()
    removed = merge_ties((ONE,), both((), (ONE,)), PARTNERS, writable=closed)
    assert removed.remove == Pair((), ())
    assert removed.base == (ONE,)
