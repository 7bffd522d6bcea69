"""Who watches the simulation: each safeguard that is taken out must break a promise within some seeds.

Six of them in `make test`; all with `PASODOBLE_PLANTED=1` (`make planted`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.machine.script import Script
from tests.machine.simulation import run
from tests.planted.plants import PLANTS, Planted

ALL = os.environ.get("PASODOBLE_PLANTED", "") == "1"
RESULTS = os.environ.get("PASODOBLE_RESULTS", "")
CHOSEN = [plant for plant in PLANTS if ALL or plant.quick]


@pytest.mark.parametrize("planted", CHOSEN, ids=lambda planted: planted.name.replace(" ", "-"))
def test_planted_bug_breaks_a_promise(planted: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    planted.plant(monkeypatch)
    by, promise = _find_notice(planted)
    _keep(planted, by, promise)
    if planted.survives:
        assert not by, f"it no longer survives, {by} notices: {planted.name}"
    else:
        assert by, f"nothing did notice: {planted.name}"


@pytest.mark.parametrize("planted", [plant for plant in PLANTS if plant.course], ids=lambda planted: planted.name)
def test_course_made_for_a_safeguard_holds_with_it(planted: Planted) -> None:
    assert planted.course is not None and planted.course() == []


def _find_notice(planted: Planted) -> tuple[str, str]:
    """What noticed it, and the promise that was broken; "" if nothing did."""
    if planted.course is not None:
        wrong = planted.course()
        return (planted.course.__name__.replace("_", " "), wrong[0].partition(":")[0]) if wrong else ("", "")
    for seed in range(planted.first, planted.first + planted.seeds):
        if wrong := run(Script.of(seed)).wrong:
            return f"seed {seed}", wrong[0].partition(":")[0]
    return "", ""


def _keep(planted: Planted, by: str, promise: str) -> None:
    if RESULTS:
        name = f"planted-{PLANTS.index(planted):02}.json"
        document = {"name": planted.name, "by": by, "wrong": promise, "survives": planted.survives}
        (Path(RESULTS) / name).write_text(json.dumps(document))
