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
from pasodoble.simulators.hubspot.writing import COMPANIES, LEADS

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
    have = portal.links.types_between(from_kind.type_id, from_id, to_kind.type_id, to_id)
    wanted = _wanted_types(portal, from_kind.type_id, from_id, to_kind.type_id, to_id, types)
    new = [type_ for type_ in wanted if type_.id not in have]
    if not new:
        return
    for type_ in new:
        _check_limit(portal, type_, from_id)
    for type_ in new:
        if type_.primary:
            _unset_primary(portal, actor, type_, from_id, to_id)
    ids = (*have, *(type_.id for type_ in new))
    _store(portal, from_kind.type_id, from_id, to_kind.type_id, to_id, ids)
    for type_ in new:
        _announce(portal, actor, type_, from_id, to_id, removed=False)
    _touch(portal, from_kind, from_id, to_kind, to_id)
    if mark and not have:
        note_engagement(portal, actor, from_kind, from_id, to_kind, to_id)


def _wanted_types(
    portal: Portal, from_type: str, from_id: int, to_type: str, to_id: int, ids: Iterable[int]
) -> list[LinkType]:
    """The types asked for, the default one, and the primary one where there is none yet. Raises Refusal."""
    wanted = {id: find_type(portal, from_type, to_type, id) for id in ids}
    primary = portal.link_types.primary(from_type, to_type)
    first_is_primary = portal.switches.first_company_primary
    if primary is not None and first_is_primary and _has_no_primary(portal, primary, from_id, to_id):
        wanted.setdefault(primary.id, primary)
    default = portal.link_types.default(from_type, to_type)
    wanted.setdefault(default.id, default)
    return list(wanted.values())


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
        type_ = portal.link_types.find(from_kind.type_id, to_kind.type_id, id)
        if type_ is not None:
            _announce(portal, actor, type_, from_id, to_id, removed=True)
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


def _facing(portal: Portal, primary: LinkType, from_id: int, to_id: int) -> tuple[LinkType, int, int]:
    """A primary type and its ends, seen from the record that may have only one such link: never a company, a lead always."""
    if primary.from_type == COMPANIES or primary.to_type == LEADS:
        inverse = portal.link_types.find(primary.to_type, primary.from_type, primary.inverse)
        if inverse is not None:
            return inverse, to_id, from_id
    return primary, from_id, to_id


def _has_no_primary(portal: Portal, primary: LinkType, from_id: int, to_id: int) -> bool:
    primary, from_id, _to_id = _facing(portal, primary, from_id, to_id)
    linked = portal.links.of(primary.from_type, from_id, primary.to_type)
    return not any(primary.id in types for types in linked.values())


def _unset_primary(portal: Portal, actor: Actor, primary: LinkType, from_id: int, to_id: int) -> None:
    primary, from_id, to_id = _facing(portal, primary, from_id, to_id)
    for other_id, types in list(portal.links.of(primary.from_type, from_id, primary.to_type).items()):
        if primary.id in types and other_id != to_id:
            kept = tuple(id for id in types if id != primary.id)
            _store(portal, primary.from_type, from_id, primary.to_type, other_id, kept)
            _announce(portal, actor, primary, from_id, other_id, removed=True)


def _check_limit(portal: Portal, type_: LinkType, from_id: int) -> None:
    if type_.max_to is None:
        return
    linked = sum(type_.id in types for types in portal.links.of(type_.from_type, from_id, type_.to_type).values())
    if linked >= type_.max_to:
        message = f"{from_id} already has {linked} associations of type {type_.id}; the limit is {type_.max_to}."
        raise Refusal(message, sub_category="crm.associations.TO_OBJECT_LIMIT_EXCEEDED")


def _store(portal: Portal, from_type: str, from_id: int, to_type: str, to_id: int, ids: Sequence[int]) -> None:
    portal.links.set(from_type, from_id, to_type, to_id, ids)
    types = [portal.link_types.find(from_type, to_type, id) for id in ids]
    portal.links.set(to_type, to_id, from_type, from_id, [type_.inverse for type_ in types if type_ is not None])


def _announce(portal: Portal, actor: Actor, type_: LinkType, from_id: int, to_id: int, *, removed: bool) -> None:
    ends = (type_.from_type, from_id, type_.to_type, to_id)
    detail = Association(*ends, type_.id, type_.category, type_.primary, removed)
    now = portal.now_ms()
    portal.changes.announce(Change(now, "associationChange", actor, ends[0], from_id, NOTHING, NOTHING, detail))


def _touch(portal: Portal, from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int) -> None:
    now = portal.now_ms()
    for kind, id, other in ((from_kind, from_id, to_kind), (to_kind, to_id, from_kind)):
        row = portal.tables[kind.type_id].rows.get(id)
        if row is not None and kind.type_id in COUNTED and other.type_id in COUNTED:
            portal.tables[kind.type_id].touch(row, now)
