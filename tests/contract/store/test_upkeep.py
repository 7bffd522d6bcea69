"""What the settings no longer want kept is forgotten in batches; what is still true stays. Shared work is met by index."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.store.samples import ACME, NOW, hubspot, later, pair, salesforce
from tests.contract.store.test_journal import change
from tests.contract.store.test_plans import fill, listening, read_plan

from pasodoble.model.errand import Errand, Lane
from pasodoble.model.side import Pair
from pasodoble.model.trace import State
from pasodoble.ports import TraceRow
from pasodoble.store import SqlStore

LONG_AGO = NOW - timedelta(days=400)
CUT = NOW - timedelta(days=365)


def test_history_is_forgotten_oldest_first_and_in_batches(store: SqlStore) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1)], NOW)
        assert link is not None
        run = tx.runs.begin("check", LONG_AGO)
        tx.runs.finish(run, "done", {}, LONG_AGO)
        old = [change("phone", at=LONG_AGO + timedelta(hours=i)) for i in range(5)]
        tx.history.append(run, link.id, salesforce(1), [*old, change("city", at=NOW)])
    with store.transaction(ACME) as tx:
        assert [tx.history.forget(CUT, 2) for _ in range(4)] == [2, 2, 1, 0]
        assert [row.change.key for row in tx.history.load(link.id)] == ["city"]
        assert (tx.runs.forget(CUT, 2), tx.runs.load()) == (1, [])


def test_last_trace_of_a_record_stays_however_old(store: SqlStore) -> None:
    def trace(number: int, days: int) -> TraceRow:
        at = LONG_AGO + timedelta(days=days)
        refs = Pair(hubspot(number), salesforce(number))
        return TraceRow(refs=refs, kind="contacts", state=State.IN_STEP, reasons=(), steps=(), at=at)

    with store.transaction(ACME) as tx:
        tx.traces.save([trace(1, 0), trace(2, 0)])
        tx.traces.save([trace(1, 1)])
    with store.transaction(ACME) as tx:
        assert (tx.traces.forget(CUT, 10), tx.traces.forget(CUT, 10)) == (1, 0)
        for number, days in ((1, 1), (2, 0)):
            kept = tx.traces.load(hubspot(number))
            assert kept is not None and kept.at == LONG_AGO + timedelta(days=days)


def test_no_statement_of_shared_work_walks_through_links_or_leases(store: SqlStore) -> None:
    fill(store)
    with store.transaction(ACME) as tx:
        tx.leases.claim({str(i) for i in range(3_000)}, "others", later(600), NOW)
    with listening(store) as sent, store.transaction(ACME) as tx:
        keys = set(tx.leases.find_keys([hubspot(i) for i in range(1_000, 1_100)]).values())
        tx.leases.claim(keys, "mine", later(60), NOW)
        tx.leases.keep(keys, "mine", later(60))
        tx.leases.release(keys, "mine")
        tx.duties.request(Errand(ACME, "cycle", Lane.LIVE))
        tx.requests.find_open()
    with store._engine.connect() as sql:
        plans = {statement: read_plan(sql, statement, given) for statement, given in sent if statement[:1] in "SUDI"}
    assert len(plans) >= 6
    for statement, plan in plans.items():
        assert "SCAN links" not in plan and "SCAN l\n" not in plan and "SCAN leases" not in plan, statement
        assert "Seq Scan on links" not in plan and "Seq Scan on leases" not in plan, f"{statement}\n{plan}"
