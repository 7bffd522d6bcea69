"""A simulated HubSpot at hand for unit tests: calls in process, in a few words each.

Rules to test do not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import DOOR, Request
from pasodoble.simulators.hubspot import Switches, World, build

START_MS = 1_777_888_800_000
START = "2026-05-04T10:00:00.000Z"
CONTACTS = "/crm/v3/objects/contacts"
DATED_CONTACTS = "/crm/objects/2026-03/contacts"


@dataclass
class Answer:
    """Status and JSON body (None when there is none)."""

    status: int
    body: Any

    def __getitem__(self, name: str) -> Any:
        return self.body[name]


class Hub:
    """One world with a frozen clock."""

    def __init__(self, *, people: int = 0, switches: Switches | None = None, bare: bool = False) -> None:
        self.clock = SimClock(start_ms=START_MS, frozen=True)
        self.world: World = build(self.clock, people=people, seed=5, empty=not people, switches=switches, bare=bare)

    @property
    def portal(self) -> Any:
        return self.world.portal

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        bare_path, _, query = path.partition("?")
        headers = {"authorization": f"Bearer {self.world.credentials['token']}", "host": "hub.test"}
        raw = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
        response = drive(self.world.application.handle(Request(method, bare_path, query, headers, raw)))
        return Answer(response.status, orjson.loads(response.body) if response.body else None)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any = None) -> Answer:
        return self.call("PATCH", path, body)

    def delete(self, path: str, body: Any = None) -> Answer:
        return self.call("DELETE", path, body)

    def contact(self, **properties: str) -> str:
        """A new contact's id."""
        answer = self.post(CONTACTS, {"properties": properties})
        assert answer.status == 201, answer.body
        return str(answer["id"])

    def company(self, **properties: str) -> str:
        answer = self.post("/crm/v3/objects/companies", {"properties": properties})
        assert answer.status == 201, answer.body
        return str(answer["id"])

    def value(self, id: str, name: str, objects: str = "contacts") -> str | None:
        """One property of a record, None when it is empty."""
        return self.get(f"/crm/v3/objects/{objects}/{id}?properties={name}")["properties"].get(name)

    def act(self, action: str, **order: Any) -> Answer:
        """What a person does, through the door."""
        return self.post(DOOR + "actions", {"action": action, **order})

    def search(self, *filters: dict[str, Any], objects: str = "contacts", **body: Any) -> Answer:
        groups = {"filterGroups": [{"filters": list(filters)}]} if filters else {}
        return self.post(f"/crm/v3/objects/{objects}/search", {**groups, **body})

    def found(self, *filters: dict[str, Any], **body: Any) -> list[str]:
        """Ids of what a search finds."""
        answer = self.search(*filters, **body)
        assert answer.status == 200, answer.body
        return [row["id"] for row in answer["results"]]


def drive(coroutine: Any) -> Any:
    """Run a coroutine that waits for nothing."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the handler waited for something")


def wanted(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    """One search filter."""
    return {"propertyName": name, "operator": operator, **({} if value is None else {"value": value}), **more}
