"""How an activity is told in Salesforce: which are told at all, and the fields of the task or event that tells of it.

Plain words only: what a customer wrote is stripped of its markup, and a template takes values by name and nothing else.
Whom it concerns and who owns the task is found by the engine, and does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Final

from pasodoble.mapping.convert.codec import UnreadableValue
from pasodoble.mapping.convert.moment import parse_moment, spell_moment
from pasodoble.mapping.convert.rich import read_html, read_plain
from pasodoble.mapping.presets.activities import TOLD, Told
from pasodoble.model.activity import Activity
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.value import Raw

OWNER_PROPERTY: Final = "hubspot_owner_id"
OWNER_FIELD: Final = "OwnerId"
SUBJECT_CHARS: Final = 255
_VALUE_CHARS: Final = 120
"""Of one value in a subject: a note's whole text is none."""
_BODY_CHARS: Final = 32_000
_PLACE: Final = re.compile(r"\{(\w+)\}")
_MARKED_UP: Final = re.compile(r"<(?:/?[A-Za-z]|!)[^>]*>|&(?:[a-zA-Z]+|#\d+);")
_EVENT_LASTS: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the settings say of one sort of activity. See `activities` in the settings file for each."""

    on: bool = False
    filter: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    subject: str = ""
    owner: str = ""
    type: str = ""
    event: bool = False

    @classmethod
    def of(cls, written: Mapping[str, object] | None) -> Options:
        """From the settings' own map; absent: off. A map without a switch counts as on."""
        if written is None:
            return cls()
        filter = written.get("filter") or {}
        assert isinstance(filter, Mapping)
        return cls(
            on=written.get("on", True) is True,
            filter={name: (wanted,) if isinstance(wanted, str) else tuple(wanted) for name, wanted in filter.items()},
            subject=str(written.get("subject") or ""),
            owner=str(written.get("owner") or ""),
            type=str(written.get("type") or ""),
            event=written.get("salesforce") == "event",
        )


def list_fields(name: str, options: Options) -> frozenset[str]:
    """The values that must be read of such an activity, to judge it and to tell of it."""
    told = TOLD[name]
    placed = _PLACE.findall(options.subject or told.subject)
    return told.fields | {*placed, *options.filter, OWNER_PROPERTY}


def is_wanted(activity: Activity, options: Options) -> bool:
    """Whether it is to be told: it is switched on, and each value that the filter names is one of those wanted."""
    return options.on and all(
        _words(activity.fields.get(name)).casefold() in {one.casefold() for one in wanted}
        for name, wanted in options.filter.items()
    )


def find_object(activity: Activity, options: Options) -> str:
    """`Event` where the settings say so and the activity has a beginning; else `Task`."""
    start = TOLD[activity.name].start
    return "Event" if options.event and start and _moment(activity, start) is not None else "Task"


def tell(activity: Activity, options: Options, schema: ObjectSchema, *, zone: tzinfo) -> dict[str, Raw]:
    """The fields of the new record, those alone that the org lets us fill. Associations and owner aside.

    zone   says which calendar day the activity's moment falls on
    """
    told = TOLD[activity.name]
    fields: dict[str, Raw] = {
        "Subject": render_subject(activity, options),
        "Description": _describe(activity, told),
        "Type": options.type or _choose(schema, "Type", told.type),
    }
    fields |= _tell_event(activity, told) if schema.object == "Event" else _tell_task(activity, told, schema, zone)
    known = schema.fields
    return {name: value for name, value in fields.items() if value and name in known and known[name].creatable}


def render_subject(activity: Activity, options: Options) -> str:
    """The template with its places filled; what surrounds a value that is blank at the end is left out."""
    template = options.subject or TOLD[activity.name].subject
    text = _PLACE.sub(lambda place: _cut(_words(activity.fields.get(place[1])), _VALUE_CHARS), template)
    return _cut(" ".join(text.split()).strip(" :-,"), SUBJECT_CHARS) or activity.name.replace("_", " ").capitalize()


def _tell_task(activity: Activity, told: Told, schema: ObjectSchema, zone: tzinfo) -> dict[str, Raw]:
    fields: dict[str, Raw] = {
        "ActivityDate": (_moment(activity, told.day) or activity.at).astimezone(zone).date().isoformat(),
        "Status": "Completed",
        "TaskSubtype": _choose(schema, "TaskSubtype", told.subtype),
    }
    for name, (target, values) in told.copied.items():
        value = activity.fields.get(name)
        fields |= {target: values[str(value)]} if str(value) in values else {}
    return fields


def _tell_event(activity: Activity, told: Told) -> dict[str, Raw]:
    start, end = _moment(activity, told.start), _moment(activity, told.end)
    assert start is not None
    return {
        "StartDateTime": spell_moment(start),
        "EndDateTime": spell_moment(_end(start, end)),
        "Location": _cut(_words(activity.fields.get(told.location)), SUBJECT_CHARS),
    }


def _moment(activity: Activity, name: str) -> datetime | None:
    """The value as a moment; None for a blank, and for what is none."""
    value = activity.fields.get(name)
    try:
        return None if value is None else parse_moment(value)
    except UnreadableValue:
        return None


def _end(start: datetime, end: datetime | None) -> datetime:
    return end if end is not None and end >= start else start + _EVENT_LASTS


def _describe(activity: Activity, told: Told) -> str:
    parts = []
    for name, word in told.body:
        text = _plain(activity.fields.get(name))
        if text:
            parts.append(f"{word}: {text}" if word else text)
    return _cut("\n".join(parts), _BODY_CHARS)


def _choose(schema: ObjectSchema, field: str, wanted: str) -> str:
    """The word if the org's list has it; it has none that binds where it has no list."""
    known = schema.fields.get(field)
    if known is None or not known.options:
        return wanted if known is not None else ""
    return wanted if any(option.value == wanted and option.active for option in known.options) else ""


def _plain(value: Raw) -> str:
    """Without markup, line by line."""
    if value is None:
        return ""
    read = read_html if _MARKED_UP.search(str(value)) else read_plain
    return str(read(value) or "")


def _words(value: Raw) -> str:
    """The same in one line."""
    return " ".join(_plain(value).split())


def _cut(text: str, chars: int) -> str:
    return text if len(text) <= chars else text[: chars - 1].rstrip() + "…"
