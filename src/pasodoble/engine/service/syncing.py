"""Sync now: one run over a connection, everything or a few records, with the report that is printed and kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Cycle, Scope
from pasodoble.engine.intake import drain, put_asked
from pasodoble.engine.report import Report, RunOutcome
from pasodoble.model.activity import BESIDE
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewMark


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A finished run: its numbers, and the document that `--json` prints."""

    run_id: int
    report: Report
    document: Mapping[str, object]

    @property
    def outcome(self) -> RunOutcome:
        return self.report.outcome


async def sync(at: Connected, scope: Scope | None = None, *, what: str = "sync", patient: bool = False) -> RunResult:
    """One full run. Never raises a ConnectorError: it is reported.

    patient   leave retries that wait to their schedule; a person who asks for a sync expects them to be tried now
    """
    run_id = start_run(at, what)
    drain(at)
    if not patient:
        with at.store.transaction(at.settings.name) as tx:
            for kind in (*(of_kind.kind for of_kind in at.settings.enabled()), *BESIDE):
                tx.marks.make_due(kind, at.clock.now())
    return finish_run(at, run_id, await Cycle(at, run_id).run(scope or Scope()))


def start_run(at: Connected, what: str) -> int:
    with at.store.transaction(at.settings.name) as tx:
        return tx.runs.begin(what, at.clock.now())


def finish_run(at: Connected, run_id: int, report: Report) -> RunResult:
    """Keep the run's report, and give it back."""
    ended = at.clock.now()
    document = report.document(run_id, at.count_calls(), (ended - report.started_at).total_seconds())
    with at.store.transaction(at.settings.name) as tx:
        tx.runs.finish(run_id, report.outcome, document, ended)
    return RunResult(run_id=run_id, report=report, document=document)


def ask_for(at: Connected, kind: Kind, refs: Collection[Ref], trigger: str = "manual_record") -> None:
    """Mark records that a person asks for: ahead of everything else."""
    with at.store.transaction(at.settings.name) as tx:
        put_asked(
            tx,
            [NewMark(kind=kind, ref=ref, trigger=trigger, urgency=Urgency.MANUAL) for ref in sorted(refs)],
            at.clock.now(),
        )
