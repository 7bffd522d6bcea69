"""Records as the API shows them: which properties, nulls, history, associations, in numbered and dated shape.

Reading request parameters does not belong here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pasodoble.simulators.hubspot.derived import Reader
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record

MAX_SHOWN_LINKS: Final = 1000


@dataclass(frozen=True, slots=True)
class View:
    """What one request wants to see of the records of one type; made once, used for each record.

    plain      (property, how to work it out or None) of those that exist
    history    properties whose history is wanted
    links      object types whose associations are wanted
    """

    portal: Portal
    kind: ObjectType
    plain: tuple[tuple[str, Reader | None], ...]
    history: tuple[str, ...]
    links: tuple[ObjectType, ...]
    dated: bool
    nulls: bool

    def show(self, row: Record) -> dict[str, Any]:
        """One record as JSON; a search may give one as it stood before."""
        shown: dict[str, Any] = {"id": str(row.id), "properties": self._properties(row, row.values)}
        if self.history:
            shown["propertiesWithHistory"] = {name: show_history(self, row, name) for name in self.history}
        shown["createdAt"] = iso(row.created_ms)
        shown["updatedAt"] = iso(row.updated_ms)
        shown["archived"] = row.archived_ms != 0
        if row.archived_ms:
            shown["archivedAt"] = iso(row.archived_ms)
        if self.dated:
            shown["url"] = record_url(self.portal, self.kind, row)
        links = self._links(row)
        if links:
            shown["associations"] = links
        return shown

    def _properties(self, row: Record, values: dict[str, str]) -> dict[str, str | None]:
        shown: dict[str, str | None] = {}
        for name, reader in self.plain:
            value = values.get(name)
            if value is None and reader is not None:
                value = reader(self.portal, self.kind, row)
            if value is not None or self.nulls:
                shown[name] = value
        return shown

    def _links(self, row: Record) -> dict[str, Any]:
        found = {}
        for to_kind in self.links:
            linked = self.portal.links.of(self.kind.type_id, row.id, to_kind.type_id)
            if linked:
                rows = [
                    {"id": str(to_id), "type": self._link_name(to_kind, type_id)}
                    for to_id, types in sorted(linked.items())[:MAX_SHOWN_LINKS]
                    for type_id in types
                ]
                found[self._link_key(to_kind)] = {"results": rows}
        return found

    @staticmethod
    def _link_key(to_kind: ObjectType) -> str:
        """Custom objects by their fully qualified name; the words of HubSpot's own names are parted by a blank."""
        return to_kind.aliases[0] if to_kind.custom else to_kind.name.replace("_", " ")

    def _link_name(self, to_kind: ObjectType, type_id: int) -> str:
        link = self.portal.link_types.find(self.kind.type_id, to_kind.type_id, type_id)
        return link.name if link is not None else str(type_id)


def view_of(
    portal: Portal,
    kind: ObjectType,
    *,
    properties: Sequence[str] = (),
    history: Sequence[str] = (),
    links: Sequence[ObjectType] = (),
    dated: bool = False,
) -> View:
    """Unknown properties are left out; without any, the type's default ones are shown."""
    book, readers = portal.properties[kind.type_id], portal.readers[kind.type_id]
    names = dict.fromkeys((*kind.shown, *properties) if properties else kind.shown)
    if properties:
        names = dict.fromkeys((*properties, *ALWAYS, kind.created, kind.modified))
    empty = portal.switches.empty_values
    return View(
        portal,
        kind,
        tuple((name, readers.get(name)) for name in names if name in book.live),
        tuple(name for name in dict.fromkeys(history) if name in book.live),
        tuple(links),
        dated,
        empty == "null" or (empty == "by_edition" and not dated),
    )


ALWAYS: Final = ("hs_object_id",)
"""Shown whatever was asked for, with the times of creation and of last change."""


def show_written(portal: Portal, kind: ObjectType, row: Record, *, dated: bool) -> dict[str, Any]:
    """What the answer to a write shows: the values there are, the id and the times."""
    properties = {
        **row.values,
        kind.created: iso(row.created_ms),
        "hs_object_id": str(row.id),
        kind.modified: iso(row.updated_ms),
    }
    shown: dict[str, Any] = {
        "id": str(row.id),
        "properties": properties,
        "createdAt": iso(row.created_ms),
        "updatedAt": iso(row.updated_ms),
        "archived": False,
    }
    if dated:
        shown["url"] = record_url(portal, kind, row)
    return shown


def record_url(portal: Portal, kind: ObjectType, row: Record) -> str:
    """Where a person sees the record."""
    account = portal.account
    return f"https://{account.ui_domain}/contacts/{account.portal_id}/record/{kind.type_id}/{row.id}"


def show_history(view: View, row: Record, name: str) -> list[dict[str, Any]]:
    """All values a property had, newest first."""
    entries = []
    for change in reversed(row.history):
        if name in change.values:
            entry: dict[str, Any] = {
                "value": change.values[name],
                "timestamp": iso(change.at_ms),
                "sourceType": change.actor.source,
            }
            if change.actor.source_id:
                entry["sourceId"] = change.actor.source_id
            if change.actor.label:
                entry["sourceLabel"] = change.actor.label
            if change.actor.user_id is not None:
                entry["updatedByUserId"] = change.actor.user_id
            entries.append(entry)
    return entries or _derived_history(view, row, name)


def _derived_history(view: View, row: Record, name: str) -> list[dict[str, Any]]:
    """A worked-out property has one entry: what it is now."""
    reader = view.portal.readers[view.kind.type_id].get(name)
    value = reader(view.portal, view.kind, row) if reader is not None else None
    if value is None:
        return []
    return [{"value": value, "timestamp": iso(row.updated_ms), "sourceType": "CALCULATED"}]
