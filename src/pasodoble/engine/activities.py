"""The look at HubSpot's timeline: what happened there fires triggers for its contacts, and is put down to be told.

An activity is told once: whatever is put down has a link, with one side open, that holds all there is to tell, for many an
activity cannot be read again. Telling it (`telling`) and joining campaigns (`campaigns`) do not belong here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pasodoble.engine.campaigns import list_joins
from pasodoble.engine.connected import Connected
from pasodoble.engine.intake import take_in
from pasodoble.engine.report import Report
from pasodoble.mapping.identity import KEY_FIELDS
from pasodoble.mapping.telling import Options, is_wanted, list_fields
from pasodoble.model.activity import ACTIVITIES, MEMBERSHIPS, SORT, Activity
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import ExistingRecords
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Signal, SignalKind, Urgency
from pasodoble.model.value import Raw
from pasodoble.planner.plan import make_key, parse_key
from pasodoble.ports import Cursor, NewLink, NewMark, Transaction

PEOPLE: Final[Kind] = "contacts"
ABOUT: Final[tuple[Kind, ...]] = ("deals", "tickets", "companies")
"""What else an activity may be about, the closest first: Salesforce's task points at one."""
FORM: Final = "form_submitted"
"""It syncs its contact, and is looked for, whether or not it is told (T-03)."""
FIRST_LOOK: Final = timedelta(days=1)
"""How far back an activity is told when it has just been switched on: what happened today, and not years of it."""
MOST_HINTS: Final = 1_000
_CURSOR: Final = "activities"
_SINCE: Final = "activities:since"


def read_options(at: Connected) -> dict[str, Options]:
    """The settings of every activity that is looked for; none where people do not sync."""
    people = at.settings.objects.get(PEOPLE)
    if people is None or not people.enabled:
        return {}
    written = at.settings.activities
    options = {name: Options.of(written.get(name)) for name in (*written, FORM)}
    return {name: one for name, one in options.items() if one.on or name == FORM}


async def look_at_activities(at: Connected, report: Report, only: Collection[str] | None = None) -> None:
    """Put down all that happened since the last look; with `only`, of these activities. Raises ConnectorError."""
    options = read_options(at)
    if not options:
        return
    cursor, since = _load_places(at, options)
    wanted = {name: list_fields(name, one) for name, one in options.items()}
    async for page in at.connectors[Side.HUBSPOT].read_activities(wanted, cursor, since, only):
        fresh = [one for one in page.activities if one.at >= since[one.name]]
        await _put_down(at, options, fresh, page.cursor)
        for name, problem in page.trouble.items():
            if options[name].on:
                report.of(ACTIVITIES).problems[problem.cause] += 1


async def take_hints(at: Connected, report: Report) -> None:
    """Put down the activities that HubSpot has told of. Raises ConnectorError."""
    with at.store.transaction(at.settings.name) as tx:
        marks = tx.marks.take(ACTIVITIES, MOST_HINTS, at.clock.now(), urgency=Urgency.BACKFILL)
        known = tx.links.load([mark.ref for mark in marks])
    hints = [mark for mark in marks if mark.ref not in known]
    if not hints:
        return
    await _see(at, [mark.ref for mark in hints if mark.ref.object != SORT])
    if sorts := {mark.ref.id for mark in hints if mark.ref.object == SORT}:
        await look_at_activities(at, report, sorts)
    with at.store.transaction(at.settings.name) as tx:
        tx.marks.clear(hints)


async def _see(at: Connected, refs: Sequence[Ref]) -> None:
    if not refs:
        return
    options = read_options(at)
    wanted = {name: list_fields(name, one) for name, one in options.items()}
    _, since = _load_places(at, options)
    seen = await at.connectors[Side.HUBSPOT].see_activities(refs, wanted)
    await _put_down(at, options, [one for one in seen if one.at >= since[one.name]], None)


def _load_places(at: Connected, names: Collection[str]) -> tuple[Cursor | None, Mapping[str, datetime]]:
    """Where the last look left off, and since when each activity is told: one that was off begins anew."""
    now = at.clock.now()
    back = FIRST_LOOK if at.settings.existing_records is ExistingRecords.SYNC else timedelta()
    with at.store.transaction(at.settings.name) as tx:
        known = tx.cursors.load(_SINCE) or {}
        since = {name: str(known.get(name) or (now - back).isoformat()) for name in names}
        if since != known:
            tx.cursors.save(_SINCE, since, now)
        return tx.cursors.load(_CURSOR), {name: datetime.fromisoformat(at) for name, at in since.items()}


async def _put_down(
    at: Connected, options: Mapping[str, Options], activities: Sequence[Activity], cursor: Cursor | None
) -> None:
    """In one transaction with the place from which the next look goes on, so that nothing falls between."""
    placed = await _place(at, _leave_known(at, activities))
    with at.store.transaction(at.settings.name) as tx:
        take_in(at, tx, [_signal(one) for one in placed])
        told = [one for one in placed if is_wanted(one, options[one.name])]
        _reserve(at, tx, ACTIVITIES, [(one.ref, one.name, one.render()) for one in told])
        _reserve(at, tx, MEMBERSHIPS, list_joins(at, tx, placed))
        if cursor is not None:
            tx.cursors.save(_CURSOR, cursor, at.clock.now())


def _signal(activity: Activity) -> Signal:
    assert activity.contact is not None
    detail = {"activity": activity.name}
    return Signal(kind=SignalKind.ACTIVITY, side=Side.HUBSPOT, ref=activity.contact, at=activity.at, detail=detail)


def _reserve(at: Connected, tx: Transaction, kind: Kind, found: Iterable[tuple[Ref, str, Mapping[str, Raw]]]) -> None:
    """A link for each that has none, and the mark by which it is worked on."""
    account = at.accounts[Side.HUBSPOT].id
    rows = list(found)
    links = [
        NewLink(kind=kind, refs=Pair(ref, None), key=make_key(ref, account), payload=payload)
        for ref, _, payload in rows
    ]
    made = tx.links.make(links, at.clock.now())
    marks = [
        NewMark(kind=kind, ref=ref, trigger=name, urgency=Urgency.FORM if name == FORM else Urgency.EDIT)
        for (ref, name, _), link in zip(rows, made, strict=True)
        if link is not None
    ]
    tx.marks.put(marks, at.clock.now())


def _leave_known(at: Connected, activities: Sequence[Activity]) -> list[Activity]:
    """Those that are not put down yet, and are not our own telling of what is in Salesforce."""
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        known = tx.links.load([one.ref for one in activities])
    ours = KEY_FIELDS[Side.HUBSPOT]
    return [one for one in activities if one.ref not in known and parse_key(str(one.fields.get(ours) or "")) is None]


# --- whom it concerns ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Whom:
    """Of the records at hand, whose contacts and what else they are tied to; of the addresses, whose they are."""

    people: Mapping[Ref, Sequence[Ref]]
    about: Mapping[Ref, Sequence[Ref]]
    of_address: Mapping[str, Ref]

    def place(self, activity: Activity) -> list[Activity]:
        """One for each contact that it concerns; none where it concerns nobody (yet)."""
        if activity.contact is not None:
            return [activity]
        if activity.record is None:
            contact = self.of_address.get(activity.address.strip().lower())
            return [replace(activity, contact=contact)] if contact is not None else []
        about = tuple(self.about.get(activity.record, ()))
        return [
            replace(
                activity, contact=contact, about=about, ref=activity.ref if first else _share(activity.ref, contact)
            )
            for contact, first in _mark_first(self.people.get(activity.record, ()))
        ]


def _mark_first(refs: Sequence[Ref]) -> list[tuple[Ref, bool]]:
    return [(ref, place == 0) for place, ref in enumerate(refs)]


def _share(ref: Ref, contact: Ref) -> Ref:
    """The name of the activity as a further contact's: each has it on its own timeline."""
    return replace(ref, id=f"{ref.id}-{contact.id}")


async def _place(at: Connected, activities: Sequence[Activity]) -> list[Activity]:
    """The same activities, each for every contact that it concerns now."""
    records = sorted({one.record for one in activities if one.record is not None and one.contact is None})
    addresses = {one.address.strip().lower() for one in activities if one.record is None and one.contact is None}
    whom = _Whom(
        people=await _read_tied(at, records, [PEOPLE]),
        about=await _read_tied(at, records, ABOUT),
        of_address=await _find_addresses(at, addresses - {""}),
    )
    return [placed for one in activities for placed in whom.place(one)]


async def _read_tied(at: Connected, records: Sequence[Ref], kinds: Sequence[Kind]) -> dict[Ref, list[Ref]]:
    """By record, what it is tied to of these kinds, in their order, the oldest first."""
    tied: dict[Ref, list[Ref]] = {ref: [] for ref in records}
    on = {of_kind.kind: of_kind.hubspot_object for of_kind in at.settings.enabled()}
    for object in [on[kind] for kind in kinds if kind in on] if records else []:
        for ref, ties in (await at.connectors[Side.HUBSPOT].read_ties(records, object)).items():
            tied[ref] += sorted((one.to for one in ties), key=lambda to: (len(to.id), to.id))
    return tied


async def _find_addresses(at: Connected, addresses: Collection[str]) -> dict[str, Ref]:
    if not addresses:
        return {}
    object = at.settings.objects[PEOPLE].hubspot_object
    found = await at.connectors[Side.HUBSPOT].find(object, "email", addresses, ["email"])
    return {str(snap.fields.get("email") or "").strip().lower(): snap.ref for snap in found}
