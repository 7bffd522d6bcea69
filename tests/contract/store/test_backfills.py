"""Backfills as the store keeps them: one at a time, moved only from a state it is in, its progress whole."""

from __future__ import annotations

import pytest
from tests.contract.store.samples import ACME, NOW, later

from pasodoble.errors import StoreError
from pasodoble.model.backfill import RUNNING, BackfillState, KindProgress, Progress
from pasodoble.store import SqlStore


def begin(store: SqlStore) -> int:
    with store.transaction(ACME) as tx:
        return tx.backfills.begin(7, ["companies", "contacts"], 600, NOW)


def test_one_backfill_at_a_time(store: SqlStore) -> None:
    id = begin(store)
    with pytest.raises(StoreError, match="walking already"):
        begin(store)
    with store.transaction(ACME) as tx:
        assert tx.backfills.move(id, BackfillState.DONE, later(9), only_from=RUNNING)
    assert begin(store) > id


def test_backfill_covers_its_kinds_until_it_has_ended(store: SqlStore) -> None:
    id = begin(store)
    with store.transaction(ACME) as tx:
        assert tx.backfills.covers("contacts")
        assert not tx.backfills.covers("deals")
        tx.backfills.move(id, BackfillState.PAUSED, NOW, only_from=RUNNING)
        assert tx.backfills.covers("contacts")
        tx.backfills.move(id, BackfillState.FAILED, NOW, only_from={BackfillState.PAUSED}, trouble="no such list")
        assert not tx.backfills.covers("contacts")
        backfill = tx.backfills.load()
    assert backfill is not None
    assert (backfill.trouble, backfill.ended_at) == ("no such list", NOW)


def test_state_moves_only_from_where_it_is_expected(store: SqlStore) -> None:
    id = begin(store)
    with store.transaction(ACME) as tx:
        tx.backfills.move(id, BackfillState.PAUSED, NOW, only_from=RUNNING)
        assert not tx.backfills.move(id, BackfillState.WORKING, NOW, only_from={BackfillState.WALKING})


def test_progress_and_throttle_come_back_as_they_were_noted(store: SqlStore) -> None:
    id = begin(store)
    progress = Progress(
        kinds={"contacts": KindProgress(walked=9, marked=7, done=3, linked=2, written={"hubspot.created": 1})},
        walks=frozenset({"contacts hubspot contacts"}),
        walked_at=later(4),
        samples=((NOW, 0), (later(60), 3)),
        calls={"hubspot": 12},
        released=True,
    )
    with store.transaction(ACME) as tx:
        tx.backfills.note(id, progress)
        tx.backfills.throttle(id, None)
    with store.transaction(ACME, read_only=True) as tx:
        backfill = tx.backfills.load()
    assert backfill is not None
    assert backfill.progress == progress
    assert (backfill.per_minute, backfill.kinds, backfill.run_id) == (None, ("companies", "contacts"), 7)
    assert progress.per_minute == 3
    assert progress.left_s == 80
