"""Which unlinked records are one thing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from pasodoble.model.ref import Ref
from pasodoble.model.settings import Duplicates
from pasodoble.model.side import Side
from pasodoble.reconcile.pairing import Ambiguous, By, Candidate, Paired, Taken, Unmatched, pair_record

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(object: str, id: str, by: By = By.EMAIL, *, minutes: int = 0, taken: bool = False) -> Candidate:
    side = Side.HUBSPOT if object == "contacts" else Side.SALESFORCE
    return Candidate(ref=Ref(side, object, id), by=by, modified_at=NOON + timedelta(minutes=minutes), taken=taken)


def test_without_a_candidate_a_partner_may_be_made() -> None:
    assert pair_record([]) == Unmatched()


@pytest.mark.parametrize("by", list(By))
def test_the_only_candidate_is_the_partner(by: By) -> None:
    one = found("Lead", "1", by)
    assert pair_record([one]) == Paired(one.ref, by)


def test_two_candidates_are_never_guessed() -> None:
    both = [found("Lead", "2"), found("Lead", "1", minutes=5)]
    for order in permutations(both):
        assert pair_record(order) == Ambiguous((both[1].ref, both[0].ref), By.EMAIL)


def test_two_candidates_may_be_decided_as_hubspot_does_where_the_settings_say_so() -> None:
    both = [found("Lead", "1", minutes=5), found("Lead", "2")]
    assert pair_record(both, duplicates=Duplicates.MOST_RECENT) == Paired(both[0].ref, By.EMAIL)


def test_a_contact_comes_before_an_unconverted_lead() -> None:
    lead, contact = found("Lead", "1", minutes=5), found("Contact", "2")
    assert pair_record([lead, contact]) == Paired(contact.ref, By.EMAIL)


def test_a_stored_id_outweighs_all_other_evidence() -> None:
    named, alike = found("Lead", "1", By.STORED_ID), found("Contact", "2", By.EMAIL)
    assert pair_record([alike, named]) == Paired(named.ref, By.STORED_ID)


def test_one_record_found_in_two_ways_is_one_candidate() -> None:
    assert pair_record([found("Lead", "1", By.EMAIL), found("Lead", "1", By.KEY)]) == Paired(
        found("Lead", "1").ref, By.KEY
    )


def test_a_partner_that_is_taken_is_told_and_nothing_is_made() -> None:
    one = found("Lead", "1", taken=True)
    assert pair_record([one]) == Taken((one.ref,), By.EMAIL)


def test_the_free_one_of_two_is_the_partner() -> None:
    assert pair_record([found("Lead", "1", taken=True), found("Lead", "2")]) == Paired(found("Lead", "2").ref, By.EMAIL)


def test_two_leads_that_want_one_contact_are_never_guessed() -> None:
    partner, own, rival = found("contacts", "101"), found("Lead", "1"), found("Lead", "2")
    assert pair_record([partner], own=own, rivals=[rival]) == Ambiguous((partner.ref,), By.EMAIL, (rival.ref,))


def test_two_leads_of_one_person_do_not_make_two_contacts() -> None:
    own, rival = found("Lead", "1"), found("Lead", "2")
    assert pair_record([], own=own, rivals=[rival]) == Ambiguous((), By.EMAIL, (rival.ref,))


def test_a_lead_gives_way_to_the_contact_of_the_same_person() -> None:
    lead, contact, partner = found("Lead", "1"), found("Contact", "2"), found("contacts", "101")
    assert pair_record([partner], own=lead, rivals=[contact]) == Taken((contact.ref,), By.EMAIL)
    assert pair_record([partner], own=contact, rivals=[lead]) == Paired(partner.ref, By.EMAIL)


def test_the_latest_of_two_rivals_wins_where_the_settings_say_so() -> None:
    partner, early, late = found("contacts", "101"), found("Lead", "1"), found("Lead", "2", minutes=1)
    most_recent = Duplicates.MOST_RECENT
    assert pair_record([partner], own=late, rivals=[early], duplicates=most_recent) == Paired(partner.ref, By.EMAIL)
    assert isinstance(pair_record([partner], own=early, rivals=[late], duplicates=most_recent), Ambiguous)


def test_a_record_that_is_named_by_its_partner_has_no_rivals() -> None:
    partner, own, rival = found("contacts", "101", By.STORED_ID), found("Lead", "1"), found("Lead", "2")
    assert pair_record([partner], own=own, rivals=[rival]) == Paired(partner.ref, By.STORED_ID)


def test_the_order_of_candidates_never_matters() -> None:
    pool = [
        found("Lead", "1"),
        found("Lead", "2", taken=True),
        found("Contact", "3", By.NAME),
        found("Contact", "4", minutes=3),
        found("Contact", "5"),
    ]
    assert len({pair_record(order) for order in permutations(pool)}) == 1


def test_evidence_has_one_order_the_strongest_first() -> None:
    assert [by.name for by in sorted(By)] == ["STORED_ID", "KEY", "EMAIL", "PEOPLE", "DOMAIN", "NAME"]


def test_a_lead_comes_before_what_is_neither_lead_nor_contact() -> None:
    lead, other = found("Lead", "1"), found("Person__c", "2", minutes=5)
    assert pair_record([other, lead]) == Paired(lead.ref, By.EMAIL)


def test_a_candidate_is_free_unless_it_is_said_to_be_taken() -> None:
    free = Candidate(ref=Ref(Side.SALESFORCE, "Lead", "1"), by=By.EMAIL, modified_at=NOON)
    assert pair_record([free]) == Paired(free.ref, By.EMAIL)
