"""Calls that schemathesis makes up from HubSpot's contract: whatever is asked, the answer keeps the contract.

Bounded: a few made-up calls an operation, the same ones each time. Every answer is held against the contract on the way
(see conftest); here it is also seen to that none is a server error, and that the simulator has each operation at all.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hubspot_contract import load, openapi
from hubspot_server import Served, served
from hypothesis import HealthCheck, Phase, given, settings

UNCLAIMED = ("/marketing/marketing-events/", "/marketing/v3/marketing-events/")
"""Event marketing: the simulator does not claim to have it."""
ONE_OF_MANY = re.compile(r"/crm/(?:v3/objects|objects/2026-03)/(?!\{|contacts|deals|0-3|leads)[a-z_0-9-]+(?:/|$)")
"""Paths of single object types, which one handler serves; some of them stand for the rest."""
VALUES: dict[str, list[str]] = {
    "objectType": ["contacts", "0-2", "unicorns"],
    "fromObjectType": ["contacts", "deals"],
    "toObjectType": ["companies", "0-1", "unicorns"],
    "objectTypeId": ["0-1", "0-2", "9-9"],
    "fromObjectTypeId": ["0-1", "0-3"],
    "toObjectTypeId": ["0-2", "9-9"],
    "propertyName": ["email", "lifecyclestage", "no_such"],
    "contactId": ["101", "999999", "x"],
    "dealId": ["101", "999999"],
    "objectId": ["101", "999999", "-1"],
    "listId": ["1", "99", "x"],
    "pipelineId": ["default", "nope"],
    "stageId": ["appointmentscheduled", "nope"],
    "ownerId": ["7001", "1"],
    "appId": ["11", "12"],
    "count": ["3", "0", "x"],
    "offset": ["00000001-0000-7000-8000-000000000000", "zz"],
}
EXAMPLES = 3


@pytest.mark.parametrize("name", ["dated", "numbered"])
def test_the_simulator_has_every_operation_it_claims(hubspot: Served, name: str) -> None:
    router = hubspot.world.application.router
    absent = [
        f"{operation.method} {operation.path}"
        for operation in load(name).operations
        if not operation.path.startswith(UNCLAIMED)
        and router.find(operation.method, re.sub(r"\{\w+\}", "5", operation.path))[0] is None
    ]
    assert absent == []


@pytest.mark.parametrize("name", ["dated", "numbered"])
def test_made_up_calls_are_answered_by_the_contract(name: str) -> None:
    statuses: Counter[int] = Counter()
    with served(people=20, seed=3) as server:
        server.world.portal.lists.create(
            name="Some", kind=server.world.portal.types["0-1"], processing="MANUAL", branch=None, user_id=None
        )
        for operation in schemathesis.openapi.from_dict(document(name)).get_all_operations():
            try_out(operation.ok(), server, statuses)
    assert not [status for status in statuses if status >= 500], statuses
    assert statuses[200] > 60 and statuses[400] > 50, statuses


def document(name: str) -> dict[str, Any]:
    """The contract as OpenAPI, with values at hand for what paths name."""
    whole = openapi(name)
    whole["paths"] = {
        path: methods
        for path, methods in whole["paths"].items()
        if not path.startswith(UNCLAIMED) and not ONE_OF_MANY.match(path)
    }
    for methods in whole["paths"].values():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path" and parameter["name"] in VALUES:
                    parameter["schema"] = {"enum": VALUES[parameter["name"]]}
    return whole


def try_out(operation: Any, server: Served, statuses: Counter[int]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def call(case: Any) -> None:
        response = case.call(base_url=server.base_url, headers={"Authorization": f"Bearer {server.token}"})
        statuses[response.status_code] += 1
        assert response.status_code < 500, f"{operation.label}: {case.as_curl_command()}"

    call()
