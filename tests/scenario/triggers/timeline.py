"""What stories say of the timeline: activities, campaigns by form, tasks on both sides. Joins the words of `acts` and `findings`."""

from __future__ import annotations

from typing import Any

import yaml
from tests.scenario.triggers.acts import ACTS
from tests.scenario.triggers.findings import FINDINGS
from tests.scenario.triggers.served import Served

from pasodoble.model.settings import OnDelete, SalesforceActivities
from pasodoble.model.side import Side

say, find = ACTS.say, FINDINGS.say
SUBJECT_OF = {
    "tasks": "hs_task_subject",
    "calls": "hs_call_title",
    "emails": "hs_email_subject",
    "meetings": "hs_meeting_title",
}
SORTS = tuple(SUBJECT_OF)


# --- settings --------------------------------------------------------------------------------------------------------


@say("the activity {name} is {options}")
async def set_activity(room: Served, name: str, options: str) -> None:
    written: Any = yaml.safe_load(options)
    chosen = written if isinstance(written, dict) else {"on": bool(written)}
    room.change(activities={**room.product.settings.activities, name: chosen})


@say("the form {form} leads to {campaign} with the status {status}")
async def lead_to(room: Served, form: str, campaign: str, status: str) -> None:
    of = {_form(room, form): room.get(Side.SALESFORCE, campaign).id}
    room.change(campaign_of_form={**room.product.settings.campaign_of_form, **of}, member_status=status)


@say("of what is logged in Salesforce {sorts} come back")
async def bring_back(room: Served, sorts: str) -> None:
    """`none`, or of tasks, calls, emails, meetings; a deletion follows."""
    kinds = tuple(sort for sort in SORTS if sort in sorts)
    room.change(salesforce_activities=SalesforceActivities(kinds=kinds, when_deleted=OnDelete.DELETE))


SET_UP = (set_activity, lead_to, bring_back)


# --- deeds -----------------------------------------------------------------------------------------------------------


@say("{name} submits the form {form}")
async def submit(room: Served, name: str, form: str) -> None:
    room.doors.hubspot.act("form_submitted", contact=room.get(Side.HUBSPOT, name).id, form=_form(room, form))


@say("to {name} happens {action}: {fields}")
async def happen_with(room: Served, name: str, action: str, fields: str) -> None:
    order = room.read_fields(Side.HUBSPOT, fields)
    room.doors.hubspot.act(action, contact=room.get(Side.HUBSPOT, name).id, **order)


@say("to {name} happens {action}")
async def happen(room: Served, name: str, action: str) -> None:
    room.doors.hubspot.act(action, contact=room.get(Side.HUBSPOT, name).id)


def _form(room: Served, name: str) -> str:
    id = f"{name}-{room.tag}"
    room.doors.hubspot.call("PATCH", "/__sandbox__/schema", {"forms": [{"id": id, "name": name}]})
    return id


# --- what follows ----------------------------------------------------------------------------------------------------


def _tasks(room: Served, name: str, object: str = "Task") -> list[dict[str, Any]]:
    person = room.find(Side.SALESFORCE, name)
    if person is None:
        return []
    soql = f"SELECT+Subject+FROM+{object}+WHERE+WhoId='{person.id}'"
    found = room.doors.salesforce.call("GET", f"/services/data/v66.0/query?q={soql}")
    return list(found["records"])


@find("Salesforce shows the task {subject} once on {name}")
async def has_task(room: Served, name: str, subject: str) -> None:
    """Once, and not twice."""
    subjects = [task["Subject"] for task in _tasks(room, name)]
    assert subjects.count(subject) == 1, f"there are {subjects}"


@find("Salesforce shows the event {subject} on {name}")
async def has_event(room: Served, name: str, subject: str) -> None:
    assert [event["Subject"] for event in _tasks(room, name, "Event")] == [subject]


@find("Salesforce shows {count} tasks on {name}")
async def has_tasks(room: Served, name: str, count: str) -> None:
    subjects = [task["Subject"] for task in _tasks(room, name)]
    assert len(subjects) == int(count), f"there are {subjects}"


@find("HubSpot shows the {object} {subject} on {name}")
async def is_told(room: Served, name: str, object: str, subject: str) -> None:
    assert _told(room, name, object).count(subject) == 1


@find("HubSpot shows no {object} {subject} on {name}")
async def is_not_told(room: Served, name: str, object: str, subject: str) -> None:
    assert subject not in _told(room, name, object)


def _told(room: Served, name: str, object: str) -> list[str]:
    """Subjects of what is on that contact's timeline."""
    contact, objects = room.get(Side.HUBSPOT, name), f"{object}s"
    path = f"/crm/v3/objects/{contact.object}/{contact.id}?associations={objects}"
    ties = room.doors.hubspot.call("GET", path).get("associations", {}).get(objects, {}).get("results", ())
    shown = SUBJECT_OF[objects]
    rows = [room.doors.hubspot.call("GET", f"/crm/v3/objects/{objects}/{t['id']}?properties={shown}") for t in ties]
    return [str(row["properties"][shown]) for row in rows]


@find("{name} joined {campaign} as {status}")
async def is_member(room: Served, name: str, campaign: str, status: str) -> None:
    assert _statuses(room, name, campaign) == [status]


@find("{name} did not join {campaign}")
async def is_no_member(room: Served, name: str, campaign: str) -> None:
    assert _statuses(room, name, campaign) == []


def _statuses(room: Served, name: str, campaign: str) -> list[str]:
    person, of = room.get(Side.SALESFORCE, name), room.get(Side.SALESFORCE, campaign)
    where = f"{person.object}Id='{person.id}'+AND+CampaignId='{of.id}'"
    soql = f"SELECT+Status+FROM+CampaignMember+WHERE+{where}"
    found = room.doors.salesforce.call("GET", f"/services/data/v66.0/query?q={soql}")
    return [row["Status"] for row in found["records"]]
