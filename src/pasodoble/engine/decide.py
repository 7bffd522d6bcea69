"""From what was seen to a decision: asks the core in order (presence, gates, pairing, merge, plan) and keeps the trace.

Every branch here is a question put to the core; what is decided is the core's. Nothing is read, written or stored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from pasodoble.engine.connected import Connected
from pasodoble.engine.lines import find_asleep
from pasodoble.engine.look import PRESENT
from pasodoble.engine.membership import Membership
from pasodoble.engine.merges import TWIN, find_twin_of, tell_twin
from pasodoble.engine.observe import Job
from pasodoble.mapping.apply import CompiledMapping, Line
from pasodoble.model.cause import Problem
from pasodoble.model.link import Base, LinkState, Tie
from pasodoble.model.message import Message
from pasodoble.model.operation import Create, Step
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import StepKind, TraceStep
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Conflict
from pasodoble.planner.plan import base_of_create, make_key, plan_create, plan_delete, plan_update
from pasodoble.ports import NewLink, NewMark
from pasodoble.reconcile.gates import Applicant, find_create_gate, find_gate
from pasodoble.reconcile.pairing import Ambiguous, By, Candidate, Paired, Taken, Unmatched, pair_record
from pasodoble.reconcile.policy import Arbiter
from pasodoble.reconcile.presence import (
    Follow,
    LookAgain,
    Match,
    Merge,
    Nothing,
    OutOfSight,
    Remove,
    Reopen,
    Rest,
    Retire,
    decide_presence,
    find_conversion,
)
from pasodoble.reconcile.record import RecordMerge
from pasodoble.reconcile.view import merge_pair

UNPAIRED = Message("presence.unpaired")
TOMBSTONE = Message("presence.tombstone")
LOOK_AGAIN_AFTER = timedelta(seconds=5)
GATES_OPEN = Message("gate.open")


@dataclass(slots=True)
class Decision:
    """What is to become of one job.

    steps       writes to be made, in order
    new_link    a link to be made first: of the pair that was found, or the reservation of a create
    merge       the field-by-field decision on a linked pair, with the snapshots it rests on
    gate        left out on purpose, and by which gate
    problems    what stands in the way, of the record or of single fields
    retire      the link is given up for this reason
    follow      the link is pointed at this record instead
    reopen      a retired link goes on
    again_at    look once more at this moment
    resumed     the create sends what was stored at the first try, not what the record holds by now
    ties        what both sides are tied to once the steps are done; None where that was not asked
    waiting     records that it is tied to on one side, and that have no partner yet
    waits_for   those of them that are still to come
    ties_later  the record that is made is to be tied once it is there
    wakes       marks to be put once the pair is linked
    tells       the record that is made tells of what cannot be read again: its reservation is kept until it is there
    """

    job: Job
    at: datetime
    mapping: CompiledMapping | None = None
    snapshots: Pair[Snapshot] | None = None
    base: Base | None = None
    merge: RecordMerge | None = None
    steps: list[Step] = field(default_factory=list)
    new_link: NewLink | None = None
    gate: Message | None = None
    problems: list[Problem] = field(default_factory=list)
    retire: Message | None = None
    follow: Follow | None = None
    reopen: bool = False
    again_at: datetime | None = None
    resumed: bool = False
    ties: tuple[Tie, ...] | None = None
    waiting: tuple[Ref, ...] = ()
    waits_for: tuple[Ref, ...] = ()
    ties_later: bool = False
    wakes: list[NewMark] = field(default_factory=list)
    tells: bool = False
    trace: list[TraceStep] = field(default_factory=list)

    @property
    def made(self) -> Ref | None:
        """The record in Salesforce, once it is made."""
        return self.job.link.refs.salesforce if self.job.link is not None else None

    def note(
        self, kind: StepKind, reason: Message, *, passed: bool | None = None, detail: Mapping[str, str] | None = None
    ) -> None:
        self.trace.append(TraceStep(kind=kind, reason=reason, at=self.at, passed=passed, detail=detail or {}))


@dataclass(frozen=True, slots=True)
class Judge:
    """Decides jobs of one kind.

    members       who is in the inclusion list, asked about the records at hand; None: no list is set
    installed_at  when the kind was first looked at
    asked         a person asked for these very records
    waking        keys of sleeping lines that are taken for awake: to see what they would do
    """

    at: Connected
    of_kind: ObjectSettings
    members: Membership | None
    installed_at: datetime | None = None
    asked: bool = False
    waking: frozenset[str] = frozenset()

    @property
    def arbiter(self) -> Arbiter:
        return Arbiter(winner=self.at.settings.conflict_winner)

    def decide(self, job: Job, now: datetime) -> Decision:
        """Never raises. What was seen must be filled in (`observe`)."""
        decision = Decision(job, now, base=job.base)
        for trigger in dict.fromkeys(t for mark in job.marks for t in mark.triggers):
            decision.note(StepKind.TRIGGER, Message(f"trigger.{trigger}"), passed=True)
        state = job.link.state if job.link is not None else None
        if state in (LinkState.RESERVED, LinkState.SENT):
            self._resume_create(decision)
        else:
            self._decide_presence(decision, state)
        return decision

    def _decide_presence(self, decision: Decision, state: LinkState | None) -> None:
        job = decision.job
        existence = decide_presence(
            state,
            job.seen,
            edited=self._edited(job),
            when_deleted_in=Pair(self.of_kind.when_deleted_in_hubspot, self.of_kind.when_deleted_in_salesforce),
            confirmed=(job.attempts > 0 and not job.base.waiting)
            or any("record_deleted" in mark.triggers for mark in job.marks),
            unpaired=job.displaced or (job.link is not None and job.link.why == UNPAIRED.id),
        )
        match existence:
            case Nothing():
                decision.note(StepKind.NEXT, Message("next.none"))
            case Match():
                self._match(decision)
            case Merge():
                self._merge(decision)
            case Reopen(reason=reason):
                decision.reopen = True
                decision.note(StepKind.MATCH, reason, passed=True)
                self._merge(decision)
            case Follow(reason=reason):
                decision.follow = existence
                decision.note(StepKind.MATCH, reason, passed=True)
            case Remove(ref=ref, reason=reason):
                survivor = job.snapshot(ref.side)
                decision.steps.append(plan_delete(job.kind, ref, reason, survivor))
                decision.note(StepKind.RULE, reason, passed=True)
            case Retire(reason=reason):
                decision.retire = reason
                if any(job.snapshot(side) is not None for side in SIDES):  # who is left stands alone, on purpose
                    decision.gate = TOMBSTONE
                decision.note(StepKind.MATCH, reason, passed=False)
            case LookAgain(reason=reason):
                decision.again_at = decision.at + LOOK_AGAIN_AFTER
                decision.note(StepKind.NEXT, reason)
            case OutOfSight(side=side, reason=reason):
                decision.problems.append(Problem(cause="permission.unseen", side=side))
                decision.note(StepKind.MATCH, reason, passed=False)
            case Rest() if (into := find_twin_of(job)) is not None and not job.displaced:
                decision.problems.append(tell_twin(into))
                decision.note(StepKind.MATCH, TWIN, passed=False)
            case Rest(reason=reason):
                decision.gate = reason
                decision.note(StepKind.MATCH, reason, passed=False)

    def _edited(self, job: Job) -> Pair[bool]:
        """Whether the surviving record holds something else than at the last agreement."""
        mapping = self.at.mapping(job.kind, job.refs)
        edited = Pair(False, False)
        for side in SIDES:
            snap = job.snapshot(side)
            if mapping is None or snap is None:
                continue
            if not job.base.fields:  # a first agreement that was never recorded: nothing tells what is new
                edited = edited.put(side, True)
                continue
            values, _ = mapping.canonical(side, snap.fields)
            moved = any(
                values[key] != job.base.fields[key][side]
                if key in job.base.fields
                else self._is_news(line, values[key])
                for key, line in mapping.by_key.items()
                if key in values
            )
            edited = edited.put(side, moved)
        return edited

    def _is_news(self, line: Line, value: Value) -> bool:
        """Whether a value counts that stands where neither side had any when the pair was made."""
        return line.update_rule is not UpdateRule.DONT_SYNC and not line.rule.dormant and value not in (None, MISSING)

    # --- unlinked ----------------------------------------------------------------------------------------------------

    def _match(self, decision: Decision) -> None:
        job = decision.job
        own = job.snapshot(job.own.side)
        if own is None:
            return
        if any(name not in own.fields for name in self.at.fields(job.kind, own.ref.side, own.ref.object)):
            decision.again_at = decision.at + LOOK_AGAIN_AFTER  # an answer that left something out says nothing of it
            return
        if job.waits:
            decision.again_at = decision.at
            return
        paired = pair_record(
            job.candidates,
            own=Candidate(ref=own.ref, by=_by_of(job), modified_at=own.modified_at),
            rivals=job.rivals,
            duplicates=self.at.settings.duplicates,
        )
        will_create = isinstance(paired, Unmatched)
        partner = paired.ref if isinstance(paired, Paired) else None
        if not self._pass_gates(decision, own, partner=partner, creates=will_create):
            return
        match paired:
            case Paired(ref=ref, by=by):
                decision.note(StepKind.MATCH, Message.of("match.paired", by=by.name.lower()), passed=True)
                job.seen = job.seen.put(ref.side, job.found[ref])
                decision.new_link = self._name_link(job, {})
                self._merge(decision, gated=True)
            case Unmatched():
                decision.note(StepKind.MATCH, Message("match.unmatched"))
                self._create(decision, own)
            case Ambiguous(candidates=candidates, by=by, rivals=rivals):
                count = len(candidates) + len(rivals)
                reason = Message.of("match.ambiguous", count=count, by=by.name.lower())
                self._refuse_match(decision, "duplicate.ambiguous_match", reason, (*candidates, *rivals))
            case Taken(refs=refs, by=by):
                reason = Message.of("match.taken", by=by.name.lower())
                self._refuse_match(decision, "duplicate.already_paired", reason, refs)

    def _refuse_match(self, decision: Decision, cause: str, reason: Message, refs: Collection[Ref]) -> None:
        named = " ".join(str(ref) for ref in refs)
        decision.problems.append(Problem(cause=cause, side=decision.job.own.side, text=named))
        decision.note(StepKind.MATCH, reason, passed=False, detail={"records": named})

    def _create(self, decision: Decision, own: Snapshot) -> None:
        job, side = decision.job, own.ref.side.other
        mapping = self._mapping_of_new(own)
        if mapping is None:
            return
        decision.mapping = mapping
        identity = self.at.identity(job.kind)
        natural = identity.natural.fields.hubspot if identity.natural is not None else ""
        draft = plan_create(
            mapping,
            own,
            make_key(own.ref, self.at.accounts[own.ref.side].id),
            natural=natural,
            lookup=self.at.directory,
            placeholder=self.of_kind.placeholder if side is Side.SALESFORCE else None,
        )
        decision.problems.extend(draft.problems)
        if draft.step is None:
            return
        decision.steps.append(draft.step)
        assert isinstance(draft.step.operation, Create)
        decision.new_link = self._name_link(job, dict(draft.step.operation.fields), key=draft.step.operation.key)
        decision.note(StepKind.RULE, Message.of("match.created", side=side), passed=True)

    def _mapping_of_new(self, own: Snapshot) -> CompiledMapping | None:
        """The mapping by which a record of the other side is made."""
        object = own.ref.object if own.ref.side is Side.SALESFORCE else self.of_kind.create_in_salesforce
        return self.at.mappings.get((self.of_kind.kind, object))

    def _name_link(self, job: Job, payload: Mapping[str, str | bool | int | float | None], *, key: str = "") -> NewLink:
        identity = self.at.identity(job.kind)
        named = job.snapshot(Side.HUBSPOT) or job.snapshot(Side.SALESFORCE)
        assert named is not None
        return NewLink(
            kind=job.kind,
            refs=job.refs,
            key=key or make_key(named.ref, self.at.accounts[named.ref.side].id),
            payload=payload,
            label=identity.label(named.ref.side, named.fields),
            natural=identity.natural_key(named.ref.side, named.fields),
        )

    # --- linked ------------------------------------------------------------------------------------------------------

    def _merge(self, decision: Decision, *, gated: bool = False) -> None:
        job = decision.job
        hubspot, salesforce = job.snapshot(Side.HUBSPOT), job.snapshot(Side.SALESFORCE)
        mapping = self.at.mapping(job.kind, job.refs)
        if hubspot is None or salesforce is None or mapping is None:
            return
        if not gated and not self._pass_gates(decision, hubspot, partner=salesforce.ref, creates=False):
            return
        decision.mapping, decision.snapshots = mapping, Pair(hubspot, salesforce)
        asleep = find_asleep(self.at.asleep.get(job.kind, {}), job.link)
        base = job.base
        if self.waking:
            base = replace(base, fields={key: pair for key, pair in base.fields.items() if key not in self.waking})
        decision.merge = merge_pair(
            mapping,
            base,
            decision.snapshots,
            lookup=self.at.directory,
            arbiter=self.arbiter,
            chosen=job.choices,
            asleep=asleep - self.waking,
        )
        decision.problems.extend(decision.merge.problems)
        decision.problems.extend(_tell_undecided(mapping, decision.merge))
        decision.steps.extend(plan_update(mapping, decision.merge, decision.snapshots, guard=self.at.settings.guard))

    def _pass_gates(self, decision: Decision, own: Snapshot, *, partner: Ref | None, creates: bool) -> bool:
        """Ask the gates in their order; the first that is closed leaves the record out."""
        job = decision.job
        identity = self.at.identity(job.kind)
        hubspot = own.ref if own.ref.side is Side.HUBSPOT else partner
        applicant = Applicant(
            settings=self.of_kind,
            ref=own.ref,
            linked=job.link is not None,
            email=identity.natural_key(own.ref.side, own.fields),
            in_list=None if self.members is None or hubspot is None else hubspot.id in self.members,
            created_at=own.created_at,
            installed_at=self.installed_at,
            existing=self.at.settings.existing_records,
            woken=any(not PRESENT.issuperset(mark.triggers) for mark in job.marks),
            asked=self.asked,
            people=job.people,
            pipeline_synced=self._is_pipeline_synced(job, own),
        )
        gate = find_gate(applicant) or (find_create_gate(applicant) if creates else None)
        if gate is not None:
            decision.gate = gate.message
        decision.note(StepKind.GATE, gate.message if gate is not None else GATES_OPEN, passed=gate is None)
        return gate is None

    def _is_pipeline_synced(self, job: Job, own: Snapshot) -> bool:
        """Whether neither record is in a pipeline, or of a record type, that the mapping knows nothing of (N-07, D-07)."""
        mapping = self.at.mapping(job.kind, job.refs)
        seen = (own, *(snap for side in SIDES if (snap := job.snapshot(side)) is not None))
        return mapping is None or all(mapping.knows_pipeline(snap.ref.side, snap.fields) for snap in seen)

    # --- creates under way -------------------------------------------------------------------------------------------

    def _resume_create(self, decision: Decision) -> None:
        """A create whose outcome is unknown: what was found by its key is it; else the stored payload is sent again."""
        job = decision.job
        link = job.link
        assert link is not None
        side = link.missing_side()
        source = link.refs[side.other] if side is not None else None
        if side is None or source is None:
            return
        own = job.snapshot(source.side)
        if own is None:
            decision.follow = find_conversion(job.seen)
            if decision.follow is not None:
                return
            decision.retire = Message("presence.both_gone")
            return
        mapping = self._mapping_of_new(own)
        decision.mapping = mapping
        if mapping is None:
            return
        if job.snapshot(side) is not None:
            decision.base = job.base = base_of_create(mapping, side, link.payload, lookup=self.at.directory)
            decision.note(StepKind.MATCH, Message.of("match.paired", by="key"), passed=True)
            self._merge(decision, gated=True)
            return
        decision.resumed = True
        operation = Create(side=side, object=mapping.objects[side], fields=link.payload, key=link.key, of=source)
        decision.steps.append(
            Step(kind=job.kind, operation=operation, why={"": Message.of("match.created", side=side)})
        )


def _tell_undecided(mapping: CompiledMapping, merge: RecordMerge) -> list[Problem]:
    """Fields that wait for a person to choose, as one problem."""
    names = tuple(mapping.by_key[f.key].names.salesforce for f in merge.contested if isinstance(f.verdict, Conflict))
    return [Problem(cause="conflict.both_changed", side=Side.SALESFORCE, fields=names)] if names else []


def _by_of(job: Job) -> By:
    return min((c.by for c in (*job.candidates, *job.rivals)), default=By.EMAIL)
