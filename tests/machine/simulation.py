"""A deterministic simulation: one seed drives people on both sides, the clock, faults and crashes; the real engine runs.

The ghost ledger (`people`) keeps every edit that a person made; the engine cannot see it. `run(script)` ends with what was
found wrong, an empty list for nothing. What may happen is in `deeds` and `weather`, what must hold in `promises`.
"""

from __future__ import annotations

import asyncio
import inspect as python
import traceback
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from tests.fakes.memory_store import MemoryStore, Tables
from tests.fakes.small_world import Crash, SmallWorld, choose_rules, make_settings
from tests.machine import promises
from tests.machine.deeds import DEEDS, edit, edit_somebody
from tests.machine.people import FIELDS, People
from tests.machine.script import Fails, Script
from tests.machine.weather import COMMIT, SkewedClock, Weather

from pasodoble.connectors.memory import Row
from pasodoble.engine.connected import Connected, connect
from pasodoble.engine.service.syncing import sync
from pasodoble.errors import ConnectorError
from pasodoble.model.link import NO_BASE, Base, LinkState
from pasodoble.model.operation import Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Outcome
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.schema import FieldSchema
from pasodoble.model.settings import Connection, Limits, OnDelete
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import Raw

QUIET_ROUNDS = 5
FAULT_SHARE = 0.15
NO_BRAKES = Limits(max_creates_per_run=10_000, max_deletes_per_run=10_000, max_clears_per_run=10_000)
CONNECTION = "small"
AIMED_FROM = 100_000
"""From this seed on, people edit what we have just read and are about to write."""


@dataclass
class Simulation:
    """One history. `trace` tells it, step by step, for whoever has to look at a seed that failed."""

    script: Script
    url: str = ""
    trace: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    struck: list[tuple[int, int]] = field(default_factory=list)
    hidden: set[tuple[Side, str, str]] = field(default_factory=set)
    forgot: bool = False
    in_between: bool = False
    backup: Mapping[str, Tables] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.step: int = -1
        self.dice = self.script.dice("start")
        self.settings = draw_settings(self.script)
        self.world = SmallWorld(self.url, self.settings, seed=self.script.seed)
        self.people = People(Pair(self.world.hubspot, self.world.salesforce))
        self.clock = SkewedClock(self.world.clock)
        self.faulty = True
        self._at: Connected | None = None
        self._order = 0
        self._values = 0
        self._faults_of_step = 0
        self._shown: dict[tuple[Side, str, str], FieldSchema] = {}
        self._before: dict[Ref, dict[str, Raw]] = {}
        self.effects: list[tuple[Ref, str, str | None, int]] = []
        self.world.faults = Pair(*(Weather(self.people.memories[s], self, FAULT_SHARE) for s in SIDES))  # type: ignore[assignment]
        for side in SIDES:
            self.people.memories[side].reshape = _reshape
        if isinstance(self.world.store, MemoryStore):
            self.world.store.between = self._die_at_commit

    @property
    def aimed(self) -> bool:
        return self.script.seed >= AIMED_FROM

    @property
    def store(self) -> MemoryStore:
        assert isinstance(self.world.store, MemoryStore)
        return self.world.store

    # --- the course of it ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        try:
            for step in self.script.steps:
                await self._play(step)
            await self.grow_quiet()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            self.wrong.append(f"error: {error!r} in {Path(where.filename).name}:{where.lineno}")
        finally:
            self.world.close()

    async def _play(self, step: int) -> None:
        self.begin(step)
        deeds = DEEDS if self.people.count else DEEDS[:1]
        [(_, deed)] = self.dice.choices(deeds, [weight for weight, _ in deeds])
        done = deed(self, self.dice)
        if python.isawaitable(done):
            await done

    def begin(self, step: int) -> None:
        """From here on the dice are those of that step."""
        self.step, self.dice, self._values, self._faults_of_step = step, self.script.dice(step), 0, 0

    async def sync(self) -> None:
        try:
            await sync(await self.connect())
        except Crash:
            self.die("sync")
        except ConnectorError as error:
            self._at = None
            self.tell(f"sync: {error}")
        else:
            self.tell("sync")
        await asyncio.sleep(0)
        promises.check_links(self)

    def die(self, doing: str) -> None:
        self._at = None
        self.fired["crash"] += 1
        self.tell(f"{doing}: killed")

    async def connect(self) -> Connected:
        """Signed in once, as a process is that goes on; anew after it has died."""
        if self._at is None:
            connectors = Pair(self.world.faults.hubspot, self.world.faults.salesforce)
            self._at = await connect(self.settings, connectors, self.world.store, self.clock, self.world.budget)
            self._at.dice = self.world.dice.random
        return self._at

    async def grow_quiet(self) -> None:
        """People and faults stop; what is left must come to rest by itself."""
        self.faulty, self.step = False, 1_000_000
        self.dice = self.script.dice("quiet")
        for place in sorted(self.hidden):
            self.show(place)
        self.hidden.clear()
        for weather in self.world.faults:
            weather.spent_until = None  # type: ignore[attr-defined]
        for day in range(QUIET_ROUNDS):
            if self.fired["field hidden"] and day < 3:
                promises.look_anew(self)  # what a hidden field missed is found by the nightly comparison
            await self.pass_a_day()
        await promises.check_rest(self)

    async def pass_a_day(self) -> None:
        self.world.clock.advance(25 * 3600)
        await self.sync()

    # --- what the weather asks -----------------------------------------------------------------------------------------

    def draw(self, names: Sequence[str], share: float) -> str:
        if not self.faulty or self.dice.random() >= share:
            return ""
        fault = self.dice.choice(names)
        place = (self.step, self._faults_of_step)
        self._faults_of_step += 1
        if place in self.script.muted:
            return ""
        self.struck.append(place)
        self.fired[fault] += 1
        self.tell(f"  {fault}")
        return fault

    def _die_at_commit(self, when: str) -> None:
        name = COMMIT[0] if when == "before_commit" else COMMIT[1]
        if self.draw((name,), FAULT_SHARE / 30):
            raise Crash

    def now(self) -> datetime:
        return self.world.clock.now()

    def pass_time(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def pick(self, names: Collection[str]) -> str:
        return self.dice.choice(sorted(names))

    def between(self, refs: Sequence[Ref]) -> None:
        """A person edits between our reading and our writing: anybody, or in aimed seeds one of what was just read."""
        if self.faulty and self.people.count and self.dice.random() < 0.15:
            self.world.clock.advance(self.dice.choice((0.01, 0.2, 1.5)))
            self.fired["edit between"] += 1
            self.in_between = True
            rows = [row for ref in refs if (row := self.people.row(ref)).loss is None] if self.aimed else []
            if rows:
                key = self.dice.choice(tuple(FIELDS))
                edit(self, self.dice.choice(rows), key, self.new_value(key))
            else:
                edit_somebody(self, self.dice)
            self.in_between = False

    def inspect(self, operation: Operation) -> None:
        """What is about to reach a vendor."""
        self._before = {}
        if isinstance(operation, Update):
            self._before = {operation.ref: dict(self.people.row(operation.ref).fields)}
        promises.check_payload(self, operation)

    def note(self, operation: Operation, outcome: Outcome) -> None:
        """What has reached it."""
        if not isinstance(outcome, Applied) or outcome.ref is None:
            return
        match operation:
            case Create():
                self.people.ghosts[outcome.ref] = self.people.of(operation.of)
                promises.check_create(self, operation)
            case Update():
                promises.check_update(self, operation, self._before[operation.ref])
            case Delete():
                self.people.row(operation.ref).by_us = True
        self.tell(f"  wrote {type(operation).__name__} {outcome.ref} {dict(getattr(operation, 'fields', {}))}")

    # --- what deeds and promises use -----------------------------------------------------------------------------------

    def count(self) -> int:
        self._order += 1
        return self._order

    def new_value(self, key: str) -> str:
        """One that was never written before; the same whichever other steps are played."""
        self._values += 1
        if key == "phone":
            return f"+346{self.step % 1000:03d}{self._values:05d}"
        return f"{key[0]}{self.step}.{self._values}"

    def anybody(self, dice: object) -> Row | None:
        rows = list(self.people.living())
        return self.dice.choice(rows) if rows else None

    def base_of(self, ref: Ref) -> Base:
        with self.world.store.transaction(CONNECTION, read_only=True) as tx:
            link = tx.links.load([ref]).get(ref)
            return tx.bases.load([link.id]).get(link.id, NO_BASE) if link is not None else NO_BASE

    def partner_of(self, ref: Ref) -> Ref | None:
        """The other record of its link, where both are linked."""
        with self.world.store.transaction(CONNECTION, read_only=True) as tx:
            link = tx.links.load([ref]).get(ref)
        return link.refs[ref.side.other] if link is not None and link.state is LinkState.LINKED else None

    def hide(self, side: Side, object: str, name: str) -> None:
        memory = self.people.memories[side]
        schema = memory.schemas[object]
        self._shown[side, object, name] = schema.fields[name]
        memory.schemas[object] = replace(schema, fields={n: f for n, f in schema.fields.items() if n != name})
        self.hidden.add((side, object, name))
        self._at = None
        self.fired["field hidden"] += 1
        self.tell(f"hide {object}.{name}")

    def show(self, place: tuple[Side, str, str]) -> None:
        side, object, name = place
        memory = self.people.memories[side]
        schema = memory.schemas[object]
        memory.schemas[object] = replace(schema, fields={**schema.fields, name: self._shown[place]})
        self._at = None
        self.tell(f"show {object}.{name}")

    def forget(self, *, lost: bool) -> None:
        if self.url or (not lost and not self.backup):
            return
        self.store.restore({} if lost else self.backup)
        self.forgot = True
        self._at = None
        self.people.ledger.clear()
        self.effects.clear()
        self.fired["store lost" if lost else "older store"] += 1
        self.tell("the store is lost" if lost else "the store is an older one")

    def semantic_state(self) -> object:
        """What the store says, but for moments. Nothing on a database."""
        if self.url:
            return None
        tables = self.store.tables.get(CONNECTION)
        if tables is None:
            tables = Tables()
        links = {id: (link.refs, link.state, link.key) for id, link in tables.links.items()}
        bases = {id: dict(base.fields) for id, base in tables.bases.items()}
        marks = {ref: mark.triggers for ref, (mark, _) in tables.marks.items()}
        return links, bases, marks, set(tables.problems), set(tables.left_out)

    def links(self) -> list[Pair[Ref]]:
        """Both records of every link that is in force."""
        with self.world.store.transaction(CONNECTION, read_only=True) as tx:
            links = {link.id: link for link in tx.links.load(list(self.people.ghosts)).values()}
        return [
            Pair(link.refs.hubspot, link.refs.salesforce)
            for link in links.values()
            if link.state is LinkState.LINKED and link.refs.hubspot and link.refs.salesforce
        ]

    def check(self, promise: str, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(f"{promise}: {otherwise}")
            self.tell(f"!! {promise}: {otherwise}")

    def tell(self, line: str) -> None:
        self.trace.append(f"{self.step:>7} {line}")

    def rule_of(self, key: str) -> UpdateRule:
        return next(line.rule for line in self.settings.objects["contacts"].fields if line.hubspot == key)


def draw_settings(script: Script) -> Connection:
    """Rules and deletions of this seed: two-way all through in two of five, for nothing is harder."""
    dice = script.dice("settings")
    rules = dict.fromkeys(FIELDS, UpdateRule.TWO_WAY)
    if dice.random() < 0.6:
        rules = {key: dice.choice(tuple(UpdateRule)) for key in FIELDS}
    return make_settings(
        fields=choose_rules(rules),
        limits=NO_BRAKES,
        when_deleted_in_hubspot=dice.choice(tuple(OnDelete)),
        when_deleted_in_salesforce=dice.choice(tuple(OnDelete)),
    )


def _reshape(_object: str, name: str, value: Raw) -> Raw:
    """How both vendors keep what is typed: trimmed; a telephone number in groups of three, in Salesforce."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if name == "Phone" and text.startswith("+"):
        digits = text.replace(" ", "")
        return " ".join(digits[i : i + 3] for i in range(0, len(digits), 3))
    return text or None


def run(script: Script, url: str = "") -> Simulation:
    """Play it whole. `url`: of an empty database, instead of the store over dictionaries."""
    simulation = Simulation(script, url)
    asyncio.run(simulation.run())
    return simulation


def break_as(promise: str) -> Fails:
    """For `shrink`: whether a script breaks that promise, and which faults fired then."""

    def fails(script: Script) -> Sequence[tuple[int, int]] | None:
        simulation = run(script)
        return simulation.struck if any(line.startswith(promise) for line in simulation.wrong) else None

    return fails
