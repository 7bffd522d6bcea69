"""Bases, history, traces, cursors, runs, settings: what is written is what is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.contract.store.samples import ACME, NOW, hubspot, later, pair, reservation, salesforce

from pasodoble.model.link import NO_BASE, Base
from pasodoble.model.message import Message
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import Change, State, StepKind, TraceStep
from pasodoble.model.value import MISSING, Value
from pasodoble.ports import Store, TraceRow

HOSTILE = "<script>alert('ñ')</script>\n\t\x00 \U0001f984 ]]> '; DROP TABLE links; --"


@pytest.mark.parametrize("value", ["", "ana@acme.example", HOSTILE, True, False, None, MISSING, "0", "false"])
def test_base_comes_back_as_it_was_saved(store: Store, value: Value) -> None:
    base = Base(
        fields={"same": Pair(value, value), "left": Pair(value, "x"), "right": Pair(None, value)},
        seen=Pair("aa", "bb"),
        read_at=Pair(NOW, None),
    )
    with store.transaction(ACME) as tx:
        ids = [link.id for link in tx.links.make([pair(1), pair(2), pair(3)], NOW) if link]
        tx.bases.save({ids[0]: NO_BASE, ids[1]: NO_BASE})
        tx.bases.save({ids[1]: base})
    with store.transaction(ACME) as tx:
        assert tx.bases.load(ids) == {ids[0]: NO_BASE, ids[1]: base}
    with store.transaction("globex") as tx:
        assert tx.bases.load(ids) == {}


def test_base_goes_with_a_released_reservation(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([reservation(1)], NOW)
        assert link is not None
        tx.bases.save({link.id: NO_BASE})
        tx.links.release([link.id])
        assert tx.bases.load([link.id]) == {}


def change(key: str, before: Value = "old", after: Value = "new", at: datetime = NOW) -> Change:
    reason = Message.of("rule.two_way.newer", side="hubspot", field=key)
    return Change(
        side=Side.SALESFORCE,
        key=key,
        field=key.title(),
        before=before,
        after=after,
        reason=reason,
        at=at,
        contested=True,
    )


def test_history_tells_every_change_newest_first(store: Store) -> None:
    changes = [change("phone", MISSING, None), change("title", HOSTILE, True), change("city")]
    with store.transaction(ACME) as tx:
        run = tx.runs.begin("check", NOW)
        tx.history.append(run, 7, salesforce(1), changes[:2])
        tx.history.append(run, 7, salesforce(1), changes[2:])
        tx.history.append(run + 1, 8, salesforce(2), [change("email")])
    with store.transaction(ACME) as tx:
        rows = tx.history.load(7)
        assert [row.change for row in rows] == changes[::-1]
        assert {(row.run_id, row.link_id, row.ref) for row in rows} == {(run, 7, salesforce(1))}
        assert [row.change for row in tx.history.load(7, limit=1, before_id=rows[0].id)] == [changes[1]]
        assert [row.change for row in tx.history.load_run(run)] == changes
        recent = tx.history.load_recent(limit=2)
        assert [row.change.key for row in recent] == ["email", "city"]
        assert [row.change.key for row in tx.history.load_recent(limit=9, before_id=recent[-1].id)] == [
            "title",
            "phone",
        ]
    with store.transaction("globex") as tx:
        assert tx.history.load(7) == [] and tx.history.load_recent(limit=5) == [] and tx.history.load_run(run) == []


def test_history_is_readable_in_the_transaction_that_wrote_it(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.history.append(1, 7, hubspot(1), [change("phone")])
        assert len(tx.history.load(7)) == 1
        tx.history.append(1, 7, hubspot(1), [change("city")])
        assert len(tx.history.load_recent(limit=9)) == 2


ANA = Pair(hubspot(1), salesforce(1))


def test_changes_are_counted_by_side_and_minute(store: Store) -> None:
    ats = [later(-0.5), later(0), later(-60), later(-61), later(-179.9), later(-180), later(5)]
    with store.transaction(ACME) as tx:
        tx.history.append(1, 7, salesforce(1), [change("phone", at=at) for at in ats])
        assert tx.history.count_by_minute(NOW, minutes=3) == Pair([0, 0, 0], [1, 2, 2])


def trace(at: datetime, state: State, refs: Pair = ANA) -> TraceRow:
    steps = (
        TraceStep(kind=StepKind.TRIGGER, reason=Message.of("trigger.periodic_check"), at=at),
        TraceStep(kind=StepKind.GATE, reason=Message("gate.no_email"), at=at, passed=False, detail={"list": HOSTILE}),
    )
    return TraceRow(refs=refs, kind="contacts", state=state, reasons=("gate.no_email", "x"), steps=steps, at=at)


def test_last_trace_is_found_by_either_ref_and_past_ones_by_moment(store: Store) -> None:
    first, second = trace(NOW, State.WAITING), trace(later(60), State.LEFT_OUT)
    with store.transaction(ACME) as tx:
        tx.traces.save([first])
        tx.traces.save([second, trace(later(90), State.IN_STEP, Pair(None, salesforce(2)))])
        assert tx.traces.load(hubspot(1)) == tx.traces.load(salesforce(1)) == second
        assert tx.traces.load(hubspot(1), at=later(59)) == first
        assert tx.traces.load(hubspot(1), at=later(-1)) is None
        assert tx.traces.load(hubspot(9)) is None


def test_of_two_traces_of_one_moment_the_later_saved_counts(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.traces.save([trace(NOW, State.WAITING), trace(NOW, State.IN_STEP)])
        found = tx.traces.load(hubspot(1))
        assert found is not None and found.state is State.IN_STEP


def test_cursor_is_kept_replaced_and_cleared(store: Store) -> None:
    with store.transaction(ACME) as tx:
        assert tx.cursors.load("contacts/hubspot") is None
        tx.cursors.save("contacts/hubspot", {"after": "10", "window": 3, "done": False, "none": None}, NOW)
        tx.cursors.save("contacts/hubspot", {"after": "20"}, later(1))
        assert tx.cursors.load("contacts/hubspot") == {"after": "20"}
    with store.transaction("globex") as tx:
        assert tx.cursors.load("contacts/hubspot") is None
    with store.transaction(ACME) as tx:
        tx.cursors.clear("contacts/hubspot")
        assert tx.cursors.load("contacts/hubspot") is None


def test_runs_are_told_newest_first_with_their_reports(store: Store) -> None:
    with store.transaction(ACME) as tx:
        first, second = tx.runs.begin("check", NOW), tx.runs.begin("manual", later(1))
        tx.runs.finish(first, "done", {"objects": {"contacts": {"unchanged": 4}}}, later(2))
        rows = tx.runs.load()
        assert [(row.id, row.what, row.outcome, row.ended_at) for row in rows] == [
            (second, "manual", "running", None),
            (first, "check", "done", later(2)),
        ]
        assert rows[1].report == {"objects": {"contacts": {"unchanged": 4}}}
        assert len(tx.runs.load(limit=1)) == 1


def test_settings_get_a_new_version_only_when_they_differ(store: Store) -> None:
    assert store.load_settings() is None
    assert store.save_settings("version: 1", NOW) == 1
    assert store.save_settings("version: 1", later(1)) == 1
    assert store.save_settings("version: 1\n# ñ", later(2)) == 2
    assert store.load_settings() == (2, "version: 1\n# ñ")


def test_moments_come_back_to_the_microsecond_and_in_utc(store: Store) -> None:
    madrid = datetime(2026, 3, 29, 3, 30, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1)], madrid)
        assert link is not None
        found = tx.links.load_by_id([link.id])[link.id].linked_at
        assert found == madrid and found.tzinfo is UTC
