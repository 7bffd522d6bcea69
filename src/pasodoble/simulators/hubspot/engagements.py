"""What an activity leaves on the records it is linked to: last contacted, number of notes, last meeting booked.

The activities themselves are records like others; what visitors and recipients do is in `activities`.
"""

from __future__ import annotations

from typing import Final

from pasodoble.simulators.hubspot.changes import CALCULATED, Actor
from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.writing import Writer

NOTES, TASKS, CALLS, MEETINGS, EMAILS = "0-46", "0-27", "0-48", "0-47", "0-49"
MARKED: Final = frozenset({"0-1", "0-2", "0-3", "0-5"})
"""Types that carry activity properties; contacts carry more of them than the rest."""
CONTACTING: Final = frozenset({CALLS, MEETINGS, EMAILS, "0-18"})
SALES_TYPES: Final = {CALLS: "CALL", MEETINGS: "MEETING_BOOKED"}
"""Activity type -> value of `hs_last_sales_activity_type`."""


def note_engagement(
    portal: Portal, actor: Actor, from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int
) -> None:
    """Mark the record that an activity has just been linked to; either end may be the activity."""
    if to_kind.is_activity:
        from_kind, from_id, to_kind, to_id = to_kind, to_id, from_kind, from_id
    if not from_kind.is_activity or to_kind.type_id not in MARKED:
        return
    activity = portal.tables[from_kind.type_id].rows.get(from_id)
    marked = portal.tables[to_kind.type_id].rows.get(to_id)
    if activity is not None and marked is not None:
        values = _marks(portal, from_kind.type_id, activity, to_kind.type_id, marked)
        Writer(portal, Actor(CALCULATED.source, actor.source_id)).apply(to_kind, marked, values)


def _marks(portal: Portal, activity_type: str, activity: Record, type_id: str, marked: Record) -> dict[str, str]:
    at_ms = parse_moment(activity.values.get("hs_timestamp", "")) or activity.created_ms
    values = {"num_notes": count_up(marked, "num_notes")}
    upcoming = at_ms > portal.now_ms() and activity_type in (TASKS, MEETINGS)
    if upcoming:
        if type_id == "0-1":
            values["notes_next_activity_date"] = earliest(marked, "notes_next_activity_date", at_ms)
    else:
        values["notes_last_updated"] = latest(marked, "notes_last_updated", at_ms)
    if activity_type in CONTACTING and not upcoming:
        values["notes_last_contacted"] = latest(marked, "notes_last_contacted", at_ms)
        values["num_contacted_notes"] = count_up(marked, "num_contacted_notes")
    if type_id == "0-1":
        values |= _sales_marks(activity_type, activity, marked, at_ms)
    return values


def _sales_marks(activity_type: str, activity: Record, contact: Record, at_ms: int) -> dict[str, str]:
    values: dict[str, str] = {}
    if activity_type in SALES_TYPES:
        booked_ms = activity.created_ms if activity_type == MEETINGS else at_ms
        values["hs_last_sales_activity_timestamp"] = latest(contact, "hs_last_sales_activity_timestamp", booked_ms)
        values["hs_last_sales_activity_type"] = SALES_TYPES[activity_type]
    if activity_type == MEETINGS:
        values["engagements_last_meeting_booked"] = latest(
            contact, "engagements_last_meeting_booked", activity.created_ms
        )
        values["hs_latest_meeting_activity"] = latest(contact, "hs_latest_meeting_activity", at_ms)
    return values


def count_up(row: Record, name: str) -> str:
    return str(int(row.values.get(name, "0")) + 1)


def latest(row: Record, name: str, ms: int) -> str:
    """The later of the stored moment and `ms`."""
    return iso(max(ms, parse_moment(row.values.get(name, "")) or 0))


def earliest(row: Record, name: str, ms: int) -> str:
    return iso(min(ms, parse_moment(row.values.get(name, "")) or ms))
