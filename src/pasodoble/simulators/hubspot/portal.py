"""The one model behind all paths: a HubSpot account with everything in it, and the clock and dice it lives by.

Rules of writing are in `writing`, HTTP in `api`; a portal only holds the state and hands it out.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.changes import Changes
from pasodoble.simulators.hubspot.credentials import Credentials
from pasodoble.simulators.hubspot.derived import Reader, readers_of
from pasodoble.simulators.hubspot.event_model import EventBook
from pasodoble.simulators.hubspot.journal import Journal
from pasodoble.simulators.hubspot.limits import Limits
from pasodoble.simulators.hubspot.links import Links, LinkTypes
from pasodoble.simulators.hubspot.lists import ListBook
from pasodoble.simulators.hubspot.object_types import ObjectType, ObjectTypes
from pasodoble.simulators.hubspot.owners import Owner, starting_owners
from pasodoble.simulators.hubspot.pipelines import Pipeline, starting_pipelines
from pasodoble.simulators.hubspot.property_model import PropertyBook
from pasodoble.simulators.hubspot.property_tables import standard_book
from pasodoble.simulators.hubspot.records import Record, Table
from pasodoble.simulators.hubspot.schemas import Schema
from pasodoble.simulators.hubspot.switches import Switches
from pasodoble.simulators.hubspot.webhook_center import Webhooks

FIRST_RECORD_ID = 101
"""Every type counts from here: record ids are unique only within a type, and code that mixes types up should notice."""


EMAILS = ("email", "hs_additional_emails")


def unique_keys(name: str, value: str | None) -> list[str]:
    """What a value claims among the unique values of its property: itself, or each of several addresses."""
    if not value:
        return []
    if name == "hs_additional_emails":
        return value.split(";")
    return [value.lower()]


@dataclass(slots=True, kw_only=True)
class Account:
    """What the account information API tells."""

    portal_id: int = 4242
    app_id: int = 11
    """The app of the sandbox's token: its own writes are `INTEGRATION` with this id."""
    account_type: str = "STANDARD"
    time_zone: str = "Europe/Madrid"
    currency: str = "EUR"
    additional_currencies: tuple[str, ...] = ("USD", "GBP")
    ui_domain: str = "app.hubspot.com"
    hosting: str = "na1"


@dataclass(frozen=True, slots=True)
class Rule:
    """One validation rule that an administrator set on a property."""

    type: str
    arguments: tuple[str, ...]
    normalise: bool = False


class Portal:
    """The account. Areas keep their state in an attribute of their own."""

    def __init__(
        self,
        clock: SimClock,
        *,
        seed: int = 1,
        switches: Switches | None = None,
        account: Account | None = None,
        enforce_limits: bool = False,
    ) -> None:
        self.clock = clock
        self.started_ms = clock.now_ms()
        self.seed = seed
        self.dice = random.Random(f"hubspot-{seed}")
        self.switches = switches or Switches()
        self.account = account or Account()
        self.credentials = Credentials(
            clock,
            seed=seed,
            portal_id=self.account.portal_id,
            app_id=self.account.app_id,
            switches=self.switches,
        )
        self.limits = Limits(
            clock,
            enforced=enforce_limits,
            tier=self.switches.tier,
            increases=self.switches.limit_increases,
            zone=self.account.time_zone,
        )
        self.types = ObjectTypes()
        self.properties: dict[str, PropertyBook] = {}
        self.readers: dict[str, dict[str, Reader]] = {}
        self.tables: dict[str, Table] = {}
        self.link_types = LinkTypes(self.types)
        self.links = Links()
        self.schemas: dict[str, Schema] = {}
        self.owners: dict[int, Owner] = starting_owners(clock.now_ms())
        self.pipelines: dict[str, dict[str, Pipeline]] = starting_pipelines(clock.now_ms())
        self.blocklist: set[str] = set()
        self.rules: dict[tuple[str, str], dict[str, Rule]] = {}
        self.events = EventBook()
        self.changes = Changes()
        self.lists = ListBook(self)
        self.webhooks = Webhooks(
            clock,
            self.changes,
            self.credentials,
            seed=seed,
            switches=self.switches,
            types=self.types,
            properties=self.properties,
            link_types=self.link_types,
        )
        self.journal = Journal(clock, self.account.portal_id, seed, self.values_of, self.link_types)
        self.journal.listen_to(self.changes)
        self.stashed: dict[tuple[str, int], list[tuple[str, int, tuple[int, ...]]]] = {}
        """Associations of archived records, for their restoration."""
        self.next_ids: dict[str, int] = {}
        """The next number of each named sequence."""
        for kind in self.types:
            self.open_type(kind)

    def open_type(self, kind: ObjectType) -> None:
        """Give a new object type its table and the properties it starts with."""
        self.tables[kind.type_id] = Table(kind.type_id, first_id=FIRST_RECORD_ID)
        self.properties[kind.type_id] = standard_book(kind)
        self.readers[kind.type_id] = readers_of(kind)

    def close_type(self, kind: ObjectType) -> None:
        """Take a custom object type away, with its table and its properties."""
        self.types.remove(kind)
        for held in (self.tables, self.properties, self.readers, self.pipelines):
            held.pop(kind.type_id, None)

    def values_of(self, type_id: str, record_id: int) -> dict[str, str] | None:
        """What a live record holds, not what is worked out from it; None when there is no such record."""
        row = self.tables[type_id].find(record_id)
        return None if row is None else row.values

    def find_unique(self, kind: ObjectType, name: str, value: str) -> Record | None:
        """The live record that holds this value of a unique property; secondary email addresses count."""
        table = self.tables[kind.type_id]
        holder = table.unique.get(name, {}).get(value.strip().lower())
        return None if holder is None else table.rows.get(holder)

    def unique_names(self, kind: ObjectType) -> list[str]:
        """Properties whose values are claimed; those of contacts start with their addresses."""
        unique = self.properties[kind.type_id].unique
        return [*EMAILS, *unique] if kind.type_id == "0-1" else unique

    def claim_unique(self, kind: ObjectType, row: Record, names: Iterable[str]) -> None:
        """Enter the record's values of those of `names` that are unique."""
        for name, key in self._keys(kind, row, names):
            self.tables[kind.type_id].unique.setdefault(name, {})[key] = row.id

    def release_unique(self, kind: ObjectType, row: Record, names: Iterable[str]) -> None:
        for name, key in self._keys(kind, row, names):
            holders = self.tables[kind.type_id].unique.get(name, {})
            if holders.get(key) == row.id:
                del holders[key]

    def _keys(self, kind: ObjectType, row: Record, names: Iterable[str]) -> list[tuple[str, str]]:
        unique = self.unique_names(kind)
        if not unique:
            return []
        return [
            ("email" if name == "hs_additional_emails" else name, key)
            for name in names
            if name in unique
            for key in unique_keys(name, row.values.get(name))
        ]

    def set_switches(self, wanted: Mapping[str, object]) -> None:
        """Set switches while the world runs, and see to what holds a copy: the budgets and the webhooks. Raises ValueError."""
        switches = self.switches
        switches.set(wanted)
        if not wanted.keys().isdisjoint({"tier", "limit_increases"}):
            enforced = self.limits.enforced
            self.limits.set_plan(enforced=enforced, tier=switches.tier, increases=switches.limit_increases)
        if "webhook_delay_s" in wanted:
            self.webhooks.sender.disturbance.delay_s = switches.webhook_delay_s
        if "webhook_reorder" in wanted:
            self.webhooks.sender.disturbance.reorder = switches.webhook_reorder

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def next_id(self, sequence: str, *, first: int = 1) -> int:
        """The next number of a named sequence (lists, subscriptions, ...)."""
        number = self.next_ids.get(sequence, first)
        self.next_ids[sequence] = number + 1
        return number

    def new_guid(self) -> str:
        """A GUID from the portal's dice: the same world gives the same ones, in order."""
        hexes = f"{self.dice.getrandbits(128):032x}"
        return f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}"
