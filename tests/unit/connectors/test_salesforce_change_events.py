"""Bitmaps and bodies of change events, by the examples that Salesforce's own guides give."""

from __future__ import annotations

import io
import json
from typing import Any

import fastavro
import pytest

from pasodoble.connectors.salesforce.change_events import EventSchema, Unreadable

HEADER = {
    "name": "ChangeEventHeader",
    "type": {
        "type": "record",
        "name": "ChangeEventHeader",
        "fields": [
            {"name": "entityName", "type": "string"},
            {"name": "recordIds", "type": {"type": "array", "items": "string"}},
            {"name": "changeType", "type": "string"},
            {"name": "changeOrigin", "type": "string"},
            {"name": "commitTimestamp", "type": "long"},
            {"name": "commitUser", "type": "string"},
            *(
                {"name": name, "type": {"type": "array", "items": "string"}}
                for name in ("nulledFields", "diffFields", "changedFields")
            ),
        ],
    },
}
ACCOUNT = """Name Type ParentId BillingAddress ShippingAddress Phone Fax AccountNumber Website Sic Industry AnnualRevenue
    NumberOfEmployees Ownership TickerSymbol Description Rating Site OwnerId CreatedDate CreatedById LastModifiedDate""".split()
LEAD = """Name Title Company Address Phone MobilePhone Fax Email Website Description LeadSource Status Industry Rating
    AnnualRevenue NumberOfEmployees OwnerId HasOptedOutOfEmail IsConverted ConvertedDate ConvertedAccountId
    ConvertedContactId ConvertedOpportunityId IsUnreadByOwner CreatedDate CreatedById LastModifiedDate""".split()


def compound(name: str, *parts: str) -> dict[str, Any]:
    fields = [{"name": part, "type": ["null", "string"], "default": None} for part in parts]
    return {"type": "record", "name": name, "fields": fields}


ADDRESS = compound("Address", "Street", "City", "State")
TYPES: dict[str, Any] = {
    "BillingAddress": ADDRESS,
    "ShippingAddress": "Address",
    "Address": ADDRESS,
    "Spot__c": compound("Location", "Latitude", "Longitude"),
    "PersonName": compound("PersonName", "Salutation", "FirstName", "LastName"),
}


def schema_of(*names: str, **types: Any) -> EventSchema:
    return EventSchema(json.dumps(written(*names, **types)))


def written(*names: str, **types: Any) -> dict[str, Any]:
    known = TYPES | types
    fields = [{"name": name, "type": ["null", known.get(name, "string")], "default": None} for name in names]
    return {"type": "record", "name": "XChangeEvent", "namespace": "com.sforce.eventbus", "fields": [HEADER, *fields]}


def event(**header: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {"nulledFields": [], "diffFields": [], "changedFields": []}
    said = {
        "entityName": "Contact",
        "recordIds": ["0035f00002EztxD"],
        "changeType": "UPDATE",
        "changeOrigin": "",
        "commitTimestamp": 1_780_000_000_000,
        "commitUser": "0055f000007XXXX",
    }
    return {"ChangeEventHeader": empty | said | header}


def pack(schema: dict[str, Any], body: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema, named_schemas={}), body)
    return out.getvalue()


@pytest.mark.parametrize(
    ("names", "bitmaps", "fields"),
    [
        (ACCOUNT, ["0x400800"], {"Industry", "LastModifiedDate"}),
        (ACCOUNT, ["0x400000", "4-0x01"], {"LastModifiedDate", "BillingStreet"}),
        (ACCOUNT, ["5-0x06"], {"ShippingCity", "ShippingState"}),
        (ACCOUNT, ["0x410000"], {"Description", "LastModifiedDate"}),
        (
            LEAD,
            ["0x08F81000"],
            {
                "Status",
                "IsConverted",
                "ConvertedDate",
                "ConvertedAccountId",
                "ConvertedContactId",
                "ConvertedOpportunityId",
                "LastModifiedDate",
            },
        ),
        (LEAD, ["4-0x02"], {"City"}),
        (["Spot__c"], ["1-0x03"], {"Spot__Latitude__s", "Spot__Longitude__s"}),
        (["PersonName"], ["1-0x04"], {"LastName"}),
        (["BillingAddress"], ["0x02"], {"BillingStreet", "BillingCity", "BillingState"}),
        (ACCOUNT, [], set()),
    ],
)
def test_bitmaps_name_fields_as_the_api_does(names: list[str], bitmaps: list[str], fields: set[str]) -> None:
    assert set(schema_of(*names).spell_fields(bitmaps)) == fields


def test_an_update_names_what_changed_what_became_blank_and_what_came_as_a_difference() -> None:
    names = ("Title", "Phone", "Description", "LastModifiedDate")
    header = {"changedFields": ["0x12"], "nulledFields": ["0x04"], "diffFields": ["0x08"]}
    read = schema_of(*names).read(pack(written(*names), event(**header) | {"Title": "CTO"}))
    assert read.fields == ("Description", "Phone", "Title")
    assert read.values == {"Title": "CTO"}
    assert read.ids == ("0035f00002EztxDAAR",)
    assert read.at.isoformat() == "2026-05-28T20:26:40+00:00"


def test_an_update_of_nothing_but_the_stamps_still_says_so() -> None:
    names = ("Title", "LastModifiedDate")
    payload = pack(written(*names), event(changedFields=["0x04"]))
    assert schema_of(*names).read(payload).fields == ("LastModifiedDate",)


def test_parts_of_a_compound_field_are_values_under_their_own_names() -> None:
    names = ("PersonName", "BillingAddress")
    body = event(changeType="CREATE") | {
        "PersonName": {"Salutation": None, "FirstName": "Ana", "LastName": "Ruiz"},
        "BillingAddress": {"Street": "1 Main", "City": None, "State": None},
    }
    values = schema_of(*names).read(pack(written(*names), body)).values
    assert values["LastName"] == "Ruiz"
    assert values["BillingStreet"] == "1 Main"


@pytest.mark.parametrize("payload", [b"", b"\x02", b"\xff" * 40, pack(written("A"), event(changedFields=["0xFFFF"]))])
def test_a_payload_that_does_not_fit_is_told_apart(payload: bytes) -> None:
    with pytest.raises(Unreadable):
        schema_of("A").read(payload)
