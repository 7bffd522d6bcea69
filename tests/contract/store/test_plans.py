"""No question that the store is asked gets dearer by what is merely there: every table of links or history is met by index.

Both databases are asked how they would carry out each statement that a day's work sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event, text
from tests.contract.store.samples import ACME, NOW, hubspot, later, mark, pair, reservation, salesforce
from tests.contract.store.test_journal import change

from pasodoble.model.cause import Problem
from pasodoble.model.link import NO_BASE
from pasodoble.model.message import Message
from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import State
from pasodoble.ports import TraceRow
from pasodoble.store import SqlStore

THERE = "links|bases|history|traces|left_out|names"
GROWING = f"{THERE}|marks|problems"
"""The last two are work under way: all of a connection's may be looked at, all of everybody's not."""
Sent = list[tuple[str, object]]


@contextmanager
def listening(store: SqlStore) -> Iterator[Sent]:
    """All statements that go out meanwhile, with the parameters of their first row."""
    sent: Sent = []

    def note(_c: object, _cursor: object, sql: str, parameters: object, _x: object, executemany: bool) -> None:
        sent.append((sql, parameters[0] if executemany else parameters))  # type: ignore[index]

    event.listen(store._engine, "before_cursor_execute", note)
    yield sent
    event.remove(store._engine, "before_cursor_execute", note)


def fill(store: SqlStore) -> None:
    """Enough of everything that PostgreSQL, which weighs sizes, sees a reason to use an index."""
    many = range(1_000, 4_000)
    with store.transaction(ACME) as tx:
        for link in tx.links.make([pair(i, f"Zoe Novak {i}", f"zoe{i}@globex.example") for i in many], NOW):
            assert link is not None
            tx.history.append(link.id, link.id, salesforce(1), [change("phone")])
        refs = [hubspot(i) for i in many]
        tx.traces.save([trace_of(ref) for ref in refs])
        others = [hubspot(i) for i in range(5_000, 8_000)]
        gates = dict.fromkeys(others, Message("gate.no_email"))
        tx.left_out.put("contacts", gates, NOW, labels={ref: f"Max Blank {ref.id}" for ref in others})
        tx.marks.put([mark(ref) for ref in refs], NOW)
        refused = Problem(cause="validation_rule", side=Side.SALESFORCE)
        tx.problems.open("contacts", dict.fromkeys(refs, (refused, None)), NOW)
    if store._engine.dialect.name == "postgresql":
        with store._engine.begin() as sql:
            sql.execute(text("ANALYZE"))


def trace_of(ref: Ref) -> TraceRow:
    return TraceRow(refs=Pair(ref, None), kind="contacts", state=State.WAITING, reasons=(), steps=(), at=NOW)


def do_a_days_work(store: SqlStore) -> None:
    refused = Problem(cause="picklist_value", side=Side.SALESFORCE)
    with store.transaction(ACME) as tx:
        run = tx.runs.begin("check", NOW)
        made = [
            link.id for link in tx.links.make([*map(pair, range(20)), reservation(30), reservation(31)], NOW) if link
        ]
        tx.links.mark_sent(made[-2:])
        tx.links.confirm({made[-2]: salesforce(30)}, NOW)
        tx.links.release(made[-1:])
        tx.links.name({made[0]: ("Ana Ruiz", "ana@acme.example")})
        tx.links.repoint(made[1], salesforce(99), "merged", NOW)
        tx.links.retire(made[2:3], "deleted", NOW)
        tx.links.load([hubspot(1), salesforce(5)])
        tx.links.load_by_id(made)
        tx.bases.save(dict.fromkeys(made[:5], NO_BASE))
        tx.bases.load(made)
        tx.marks.put([mark(hubspot(i)) for i in range(9)], NOW)
        taken = tx.marks.take("contacts", 5, later(1))
        tx.marks.load([hubspot(1)])
        tx.marks.defer({taken[0].ref: (taken[0].sequence, later(60))})
        tx.marks.clear(taken[1:])
        tx.marks.next_due_at()
        tx.history.append(run, made[0], salesforce(1), [change("phone")])
        tx.history.load(made[0], before_id=10**9)
        tx.history.load_run(run)
        tx.history.load_recent(limit=5, before_id=10**9)
        tx.traces.save([trace_of(hubspot(1))])
        tx.traces.load(hubspot(1), at=NOW)
        tx.problems.open(
            "contacts", {salesforce(4): (refused, None), hubspot(50): (refused, None)}, NOW, labels={hubspot(50): "Jo"}
        )
        tx.problems.load(ref=salesforce(4))
        tx.problems.load(cause="picklist_value", limit=5)
        tx.problems.close([hubspot(50)], NOW)
        tx.left_out.put("contacts", {hubspot(60): Message("gate.no_email")}, NOW, labels={hubspot(60): "Li"})
        tx.left_out.load([hubspot(60)])
        for state in (None, *State):
            for words in ("", "ana", "003Ax", "ana ruiz"):
                tx.records.search(words, state=state, limit=5, after=f"{state} 5" if state else "")
        tx.left_out.clear([hubspot(60)])
        tx.runs.finish(run, "done", {}, NOW)
        tx.runs.load()


def read_plan(sql: Connection, statement: str, parameters: object) -> str:
    if sql.dialect.name == "sqlite":
        rows = sql.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        return "\n".join(row[3] for row in rows)
    sql.execute(text("SET LOCAL enable_seqscan = off"))
    sql.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
    return "\n".join(row[0] for row in sql.exec_driver_sql(f"EXPLAIN {statement}", parameters))  # type: ignore[arg-type]


def is_walk(statement: str, plan: str) -> bool:
    """Whether a growing table is read from end to end, or all of a connection's share of what is merely there.

    That share may be begun on if the index gives it in the order that is wanted and a limit ends it.
    """
    if re.search(rf"\bSCAN ({GROWING})\b|Seq Scan on ({GROWING})\b", plan):
        return True
    share = re.search(
        rf"SEARCH ({THERE})\b[^\n]*\(connection_id=\?\)|on ({THERE})\b[^\n]*\n\s*Index Cond: \(connection_id = [^()]*\)$",
        plan,
        re.M,
    )
    sorts = "TEMP B-TREE FOR ORDER BY" in plan or re.search(r"\bSort\b", plan)
    return bool(share and (sorts or " LIMIT " not in statement.replace("\n", " ")))


def test_no_statement_of_a_days_work_walks_through_a_growing_table(store: SqlStore) -> None:
    fill(store)
    with listening(store) as sent:
        do_a_days_work(store)
    asked = {sql: parameters for sql, parameters in sent if re.match(r"\s*(SELECT|UPDATE|DELETE|INSERT)", sql)}
    with store._engine.connect() as sql:
        plans = {statement: read_plan(sql, statement, parameters) for statement, parameters in asked.items()}
    assert len(plans) > 40
    assert [f"{statement}\n{plan}" for statement, plan in plans.items() if is_walk(statement, plan)] == []


def test_walk_is_noticed(store: SqlStore) -> None:
    with listening(store) as sent, store.transaction(ACME) as tx:
        tx.links.count()
    with store._engine.connect() as sql:
        [walk] = [
            is_walk(statement, read_plan(sql, statement, given))
            for statement, given in sent
            if "FROM links" in statement
        ]
    assert walk


def test_no_batch_sends_a_statement_for_each_of_its_records(store: SqlStore) -> None:
    """A batch of 500 takes as many statements as a batch of 5."""

    def count(start: int, size: int) -> int:
        with listening(store) as sent, store.transaction(ACME) as tx:
            refs = [hubspot(start + i) for i in range(size)]
            tx.marks.put([mark(ref) for ref in refs], NOW)
            made = [link for link in tx.links.make([pair(start + i, f"Ana {i}") for i in range(size)], NOW) if link]
            tx.bases.save({link.id: NO_BASE for link in made})
            for link in made:
                tx.history.append(1, link.id, salesforce(1), [change("phone")])
            tx.problems.open("contacts", {ref: (Problem(cause="x", side=Side.HUBSPOT), None) for ref in refs}, NOW)
            tx.problems.close(refs, NOW)
            tx.left_out.put("contacts", dict.fromkeys(refs, Message("gate.no_email")), NOW, labels={})
            tx.left_out.clear(refs)
            tx.links.name({link.id: ("Li", "") for link in made})
            tx.marks.clear(list(tx.marks.load(refs).values()))
            tx.links.retire([link.id for link in made], "gone", NOW)
        return len(sent)

    count(0, 5)
    assert count(1_000, 500) == count(2_000, 5)
