"""Lists (segments): manual and snapshot ones that are told their members, dynamic ones that find them by filters.

HTTP does not belong here; what a filter means is in `list_filters`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.hubspot.changes import NOTHING, Actor, Association, Change, Membership, Merge
from pasodoble.simulators.hubspot.list_filters import Compiled, Compiler
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.records import Record, SortedIds

if TYPE_CHECKING:
    from pasodoble.simulators.hubspot.portal import Portal

LISTS = Actor("LISTS")
"""Who moves records in and out of dynamic lists."""


@dataclass(slots=True, kw_only=True)
class CrmList:
    """One list. `members` maps record ids to (moment of joining, place in the order of joining)."""

    id: int
    name: str
    type_id: str
    processing: str
    created_ms: int
    updated_ms: int
    filter_branch: dict[str, Any] | None = None
    compiled: Compiled | None = None
    version: int = 1
    filters_ms: int = 0
    created_by: int | None = None
    updated_by: int | None = None
    deleted_ms: int = 0
    folder_id: int = 0
    members: dict[int, tuple[int, int]] = field(default_factory=dict)
    first_joined: dict[int, int] = field(default_factory=dict)
    ids: SortedIds = field(default_factory=SortedIds)
    joins: list[tuple[int, int]] = field(default_factory=list)
    """(place, record id) of every joining, in order; those who left since are skipped by readers."""
    sizes: list[tuple[int, int]] = field(default_factory=list)
    """(moment, size) after every change of it."""
    edits: list[int] = field(default_factory=list)
    conversion: dict[str, Any] | None = None
    converted_ms: int = 0
    custom: dict[str, str] = field(default_factory=dict)

    @property
    def is_dynamic(self) -> bool:
        return self.processing == "DYNAMIC"

    def member_ids(self) -> list[int]:
        """Ids of the members, in order."""
        return list(self.ids)

    def by_joining(self, start: int) -> Iterator[tuple[int, int]]:
        """(place, record id) of the members from place `start` on."""
        for place, id in self.joins[bisect_left(self.joins, (start, 0)) :]:
            member = self.members.get(id)
            if member is not None and member[1] == place:
                yield place, id


@dataclass(slots=True, kw_only=True)
class Folder:
    id: int
    name: str | None
    parent_id: int
    created_ms: int
    updated_ms: int


ROOT_FOLDER = 0


class ListBook:
    """All lists of a portal. It listens to the portal's changes, and keeps dynamic lists up to date by them."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.lists: dict[int, CrmList] = {}
        self.folders: dict[int, Folder] = {}
        self.places = 0
        """How many joinings there have been, which is the place of the last one."""
        portal.changes.subscribe(self._follow)

    def find(self, id: str) -> CrmList | None:
        """The list with this id, deleted ones too."""
        return self.lists.get(int(id)) if id.isdecimal() else None

    def live(self) -> list[CrmList]:
        return [one for one in self.lists.values() if not one.deleted_ms]

    def compile(self, kind: ObjectType, branch: object) -> Compiled:
        """Raises Refusal."""
        return Compiler(self.portal, kind, self.has_member).compile(branch)

    def has_member(self, list_id: str, record_id: int) -> bool:
        found = self.find(list_id)
        return found is not None and record_id in found.members

    def create(
        self, *, name: str, kind: ObjectType, processing: str, branch: dict[str, Any] | None, user_id: int | None
    ) -> CrmList:
        """A new list; snapshots and dynamic ones are filled at once. Raises Refusal for bad filters."""
        now = self.portal.now_ms()
        compiled = self.compile(kind, branch) if branch is not None else None
        made = CrmList(
            id=self.portal.next_id("lists"),
            name=name,
            type_id=kind.type_id,
            processing=processing,
            created_ms=now,
            updated_ms=now,
            filter_branch=branch,
            compiled=compiled,
            filters_ms=now,
            created_by=user_id,
            updated_by=user_id,
        )
        self.lists[made.id] = made
        if compiled is not None:
            self.evaluate(made)
        return made

    def set_filters(self, one: CrmList, branch: dict[str, Any], user_id: int | None) -> None:
        """Raises Refusal."""
        one.compiled = self.compile(self.portal.types[one.type_id], branch)
        one.filter_branch = branch
        one.filters_ms = self.portal.now_ms()
        self.mark_edited(one, user_id)
        self.evaluate(one)

    def mark_edited(self, one: CrmList, user_id: int | None) -> None:
        one.version += 1
        one.updated_ms = self.portal.now_ms()
        one.updated_by = user_id
        one.edits.append(one.updated_ms)

    def join(self, one: CrmList, ids: Iterable[int], actor: Actor) -> list[int]:
        """Add live records that are not in yet; who was added."""
        rows, now = self.portal.tables[one.type_id].rows, self.portal.now_ms()
        added = [id for id in dict.fromkeys(ids) if id in rows and id not in one.members]
        for id in added:
            self.places += 1
            one.members[id] = (now, self.places)
            one.first_joined.setdefault(id, now)
            one.ids.add(id)
            one.joins.append((self.places, id))
            self._announce(one, id, actor, joined=True)
        if added:
            one.sizes.append((now, len(one.members)))
        return added

    def leave(self, one: CrmList, ids: Iterable[int], actor: Actor) -> list[int]:
        """Take members out; who was in."""
        gone = [id for id in dict.fromkeys(ids) if id in one.members]
        for id in gone:
            del one.members[id]
            one.ids.remove(id)
            self._announce(one, id, actor, joined=False)
        if gone:
            one.sizes.append((self.portal.now_ms(), len(one.members)))
        if len(one.joins) > 2 * len(one.members) + 1000:
            one.joins = list(one.by_joining(0))
        return gone

    def _announce(self, one: CrmList, id: int, actor: Actor, *, joined: bool) -> None:
        detail = Membership(one.id, joined)
        now = self.portal.now_ms()
        self.portal.changes.announce(Change(now, "listMembership", actor, one.type_id, id, NOTHING, NOTHING, detail))

    def evaluate(self, one: CrmList) -> None:
        """Look at every record of the list's type."""
        if one.compiled is None:
            return
        test = one.compiled.test
        rows = self.portal.tables[one.type_id].rows
        wanted = [id for id, row in rows.items() if test(row)]
        kept = set(wanted)
        self.leave(one, [id for id in one.members if id not in kept], LISTS)
        self.join(one, sorted(wanted), LISTS)

    def refresh(self, one: CrmList) -> None:
        """Bring a dynamic list up to date whose filters depend on the time."""
        if one.is_dynamic and one.compiled is not None and one.compiled.relative:
            self.evaluate(one)

    def _follow(self, change: Change) -> None:
        if not self.lists:
            return
        if change.kind in ("deletion", "privacyDeletion"):
            for one in self.live():
                if one.type_id == change.type_id:
                    self.leave(one, (change.record_id,), LISTS)
            return
        if isinstance(change.detail, Merge):
            self._merge_members(change.type_id, change.detail)
        for one in self.live():
            if (
                one.is_dynamic
                and one.compiled is not None
                and (change.kind != "listMembership" or one.compiled.in_lists)
            ):
                self._look_again(one, one.compiled, change)

    def _merge_members(self, type_id: str, merge: Merge) -> None:
        """The result of a merge takes the place of those it absorbed."""
        for one in self.live():
            if one.type_id == type_id and self.leave(one, merge.merged_ids, LISTS) and not one.is_dynamic:
                self.join(one, (merge.new_id,), LISTS)

    def _look_again(self, one: CrmList, compiled: Compiled, change: Change) -> None:
        ends = [(change.type_id, change.record_id)]
        if isinstance(change.detail, Association):
            ends.append((change.detail.to_type, change.detail.to_id))
        for type_id, id in ends:
            if type_id == one.type_id:
                self._place(one, compiled, id)
            if type_id in compiled.through:
                for linked in list(self.portal.links.of(type_id, id, one.type_id)):
                    self._place(one, compiled, linked)

    def _place(self, one: CrmList, compiled: Compiled, id: int) -> None:
        row: Record | None = self.portal.tables[one.type_id].rows.get(id)
        if row is None:
            return
        belongs = compiled.test(row)
        if belongs and id not in one.members:
            self.join(one, (id,), LISTS)
        elif not belongs and id in one.members:
            self.leave(one, (id,), LISTS)
