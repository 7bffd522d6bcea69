"""What HubSpot's events say: webhook payloads as the contract shows them, and the entries of a journal file."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pasodoble.connectors.hubspot.signals import OBSERVED, Parser
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.triggers.catalogue import KEYS, NON_KEYS

PARSER = Parser(app_id="11", objects={"2-55": "machines"})
K = SignalKind


def event(type: str, id: int = 101, **more: Any) -> dict[str, Any]:
    return {
        "eventId": 90001,
        "subscriptionId": 501,
        "portalId": 4242,
        "appId": 11,
        "occurredAt": 1777888800123,
        "subscriptionType": type,
        "attemptNumber": 0,
        "objectId": id,
        "changeSource": "CRM_UI",
        "sourceId": "userId:77",
    } | more


def read(*events: object) -> tuple[Signal, ...]:
    contents = PARSER.read_letter(json.dumps(list(events)))
    assert contents.trouble == ""
    return tuple(contents.signals)


def ref(object: str, id: int) -> Ref:
    return Ref(Side.HUBSPOT, object, str(id))


CHANGE = {"propertyName": "jobtitle", "propertyValue": "CTO"}
MERGE = {"primaryObjectId": 101, "mergedObjectIds": [102, 103], "newObjectId": 104}
ENDS = {"fromObjectId": 7, "toObjectId": 8}
WEBHOOKS = [
    (event("contact.creation", changeFlag="CREATED"), [(K.CREATED, ref("contacts", 101))]),
    (event("company.propertyChange", **CHANGE), [(K.CHANGED, ref("companies", 101))]),
    (event("deal.deletion"), [(K.DELETED, ref("deals", 101))]),
    (event("contact.privacyDeletion"), [(K.DELETED, ref("contacts", 101))]),
    (event("ticket.restore"), [(K.RESTORED, ref("tickets", 101))]),
    (event("object.propertyChange", objectTypeId="0-1", **CHANGE), [(K.CHANGED, ref("contacts", 101))]),
    (event("object.creation", objectTypeId="2-55"), [(K.CREATED, ref("machines", 101))]),
    (event("object.creation", objectTypeId="2-99"), [(K.CREATED, ref("2-99", 101))]),
    (event("contact.merge", **MERGE), [(K.MERGED, ref("contacts", id)) for id in (101, 104, 102, 103)]),
    (
        event("deal.associationChange", associationType="DEAL_TO_LINE_ITEM", **ENDS),
        [(K.ASSOCIATED, ref("deals", 7)), (K.ASSOCIATED, ref("line_items", 8))],
    ),
    (
        event("object.associationChange", fromObjectTypeId="0-1", toObjectTypeId="2-55", **ENDS),
        [(K.ASSOCIATED, ref("contacts", 7)), (K.ASSOCIATED, ref("machines", 8))],
    ),
    (
        event("object.associationChange", fromObjectTypeId="0-46", toObjectTypeId="0-1", **ENDS),
        [(K.ACTIVITY, ref("contacts", 8))],
    ),
    (event("conversation.newMessage"), []),
]


@pytest.mark.parametrize(("told", "said"), WEBHOOKS, ids=[case[0]["subscriptionType"] for case in WEBHOOKS])
def test_webhook_event_names_the_records_that_it_concerns(
    told: dict[str, Any], said: list[tuple[SignalKind, Ref]]
) -> None:
    signals = read(told)
    assert [(signal.kind, signal.ref) for signal in signals] == said
    assert all(signal.at == datetime(2026, 5, 4, 10, 0, 0, 123000, tzinfo=UTC) for signal in signals)


def test_older_spelling_of_the_subscription_type_is_read_too() -> None:
    told = event("")
    told["eventType"] = "contact.creation"
    del told["subscriptionType"]
    assert [signal.kind for signal in read(told)] == [K.CREATED]


@pytest.mark.parametrize(
    ("source", "id", "ours"),
    [("INTEGRATION", "11", True), ("INTEGRATION", 11, True), ("INTEGRATION", "12", False), ("CRM_UI", "11", False)],
)
def test_what_our_own_app_did_is_told_apart(source: str, id: object, ours: bool) -> None:
    [signal] = read(event("contact.creation", changeSource=source, sourceId=id))
    assert signal.by_us is ours
    contents = Parser(app_id="", objects={}).read_letter(json.dumps([event("contact.creation", changeSource=source)]))
    assert contents.signals[0].by_us is False


def test_property_that_moves_with_an_activity_tells_of_that_too() -> None:
    signals = read(event("contact.propertyChange", propertyName="recent_conversion_date", propertyValue="1"))
    assert [signal.kind for signal in signals] == [K.CHANGED, K.ACTIVITY]
    assert signals[1].detail["activity"] == "form_submitted"


def test_activity_that_leaves_a_contact_is_none() -> None:
    left = event("object.associationChange", fromObjectTypeId="0-1", toObjectTypeId="0-48", associationRemoved=True)
    assert read(left | ENDS) == ()


def test_same_event_delivered_again_in_one_batch_counts_once() -> None:
    first = event("contact.propertyChange", **CHANGE)
    assert len(read(first, first | {"attemptNumber": 3}, first | {"eventId": 90002})) == 2


JUNK = [
    "nonsense",
    7,
    None,
    {},
    event("contact.propertyChange"),
    event("contact.creation", objectId="x"),
    event("contact.creation", objectId=True),
    event("contact.creation", objectId=-1),
    event("contact.creation", objectId=10**30),
    event("contact.creation", occurredAt=10**17),
    event("object.creation"),
    event("contact.associationChange", associationType="CONTACT", **ENDS),
    event("contact.merge", mergedObjectIds=7),
]


@pytest.mark.parametrize("junk", JUNK, ids=str)
def test_event_that_cannot_be_read_is_told_and_hinders_none_beside_it(junk: object) -> None:
    contents = PARSER.read_letter(json.dumps([junk, event("contact.creation", 5)]))
    assert contents.trouble
    assert ref("contacts", 5) in {signal.ref for signal in contents.signals}


@pytest.mark.parametrize("body", ["", "{", "[" * 5000, "null", '"x"'])
def test_body_that_is_no_list_of_events_is_trouble(body: str) -> None:
    contents = PARSER.read_letter(body)
    assert contents.trouble
    assert contents.signals == ()


ENTRIES = [
    ("CREATE", {"objectTypeId": "0-1", "objectId": 1}, [(K.CREATED, ref("contacts", 1))]),
    ("DELETE", {"objectTypeId": "0-2", "objectId": 1}, [(K.DELETED, ref("companies", 1))]),
    ("GDPR_DELETE", {"objectTypeId": "0-1", "objectId": 1}, [(K.DELETED, ref("contacts", 1))]),
    ("RESTORE", {"objectTypeId": "0-1", "objectId": 1}, [(K.RESTORED, ref("contacts", 1))]),
    (
        "MERGE",
        {"objectTypeId": "0-1", "objectId": 1, "mergedObjectIds": [2]},
        [(K.MERGED, ref("contacts", 1)), (K.MERGED, ref("contacts", 2))],
    ),
    ("ADDED_TO_LIST", {"objectTypeId": "0-1", "objectId": 1, "listId": 42}, [(K.LIST_JOINED, ref("contacts", 1))]),
    ("REMOVED_FROM_LIST", {"objectTypeId": "0-1", "objectId": 1, "listId": 42}, [(K.LIST_LEFT, ref("contacts", 1))]),
    (
        "ASSOCIATION_ADDED",
        {"fromObjectTypeId": "0-3", "toObjectTypeId": "0-1", **ENDS},
        [(K.ASSOCIATED, ref("deals", 7)), (K.ASSOCIATED, ref("contacts", 8))],
    ),
    ("SNAPSHOT", {"objectTypeId": "0-1", "objectId": 1}, []),
]


@pytest.mark.parametrize(("action", "more", "said"), ENTRIES, ids=[case[0] for case in ENTRIES])
def test_journal_entry_says_the_same_as_a_webhook(
    action: str, more: dict[str, Any], said: list[tuple[SignalKind, Ref]]
) -> None:
    entry = {"type": "crmObject", "portalId": 4242, "occurredAt": "2026-05-04T10:00:00.123Z", "action": action, **more}
    contents = PARSER.read_journal([entry])
    assert contents.trouble == ""
    assert [(signal.kind, signal.ref) for signal in contents.signals] == said


def test_journal_entry_names_all_properties_that_changed_at_once() -> None:
    entry = {"portalId": 1, "occurredAt": "2026-05-04T10:00:00Z", "action": "UPDATE", "objectTypeId": "0-2"}
    contents = PARSER.read_journal([entry | {"objectId": 9, "propertyChanges": {"name": "A", "city": "B"}}])
    assert contents.signals[0].fields == ("name", "city")


def test_each_observed_key_is_declared() -> None:
    assert set(OBSERVED) <= {*KEYS, *NON_KEYS}
