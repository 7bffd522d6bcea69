"""Answers that are JSON and yet make no sense: never an accident in our own code, never a guess."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.errors import ConnectorError
from pasodoble.model.operation import Delete, Operation, Update
from pasodoble.model.outcome import Unknown
from pasodoble.model.ref import Ref
from pasodoble.model.settings import HubSpotAccess, SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.ports import Connector

ODD: list[Any] = [{}, [], "ok", 7, None, {"results": None}, {"results": {}}, {"records": 1}, {"compositeResponse": []}]


@pytest.fixture(params=list(Side))
def connector(request: pytest.FixtureRequest, clock: Any, budget: Any) -> Any:
    def make(odd: Any) -> Connector:
        def answer(request: httpx2.Request) -> httpx2.Response:
            if "userinfo" in request.url.path:
                return httpx2.Response(200, json={"user_id": "005000000000001AAA"})
            return httpx2.Response(200, json=odd)

        transport = httpx2.MockTransport(answer)
        if request.param is Side.HUBSPOT:
            hub = HubSpotAccess(base_url="http://hub.test", auth={"service_key": "x"})
            return HubSpotConnector(hub, budget=budget, clock=clock, transport=transport)
        org = SalesforceAccess(auth={"access_token": "x", "instance_url": "http://org.test"})
        return SalesforceConnector(org, budget=budget, clock=clock, transport=transport)

    return make


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_look_raises_what_callers_expect(connector: Any, odd: Any) -> None:
    spoken = connector(odd)
    with pytest.raises(ConnectorError):
        async for _ in spoken.read_changes("contacts", ["x"], None):
            pass
    with pytest.raises(ConnectorError):
        await spoken.find("contacts", "email", ["a@b.example"], ["x"])


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_write_whose_answer_says_nothing_is_unknown(connector: Any, clock: Any, odd: Any) -> None:
    spoken = connector(odd)
    ref = Ref(spoken.side, "contacts", "1")
    ops: list[Operation] = [Update(ref=ref, fields={"x": "1"})]
    if spoken.side is Side.SALESFORCE:
        ops.append(Update(ref=Ref(spoken.side, "contacts", "2"), fields={}, unless_modified_since=clock.now()))
        ops.append(Delete(ref=Ref(spoken.side, "contacts", "3")))
    assert {type(outcome) for outcome in await spoken.write(ops)} == {Unknown}
