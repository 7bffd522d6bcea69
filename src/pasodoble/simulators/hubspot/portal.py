"""The one model behind all paths: a HubSpot account with everything in it, and the clock and dice it lives by.

Rules of writing are in `writing`, HTTP in `api`; a portal only holds the state and hands it out.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.changes import Changes
from pasodoble.simulators.hubspot.credentials import Credentials
from pasodoble.simulators.hubspot.event_model import EventBook
from pasodoble.simulators.hubspot.limits import Limits
from pasodoble.simulators.hubspot.object_types import ObjectType, ObjectTypes
from pasodoble.simulators.hubspot.property_model import PropertyBook
from pasodoble.simulators.hubspot.records import Table
from pasodoble.simulators.hubspot.switches import Switches

FIRST_RECORD_ID = 101
"""Every type counts from here: record ids are unique only within a type, and code that mixes types up should notice."""


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
            access_token_s=self.switches.access_token_s,
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
        self.tables: dict[str, Table] = {}
        self.events = EventBook()
        self.changes = Changes()
        self._next_ids: dict[str, int] = {}
        for kind in self.types:
            self.open_type(kind)

    def open_type(self, kind: ObjectType) -> None:
        """Give a new object type its table and its (empty) properties."""
        self.tables[kind.type_id] = Table(kind.type_id, first_id=FIRST_RECORD_ID)
        self.properties[kind.type_id] = PropertyBook()

    def now_ms(self) -> int:
        return self.clock.now_ms()

    def next_id(self, sequence: str, *, first: int = 1) -> int:
        """The next number of a named sequence (lists, subscriptions, ...)."""
        number = self._next_ids.get(sequence, first)
        self._next_ids[sequence] = number + 1
        return number

    def new_guid(self) -> str:
        """A GUID from the portal's dice: the same world gives the same ones, in order."""
        hexes = f"{self.dice.getrandbits(128):032x}"
        return f"{hexes[:8]}-{hexes[8:12]}-{hexes[12:16]}-{hexes[16:20]}-{hexes[20:]}"
