"""The row store against a plain dictionary: indexes never disagree with the rows, and what is rolled back never was."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.salesforce.changes import Commit
from pasodoble.simulators.salesforce.ids import full_id, spell_id, with_checksum
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.rows import Row, Table
from pasodoble.simulators.salesforce.schema import standard_sobjects

LEAD = standard_sobjects()["Lead"]
EMAIL, STAMP = LEAD.fields["Email"], LEAD.fields["SystemModstamp"]
IDS = [spell_id("00Q", n) for n in range(1, 9)]
EMAILS = (None, "a@x", "A@X", "b@x", "c@x")

steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(IDS), st.sampled_from(EMAILS), st.integers(0, 20)),
        st.tuples(st.just("drop"), st.sampled_from(IDS)),
        st.tuples(st.just("look"), st.sampled_from(EMAILS), st.integers(0, 20), st.integers(0, 20), st.booleans()),
    ),
    max_size=40,
)


def row_of(row_id: str, email: str | None, stamp: int) -> Row:
    row: Row = {"Id": row_id, "SystemModstamp": f"{stamp:02d}"}
    return row if email is None else {**row, "Email": email}


def ids(rows: Any) -> list[str]:
    return [row["Id"] for row in rows]


@settings(max_examples=150)
@given(steps)
def test_indexes_find_what_a_scan_finds(script: list[tuple[Any, ...]]) -> None:
    table, plain = Table(LEAD), dict[str, Row]()
    for step in script:
        match step:
            case ("put", row_id, email, stamp):
                plain[row_id] = row_of(row_id, email, stamp)
                table.put(plain[row_id])
            case ("drop", row_id):
                plain.pop(row_id, None)
                table.drop(row_id)
            case ("look", email, low, high, open_ended):
                by_email = [r for r in plain.values() if email and r.get("Email", "").lower() == email.lower()]
                assert sorted(ids(table.find(EMAIL, [email]))) == sorted(ids(by_email))
                edges = (f"{low:02d}", f"{high:02d}")
                between = [
                    r
                    for r in plain.values()
                    if (edges[0] < r["SystemModstamp"] if open_ended else edges[0] <= r["SystemModstamp"])
                    and r["SystemModstamp"] <= edges[1]
                ]
                spanned = list(table.span(STAMP, *edges, low_open=open_ended))
                assert sorted(ids(spanned)) == sorted(ids(between))
                assert [r["SystemModstamp"] for r in spanned] == sorted(r["SystemModstamp"] for r in spanned)


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(EMAILS)), max_size=12), st.integers(0, 12))
def test_what_is_rolled_back_never_was(writes: list[tuple[str, str | None]], kept: int) -> None:
    org = Org(SimClock(start_ms=0, frozen=True))
    table = org.table("Lead")
    table.put(row_of(IDS[0], "a@x", 0))
    list(table.find(EMAIL, ["a@x"]))
    heard: list[Commit] = []
    org.listen(heard.append)
    expected: dict[str, Row] = {}
    with org.transaction("u") as work:
        mark = 0
        for at, (row_id, email) in enumerate(writes):
            if at == kept:
                mark, expected = work.mark(), dict(table.rows)
            work.put("UPDATE" if row_id in table.rows else "CREATE", table, row_of(row_id, email, at))
        if kept < len(writes):
            work.rollback(mark)
        else:
            expected = dict(table.rows)
    assert table.rows == expected
    for email in EMAILS:
        found = [r["Id"] for r in expected.values() if email and r.get("Email", "").lower() == email.lower()]
        assert sorted(ids(table.find(EMAIL, [email]))) == sorted(found)
    touched = {row_id for row_id, _ in writes[: kept if kept < len(writes) else None]}
    assert {change.id for commit in heard for change in commit.changes} == touched


def test_a_transaction_that_raises_leaves_nothing_and_tells_nobody() -> None:
    org = Org(SimClock(start_ms=0, frozen=True))
    heard: list[Commit] = []
    org.listen(heard.append)
    with pytest.raises(RuntimeError), org.transaction("u") as work:
        work.put("CREATE", org.table("Lead"), row_of(IDS[0], None, 0))
        raise RuntimeError
    assert len(org.table("Lead")) == 0 and heard == []


def test_several_writes_to_a_record_are_one_change() -> None:
    org = Org(SimClock(start_ms=0, frozen=True))
    heard: list[Commit] = []
    org.listen(heard.append)
    table = org.table("Lead")
    with org.transaction("u", "com/salesforce/api/rest/66.0") as work:
        work.put("CREATE", table, row_of(IDS[0], None, 0))
        work.put("UPDATE", table, row_of(IDS[0], "a@x", 1))
        work.put("CREATE", table, row_of(IDS[1], None, 1))
        work.put("DELETE", table, {**row_of(IDS[1], None, 2), "IsDeleted": True})
    (commit,) = heard
    (change,) = commit.changes
    assert (change.kind, change.before, change.after) == ("CREATE", None, row_of(IDS[0], "a@x", 1))
    assert commit.origin == "com/salesforce/api/rest/66.0" and commit.number == 1


@pytest.mark.parametrize(
    ("short", "tail"), [("00Q4S000002sSac", "UAE"), ("0035f00002EztxD", "AAR"), ("00UZM000000wuBw", "2AI")]
)
def test_checksums_are_those_of_recorded_ids(short: str, tail: str) -> None:
    assert with_checksum(short) == short + tail
    assert full_id(short) == short + tail
    assert full_id((short + tail).lower()) == short + tail
    assert full_id(short[:-1]) is None and full_id("00Q4S000002sS-c") is None


def test_ids_sort_as_they_were_given_out() -> None:
    given_out = [spell_id("003", n) for n in (1, 9, 10, 35, 36, 61, 62, 3843, 3844, 10**6)]
    assert given_out == sorted(given_out) and all(len(i) == 18 for i in given_out)
