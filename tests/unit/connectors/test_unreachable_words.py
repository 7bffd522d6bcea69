"""What a person reads when a side cannot be spoken to, and when the settings cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pasodoble.errors import ConfigError, StoreError, Unreachable
from pasodoble.store.database import read_url
from pasodoble.store.lock import hold_worker_lock


def test_a_side_that_does_not_answer_leads_to_the_check() -> None:
    assert Unreachable("HubSpot answered 500").next_step == "pasodoble check"


@pytest.mark.parametrize("url", ["nonsense", "mysql://x"])
def test_a_database_url_that_means_nothing_is_a_setting_to_mend(url: str) -> None:
    with pytest.raises(ConfigError):
        read_url(url)


def test_a_place_where_no_lock_can_be_made_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "x.db.worker").mkdir()
    held = hold_worker_lock(f"sqlite:///{tmp_path / 'x.db'}", datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(StoreError, match=r"Nothing can be written beside the database .*x\.db"), held:
        pass
