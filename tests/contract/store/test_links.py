from __future__ import annotations

from threading import Thread

import pytest
from tests.contract.store.samples import ACME, NOW, hubspot, later, pair, reservation, salesforce

from pasodoble.errors import StoreError
from pasodoble.model.link import LinkState
from pasodoble.model.side import Pair
from pasodoble.ports import NewLink, Store


def test_link_is_found_by_either_ref(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1)], NOW)
    with store.transaction(ACME) as tx:
        assert link is not None
        assert tx.links.load([hubspot(1), salesforce(1), hubspot(2)]) == {hubspot(1): link, salesforce(1): link}
        assert tx.links.load_by_id([link.id, 999]) == {link.id: link}


def test_made_link_is_what_is_loaded(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [made] = tx.links.make([reservation(1)], NOW)
        assert made is not None and made.state is LinkState.RESERVED
        assert tx.links.load_by_id([made.id]) == {made.id: made}
        assert made.payload == {"Email": "ana@acme.example", "Age__c": 4.5}


def test_same_id_of_another_object_is_another_record(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1)], NOW)
        assert tx.links.load([hubspot(1, "companies")]) == {}


def test_second_link_of_a_live_ref_is_not_made(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1)], NOW)
        other = NewLink(kind="contacts", refs=Pair(hubspot(1), salesforce(2)), key="another")
        same_key = NewLink(kind="contacts", refs=Pair(hubspot(3), salesforce(3)), key="key-1")
        made = tx.links.make([other, same_key, pair(4)], later(1))
        assert [link is not None for link in made] == [False, False, True]
        assert tx.links.count() == 2


def test_of_two_alike_in_one_call_only_the_first_is_made(store: Store) -> None:
    with store.transaction(ACME) as tx:
        made = tx.links.make([pair(1), pair(1)], NOW)
        assert [link is not None for link in made] == [True, False]


def test_links_without_a_key_do_not_collide(store: Store) -> None:
    keyless = [NewLink(kind="contacts", refs=Pair(hubspot(i), salesforce(i)), key="") for i in (1, 2)]
    with store.transaction(ACME) as tx:
        assert None not in tx.links.make(keyless, NOW)


def test_two_connections_do_not_see_each_other(store: Store) -> None:
    with store.transaction("acme") as tx:
        [link] = tx.links.make([pair(1)], NOW)
    with store.transaction("globex") as tx:
        assert link is not None
        assert tx.links.load([hubspot(1)]) == {} and tx.links.load_by_id([link.id]) == {}
        assert None not in tx.links.make([pair(1)], NOW)
        tx.links.retire([link.id], "not mine", NOW)
    with store.transaction("acme") as tx:
        assert tx.links.load([hubspot(1)])[hubspot(1)].state is LinkState.LINKED


def test_confirmed_reservation_is_a_link_without_payload(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([reservation(1)], NOW)
        assert link is not None
        tx.links.mark_sent([link.id])
        assert tx.links.load_by_id([link.id])[link.id].state is LinkState.SENT
        tx.links.confirm({link.id: salesforce(1)}, later(5))
        linked = tx.links.load([salesforce(1)])[salesforce(1)]
        assert (linked.state, linked.payload, linked.linked_at) == (LinkState.LINKED, {}, later(5))


def test_several_reservations_are_confirmed_at_once(store: Store) -> None:
    with store.transaction(ACME) as tx:
        made = tx.links.make([reservation(1), reservation(2)], NOW)
        tx.links.confirm({link.id: salesforce(n) for n, link in enumerate(made, 1) if link is not None}, later(5))
        found = tx.links.load([salesforce(1), salesforce(2)])
    assert {link.state for link in found.values()} == {LinkState.LINKED}
    assert len(found) == 2


def test_confirming_a_record_that_is_linked_elsewhere_is_refused_and_rolled_back(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(2)], NOW)
        [link] = tx.links.make([reservation(1)], NOW)
    assert link is not None
    with pytest.raises(StoreError), store.transaction(ACME) as tx:
        tx.links.confirm({link.id: salesforce(2)}, NOW)
    with store.transaction(ACME) as tx:
        assert tx.links.load([hubspot(1)])[hubspot(1)].state is LinkState.RESERVED


def test_released_reservation_is_forgotten_but_a_link_is_not(store: Store) -> None:
    with store.transaction(ACME) as tx:
        ids = [link.id for link in tx.links.make([reservation(1), pair(2)], NOW) if link]
        tx.links.release(ids)
        assert set(tx.links.load_by_id(ids)) == {ids[1]}
        assert None not in tx.links.make([reservation(1)], later(1))


def test_id_of_a_released_reservation_never_comes_again(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [first] = tx.links.make([reservation(1)], NOW)
        assert first is not None
        tx.links.release([first.id])
        [second] = tx.links.make([reservation(1)], NOW)
        assert second is not None and second.id > first.id


def test_retired_link_is_still_found_until_a_live_one_takes_its_place(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [old] = tx.links.make([pair(1)], NOW)
        assert old is not None
        tx.links.retire([old.id], "deleted in Salesforce", later(1))
        assert tx.links.load([hubspot(1)])[hubspot(1)].state is LinkState.RETIRED
        assert tx.links.count() == 0
        new = NewLink(kind="contacts", refs=Pair(hubspot(1), salesforce(7)), key="key-1")
        [made] = tx.links.make([new], later(2))
        assert tx.links.load([hubspot(1), salesforce(1)]).keys() == {hubspot(1), salesforce(1)}
        assert tx.links.load([hubspot(1)])[hubspot(1)] == made


def test_repointed_link_holds_the_new_record(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1)], NOW)
        assert link is not None
        tx.links.repoint(link.id, salesforce(9), "lead converted", later(1))
        assert tx.links.load([salesforce(1)]) == {}
        assert tx.links.load([salesforce(9)])[salesforce(9)].refs == Pair(hubspot(1), salesforce(9))


def test_links_are_counted_by_kind(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1), pair(2), pair(3, kind="companies")], NOW)
        assert (tx.links.count(), tx.links.count("companies"), tx.links.count("deals")) == (3, 1, 0)


def test_thousands_are_made_and_loaded_at_once(store: Store) -> None:
    with store.transaction(ACME) as tx:
        made = tx.links.make([pair(i) for i in range(6000)], NOW)
        assert None not in made
        assert len(tx.links.load([hubspot(i) for i in range(6000)])) == 6000


def test_of_two_workers_with_the_same_records_one_wins_each(store: Store) -> None:
    won: list[int] = []

    def work(order: int) -> None:
        for _ in range(10):
            with store.transaction(ACME) as tx:
                made = tx.links.make([pair(i) for i in range(50)][::order], NOW)
            won.extend(link.id for link in made if link)

    workers = [Thread(target=work, args=(order,)) for order in (1, -1)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with store.transaction(ACME) as tx:
        assert sorted(won) == sorted(link.id for link in tx.links.load([hubspot(i) for i in range(50)]).values())


def test_retired_link_goes_on_when_it_is_reopened_and_is_found_by_name_again(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1, label="Ana Ruiz")], NOW)
        tx.links.retire([link.id], "presence.deleted_elsewhere", later(1))
        assert tx.links.reopen(link.id, "presence.restored", later(2))
        again = tx.links.load([hubspot(1)])[hubspot(1)]
        assert (again.id, again.state, again.why, again.linked_at) == (
            link.id,
            LinkState.LINKED,
            "presence.restored",
            later(2),
        )
        assert tx.links.count() == 1
        assert [row.label for row in tx.records.search("ruiz")[0]] == ["Ana Ruiz"]


def test_retired_link_is_not_reopened_while_one_of_its_records_is_in_another(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [old] = tx.links.make([pair(1)], NOW)
        tx.links.retire([old.id], "presence.unpaired", later(1))
        [new] = tx.links.make([NewLink(kind="contacts", refs=Pair(hubspot(1), salesforce(2)), key="other")], later(2))
        assert not tx.links.reopen(old.id, "presence.restored", later(3))
        assert tx.links.load([hubspot(1)])[hubspot(1)].id == new.id
        assert tx.links.load([salesforce(1)])[salesforce(1)].state is LinkState.RETIRED


def test_pairs_are_walked_by_number_page_by_page_retired_and_reserved_ones_left_out(store: Store) -> None:
    with store.transaction(ACME) as tx:
        made = tx.links.make([pair(number) for number in (1, 2, 3, 4)] + [reservation(5), pair(6, kind="deals")], NOW)
        ids = [link.id for link in made if link is not None]
        tx.links.retire([ids[1]], "gone", NOW)
        first = tx.links.walk("contacts", limit=2)
        rest = tx.links.walk("contacts", after_id=first[-1].id, limit=2)
        assert [link.id for link in (*first, *rest)] == [ids[0], ids[2], ids[3]]
        assert tx.links.walk("contacts", after_id=ids[3]) == []
