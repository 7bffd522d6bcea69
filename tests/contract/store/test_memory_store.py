"""The simulations' store over dictionaries keeps the same contract: the suite's own tests, run over it once more."""

from __future__ import annotations

import pytest
from tests.contract.store.samples import ACME, NOW, hubspot, mark
from tests.contract.store.test_conflicts import *  # noqa: F403
from tests.contract.store.test_intake_tables import *  # noqa: F403
from tests.contract.store.test_journal import *  # noqa: F403 - the suite itself
from tests.contract.store.test_leases import *  # noqa: F403
from tests.contract.store.test_links import *  # noqa: F403
from tests.contract.store.test_marks import *  # noqa: F403
from tests.contract.store.test_records import *  # noqa: F403
from tests.contract.store.test_transactions import (  # noqa: F401
    test_nothing_of_a_failed_transaction_stays,
    test_reader_neither_waits_for_a_writer_nor_sees_its_unfinished_work,
    test_write_of_a_reader_comes_to_nothing,
)
from tests.contract.store.test_trouble import *  # noqa: F403
from tests.fakes.memory_store import MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize(("dies", "stays"), [("before_commit", 0), ("after_commit", 1)])
def test_process_that_dies_at_a_commit_leaves_all_or_nothing(dies: str, stays: int) -> None:
    def die(when: str) -> None:
        if when == dies:
            raise RuntimeError("killed")

    store = MemoryStore()
    store.between = die
    with pytest.raises(RuntimeError), store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1))], NOW)
    store.between = lambda _when: None
    with store.transaction(ACME) as tx:
        assert tx.marks.count() == stays


def test_backup_holds_nothing_of_what_came_after_it() -> None:
    store = MemoryStore()
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(1))], NOW)
    backup = store.snapshot()
    with store.transaction(ACME) as tx:
        tx.marks.put([mark(hubspot(2))], NOW)
    store.restore(backup)
    with store.transaction(ACME) as tx:
        assert tx.marks.load([hubspot(1), hubspot(2)]).keys() == {hubspot(1)}
