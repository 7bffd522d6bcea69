"""Two CRMs of dictionaries, a store, a virtual clock, and the real engine between them.

People's deeds go to `hubspot` and `salesforce` directly; `sync()` is one run of the engine. `faults` sits around both
connectors and does to a call what the world does to calls.
"""

from __future__ import annotations

import functools
import random
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes.memory_store import MemoryStore

from pasodoble.connectors.memory import MemoryConnector
from pasodoble.connectors.wrap import Wrapped
from pasodoble.engine.connected import Connected, connect
from pasodoble.engine.cycle import Scope
from pasodoble.engine.service.syncing import RunResult, sync
from pasodoble.errors import Unreachable
from pasodoble.mapping.presets import KINDS
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Deferred, Outcome, Unknown
from pasodoble.model.record import Seen
from pasodoble.model.ref import Ref
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema
from pasodoble.model.settings import Connection, HubSpotAccess, ObjectSettings, SalesforceAccess
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw
from pasodoble.ports import Store
from pasodoble.store import open_store, upgrade

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


class VirtualClock:
    """Moves when somebody sleeps, and by `step` at each look, so that no two moments are alike."""

    def __init__(self, step: timedelta = timedelta(milliseconds=7)) -> None:
        self._now = START
        self._step = step

    def now(self) -> datetime:
        self._now += self._step
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class FreeBudget:
    """Never says no."""

    def __init__(self) -> None:
        self.calls = dict.fromkeys(Side, 0)

    async def take(self, side: Side, api: str, *, purpose: str, count: int = 1) -> None:
        self.calls[side] += count

    def note(self, side: Side, headers: Mapping[str, str]) -> None: ...

    def used(self) -> Mapping[Side, int]:
        return dict(self.calls)


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Faults(Wrapped):
    """A connector whose calls fail as `draw` says: "", "before", "after", "crash_before", "crash_after".

    `between` runs after each read: where a person edits between our reading and our writing.
    """

    inner: MemoryConnector
    draw: Callable[[str], str] = lambda _what: ""
    between: Callable[[], None] = lambda: None
    writes: int = 0

    async def read(self, refs: Sequence[Ref], fields: Any, *, history: Any = ()) -> dict[Ref, Seen]:
        if self.draw("read") in ("before", "after"):
            raise Unreachable("no answer", sent=True)
        answer = await self.inner.read(refs, fields, history=history)
        self.between()
        return answer

    async def find(self, object: str, field: str, values: Any, fields: Any) -> Any:
        if self.draw("find") in ("before", "after"):
            raise Unreachable("no answer", sent=True)
        return await self.inner.find(object, field, values, fields)

    async def write(self, operations: Sequence[Operation]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for operation in operations:
            fault = self.draw("write")
            problem = Problem(cause="request.no_answer", side=self.inner.side)
            if fault == "crash_before":
                raise Crash
            if fault == "before":
                outcomes.append(Deferred(problem=problem))
                continue
            self.writes += 1
            [outcome] = await self.inner.write([operation])
            if fault == "crash_after":
                raise Crash
            outcomes.append(Unknown(problem=problem) if fault == "after" else outcome)
        return outcomes


def make_field(name: str, family: Family = Family.TEXT, **more: Any) -> FieldSchema:
    return FieldSchema(name=name, label=name.title(), family=family, vendor_type=family.value, **more)


def make_schema(side: Side, object: str, fields: Sequence[FieldSchema]) -> ObjectSchema:
    return ObjectSchema(side=side, object=object, label=object, fields={f.name: f for f in fields})


HUBSPOT_FIELDS = (
    make_field("email", Family.EMAIL),
    make_field("firstname"),
    make_field("lastname"),
    make_field("company"),
    make_field("jobtitle"),
    make_field("phone", Family.PHONE),
    make_field("city"),
    make_field("pasodoble_key", unique=True),
    make_field("salesforceleadid"),
    make_field("salesforcecontactid"),
    make_field("hs_merged_object_ids", writable=False, creatable=False),
)
PERSON_FIELDS = (
    make_field("Email", Family.EMAIL),
    make_field("FirstName", length=40),
    make_field("LastName", length=80, required=True),
    make_field("Title", length=128),
    make_field("Phone", Family.PHONE, length=40),
    make_field("Pasodoble_Key__c", unique=True, length=255),
)
LEAD_FIELDS = (*PERSON_FIELDS, make_field("Company", length=255, required=True), make_field("City", length=40))
CONTACT_FIELDS = (*PERSON_FIELDS, make_field("MailingCity", length=40))


def choose_rules(rules: Mapping[str, UpdateRule] | None = None) -> tuple[FieldRule, ...]:
    """The shipped lines of a person, with other rules for some of them."""
    changed = rules or {}
    lines = (line for line in KINDS["contacts"].rules if line.hubspot not in ("hubspot_owner_id", "hs_email_optout"))
    return tuple(
        line
        if line.hubspot not in changed
        else FieldRule(hubspot=line.hubspot, salesforce=line.salesforce, rule=changed[line.hubspot], policy=line.policy)
        for line in lines
    )


@functools.cache
def _template() -> Path:
    """An empty database with our tables, made once a process: copying it takes a tenth of the time."""
    file = Path(tempfile.mkdtemp(prefix="pasodoble-")) / "empty.db"
    upgrade(f"sqlite:///{file}")
    return file


@dataclass
class SmallWorld:
    """Contacts with leads and contacts. `settings` may be replaced between runs.

    url   where the store is; "" for one over dictionaries, which takes a tenth of the time
    """

    url: str
    settings: Connection
    clock: VirtualClock = field(default_factory=VirtualClock)
    budget: FreeBudget = field(default_factory=FreeBudget)
    seed: int = 0

    def __post_init__(self) -> None:
        file = Path(self.url.removeprefix("sqlite:///"))
        if self.url.startswith("sqlite:") and not file.exists():
            shutil.copy(_template(), file)
        self.hubspot = MemoryConnector(Side.HUBSPOT, self.clock)
        self.salesforce = MemoryConnector(Side.SALESFORCE, self.clock)
        self.hubspot.schemas["contacts"] = make_schema(Side.HUBSPOT, "contacts", HUBSPOT_FIELDS)
        self.salesforce.schemas["Lead"] = make_schema(Side.SALESFORCE, "Lead", LEAD_FIELDS)
        self.salesforce.schemas["Contact"] = make_schema(Side.SALESFORCE, "Contact", CONTACT_FIELDS)
        self.faults = Pair(Faults(self.hubspot), Faults(self.salesforce))
        self.dice = random.Random(self.seed)
        self.store: Store = open_store(self.url) if self.url else MemoryStore()

    async def connect(self) -> Connected:
        connectors = Pair(self.faults.hubspot, self.faults.salesforce)
        at = await connect(self.settings, connectors, self.store, self.clock, self.budget)
        at.dice = self.dice.random
        return at

    async def sync(self, scope: Scope | None = None) -> RunResult:
        return await sync(await self.connect(), scope)

    def writes(self) -> int:
        return self.faults.hubspot.writes + self.faults.salesforce.writes

    def one(self, side: Side) -> dict[str, Raw]:
        """What the only live record of that side holds."""
        [row] = self.live(side)
        return row.fields

    def live(self, side: Side) -> list[Any]:
        if side is Side.HUBSPOT:
            return self.hubspot.live("contacts")
        return [*self.salesforce.live("Lead"), *self.salesforce.live("Contact")]

    def close(self) -> None:
        self.store.close()


def make_settings(**changes: Any) -> Connection:
    spec = KINDS["contacts"]
    person: dict[str, Any] = {
        "kind": "contacts",
        "hubspot_object": spec.hubspot_object,
        "salesforce_objects": spec.salesforce_objects,
        "create_in_salesforce": "Lead",
        "match": spec.match,
        "fields": choose_rules(),
    }
    connection = {key: changes.pop(key) for key in ("limits", "guard", "existing_records") if key in changes}
    person |= changes
    return Connection(
        name="small",
        hubspot=HubSpotAccess(),
        salesforce=SalesforceAccess(),
        objects={"contacts": ObjectSettings(**person)},
        **connection,
    )
