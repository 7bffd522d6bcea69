"""Problems, and records that are left out on purpose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.contract.store.samples import ACME, NOW, hubspot, later, pair, salesforce

from pasodoble.model.cause import Problem
from pasodoble.model.message import Message
from pasodoble.model.side import Side
from pasodoble.ports import CauseSum, Store

REFUSED = Problem(
    cause="picklist_value",
    side=Side.SALESFORCE,
    code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    text="Industry: bad value\x00",
    fields=("Industry",),
    request_id="r-1",
)
NO_EMAIL = Message.of("gate.no_email")


def test_open_problem_counts_its_tries(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.problems.open("contacts", {salesforce(1): (REFUSED, later(60))}, NOW)
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None)}, later(60))
        [row] = tx.problems.load()
        assert (row.ref, row.kind, row.attempts, row.first_at, row.last_at, row.next_try_at) == (
            salesforce(1),
            "contacts",
            2,
            NOW,
            later(60),
            None,
        )
        assert row.problem.text == "Industry: bad value"
        assert (row.problem.cause, row.problem.fields, row.problem.request_id) == (
            "picklist_value",
            ("Industry",),
            "r-1",
        )


def test_problems_are_counted_and_loaded_by_cause_and_by_record(store: Store) -> None:
    other = Problem(cause="duplicate_email", side=Side.HUBSPOT)
    with store.transaction(ACME) as tx:
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None), salesforce(2): (REFUSED, None)}, NOW)
        tx.problems.open("contacts", {salesforce(2): (other, None)}, NOW)
        assert tx.problems.count_by_cause() == {"picklist_value": 2, "duplicate_email": 1}
        assert {row.problem.cause for row in tx.problems.load(ref=salesforce(2))} == {
            "picklist_value",
            "duplicate_email",
        }
        assert [row.ref for row in tx.problems.load(cause="duplicate_email")] == [salesforce(2)]
        assert len(tx.problems.load(limit=1)) == 1


def test_problems_are_summed_by_cause(store: Store) -> None:
    other = Problem(cause="duplicate_email", side=Side.HUBSPOT)
    with store.transaction(ACME) as tx:
        assert tx.problems.sum_by_cause() == []
        tx.problems.open("contacts", {hubspot(9): (other, None)}, NOW)
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None), salesforce(2): (REFUSED, None)}, later(1))
        tx.problems.ignore([row.id for row in tx.problems.load(ref=salesforce(2))], later(2))
        tx.problems.ignore([row.id for row in tx.problems.load(ref=hubspot(9))], later(2))
        assert tx.problems.sum_by_cause() == [
            CauseSum(cause="picklist_value", count=1, ignored=1, since=later(1), side=Side.SALESFORCE),
            CauseSum(cause="duplicate_email", count=0, ignored=1, since=NOW, side=Side.HUBSPOT),
        ]


def test_record_that_syncs_closes_all_its_problems(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None), salesforce(2): (REFUSED, None)}, NOW)
        tx.problems.close([salesforce(1), salesforce(9)], later(1))
        assert [row.ref for row in tx.problems.load()] == [salesforce(2)]


def test_problem_is_called_by_its_links_name_or_by_its_own(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1, "Ana Ruiz")], NOW)
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None)}, NOW)
        tx.problems.open("contacts", {hubspot(2): (REFUSED, None)}, NOW, labels={hubspot(2): "Li Wei"})
        assert [row.label for row in tx.problems.load()] == ["Li Wei", "Ana Ruiz"]


def test_problem_put_aside_is_left_out_until_it_closes(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None)}, NOW)
        [row] = tx.problems.load()
        assert tx.problems.ignore([row.id], later(1)) == 1
        assert tx.problems.ignore([row.id], later(2)) == 0
        tx.problems.open("contacts", {salesforce(1): (REFUSED, None)}, later(3))
        [row] = tx.problems.load()
        assert row.ignored and tx.problems.count_by_cause() == {}
        assert tx.left_out.load([salesforce(1)])[salesforce(1)][0].id == "gate.put_aside"
        tx.problems.close([salesforce(1)], later(4))
        assert tx.left_out.load([salesforce(1)]) == {}


@pytest.mark.parametrize("worse", [{"code": "ANOTHER_CODE"}, {"fields": ("industry", "rating")}])
def test_problem_put_aside_comes_back_when_it_gets_worse(store: Store, worse: dict[str, object]) -> None:
    with store.transaction(ACME) as tx:
        refused = replace(REFUSED, code="CODE", fields=("industry",))
        tx.problems.open("contacts", {salesforce(1): (refused, None)}, NOW)
        [row] = tx.problems.load()
        tx.problems.ignore([row.id], later(1))
        tx.problems.open("contacts", {salesforce(1): (replace(refused, **worse), None)}, later(2))  # type: ignore[arg-type]
        [again] = tx.problems.load()
        assert (again.id, again.ignored, again.attempts) == (row.id, False, 2)
        assert tx.left_out.load([salesforce(1)]) == {}


def test_left_out_record_keeps_its_moment_while_the_gate_is_the_same(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.left_out.put("contacts", {hubspot(1): NO_EMAIL}, NOW, labels={hubspot(1): "Ana"})
        tx.left_out.put("contacts", {hubspot(1): NO_EMAIL}, later(9), labels={})
        assert tx.left_out.load([hubspot(1), hubspot(2)]) == {hubspot(1): (NO_EMAIL, NOW)}
        listed = Message.of("gate.not_in_list", list="42")
        tx.left_out.put("contacts", {hubspot(1): listed}, later(10), labels={})
        assert tx.left_out.load([hubspot(1)]) == {hubspot(1): (listed, later(10))}


def test_left_out_records_are_counted_by_gate(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.left_out.put("contacts", {hubspot(1): NO_EMAIL, hubspot(2): NO_EMAIL}, NOW, labels={})
        tx.left_out.put("companies", {hubspot(1, "companies"): Message("gate.object_off")}, NOW, labels={})
        assert tx.left_out.count_by_gate() == {"gate.no_email": 2, "gate.object_off": 1}
        assert tx.left_out.count_by_gate("companies") == {"gate.object_off": 1}
        tx.left_out.clear([hubspot(1), hubspot(2)])
        assert tx.left_out.count_by_gate("contacts") == {}
