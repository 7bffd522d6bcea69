"""jsforce, unchanged, against the simulated org. What it does is in tests/referees/node_salesforce/jsforce_walk.mjs."""

from __future__ import annotations

from typing import Any

import node
import pytest
from salesforce_server import ServedOrg

pytestmark = pytest.mark.node

CHECKS = """rows collections allOrNone upsert queries fetchesEveryPage wrongQuery describes replication bulk2 searches
limitsAndIdentity compositeAndTree soapLogin soapConversion soapMerge webServerFlowWithPkce""".split()


@pytest.fixture(scope="module")
def walked(salesforce: ServedOrg) -> dict[str, dict[str, Any]]:
    credentials = salesforce.world.credentials
    return node.walk(
        node.installed("node_salesforce"),
        "jsforce_walk.mjs",
        salesforce.base_url,
        salesforce.token,
        credentials["client_id"],
        credentials["client_secret"],
        credentials["username"],
    )


@pytest.mark.parametrize("check", CHECKS)
def test_jsforce(walked: dict[str, dict[str, Any]], check: str) -> None:
    assert walked[check]["ok"], walked[check].get("why")
