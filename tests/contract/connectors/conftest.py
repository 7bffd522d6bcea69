"""The sides that the contract is run on, by name."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from sides import HubSpotWorld, MemoryWorld, SalesforceWorld, World

from pasodoble.model.side import Side

WORLDS = {
    "memory_hubspot": lambda: MemoryWorld(Side.HUBSPOT, "contacts"),
    "memory_salesforce": lambda: MemoryWorld(Side.SALESFORCE, "Contact"),
    "hubspot_contact": HubSpotWorld,
    "hubspot_contact_v3": lambda: HubSpotWorld(api_version="v3"),
    "salesforce_contact": lambda: SalesforceWorld("Contact"),
    "salesforce_lead": lambda: SalesforceWorld("Lead"),
}


@pytest.fixture(params=WORLDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    made = WORLDS[request.param]()
    yield made
    await made.connector.close()


@pytest.fixture
async def portal() -> AsyncIterator[HubSpotWorld]:
    made = HubSpotWorld()
    yield made
    await made.connector.close()


@pytest.fixture
async def org() -> AsyncIterator[SalesforceWorld]:
    made = SalesforceWorld("Contact")
    yield made
    await made.connector.close()
