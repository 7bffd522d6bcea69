"""How fast webhooks are taken in: a server in another process, one database file, signed requests of 1 to 100 events.

    python bench/webhook_intake.py [--rate 1000] [--seconds 10] [--sizes 1 10 100] [--json]

For each size of request: events a second that were taken, time to the answer, CPU a request, commits a second, and whether
every event that was answered is in the database after the server was killed with SIGKILL. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2
import orjson
import psutil

SECRET = "intake-bench"
PATH = "/webhooks/hubspot/acme"
AT_ONCE = 10
"""Requests in flight: HubSpot's default for an app."""

SERVER = f"""
import asyncio, sys, uvicorn
from starlette.applications import Starlette
from pasodoble.connectors.hubspot.webhooks import HubSpotSeal
from pasodoble.engine.service.receiving import Receiver
from pasodoble.runner.clock import SystemClock
from pasodoble.store import open_store, upgrade
from pasodoble.web.hooks import Hooks

url, port = sys.argv[1], int(sys.argv[2])
upgrade(url)
receiver = Receiver(open_store(url), SystemClock(), {{"acme": HubSpotSeal("{SECRET}")}})

async def tell_commits(scope, receive, send):
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": str(receiver.commits).encode()}})

app = Hooks(tell_commits, receiver)
uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_config=None, lifespan="off", ws="none")
"""


@dataclass(frozen=True)
class Figures:
    """One line of the table. Times in ms of wall time, CPU of the server alone."""

    size: int
    requests: int
    events: int
    events_per_s: float
    p50_ms: float
    p99_ms: float
    cpu_ms_per_request: float
    commits_per_s: float
    refused: int
    lost: int


@contextmanager
def serving(folder: Path) -> Iterator[tuple[psutil.Process, str]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    script = folder / "server.py"
    script.write_text(SERVER, encoding="utf-8")
    process = subprocess.Popen([sys.executable, str(script), f"sqlite:///{folder}/intake.db", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                httpx2.get(address)
                break
            except httpx2.TransportError:
                time.sleep(0.05)
        yield psutil.Process(process.pid), address
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def make_request(address: str, first: int, size: int) -> tuple[bytes, dict[str, str]]:
    events = [
        {
            "eventId": first + i,
            "subscriptionId": 501,
            "portalId": 4242,
            "appId": 11,
            "occurredAt": 1_777_888_800_123,
            "subscriptionType": "contact.propertyChange",
            "attemptNumber": 0,
            "objectId": first + i,
            "propertyName": "jobtitle",
            "propertyValue": "CTO",
            "changeSource": "CRM_UI",
            "sourceId": "userId:77",
        }
        for i in range(size)
    ]
    body = orjson.dumps(events)
    stamp = str(int(time.time() * 1000))
    message = b"POST" + (address + PATH).encode() + body + stamp.encode()
    signature = base64.b64encode(hmac.new(SECRET.encode(), message, hashlib.sha256).digest()).decode()
    return body, {"x-hubspot-signature-v3": signature, "x-hubspot-request-timestamp": stamp}


class Wire:
    """One kept connection, spoken to in bare HTTP: a client library would take more CPU than the server does."""

    def __init__(self, address: str) -> None:
        self._host, _, self._port = address.removeprefix("http://").partition(":")

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, int(self._port))

    async def post(self, body: bytes, headers: dict[str, str]) -> int:
        """The answer's status."""
        head = {"host": f"{self._host}:{self._port}", "content-length": str(len(body)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self._writer.write(f"POST {PATH} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        await self._reader.readexactly(length)
        return int(answer.split(b" ", 2)[1])

    def close(self) -> None:
        self._writer.close()


async def send_all(
    address: str, size: int, rate: float, seconds: float, *, first_id: int
) -> tuple[list[float], list[int], int]:
    """(times to the answer in ms, first event of each request that was taken, how many were not)."""
    times: list[float] = []
    taken: list[int] = []
    numbers = iter(range(int(rate * seconds / size)))
    began = time.perf_counter()

    async def work() -> int:
        wire, refused = Wire(address), 0
        await wire.open()
        for number in numbers:
            await asyncio.sleep(max(0.0, began + number * size / rate - time.perf_counter()))
            first = first_id + number * size
            body, headers = make_request(address, first, size)
            sent_at = time.perf_counter()
            status = await wire.post(body, headers)
            times.append((time.perf_counter() - sent_at) * 1000)
            if status == 200:
                taken.append(first)
            else:
                refused += 1
        wire.close()
        return refused

    refusals = await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return times, taken, sum(refusals)


def count_lost(file: Path, taken: Sequence[int], size: int) -> int:
    with sqlite3.connect(file) as sql:
        kept = {event["eventId"] for (body,) in sql.execute("SELECT body FROM inbox") for event in orjson.loads(body)}
    return sum(first + i not in kept for first in taken for i in range(size))


def measure(size: int, rate: float, seconds: float) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(folder) as (server, address):
            asyncio.run(send_all(address, size, rate, 0.5, first_id=1))  # everything is imported and connected
            cpu_before, commits_before, began = (
                sum(server.cpu_times()[:2]),
                int(httpx2.get(address).text),
                time.perf_counter(),
            )
            times, taken, refused = asyncio.run(send_all(address, size, rate, seconds, first_id=1_000_000))
            took_s = time.perf_counter() - began
            cpu_s, commits = sum(server.cpu_times()[:2]) - cpu_before, int(httpx2.get(address).text) - commits_before
            os.kill(server.pid, signal.SIGKILL)
            server.wait()
        lost = count_lost(folder / "intake.db", taken, size)
    times.sort()
    return Figures(
        size=size,
        requests=len(times),
        events=len(taken) * size,
        events_per_s=round(len(taken) * size / took_s, 1),
        p50_ms=round(times[len(times) // 2], 2),
        p99_ms=round(times[int(len(times) * 0.99)], 2),
        cpu_ms_per_request=round(cpu_s * 1000 / len(times), 3),
        commits_per_s=round(commits / took_s, 1),
        refused=refused,
        lost=lost,
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rate", type=float, default=1000, help="events a second that are sent")
    options.add_argument("--seconds", type=float, default=10)
    options.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100], help="events in one request")
    options.add_argument("--json", action="store_true", help="one JSON line a size")
    chosen = options.parse_args()
    rows = [asdict(measure(size, chosen.rate, chosen.seconds)) for size in chosen.sizes]
    if chosen.json:
        for row in rows:
            print(json.dumps(row))
        return
    print("| " + " | ".join(name.replace("_", " ") for name in rows[0]) + " |")
    print("|" + "---:|" * len(rows[0]))
    for row in rows:
        print("| " + " | ".join(str(value) for value in row.values()) + " |")


if __name__ == "__main__":
    main()
