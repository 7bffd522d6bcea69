"""What HubSpot tells by itself, as signals: the events of a webhook request, and those of a journal file; and how each
trigger is observed here.

An event only names a record and what happened to it; its values are never taken over. Source: developer docs, "Webhooks"
and "Webhooks journal" (2026-03). Whether a signal starts a sync is decided in `triggers/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.model.value import Raw
from pasodoble.ports import Contents

OBSERVED: Final[Mapping[str, tuple[str, str]]] = {
    "form_submitted": (
        "`contact.propertyChange` of `recent_conversion_date`",
        "submissions of each form, newest first",
    ),
    "marketing_email_sent": ("`contact.propertyChange` of `hs_email_last_send_date`", "email events, by time"),
    "marketing_email_opened": ("`contact.propertyChange` of `hs_email_last_open_date`", "email events, by time"),
    "marketing_email_clicked": ("`contact.propertyChange` of `hs_email_last_click_date`", "email events, by time"),
    "sales_email_sent": ("association of an email (`0-49`) with a contact", "search of emails"),
    "sales_email_opened": ("`contact.propertyChange` of `hs_sales_email_last_opened`", "search of emails"),
    "sales_email_clicked": ("`contact.propertyChange` of `hs_sales_email_last_clicked`", "search of emails"),
    "meeting_scheduled": ("association of a meeting (`0-47`) with a contact", "search of meetings"),
    "call_logged": ("association of a call (`0-48`) with a contact", "search of calls"),
    "note_created": ("association of a note (`0-46`) with a contact", "search of notes"),
    "task_created": ("association of a task (`0-27`) with a contact", "search of tasks"),
    "document_viewed": (
        "`contact.propertyChange` of `hs_document_last_revisited`",
        "search of contacts by that property",
    ),
    "hubspot_property_changed": ("`*.propertyChange`", "search by time of the last change, compared with the base"),
    "hubspot_record_created": ("`*.creation`", "search by time of the last change: a record that is not known"),
    "inclusion_list_joined": ("journal: `ADDED_TO_LIST`", "members of the list, in the order of joining"),
    "campaign_joined_by_form": ("as `form_submitted`", "as `form_submitted`"),
    "owner_changed": ("`*.propertyChange` of the owner", "search by time of the last change, compared with the base"),
    "lifecycle_stage_changed": (
        "`*.propertyChange` of the stage",
        "search by time of the last change, compared with the base",
    ),
    "association_changed": ("`*.associationChange`", "associations of records that changed"),
    "record_deleted": ("`*.deletion`, `contact.privacyDeletion`", "reading the record by its id"),
    "record_restored": ("`*.restore`", "search by time of the last change"),
    "records_merged": ("`*.merge`", "reading the record by its id: another one answers"),
    "periodic_check": ("", "search by time of the last change; the first time, all records by id"),
    "unmapped_field_changed": ("`*.propertyChange` of another property", "a change that left all mapped ones alone"),
    "own_echo": ("`changeSource` INTEGRATION with our app's id", "the record holds what we wrote"),
}
"""By trigger: (push, poll). What is not named here does not happen in HubSpot."""

WORDS: Final = {
    "contact": "contacts",
    "company": "companies",
    "deal": "deals",
    "ticket": "tickets",
    "product": "products",
    "line_item": "line_items",
}
"""First word of an object-specific subscription, and the object that it is about."""

TYPE_IDS: Final = {
    "0-1": "contacts",
    "0-2": "companies",
    "0-3": "deals",
    "0-5": "tickets",
    "0-7": "products",
    "0-8": "line_items",
    "0-14": "quotes",
    "0-18": "communications",
    "0-27": "tasks",
    "0-46": "notes",
    "0-47": "meetings",
    "0-48": "calls",
    "0-49": "emails",
    "0-53": "invoices",
    "0-69": "subscriptions",
    "0-123": "orders",
    "0-136": "leads",
    "0-162": "services",
    "0-410": "courses",
    "0-420": "listings",
    "0-421": "appointments",
}

ACTIVITY_OF_PROPERTY: Final = {
    "recent_conversion_date": "form_submitted",
    "hs_email_last_send_date": "marketing_email_sent",
    "hs_email_last_open_date": "marketing_email_opened",
    "hs_email_last_click_date": "marketing_email_clicked",
    "hs_sales_email_last_opened": "sales_email_opened",
    "hs_sales_email_last_clicked": "sales_email_clicked",
    "hs_document_last_revisited": "document_viewed",
}
"""Properties of a contact that move when something happened for which there is no event of its own."""

ACTIVITY_OF_OBJECT: Final = {
    "emails": "sales_email_sent",
    "meetings": "meeting_scheduled",
    "calls": "call_logged",
    "notes": "note_created",
    "tasks": "task_created",
}
"""Activities become a contact's by being associated with it."""

Event = Mapping[str, Any]


class Unreadable(Exception):
    """An event that does not say what its kind must say. The text tells what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """Reads events of one account.

    app_id    tells what we did ourselves, "" if it is not known
    objects   by type id, the names under which the settings know objects of the account's own
    """

    app_id: str
    objects: Mapping[str, str]

    def read_letter(self, body: str) -> Contents:
        """A webhook request's body. Events that cannot be read are told of, and hinder none of the others."""
        return self._read_all(self._parse_list(body), self._read_webhook)

    def read_journal(self, events: list[Any]) -> Contents:
        """The events of a journal file. They do not say who did it: our own writes come back as anybody's."""
        return self._read_all(events, self._read_entry)

    def _parse_list(self, body: str) -> list[Any]:
        try:
            events = orjson.loads(body)
        except orjson.JSONDecodeError:
            events = None
        return events if isinstance(events, list) else [events]

    def _read_all(self, events: list[Any], read: Callable[[Event], Iterator[Signal]]) -> Contents:
        signals: dict[object, Signal] = {}
        trouble = ""
        for event in events:
            try:
                for number, signal in enumerate(read(event)):
                    signals[(*_identify(event), number)] = signal
            except (Unreadable, AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
                trouble = trouble or f"{type(error).__name__}: {error}"
        return Contents(signals=tuple(signals.values()), trouble=trouble[:500])

    # --- webhooks ----------------------------------------------------------------------------------------------------

    def _read_webhook(self, event: Event) -> Iterator[Signal]:
        word, _, verb = str(event.get("subscriptionType") or event["eventType"]).partition(".")
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=_number(event, "occurredAt"))
        by_us = bool(self.app_id) and event.get("changeSource") == "INTEGRATION"
        told = _Told(parser=self, at=at, by_us=by_us and str(event.get("sourceId")) == self.app_id)
        if verb == "associationChange":
            yield from told.association(event, self._ends(event, word))
        elif verb in _KINDS:
            object = WORDS.get(word) or self._name(event, "objectTypeId")
            yield from told.record(_KINDS[verb], object, event, tuple(filter(None, [event.get("propertyName")])))

    def _ends(self, event: Event, word: str) -> tuple[str, str]:
        """The two objects: by their type ids, or by a word such as CONTACT_TO_COMPANY."""
        if "fromObjectTypeId" in event:
            return self._name(event, "fromObjectTypeId"), self._name(event, "toObjectTypeId")
        words = str(event["associationType"]).lower().split("_to_", 1)
        if len(words) != 2:
            raise Unreadable(f"associationType {event['associationType']!r}")
        return WORDS.get(words[0]) or WORDS[word], WORDS.get(words[1], f"{words[1]}s")

    def _name(self, event: Event, key: str) -> str:
        type_id = str(event[key])
        return self.objects.get(type_id) or TYPE_IDS.get(type_id, type_id)

    # --- the journal -------------------------------------------------------------------------------------------------

    def _read_entry(self, event: Event) -> Iterator[Signal]:
        action = str(event["action"])
        told = _Told(parser=self, at=datetime.fromisoformat(str(event["occurredAt"])), by_us=False)
        if action in ("ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"):
            ends = self._name(event, "fromObjectTypeId"), self._name(event, "toObjectTypeId")
            yield from told.association({**event, "associationRemoved": action.endswith("REMOVED")}, ends)
        elif action in ("ADDED_TO_LIST", "REMOVED_FROM_LIST"):
            kind = SignalKind.LIST_JOINED if action == "ADDED_TO_LIST" else SignalKind.LIST_LEFT
            ref = _ref(self._name(event, "objectTypeId"), event, "objectId")
            yield told.signal(kind, ref, detail={"list": str(event["listId"])})
        elif action in _KINDS_OF_ENTRIES:
            fields = tuple(event.get("propertyChanges") or ()) if action == "UPDATE" else ()
            yield from told.record(_KINDS_OF_ENTRIES[action], self._name(event, "objectTypeId"), event, fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What all signals of one event have in common."""

    parser: Parser
    at: datetime
    by_us: bool

    def signal(
        self, kind: SignalKind, ref: Ref, fields: tuple[str, ...] = (), detail: Mapping[str, Raw] | None = None
    ) -> Signal:
        return Signal(
            kind=kind,
            side=Side.HUBSPOT,
            ref=ref,
            at=self.at,
            fields=fields,
            by_us=self.by_us,
            detail=detail or {},
        )

    def record(self, kind: SignalKind, object: str, event: Event, fields: tuple[str, ...]) -> Iterator[Signal]:
        ref = _ref(object, event, "objectId")
        if kind is SignalKind.MERGED:
            yield from self._merge(object, event, ref)
            return
        if kind is SignalKind.CHANGED and not fields:
            raise Unreadable("a change that names no property")
        yield self.signal(kind, ref, fields)
        if object == "contacts":
            for name in fields:
                if name in ACTIVITY_OF_PROPERTY:
                    yield self.signal(SignalKind.ACTIVITY, ref, detail={"activity": ACTIVITY_OF_PROPERTY[name]})

    def _merge(self, object: str, event: Event, ref: Ref) -> Iterator[Signal]:
        """All that took part: each merged record leads to the survivor, and that one may be new."""
        named = (event.get("primaryObjectId"), event.get("newObjectId"), *(event.get("mergedObjectIds") or ()))
        refs = (ref, *(_ref(object, {"id": id}, "id") for id in named if id))
        yield from (self.signal(SignalKind.MERGED, one) for one in dict.fromkeys(refs))

    def association(self, event: Event, ends: tuple[str, str]) -> Iterator[Signal]:
        """Both ends are told of, for either may be the one that keeps the tie; an activity only concerns its contact."""
        refs = _ref(ends[0], event, "fromObjectId"), _ref(ends[1], event, "toObjectId")
        activity = next((ACTIVITY_OF_OBJECT[end] for end in ends if end in ACTIVITY_OF_OBJECT), None)
        if activity is None:
            yield from (self.signal(SignalKind.ASSOCIATED, ref) for ref in refs)
        elif "contacts" in ends and not event.get("associationRemoved"):
            at = ends.index("contacts")
            record = f"{refs[1 - at].object}:{refs[1 - at].id}"
            yield self.signal(SignalKind.ACTIVITY, refs[at], detail={"activity": activity, "record": record})


_KINDS: Final = {
    "creation": SignalKind.CREATED,
    "propertyChange": SignalKind.CHANGED,
    "deletion": SignalKind.DELETED,
    "privacyDeletion": SignalKind.DELETED,
    "restore": SignalKind.RESTORED,
    "merge": SignalKind.MERGED,
}
"""By the second word of a subscription's type. Others (conversations, custom events) are not ours to know."""

_KINDS_OF_ENTRIES: Final = {
    "CREATE": SignalKind.CREATED,
    "UPDATE": SignalKind.CHANGED,
    "DELETE": SignalKind.DELETED,
    "GDPR_DELETE": SignalKind.DELETED,
    "RESTORE": SignalKind.RESTORED,
    "MERGE": SignalKind.MERGED,
}


def _identify(event: Event) -> tuple[object, ...]:
    """What makes an event the same when it is delivered again; the number of the attempt is not part of it.

    `eventId` alone is not unique, says HubSpot.
    """
    names = (
        "portalId subscriptionType action objectId objectTypeId propertyName occurredAt eventId fromObjectId toObjectId"
    )
    return tuple(repr(event.get(name)) for name in names.split())


def _ref(object: str, event: Event, key: str) -> Ref:
    return Ref(Side.HUBSPOT, object, str(_number(event, key)))


def _number(event: Event, key: str) -> int:
    value = event[key]
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).isascii():
        raise Unreadable(f"{key} is no number")
    number = int(value)
    if not 0 < number < 10**18:
        raise Unreadable(f"{key} is out of all bounds")
    return number
