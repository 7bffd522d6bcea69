"""Independent clients against the simulators; every HubSpot answer on the way is held against HubSpot's contract too."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "referees"))

from hubspot_contract import watching
from hubspot_server import Served, served
from salesforce_server import ServedOrg, served_org


@pytest.fixture(autouse=True)
def hubspot_contract_holds() -> Iterator[None]:
    with watching() as problems:
        yield
    assert not problems, "answers that break the contract:\n" + "\n".join(dict.fromkeys(problems))


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Served]:
    """A small seeded account that the tests of one module share."""
    with served(people=30, seed=3) as server:
        yield server


@pytest.fixture(scope="module")
def salesforce() -> Iterator[ServedOrg]:
    """A small seeded org that the tests of one module share."""
    with served_org(people=30, seed=3) as server:
        yield server
