"""Reading what happened on HubSpot's timeline, source by source, each from where its last look left off.

Notes, tasks, calls, meetings and emails are records: the change reader finds them. Opens and clicks of a one-to-one email,
and views of a document, are past versions of a property: each version is one occurrence. Marketing email events and form
submissions have lists of their own, newest first. Whether an activity is wanted is not decided here.

Source: developer docs, engagements; email events v1; form submissions v1. All of them are shown late at times, so that each
source is read again from HOLD before where it was left; who reads knows what it has seen.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from pasodoble.connectors.hubspot.changes import ChangeReader, modified_property, to_ms
from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import CAUSES, ensure_ok, ensure_rows
from pasodoble.connectors.hubspot.records import RecordReader, next_page
from pasodoble.connectors.hubspot.schema import KEY_PROPERTY
from pasodoble.errors import AuthLapsed, ConnectorError, Unsupported
from pasodoble.model.activity import Activity
from pasodoble.model.cause import Problem
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.value import Raw
from pasodoble.ports import ActivityPage, Cursor

HOLD_MS: Final = 5 * 60_000
_EVENTS_PAGE: Final = 1_000
_SUBMISSIONS_PAGE: Final = 50
_FORMS_PAGE: Final = 500
_SEARCH_PAGE: Final = 200

Wanted = Mapping[str, Collection[str]]
"""By activity, the values to be given with it."""
_Read = AsyncIterator[tuple[list[Activity], Cursor]]

_RECORDS: Final[Mapping[str, str]] = {
    "notes": "note_created",
    "tasks": "task_created",
    "calls": "call_logged",
    "meetings": "meeting_scheduled",
    "emails": "sales_email_sent",
}
"""By object, the activity that the making of a record is."""
_COUNTERS: Final[Mapping[str, tuple[str, str]]] = {
    "sales_email_opened": ("hs_email_open_count", "email_opens"),
    "sales_email_clicked": ("hs_email_click_count", "email_clicks"),
}
"""The property of an email that goes up with each, and what one of them is called in a ref."""
_EVENTS: Final[Mapping[str, str]] = {
    "marketing_email_sent": "SENT",
    "marketing_email_opened": "OPEN",
    "marketing_email_clicked": "CLICK",
}
_NO_SCOPE: Final = "permission.scope"
_VIEWED: Final = "hs_document_last_revisited"
_SENT: Final[Mapping[str, str]] = {"hs_email_direction": "EMAIL", "hs_email_status": "SENT"}
"""What an email record holds that went out to somebody: others were received, or failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityReader:
    client: HubSpotClient
    records: RecordReader
    changes: ChangeReader
    _emails: dict[str, dict[str, Raw]] = field(default_factory=dict)

    async def read(
        self,
        wanted: Wanted,
        cursor: Cursor | None,
        since: Mapping[str, datetime],
        only: Collection[str] | None = None,
    ) -> AsyncIterator[ActivityPage]:
        """Source after source. One that we may not read is told as a problem of its activities, and the others go on."""
        held = {source: _take_part(cursor, source) for source in _SOURCES}
        for source, (names, reader) in _SOURCES.items():
            asked = {name: wanted[name] for name in names if name in wanted}
            if not asked or (only is not None and not set(asked) & set(only)):
                continue
            begin = min(since[name] for name in asked)
            try:
                async for activities, place in reader(self, source, asked, held[source], begin):
                    held[source] = place
                    yield ActivityPage(activities=activities, cursor=_join_parts(held))
            except (AuthLapsed, Unsupported) as error:
                if isinstance(error, AuthLapsed) and CAUSES.get(error.code) != _NO_SCOPE:
                    raise
                trouble = dict.fromkeys(asked, _spell_trouble(error))
                yield ActivityPage(activities=(), cursor=_join_parts(held), trouble=trouble)

    async def see(self, refs: Sequence[Ref], wanted: Wanted) -> list[Activity]:
        """The activities that these records are: of those that are records, and are wanted."""
        found: list[Activity] = []
        for object, name in _RECORDS.items():
            ids = [ref.id for ref in refs if ref.object == object]
            if ids and name in wanted:
                snapshots = await self.records.read_batches(object, ids, _fields_of(object, {name: wanted[name]}))
                found += [_record_activity(name, snap) for snap in snapshots if _went_out(object, snap)]
        return found

    # --- records -----------------------------------------------------------------------------------------------------

    async def _read_records(self, object: str, asked: Wanted, place: Cursor, since: datetime) -> _Read:
        start = place or self.changes.place_at(since)
        async for page in self.changes.read(object, _fields_of(object, asked), start):
            snapshots = [snap for snap in page.snapshots if _went_out(object, snap)]
            made = [_record_activity(name, snap) for name in asked if name in _RECORDS.values() for snap in snapshots]
            yield made + await self._read_counters(asked, snapshots), page.cursor

    async def _read_counters(self, asked: Wanted, snapshots: Sequence[Snapshot]) -> list[Activity]:
        """Each past version of a counter is one occurrence, at its own moment."""
        counters = {_COUNTERS[name][0]: name for name in asked if name in _COUNTERS}
        ids = [
            snap.ref.id
            for snap in snapshots
            if any(snap.fields.get(counter) not in (None, "0") for counter in counters)
        ]
        if not counters or not ids:
            return []
        fields = _fields_of("emails", asked)
        seen = await self.records.read_batches("emails", ids, fields, tuple(counters))
        return [
            Activity(
                name=name,
                ref=Ref(Side.HUBSPOT, _COUNTERS[name][1], f"{snap.ref.id}-{version.value}"),
                at=version.at,
                record=snap.ref,
                fields=snap.fields,
            )
            for snap in seen
            for counter, name in counters.items()
            for version in snap.history.get(counter, ())
            if version.value not in (None, "0")
        ]

    # --- documents ---------------------------------------------------------------------------------------------------

    async def _read_views(self, _source: str, asked: Wanted, place: Cursor, since: datetime) -> _Read:
        """Contacts whose last view is news; of each, all the views that its history tells of."""
        [name] = asked
        start_ms = _start_of(place, since)
        at_ms, seen_at, more = start_ms, start_ms, True
        while more:
            filters = [{"propertyName": _VIEWED, "operator": "GTE", "value": str(at_ms)}]
            body = {
                "filterGroups": [{"filters": filters}],
                "sorts": [{"propertyName": _VIEWED, "direction": "ASCENDING"}],
                "properties": [_VIEWED],
                "limit": _SEARCH_PAGE,
            }
            answer = ensure_rows(await self.client.query("objects", "/contacts/search", body, api="search"))
            rows = answer.body["results"]
            more, seen_at = len(rows) == _SEARCH_PAGE, to_ms(answer.at)
            if more:  # a page that ends where it began holds more views of one ms than there can be
                last_ms = to_ms(datetime.fromisoformat(rows[-1]["properties"][_VIEWED]))
                at_ms = last_ms if last_ms > at_ms else at_ms + 1
            snaps = await self.records.read_batches("contacts", [str(row["id"]) for row in rows], [_VIEWED], [_VIEWED])
            yield _list_views(name, snaps, start_ms), place
        yield [], {"upto": seen_at}

    # --- marketing emails --------------------------------------------------------------------------------------------

    async def _read_events(self, _source: str, asked: Wanted, place: Cursor, since: datetime) -> _Read:
        """Newest first, so that the mark moves only once all of them are read."""
        start_ms, seen_ms = _start_of(place, since), 0
        for name, fields in asked.items():
            params = {"startTimestamp": str(start_ms), "eventType": _EVENTS[name], "limit": str(_EVENTS_PAGE)}
            offset, more = "", True
            while more:
                paging = {"offset": offset} if offset else {}
                answer = ensure_ok(await self.client.read("email_events", "/events", **params, **paging))
                more, offset = bool(answer.body["hasMore"]), str(answer.body["offset"])
                seen_ms = seen_ms or to_ms(answer.at)
                yield [await self._parse_event(name, event, fields) for event in answer.body["events"]], place
        yield [], {"upto": seen_ms}

    async def _parse_event(self, name: str, event: Mapping[str, Any], fields: Collection[str]) -> Activity:
        campaign = str(event["emailCampaignId"])
        named = await self._name_email(campaign) if {"email_name", "email_subject"} & {*fields} else {}
        return Activity(
            name=name,
            ref=Ref(Side.HUBSPOT, "email_events", str(event["id"])),
            at=from_ms(event["created"]),
            address=str(event["recipient"]),
            fields={"campaign": campaign, "url": event.get("url"), **named},
        )

    async def _name_email(self, campaign: str) -> dict[str, Raw]:
        """What its sender calls it; asked once. One that is gone has no name."""
        if campaign not in self._emails:
            answer = await self.client.read("email_events", f"/campaigns/{campaign}")
            body = answer.body if answer.status < 400 and isinstance(answer.body, dict) else {}
            self._emails[campaign] = {"email_name": body.get("name"), "email_subject": body.get("subject")}
        return self._emails[campaign]

    # --- forms -------------------------------------------------------------------------------------------------------

    async def _read_submissions(self, _source: str, asked: Wanted, place: Cursor, since: datetime) -> _Read:
        """Of each form, newest first, down to the mark."""
        [name] = asked
        start_ms, seen_ms = _start_of(place, since), 0
        after: str | None = ""
        while after is not None:
            paging = {"after": after} if after else {}
            answer = ensure_rows(await self.client.read("forms", limit=str(_FORMS_PAGE), **paging))
            seen_ms, after = seen_ms or to_ms(answer.at), next_page(answer.body)
            for form in answer.body["results"]:
                async for rows in self._read_form(str(form["id"]), start_ms):
                    yield [_submission(name, form, row) for row in rows], place
        yield [], {"upto": seen_ms}

    async def _read_form(self, form: str, start_ms: int) -> AsyncIterator[list[Mapping[str, Any]]]:
        after: str | None = ""
        while after is not None:
            paging = {"after": after} if after else {}
            answer = ensure_rows(
                await self.client.read("submissions", f"/{form}", limit=str(_SUBMISSIONS_PAGE), **paging)
            )
            rows = [row for row in answer.body["results"] if int(row["submittedAt"]) >= start_ms]
            after = next_page(answer.body) if len(rows) == len(answer.body["results"]) else None
            yield rows


_Reader = Callable[[ActivityReader, str, Wanted, Cursor, datetime], _Read]

_SOURCES: Final[Mapping[str, tuple[tuple[str, ...], _Reader]]] = {
    **{object: ((name,), ActivityReader._read_records) for object, name in _RECORDS.items() if object != "emails"},
    "emails": (("sales_email_sent", *_COUNTERS), ActivityReader._read_records),
    "documents": (("document_viewed",), ActivityReader._read_views),
    "email_events": (tuple(_EVENTS), ActivityReader._read_events),
    "forms": (("form_submitted",), ActivityReader._read_submissions),
}
"""What can be asked for at once, with the activities that it tells of."""


# --- one activity ----------------------------------------------------------------------------------------------------


def _fields_of(object: str, asked: Wanted) -> list[str]:
    counters = [_COUNTERS[name][0] for name in asked if name in _COUNTERS]
    known = {name for fields in asked.values() for name in fields if name.isidentifier()}
    return sorted({*known, *counters, *(_SENT if object == "emails" else ()), KEY_PROPERTY, modified_property(object)})


def _went_out(object: str, snap: Snapshot) -> bool:
    return object != "emails" or all(snap.fields.get(name) == value for name, value in _SENT.items())


def _record_activity(name: str, snap: Snapshot) -> Activity:
    return Activity(
        name=name, ref=snap.ref, at=snap.created_at or snap.modified_at, record=snap.ref, fields=snap.fields
    )


def _list_views(name: str, snapshots: Sequence[Snapshot], start_ms: int) -> list[Activity]:
    return [
        Activity(
            name=name,
            ref=Ref(Side.HUBSPOT, "document_views", f"{snap.ref.id}-{to_ms(version.at)}"),
            at=version.at,
            contact=snap.ref,
        )
        for snap in snapshots
        for version in snap.history.get(_VIEWED, ())
        if version.value is not None and to_ms(version.at) >= start_ms
    ]


def _submission(name: str, form: Mapping[str, Any], row: Mapping[str, Any]) -> Activity:
    """A submission has no id of its own: its form, its ms and its address stand for it."""
    values = {str(one["name"]): str(one.get("value") or "") for one in row["values"]}
    address = values.get("email", "").strip().lower()
    digest = blake2b(address.encode(), digest_size=6).hexdigest()
    told = "\n".join(f"{key}: {value}" for key, value in values.items() if value)
    return Activity(
        name=name,
        ref=Ref(Side.HUBSPOT, "form_submissions", f"{form['id']}-{row['submittedAt']}-{digest}"),
        at=from_ms(row["submittedAt"]),
        address=address,
        fields={
            **values,
            "form": str(form["id"]),
            "form_name": str(form["name"]),
            "page_url": row.get("pageUrl"),
            "values": told,
        },
    )


# --- where a source was left -----------------------------------------------------------------------------------------


def _start_of(place: Cursor, since: datetime) -> int:
    return int(str(place["upto"])) - HOLD_MS if "upto" in place else to_ms(since)


def _take_part(cursor: Cursor | None, source: str) -> Cursor:
    own = f"{source}."
    return {key.removeprefix(own): value for key, value in (cursor or {}).items() if key.startswith(own)}


def _join_parts(parts: Mapping[str, Cursor]) -> Cursor:
    return {f"{source}.{key}": value for source, part in parts.items() for key, value in part.items()}


def _spell_trouble(error: ConnectorError) -> Problem:
    cause = _NO_SCOPE if isinstance(error, AuthLapsed) else "request.refused"
    return Problem(cause=cause, side=Side.HUBSPOT, code=error.code, text=str(error), request_id=error.request_id)


def from_ms(ms: Any) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(ms))
