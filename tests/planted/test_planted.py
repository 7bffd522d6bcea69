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
    for seed in range(planted.seeds):
        if wrong := run(Script.of(seed)).wrong:
            _keep(planted, seed, wrong[0])
            return
    _keep(planted, -1, "")
    pytest.fail(f"{planted.seeds} seeds did not notice: {planted.name}")


def _keep(planted: Planted, seed: int, wrong: str) -> None:
    if RESULTS:
        name = f"planted-{PLANTS.index(planted):02}.json"
        document = {"name": planted.name, "seed": seed, "wrong": wrong.partition(":")[0]}
        (Path(RESULTS) / name).write_text(json.dumps(document))
