"""A simulated Salesforce and a caller that speaks to it without sockets: what the tests of this room share."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import orjson

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.salesforce import Switches, World, build

START_MS = 1_795_000_000_000


class Client:
    """Calls the application in-process, as the integration user unless told otherwise."""

    def __init__(self, *, people: int = 0, switches: Switches | None = None, limits: str = "off", bare: bool = False):
        self.clock = SimClock(start_ms=START_MS, frozen=True)
        self.world: World = build(self.clock, people=people, switches=switches, limits=limits, bare=bare)
        self.token = self.world.credentials["token"]

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        version: str = "66.0",
        **query: str,
    ) -> Response:
        """`path` below `/services/data/vNN.0` unless it starts with `/services`, `/id` or `/__sandbox__`."""
        if path != "/" and not path.startswith(("/services", "/id/", "/__sandbox__", "/ui")):
            path = f"/services/data/v{version}{path}"
        raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json", "host": "sim.example"}
        path, _, given = path.partition("?")
        request = Request(
            method=method,
            path=path,
            raw_query="&".join(filter(None, (given, urlencode(query)))),
            headers={**sent, **(headers or {})},
            body=raw,
        )
        return asyncio.run(self.world.application.handle(request))

    def get(self, path: str, **query: str) -> Any:
        return read(self.send("GET", path, **query))

    def post(self, path: str, body: Any, **rest: Any) -> Any:
        return read(self.send("POST", path, body, **rest))

    def create(self, sobject: str, **values: Any) -> str:
        response = self.send("POST", f"/sobjects/{sobject}", values)
        assert response.status == 201, response.body
        return str(read(response)["id"])

    def row(self, sobject: str, record_id: str) -> Any:
        return self.get(f"/sobjects/{sobject}/{record_id}")

    def query(self, soql: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self.get("/query", q=soql)["records"]
        return records

    def refusal(self, method: str, path: str, body: Any = None, **rest: Any) -> tuple[int, str]:
        """(status, error code) of a call that is refused."""
        response = self.send(method, path, body, **rest)
        return response.status, read(response)[0]["errorCode"]

    def act(self, action: str, **order: Any) -> Any:
        response = self.send("POST", "/__sandbox__/actions", {"action": action, **order})
        assert response.status == 200, response.body
        return read(response)

    def set_up(self, sobject: str, **parts: Any) -> None:
        response = self.send("PATCH", "/__sandbox__/schema", {"objects": {sobject: parts}})
        assert response.status == 200, response.body


def read(response: Response) -> Any:
    return orjson.loads(response.body) if response.body else None
