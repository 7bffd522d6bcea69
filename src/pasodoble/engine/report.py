"""What a run did, in numbers: the document that `sync --json` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pasodoble.errors import ConfigError
from pasodoble.model.operation import Associate, Brake, Create, Delete, Operation, Update
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Side

FORMAT_VERSION = 1


class RunOutcome(StrEnum):
    DONE = "done"
    ATTENTION = "attention"
    FAILED = "failed"


WRITES = ("created", "updated", "deleted", "associated")


def name_write(operation: Operation) -> str:
    """The word of the report for a write."""
    match operation:
        case Create():
            return "created"
        case Update():
            return "updated"
        case Delete():
            return "deleted"
        case Associate():
            return "associated"


def side_of(operation: Operation) -> Side:
    return operation.side if isinstance(operation, Create) else operation.ref.side


@dataclass(slots=True)
class Tally:
    """One kind's numbers. A record counts once in each of `unchanged`, `left_out` and `problems`, however often it was met."""

    written: dict[Side, Counter[str]] = field(default_factory=lambda: {side: Counter() for side in SIDES})
    linked: int = 0
    unchanged: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    waiting: int = 0

    def document(self) -> dict[str, object]:
        return {
            **{side.value: {word: self.written[side][word] for word in WRITES} for side in SIDES},
            "linked": self.linked,
            "unchanged": self.unchanged,
            "left_out": dict(sorted(self.left_out.items())),
            "problems": dict(sorted(self.problems.items())),
            "waiting": self.waiting,
        }


@dataclass(slots=True)
class Report:
    """A run's numbers by kind, the brakes that stopped it, and the sides that could not be spoken to.

    misset  by kind, why its settings cannot be used: nothing of it was synced, all others were
    """

    started_at: datetime
    tallies: dict[Kind, Tally] = field(default_factory=dict)
    brakes: list[Brake] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    misset: dict[Kind, ConfigError] = field(default_factory=dict)
    _counted: set[tuple[str, Ref]] = field(default_factory=set)

    def count_once(self, what: str, ref: Ref) -> bool:
        """Whether this record was not yet counted as that; a record that is met twice in a run counts once."""
        if (what, ref) in self._counted:
            return False
        self._counted.add((what, ref))
        return True

    def include(self, kinds: Iterable[Kind]) -> None:
        """What the run is about: each has its numbers in the document, if only noughts."""
        for kind in kinds:
            self.of(kind)

    def of(self, kind: Kind) -> Tally:
        return self.tallies.setdefault(kind, Tally())

    @property
    def outcome(self) -> RunOutcome:
        if self.failures or self.misset:
            return RunOutcome.FAILED
        troubled = self.brakes or any(tally.problems for tally in self.tallies.values())
        return RunOutcome.ATTENTION if troubled else RunOutcome.DONE

    def document(self, run_id: int, api_calls: Mapping[Side, int], duration_s: float) -> dict[str, object]:
        """The versioned document of DESIGN's `sync --once --json`."""
        return {
            "format_version": FORMAT_VERSION,
            "run": run_id,
            "outcome": self.outcome.value,
            "objects": {kind: tally.document() for kind, tally in self.tallies.items()},
            "brakes": [
                {"what": b.what, "kind": b.kind, "side": b.side.value, "count": b.count, "allowed": b.allowed}
                for b in self.brakes
            ],
            "failures": [*self.failures, *map(str, self.misset.values())],
            "misset": sorted(self.misset),
            "api_calls": {side.value: api_calls.get(side, 0) for side in SIDES},
            "duration_s": round(duration_s, 3),
        }


def read_report(document: Mapping[str, Any], started_at: datetime) -> Report:
    """The report of which this is the document: of a run that another process has made."""
    report = Report(started_at)
    for kind, told in document["objects"].items():
        tally = report.of(kind)
        tally.written = {side: Counter(told[side.value]) for side in SIDES}
        tally.linked, tally.unchanged, tally.waiting = told["linked"], told["unchanged"], told["waiting"]
        tally.left_out, tally.problems = Counter(told["left_out"]), Counter(told["problems"])
    report.brakes = [Brake(**brake | {"side": Side(brake["side"])}) for brake in document["brakes"]]
    report.failures = list(document["failures"])
    return report
