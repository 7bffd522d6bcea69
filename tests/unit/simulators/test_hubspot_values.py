"""What each type of property takes, how it is stored, and how a refusal is worded."""

import pytest
from hubspot_hub import CONTACTS, Hub

from pasodoble.simulators.hubspot import Switches
from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.property_model import Option, Property
from pasodoble.simulators.hubspot.values import Problem, plain, store


def definition(type_: str, field_type: str = "text", *options: str) -> Property:
    made = [Option(value=value, label=value.title()) for value in options]
    return Property(name="p", label="P", type=type_, field_type=field_type, group="g", options=made)


STORED = [
    ("string", "text", " kept as is ", " kept as is "),
    ("number", "number", 12, "12"),
    ("number", "number", 12.5, "12.5"),
    ("number", "number", " -3.50 ", "-3.50"),
    ("number", "number", "+4", "4"),
    ("datetime", "date", "2026-05-04T10:00:00Z", "2026-05-04T10:00:00.000Z"),
    ("datetime", "date", "2026-05-04T12:00:00.412+02:00", "2026-05-04T10:00:00.412Z"),
    ("datetime", "date", "1777888800412", "2026-05-04T10:00:00.412Z"),
    ("datetime", "date", "2026-05-04", "2026-05-04T00:00:00.000Z"),
    ("date", "date", "2026-05-04", "2026-05-04"),
    ("date", "date", "1777852800000", "2026-05-04"),
    ("bool", "booleancheckbox", True, "true"),
    ("bool", "booleancheckbox", "FALSE", "false"),
    ("string", "text", None, ""),
]


@pytest.mark.parametrize(("type_", "field_type", "raw", "kept"), STORED)
def test_value_is_stored_in_hubspots_form(type_: str, field_type: str, raw: object, kept: str) -> None:
    wanted = definition(type_, field_type)
    assert store(wanted, plain(wanted, raw), "") == kept


REFUSED = [
    ("number", "number", "12,5", "INVALID_INTEGER"),
    ("number", "number", "1e5", "INVALID_INTEGER"),
    ("datetime", "date", "yesterday", "INVALID_DATE"),
    ("datetime", "date", "9" * 25, "INVALID_LONG"),
    ("date", "date", "1777888800412", "INVALID_DATE"),
    ("date", "date", "2026-13-01", "INVALID_DATE"),
    ("bool", "booleancheckbox", "yes", "INVALID_OPTION"),
    ("string", "text", "x" * 65_537, "PROPERTY_VALUE_TOO_LONG"),
    ("string", "text", {"a": 1}, "INVALID_STRING"),
]


@pytest.mark.parametrize(("type_", "field_type", "raw", "code"), REFUSED)
def test_value_of_the_wrong_form_is_refused(type_: str, field_type: str, raw: object, code: str) -> None:
    wanted = definition(type_, field_type)
    with pytest.raises(Problem) as refused:
        store(wanted, plain(wanted, raw), "")
    assert refused.value.code == code


def test_moment_off_midnight_names_its_clock_time() -> None:
    with pytest.raises(Problem, match=r"1777888800412 is at 10:0:0\.412 UTC, not midnight!"):
        store(definition("date", "date"), "1777888800412", "")


def test_switch_cuts_a_moment_to_its_day() -> None:
    assert store(definition("date", "date"), "1777888800412", "", truncate_dates=True) == "2026-05-04"


def test_option_has_to_be_one_of_the_allowed() -> None:
    wanted = definition("enumeration", "select", "LOW", "HIGH")
    assert store(wanted, "LOW", "") == "LOW"
    with pytest.raises(Problem, match=r"low was not one of the allowed options: \["):
        store(wanted, "low", "")


def test_checkbox_takes_several_and_a_leading_semicolon_appends() -> None:
    wanted = definition("enumeration", "checkbox", "a", "b", "c")
    assert store(wanted, "a;b;a", "") == "a;b"
    assert store(wanted, ";c", "a;b") == "a;b;c"
    with pytest.raises(Problem, match="d was not one"):
        store(wanted, "a;d", "")


@pytest.mark.parametrize("address", ["nope", "a@b", "a b@c.test", "@c.test", "a@c..test"])
def test_malformed_email_address_is_refused(hub: Hub, address: str) -> None:
    answer = hub.post(CONTACTS, {"properties": {"email": address}})
    assert answer["errors"][0]["code"] == "INVALID_EMAIL"
    assert answer["errors"][0]["message"] == f"Email address {address} is invalid"


def test_date_switch_reaches_the_api() -> None:
    hub = Hub(switches=Switches(date_off_midnight="truncate"))
    group = {"groupName": "contactinformation", "label": "Day", "type": "date", "fieldType": "date", "name": "day"}
    assert hub.post("/crm/v3/properties/contacts", group).status == 201
    id = hub.contact(email="a@b.test", day="1777888800412")
    assert hub.value(id, "day") == "2026-05-04"


@pytest.mark.parametrize("ms", [0, 1, 999, 86_399_999, 86_400_000, 1_777_888_800_412, -1])
def test_moment_survives_being_written_and_read(ms: int) -> None:
    assert parse_moment(iso(ms)) == ms
