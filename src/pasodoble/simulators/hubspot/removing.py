"""Taking records away and bringing them back: archive, restore, merge, and deletion for privacy reasons.

Who may do so, and how a batch of it is answered, does not belong here.
"""

from __future__ import annotations

from pasodoble.simulators.hubspot.changes import NOTHING, Actor, Change, Detail, Kind, Merge
from pasodoble.simulators.hubspot.errors import Refusal, conflict
from pasodoble.simulators.hubspot.linking import link, unlink
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import EMAILS, Portal, unique_keys
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.writing import COMPANIES, CONTACTS, LEADS

RESTORABLE_MS = 90 * 86_400_000
EMAIL_RECORDS = "0-49"
"""Archived for good: nobody can bring an email engagement back."""
MAX_IDENTITIES = 250
"""Ids that may end up in one record by merging."""


def archive(portal: Portal, actor: Actor, kind: ObjectType, row: Record) -> None:
    """Move a live record to the recycle bin; its unique values become free, its associations disappear."""
    neighbours = portal.links.neighbours(kind.type_id, row.id)
    portal.stashed[kind.type_id, row.id] = neighbours
    _unlink_all(portal, kind, row, neighbours)
    portal.release_unique(kind, row, row.values)
    portal.tables[kind.type_id].archive(row, portal.now_ms())
    _announce(portal, actor, "deletion", kind, row.id)
    _archive_lone_leads(portal, actor, kind, neighbours)


def _unlink_all(
    portal: Portal, kind: ObjectType, row: Record, neighbours: list[tuple[str, int, tuple[int, ...]]]
) -> None:
    """Silently: HubSpot announces a deletion, not each association that went with it."""
    for to_type, to_id, _types in neighbours:
        portal.links.set(kind.type_id, row.id, to_type, to_id, ())
        portal.links.set(to_type, to_id, kind.type_id, row.id, ())


def _archive_lone_leads(
    portal: Portal, actor: Actor, kind: ObjectType, neighbours: list[tuple[str, int, tuple[int, ...]]]
) -> None:
    if kind.type_id not in (CONTACTS, COMPANIES):
        return
    for type_id, id, _types in neighbours:
        if type_id == LEADS:
            archive_if_lone(portal, actor, id)


def archive_if_lone(portal: Portal, actor: Actor, lead_id: int) -> None:
    """A lead that lost its last contact and company goes with them."""
    lead = portal.tables[LEADS].rows.get(lead_id)
    if lead is not None and not any(portal.links.of(LEADS, lead_id, other) for other in (CONTACTS, COMPANIES)):
        archive(portal, actor, portal.types[LEADS], lead)


def restore(portal: Portal, actor: Actor, kind: ObjectType, row: Record) -> None:
    """Bring a record back from the recycle bin.

    Raises Refusal when a unique value of it is taken by now, after 90 days, and for email engagements.
    """
    if kind.type_id == EMAIL_RECORDS or portal.now_ms() - row.archived_ms > RESTORABLE_MS:
        raise Refusal(f"{kind.constant} {row.id} was deleted for good and cannot be restored.")
    for name in portal.unique_names(kind):
        for key in unique_keys(name, row.values.get(name)):
            holder = portal.find_unique(kind, "email" if name in EMAILS else name, key)
            if holder is not None:
                raise conflict(f"{kind.constant} {row.id} cannot be restored: {holder.id} has its {name} by now.")
    table = portal.tables[kind.type_id]
    table.restore(row, portal.now_ms())
    portal.claim_unique(kind, row, row.values)
    _announce(portal, actor, "restore", kind, row.id)
    for to_type, to_id, types in portal.stashed.pop((kind.type_id, row.id), []):
        if to_id in portal.tables[to_type].rows:
            link(portal, actor, kind, row.id, portal.types[to_type], to_id, types, mark=False)


def purge(portal: Portal, actor: Actor, kind: ObjectType, row: Record) -> None:
    """Forget a live or archived record for good, history included, and block its addresses."""
    table = portal.tables[kind.type_id]
    portal.blocklist.update(key for name in EMAILS for key in unique_keys(name, row.values.get(name)))
    _announce(portal, actor, "privacyDeletion", kind, row.id)
    if row.archived_ms == 0:
        archive(portal, actor, kind, row)
    table.purge(row)
    portal.stashed.pop((kind.type_id, row.id), None)
    if kind.type_id == CONTACTS:
        portal.events.forget(row.id)
    for change in row.history:
        change.values, change.before = NOTHING, NOTHING


def merge(portal: Portal, actor: Actor, kind: ObjectType, primary: Record, other: Record) -> Record:
    """Make one record of two; the primary's values win. Raises Refusal.

    By the switch `merge_id` the result is a new record, or the primary itself. Absorbed ids lead to it.
    """
    merged_ids = (*other.merged_ids, *primary.merged_ids, *sorted((primary.id, other.id)))
    if len(merged_ids) > MAX_IDENTITIES:
        raise Refusal("Cannot have more than 250 identities on a profile")
    table, now = portal.tables[kind.type_id], portal.now_ms()
    values, moved = _merged_values(kind, primary, other)
    neighbours = [found for row in (other, primary) for found in portal.links.neighbours(kind.type_id, row.id)]
    preserved = portal.switches.merge_id == "preserved"
    new_id = primary.id if preserved else table.take_id()
    result = Record(new_id, min(primary.created_ms, other.created_ms), values)
    result.history = sorted((*primary.history, *other.history), key=lambda change: change.at_ms)
    result.merged_ids = tuple(dict.fromkeys(id for id in merged_ids if id != new_id))
    for row in (primary, other):
        _unlink_all(portal, kind, row, portal.links.neighbours(kind.type_id, row.id))
        portal.release_unique(kind, row, row.values)
        table.archive(row, now)
        table.purge(row)
        if row.id != new_id:
            table.absorbed[row.id] = new_id
    result.updated_ms = now
    detail = Merge(primary.id, (other.id,) if preserved else (primary.id, other.id), new_id, len(moved))
    change = Change(
        now,
        "merge",
        Actor("MERGE_OBJECTS", actor.source_id, actor.user_id),
        kind.type_id,
        new_id,
        moved,
        NOTHING,
        detail,
    )
    result.history.append(change)
    table.insert(result)
    portal.claim_unique(kind, result, values)
    if kind.type_id == CONTACTS:
        portal.events.move({primary.id, other.id}, new_id)
    portal.changes.announce(Change(now, "merge", actor, kind.type_id, new_id, moved, NOTHING, detail))
    _relink(portal, actor, kind, result, neighbours)
    return result


def _merged_values(kind: ObjectType, primary: Record, other: Record) -> tuple[dict[str, str], dict[str, str]]:
    """The result's values, and those among them that the primary did not have."""
    values = {**other.values, **primary.values}
    if kind.type_id == CONTACTS:
        emails = [key for row in (primary, other) for name in EMAILS for key in unique_keys(name, row.values.get(name))]
        secondary = [email for email in dict.fromkeys(emails) if email != values.get("email")]
        if secondary:
            values["hs_additional_emails"] = ";".join(secondary)
    if kind.type_id == COMPANIES and other.values.get("domain") not in (None, values.get("domain")):
        domains = [*values.get("hs_additional_domains", "").split(";"), other.values["domain"]]
        values["hs_additional_domains"] = ";".join(dict.fromkeys(domain for domain in domains if domain))
    moved = {name: value for name, value in values.items() if primary.values.get(name) != value}
    return values, moved


def _relink(
    portal: Portal,
    actor: Actor,
    kind: ObjectType,
    row: Record,
    neighbours: list[tuple[str, int, tuple[int, ...]]],
) -> None:
    """Give the result the links of both; the primary's come last, so that its primary company stays the primary one."""
    for to_type, to_id, types in neighbours:
        if to_id in portal.tables[to_type].rows and (to_type, to_id) != (kind.type_id, row.id):
            link(portal, actor, kind, row.id, portal.types[to_type], to_id, types, mark=False)


def unlink_and_tidy(
    portal: Portal,
    actor: Actor,
    from_kind: ObjectType,
    from_id: int,
    to_kind: ObjectType,
    to_id: int,
    types: list[int] | None = None,
) -> None:
    """Take associations away, and with them a lead that has nobody left."""
    unlink(portal, actor, from_kind, from_id, to_kind, to_id, types)
    for kind, id in ((from_kind, from_id), (to_kind, to_id)):
        if kind.type_id == LEADS:
            archive_if_lone(portal, actor, id)


def _announce(
    portal: Portal, actor: Actor, what: Kind, kind: ObjectType, id: int, detail: Detail | None = None
) -> None:
    portal.changes.announce(Change(portal.now_ms(), what, actor, kind.type_id, id, NOTHING, NOTHING, detail))
