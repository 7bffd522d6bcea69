"""What happened to a record, newest first, as a person would read it: edits, activities, forms, emails.

How it looks on a page does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pasodoble.simulators.hubspot.changes import Actor, Change
from pasodoble.simulators.hubspot.moments import parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record

TITLES: Final = {
    "0-46": ("Note", ("hs_note_body",)),
    "0-27": ("Task", ("hs_task_subject", "hs_task_body")),
    "0-48": ("Call", ("hs_call_title", "hs_call_body")),
    "0-47": ("Meeting", ("hs_meeting_title", "hs_meeting_body")),
    "0-49": ("Email", ("hs_email_subject", "hs_email_text")),
}
"""Activity type -> what it is called, and the properties that say what it is about."""
EMAIL_VERBS: Final = {
    "SENT": "was sent",
    "DELIVERED": "received",
    "OPEN": "opened",
    "CLICK": "clicked in",
    "BOUNCE": "did not receive",
    "STATUSCHANGE": "unsubscribed from",
}
SHOWN_VALUES: Final = 4
CONSEQUENCES: Final = frozenset({"CALCULATED", "EMAIL"})
"""Writers whose marks only follow from an activity or an email, which has an entry of its own."""
VISITS: Final = {"e_visited_page": "Visited a page", "e_document_viewed_v2": "Viewed a document"}
MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry: when, what kind of thing, and in a sentence."""

    at_ms: int
    tag: str
    text: str
    by: str = ""


def moments(portal: Portal, kind: ObjectType, row: Record, *, most: int = 60) -> list[Moment]:
    found = [*_edits(portal, row), *_activities(portal, kind, row)]
    if kind.type_id == "0-1":
        found += [*_submissions(portal, row), *_emails(portal, row), *_visits(portal, row)]
    return sorted(found, key=lambda moment: moment.at_ms, reverse=True)[:most]


def who(portal: Portal, actor: Actor) -> str:
    """The writer's name where it is a user, else what HubSpot calls the source."""
    if actor.user_id is not None:
        for owner in portal.owners.values():
            if owner.user_id == actor.user_id:
                return f"{owner.first} {owner.last}"
    if actor.source == "INTEGRATION":
        return f"app {actor.source_id}"
    return actor.source.replace("_", " ").capitalize()


def say(portal: Portal, change: Change) -> str:
    """What a change did, in a few words and with the labels that users know."""
    live = portal.properties[change.type_id].live
    values = list(change.values.items())
    named = [
        f"{live[name].label if name in live else name}: {_short(value)}" if value else f"{name} cleared"
        for name, value in values[:SHOWN_VALUES]
    ]
    if len(values) > SHOWN_VALUES:
        named.append(f"and {len(values) - SHOWN_VALUES} more")
    match change.kind:
        case "creation" | "propertyChange":
            return " · ".join(named)
        case "merge":
            return "Merged with another record"
    return change.kind.capitalize()


def _short(value: str) -> str:
    """A moment without its seconds; anything else as it is."""
    return value[:16].replace("T", " ") if MOMENT.fullmatch(value) else value


def _edits(portal: Portal, row: Record) -> Iterator[Moment]:
    for change in row.history:
        if change.actor.source not in CONSEQUENCES:
            tag = "Created" if change.kind == "creation" else "Edit"
            yield Moment(change.at_ms, tag, say(portal, change), who(portal, change.actor))


def _activities(portal: Portal, kind: ObjectType, row: Record) -> Iterator[Moment]:
    for type_id, (tag, names) in TITLES.items():
        for activity_id in portal.links.of(kind.type_id, row.id, type_id):
            activity = portal.tables[type_id].rows.get(activity_id)
            if activity is None:
                continue
            text = next((activity.values[name] for name in names if activity.values.get(name)), "")
            at_ms = parse_moment(activity.values.get("hs_timestamp", "")) or activity.created_ms
            yield Moment(at_ms, tag, text, who(portal, activity.history[0].actor) if activity.history else "")


def _submissions(portal: Portal, row: Record) -> Iterator[Moment]:
    for submission in portal.events.submissions:
        if submission.contact_id == row.id:
            form = portal.events.forms.get(submission.form_id)
            yield Moment(submission.submitted_ms, "Form", f"Submitted {form.name if form else submission.form_id}")


def _emails(portal: Portal, row: Record) -> Iterator[Moment]:
    names = {email.campaign_id: email.name for email in portal.events.emails.values()}
    for event in portal.events.email_events:
        if event.contact_id == row.id:
            verb = EMAIL_VERBS.get(event.type, event.type.lower())
            yield Moment(
                event.created_ms, "Marketing", f"{verb.capitalize()} {names.get(event.campaign_id, 'an email')}"
            )


def _visits(portal: Portal, row: Record) -> Iterator[Moment]:
    for event in portal.events.analytics:
        if event.type_id == "0-1" and event.record_id == row.id:
            text = VISITS.get(event.event_type, event.event_type)
            yield Moment(event.occurred_ms, "Visit", " ".join([text, *event.properties.values()]))
