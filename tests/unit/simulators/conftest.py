"""Every HubSpot answer that a test of this folder sees is held against HubSpot's contract, asked for or not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "referees"))
sys.path.insert(0, str(Path(__file__).parent))

from hubspot_contract import watching
from hubspot_hub import Hub


@pytest.fixture(autouse=True)
def hubspot_contract_holds() -> Iterator[None]:
    with watching() as problems:
        yield
    assert not problems, "answers that break the contract:\n" + "\n".join(dict.fromkeys(problems))


@pytest.fixture
def hub() -> Hub:
    """An empty HubSpot account with a frozen clock."""
    return Hub()
