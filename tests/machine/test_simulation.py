"""Seeds of the simulation, and the proof that it sees what it is there to see: planted bugs that it must catch.

`PASODOBLE_SEEDS` (a count) and `PASODOBLE_FIRST_SEED` run more, or others.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.machine import simulation
from tests.machine.simulation import run

from pasodoble.engine import observe, record
from pasodoble.engine.record import Recorder
from pasodoble.model.link import NO_BASE
from pasodoble.ports import Transaction

SEEDS = int(os.environ.get("PASODOBLE_SEEDS", "120"))
FIRST = int(os.environ.get("PASODOBLE_FIRST_SEED", "0"))
PARTS = 6


@pytest.mark.parametrize("part", range(PARTS))
def test_no_seed_loses_an_edit_doubles_a_record_or_stays_apart(part: int, tmp_path: Path) -> None:
    fired: Counter[str] = Counter()
    for seed in range(FIRST + part, FIRST + SEEDS, PARTS):
        wrong, simulated = run(seed, tmp_path)
        fired += simulated.fired
        (tmp_path / f"{seed}.db").unlink()
        assert wrong == [], f"seed {seed}:\n" + "\n".join(simulated.trace)
    assert {"crash", "write after", "write before", "read before", "find after"} <= set(fired)


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    assert run(7, first)[1].trace == run(7, second)[1].trace


def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A create whose outcome is unknown is not looked for before it is sent again, and its link is forgotten."""

    async def find_nothing(*_: object) -> None: ...

    monkeypatch.setattr(observe, "_find_sent", find_nothing)
    monkeypatch.setattr(Recorder, "_take_exists", lambda *_: None)
    monkeypatch.setattr(simulation.SmallWorld, "connect", _without_unique(simulation.SmallWorld.connect))


def _without_unique(connect: Callable[..., object]) -> Callable[..., object]:
    def patched(world: simulation.SmallWorld) -> object:
        for memory in (world.hubspot, world.salesforce):
            memory._holders = lambda *_: []  # type: ignore[method-assign]
        return connect(world)

    return patched


def _no_look_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """HubSpot's history is never looked at after a write."""
    monkeypatch.setattr(record, "_is_two_way", lambda *_: False)


def _no_intent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is about to be written is not stored before it is sent."""
    monkeypatch.setattr(record, "_intentions", lambda *_: {})


def _no_base(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered of what the two sides agreed on."""
    gather = observe.gather_jobs

    def forgetful(kind: str, marks: object, tx: Transaction) -> object:
        jobs = gather(kind, marks, tx)  # type: ignore[arg-type]
        for job in jobs:
            job.base = NO_BASE
        return jobs

    monkeypatch.setattr("pasodoble.engine.judging.gather_jobs", forgetful)


def _resumed_is_final(monkeypatch: pytest.MonkeyPatch) -> None:
    """A create that was sent again with its first payload is not looked at once more."""
    monkeypatch.setattr("pasodoble.engine.decide.Decision.resumed", property(lambda _: False, lambda *_: None))


@pytest.mark.parametrize("plant", [_no_key, _no_look_back, _no_intent, _no_base, _resumed_is_final])
def test_the_simulation_catches_a_planted_bug(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plant(monkeypatch)
    for seed in range(200):
        if run(seed, tmp_path)[0]:
            return
    pytest.fail(f"200 seeds did not notice: {plant.__doc__}")
