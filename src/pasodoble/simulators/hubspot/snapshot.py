"""A portal's contents to a file and back: one JSON document.

Saved is what people and apps see as data: types, properties, records with their history, links, lists, events, campaigns,
email drafts, owners, pipelines. Not saved is what belongs to the running process: tokens, webhook subscriptions, limits,
faults, imports and exports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from pasodoble.simulators.hubspot.changes import Actor, Association, Change, Membership, Merge
from pasodoble.simulators.hubspot.derived import readers_of
from pasodoble.simulators.hubspot.event_model import (
    AnalyticsEvent,
    Campaign,
    EmailEvent,
    Form,
    FormSubmission,
    MarketingEmail,
)
from pasodoble.simulators.hubspot.links import LinkType
from pasodoble.simulators.hubspot.lists import CrmList, Folder
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.owners import Owner
from pasodoble.simulators.hubspot.pipelines import Audit, Pipeline, Stage
from pasodoble.simulators.hubspot.property_model import Option, Property, PropertyGroup
from pasodoble.simulators.hubspot.records import Record, Table
from pasodoble.simulators.hubspot.schemas import Schema

if TYPE_CHECKING:
    from pasodoble.simulators.hubspot.portal import Portal

FORMAT: Final = 2
DETAILS: Final = {"association": Association, "merge": Merge, "membership": Membership}
Json = dict[str, Any]
T = TypeVar("T")


class SnapshotError(ValueError):
    """A file that cannot be written or read; the text says which and why."""


def save_portal(portal: Portal, path: Path) -> None:
    """The file is replaced as a whole: whoever is stopped on the way leaves the former one. Raises SnapshotError."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_bytes(orjson.dumps(_Saver(portal).document(), option=orjson.OPT_NON_STR_KEYS))
        fresh.replace(path)
    except OSError as error:
        raise SnapshotError(f"{path} cannot be written: {error.strerror}") from None


def load_portal(portal: Portal, path: Path) -> None:
    """Put the saved contents in place of the portal's. Its clock moves on when the file is from later. Raises SnapshotError."""
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror}") from None
    except orjson.JSONDecodeError as error:
        raise SnapshotError(f"{path} is no snapshot: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SnapshotError(f"{path} is no snapshot of format {FORMAT}")
    _Loader(portal, document).load()
    late_ms = document["now_ms"] - portal.now_ms()
    if late_ms > 0:
        portal.clock.advance(late_ms / 1000)


class _Saver:
    """Changes and actors are written once each, and referred to by their place."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._actors: dict[Actor, int] = {}
        self._places: dict[int, int] = {}
        self._changes: list[list[Any]] = []

    def document(self) -> Json:
        portal = self.portal
        tables = {type_id: self._table(table) for type_id, table in portal.tables.items()}
        journal = [self._place(change) for change in portal.changes.journal]
        return {
            "format": FORMAT,
            "now_ms": portal.now_ms(),
            "dice": portal.dice.getstate(),
            "next_ids": portal.next_ids,
            "types": [asdict(kind) for kind in portal.types if kind.custom],
            "schemas": [_schema(schema) for schema in portal.schemas.values()],
            "properties": {
                type_id: {
                    "live": [_plain(one) for one in book.live.values()],
                    "archived": [_plain(one) for one in book.archived.values()],
                    "groups": [asdict(group) for group in book.groups.values()],
                }
                for type_id, book in portal.properties.items()
            },
            "link_types": [
                asdict(link) for pair in portal.link_types.pairs() for link in portal.link_types.between(*pair)
            ],
            "links": [
                [from_type, to_type, [[from_id, list(to.items())] for from_id, to in pairs.items()]]
                for (from_type, to_type), pairs in portal.links.all_pairs().items()
            ],
            "stashed": [[*key, neighbours] for key, neighbours in portal.stashed.items()],
            "blocklist": sorted(portal.blocklist),
            "owners": [asdict(owner) for owner in portal.owners.values()],
            "pipelines": {
                type_id: [asdict(one) for one in pipelines.values()] for type_id, pipelines in portal.pipelines.items()
            },
            "events": {
                name: [asdict(one) for one in held]
                for name, held in (
                    ("forms", portal.events.forms.values()),
                    ("submissions", portal.events.submissions),
                    ("emails", portal.events.emails.values()),
                    ("email_events", portal.events.email_events),
                    ("analytics", portal.events.analytics),
                    ("campaigns", portal.events.campaigns.values()),
                )
            },
            "definitions": portal.events.definitions,
            "drafts": list(portal.events.drafts.items()),
            "versions": list(portal.events.versions.items()),
            "lists": [_list(one) for one in portal.lists.lists.values()],
            "folders": [asdict(folder) for folder in portal.lists.folders.values()],
            "places": portal.lists.places,
            "tables": tables,
            "journal": journal,
            "changes": self._changes,
            "actors": [asdict(actor) for actor in self._actors],
        }

    def _table(self, table: Table) -> Json:
        return {
            "next_id": table.next_id,
            "rows": [self._row(row) for row in table.rows.values()],
            "archived": [self._row(row) for row in table.archived.values()],
            "absorbed": list(table.absorbed.items()),
        }

    def _row(self, row: Record) -> list[Any]:
        history = [self._place(change) for change in row.history]
        moments = (row.created_ms, row.updated_ms, row.archived_ms)
        return [row.id, *moments, row.values, row.merged_ids, history]

    def _place(self, change: Change) -> int:
        place = self._places.get(id(change))
        if place is None:
            place = self._places[id(change)] = len(self._changes)
            actor = self._actors.setdefault(change.actor, len(self._actors))
            kept: list[Any] = [
                change.at_ms,
                change.kind,
                actor,
                change.type_id,
                change.record_id,
                change.values,
                change.before,
            ]
            if change.detail is not None:
                kept.append([type(change.detail).__name__.lower(), asdict(change.detail)])
            self._changes.append(kept)
        return place


def _plain(definition: Property) -> Json:
    return {**asdict(definition), "choices": []}


def _schema(schema: Schema) -> Json:
    kept = {field.name: getattr(schema, field.name) for field in fields(schema)}
    links = [[key, link.from_type, link.to_type, link.id, at] for key, (link, at) in schema.links.items()]
    return {**kept, "kind": schema.kind.type_id, "links": links}


def _list(one: CrmList) -> Json:
    kept = {field.name: getattr(one, field.name) for field in fields(one) if field.name not in ("compiled", "ids")}
    return {**kept, "members": list(one.members.items()), "first_joined": list(one.first_joined.items())}


class _Loader:
    def __init__(self, portal: Portal, document: Json) -> None:
        self.portal = portal
        self.document = document
        actors = [Actor(**actor) for actor in document["actors"]]
        self._changes = [_change(kept, actors) for kept in document["changes"]]

    def load(self) -> None:
        portal, document = self.portal, self.document
        version, state, gauss = document["dice"]
        portal.dice.setstate((version, tuple(state), gauss))
        portal.next_ids = dict(document["next_ids"])
        self._load_types()
        self._load_links()
        portal.stashed = {
            (type_id, id): [(to_type, to_id, tuple(types)) for to_type, to_id, types in neighbours]
            for type_id, id, neighbours in document["stashed"]
        }
        portal.blocklist = set(document["blocklist"])
        portal.owners.clear()
        portal.owners.update((owner["id"], _owner(owner)) for owner in document["owners"])
        portal.pipelines.clear()
        for type_id, pipelines in document["pipelines"].items():
            portal.pipelines[type_id] = {one["id"]: _pipeline(one) for one in pipelines}
        self._load_events()
        for type_id, kept in document["tables"].items():
            self._load_table(portal.types[type_id], kept)
        self._load_lists()
        portal.changes.journal[:] = [self._changes[place] for place in document["journal"]]

    def _load_types(self) -> None:
        portal = self.portal
        for kind in [kind for kind in portal.types if kind.custom]:
            portal.close_type(kind)
        for kept in self.document["types"]:
            kind = ObjectType(**_tupled(kept, *(name for name, value in kept.items() if isinstance(value, list))))
            portal.types.add(kind)
            portal.open_type(kind)
        for type_id, kept in self.document["properties"].items():
            book = portal.properties[type_id]
            book.live = {one["name"]: _property(one) for one in kept["live"]}
            book.archived = {one["name"]: _property(one) for one in kept["archived"]}
            book.groups = {group["name"]: PropertyGroup(**group) for group in kept["groups"]}
            book.unique = [name for name, definition in book.live.items() if definition.unique]
            portal.readers[type_id] = readers_of(portal.types[type_id])

    def _load_links(self) -> None:
        portal = self.portal
        for pair in list(portal.link_types.pairs()):
            for stale in list(portal.link_types.between(*pair)):
                portal.link_types.remove(stale)
        for kept in self.document["link_types"]:
            portal.link_types.add(LinkType(**kept), has_primary=False)
        portal.links.clear()
        for from_type, to_type, pairs in self.document["links"]:
            for from_id, linked in pairs:
                for to_id, types in linked:
                    portal.links.set(from_type, from_id, to_type, to_id, types)
        portal.schemas.clear()
        for kept in self.document["schemas"]:
            links = {
                key: (link, at)
                for key, from_type, to_type, id, at in kept["links"]
                if (link := portal.link_types.find(from_type, to_type, id)) is not None
            }
            kind = portal.types[kept["kind"]]
            portal.schemas[kind.type_id] = Schema(**{**kept, "kind": kind, "links": links})

    def _load_events(self) -> None:
        book, kept = self.portal.events, self.document["events"]
        book.forms.clear()
        book.forms.update((one["id"], Form(**one)) for one in kept["forms"])
        book.emails.clear()
        book.emails.update((one["id"], MarketingEmail(**one)) for one in kept["emails"])
        book.submissions[:] = [FormSubmission(**_tupled(one, "values")) for one in kept["submissions"]]
        book.email_events[:] = [EmailEvent(**_tupled(one, "sent_by")) for one in kept["email_events"]]
        book.analytics[:] = [AnalyticsEvent(**one) for one in kept["analytics"]]
        _refill(book.campaigns, ((one["id"], Campaign(**one)) for one in kept["campaigns"]))
        _refill(book.definitions, self.document["definitions"].items())
        _refill(book.drafts, self.document["drafts"])
        _refill(book.versions, ((id, list(map(_version, kept))) for id, kept in self.document["versions"]))

    def _load_table(self, kind: ObjectType, kept: Json) -> None:
        portal = self.portal
        table = portal.tables[kind.type_id] = Table(kind.type_id, first_id=kept["next_id"])
        table.absorbed = dict(kept["absorbed"])
        for row in sorted(map(self._row, kept["rows"]), key=lambda row: row.updated_ms):
            table.insert(row)
            portal.claim_unique(kind, row, row.values)
        table.rows = dict(sorted(table.rows.items()))
        for row in map(self._row, kept["archived"]):
            table.archived[row.id] = row
            table.archived_ids.add(row.id)

    def _row(self, kept: list[Any]) -> Record:
        id, created_ms, updated_ms, archived_ms, values, merged_ids, history = kept
        row = Record(id, created_ms, values)
        row.updated_ms, row.archived_ms, row.merged_ids = updated_ms, archived_ms, tuple(merged_ids)
        row.history = [self._changes[place] for place in history]
        return row

    def _load_lists(self) -> None:
        book = self.portal.lists
        book.lists.clear()
        book.places = self.document["places"]
        book.folders = {kept["id"]: Folder(**kept) for kept in self.document["folders"]}
        for kept in self.document["lists"]:
            one = CrmList(**{**kept, "members": {}, "first_joined": {}, "joins": [], "sizes": []})
            one.members = {id: (joined, place) for id, (joined, place) in kept["members"]}
            one.first_joined = dict(kept["first_joined"])
            one.joins = [(place, id) for place, id in kept["joins"]]
            one.sizes = [(at, size) for at, size in kept["sizes"]]
            for id in sorted(one.members):
                one.ids.add(id)
            if one.filter_branch is not None and one.is_dynamic:
                one.compiled = book.compile(self.portal.types[one.type_id], one.filter_branch)
            book.lists[one.id] = one


def _version(kept: Json) -> Json:
    return {**kept, "email": MarketingEmail(**kept["email"])}


def _refill(held: dict[Any, Any], entries: Iterable[Sequence[Any]]) -> None:
    """Put other entries into a dict that areas of the API hold on to."""
    held.clear()
    held.update((key, value) for key, value in entries)


def _change(kept: list[Any], actors: list[Actor]) -> Change:
    at_ms, kind, actor, type_id, record_id, values, before, *detail = kept
    made: Any = None
    if detail:
        name, members = detail[0]
        made = DETAILS[name](**_tupled(members, "merged_ids"))
    return Change(at_ms, kind, actors[actor], type_id, record_id, values, before, made)


def _tupled(kept: Json, *names: str) -> Json:
    """The same with these members as tuples, their own members too."""
    changed: Json = {}
    for name in names:
        value = kept.get(name)
        if isinstance(value, list):
            changed[name] = tuple(tuple(inner) if isinstance(inner, list) else inner for inner in value)
    return {**kept, **changed}


def _property(kept: Json) -> Property:
    options = [Option(**option) for option in kept["options"]]
    return Property(**{**kept, "options": options, "choices": frozenset()})


def _owner(kept: Json) -> Owner:
    return Owner(**_tupled(kept, "teams"))


def _pipeline(kept: Json) -> Pipeline:
    stages = _by_id(Stage, kept["stages"].values())
    return Pipeline(**{**kept, "stages": stages, "audits": [Audit(**audit) for audit in kept["audits"]]})


def _by_id(make: Callable[..., T], kept: Iterable[Mapping[str, Any]]) -> dict[str, T]:
    return {one["id"]: make(**one) for one in kept}
