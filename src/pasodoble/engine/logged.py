"""What is logged in Salesforce, told on HubSpot's timeline: tasks, calls, emails and events of people who are synced.

One way, and only what was made or changed since it was switched on (TN-08). What we wrote there ourselves does not come
back. How HubSpot's activities are told in Salesforce does not belong here (`telling`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.observe import Job
from pasodoble.engine.pending import BATCH
from pasodoble.mapping.apply import CompiledMapping, compile_mapping
from pasodoble.mapping.identity import KEY_FIELDS
from pasodoble.mapping.presets import ACTIVITIES
from pasodoble.mapping.presets.activities import CONSTANT, SORTS, SUBTYPE, WHAT, WHEN, WHO
from pasodoble.model.activity import LOGGED
from pasodoble.model.link import NO_BASE, Base, Link, LinkState
from pasodoble.model.message import Message
from pasodoble.model.operation import Create, Step
from pasodoble.model.record import Gone, Loss, Seen, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import ObjectSettings, OnDelete
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.model.trace import StepKind
from pasodoble.planner.plan import base_of_create, make_key, parse_key, plan_create, plan_delete, plan_update
from pasodoble.ports import NewLink, NewMark, Page, Transaction
from pasodoble.reconcile.view import merge_pair

WAITS: Final = timedelta(days=1)
"""How long a task waits for its person to be synced; who is not by then may never be."""
_OBJECTS: Final[Mapping[str, tuple[str, ...]]] = {"Task": ("tasks", "calls", "emails"), "Event": ("meetings",)}
_PEOPLE: Final = ("Contact", "Lead")
_THINGS: Final = ("Account", "Opportunity", "Case")
_SAME_SECOND: Final = timedelta(seconds=1)
_DELETED: Final = "record_deleted"


def sort_of(snap: Snapshot) -> str:
    """`tasks`, `calls`, `emails` or `meetings`."""
    return "meetings" if snap.ref.object == "Event" else SORTS.get(str(snap.fields.get(SUBTYPE) or ""), "tasks")


# --- looking ---------------------------------------------------------------------------------------------------------


async def look_at_logged(at: Connected) -> None:
    """Mark what was made, changed or deleted since the last look; the first one starts now. Raises ConnectorError."""
    kinds = at.settings.salesforce_activities.kinds
    for object, sorts in _OBJECTS.items():
        name = f"look:{LOGGED}:{object}"
        if set(kinds) & set(sorts):
            await _look_at(at, object, name)
            continue
        with at.store.transaction(at.settings.name) as tx:  # switched on again, it begins anew
            tx.cursors.clear(name)


async def _look_at(at: Connected, object: str, name: str) -> None:
    salesforce = at.connectors[Side.SALESFORCE]
    with at.store.transaction(at.settings.name) as tx:
        cursor = tx.cursors.load(name)
        if cursor is None:
            cursor = salesforce.place_at(object, at.clock.now())
            tx.cursors.save(name, cursor, at.clock.now())
    async for page in salesforce.read_changes(object, _fields_of(object), cursor):
        with at.store.transaction(at.settings.name) as tx:
            tx.marks.put(_find_marks(at, tx, page), at.clock.now())
            tx.cursors.save(name, page.cursor, at.clock.now())


def _fields_of(object: str) -> list[str]:
    rules = (rule for sort in _OBJECTS[object] for rule in ACTIVITIES[sort].rules)
    return sorted({*(rule.salesforce[object] for rule in rules), SUBTYPE, WHO, WHAT, KEY_FIELDS[Side.SALESFORCE]})


def _find_marks(at: Connected, tx: Transaction, page: Page) -> list[NewMark]:
    links = tx.links.load([*(snap.ref for snap in page.snapshots), *(gone.ref for gone in page.gone)])
    bases = tx.bases.load([link.id for link in links.values() if link.kind == LOGGED])
    found: dict[Ref, str] = {gone.ref: _DELETED for gone in page.gone if _is_ours(links.get(gone.ref))}
    for snap in page.snapshots:
        link = links.get(snap.ref)
        if link is None and _is_wanted(at, snap):
            found[snap.ref] = "salesforce_record_created"
        elif link is not None and _is_ours(link) and _is_newer(snap, bases.get(link.id, NO_BASE)):
            found[snap.ref] = "salesforce_field_changed"
    return [NewMark(kind=LOGGED, ref=ref, trigger=key, urgency=Urgency.CHECK) for ref, key in found.items()]


def _is_ours(link: Link | None) -> bool:
    return link is not None and link.kind == LOGGED and link.state is not LinkState.RETIRED


def _is_wanted(at: Connected, snap: Snapshot) -> bool:
    """Of a sort that is on, of somebody, and not our own telling of an activity in HubSpot."""
    told = parse_key(str(snap.fields.get(KEY_FIELDS[Side.SALESFORCE]) or ""))
    return sort_of(snap) in at.settings.salesforce_activities.kinds and bool(snap.fields.get(WHO)) and told is None


def _is_newer(snap: Snapshot, base: Base) -> bool:
    read_at = base.read_at[Side.SALESFORCE]
    return read_at is None or read_at - snap.modified_at <= _SAME_SECOND


# --- deciding --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Desk:
    """What a batch is decided with: both sides as they are now, the mappings by sort, and who and what they are tied to."""

    at: Connected
    seen: dict[Ref, Seen]
    tied: Mapping[Ref, Link]
    left_out: frozenset[Ref]
    mappings: dict[str, CompiledMapping] = field(default_factory=dict)

    def partner(self, id: object, objects: Sequence[str]) -> Link | None:
        """The link of the record with that id, of whichever of these objects it is."""
        refs = (Ref(Side.SALESFORCE, object, str(id)) for object in objects)
        return next((self.tied[ref] for ref in refs if ref in self.tied), None)


async def decide_logged(at: Connected) -> list[Decision]:
    """What is to become of all that is marked and due, one batch. Raises ConnectorError."""
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        marks = tx.marks.take(LOGGED, BATCH, at.clock.now(), urgency=Urgency.BACKFILL)
        links = tx.links.load([mark.ref for mark in marks])
        bases = tx.bases.load([link.id for link in links.values()])
    desk = await _read(at, marks, links)
    decisions = []
    for mark in marks:
        link = links.get(mark.ref)
        job = Job(LOGGED, [mark], link, bases.get(link.id, NO_BASE) if link is not None else NO_BASE)
        job.seen = Pair(desk.seen.get(_hubspot_of(link)) if link is not None else None, desk.seen[mark.ref])
        decisions.append(await _decide(desk, job))
    return decisions


def _hubspot_of(link: Link) -> Ref:
    """The record in HubSpot; while it is not known by id, what stands for it."""
    return link.refs.hubspot or Ref(Side.HUBSPOT, LOGGED, link.key)


async def _read(at: Connected, marks: Sequence[Mark], links: Mapping[Ref, Link]) -> _Desk:
    salesforce, hubspot = at.connectors[Side.SALESFORCE], at.connectors[Side.HUBSPOT]
    seen: dict[Ref, Seen] = {}
    for object in _OBJECTS:
        refs = [mark.ref for mark in marks if mark.ref.object == object]
        seen |= await salesforce.read(refs, _fields_of(object)) if refs else {}
    for sort, spec in ACTIVITIES.items():
        names = [rule.hubspot for rule in spec.rules]
        refs = [ref for link in links.values() if (ref := link.refs.hubspot) and ref.object == spec.hubspot_object]
        seen |= await hubspot.read(refs, names) if refs else {}
        sent = [link.key for link in links.values() if link.state is LinkState.SENT and _sort_in(seen, link) == sort]
        key = KEY_FIELDS[Side.HUBSPOT]
        found = await hubspot.find(spec.hubspot_object, key, sent, [*names, key]) if sent else []
        seen |= {Ref(Side.HUBSPOT, LOGGED, str(snap.fields[key])): snap for snap in found}
    ids = {str(snap.fields.get(name)) for snap in seen.values() if isinstance(snap, Snapshot) for name in (WHO, WHAT)}
    ends = [Ref(Side.SALESFORCE, object, id) for id in ids for object in (*_PEOPLE, *_THINGS)]
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        tied = tx.links.load(ends)
        out = tx.left_out.load(ends)
    return _Desk(at=at, seen=seen, tied=tied, left_out=frozenset(out))


def _sort_in(seen: Mapping[Ref, Seen], link: Link) -> str:
    own = seen.get(link.refs.salesforce) if link.refs.salesforce is not None else None
    return sort_of(own) if isinstance(own, Snapshot) else ""


async def _decide(desk: _Desk, job: Job) -> Decision:
    decision = Decision(job, desk.at.clock.now(), base=job.base, tells=True)
    decision.note(StepKind.TRIGGER, Message(f"trigger.{job.marks[0].triggers[-1]}"), passed=True)
    own, link = job.seen.salesforce, job.link
    if isinstance(own, Gone):
        _follow_loss(desk, decision, own)
    elif isinstance(own, Snapshot) and isinstance(job.seen.hubspot, Gone):
        decision.retire = Message("presence.deleted_elsewhere", (("side", Side.HUBSPOT),))
    elif isinstance(own, Snapshot):
        decision.mapping = await _mapping_of(desk, own)
        if isinstance(job.seen.hubspot, Snapshot):
            _merge(desk, decision)
        elif link is None or link.missing_side() is Side.HUBSPOT:
            _make(desk, decision, own)
    return decision


def _follow_loss(desk: _Desk, decision: Decision, own: Gone) -> None:
    """Z-08: as the settings say; what is merely out of sight is left alone."""
    link = decision.job.link
    if link is None or own.how is Loss.UNSEEN:
        return
    partner = decision.job.snapshot(Side.HUBSPOT)
    if desk.at.settings.salesforce_activities.when_deleted is OnDelete.DELETE and partner is not None:
        reason = Message.of("presence.delete_follows", side=Side.SALESFORCE)
        decision.steps.append(plan_delete(LOGGED, partner.ref, reason, partner))
    else:
        decision.retire = Message.of("presence.deleted_elsewhere", side=Side.SALESFORCE)


def _merge(desk: _Desk, decision: Decision) -> None:
    hubspot, salesforce = decision.job.snapshot(Side.HUBSPOT), decision.job.snapshot(Side.SALESFORCE)
    assert hubspot is not None and salesforce is not None and decision.mapping is not None
    decision.snapshots = Pair(hubspot, salesforce)
    decision.merge = merge_pair(decision.mapping, decision.job.base, decision.snapshots, lookup=desk.at.directory)
    decision.steps.extend(plan_update(decision.mapping, decision.merge, decision.snapshots))


def _make(desk: _Desk, decision: Decision, own: Snapshot) -> None:
    """On the timeline of its person, and of what it is about; who is not synced (yet) is waited for, quietly."""
    at, job, mapping = desk.at, decision.job, decision.mapping
    assert mapping is not None
    person = desk.partner(own.fields.get(WHO), _PEOPLE)
    if person is None or person.state is not LinkState.LINKED or person.refs.hubspot is None:
        waits = decision.at - job.marks[0].first_at < WAITS
        decision.again_at = decision.at + at.settings.check_every if waits else None
        return
    if person.refs.salesforce in desk.left_out:
        return
    about = desk.partner(own.fields.get(WHAT), _THINGS)
    ends = [one.refs.hubspot for one in (person, about) if one is not None and one.state is LinkState.LINKED]
    key = make_key(own.ref, at.accounts[Side.SALESFORCE].id)
    reason = Message("match.created", (("side", Side.HUBSPOT),))
    when = str(own.fields.get("StartDateTime") or (own.created_at or own.modified_at).isoformat())
    draft = plan_create(mapping, own, key, lookup=at.directory, placeholder={WHEN: when}, reason=reason)
    decision.problems.extend(draft.problems)
    if draft.step is None or not isinstance(draft.step.operation, Create):
        return
    create = draft.step.operation
    fields = {WHEN: when, **create.fields, **CONSTANT[sort_of(own)]}
    operation = replace(create, fields=fields, ties=tuple(ref for ref in ends if ref is not None))
    decision.steps.append(Step(kind=LOGGED, operation=operation, why={"": reason}))
    decision.base = replace(
        base_of_create(mapping, Side.HUBSPOT, fields, lookup=at.directory),
        read_at=Pair.of(Side.SALESFORCE, own.seen_at, None),
    )
    if job.link is None:
        decision.new_link = NewLink(kind=LOGGED, refs=Pair(None, own.ref), key=key)


async def _mapping_of(desk: _Desk, own: Snapshot) -> CompiledMapping:
    """The shipped lines of its sort, with Salesforce's word in all of them."""
    sort, at = sort_of(own), desk.at
    if sort not in desk.mappings:
        spec = ACTIVITIES[sort]
        schemas = Pair(
            await at.connectors[Side.HUBSPOT].describe(spec.hubspot_object),
            await at.connectors[Side.SALESFORCE].describe(own.ref.object),
        )
        settings = ObjectSettings(
            kind=LOGGED,
            hubspot_object=spec.hubspot_object,
            salesforce_objects=spec.salesforce_objects,
            fields=tuple(replace(rule, rule=UpdateRule.ALWAYS_SALESFORCE) for rule in spec.rules),
        )
        zone = ZoneInfo(at.accounts[Side.HUBSPOT].time_zone)
        desk.mappings[sort] = compile_mapping(settings, own.ref.object, schemas, zone=zone)
    return desk.mappings[sort]
