"""Leases: one holder a link, taken over when the time is over, and a zombie's work is refused."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.store.samples import ACME, NOW, hubspot, later, pair, salesforce

from pasodoble.ports import Store

MINUTE = timedelta(minutes=1)


def claim(store: Store, keys: set[str], token: str, *, after_s: int = 0) -> set[str]:
    now = later(after_s)
    with store.transaction(ACME) as tx:
        return tx.leases.claim(keys, token, now + MINUTE, now)


def test_what_one_holds_another_does_not_get(store: Store) -> None:
    assert claim(store, {"1", "2"}, "a") == {"1", "2"}
    assert claim(store, {"2", "3"}, "b") == {"3"}


def test_ones_own_are_given_again(store: Store) -> None:
    claim(store, {"1"}, "a")
    assert claim(store, {"1"}, "a") == {"1"}


def test_lapsed_lease_goes_to_who_asks_next(store: Store) -> None:
    claim(store, {"1"}, "a")
    assert claim(store, {"1"}, "b", after_s=59) == set()
    assert claim(store, {"1"}, "b", after_s=60) == {"1"}


def test_zombie_can_neither_keep_nor_release_what_was_taken_over(store: Store) -> None:
    claim(store, {"1", "2"}, "zombie")
    claim(store, {"1"}, "heir", after_s=61)
    with store.transaction(ACME) as tx:
        assert tx.leases.keep({"1", "2"}, "zombie", later(600)) == {"2"}
        assert tx.leases.release({"1", "2"}, "zombie") == {"2"}
        assert tx.leases.release({"1"}, "heir") == {"1"}


def test_released_is_free_at_once(store: Store) -> None:
    claim(store, {"1"}, "a")
    with store.transaction(ACME) as tx:
        tx.leases.release({"1"}, "a")
    assert claim(store, {"1"}, "b") == {"1"}


def test_both_records_of_a_link_have_one_key_and_others_one_each(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1)], NOW)
        assert link is not None
        keys = tx.leases.find_keys([hubspot(1), salesforce(1), hubspot(2)])
    assert keys[hubspot(1)] == keys[salesforce(1)] == str(link.id)
    assert keys[hubspot(2)] not in ("", str(link.id))


def test_records_of_a_link_that_was_given_up_go_by_themselves(store: Store) -> None:
    with store.transaction(ACME) as tx:
        [link] = tx.links.make([pair(1)], NOW)
        assert link is not None
        tx.links.retire([link.id], "gone", NOW)
        keys = tx.leases.find_keys([hubspot(1), salesforce(1)])
    assert len(set(keys.values())) == 2


def test_nothing_to_claim_is_no_trouble(store: Store) -> None:
    assert claim(store, set(), "a") == set()
