"""Making and taking away associations between records, with all that follows: labels, primaries, announcements.

Which types exist and who is linked is stored in `links`; HTTP does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pasodoble.simulators.hubspot.changes import NOTHING, Actor, Association, Change
from pasodoble.simulators.hubspot.engagements import note_engagement
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.links import LinkType
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record

COUNTED = frozenset({"0-1", "0-2", "0-3", "0-5"})
"""Types with properties that count or name what they are linked to, so that a link moves their last-modified time."""


def find_type(portal: Portal, from_type: str, to_type: str, id: int) -> LinkType:
    """Raises Refusal."""
    link = portal.link_types.find(from_type, to_type, id)
    if link is None:
        from_kind, to_kind = portal.types[from_type], portal.types[to_type]
        message = f"{id} is not a valid association type between {from_kind.constant} and {to_kind.constant}"
        raise Refusal(message, errors=[{"message": message, "code": "INVALID_ASSOCIATION_TYPE"}])
    return link


def link(
    portal: Portal,
    actor: Actor,
    from_kind: ObjectType,
    from_id: int,
    to_kind: ObjectType,
    to_id: int,
    types: Iterable[int] = (),
    *,
    mark: bool = True,
) -> None:
    """Add association types (none: the default one) between two live records. Raises Refusal.

    A primary type brings the default one with it and takes the primary mark from whom had it.
    mark   whether a newly linked activity leaves its marks (not when old links are only brought back).
    """
    wanted = [find_type(portal, from_kind.type_id, to_kind.type_id, id) for id in types]
    default = portal.link_types.default(from_kind.type_id, to_kind.type_id)
    if not wanted:
        wanted = [default]
        first = portal.link_types.primary(from_kind.type_id, to_kind.type_id)
        if (
            first is not None
            and portal.switches.first_company_primary
            and _has_no_primary(portal, first, from_id, to_id)
        ):
            wanted.append(first)
    elif all(kind.variant != "default" for kind in wanted):
        wanted.append(default)
    have = portal.links.types_between(from_kind.type_id, from_id, to_kind.type_id, to_id)
    new = [kind for kind in dict.fromkeys(kind.id for kind in wanted) if kind not in have]
    if not new:
        return
    for id in new:
        kind = find_type(portal, from_kind.type_id, to_kind.type_id, id)
        _check_limit(portal, kind, from_id)
        if kind.primary:
            _unset_primary(portal, actor, kind, from_id, to_id)
    _store(portal, from_kind.type_id, from_id, to_kind.type_id, to_id, (*have, *new))
    for id in new:
        _announce(
            portal, actor, find_type(portal, from_kind.type_id, to_kind.type_id, id), from_id, to_id, removed=False
        )
    _touch(portal, from_kind, from_id, to_kind, to_id)
    if mark and not have:
        note_engagement(portal, actor, from_kind, from_id, to_kind, to_id)


def unlink(
    portal: Portal,
    actor: Actor,
    from_kind: ObjectType,
    from_id: int,
    to_kind: ObjectType,
    to_id: int,
    types: Sequence[int] | None = None,
) -> None:
    """Take association types away; None, or the default type among them, takes all."""
    have = portal.links.types_between(from_kind.type_id, from_id, to_kind.type_id, to_id)
    default = portal.link_types.default(from_kind.type_id, to_kind.type_id)
    gone = have if types is None or default.id in types else tuple(id for id in have if id in types)
    if not gone:
        return
    _store(portal, from_kind.type_id, from_id, to_kind.type_id, to_id, tuple(id for id in have if id not in gone))
    for id in gone:
        kind = portal.link_types.find(from_kind.type_id, to_kind.type_id, id)
        if kind is not None:
            _announce(portal, actor, kind, from_id, to_id, removed=True)
    _touch(portal, from_kind, from_id, to_kind, to_id)


def replace_types(
    portal: Portal,
    actor: Actor,
    from_kind: ObjectType,
    from_id: int,
    to_kind: ObjectType,
    to_id: int,
    types: Sequence[int],
) -> None:
    """Leave exactly these association types (and the default one) between two records. Raises Refusal."""
    default = portal.link_types.default(from_kind.type_id, to_kind.type_id)
    have = portal.links.types_between(from_kind.type_id, from_id, to_kind.type_id, to_id)
    link(portal, actor, from_kind, from_id, to_kind, to_id, types)
    stale = [id for id in have if id not in types and id != default.id]
    if stale:
        unlink(portal, actor, from_kind, from_id, to_kind, to_id, stale)


def _has_no_primary(portal: Portal, primary: LinkType, from_id: int, to_id: int) -> bool:
    """Whether the record that may have one primary company has none yet; companies have as many as they like."""
    if primary.from_type == "0-2":
        inverse = portal.link_types.find(primary.to_type, primary.from_type, primary.inverse)
        return inverse is not None and _has_no_primary(portal, inverse, to_id, from_id)
    return not any(
        primary.id in types for types in portal.links.of(primary.from_type, from_id, primary.to_type).values()
    )


def _unset_primary(portal: Portal, actor: Actor, primary: LinkType, from_id: int, to_id: int) -> None:
    if primary.from_type == "0-2":
        inverse = portal.link_types.find(primary.to_type, primary.from_type, primary.inverse)
        if inverse is not None:
            _unset_primary(portal, actor, inverse, to_id, from_id)
        return
    for other_id, types in list(portal.links.of(primary.from_type, from_id, primary.to_type).items()):
        if primary.id in types and other_id != to_id:
            kept = tuple(id for id in types if id != primary.id)
            _store(portal, primary.from_type, from_id, primary.to_type, other_id, kept)
            _announce(portal, actor, primary, from_id, other_id, removed=True)


def _check_limit(portal: Portal, kind: LinkType, from_id: int) -> None:
    if kind.max_to is None:
        return
    linked = sum(kind.id in types for types in portal.links.of(kind.from_type, from_id, kind.to_type).values())
    if linked >= kind.max_to:
        message = f"{from_id} already has {linked} associations of type {kind.id}; the limit is {kind.max_to}."
        raise Refusal(message, sub_category="crm.associations.TO_OBJECT_LIMIT_EXCEEDED")


def _store(portal: Portal, from_type: str, from_id: int, to_type: str, to_id: int, types: Sequence[int]) -> None:
    portal.links.set(from_type, from_id, to_type, to_id, types)
    kinds = [portal.link_types.find(from_type, to_type, id) for id in types]
    portal.links.set(to_type, to_id, from_type, from_id, [kind.inverse for kind in kinds if kind is not None])


def _announce(portal: Portal, actor: Actor, kind: LinkType, from_id: int, to_id: int, *, removed: bool) -> None:
    detail = Association(kind.from_type, from_id, kind.to_type, to_id, kind.id, kind.category, kind.primary, removed)
    portal.changes.announce(
        Change(portal.now_ms(), "associationChange", actor, kind.from_type, from_id, NOTHING, NOTHING, detail)
    )


def _touch(portal: Portal, from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int) -> None:
    now = portal.now_ms()
    for kind, id, other in ((from_kind, from_id, to_kind), (to_kind, to_id, from_kind)):
        row = portal.tables[kind.type_id].rows.get(id)
        if row is not None and kind.type_id in COUNTED and other.type_id in COUNTED:
            portal.tables[kind.type_id].touch(row, now)


def live_links(portal: Portal, kind: ObjectType, row: Record, to_type: str) -> list[tuple[int, tuple[int, ...]]]:
    """(id, association types) of the live records a record is linked to, by id."""
    return sorted(portal.links.of(kind.type_id, row.id, to_type).items())
