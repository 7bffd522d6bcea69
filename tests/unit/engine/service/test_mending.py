"""Problems chosen, tried again, put aside and exported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.engine.cycle import Scope
from pasodoble.engine.service import mending
from pasodoble.engine.service.finding import NotFound
from pasodoble.model.side import Side
from pasodoble.model.signal import Urgency
from pasodoble.model.trace import State
from pasodoble.ports import ProblemRow

NAMELESS = {"email": "bad@x.example", "firstname": '=HYPERLINK("evil")', "company": "X"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings())
    yield made
    made.close()


async def trouble(world: SmallWorld) -> ProblemRow:
    """One record that Salesforce does not take, since it has no last name."""
    world.hubspot.put("contacts", NAMELESS)
    await world.sync()
    [row] = mending.choose_problems(world.settings, world.store, cause="value.required_missing")
    return row


async def test_a_problem_is_tried_again_ahead_of_everything_once_it_is_mended(world: SmallWorld) -> None:
    row = await trouble(world)
    world.hubspot.edit(row.ref, {"lastname": "Named"})
    refs = mending.retry(world.settings, world.store, world.clock, [row])
    with world.store.transaction("small", read_only=True) as tx:
        mark = tx.marks.load([row.ref])[row.ref]
    assert (mark.urgency, mark.triggers[-1]) == (Urgency.MANUAL, "manual_retry")
    await world.sync(Scope(kinds=tuple(refs), refs=refs["contacts"]))
    assert world.one(Side.SALESFORCE)["LastName"] == "Named"
    with pytest.raises(NotFound):
        mending.choose_problems(world.settings, world.store, ids=[row.id])


async def test_a_problem_that_is_put_aside_counts_as_left_out(world: SmallWorld) -> None:
    row = await trouble(world)
    assert mending.ignore(world.settings, world.store, world.clock, [row]) == 1
    assert mending.ignore(world.settings, world.store, world.clock, [row]) == 0
    with world.store.transaction("small", read_only=True) as tx:
        states = tx.records.count_by_state()
    assert (states.get(State.NEEDS_ATTENTION, 0), states[State.LEFT_OUT]) == (0, 1)


async def test_no_cell_of_the_export_is_a_formula(world: SmallWorld) -> None:
    row = await trouble(world)
    [line] = csv.DictReader(StringIO(mending.render_csv([row])))
    assert line["label"].startswith("'=HYPERLINK")
    assert (line["cause"], line["record"]) == ("value.required_missing", str(row.ref))


@pytest.mark.parametrize(("ids", "cause"), [([99], ""), ([], "value.too_long"), ([99], "value.required_missing")])
async def test_choosing_what_is_not_there_says_so(world: SmallWorld, ids: list[int], cause: str) -> None:
    await trouble(world)
    with pytest.raises(NotFound):
        mending.choose_problems(world.settings, world.store, ids=ids, cause=cause)
