"""Why, over two CRMs of dictionaries: what a person reads of one record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.service.explaining import explain
from pasodoble.engine.service.finding import find_record
from pasodoble.model.side import Pair


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def test_a_field_in_step_shows_what_both_sides_last_agreed_on(world: SmallWorld) -> None:
    world.hubspot.put("contacts", {"email": "ana@acme.example", "lastname": "Ruiz", "company": "Acme"})
    await world.sync()
    at = await world.connect()
    answer = await explain(at, await find_record(at, "ana@acme.example"))
    bases = {view.key: view.base for view in answer.fields}
    assert bases["lastname"] == Pair("Ruiz", "Ruiz")
