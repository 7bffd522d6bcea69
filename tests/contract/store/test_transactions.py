from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from tests.contract.store.samples import ACME, NOW, hubspot, mark, pair

from pasodoble.errors import ConfigError, StoreError
from pasodoble.ports import Store
from pasodoble.store import hold_worker_lock, open_store


def test_nothing_of_a_failed_transaction_stays(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction(ACME) as tx:
        tx.links.make([pair(1)], NOW)
        tx.marks.put([mark(hubspot(1))], NOW)
        raise RuntimeError("crash")
    with store.transaction(ACME) as tx:
        assert tx.links.count() == 0 and tx.marks.count() == 0


def test_reader_neither_waits_for_a_writer_nor_sees_its_unfinished_work(store: Store) -> None:
    with store.transaction(ACME) as writer:
        writer.links.make([pair(1)], NOW)
        with store.transaction(ACME, read_only=True) as reader:
            assert reader.links.count() == 0
    with store.transaction(ACME, read_only=True) as reader:
        assert reader.links.count() == 1


def test_write_of_a_reader_comes_to_nothing(store: Store) -> None:
    with suppress(StoreError), store.transaction(ACME, read_only=True) as tx:
        tx.links.make([pair(1)], NOW)
    with store.transaction(ACME) as tx:
        assert tx.links.count() == 0


def test_data_is_there_after_the_store_is_opened_again(store: Store, url: str) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1)], NOW)
    store.close()
    again = open_store(url)
    with again.transaction(ACME) as tx:
        assert tx.links.count() == 1
    again.close()


def test_database_error_says_no_customer_value(store: Store) -> None:
    with store.transaction(ACME) as tx:
        tx.links.make([pair(1), pair(2)], NOW)
        ids = sorted(link.id for link in tx.links.load([hubspot(1), hubspot(2)]).values())
    with pytest.raises(StoreError) as refused, store.transaction(ACME) as tx:
        tx.links.repoint(ids[0], hubspot(2), "wrong", NOW)
    assert "003Ax" not in str(refused.value) and refused.value.next_step


@pytest.mark.parametrize("bad", ["mysql://localhost/x", "not a url"])
def test_other_databases_are_refused_with_what_to_do(bad: str) -> None:
    with pytest.raises(ConfigError) as refused:
        open_store(bad)
    assert "sqlite:///" in refused.value.next_step


def test_unreachable_postgres_is_told_without_the_password() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("postgresql://me:s3cret@127.0.0.1:1/nowhere")
    assert "s3cret" not in str(refused.value)


def test_second_worker_on_a_sqlite_file_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'x.db'}"
    holder = (
        "import sys, datetime as d\nfrom pasodoble.store import hold_worker_lock\n"
        "with hold_worker_lock(sys.argv[1], d.datetime(2026, 1, 1, tzinfo=d.UTC)):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", holder, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None and process.stdin is not None
    process.stdout.readline()
    with (
        pytest.raises(StoreError, match=f"process {process.pid}, since 2026-01-01") as refused,
        hold_worker_lock(url, NOW),
    ):
        pass
    assert "PostgreSQL" in refused.value.next_step
    process.kill()
    process.communicate()
    with hold_worker_lock(url, NOW):
        pass


def test_any_number_of_workers_may_share_a_postgres() -> None:
    url = "postgresql://localhost/x"
    with hold_worker_lock(url, NOW), hold_worker_lock(url, NOW):
        pass
