"""Open conflicts: one a link and line, chosen by a person, gone with the link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.contract.store.samples import ACME, NOW, hubspot, later, pair, salesforce

from pasodoble.model.conflict import Clash
from pasodoble.model.message import Message
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.ports import Store

CLASH = Clash(
    key="jobtitle",
    names=Pair("jobtitle", "Title"),
    values=Pair("CEO", None),
    left=Pair(None, None),
    rule=UpdateRule.TWO_WAY,
    reason=Message.of("rule.newer", side=Side.SALESFORCE),
    taken=Side.SALESFORCE,
    set_at=Pair(NOW, None),
    authors=Pair("CRM_UI:7\x00", ""),
)


def link(tx: Any, id: int = 1) -> int:
    [made] = tx.links.make([pair(id, label="Ana Ruiz")], NOW)
    return int(made.id)


def test_conflict_comes_back_as_it_was_kept_with_its_records_and_their_name(store: Store) -> None:
    with store.transaction(ACME) as tx:
        id = link(tx)
        tx.conflicts.open("contacts", id, [CLASH], NOW)
        [row] = tx.conflicts.load([id])[id]
        assert row.clash == replace(CLASH, authors=Pair("CRM_UI:7", ""))
        assert (row.refs, row.label, row.kind, row.at) == (Pair(hubspot(1), salesforce(1)), "Ana Ruiz", "contacts", NOW)
        assert row.choice is None and tx.conflicts.count() == 1


def test_choice_is_kept_with_who_made_it_until_the_field_clashes_again(store: Store) -> None:
    with store.transaction(ACME) as tx:
        id = link(tx)
        tx.conflicts.open("contacts", id, [CLASH], NOW)
        [row] = tx.conflicts.load_recent()
        tx.conflicts.choose({row.id: Side.HUBSPOT}, "ana@x.example")
        [chosen] = tx.conflicts.load_recent(ids=[row.id])
        assert chosen.choice is not None
        assert (chosen.choice.value, chosen.choice.actor) == ("CEO", "ana@x.example")
        tx.conflicts.open("contacts", id, [CLASH], later(60))
        [again] = tx.conflicts.load_recent()
        assert (again.id, again.chosen, again.at) == (row.id, None, later(60))


def test_conflicts_are_listed_newest_first_and_page_by_page(store: Store) -> None:
    with store.transaction(ACME) as tx:
        for number in (1, 2, 3):
            tx.conflicts.open("contacts", link(tx, number), [CLASH], later(number))
        newest, middle = tx.conflicts.load_recent(limit=2)
        [oldest] = tx.conflicts.load_recent(before_id=middle.id)
        assert [row.refs.hubspot for row in (newest, middle, oldest)] == [hubspot(3), hubspot(2), hubspot(1)]
        tx.conflicts.close([newest.id, oldest.id])
        assert [row.id for row in tx.conflicts.load_recent()] == [middle.id]


def test_conflicts_of_one_connection_are_not_seen_or_closed_by_another(store: Store) -> None:
    with store.transaction(ACME) as tx:
        id = link(tx)
        tx.conflicts.open("contacts", id, [CLASH], NOW)
        [row] = tx.conflicts.load_recent()
    with store.transaction("other") as tx:
        tx.conflicts.close([row.id])
        tx.conflicts.choose({row.id: Side.HUBSPOT}, "somebody")
        assert tx.conflicts.load_recent() == [] and tx.conflicts.load([id]) == {} and tx.conflicts.count() == 0
    with store.transaction(ACME) as tx:
        assert [row.chosen for row in tx.conflicts.load_recent()] == [None]
