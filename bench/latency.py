"""How long a change takes to the other side: both simulators in one process, `pasodoble serve` in another, real HTTP and gRPC.

    python bench/latency.py [--rates 1 20 50] [--seconds 10] [--modes push poll] [--triggers NAME ...] [--write docs]

A change is timed from the moment its request is sent to the moment that the other side's own journal has the new value.
`--write` puts a table and a picture into that folder. Nothing here is a test: it judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

import httpx2
import psutil
import yaml

PASODOBLE = [sys.executable, "-m", "pasodoble"]
VERSION = "/services/data/v66.0"
FORM = "11111111-2222-4333-8444-555555555555"
POLL_EVERY_S = 10
PATIENCE_S = 40.0
"""A change that has not arrived so long after the last one was made counts as lost."""
HUBSPOT, SALESFORCE = "hubspot", "salesforce"


# --- the world -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A lead and the contact that it is linked to."""

    email: str
    lead: str
    contact: str


@dataclass
class World:
    """The two CRMs as a user of them reaches them, and the process that is measured."""

    clients: Mapping[str, httpx2.AsyncClient]
    serve: psutil.Process
    owners: Sequence[str]
    people: list[Person] = field(default_factory=list)
    owner_of: dict[str, str] = field(default_factory=dict)

    async def call(self, side: str, method: str, path: str, **more: Any) -> Any:
        answer = await self.clients[side].request(method, path, **more)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    async def query(self, soql: str) -> list[Any]:
        body = await self.call(SALESFORCE, "GET", f"{VERSION}/query", params={"q": soql})
        rows = list(body["records"])
        while not body["done"]:
            body = await self.call(SALESFORCE, "GET", body["nextRecordsUrl"])
            rows += body["records"]
        return rows


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(*command: str, ready: str, **options: Any) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process and the line by which it says that it is ready, on the stream of that name."""
    process = subprocess.Popen([*PASODOBLE, *command], text=True, **{ready: subprocess.PIPE}, **options)
    try:
        stream = getattr(process, ready)
        yield process, stream.readline()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.asynccontextmanager
async def running(mode: str, people: int) -> AsyncIterator[World]:
    """A sandbox with so many leads, and `serve` once all of them are in HubSpot too."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        config, port = folder / "pasodoble.yaml", free_port()
        address = f"http://127.0.0.1:{port}"
        ports = ("--hubspot-port", "0", "--salesforce-port", "0", "--pubsub-port", "0")
        hooks = ("--webhook-target", f"{address}/webhooks/hubspot/sandbox") if mode == "push" else ()
        sandbox = started(
            "sandbox", "--empty", *ports, *hooks, "--write-config", str(config), ready="stdout", cwd=folder
        )
        ready = json.loads(stack.enter_context(sandbox)[1])
        adjust(config, mode, address)
        async with contextlib.AsyncExitStack() as clients:
            both = {side: await clients.enter_async_context(client_of(ready[side])) for side in (HUBSPOT, SALESFORCE)}
            env = {**os.environ, "PASODOBLE_CONFIG": str(config)}
            process, _ = stack.enter_context(started("serve", "--port", str(port), ready="stderr", cwd=folder, env=env))
            world = World(both, psutil.Process(process.pid), [])
            await settle_in(world, people)
            yield world


def client_of(ready: Mapping[str, str]) -> httpx2.AsyncClient:
    base = ready.get("base_url") or ready["instance_url"]
    headers = {"authorization": f"Bearer {ready['token']}"}
    return httpx2.AsyncClient(base_url=base, headers=headers, timeout=60)


def adjust(config: Path, mode: str, address: str) -> None:
    document = yaml.safe_load(config.read_text())
    [connection] = document["connections"].values()
    connection["limits"]["max_creates_per_run"] = 1_000_000
    connection["check_every"] = "6h" if mode == "push" else f"{POLL_EVERY_S}s"
    if mode == "poll":
        connection["salesforce"]["pubsub"]["enabled"] = "off"
    config.write_text(yaml.safe_dump(document | {"public_url": address}))


async def settle_in(world: World, count: int) -> None:
    """People whom both sides know: made in Salesforce, carried over by the first check and by what is told after it."""
    await asyncio.sleep(5)  # the first check, of next to nothing, and the stream that opens beside it
    leads = [
        {"attributes": {"type": "Lead"}, "LastName": f"Person {n}", "Company": "Acme", "Email": f"p{n}@acme.example"}
        for n in range(count)
    ]
    for start in range(0, count, 200):
        body = {"allOrNone": True, "records": leads[start : start + 200]}
        await world.call(SALESFORCE, "POST", f"{VERSION}/composite/sobjects", json=body)
    until = time.monotonic() + PATIENCE_S
    while len(contacts := await list_contacts(world)) < count:
        if time.monotonic() > until:
            raise SystemExit(f"only {len(contacts)} of {count} people came over")
        await asyncio.sleep(0.5)
    rows = await world.query("SELECT Id, Email, OwnerId FROM Lead")
    by_email = {row["Email"].lower(): row["Id"] for row in rows}
    world.owner_of = {row["Id"]: row["OwnerId"] for row in rows}
    world.people = [Person(email, by_email[email], id) for email, id in sorted(contacts.items()) if email in by_email]
    users = {
        row["Email"].lower(): row["Id"] for row in await world.query("SELECT Id, Email FROM User WHERE IsActive = true")
    }
    form = {"forms": [{"id": FORM, "name": "Latency"}]}
    await world.call(HUBSPOT, "PATCH", "/__sandbox__/schema", json=form)
    owners = await world.call(HUBSPOT, "GET", "/crm/v3/owners", params={"limit": 100})
    world.owners = [users[email] for o in owners["results"] if (email := (o["email"] or "").lower()) in users]


async def list_contacts(world: World) -> dict[str, str]:
    """Ids by address."""
    found: dict[str, str] = {}
    after: str | None = ""
    while after is not None:
        params = {"limit": 100, "properties": "email"} | ({"after": after} if after else {})
        body = await world.call(HUBSPOT, "GET", "/crm/v3/objects/contacts", params=params)
        found |= {row["properties"]["email"]: row["id"] for row in body["results"] if row["properties"].get("email")}
        after = body.get("paging", {}).get("next", {}).get("after")
    return found


# --- what is timed ---------------------------------------------------------------------------------------------------

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Timed:
    """A trigger: how a person brings it about, and what the other side's journal then has.

    act   makes the change on a person of this number; gives the key by which it is known again
    lands the side where it arrives;  key: an entry's key there, None where it is another's
    """

    act: Callable[[World, int, str], Awaitable[str]]
    lands: str
    key: Callable[[World, Entry], str | None]


def _new(name: str) -> Callable[[World, Entry], str | None]:
    return lambda _world, entry: str(entry["new"]).lower() if entry.get("field") == name else None


async def _edit_lead(world: World, number: int, value: str) -> str:
    lead = world.people[number].lead
    await world.call(SALESFORCE, "PATCH", f"{VERSION}/sobjects/Lead/{lead}", json={"Title": value})
    return value.lower()


async def _edit_contact(world: World, number: int, value: str) -> str:
    """A two-way field: most others are Salesforce's unless it has none."""
    contact = world.people[number].contact
    await world.call(HUBSPOT, "PATCH", f"/crm/v3/objects/contacts/{contact}", json={"properties": {"lastname": value}})
    return value.lower()


async def _make_lead(world: World, _number: int, value: str) -> str:
    email = f"{value.replace(' ', '.')}@new.example"
    body = {"LastName": value, "Company": "Acme", "Email": email}
    await world.call(SALESFORCE, "POST", f"{VERSION}/sobjects/Lead", json=body)
    return email


async def _make_contact(world: World, _number: int, value: str) -> str:
    email = f"{value.replace(' ', '.')}@new.example"
    properties = {"lastname": value, "company": "Acme", "email": email}
    await world.call(HUBSPOT, "POST", "/crm/v3/objects/contacts", json={"properties": properties})
    return email


async def _hand_over(world: World, number: int, _value: str) -> str:
    """To an owner who is not the present one."""
    person = world.people[number]
    other = next(id for id in world.owners if id != world.owner_of[person.lead])
    world.owner_of[person.lead] = other
    await world.call(SALESFORCE, "PATCH", f"{VERSION}/sobjects/Lead/{person.lead}", json={"OwnerId": other})
    return person.contact


async def _submit_form(world: World, number: int, value: str) -> str:
    person = world.people[number]
    action = {"action": "form_submitted", "contact": person.contact, "form": FORM}
    await world.call(HUBSPOT, "POST", "/__sandbox__/actions", json=action)
    return person.lead.lower()


TIMED: Mapping[str, Timed] = {
    "salesforce_field_changed": Timed(_edit_lead, HUBSPOT, _new("jobtitle")),
    "hubspot_property_changed": Timed(_edit_contact, SALESFORCE, _new("LastName")),
    "salesforce_record_created": Timed(_make_lead, HUBSPOT, _new("email")),
    "hubspot_record_created": Timed(_make_contact, SALESFORCE, _new("Email")),
    "owner_changed": Timed(
        _hand_over, HUBSPOT, lambda _, e: str(e["record"]["id"]) if e.get("field") == "hubspot_owner_id" else None
    ),
    "form_submitted": Timed(_submit_form, SALESFORCE, _new("WhoId")),
}


@dataclass(frozen=True)
class Figure:
    """What a run gave. Seconds; `lost` had not arrived at the end; `cpu_ms` of the sync's process for each change."""

    trigger: str
    mode: str
    rate: float
    count: int
    lost: int
    p50_s: float
    p99_s: float
    longest_s: float
    cpu_ms: float


class JournalReader:
    """The target's journal from where it stands now, read on a little at a time."""

    def __init__(self, world: World, timed: Timed) -> None:
        self._world, self._timed = world, timed
        self._after = 0
        self.arrived_at: dict[str, float] = {}

    async def skip(self) -> None:
        while (await self._read())[1]:
            pass
        self.arrived_at.clear()

    async def _read(self) -> tuple[int, bool]:
        params = {"after": self._after, "limit": 20_000}
        body = await self._world.call(self._timed.lands, "GET", "/__sandbox__/journal", params=params)
        moved = int(body["next"]) != self._after
        self._after = int(body["next"])
        for entry in body["journal"]:
            key = self._timed.key(self._world, entry)
            if key is not None:
                self.arrived_at.setdefault(key, find_moment(entry))
        return len(self.arrived_at), moved

    async def follow(self) -> None:
        await self._read()


def find_moment(entry: Entry) -> float:
    """HubSpot's journal says `at`, Salesforce's `when`."""
    return datetime.fromisoformat(str(entry.get("at") or entry["when"])).timestamp()


async def measure(world: World, name: str, mode: str, rate: float, seconds: float) -> Figure:
    """Make changes at this rate, each on a person of its own, then wait for all of them to arrive."""
    timed, count = TIMED[name], max(3, round(rate * seconds))
    reader = JournalReader(world, timed)
    await reader.skip()
    sent_at: dict[str, float] = {}

    async def one(number: int) -> None:
        now = time.time()
        key = await timed.act(world, number % len(world.people), f"{name[:4]} {int(rate)} {number} {int(now)}")
        sent_at[key] = now

    busy_s = cpu_s(world)
    begun = time.monotonic()
    changes = []
    for number in range(count):
        await asyncio.sleep(max(0.0, begun + number / rate - time.monotonic()))
        changes.append(asyncio.create_task(one(number)))
    await asyncio.gather(*changes)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and not sent_at.keys() <= reader.arrived_at.keys():
        await asyncio.sleep(0.25)
        await reader.follow()
    took = sorted(reader.arrived_at[key] - at for key, at in sent_at.items() if key in reader.arrived_at)
    return Figure(
        trigger=name,
        mode=mode,
        rate=rate,
        count=count,
        lost=len(sent_at) - len(took),
        p50_s=quantile(took, 0.5),
        p99_s=quantile(took, 0.99),
        longest_s=took[-1] if took else float("nan"),
        cpu_ms=(cpu_s(world) - busy_s) * 1000 / count,
    )


def cpu_s(world: World) -> float:
    used = world.serve.cpu_times()
    return float(used.user + used.system)


def quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


# --- the report ------------------------------------------------------------------------------------------------------


def render_table(figures: Sequence[Figure]) -> str:
    lines = [
        "| trigger | seen by | changes/s | changes | p50 s | p99 s | longest s | not arrived | CPU ms a change |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| `{f.trigger}` | {f.mode} | {f.rate:g} | {f.count} | {f.p50_s:.2f} | {f.p99_s:.2f} | {f.longest_s:.2f} "
        f"| {f.lost} | {f.cpu_ms:.1f} |"
        for f in figures
    ]
    return "\n".join(lines) + "\n"


LEFT, WIDE, ROW, DECADES = 330, 560, 18, (0.01, 0.1, 1.0, 10.0, 100.0)
COLOURS = {"push": "#2a6f97", "poll": "#b5651d"}


def render_picture(figures: Sequence[Figure]) -> str:
    """A row a figure, from p50 (dot) to p99 (end of the line), on a scale of powers of ten."""
    from math import log10

    def across(seconds: float) -> float:
        span = log10(DECADES[-1]) - log10(DECADES[0])
        return LEFT + WIDE * (log10(min(max(seconds, DECADES[0]), DECADES[-1])) - log10(DECADES[0])) / span

    known = [figure for figure in figures if figure.p50_s == figure.p50_s]
    high = ROW * (len(known) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 40} {high}" font-family="sans-serif" font-size="12">',
        "<title>Seconds from a change to the other side's new value, median to 99th percentile</title>",
        f'<rect width="100%" height="{high}" fill="#ffffff"/>',
    ]
    for decade in DECADES:
        at = f"{across(decade):.1f}"
        parts.append(f'<line x1="{at}" x2="{at}" y1="{ROW}" y2="{high - 4}" stroke="#dddddd"/>')
        parts.append(f'<text x="{at}" y="13" text-anchor="middle" fill="#555555">{decade:g} s</text>')
    for row, figure in enumerate(known):
        y, colour = ROW * (row + 2) - 4, COLOURS[figure.mode]
        name = escape(f"{figure.trigger}, {figure.mode}, {figure.rate:g}/s")
        parts.append(f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end" fill="#222222">{name}</text>')
        x1, x2 = f"{across(figure.p50_s):.1f}", f"{across(figure.p99_s):.1f}"
        parts.append(f'<line x1="{x1}" x2="{x2}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>')
        parts.append(f'<circle cx="{x1}" cy="{y}" r="4" fill="{colour}"/>')
    return "\n".join([*parts, "</svg>", ""])


def render_page(figures: Sequence[Figure], seconds: float) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"
    return (
        "# Latency\n\n"
        "<!-- Written by bench/latency.py: do not edit. -->\n\n"
        "From the moment a change is sent to one CRM to the moment the other one's journal has the new value. Both simulators\n"
        f"run in one process, `pasodoble serve` in another, on {machine}; {seconds:g} s of changes at each rate. *push*: HubSpot\n"
        "webhooks and Salesforce change events, with no check meanwhile; *poll*: neither, and a check every "
        f"{POLL_EVERY_S} s in place of 15 minutes.\n\n"
        "![From median (dot) to 99th percentile, by trigger and rate](pictures/latency.svg)\n\n"
        f"{render_table(figures)}\n"
        "All changes of a *poll* row fall into one interval between two checks, so its figures say what is left of that interval.\n"
        "Of few changes, p99 is the slowest. A guarded write to Salesforce may wait for the end of a second: it keeps whole ones.\n"
    )


async def run(options: argparse.Namespace) -> list[Figure]:
    figures = []
    for mode in options.modes:
        async with running(mode, max(60, round(max(options.rates) * options.seconds))) as world:
            for name in options.triggers:
                for rate in options.rates:
                    figures.append(await measure(world, name, mode, rate, options.seconds))
                    row = (
                        json.dumps(asdict(figures[-1])) if options.json else render_table(figures[-1:]).splitlines()[-1]
                    )
                    print(row, flush=True)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 20, 50])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--modes", nargs="+", choices=("push", "poll"), default=["push", "poll"])
    parser.add_argument("--triggers", nargs="+", choices=tuple(TIMED), default=list(TIMED))
    parser.add_argument("--json", action="store_true", help="one JSON line a figure, no table")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="put latency.md and pictures/latency.svg there")
    options = parser.parse_args()
    figures = asyncio.run(run(options))
    if not options.json:
        print(render_table(figures))
    if options.write:
        (options.write / "pictures").mkdir(parents=True, exist_ok=True)
        (options.write / "latency.md").write_text(render_page(figures, options.seconds))
        (options.write / "pictures" / "latency.svg").write_text(render_picture(figures))


if __name__ == "__main__":
    main()
