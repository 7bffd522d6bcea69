"""What the benches share: both simulators in one process, the product in another, and the figures between them.

The bench's own process only gives orders: what it makes and reads through the CRMs' public APIs is in nobody's figure. Calls
are counted by the simulators' control doors, CPU and memory by the product's process about itself (`bench/product.py`).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import yaml

from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.transfer import render_lines

T = TypeVar("T")
HUBSPOT, SALESFORCE = "hubspot", "salesforce"
VERSION = "/services/data/v66.0"
CONTACTS = "/crm/objects/2026-03/contacts"
HERE = Path(__file__).parent
PAST_OVERLAP_S = 2 * 3600
"""Both sides' looks read what is younger than this a second time; afterwards a check is idle."""
EXTRA_NAMES = tuple(f"extra{n}" for n in range(7))
"""With the 22 lines that are shipped for contacts, the 29 fields of the figures."""


@dataclass(frozen=True)
class Calls:
    """Calls of one side by what they do: the last part of their paths."""

    by_name: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_name.values())

    def count(self, name: str) -> int:
        """Calls of that name, whatever the method."""
        return sum(count for of, count in self.by_name.items() if of.partition(" ")[2] == name)

    def __sub__(self, other: Calls) -> Calls:
        names = sorted({*self.by_name, *other.by_name})
        less = {name: self.by_name.get(name, 0) - other.by_name.get(name, 0) for name in names}
        return Calls({name: count for name, count in less.items() if count})


@dataclass(frozen=True)
class Done:
    """One step of the product: what it cost, and what it says it did.

    cpu_s, wall_s  of the step alone;  resident_bytes  after it;  peak_bytes  since the process began
    """

    cpu_s: float
    wall_s: float
    resident_bytes: int
    peak_bytes: int
    document: Mapping[str, Any]
    calls: Mapping[str, Calls]

    @property
    def total_calls(self) -> int:
        return sum(calls.total for calls in self.calls.values())


class Product:
    """The product's process. It takes one order a line and answers with one."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, str(HERE / "product.py")]
        env = {**os.environ, "PASODOBLE_CONFIG": str(config)}
        self._process = subprocess.Popen(
            command, cwd=config.parent, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def order(self, **order: Any) -> Any:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("bench: the product's process has died; what it said stands above")
        return json.loads(line)

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)


@dataclass
class Rig:
    """Both CRMs and the product between them."""

    clients: Mapping[str, httpx2.Client]
    ready: Mapping[str, Any]
    config: Path
    product: Product
    ids: dict[str, list[str]] = field(default_factory=dict)

    def call(self, side: str, method: str, path: str, body: Any = None) -> Any:
        answer = self.clients[side].request(method, path, json=body)
        if answer.status_code >= 300:
            raise SystemExit(f"bench: {method} {path} was refused: {answer.status_code} {answer.text[:500]}")
        return answer.json() if answer.content else None

    def calls(self, side: str) -> Calls:
        """Since the last reset."""
        return count_calls(self.call(side, "GET", "/__sandbox__/calls")["calls"])

    def reset_calls(self) -> None:
        for side in (HUBSPOT, SALESFORCE):
            self.call(side, "DELETE", "/__sandbox__/calls")

    def sync(self, **order: Any) -> Done:
        """One whole run of the engine, and what it cost."""
        self.reset_calls()
        told = self.product.order(do="sync", **order)
        return Done(**told, calls={side: self.calls(side) for side in (HUBSPOT, SALESFORCE)})

    def advance(self, seconds: float) -> None:
        """Move the clock of both CRMs and that of the product."""
        self.call(HUBSPOT, "POST", "/__sandbox__/clock", {"advance_s": seconds})
        self.product.order(do="advance", seconds=seconds)

    def settle(self) -> None:
        """Go past the overlap of the looks, twice, for both of HubSpot's lanes."""
        for _ in range(2):
            self.advance(PAST_OVERLAP_S)
            self.sync()

    # --- people ------------------------------------------------------------------------------------------------------

    def load(self, count: int) -> None:
        """So many people whom both sides have and nobody has linked yet, alike in all 29 fields."""
        self._make(count, (HUBSPOT, SALESFORCE))

    def load_contacts(self, count: int) -> None:
        """So many people whom only HubSpot has."""
        self._make(count, (HUBSPOT,))

    def _make(self, count: int, sides: Collection[str]) -> None:
        owner, user = self.find_owner()
        makers: dict[str, Callable[[Sequence[int]], list[str]]] = {
            HUBSPOT: lambda numbers: self._make_contacts(numbers, owner),
            SALESFORCE: lambda numbers: self._make_leads(numbers, user),
        }
        for side, size in ((HUBSPOT, 100), (SALESFORCE, 200)):
            if side not in sides:
                continue
            chunks = [range(start, min(start + size, count)) for start in range(0, count, size)]
            made = in_parallel(makers[side], chunks)
            self.ids[side] = [id for ids in made for id in ids]

    def edit(self, side: str, count: int, value: str, *, fields: Mapping[str, str]) -> None:
        """The same new value for the first `count` people of a side; `fields`: by side, the field."""
        name = fields[side]
        if side == HUBSPOT:
            rows = [{"id": id, "properties": {name: f"{value} {n}"}} for n, id in enumerate(self.ids[side][:count])]
            in_parallel(
                lambda part: self.call(side, "POST", f"{CONTACTS}/batch/update", {"inputs": part}), chunk(rows, 100)
            )
        else:
            leads = [
                {"attributes": {"type": "Lead"}, "Id": id, name: f"{value} {n}"}
                for n, id in enumerate(self.ids[side][:count])
            ]
            in_parallel(self._change_leads, chunk(leads, 200))

    def find_owner(self) -> tuple[str, str]:
        """Somebody who is an owner in HubSpot and a user in Salesforce."""
        owners = self.call(HUBSPOT, "GET", "/crm/v3/owners?limit=100")["results"]
        rows = self.call(SALESFORCE, "GET", f"{VERSION}/query?q=SELECT+Id,Email+FROM+User+WHERE+IsActive=true")
        users = {row["Email"].lower(): row["Id"] for row in rows["records"]}
        return next((o["id"], users[o["email"].lower()]) for o in owners if (o["email"] or "").lower() in users)

    def _make_contacts(self, numbers: Sequence[int], owner: str) -> list[str]:
        inputs = [{"properties": make_contact(n, owner), "associations": []} for n in numbers]
        rows = self.call(HUBSPOT, "POST", f"{CONTACTS}/batch/create", {"inputs": inputs})["results"]
        ids = {row["properties"]["email"]: row["id"] for row in rows}
        return [ids[make_email(n)] for n in numbers]

    def _make_leads(self, numbers: Sequence[int], user: str) -> list[str]:
        body = {"allOrNone": True, "records": [make_lead(n, user) for n in numbers]}
        rows = self.call(SALESFORCE, "POST", f"{VERSION}/composite/sobjects", body)
        return [row["id"] for row in ensure_done(rows)]

    def _change_leads(self, leads: Sequence[Mapping[str, str]]) -> None:
        ensure_done(
            self.call(SALESFORCE, "PATCH", f"{VERSION}/composite/sobjects", {"allOrNone": True, "records": leads})
        )


def ensure_done(rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    if not all(row["success"] for row in rows):
        raise SystemExit(f"bench: Salesforce refused rows: {[row for row in rows if not row['success']][:3]}")
    return rows


def count_calls(entries: Iterable[Mapping[str, Any]]) -> Calls:
    counts: dict[str, int] = {}
    for entry in entries:
        name = name_call(entry["method"], entry["path"])
        counts[name] = counts.get(name, 0) + 1
    return Calls(dict(sorted(counts.items())))


def name_call(method: str, path: str) -> str:
    """`GET /crm/objects/2026-03/contacts/search` is `contacts/search`: the version and the record's id say nothing here."""
    parts = [part for part in path.partition("?")[0].split("/") if part]
    return f"{method} " + "/".join(parts[-2:])


def in_parallel(do: Callable[[Any], T], items: Iterable[Any], at_once: int = 4) -> list[T]:
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(do, items))


def chunk(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def make_email(number: int) -> str:
    return f"person{number}@firm{number % 9973}.example"


def make_contact(number: int, owner: str) -> dict[str, str]:
    return {
        "email": make_email(number),
        **{hubspot: value for hubspot, _, value in _say_alike(number)},
        "hubspot_owner_id": owner,
        **{name: f"{name} of {number}" for name in EXTRA_NAMES},
    }


def make_lead(number: int, user: str) -> dict[str, Any]:
    numbers = {"AnnualRevenue", "NumberOfEmployees"}
    return {
        "attributes": {"type": "Lead"},
        "Email": make_email(number),
        **{name: int(value) if name in numbers else value for _, name, value in _say_alike(number)},
        "OwnerId": user,
        **{f"{name}__c": f"{name} of {number}" for name in EXTRA_NAMES},
    }


def _say_alike(number: int) -> list[tuple[str, str, str]]:
    """HubSpot's property, the lead's field, what both hold."""
    return [
        ("firstname", "FirstName", f"First{number % 4001}"),
        ("lastname", "LastName", f"Last{number % 7919}"),
        ("salutation", "Salutation", "Ms."),
        ("phone", "Phone", f"+34 600 {number % 1_000_000:06}"),
        ("mobilephone", "MobilePhone", f"+34 700 {number % 1_000_000:06}"),
        ("fax", "Fax", f"+34 910 {number % 1_000_000:06}"),
        ("jobtitle", "Title", f"Title {number % 211}"),
        ("company", "Company", f"Firm {number % 9973}"),
        ("website", "Website", f"https://firm{number % 9973}.example"),
        ("annualrevenue", "AnnualRevenue", str(1000 * (number % 997))),
        ("numemployees", "NumberOfEmployees", str(number % 997)),
        ("address", "Street", f"Street {number % 1999}"),
        ("city", "City", f"City {number % 499}"),
        ("state", "State", f"State {number % 61}"),
        ("zip", "PostalCode", f"{number % 99_999:05}"),
        ("country", "Country", "Spain"),
    ]


# --- starting --------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def sandbox(folder: Path, *options: str) -> Iterator[Mapping[str, Any]]:
    """Both simulators in one process of their own; gives the ready line. Writes `pasodoble.yaml` into the folder."""
    ports = ("--hubspot-port", "0", "--salesforce-port", "0", "--pubsub-port", "0")
    command = [sys.executable, "-m", "pasodoble", "sandbox", *ports, "--write-config", "pasodoble.yaml", *options]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("bench: the sandbox did not start")
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def rig(**connection: Any) -> Iterator[Rig]:
    """Empty CRMs with 29 fields to sync, contacts only, SQLite. `connection`: settings to change."""
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        ready = stack.enter_context(sandbox(folder, "--empty"))
        clients = {side: stack.enter_context(open_client(ready[side])) for side in (HUBSPOT, SALESFORCE)}
        add_fields(clients)
        config = folder / "pasodoble.yaml"
        adjust(config, connection)
        product = Product(config)
        stack.callback(product.stop)
        yield Rig(clients, ready, config, product)


def open_client(ready: Mapping[str, str]) -> httpx2.Client:
    base = ready.get("base_url") or ready["instance_url"]
    return httpx2.Client(base_url=base, headers={"authorization": f"Bearer {ready['token']}"}, timeout=120)


def add_fields(clients: Mapping[str, httpx2.Client]) -> None:
    """The text fields that a portal and an org of a real firm have beside the standard ones."""
    for name in EXTRA_NAMES:
        body = {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": "contactinformation"}
        clients[HUBSPOT].post("/crm/v3/properties/contacts", json=body).raise_for_status()
    fields = {f"{name}__c": {"type": "text", "length": 100} for name in EXTRA_NAMES}
    body = {"objects": {name: {"fields": fields} for name in ("Lead", "Contact")}}
    clients[SALESFORCE].patch("/__sandbox__/schema", json=body).raise_for_status()


def adjust(config: Path, changes: Mapping[str, Any]) -> None:
    """Contacts and nothing else, no brake in the way; then `changes` to the connection."""
    document = yaml.safe_load(config.read_text())
    [connection] = document["connections"].values()
    connection |= {kind: {"enabled": False} for kind in ("companies", "deals", "tickets")}
    for switches in ("activities", "salesforce_activities", "associations"):
        names = [name for name, value in connection[switches].items() if isinstance(value, bool)]
        connection[switches] = dict.fromkeys(names, False)
    connection["lifecycle"] = {"automatic": False}
    connection["limits"] = dict.fromkeys(connection["limits"], 10_000_000)
    lines = render_lines(KINDS["contacts"].rules, KINDS["contacts"].salesforce_objects)
    extra = [{"hubspot": name, "salesforce": f"{name}__c", "rule": "two_way"} for name in EXTRA_NAMES]
    connection["contacts"]["fields"] = [*lines, *extra]
    config.write_text(json.dumps(document | {"connections": {"bench": connection | changes}}))
