"""What a change event means: which signal, of which record, and whether we made the change ourselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pasodoble.connectors.salesforce.change_events import ChangeEvent
from pasodoble.connectors.salesforce.signals import choose_entities, read_event, topic_of
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import SignalKind

ID, OTHER = "0035f00002EztxDAAR", "00Q4S000002sSacUAE"
ME, SOMEBODY = "0055f000007AAAAAA1", "0055f000007BBBBAA1"
OURS = "com/salesforce/api/rest/66.0;client=pasodoble"


def event(change: str = "UPDATE", **said: Any) -> ChangeEvent:
    usual: dict[str, Any] = {
        "object": "Contact",
        "ids": (ID,),
        "at": datetime(2026, 5, 4, tzinfo=UTC),
        "user_id": SOMEBODY,
        "origin": "",
    }
    return ChangeEvent(change=change, **(usual | said))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ("CREATE", SignalKind.CREATED),
        ("UPDATE", SignalKind.CHANGED),
        ("DELETE", SignalKind.DELETED),
        ("UNDELETE", SignalKind.RESTORED),
        ("GAP_CREATE", SignalKind.CREATED),
        ("GAP_UPDATE", SignalKind.CHANGED),
        ("GAP_DELETE", SignalKind.DELETED),
        ("GAP_UNDELETE", SignalKind.RESTORED),
    ],
)
def test_every_change_of_a_named_record_is_a_signal(change: str, kind: SignalKind) -> None:
    told = read_event(event(change, fields=("Title",)), ME)
    [signal] = told.signals
    assert (signal.kind, signal.ref, signal.fields) == (kind, Ref(Side.SALESFORCE, "Contact", ID), ("Title",))
    assert not told.missed


@pytest.mark.parametrize(
    ("change", "ids"),
    [
        ("GAP_OVERFLOW", ("000000000000000AAA",)),
        ("GAP_UPDATE", ("003*",)),
        ("UPDATE", ("000000000000000AAA",)),
    ],
)
def test_what_names_no_record_asks_for_a_look(change: str, ids: tuple[str, ...]) -> None:
    told = read_event(event(change, ids=ids), ME)
    assert told.missed
    assert told.signals == ()


def test_a_snapshot_is_no_news() -> None:
    assert read_event(event("SNAPSHOT"), ME).signals == ()


def test_one_event_of_several_records_is_a_signal_each() -> None:
    assert [signal.ref.id for signal in read_event(event(ids=(ID, OTHER)), ME).signals] == [ID, OTHER]


@pytest.mark.parametrize(
    ("origin", "user", "by_us"),
    [
        (OURS, ME, True),
        (OURS, SOMEBODY, False),
        ("com/salesforce/api/rest/66.0;client=somebody", ME, False),
        ("com/salesforce/api/rest/66.0;client=pasodoble-other", ME, False),
        ("", ME, False),
    ],
)
def test_only_our_own_program_as_our_own_user_is_us(origin: str, user: str, by_us: bool) -> None:
    [signal] = read_event(event(origin=origin, user_id=user), ME).signals
    assert signal.by_us is by_us


def test_a_converted_lead_says_what_became_of_it() -> None:
    values = {"IsConverted": True, "ConvertedContactId": ID[:15], "ConvertedAccountId": "001000000000001"}
    lead = event(object="Lead", ids=(OTHER,), fields=("IsConverted", "Status"), values=values)
    [signal] = read_event(lead, ME).signals
    assert (signal.kind, signal.detail) == (SignalKind.CONVERTED, {"contact": ID, "account": "001000000000001AAA"})


def test_another_change_of_a_lead_is_no_conversion() -> None:
    [signal] = read_event(event(object="Lead", ids=(OTHER,), fields=("Title",)), ME).signals
    assert signal.kind is SignalKind.CHANGED


def test_joining_a_campaign_concerns_the_person_and_leaving_it_the_membership() -> None:
    member = "00v000000000001AAA"
    body = {"CampaignId": "701000000000001", "LeadId": OTHER[:15], "Status": "Sent"}
    [joined] = read_event(event("CREATE", object="CampaignMember", ids=(member,), values=body), ME).signals
    assert (joined.kind, joined.ref) == (SignalKind.CAMPAIGN_JOINED, Ref(Side.SALESFORCE, "Lead", OTHER))
    assert joined.detail == {"member": member, "campaign": "701000000000001AAA", "status": "Sent"}
    [left] = read_event(event("DELETE", object="CampaignMember", ids=(member,)), ME).signals
    assert (left.kind, left.ref.id) == (SignalKind.CAMPAIGN_LEFT, member)


def test_a_new_contact_role_concerns_the_person_and_the_opportunity() -> None:
    body = {"OpportunityId": "006000000000001", "ContactId": ID}
    person, deal = read_event(event("CREATE", object="OpportunityContactRole", values=body), ME).signals
    assert (person.kind, person.ref.id, person.detail) == (SignalKind.ASSOCIATED, ID, {"role": True})
    assert (deal.kind, deal.ref.object, deal.detail) == (SignalKind.ASSOCIATED, "Opportunity", {})


def test_five_objects_are_chosen_in_a_fixed_order_whatever_the_order_of_the_settings() -> None:
    objects = ["Thing__c", "Case", "Opportunity", "Contact", "Lead", "Account"]
    told, untold = choose_entities(objects)
    assert told == ("Lead", "Contact", "Account", "Opportunity", "Case")
    assert untold == ("Thing__c", "CampaignMember", "OpportunityContactRole")
    assert choose_entities(objects[::-1], None) == ((*told, *untold), ())


def test_rows_between_records_are_listened_to_where_both_ends_are_synced_and_there_is_room() -> None:
    assert choose_entities(["Contact"]) == (("Contact", "CampaignMember"), ())
    assert choose_entities(["Opportunity", "Account"]) == (("Account", "Opportunity"), ())
    people_and_deals = ["Lead", "Contact", "Account", "Opportunity"]
    assert choose_entities(people_and_deals) == ((*people_and_deals, "CampaignMember"), ("OpportunityContactRole",))


def test_topics_are_named_as_salesforce_names_them() -> None:
    assert topic_of("Lead") == "/data/LeadChangeEvent"
    assert topic_of("Thing__c") == "/data/Thing__ChangeEvent"
