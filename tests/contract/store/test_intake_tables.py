"""The inbox, the counts of triggers and the silences: what intake keeps."""

from __future__ import annotations

from datetime import timedelta

from tests.contract.store.samples import ACME, NOW, hubspot, later

from pasodoble.model.side import Side
from pasodoble.model.signal import Effect, Silence
from pasodoble.ports import Store

OTHER = "other"


def test_letters_come_out_in_the_order_in_which_they_came_and_stay_until_removed(store: Store) -> None:
    store.receive({ACME: ["[1]", "[2]"], OTHER: ["[3]"]}, NOW)
    store.receive({ACME: ["[4]"]}, later(1))
    with store.transaction(ACME) as tx:
        letters = tx.inbox.take(2)
        assert [letter.body for letter in letters] == ["[1]", "[2]"]
        assert letters[0].at == NOW
    with store.transaction(ACME) as tx:
        tx.inbox.remove([letter.id for letter in letters])
        assert [letter.body for letter in tx.inbox.take(9)] == ["[4]"]
        assert tx.inbox.count() == 1
    with store.transaction(OTHER) as tx:
        assert [letter.body for letter in tx.inbox.take(9)] == ["[3]"]


def test_letter_put_aside_is_out_of_the_way_and_the_oldest_of_many_are_forgotten(store: Store) -> None:
    store.receive({ACME: [f"[{i}]" for i in range(103)]}, NOW)
    with store.transaction(ACME) as tx:
        letters = tx.inbox.take(102)
        for letter in letters:
            tx.inbox.put_aside(letter.id, "no id")
        assert [letter.body for letter in tx.inbox.take(9)] == ["[102]"]
        aside = tx.inbox.load_aside()
        assert [letter.body for letter in aside] == [f"[{i}]" for i in range(101, 1, -1)]
        assert aside[0].trouble == "no id"


def test_firings_add_up_by_key_side_and_effect(store: Store) -> None:
    key = ("owner_changed", Side.HUBSPOT)
    with store.transaction(ACME) as tx:
        tx.firings.add({(*key, Effect.FIRED): 2, (*key, Effect.OFF): 1}, NOW)
        tx.firings.add({(*key, Effect.FIRED): 3, ("owner_changed", Side.SALESFORCE, Effect.FIRED): 1}, later(5))
        found = {(row.key, row.side, row.effect): (row.count, row.last_at) for row in tx.firings.load()}
    assert found == {
        (*key, Effect.FIRED): (5, later(5)),
        (*key, Effect.OFF): (1, NOW),
        ("owner_changed", Side.SALESFORCE, Effect.FIRED): (1, later(5)),
    }
    with store.transaction(OTHER, read_only=True) as tx:
        assert tx.firings.load() == []


def test_only_the_last_silence_of_a_record_is_kept_and_not_for_ever(store: Store) -> None:
    first = Silence(key="own_echo", effect=Effect.SILENT, at=NOW)
    second = Silence(key="unmapped_field_changed", effect=Effect.SILENT, at=later(9), fields=("fax",))
    with store.transaction(ACME) as tx:
        tx.firings.keep_silences({hubspot(1): first, hubspot(2): first}, NOW)
        tx.firings.keep_silences({hubspot(1): second}, NOW)
        assert tx.firings.load_silences([hubspot(1), hubspot(2), hubspot(3)]) == {
            hubspot(1): second,
            hubspot(2): first,
        }
        late = NOW + timedelta(days=7, seconds=5)
        tx.firings.keep_silences({hubspot(3): Silence(key="own_echo", effect=Effect.SILENT, at=late)}, late)
        assert tx.firings.load_silences([hubspot(1), hubspot(2), hubspot(3)]).keys() == {hubspot(1), hubspot(3)}
