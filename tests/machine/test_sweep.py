"""Every scenario, killed at every point: what it ends with must be what a clean run ends with, and no promise is broken."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.machine.scenarios import SCENARIOS, Scenario
from tests.machine.simulation import Simulation
from tests.machine.sweep import run_scenario

from pasodoble.model.side import SIDES

RESULTS = os.environ.get("PASODOBLE_RESULTS", "")
MOST_POINTS = 60
"""In `make test`, of long scenarios every second or third point is tried."""


def describe_end(sim: Simulation) -> object:
    """What stands on both sides, whatever its id."""
    rows = [row for side in SIDES for row in sim.people.memories[side].rows.values() if row.loss is None]
    held = [{name: value for name, value in row.fields.items() if "asodoble" not in name} for row in rows]
    return sorted(f"{row.ref.object} {sorted(fields.items(), key=str)}" for row, fields in zip(rows, held, strict=True))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name.replace(" ", "-"))
def test_process_may_die_at_any_point(scenario: Scenario) -> None:
    clean, points = run_scenario(scenario)
    assert clean.wrong == [] and len(points.passed) >= 10
    step = 1 if RESULTS else max(1, len(points.passed) // MOST_POINTS)
    tried = range(0, len(points.passed), step)
    for point in tried:
        killed, _ = run_scenario(scenario, point)
        where = f"killed {points.passed[point]} ({point})"
        assert killed.wrong == [], "\n".join([where, *killed.wrong, *killed.trace])
        assert describe_end(killed) == describe_end(clean), where
    if RESULTS:
        name = scenario.name.replace(" ", "-")
        document = {"scenario": scenario.name, "points": len(tried)}
        (Path(RESULTS) / f"sweep-{name}.json").write_text(json.dumps(document))
