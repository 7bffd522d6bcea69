"""The room of a story that is played over HTTP: people at both doors of a running sandbox, and the product between them.

What the sentences of a story mean is said in `acts` and `findings`, and does not belong here.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import tempfile
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import httpx2
from tests.scenario.room import BLANK, FIELDS, NOUNS, PLURALS, SIDE_NAMES

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Scope
from pasodoble.engine.service.explaining import Explanation, explain_known
from pasodoble.engine.service.finding import Found
from pasodoble.engine.service.syncing import RunResult, sync
from pasodoble.engine.service.verifying import Verified
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection, Settings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Effect
from pasodoble.model.trace import StepKind
from pasodoble.ports import Clock, Store
from pasodoble.wiring import connected, opened_store

QUIET_S = 2.5
"""A pushed change is under way for a second or two before it is heard of: both vendors send in batches."""
PATIENCE_S = 40
WHOLE = re.compile(r"-?\d+(\.\d+)?")


class Door:
    """A running sandbox's control door and public API, on one side. Refusals are failures of the story."""

    def __init__(self, side: Side, address: str, token: str) -> None:
        self.side = side
        self._http = httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=30)

    def act(self, action: str, **order: Any) -> dict[str, Any]:
        """What a person does in the browser."""
        return self.call("POST", "/__sandbox__/actions", {"action": action, **order})

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, path, json=body)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}

    def get(self, ref: Ref, fields: tuple[str, ...]) -> dict[str, Any] | None:
        """What a record holds; None where it is not there."""
        path = f"/services/data/v66.0/sobjects/{ref.object}/{ref.id}?fields={','.join(fields)}"
        if self.side is Side.HUBSPOT:
            path = f"/crm/v3/objects/{ref.object}/{ref.id}?properties={','.join(fields)}"
        answer = self._http.get(path)
        if answer.status_code in (404, 410):
            return None
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        held: dict[str, Any] = answer.json()
        return held["properties"] if self.side is Side.HUBSPOT else held

    def close(self) -> None:
        self._http.close()


@dataclass
class Product:
    """Pasodoble without push: a check when the story says so. Signed in anew whenever the settings have changed."""

    settings: Connection
    store: Store
    clock: Clock
    stack: contextlib.AsyncExitStack = field(default_factory=contextlib.AsyncExitStack)
    stores: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    at: Connected | None = None

    async def connect(self) -> Connected:
        if self.at is not None and self.at.settings is not self.settings:
            await self.close()
        if self.at is None:
            self.at = await self.stack.enter_async_context(connected(self.settings, self.store, self.clock))
        return self.at

    async def run(self, scope: Scope | None = None) -> RunResult | None:
        return await sync(await self.connect(), scope)

    async def start_anew(self) -> None:
        """Go on with an empty store of its own."""
        await self.close()
        folder = tempfile.mkdtemp(prefix="pasodoble-")
        fresh = Settings(connections={}, database_url=f"sqlite:///{folder}/anew.db")
        self.store = self.stores.enter_context(opened_store(fresh))

    async def close(self) -> None:
        await self.stack.aclose()
        self.stack, self.at = contextlib.AsyncExitStack(), None


@dataclass
class PushedProduct(Product):
    """`pasodoble serve` in a process of its own, which looks again in a quarter of an hour only: to sync is to wait for it."""

    async def run(self, scope: Scope | None = None) -> RunResult | None:
        """Until what was told has come in, and nothing of it is left to be done."""
        assert scope is None, "by hand is not by push"
        quiet_since, started = None, time.monotonic()
        while quiet_since is None or time.monotonic() - quiet_since < QUIET_S:
            assert time.monotonic() - started < PATIENCE_S, "it never came to rest"
            await asyncio.sleep(0.1)
            if not self._is_at_rest():
                quiet_since = None
            elif quiet_since is None:
                quiet_since = time.monotonic()
        return None

    def _is_at_rest(self) -> bool:
        with self.store.transaction(self.settings.name, read_only=True) as tx:
            due_at = tx.marks.next_due_at()
            return tx.inbox.count() == 0 and (due_at is None or due_at > self.clock.now())


@dataclass
class Served:
    """names     whom the story calls so, by side; `lists` by name; `pipelines` by name, each with its first stage

    tag       keeps the story's addresses apart from all others'
    refusal   what a person was told who asked for something that cannot be done
    counts    by trigger, how often it fired in the latest sync
    """

    doors: Pair[Door]
    product: Product
    tag: str
    names: dict[tuple[Side, str], Ref] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    pipelines: dict[str, tuple[str, str]] = field(default_factory=dict)
    refusal: str = ""
    last_run: RunResult | None = None
    verified: Verified | None = None
    counts: dict[str, int] = field(default_factory=dict)
    synced_at: datetime | None = None

    # --- records -----------------------------------------------------------------------------------------------------

    def object_of(self, side: Side, noun: str) -> str:
        return NOUNS.get((side, PLURALS.get(noun, noun.removesuffix("s"))), noun)

    def kind_of(self, ref: Ref) -> Kind:
        return next(
            kind
            for kind, of_kind in self.product.settings.objects.items()
            if ref.object in (of_kind.hubspot_object, *of_kind.salesforce_objects)
        )

    def partner(self, ref: Ref) -> Ref | None:
        with self.product.store.transaction(self.product.settings.name, read_only=True) as tx:
            link = tx.links.load([ref]).get(ref)
        return None if link is None else link.refs[ref.side.other]

    def find(self, side: Side, name: str) -> Ref | None:
        """Whom the story means on that side: by the name it gave, else the partner of that name's record elsewhere."""
        known, other = self.names.get((side, name)), self.names.get((side.other, name))
        return known if known is not None or other is None else self.partner(other)

    def get(self, side: Side, name: str) -> Ref:
        ref = self.find(side, name)
        assert ref is not None, f"{name} is not known in {side}"
        return ref

    def found(self, name: str) -> Found:
        refs = Pair(*(self.find(side, name) for side in SIDES))
        some = next((ref for ref in refs if ref is not None), None)
        assert some is not None, f"nobody is called {name}"
        return Found(kind=self.kind_of(some), refs=refs)

    def explain(self, name: str) -> Explanation:
        return explain_known(self.product.settings, self.product.store, self.found(name))

    def address_of(self, side: Side, owner: str | None) -> str:
        """The address of that owner, "" for none."""
        if not owner:
            return ""
        path = f"/services/data/v66.0/sobjects/User/{owner}?fields=Email"
        if side is Side.HUBSPOT:
            path = f"/crm/v3/owners/{owner}"
        told = self.doors[side].call("GET", path)
        return str(told["email" if side is Side.HUBSPOT else "Email"])

    def triggers_of(self, name: str) -> set[str]:
        """What the last decision on the record says that it was started by."""
        steps = (step for step in self.explain(name).steps if step.kind is StepKind.TRIGGER and step.passed)
        return {step.reason.id.removeprefix("trigger.") for step in steps}

    # --- values ------------------------------------------------------------------------------------------------------

    def read_fields(self, side: Side, text: str) -> dict[str, Any]:
        """`jobtitle = CTO, phone = (blank)`: as that side is told. Addresses are the story's own."""
        pairs = FIELDS.findall(text)
        assert sum(len(m[0]) for m in FIELDS.finditer(text)) == len(text), f"these are no fields: {text}"
        return {n: v.strip('"') if v.startswith('"') else self._read_value(side, v) for n, v in pairs}

    def _read_value(self, side: Side, text: str) -> Any:
        if text == BLANK:
            return "" if side is Side.HUBSPOT else None
        if "@" in text and not text.endswith("@pasodoble.example"):
            return text.replace("@", f".{self.tag}@")
        if (named := text.removeprefix("id of ").removeprefix("first of ")) in self.pipelines:
            return self.pipelines[named][text.startswith("first of ")]
        if text.startswith("id of "):
            return self.get(side, text.removeprefix("id of ")).id
        if side is Side.HUBSPOT:
            return text
        if text in ("true", "false"):
            return text == "true"
        return float(text) if WHOLE.fullmatch(text) else text

    # --- settings ----------------------------------------------------------------------------------------------------

    def change(self, **changes: Any) -> None:
        self.product.settings = replace(self.product.settings, **changes)

    def change_kind(self, kind: Kind, **changes: Any) -> None:
        objects = self.product.settings.objects
        self.change(objects={**objects, kind: replace(objects[kind], **changes)})

    # --- syncing -----------------------------------------------------------------------------------------------------

    async def sync(self, scope: Scope | None = None) -> None:
        before, self.synced_at = self._count_fired(), self.product.clock.now()
        self.last_run = await self.product.run(scope)
        assert self.last_run is None or not self.last_run.report.failures, self.last_run.report.failures
        self.counts = {key: count - before.get(key, 0) for key, count in self._count_fired().items()}

    def _count_fired(self) -> dict[str, int]:
        with self.product.store.transaction(self.product.settings.name, read_only=True) as tx:
            counts: dict[str, int] = {}
            for row in tx.firings.load():
                if row.effect is Effect.FIRED:
                    counts[row.key] = counts.get(row.key, 0) + row.count
        return counts


def spell(value: Any) -> str:
    """A value as either side shows it, in the story's words."""
    match value:
        case None | "":
            return BLANK
        case bool():
            return str(value).lower()
        case float() | int():
            return f"{value:g}"
        case _:
            return str(value)


def side_of(text: str) -> Side:
    return SIDE_NAMES[text]
