"""A deterministic simulation: one seed drives people on both sides, the clock, faults and crashes; the real engine runs.

The ghost ledger keeps every edit that a person made; the engine cannot see it. Every value is written once only, so that
where it went can be told. `run(seed)` ends with what was found wrong, an empty list for nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.fakes.small_world import Crash, SmallWorld, choose_rules, make_settings

from pasodoble.model.link import NO_BASE
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import Limits
from pasodoble.model.side import SIDES, Side

TWO_WAY = {"lastname": "LastName", "firstname": "FirstName", "jobtitle": "Title"}
FAULTS = ("before", "after", "crash_before", "crash_after")
QUIET_ROUNDS = 5
SKEW = timedelta(seconds=1, milliseconds=50)
"""Edits closer than this are too close to call: Salesforce's stamps are whole seconds."""


@dataclass(frozen=True)
class Edit:
    person: int
    side: Side
    key: str
    value: str | None
    at: datetime


@dataclass
class Simulation:
    """One history. `trace` tells it, step by step, for whoever has to look at a seed that failed."""

    seed: int
    folder: Path
    steps: int = 60
    fault_share: float = 0.15
    trace: list[str] = field(default_factory=list)
    ledger: list[Edit] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        rules = choose_rules(dict.fromkeys(TWO_WAY, UpdateRule.TWO_WAY))
        settings = make_settings(fields=rules, limits=Limits(max_creates_per_run=10_000))
        self.world = SmallWorld(f"sqlite:///{self.folder / f'{self.seed}.db'}", settings, seed=self.seed)
        self.faulty = True
        for side in SIDES:
            self.world.faults[side].draw = self._draw
            self.world.faults[side].between = self._between
        self.people = 0
        self.values = 0

    # --- what happens ------------------------------------------------------------------------------------------------

    async def run(self) -> list[str]:
        try:
            for _ in range(self.steps):
                await self._step()
            self.faulty = False
            return await self._settle()
        finally:
            self.world.close()

    async def _step(self) -> None:
        roll = self.dice.random()
        if roll < 0.15 or not self.people:
            self._new_person()
        elif roll < 0.6:
            self._edit_somebody()
        elif roll < 0.75:
            self.world.clock.advance(self.dice.choice((0.3, 2, 40, 1000)))
        else:
            await self._sync()

    async def _sync(self) -> None:
        try:
            result = await self.world.sync()
            self.trace.append(f"sync: {result.report.document(0, {}, 0)['objects']}")
        except Crash:
            self.fired["crash"] += 1
            self.trace.append("sync: crashed")

    def _draw(self, what: str) -> str:
        if not self.faulty or self.dice.random() >= self.fault_share:
            return ""
        fault = self.dice.choice(FAULTS if what == "write" else FAULTS[:2])
        self.fired[f"{what} {fault}"] += 1
        return fault

    def _between(self) -> None:
        """A person edits between our reading and our writing."""
        if self.faulty and self.people and self.dice.random() < 0.2:
            self.world.clock.advance(self.dice.choice((0.01, 1.5)))
            self._edit_somebody()

    def _new_value(self) -> str:
        self.values += 1
        return f"v{self.values}"

    def _new_person(self) -> None:
        self.people += 1
        email = f"p{self.people}@x.example"
        sides = self.dice.choice(((Side.HUBSPOT,), (Side.SALESFORCE,), SIDES))
        self.trace.append(f"person {self.people} in {', '.join(sides)}")
        for side in sides:
            fields = {key: self._new_value() for key in TWO_WAY if key != "jobtitle" or self.dice.random() < 0.5}
            now = self.world.clock.now()
            self.ledger += [Edit(self.people, side, key, value, now) for key, value in fields.items()]
            if side is Side.HUBSPOT:
                self.world.hubspot.put("contacts", {"email": email, "company": "C", **fields})
            else:
                named = {TWO_WAY[key]: value for key, value in fields.items()}
                self.world.salesforce.put("Lead", {"Email": email, "Company": "C", **named})

    def _edit_somebody(self) -> None:
        person, side = self.dice.randrange(1, self.people + 1), self.dice.choice(SIDES)
        rows = self._rows(side, person)
        if not rows:
            return
        key = self.dice.choice(tuple(TWO_WAY))
        blank = key == "jobtitle" and self.dice.random() < 0.2 and self._is_linked(rows[0].ref)
        value = None if blank else self._new_value()
        name = key if side is Side.HUBSPOT else TWO_WAY[key]
        memory = self.world.hubspot if side is Side.HUBSPOT else self.world.salesforce
        memory.edit(rows[0].ref, {name: value})
        self.ledger.append(Edit(person, side, key, value, rows[0].modified_at))
        self.trace.append(f"edit {person} {side} {key} = {value} at {rows[0].modified_at:%H:%M:%S.%f}")

    def _is_linked(self, ref: Ref) -> bool:
        """A blank is carried only where the two sides have agreed before: on a first sync it never erases."""
        with self.world.store.transaction("small", read_only=True) as tx:
            link = tx.links.load([ref]).get(ref)
            return link is not None and "jobtitle" in tx.bases.load([link.id]).get(link.id, NO_BASE).fields

    def _rows(self, side: Side, person: int) -> list:  # type: ignore[type-arg]  # rows of the memory connector
        name = "email" if side is Side.HUBSPOT else "Email"
        return [row for row in self.world.live(side) if row.fields.get(name) == f"p{person}@x.example"]

    # --- what must hold ----------------------------------------------------------------------------------------------

    async def _settle(self) -> list[str]:
        for _ in range(QUIET_ROUNDS):
            self.world.clock.advance(7 * 3600)
            await self._sync()
        before = self.world.writes()
        self.world.clock.advance(7 * 3600)
        await self._sync()
        wrong = [] if self.world.writes() == before else ["P1: a check with nothing to do wrote something"]
        return wrong + self._check_duplicates() + self._check_agreement() + self._check_edits()

    def _check_duplicates(self) -> list[str]:
        wrong = []
        for person in range(1, self.people + 1):
            counts = [len(self._rows(side, person)) for side in SIDES]
            if counts != [1, 1]:
                wrong.append(f"P6: person {person} is there {counts} times")
        return wrong

    def _check_agreement(self) -> list[str]:
        wrong = []
        for person in range(1, self.people + 1):
            rows = [self._rows(side, person) for side in SIDES]
            if not all(rows):
                continue
            for key, name in TWO_WAY.items():
                held = rows[0][0].fields.get(key), rows[1][0].fields.get(name)
                if held[0] != held[1]:
                    wrong.append(f"P1: person {person} {key} is {held}")
        return wrong

    def _check_edits(self) -> list[str]:
        """Every edit is the value now, or was followed by a later one, or is told of as one that lost."""
        lost = self._told_of()
        wrong = []
        for edit in self.ledger:
            rows = self._rows(edit.side, edit.person)
            name = edit.key if edit.side is Side.HUBSPOT else TWO_WAY[edit.key]
            if not rows or rows[0].fields.get(name) == edit.value or (edit.person, edit.key, edit.value) in lost:
                continue
            later = (
                other
                for other in self.ledger
                if (other.person, other.key) == (edit.person, edit.key)
                and other is not edit
                and self._follows(other, edit)
            )
            if not any(later):
                wrong.append(f"P3: {edit} is lost; now {rows[0].fields.get(name)}")
        return wrong

    def _follows(self, other: Edit, edit: Edit) -> bool:
        return self.ledger.index(other) > self.ledger.index(edit) or abs(other.at - edit.at) <= SKEW

    def _told_of(self) -> set[tuple[int, str, str | None]]:
        """Values that the history names as replaced in a contest."""
        told = set()
        with self.world.store.transaction("small") as tx:
            for row in tx.history.load_recent(limit=100_000):
                person = self._person_of(row.ref)
                if person and row.change.contested:
                    before = row.change.before
                    told.add((person, row.change.key, before if isinstance(before, str) else None))
        return told

    def _person_of(self, ref: Ref) -> int:
        memory = self.world.hubspot if ref.side is Side.HUBSPOT else self.world.salesforce
        row = memory.rows.get(ref)
        email = str((row.fields.get("email") or row.fields.get("Email") or "") if row is not None else "")
        return int(email[1:].partition("@")[0]) if email.startswith("p") else 0


def run(seed: int, folder: Path, steps: int = 60) -> tuple[list[str], Simulation]:
    simulation = Simulation(seed, folder, steps)
    return asyncio.run(simulation.run()), simulation
