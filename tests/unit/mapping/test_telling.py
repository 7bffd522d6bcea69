"""What a task or event says of an activity."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pasodoble.mapping.presets.activities import TOLD
from pasodoble.mapping.telling import Options, find_object, is_wanted, list_fields, render_subject, tell
from pasodoble.model.activity import Activity
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema, Option
from pasodoble.model.side import Side
from pasodoble.triggers.activities import _RULES

MADRID = ZoneInfo("Europe/Madrid")
AT = datetime(2026, 5, 4, 22, 30, tzinfo=UTC)


def field(name: str, *options: str, creatable: bool = True) -> FieldSchema:
    listed = tuple(Option(value=option, label=option) for option in options)
    return FieldSchema(
        name=name, label=name, family=Family.TEXT, vendor_type="string", options=listed, creatable=creatable
    )


TASK_FIELDS = (
    field("Subject"),
    field("Description"),
    field("ActivityDate"),
    field("Status", "Not Started", "Completed"),
    field("Priority", "High", "Normal"),
    field("Type", "Call", "Meeting", "Email"),
    field("TaskSubtype", "Task", "Email", "Call"),
    field("CallType", "Inbound", "Outbound"),
)
EVENT_FIELDS = (
    field("Subject"),
    field("Description"),
    field("StartDateTime"),
    field("EndDateTime"),
    field("Location"),
)


def schema(object: str, fields: tuple[FieldSchema, ...]) -> ObjectSchema:
    return ObjectSchema(side=Side.SALESFORCE, object=object, label=object, fields={f.name: f for f in fields})


TASK, EVENT = schema("Task", TASK_FIELDS), schema("Event", EVENT_FIELDS)


def happened(name: str, **fields: Any) -> Activity:
    return Activity(name=name, ref=Ref(Side.HUBSPOT, "notes", "1"), at=AT, fields=fields)


def told(name: str, written: dict[str, object] | None = None, target: ObjectSchema = TASK, **fields: Any) -> Any:
    return tell(happened(name, **fields), Options.of(written or {}), target, zone=MADRID)


def test_every_activity_that_has_a_trigger_is_told() -> None:
    assert set(TOLD) == {"form_submitted", *_RULES}


def test_a_call_is_told_with_its_direction_and_without_markup() -> None:
    assert told(
        "call_logged",
        hs_call_title="Price?",
        hs_call_body="<p>She asked</p><p>about &amp; for</p>",
        hs_call_direction="INBOUND",
        hs_timestamp="2026-05-04T08:00:00Z",
    ) == {
        "Subject": "Call: Price?",
        "Description": "She asked\nabout & for",
        "ActivityDate": "2026-05-04",
        "Status": "Completed",
        "Type": "Call",
        "TaskSubtype": "Call",
        "CallType": "Inbound",
    }


def test_a_task_keeps_its_own_status_and_priority() -> None:
    fields = told("task_created", hs_task_subject="Ring", hs_task_status="NOT_STARTED", hs_task_priority="HIGH")
    assert (fields["Subject"], fields["Status"], fields["Priority"]) == ("Ring", "Not Started", "High")


def test_the_day_is_that_of_the_accounts_zone() -> None:
    assert told("document_viewed")["ActivityDate"] == "2026-05-05"


def test_what_the_org_does_not_have_or_does_not_let_us_fill_is_left_out() -> None:
    bare = schema("Task", (field("Subject"), field("Status"), field("Description", creatable=False)))
    fields = told("note_created", {"type": "Call"}, bare, hs_note_body="Hello")
    assert fields == {"Subject": "Note: Hello", "Status": "Completed"}


def test_a_type_of_ours_that_the_list_lacks_is_left_out_and_one_from_the_settings_is_sent() -> None:
    other = schema("Task", (field("Type", "Visit"),))
    assert told("call_logged", target=other) == {}
    assert told("call_logged", {"type": "Anything"}, other) == {"Type": "Anything"}


def test_a_meeting_becomes_an_event_where_the_settings_say_so() -> None:
    meeting = happened("meeting_scheduled", hs_meeting_start_time="2026-05-06T10:00:00.123Z", hs_meeting_title="Demo")
    assert find_object(meeting, Options.of({"salesforce": "event"})) == "Event"
    assert find_object(meeting, Options.of({})) == "Task"
    assert tell(meeting, Options.of({"salesforce": "event"}), EVENT, zone=MADRID) == {
        "Subject": "Meeting: Demo",
        "StartDateTime": "2026-05-06T10:00:00Z",
        "EndDateTime": "2026-05-06T11:00:00Z",
    }


@pytest.mark.parametrize("start", [None, "", "soon"])
def test_a_meeting_without_a_beginning_stays_a_task(start: str | None) -> None:
    meeting = happened("meeting_scheduled", hs_meeting_start_time=start)
    assert find_object(meeting, Options.of({"salesforce": "event"})) == "Task"


def test_a_template_takes_values_by_name_and_nothing_else() -> None:
    template = {"subject": "{hs_call_title} {__class__} {nobody.attr} {0} {{x}}"}
    call = happened("call_logged", hs_call_title="{hs_call_body}", hs_call_body="secret")
    assert render_subject(call, Options.of(template)) == "{hs_call_body} {nobody.attr} {}"


@pytest.mark.parametrize(
    ("name", "fields", "subject"),
    [
        ("note_created", {"hs_note_body": "<b>Two</b><br>lines"}, "Note: Two lines"),
        ("note_created", {"hs_note_body": "x" * 500}, "Note: " + "x" * 119 + "…"),
        ("note_created", {}, "Note"),
        ("task_created", {}, "Task created"),
        ("form_submitted", {"form_name": "Contact us"}, "Form submitted: Contact us"),
    ],
)
def test_a_subject_is_one_line_of_plain_words(name: str, fields: dict[str, str], subject: str) -> None:
    assert render_subject(happened(name, **fields), Options.of({})) == subject


def test_a_long_template_is_cut_to_what_a_subject_holds() -> None:
    assert len(render_subject(happened("note_created"), Options.of({"subject": "y" * 400}))) == 255


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (None, False),
        ({"on": False}, False),
        ({}, True),
        ({"filter": {"hs_call_direction": "inbound"}}, True),
        ({"filter": {"hs_call_direction": ["OUTBOUND", "INBOUND"]}}, True),
        ({"filter": {"hs_call_direction": "OUTBOUND"}}, False),
        ({"filter": {"hs_call_direction": "INBOUND", "hs_call_title": "x"}}, False),
    ],
)
def test_a_filter_names_the_values_that_are_wanted(written: dict[str, object] | None, *, wanted: bool) -> None:
    assert is_wanted(happened("call_logged", hs_call_direction="INBOUND"), Options.of(written)) is wanted


def test_what_a_template_and_a_filter_name_is_read() -> None:
    options = Options.of({"subject": "{hs_call_to_number}", "filter": {"hs_call_status": "DONE"}})
    assert {"hs_call_to_number", "hs_call_status", "hs_call_body", "hubspot_owner_id"} <= list_fields(
        "call_logged", options
    )


def test_an_activity_is_what_it_was_after_it_was_stored() -> None:
    ref = Ref(Side.HUBSPOT, "notes", "5")
    whole = Activity(
        name="note_created",
        ref=ref,
        at=AT,
        contact=Ref(Side.HUBSPOT, "contacts", "7"),
        about=(Ref(Side.HUBSPOT, "deals", "8"), Ref(Side.HUBSPOT, "companies", "9")),
        fields={"hs_note_body": "a=b", "name": "odd", "blank": None},
    )
    again = Activity.parse(ref, whole.render())
    assert (again.name, again.at, again.contact, again.about) == (whole.name, AT, whole.contact, whole.about)
    assert again.fields == {"hs_note_body": "a=b", "name": "odd"}
