"""How fast and how large the simulated HubSpot is, measured from another process.

    python bench/hubspot_simulator.py [--contacts 1000000] [--calls 2000] [--batches 100]

Prints a table: calls and records a second of wall time, and of the server's CPU time, which is the figure to compare on a
busy machine; then what the server holds in memory with that many contacts of fifteen properties.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTACTS = "/crm/objects/2026-03/contacts"
BATCH = 100
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


async def serve() -> None:
    """What the other process does."""
    from pasodoble.simulators.clock import SimClock
    from pasodoble.simulators.http import serving
    from pasodoble.simulators.hubspot import build

    world = build(SimClock(), empty=True)
    async with serving(world.application) as port:
        print(json.dumps({"port": port, "token": world.credentials["token"]}), flush=True)
        await asyncio.Event().wait()


class Server:
    """The simulator in its own process, and one connection to it that stays open."""

    def __init__(self) -> None:
        command = [sys.executable, __file__, "--serve"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        ready = json.loads(self._process.stdout.readline())
        self._connection = http.client.HTTPConnection("127.0.0.1", ready["port"])
        self._headers = {"authorization": f"Bearer {ready['token']}", "content-type": "application/json"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        self._connection.request(method, path, data, self._headers)
        response = self._connection.getresponse()
        text = response.read()
        assert response.status < 300, (method, path, response.status, text[:300])
        return text

    def cpu_s(self) -> float:
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def resident_bytes(self) -> int:
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * PAGE_BYTES

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@dataclass(frozen=True)
class Figure:
    what: str
    calls: int
    records: int
    wall_s: float
    cpu_s: float

    def row(self) -> str:
        cpu_s = max(self.cpu_s, 1 / TICKS)
        rates = (self.calls / self.wall_s, self.records / self.wall_s, self.calls / cpu_s, self.records / cpu_s)
        return f"{self.what:<34}{self.calls:>8}" + "".join(f"{rate:>14,.0f}" for rate in rates)


def measure(server: Server, what: str, calls: int, records_a_call: int, call: Callable[[int], Any]) -> Figure:
    cpu_s, wall_s = server.cpu_s(), time.perf_counter()
    for number in range(calls):
        call(number)
    wall_s, cpu_s = time.perf_counter() - wall_s, server.cpu_s() - cpu_s
    figure = Figure(what, calls, calls * records_a_call, wall_s, cpu_s)
    print(figure.row(), flush=True)
    return figure


def contact(number: int) -> dict[str, str]:
    """Fifteen properties, as varied as people are."""
    return {
        "email": f"person{number}@firm{number % 9973}.example",
        "firstname": f"First{number % 4001}",
        "lastname": f"Last{number % 7919}",
        "phone": f"+34 600 {number % 1000000:06}",
        "jobtitle": f"Title {number % 211}",
        "company": f"Firm {number % 9973}",
        "address": f"Street {number % 1999}",
        "city": f"City {number % 499}",
        "state": f"State {number % 61}",
        "zip": f"{number % 99999:05}",
        "country": "Spain",
        "website": f"https://firm{number % 9973}.example",
        "industry": f"Industry {number % 37}",
        "lifecyclestage": ("lead", "customer", "opportunity")[number % 3],
        "mobilephone": f"+34 700 {number % 1000000:06}",
    }


def eggs(start: int) -> dict[str, Any]:
    return {"inputs": [{"properties": contact(start + n), "associations": []} for n in range(BATCH)]}


Case = tuple[str, int, int, Callable[[int], Any]]
"""What it is, how many calls, how many records each, the call by its number."""


def search(**asked: Any) -> dict[str, Any]:
    name, operator, value = asked.pop("name"), asked.pop("operator"), asked.pop("value")
    filters = [{"propertyName": name, "operator": operator, "value": value}]
    return {"filterGroups": [{"filters": filters}], **asked}


def cases(server: Server, ids: list[str], *, contacts: int, calls: int, batches: int) -> list[Case]:
    wanted = ["email", "firstname", "lastname", "phone", "city"]
    read = {"inputs": [{"id": id} for id in ids], "properties": wanted, "propertiesWithHistory": []}

    def change_many(number: int) -> Any:
        rows = [{"id": id, "properties": {"city": f"D{number}"}} for id in ids]
        return server.call("POST", f"{CONTACTS}/batch/update", {"inputs": rows})

    def search_newest(_: int) -> Any:
        since = str(int(time.time() * 1000) - 2000)
        body = search(name="lastmodifieddate", operator="GTE", value=since, properties=wanted, limit=200)
        return server.call("POST", f"{CONTACTS}/search", {**body, "sorts": ["lastmodifieddate"]})

    def search_email(number: int) -> Any:
        body = search(name="email", operator="EQ", value=contact(number)["email"], limit=1)
        return server.call("POST", f"{CONTACTS}/search", body)

    def change_one(number: int) -> Any:
        return server.call("PATCH", f"{CONTACTS}/{ids[number % BATCH]}", {"properties": {"city": f"C{number}"}})

    def create_one(number: int) -> Any:
        return server.call("POST", CONTACTS, {"properties": contact(contacts + number), "associations": []})

    return [
        ("read one", calls, 1, lambda number: server.call("GET", f"{CONTACTS}/{ids[number % BATCH]}")),
        ("change one", calls, 1, change_one),
        ("create one", calls, 1, create_one),
        ("read, 100 a call", batches, BATCH, lambda _: server.call("POST", f"{CONTACTS}/batch/read", read)),
        ("change, 100 a call", batches, BATCH, change_many),
        ("search by email", calls // 4, 1, search_email),
        ("search the newest, 200 a call", batches, 200, search_newest),
        ("list, 100 a call", batches, BATCH, lambda _: server.call("GET", f"{CONTACTS}?limit=100")),
    ]


def run(contacts: int, calls: int, batches: int) -> None:
    server = Server()
    try:
        empty_bytes = server.resident_bytes()
        titles = ("calls/s", "records/s", "calls/CPU s", "records/CPU s")
        print(f"{'':<34}{'calls':>8}" + "".join(f"{title:>14}" for title in titles))
        first = json.loads(server.call("POST", f"{CONTACTS}/batch/create", eggs(0)))["results"]

        def make(number: int) -> Any:
            return server.call("POST", f"{CONTACTS}/batch/create", eggs((number + 1) * BATCH))

        measure(server, "create, 100 a call", contacts // BATCH - 1, BATCH, make)
        full_bytes = server.resident_bytes()
        ids = [row["id"] for row in first]
        for case in cases(server, ids, contacts=contacts, calls=calls, batches=batches):
            measure(server, *case)
        each = (full_bytes - empty_bytes) / contacts
        print(
            f"\nmemory: {full_bytes / 2**20:,.0f} MiB with {contacts:,} contacts of {len(contact(0))} properties, "
            f"{each:,.0f} bytes each; a million take {(empty_bytes + each * 1e6) / 2**30:.2f} GiB"
        )
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--calls", type=int, default=2_000)
    parser.add_argument("--batches", type=int, default=100)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
    else:
        run(options.contacts, options.calls, options.batches)


if __name__ == "__main__":
    main()
