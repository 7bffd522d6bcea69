"""How fast the simulated Salesforce is, measured from another process. One command, one table:

    python bench/salesforce_simulator.py [--people 20000] [--seconds 3] [--records 1000000]

"a core" divides by the server's own CPU time, so that the client's share of the machine does not count. `--records 0`
leaves the memory test out. Nothing here is a test: it judges nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from urllib.parse import quote

import orjson
import psutil

SERVER = """
import asyncio, sys
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import serving
from pasodoble.simulators.salesforce import build

async def main():
    world = build(SimClock(), people=int(sys.argv[1]))
    async with serving(world.application) as port:
        print(port, world.credentials["token"], flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
PEOPLE_SHARE = 0.69
"""People asked for, for each record there is in the end: accounts, deals, tasks and roles come on top of people."""


class Load:
    """Keep-alive connections that send ready-made requests as fast as they are answered."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token

    def spell(self, method: str, path: str, body: bytes = b"") -> bytes:
        head = (
            f"{method} /services/data/v66.0{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    async def run(self, make: Callable[[int], bytes], seconds: float, connections: int = 4) -> int:
        """Requests answered in `seconds`; any answer of 400 or more is an error."""
        until = time.perf_counter() + seconds
        counter = iter(range(10**9))

        async def one() -> int:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            done = 0
            while time.perf_counter() < until:
                writer.write(make(next(counter)))
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                body = await reader.readexactly(length)
                if head[9:10] in b"45":
                    raise SystemExit(f"refused: {body[:400]!r}")
                done += 1
            writer.close()
            return done

        return sum(await asyncio.gather(*(one() for _ in range(connections))))


def lead(n: int) -> dict[str, object]:
    return {
        "FirstName": "Ada",
        "LastName": f"Roe {n}",
        "Company": "Acme",
        "Email": f"roe{n}.{time.time_ns()}@bench.example",
        "Phone": "+34 600 000 000",
        "Title": "Engineer",
        "City": "Sevilla",
    }


def find_ids(load: Load) -> list[str]:
    async def ask() -> list[str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", load._port)
        writer.write(
            load.spell("GET", "/query?q=" + quote("SELECT Id, Email FROM Lead WHERE Email != null LIMIT 2000"))
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        records = orjson.loads(await reader.readexactly(length))["records"]
        writer.close()
        return [f"{record['Id']} {record['Email']}" for record in records]

    return asyncio.run(ask())


def measure(people: int, seconds: float) -> None:
    started = time.perf_counter()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(people)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        port, token = server.stdout.readline().split()
        print(f"{people:,} people served after {time.perf_counter() - started:.1f} s")
        load = Load(int(port), token)
        known = find_ids(load)
        ids, emails = [k.split()[0] for k in known], [k.split()[1] for k in known]
        process = psutil.Process(server.pid)

        def collection(n: int) -> bytes:
            records = [{"attributes": {"type": "Lead"}, **lead(n * 200 + k)} for k in range(200)]
            return load.spell("POST", "/composite/sobjects", orjson.dumps({"records": records}))

        def soql(n: int) -> bytes:
            where = f"SELECT Id, Name, Owner.Name FROM Lead WHERE Email = '{emails[n % len(emails)]}'"
            return load.spell("GET", "/query?q=" + quote(where))

        def page(_n: int) -> bytes:
            query = "SELECT Id, Name, Email, Phone, SystemModstamp FROM Lead ORDER BY SystemModstamp, Id LIMIT 2000"
            return load.spell("GET", "/query?q=" + quote(query))

        rows: list[tuple[str, int, Callable[[int], bytes]]] = [
            ("create one row", 1, lambda n: load.spell("POST", "/sobjects/Lead", orjson.dumps(lead(n)))),
            ("read one row", 1, lambda n: load.spell("GET", f"/sobjects/Lead/{ids[n % len(ids)]}")),
            (
                "update one row",
                1,
                lambda n: load.spell("PATCH", f"/sobjects/Lead/{ids[n % len(ids)]}", b'{"Title":"x"}'),
            ),
            ("create 200 rows", 200, collection),
            ("SOQL by e-mail", 1, soql),
            ("SOQL page of 2,000", 2000, page),
        ]
        print(f"{'':22}{'calls/s':>10}{'calls/s a core':>16}{'records/s a core':>18}")
        for name, records, make in rows:
            before = sum(process.cpu_times()[:2])
            start = time.perf_counter()
            calls = asyncio.run(load.run(make, seconds))
            taken, cpu = time.perf_counter() - start, sum(process.cpu_times()[:2]) - before
            print(f"{name:22}{calls / taken:>10,.0f}{calls / cpu:>16,.0f}{calls * records / cpu:>18,.0f}")
    finally:
        server.kill()


def fill(records: int, answer: Connection) -> None:
    from pasodoble.simulators.clock import SimClock
    from pasodoble.simulators.salesforce import build

    started = time.perf_counter()
    world = build(SimClock(), people=int(records * PEOPLE_SHARE))
    count = sum(len(table) for table in world.org.tables.values())
    lead_table = world.org.sobject("Lead")
    view = world.org.view(world.org.integration_user_id)
    for name in ("Email", "SystemModstamp", "OwnerId"):
        list(view.find(lead_table, lead_table.fields[name], ["x"]) or ())
        next(iter(view.span(lead_table, lead_table.fields[name], None, None) or ()), None)
    answer.send((count, time.perf_counter() - started, psutil.Process().memory_info().rss))


def measure_memory(records: int) -> None:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=fill, args=(records, there))
    process.start()
    count, seconds, size = here.recv()
    process.join()
    print(
        f"{count:,} records in {seconds:.0f} s: {size / 2**30:.2f} GiB, {size // count:,} bytes a record, indexes included"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--records", type=int, default=1_000_000)
    options = parser.parse_args()
    measure(options.people, options.seconds)
    if options.records:
        measure_memory(options.records)
