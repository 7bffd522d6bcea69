"""Safeguards taken out, one at a time: what `docs/reliability.md` lists as planted bugs. Each must break a promise of the simulation.

A plant patches the engine, never a test. What cannot be planted here, and who watches over it instead, is in `ELSEWHERE`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.machine.simulation import AIMED_FROM, Simulation
from tests.planted.directed import blank_in_a_record_that_a_dead_run_made, edit_in_the_second_of_the_read

from pasodoble.connectors.memory import MemoryConnector
from pasodoble.engine import apply, decide, judging, look, observe, record
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.observe import Job
from pasodoble.model.link import NO_BASE
from pasodoble.model.operation import Create, Update
from pasodoble.model.outcome import Applied, Outcome, Refused, Unknown
from pasodoble.model.record import Gone, Loss, Snapshot
from pasodoble.reconcile import presence

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, slots=True)
class Planted:
    """What notices it: a course made for it, else the first of `seeds` seeds from `first` on that goes wrong.

    quick     among those of `make test`
    survives  why nothing does
    """

    name: str
    plant: Callable[[Patch], None]
    quick: bool = False
    first: int = 0
    seeds: int = 300
    course: Callable[[], list[str]] | None = None
    survives: str = ""


def base_before_write(patch: Patch) -> None:
    real = record.reserve

    def reserve(at: Any, tx: Any, decisions: Sequence[Decision], *, run_id: int) -> list[Decision]:
        going = real(at, tx, decisions, run_id=run_id)
        for decision in going:
            if decision.merge is not None and decision.job.link is not None and decision.snapshots is not None:
                assert decision.mapping is not None and decision.base is not None
                settled = record.settle_base(decision.mapping, decision.base, decision.snapshots, decision.merge)
                tx.bases.save({decision.job.link.id: settled})
                tx.marks.clear(decision.job.marks)
        return going

    patch.setattr("pasodoble.engine.cycle.reserve", reserve)


def no_unique_key(patch: Patch) -> None:
    """Neither side refuses a second record with the same key or address, and nobody looks for one before a create is sent again."""

    async def find_nothing(*_: object) -> None: ...

    patch.setattr(MemoryConnector, "_holders", lambda *_: [])
    patch.setattr(observe, "_find_sent", find_nothing)


def no_look_by_key(patch: Patch) -> None:
    """With the vendors' own uniqueness left: a create of unknown outcome is sent again, and taken for refused when it exists."""

    async def find_nothing(*_: object) -> None: ...

    patch.setattr(observe, "_find_sent", find_nothing)
    patch.setattr(record.Recorder, "_take_exists", lambda *_: None)


def no_link_row(patch: Patch) -> None:
    """A create is not reserved: after a crash nothing is known of it."""
    real = Judge._create

    def create(self: Judge, decision: Decision, own: Snapshot) -> None:
        real(self, decision, own)
        decision.new_link = None

    patch.setattr(Judge, "_create", create)


def watermark_skips(patch: Patch) -> None:
    """The place to go on from is the moment after the look, not the one before."""
    real = MemoryConnector.read_changes

    async def read_changes(self: MemoryConnector, object: str, fields: Collection[str], cursor: Any) -> Any:
        async for page in real(self, object, fields, cursor):
            jumped = {name: int(str(at)) + 2 if name == "sequence" else at for name, at in page.cursor.items()}
            yield replace(page, cursor=jumped)

    patch.setattr(MemoryConnector, "read_changes", read_changes)


def marks_after_watermark(patch: Patch) -> None:
    """What a look found is not marked when it is found but kept in the process."""
    real = look.find_marks if hasattr(look, "find_marks") else None
    assert real is not None

    def forgetful(*args: Any, **more: Any) -> Any:
        found = real(*args, **more)
        if hasattr(found, "marks") and len(found.marks) > 2:
            found.marks.clear()
        return found

    patch.setattr(look, "find_marks", forgetful)


def upsert(patch: Patch) -> None:
    """A create over a record that is there writes its first payload over it."""
    real = MemoryConnector._create

    def create(self: MemoryConnector, operation: Create) -> Outcome:
        held = self._holders(operation.object, {"pasodoble_key": operation.key, "Pasodoble_Key__c": operation.key})
        if not held:
            return real(self, operation)
        self.edit(held[0], operation.fields, by_us=True)
        return Applied(ref=held[0])

    async def find_nothing(*_: object) -> None: ...

    patch.setattr(MemoryConnector, "_create", create)
    patch.setattr(observe, "_find_sent", find_nothing)


def no_history_check(patch: Patch) -> None:
    patch.setattr(record, "_may_cover", lambda *_: False)
    patch.setattr(Job, "looks_back", property(lambda _: False))


def no_guard(patch: Patch) -> None:
    """Salesforce is written whatever happened since the read."""
    real = MemoryConnector._update
    patch.setattr(MemoryConnector, "_update", lambda self, op: real(self, replace(op, unless_modified_since=None)))
    patch.setattr(apply, "_is_unsettled", lambda _: False)


def no_settle_rule(patch: Patch) -> None:
    patch.setattr(apply, "_is_unsettled", lambda _: False)


def no_payload_base(patch: Patch) -> None:
    """A create that was resumed has for its base what the record holds by now, not what was sent."""
    patch.setattr(decide, "base_of_create", lambda *_, **__: NO_BASE)


def no_base(patch: Patch) -> None:
    gather = observe.gather_jobs

    def forgetful(*args: Any) -> Any:
        jobs = gather(*args)
        for job in jobs:
            job.base = NO_BASE
        return jobs

    patch.setattr(judging, "gather_jobs", forgetful)


def no_intent(patch: Patch) -> None:
    patch.setattr(record, "_intentions", lambda *_: {})


def delete_on_absence(patch: Patch) -> None:
    """A record that is not shown counts as deleted, without a second look."""
    real = presence.decide_presence

    def hasty(state: Any, seen: Any, **more: Any) -> Any:
        more["confirmed"] = True
        return real(state, seen, **more)

    patch.setattr(decide, "decide_presence", hasty)
    see = MemoryConnector._see

    def see_less(self: MemoryConnector, ref: Any, fields: Any, history: Any) -> Any:
        seen = see(self, ref, fields, history)
        hidden = isinstance(seen, Snapshot) and self._sequence % 23 == 0
        return Gone(ref=ref, how=Loss.DELETED, seen_at=seen.seen_at) if hidden else seen

    patch.setattr(MemoryConnector, "_see", see_less)


def no_tombstone(patch: Patch) -> None:
    """A retired link is forgotten."""
    real = observe.gather_jobs

    def forgetful(*args: Any) -> Any:
        jobs = real(*args)
        for job in jobs:
            if job.link is not None and job.link.state.value == "retired":
                job.link, job.base = None, NO_BASE
        return jobs

    patch.setattr(judging, "gather_jobs", forgetful)


def merge_points_to_loser(patch: Patch) -> None:
    """After a merge the link stays where it was, and the survivor is taken for somebody new."""
    real = presence._follow

    def follow(side: Any, gone: Gone, into: Any) -> Any:
        return presence.Retire(real(side, gone, into).reason)

    patch.setattr(presence, "_follow", follow)


def conversion_creates(patch: Patch) -> None:
    real = presence._follow

    def follow(side: Any, gone: Gone, into: Any) -> Any:
        followed = real(side, gone, into)
        return presence.Retire(followed.reason) if gone.how is Loss.CONVERTED else followed

    patch.setattr(presence, "_follow", follow)


def absent_is_blank(patch: Patch) -> None:
    """A field that an answer leaves out is read as blank."""
    from pasodoble.mapping.apply import CompiledMapping

    real = CompiledMapping.canonical

    def canonical(self: Any, side: Any, fields: Any) -> Any:
        whole = {name: fields.get(name) for name in {*self.read_fields[side], *fields}}
        return real(self, side, whole)

    patch.setattr(CompiledMapping, "canonical", canonical)
    patch.setattr(Judge, "_match", Judge._match)


def batch_fails_as_one(patch: Patch) -> None:
    """One refused row makes a batch fail as a whole."""
    from tests.machine.weather import Weather

    real = Weather.write

    async def write(self: Weather, operations: Any) -> list[Outcome]:
        outcomes = await real(self, operations)
        unsure = next((outcome for outcome in outcomes if isinstance(outcome, Unknown)), None)
        if unsure is None:
            return outcomes
        return [Refused(problem=unsure.problem) for _ in outcomes]

    patch.setattr(Weather, "write", write)


def conflicts_untold(patch: Patch) -> None:
    real = record.list_changes

    def untold(*args: Any) -> Any:
        return [replace(change, contested=False) for change in real(*args)]

    patch.setattr(record, "list_changes", untold)


def history_unwritten(patch: Patch) -> None:
    """What was written is not told when its outcome came only later."""
    patch.setattr(record, "_tell_of_landed", lambda *_: None)


def direction_ignored(patch: Patch) -> None:
    """Neither the core nor the planner asks which side a rule may write."""
    from pasodoble.model.rule import UpdateRule
    from pasodoble.reconcile import merge

    real = merge.merge_field
    patch.setattr(
        "pasodoble.reconcile.record.merge_field", lambda _, *args, **more: real(UpdateRule.TWO_WAY, *args, **more)
    )
    patch.setattr("pasodoble.planner.plan.may_write", lambda *_: True)


def link_unconfirmed(patch: Patch) -> None:
    """A create that was found by its key is written to before its link is confirmed."""
    patch.setattr(record, "_confirm_found", lambda *_: {})


def plan_writes(patch: Patch) -> None:
    from pasodoble.engine.service import planning

    real = planning.look_aside

    async def look_and_mark(at: Any, kind: Any) -> Any:
        await look.look(at, kind)
        return await real(at, kind)

    patch.setattr(planning, "look_aside", look_and_mark)


PLANTS = (
    Planted("the base is committed before the write", base_before_write, quick=True),
    Planted("no unique key, and nobody looks before sending again", no_unique_key, quick=True),
    Planted("a create of unknown outcome is not looked for", no_look_by_key),
    Planted(
        "no link row before a create",
        no_link_row,
        survives="the unique key alone holds: a create that is sent again is refused for it, and paired by it",
    ),
    Planted("the watermark skips what came in between", watermark_skips, quick=True),
    Planted("marks are not put where the watermark is moved", marks_after_watermark),
    Planted("insert replaced by upsert", upsert),
    Planted("no look at HubSpot's history", no_history_check),
    Planted("Salesforce is written without a guard", no_guard, first=AIMED_FROM),
    Planted("no settle rule", no_settle_rule, quick=True, course=edit_in_the_second_of_the_read),
    Planted(
        "a resumed create has no payload for its base", no_payload_base, course=blank_in_a_record_that_a_dead_run_made
    ),
    Planted("nothing is remembered of the last agreement", no_base),
    Planted("no intent before a write", no_intent, quick=True),
    Planted("deletion on absence", delete_on_absence),
    Planted("no tombstone", no_tombstone),
    Planted("a merge leaves the link at the loser", merge_points_to_loser),
    Planted("a conversion makes somebody new", conversion_creates),
    Planted("an absent property is read as blank", absent_is_blank),
    Planted("one row's trouble is the whole batch's", batch_fails_as_one),
    Planted("a lost edit is not told", conflicts_untold, quick=True),
    Planted("what landed unanswered is not told", history_unwritten),
    Planted("a rule's direction is ignored", direction_ignored),
    Planted("a create found by its key is not confirmed first", link_unconfirmed),
    Planted("a plan leaves marks behind", plan_writes),
)

ELSEWHERE = {
    "the base is what a later read shows": "not planted: the comparison is spread over the look and the cycle",
    "no worker lease": "tests/unit/engine (claims: two lanes never write one pair at once): the simulation has one worker",
    "the watermark is the local clock's now": "tests/contract/connectors (changes, late-visible commits)",
    "the settle rule goes by the local clock": "its clock is the answer's by type: a Snapshot carries `seen_at`",
    "the retry cap is forgotten at a restart": "marks keep their attempts: tests/contract/store/test_marks.py",
    "the budget's count is reset at a restart": "tests/unit/engine and tests/contract/store (calls by hour)",
}
"""Bugs of the list that this simulation cannot show, and what watches over them."""

__all__ = ["ELSEWHERE", "PLANTS", "Planted", "Simulation", "Update"]
