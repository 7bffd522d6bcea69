"""What the connectors' contract is run on: a connector, and people who work on the same records behind its back.

Both simulators run in this process behind an ASGI transport, on a clock that stands still until a test moves it.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx2

from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.connectors.memory import MemoryConnector
from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.model.ref import Ref
from pasodoble.model.settings import HubSpotAccess, SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.model.value import Raw
from pasodoble.ports import Connector
from pasodoble.simulators import hubspot, salesforce
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.faults import parse_fault
from pasodoble.simulators.http import Dropped
from pasodoble.simulators.hubspot import removing
from pasodoble.simulators.hubspot.changes import person
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.writing import Writer as PortalWriter
from pasodoble.simulators.salesforce.writes import Writer as OrgWriter

START_MS = 1_800_000_000_000


class MovedClock:
    """The Clock port over the simulators' clock: sleeping moves it on."""

    def __init__(self, clock: SimClock) -> None:
        self.sim = clock
        self.slept_s = 0.0

    def now(self) -> datetime:
        return self.sim.now()

    async def sleep(self, seconds: float) -> None:
        self.slept_s += seconds
        self.sim.advance(seconds)


class OpenBudget:
    """The Budget port that never says no, and counts."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[Side, str]] = Counter()
        self.noted: list[Mapping[str, str]] = []

    async def take(self, side: Side, api: str, *, purpose: str, count: int = 1) -> None:
        self.taken[side, api] += count

    def note(self, side: Side, headers: Mapping[str, str]) -> None:
        self.noted.append(headers)

    def used(self) -> Mapping[Side, int]:
        return {side: sum(n for (s, _), n in self.taken.items() if s is side) for side in Side}


class InProcess(httpx2.AsyncBaseTransport):
    """A simulator as a transport: what it drops arrives here as a broken connection."""

    def __init__(self, application: Any) -> None:
        self._inner = httpx2.ASGITransport(application)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        try:
            return await self._inner.handle_async_request(request)
        except Dropped as dropped:
            raise httpx2.ReadError(str(dropped), request=request) from dropped


class World(ABC):
    """One side. `names` translates email, first, last, title and phone into its own field names."""

    names: Mapping[str, str]
    object: str

    def __init__(self) -> None:
        self.sim = SimClock(start_ms=START_MS, frozen=True)
        self.clock = MovedClock(self.sim)
        self.budget = OpenBudget()
        self.counter = itertools.count(1)

    connector: Connector

    @property
    def calls(self) -> int:
        return self.budget.used()[self.connector.side]

    def fields(self, **values: Raw) -> dict[str, Raw]:
        return {self.names[name]: value for name, value in values.items()}

    def email(self) -> str:
        return f"person{next(self.counter)}@acme.example"

    @abstractmethod
    def put(self, **values: Raw) -> Ref: ...

    @abstractmethod
    def edit(self, ref: Ref, **values: Raw) -> None: ...

    @abstractmethod
    def remove(self, ref: Ref) -> None: ...

    @abstractmethod
    def merge(self, loser: Ref, winner: Ref) -> Ref:
        """Gives the survivor."""

    def fault(self, **order: Any) -> None:
        """Order what goes wrong next, as the control door would."""
        raise NotImplementedError

    def sent(self) -> list[str]:
        """Method and path of each call that reached the simulator."""
        raise NotImplementedError


HUBSPOT_NAMES = {"email": "email", "first": "firstname", "last": "lastname", "title": "jobtitle", "phone": "phone"}
SALESFORCE_NAMES = {"email": "Email", "first": "FirstName", "last": "LastName", "title": "Title", "phone": "Phone"}


class MemoryWorld(World):
    def __init__(self, side: Side, object: str) -> None:
        super().__init__()
        self.object = object
        self.names = HUBSPOT_NAMES if side is Side.HUBSPOT else SALESFORCE_NAMES
        self.memory = MemoryConnector(side, self.clock, page_size=7)
        self.connector = self.memory

    def put(self, **values: Raw) -> Ref:
        return self.memory.put(self.object, self.fields(**values))

    def put_other(self, object: str, **fields: Raw) -> Ref:
        return self.memory.put(object, fields)

    def edit(self, ref: Ref, **values: Raw) -> None:
        self.memory.edit(ref, self.fields(**values))

    def remove(self, ref: Ref) -> None:
        self.memory.remove(ref)

    def merge(self, loser: Ref, winner: Ref) -> Ref:
        self.memory.merge(loser, winner)
        return winner


class SalesforceWorld(World):
    names = SALESFORCE_NAMES

    def __init__(self, object: str, **options: Any) -> None:
        super().__init__()
        self.object = object
        self.world = salesforce.build(self.sim, empty=True, **options)
        self.org = self.world.org
        self.user_id = next(
            row["Id"]
            for row in self.org.table("User").rows.values()
            if row.get("IsActive") and row["Id"] != self.org.integration_user_id
        )
        access = SalesforceAccess(
            login_url="http://salesforce.test",
            auth={"access_token": self.world.credentials["token"], "instance_url": "http://salesforce.test"},
        )
        self.connector = SalesforceConnector(
            access, budget=self.budget, clock=self.clock, transport=InProcess(self.world.application)
        )

    def put(self, **values: Raw) -> Ref:
        fields = self.fields(**({"last": "Roe"} | values))
        return self.put_other(self.object, **(fields | ({"Company": "Acme"} if self.object == "Lead" else {})))

    def put_other(self, object: str, **fields: Raw) -> Ref:
        with self.org.transaction(self.user_id) as work:
            id = OrgWriter(work, self.org.view(self.user_id)).insert(self.org.sobject(object), fields)
        return Ref(Side.SALESFORCE, object, id)

    def edit(self, ref: Ref, **values: Raw) -> None:
        with self.org.transaction(self.user_id) as work:
            writer = OrgWriter(work, self.org.view(self.user_id))
            writer.update(self.org.sobject(ref.object), ref.id, self.fields(**values))

    def remove(self, ref: Ref) -> None:
        with self.org.transaction(self.user_id) as work:
            OrgWriter(work, self.org.view(self.user_id)).delete(self.org.sobject(ref.object), ref.id)

    def merge(self, loser: Ref, winner: Ref) -> Ref:
        """As the recycle bin shows it: the loser names its master."""
        self.remove(loser)
        with self.org.transaction(self.user_id) as work:
            OrgWriter(work, self.org.view(self.user_id)).amend(loser.object, loser.id, {"MasterRecordId": winner.id})
        return winner

    def fault(self, **order: Any) -> None:
        self.world.faults.add(parse_fault(order))

    def sent(self) -> list[str]:
        return [f"{call['method']} {call['path']}" for call in self.world.calls.listing()["calls"]]


class HubSpotWorld(World):
    names = HUBSPOT_NAMES

    def __init__(self, object: str = "contacts", *, api_version: str = "2026-03", **options: Any) -> None:
        super().__init__()
        self.object = object
        self.world = hubspot.build(self.sim, empty=True, **options)
        self.portal = self.world.portal
        access = HubSpotAccess(
            base_url="http://hubspot.test",
            auth={"service_key": self.world.credentials["token"]},
            app_id=self.world.credentials["app_id"],
            api_version=api_version,
        )
        self.connector = HubSpotConnector(
            access, budget=self.budget, clock=self.clock, transport=InProcess(self.world.application)
        )
        self.user = person(7)

    def _row(self, ref: Ref) -> tuple[Any, Any]:
        kind = self.portal.types.find(ref.object)
        row = self.portal.tables[kind.type_id].find(int(ref.id))
        assert row is not None
        return kind, row

    def put(self, **values: Raw) -> Ref:
        return self.put_other(self.object, **self.fields(**({"last": "Roe"} | values)))

    def put_other(self, object: str, **fields: Raw) -> Ref:
        kind = self.portal.types.find(object)
        writer = PortalWriter(self.portal, self.user)
        row = save(writer, writer.draft_creation(kind, fields))
        return Ref(Side.HUBSPOT, object, str(row.id))

    def edit(self, ref: Ref, **values: Raw) -> None:
        kind, row = self._row(ref)
        writer = PortalWriter(self.portal, self.user)
        fields = {name: "" if value is None else value for name, value in self.fields(**values).items()}
        save(writer, writer.draft_update(kind, row, fields))

    def remove(self, ref: Ref) -> None:
        removing.archive(self.portal, self.user, *self._row(ref))

    def merge(self, loser: Ref, winner: Ref) -> Ref:
        kind, primary = self._row(winner)
        result = removing.merge(self.portal, self.user, kind, primary, self._row(loser)[1])
        return Ref(Side.HUBSPOT, winner.object, str(result.id))

    def fault(self, **order: Any) -> None:
        self.world.application._faults.add(parse_fault(order))

    def sent(self) -> list[str]:
        return [f"{call['method']} {call['path']}" for call in self.world.application._calls.listing()["calls"]]
