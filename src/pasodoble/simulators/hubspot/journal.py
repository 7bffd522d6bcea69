"""The webhooks journal: subscriptions, the files of events in their order, snapshots; kept for three days.

A file is closed when somebody asks for what is new, so an idle journal costs nothing. The HTTP side is `api/journal`.
"""

from __future__ import annotations

import itertools
import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.changes import Association, Change, Changes, Membership, Merge
from pasodoble.simulators.hubspot.links import LinkTypes
from pasodoble.simulators.hubspot.moments import DAY_MS, iso

KEPT_MS: Final = 3 * DAY_MS
FILE_EVENTS: Final = 500
"""Most events of one file; HubSpot says only that files are small."""

Event = dict[str, Any]
FindValues = Callable[[str, int], dict[str, str] | None]
"""A record's values as they are now, by type id and record id; None when there is none."""

OBJECT_ACTIONS: Final = {
    "creation": "CREATE",
    "propertyChange": "UPDATE",
    "deletion": "DELETE",
    "merge": "MERGE",
    "restore": "RESTORE",
}
ACTIONS: Final = {
    "OBJECT": frozenset(OBJECT_ACTIONS.values()),
    "ASSOCIATION": frozenset({"ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"}),
    "LIST_MEMBERSHIP": frozenset({"ADDED_TO_LIST", "REMOVED_FROM_LIST"}),
    "GDPR_PRIVACY_DELETION": frozenset({"GDPR_DELETE"}),
    "APP_LIFECYCLE_EVENT": frozenset({"APP_INSTALL", "APP_UNINSTALL"}),
}
"""What each kind of subscription may ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalSubscription:
    id: int
    kind: str
    actions: frozenset[str]
    type_id: str
    properties: tuple[str, ...] = ()
    record_ids: frozenset[int] = frozenset()
    other_type_ids: frozenset[str] = frozenset()
    list_ids: frozenset[int] = frozenset()
    portal_id: int | None = None
    created_ms: int = 0


@dataclass(frozen=True, slots=True)
class Filter:
    id: int
    subscription_id: int
    conditions: tuple[dict[str, Any], ...]
    created_ms: int


@dataclass(frozen=True, slots=True)
class File:
    """One journal file; `number` grows by one from file to file and is spelled as the offset."""

    number: int
    published_ms: int
    events: tuple[Event, ...]

    @property
    def offset(self) -> str:
        return f"{self.number:08x}-0000-7000-8000-000000000000"


@dataclass(slots=True)
class Snapshot:
    id: str
    initiated_ms: int
    done: bool


@dataclass(slots=True)
class Journal:
    """One account's journal, as the sandbox's app sees it."""

    clock: SimClock
    portal_id: int
    seed: int
    find_values: FindValues
    link_types: LinkTypes
    subscriptions: dict[int, JournalSubscription] = field(default_factory=dict)
    filters: dict[int, Filter] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)
    _files: list[File] = field(default_factory=list)
    _open: list[Event] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(f"journal-{self.seed}")

    def listen_to(self, changes: Changes) -> None:
        changes.subscribe(self._hear)

    def next_id(self) -> int:
        return next(self._ids)

    # -- writing --------------------------------------------------------------------------------------------------

    def _hear(self, change: Change) -> None:
        if not self.subscriptions:
            return
        if not isinstance(change.detail, Association):
            self._note(change)
            return
        for made in self.link_types.both_sides(change.detail):
            self._note(replace(change, type_id=made.from_type, record_id=made.from_id, detail=made))

    def _note(self, change: Change) -> None:
        """Write the event down, if a subscription asks for it."""
        kind, action = _action_of(change)
        concerned = [
            subscription
            for subscription in self.subscriptions.values()
            if self._concerns(subscription, kind, action, change)
        ]
        if concerned:
            self.append(self._event(change, kind, action, concerned))

    def append(self, event: Event) -> None:
        self._open.append(event)
        if len(self._open) >= FILE_EVENTS:
            self._close_file()

    def _concerns(self, subscription: JournalSubscription, kind: str, action: str, change: Change) -> bool:
        if subscription.kind != kind or action not in subscription.actions:
            return False
        if kind != "LIST_MEMBERSHIP" and subscription.type_id != change.type_id:
            return False
        if subscription.record_ids and change.record_id not in subscription.record_ids:
            return False
        match change.detail:
            case Membership() as membership if subscription.list_ids:
                return membership.list_id in subscription.list_ids
            case Association() as made if subscription.other_type_ids:
                return made.to_type in subscription.other_type_ids
        if action == "UPDATE" and not _wanted(change, [subscription]):
            return False
        return self._passes(subscription, change)

    def _passes(self, subscription: JournalSubscription, change: Change) -> bool:
        rules = [rule for rule in self.filters.values() if rule.subscription_id == subscription.id]
        if not rules:
            return True
        values = self.find_values(change.type_id, change.record_id) or change.values
        return all(_holds(condition, values) for rule in rules for condition in rule.conditions)

    def _event(self, change: Change, kind: str, action: str, concerned: list[JournalSubscription]) -> Event:
        event: Event = {
            "type": _TYPES[kind],
            "portalId": self.portal_id,
            "occurredAt": iso(change.at_ms),
            "action": action,
        }
        match change.detail:
            case Association() as made:
                return event | {
                    "fromObjectTypeId": made.from_type,
                    "fromObjectId": made.from_id,
                    "toObjectTypeId": made.to_type,
                    "toObjectId": made.to_id,
                    "associationTypeId": made.type_id,
                    "associationCategory": made.category,
                    "isPrimary": made.primary,
                }
            case Membership() as membership:
                event["listId"] = membership.list_id
            case Merge() as merge:
                event["mergedObjectIds"] = list(merge.merged_ids)
        event |= {"objectTypeId": change.type_id, "objectId": change.record_id}
        if kind == "OBJECT":
            event["propertyChanges"] = _wanted(change, concerned)
        return event

    def snapshot(self, type_id: str, record_id: int, properties: list[str]) -> Snapshot:
        """Write the record as it is now into the journal."""
        now = self.clock.now_ms()
        values = self.find_values(type_id, record_id)
        taken = Snapshot(self._new_guid(), now, values is not None)
        self.snapshots[taken.id] = taken
        if values is not None:
            self.append(
                {
                    "type": _TYPES["OBJECT"],
                    "portalId": self.portal_id,
                    "occurredAt": iso(now),
                    "action": "SNAPSHOT",
                    "objectTypeId": type_id,
                    "objectId": record_id,
                    "propertyChanges": {name: values[name] for name in properties if name in values},
                    "snapshotStatusId": taken.id,
                }
            )
        return taken

    def _new_guid(self) -> str:
        hexed = f"{self._dice.getrandbits(128):032x}"
        return f"{hexed[:8]}-{hexed[8:12]}-{hexed[12:16]}-{hexed[16:20]}-{hexed[20:]}"

    # -- reading --------------------------------------------------------------------------------------------------

    def files(self) -> list[File]:
        """All files that are kept, oldest first; what is open is closed for the reader."""
        if self._open:
            self._close_file()
        oldest_ms = self.clock.now_ms() - KEPT_MS
        if self._files and self._files[0].published_ms < oldest_ms:
            self._files = [file for file in self._files if file.published_ms >= oldest_ms]
        return self._files

    def _close_file(self) -> None:
        self._files.append(File(next(self._numbers), self.clock.now_ms(), tuple(self._open)))
        self._open = []

    def after(self, offset: str) -> list[File]:
        """The files that follow an offset, oldest first. Raises ValueError for what is no offset."""
        number = int(offset.partition("-")[0], 16)
        files = self.files()
        return files[bisect_right(files, number, key=lambda file: file.number) :]

    def find(self, offset: str) -> File | None:
        return next((file for file in self.files() if file.offset == offset), None)


_TYPES: Final = {
    "OBJECT": "crmObject",
    "ASSOCIATION": "association",
    "LIST_MEMBERSHIP": "listMembership",
    "GDPR_PRIVACY_DELETION": "gdprPrivacyDeletion",
}


def _action_of(change: Change) -> tuple[str, str]:
    """(subscription kind, action) of a change."""
    match change.kind, change.detail:
        case "associationChange", Association(removed=removed):
            return "ASSOCIATION", "ASSOCIATION_REMOVED" if removed else "ASSOCIATION_ADDED"
        case "listMembership", Membership(joined=joined):
            return "LIST_MEMBERSHIP", "ADDED_TO_LIST" if joined else "REMOVED_FROM_LIST"
        case "privacyDeletion", _:
            return "GDPR_PRIVACY_DELETION", "GDPR_DELETE"
    return "OBJECT", OBJECT_ACTIONS[change.kind]


def _wanted(change: Change, concerned: list[JournalSubscription]) -> dict[str, str]:
    """The changed values that somebody asked for; a subscription without properties asks for all."""
    if any(not subscription.properties for subscription in concerned):
        return dict(change.values)
    names = {name for subscription in concerned for name in subscription.properties}
    return {name: value for name, value in change.values.items() if name in names}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


_COMPARE: Final[dict[str, Callable[[str, str, list[str]], bool]]] = {
    "EQ": lambda value, asked, _: value == asked,
    "N_EQ": lambda value, asked, _: value != asked,
    "CONTAINS": lambda value, asked, _: asked in value,
    "STARTS_WITH": lambda value, asked, _: value.startswith(asked),
    "ENDS_WITH": lambda value, asked, _: value.endswith(asked),
    "GT": lambda value, asked, _: _number(value) > _number(asked),
    "GTE": lambda value, asked, _: _number(value) >= _number(asked),
    "LT": lambda value, asked, _: _number(value) < _number(asked),
    "LTE": lambda value, asked, _: _number(value) <= _number(asked),
    "IN": lambda value, _, several: value in several,
    "NOT_IN": lambda value, _, several: value not in several,
    "IS_EMPTY": lambda value, _asked, _several: value == "",
    "IS_NOT_EMPTY": lambda value, _asked, _several: value != "",
}
OPERATORS: Final = frozenset(_COMPARE)


def _holds(condition: dict[str, Any], values: dict[str, str]) -> bool:
    compare = _COMPARE[condition["operator"]]
    return compare(values.get(condition["property"], ""), condition.get("value") or "", condition.get("values") or [])
