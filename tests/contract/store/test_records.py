"""The records list: four states, found by what a person types, page by page."""

from __future__ import annotations

import pytest
from tests.contract.store.samples import ACME, NOW, hubspot, later, mark, pair, reservation, salesforce

from pasodoble.model.cause import Problem
from pasodoble.model.message import Message
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import State
from pasodoble.ports import LinkRow, Store

REFUSED = Problem(cause="picklist_value", side=Side.SALESFORCE)


@pytest.fixture
def people(store: Store) -> Store:
    """1 and 2 in step, 3 waiting on both sides, 4 in trouble and waiting, 5 left out, 6 new and waiting, 7 being created."""
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1, "Ana María Ruiz", "ana@acme.example"), pair(2, "José Peña", "jose@globex.example")], NOW)
        tx.links.make([pair(3, "Li Wei", "li@acme.example"), pair(4, "Jo Brand", "jo@acme.example")], NOW)
        tx.links.make([reservation(7)], NOW)
        tx.marks.put([mark(hubspot(3)), mark(salesforce(3)), mark(hubspot(4)), mark(hubspot(6)), mark(hubspot(7))], NOW)
        tx.problems.open("contacts", {salesforce(4): (REFUSED, later(60))}, NOW)
        tx.left_out.put("contacts", {hubspot(5): Message("gate.no_email")}, NOW, labels={hubspot(5): "Ana Blank"})
    return store


def found(store: Store, text: str = "", **more: object) -> dict[object, State]:
    """HubSpot's id or Salesforce's, and the state."""
    with store.transaction(ACME, read_only=True) as tx:
        rows, _ = tx.records.search(text, **more)  # type: ignore[arg-type]
    return {(row.refs.hubspot or row.refs.salesforce).id: row.state for row in rows}  # type: ignore[union-attr]


def test_every_record_is_in_exactly_one_state(people: Store) -> None:
    assert found(people) == {
        "4": State.NEEDS_ATTENTION,
        "3": State.WAITING,
        "6": State.WAITING,
        "7": State.WAITING,
        "5": State.LEFT_OUT,
        "2": State.IN_STEP,
        "1": State.IN_STEP,
    }


def test_counts_agree_with_the_list(people: Store) -> None:
    with people.transaction(ACME, read_only=True) as tx:
        counts = tx.records.count_by_state()
        assert counts == {State.NEEDS_ATTENTION: 1, State.WAITING: 3, State.LEFT_OUT: 1, State.IN_STEP: 2}
        assert counts == tx.records.count_by_state("contacts")
        assert set(tx.records.count_by_state("companies").values()) == {0}
        assert {state: len(tx.records.search(state=state)[0]) for state in State} == counts


def test_linked_record_that_is_left_out_is_not_in_step(people: Store) -> None:
    with people.transaction(ACME) as tx:
        tx.left_out.put("contacts", {hubspot(1): Message("gate.not_in_list")}, NOW, labels={})
    assert found(people)["1"] is State.LEFT_OUT
    with people.transaction(ACME, read_only=True) as tx:
        counts = tx.records.count_by_state()
        assert (counts[State.LEFT_OUT], counts[State.IN_STEP]) == (2, 1)


def test_left_out_record_that_is_marked_again_is_waiting(people: Store) -> None:
    with people.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(5))], NOW)
    assert found(people)["5"] is State.WAITING
    with people.transaction(ACME, read_only=True) as tx:
        assert tx.records.count_by_state()[State.LEFT_OUT] == 0


def test_record_with_two_problems_is_listed_and_counted_once(people: Store) -> None:
    with people.transaction(ACME) as tx:
        tx.problems.open("contacts", {hubspot(4): (Problem(cause="duplicate_email", side=Side.HUBSPOT), None)}, NOW)
        assert tx.records.count_by_state()[State.NEEDS_ATTENTION] == 1
        rows, _ = tx.records.search(state=State.NEEDS_ATTENTION)
        assert [(row.refs, row.reason) for row in rows] == [(Pair(hubspot(4), salesforce(4)), "picklist_value")]


def test_problem_put_aside_leaves_the_record_out(people: Store) -> None:
    with people.transaction(ACME) as tx:
        tx.problems.ignore([row.id for row in tx.problems.load()], NOW)
        tx.marks.clear(list(tx.marks.load([hubspot(4)]).values()))
    assert found(people)["4"] is State.LEFT_OUT


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ana", {"1", "5"}),
        ("ANA MARIA", {"1"}),
        ("ruiz", {"1"}),
        ("maría r", {"1"}),
        ("pena", {"2"}),
        ("jo", {"2", "4"}),
        ("li@acme", {"3"}),
        ("003Ax0000000002IAJ", {"2"}),
        ("003Ax000000000", {"1", "2", "3", "4"}),
        ("7", {"7"}),
        ("6", {"6"}),
        ("blank", {"5"}),
        ("nobody", set()),
        ("%", set()),
        ("' OR 1=1 --", set()),
    ],
)
def test_record_is_found_by_the_beginning_of_any_word_address_or_id(people: Store, text: str, ids: set[str]) -> None:
    assert set(found(people, text)) == ids


def test_search_and_state_go_together(people: Store) -> None:
    assert found(people, "ana", state=State.LEFT_OUT) == {"5": State.LEFT_OUT}
    assert found(people, "ana", state=State.WAITING) == {}
    assert found(people, kind="companies") == {}


@pytest.mark.parametrize("state", [None, *State])
def test_pages_together_are_the_whole_list(people: Store, state: State | None) -> None:
    with people.transaction(ACME, read_only=True) as tx:
        whole, _ = tx.records.search(state=state)
        pages: list[LinkRow] = []
        after = ""
        while True:
            page, after = tx.records.search(state=state, limit=1, after=after)
            pages += page
            if not after:
                break
        assert pages == whole


@pytest.mark.parametrize("after", ["nonsense", "in_step x", "in_step", "' --", "waiting"])
def test_page_mark_that_we_never_gave_begins_at_the_top(people: Store, after: str) -> None:
    assert len(found(people, after=after)) in (6, 7)


def test_renamed_record_is_found_by_its_new_name_only(people: Store) -> None:
    with people.transaction(ACME) as tx:
        link = tx.links.load([hubspot(1)])[hubspot(1)]
        tx.links.name({link.id: ("Ana Soto", "ana@acme.example"), 999: ("Nobody", "")})
    assert set(found(people, "soto")) == {"1"} and found(people, "ruiz") == {}
    with people.transaction(ACME) as tx:
        tx.links.retire([link.id], "unpaired", NOW)
    assert found(people, "soto") == {}


def test_problem_of_an_unlinked_record_is_found_by_its_label(people: Store) -> None:
    with people.transaction(ACME) as tx:
        tx.problems.open("contacts", {hubspot(8): (REFUSED, None)}, NOW, labels={hubspot(8): "Zoë Novak"})
    assert found(people, "novak") == {"8": State.NEEDS_ATTENTION}
    with people.transaction(ACME) as tx:
        tx.problems.close([hubspot(8)], NOW)
    assert found(people, "novak") == {}


def test_row_tells_what_a_person_needs(people: Store) -> None:
    with people.transaction(ACME, read_only=True) as tx:
        [row], _ = tx.records.search("ana@acme.example")
    assert (row.label, row.natural, row.kind, row.at) == ("Ana María Ruiz", "ana@acme.example", "contacts", NOW)
    assert row.refs == Pair(hubspot(1), salesforce(1)) and row.link_id is not None
