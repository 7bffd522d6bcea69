"""What workers share: duties that lose no request, turns that one takes, requests of commands, calls by hour, who is alive."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.store.samples import ACME, NOW, later

from pasodoble.model.errand import Errand, Lane
from pasodoble.model.side import Side
from pasodoble.ports import Calls, Duty
from pasodoble.store import SqlStore

CYCLE = Errand(ACME, "cycle", Lane.LIVE)
HOUR = NOW.replace(minute=0, second=0, microsecond=0)


def duty(store: SqlStore) -> Duty:
    with store.transaction(ACME) as tx:
        return tx.duties.load()[CYCLE]


def test_request_during_a_run_outlives_the_run(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        tx.duties.request(CYCLE)
        seen = tx.duties.load()[CYCLE].requested
        tx.duties.request(CYCLE)
        tx.duties.finish(CYCLE, seen)
    assert (duty(store).requested, duty(store).done) == (2, 1)


def test_what_is_planned_is_not_planned_again(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        tx.duties.plan(CYCLE, later(10))
        tx.duties.plan(CYCLE, later(99))
    assert duty(store).due_at == later(10)


def test_turn_is_taken_by_one(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        tx.duties.plan(CYCLE, NOW)
        assert tx.duties.take_turn(CYCLE, NOW, later(900))
        assert not tx.duties.take_turn(CYCLE, NOW, later(900))


def test_request_ends_a_rest(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        tx.duties.finish(CYCLE, 0, rests_until=later(60), trouble="no answer")
        assert tx.duties.load()[CYCLE].trouble == "no answer"
        tx.duties.request(CYCLE)
    assert duty(store).rests_until is None


def test_request_of_a_command_is_open_until_it_is_answered(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        id = tx.requests.put("sync", {"object": "contacts"}, NOW)
        assert [request.id for request in tx.requests.find_open()] == [id]
        tx.requests.begin(id, later(1))
        tx.requests.answer(id, {"outcome": "done"}, later(2))
        assert tx.requests.find_open() == []
        answered = tx.requests.load(id)
        assert answered is not None and answered.answer == {"outcome": "done"} and answered.ended_at == later(2)
        tx.requests.sweep(later(3))
        assert tx.requests.load(id) is None


def test_calls_add_up_by_hour_side_and_purpose(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        tx.calls.add(Side.HUBSPOT, "check", HOUR, 50)
        tx.calls.add(Side.HUBSPOT, "check", HOUR, -20)
        tx.calls.add(Side.HUBSPOT, "check", HOUR - timedelta(hours=30), 7)
        assert tx.calls.load(HOUR - timedelta(hours=23)) == [
            Calls(hour=HOUR, side=Side.HUBSPOT, purpose="check", count=30)
        ]
        tx.calls.sweep(HOUR)
        assert sum(row.count for row in tx.calls.load(HOUR - timedelta(hours=99))) == 30


def test_windows_are_kept_by_side(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        assert tx.calls.hold_windows(Side.HUBSPOT, ["burst"]) == {"burst": {}}
        tx.calls.save_windows(Side.HUBSPOT, {"burst": {"tat": 5}})
    with store.transaction(ACME) as tx:
        assert tx.calls.hold_windows(Side.HUBSPOT, ["burst", "search"]) == {"burst": {"tat": 5}, "search": {}}
        assert tx.calls.hold_windows(Side.SALESFORCE, ["burst"]) == {"burst": {}}


def test_workers_are_known_by_their_last_beat(store: SqlStore) -> None:
    store.beat("one", "1", NOW)
    store.beat("one", "1", later(5))
    store.beat("two", "1", NOW)
    assert store.find_workers() == {"one": later(5), "two": NOW}
    store.bury(["two"])
    assert store.find_workers() == {"one": later(5)}
