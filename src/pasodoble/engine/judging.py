"""A batch of marks becomes decisions: read, ask the judge, look into history where both sides moved, see which belong together.

Nothing is written, to a vendor or to the store, but the moment at which a kind was first looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pasodoble.engine.campaigns import add_memberships
from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.lifecycle import add_stages
from pasodoble.engine.look import load_installed, name_installed
from pasodoble.engine.membership import open_membership
from pasodoble.engine.merges import find_merged, refuse_twins
from pasodoble.engine.observe import Job, gather_jobs, observe, read_with_history
from pasodoble.engine.spreading import spread_stages
from pasodoble.engine.ties import add_ties, add_wakes
from pasodoble.model.record import Gone
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Mark
from pasodoble.planner.brakes import Tally
from pasodoble.planner.plan import Plan, make_plan


async def make_judge(at: Connected, kind: Kind, *, asked: bool) -> Judge:
    of_kind = at.settings.objects[kind]
    return Judge(at, of_kind, await open_membership(at, kind), installed_at=_first_seen(at, kind), asked=asked)


def _first_seen(at: Connected, kind: Kind) -> datetime | None:
    """When this kind was first looked at; remembered from then on."""
    with at.store.transaction(at.settings.name) as tx:
        known = load_installed(tx, kind)
        if known is None:
            known = at.clock.now()
            tx.cursors.save(name_installed(kind), {"at": known.isoformat()}, known)
    return known


async def decide_batch(at: Connected, kind: Kind, marks: Sequence[Mark], judge: Judge) -> list[Decision]:
    """Read what these marks are about on both sides, and decide. Writes nothing anywhere. Raises ConnectorError."""
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        jobs = gather_jobs(kind, marks, tx)
    await observe(at, kind, jobs)
    jobs += await find_merged(at, kind, jobs)
    if judge.members is not None:
        await judge.members.ask({ref.id for job in jobs for ref in _list_refs(job) if ref.side is Side.HUBSPOT})
    now = at.clock.now()
    decisions = [judge.decide(job, now) for job in jobs]
    contested = [d.job for d in decisions if _wants_history(d)]
    if contested:
        await read_with_history(at, kind, contested)
        again = {id(job): judge.decide(job, now) for job in contested}
        decisions = [again.get(id(d.job), d) for d in decisions]
    await refuse_twins(at, kind, decisions)
    kept = join_pairs(decisions)
    await add_ties(at, kind, kept)
    await add_stages(at, kind, kept)
    await spread_stages(at, kind, kept)
    await add_memberships(at, kind, kept)
    await add_wakes(at, kind, kept)
    return kept


def _list_refs(job: Job) -> list[Ref]:
    """All records that the job may come to be about."""
    return [*(ref for ref in job.refs if ref is not None), *(candidate.ref for candidate in job.candidates)]


def _wants_history(decision: Decision) -> bool:
    """Both sides changed one field: when each did decides, and only the field's own history knows."""
    if decision.job.looks_back or decision.merge is None or decision.job.link is None:
        return False
    return bool(decision.merge.contested)


def join_pairs(decisions: Sequence[Decision]) -> list[Decision]:
    """One decision a pair: where both records of a new pair were marked, the first finds the second and takes its mark.

    What a link is about to follow (the contact that a lead became) waits for the next round, when the link points at it.
    """
    first: dict[Ref, Decision] = {}
    kept = []
    followed = {d.follow.into for d in decisions if d.follow is not None}
    for decision in decisions:
        if (decision.job.link is None or decision.reopen) and any(ref in followed for ref in decision.job.refs):
            continue
        refs = [ref for ref in decision.job.refs if ref is not None]
        earlier = next((first[ref] for ref in refs if ref in first), None)
        if earlier is not None and decision.new_link is not None:
            earlier.job.marks += decision.job.marks
            continue
        if decision.new_link is not None:
            first.update(dict.fromkeys(refs, decision))
        kept.append(decision)
    return kept


def plan_of(at: Connected, kind: Kind, decisions: Sequence[Decision], *, backfill: bool = False) -> Plan:
    """All steps of these decisions as one plan, measured against the links there are."""
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        linked = tx.links.count(kind)
    lost = {(kind, side): sum(isinstance(d.job.seen[side], Gone) for d in decisions) for side in SIDES}
    tally = Tally(linked={(kind, side): linked for side in SIDES}, lost=lost)
    steps = [step for d in decisions for step in d.steps]
    return make_plan(steps, tally, limits=at.settings.limits, backfill=backfill)
