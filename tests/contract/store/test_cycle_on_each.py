"""The same run of the engine on either database: links, bases, history and problems come out alike."""

from __future__ import annotations

from tests.fakes.small_world import SmallWorld, make_settings

from pasodoble.model.cause import Problem
from pasodoble.model.outcome import Refused
from pasodoble.model.side import Side
from pasodoble.model.trace import State


async def test_people_edits_refusals_and_gates_end_alike(url: str) -> None:
    world = SmallWorld(url, make_settings())
    problem = Problem(cause="salesforce.validation_rule", side=Side.SALESFORCE, text="No")
    world.salesforce.refuse = lambda op: Refused(problem=problem) if "bad@" in str(op) else None
    for name in ("ana", "bad", "eva"):
        world.hubspot.put("contacts", {"email": f"{name}@x.example", "lastname": name, "company": "X"})
    world.salesforce.put("Lead", {"LastName": "Nobody", "Company": "C"})
    try:
        await world.sync()
        world.clock.advance(5)
        world.salesforce.edit(world.live(Side.SALESFORCE)[1].ref, {"Title": "CTO"})
        await world.sync()
        with world.store.transaction("small", read_only=True) as tx:
            assert tx.records.count_by_state() == {
                State.IN_STEP: 2,
                State.WAITING: 0,
                State.LEFT_OUT: 1,
                State.NEEDS_ATTENTION: 1,
            }
            changes = [(row.change.field, row.change.after) for row in tx.history.load_recent(limit=10)]
            assert changes == [("jobtitle", "CTO"), ("", None), ("", None)]
            assert tx.problems.count_by_cause() == {"salesforce.validation_rule": 1}
    finally:
        world.close()
