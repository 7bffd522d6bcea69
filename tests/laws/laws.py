"""The laws of the core, each a function that raises AssertionError for a case in which it does not hold.

`test_laws` tries them on thousands of cases, `test_planted_bugs` sees to it that each of them notices when the core is broken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from tests.laws.pair_world import (
    BY_KEY,
    DIRECTORY,
    LATER,
    MAPPING,
    NO_BASE,
    NOON,
    REFS,
    Base,
    Twin,
    blank_twin,
    make_settings,
)

from pasodoble.model.conflict import Choice
from pasodoble.model.link import LinkState
from pasodoble.model.operation import Brake, Create, Delete, Step, Update
from pasodoble.model.record import Gone, Loss, Snapshot, Version
from pasodoble.model.ref import Ref
from pasodoble.model.rule import Policy
from pasodoble.model.settings import Connection, Guard, HubSpotAccess, OnDelete, SalesforceAccess
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.model.value import MISSING, Raw, Value
from pasodoble.model.verdict import Conflict, Keep, Take, Verdict
from pasodoble.planner import brakes, order, plan
from pasodoble.reconcile import presence, record, view
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.policy import LEADS, MIRROR, Arbiter, may_write
from pasodoble.reconcile.record import RecordMerge
from pasodoble.triggers import match, spec

ARBITER = Arbiter()

Edit = tuple[Side, str, Raw]
"""Somebody writes a raw value into a line, on one side."""


@dataclass(frozen=True)
class Pairing:
    """Two linked records with the base they agreed on, and the moment of the last read."""

    twin: Twin
    base: Base
    at: datetime = NOON

    def merge(self, arbiter: Arbiter = ARBITER, chosen: Mapping[str, Choice] | None = None) -> RecordMerge:
        return view.merge_pair(
            MAPPING, self.base, self.twin.snapshots(self.at), lookup=DIRECTORY, arbiter=arbiter, chosen=chosen or {}
        )

    def steps(self, arbiter: Arbiter = ARBITER) -> list[Step]:
        return plan.plan_update(MAPPING, self.merge(arbiter), self.twin.snapshots(self.at), guard=Guard.FAST)

    def round(self, arbiter: Arbiter = ARBITER) -> Pairing:
        """One cycle in which all writes succeed: read, decide, write, keep the new base."""
        merge, snapshots = self.merge(arbiter), self.twin.snapshots(self.at)
        steps = plan.plan_update(MAPPING, merge, snapshots)
        base = view.settle_base(MAPPING, self.base, snapshots, merge)
        return Pairing(self.twin.apply(steps, self.at + LATER / 2), base, self.at + LATER)

    def perturb(self, edits: Sequence[Edit]) -> Pairing:
        """Somebody edits, one edit a second, after the last read."""
        twin, at = self.twin, self.at
        for side, key, raw in edits:
            at += timedelta(seconds=5)
            twin = twin.put(side, {BY_KEY[key].names[side]: raw}, at)
        return replace(self, twin=twin, at=at + LATER)


def agreed(start: Sequence[Edit]) -> Pairing:
    """A pair whose records started like this, and that was synced until nothing was left to do."""
    pairing = Pairing(blank_twin(), NO_BASE).perturb(start)
    for _ in range(3):
        pairing = pairing.round()
    return pairing


# --- 1 to 3 ----------------------------------------------------------------------------------------------------------


def quiet(start: Sequence[Edit]) -> None:
    """1. Nothing changed: no steps, nothing to report, and the base stays."""
    pairing = agreed(start)
    assert pairing.steps() == []
    assert pairing.merge().contested == ()
    assert pairing.round().base.fields == pairing.base.fields


def short_way_is_the_long_way(start: Sequence[Edit], edits: Sequence[Edit]) -> None:
    """1. Passing over the fields that are in step comes to the same as looking at each of them closely."""
    short = agreed(start).perturb(edits)
    long = replace(short, twin=replace(short.twin, history=Pair({"no_such_field": ()}, {})))
    quick, slow = short.merge(), long.merge()
    assert len(slow.decided) == len(MAPPING.lines)
    assert {key: (f.verdict, f.after) for key, f in quick.fields.items()} == {
        key: (f.verdict, f.after) for key, f in slow.decided.items()
    }
    assert quick.settle() == slow.settle()


def settles(start: Sequence[Edit], edits: Sequence[Edit]) -> None:
    """2. Applied as if all succeeded, the plan is empty within two rounds, and then both sides say what the rules want."""
    pairing = agreed(start).perturb(edits).round().round()
    merge = pairing.merge()
    assert merge.quiet, merge.writes(Side.HUBSPOT) | merge.writes(Side.SALESFORCE)
    for key, merged in merge.fields.items():
        if not isinstance(merged.verdict, Keep) or merged.verdict.reason.id != "rule.in_step":
            assert _may_differ(key, merged.before), (key, merged)


def _may_differ(key: str, held: Pair[Value]) -> bool:
    """Where the rules let both sides differ: a leader that is blank and does not yield, an owner or text without a match."""
    row = BY_KEY[key]
    lead = LEADS.get(row.rule)
    if row.policy is Policy.OWNER:
        return any(DIRECTORY.owner(side, str(held[side])) is None for side in SIDES)
    if lead is not None and not lead.yields and held[lead.side] is None:
        return True
    stuck = any(not MAPPING.by_key[key].writable[side] for side in SIDES)
    return stuck or any(_cannot_cross(key, side, held[side]) for side in SIDES)


def _cannot_cross(key: str, side: Side, value: Value) -> bool:
    carried = MAPPING.by_key[key].carry(side, value, DIRECTORY)
    return not (carried is None or carried is MISSING or isinstance(carried, str | bool))


def no_lost_edit(start: Sequence[Edit], edits: Sequence[Edit]) -> None:
    """3. A value that somebody changed is replaced only where the rule says so, and then it is reported."""
    before = agreed(start)
    edited = before.perturb(edits)
    in_step = {key for key, f in before.merge().fields.items() if f.verdict.reason.id == "rule.in_step"}
    for key, merged in edited.merge().fields.items():
        if key not in in_step:
            continue
        was, held = before.twin.reads(key), edited.twin.reads(key)
        if merged.verdict.reason.id == "rule.newer":
            assert isinstance(merged.verdict, Take)
            assert merged.verdict.side is next(side for side, name, _ in reversed(edits) if name == key)
        for side in SIDES:
            if held[side] == was[side] or merged.after[side] == held[side]:
                continue
            assert merged.contested, (key, side, merged)
            assert merged.lost[side] == held[side]
            if held[side.other] == was[side.other]:
                assert _other_leads(key, side, held), (key, side, merged)


def _other_leads(key: str, side: Side, held: Pair[Value]) -> bool:
    """Whether the rule lets the other side's unchanged value go over a change made on `side`."""
    row = BY_KEY[key]
    lead = LEADS.get(row.rule)
    if row.policy is Policy.NEVER_BLANK:
        return held[side] is None
    if row.policy is Policy.OPT_OUT:
        return side is Side.SALESFORCE
    if row.policy is Policy.OWNER:
        return held[side] is None or (side is Side.HUBSPOT and DIRECTORY.owner(side, str(held[side])) is None)
    return lead is not None and lead.side is side.other


def special_laws(start: Sequence[Edit], edits: Sequence[Edit]) -> None:
    """3. An address is never blanked, an opt-out never taken back but in HubSpot, an owner never cleared (C-13, G-02, O-09)."""
    before = agreed(start)
    edited = before.perturb(edits)
    merge = edited.merge()
    email, owner, out = (merge.fields[key] for key in ("email", "owner", "opted_out"))
    for one in (email, owner):
        assert not any(one.after[side] is None and one.before[side] is not None for side in SIDES), one
        if None not in one.before and isinstance(one.verdict, Take):
            assert None not in one.after
    was, held = before.twin.reads("owner"), edited.twin.reads("owner")
    theirs = DIRECTORY.owner(Side.HUBSPOT, str(held.hubspot))
    if was.salesforce == held.salesforce and was.hubspot != held.hubspot and theirs is not None:
        assert owner.after == Pair(held.hubspot, theirs), "an owner goes both ways, whatever its rule (M-09)"
    if before.twin.reads("opted_out") == Pair(True, True) and edited.twin.reads("opted_out").hubspot is True:
        assert out.after == Pair(True, True)


def not_given_is_not_blank(start: Sequence[Edit], edits: Sequence[Edit], hidden: Sequence[tuple[Side, str]]) -> None:
    """3. A field that a side does not show is never a reason to write it, on either side, nor to forget what was agreed."""
    pairing = agreed(start).perturb(edits)
    names = {(side, BY_KEY[key].names[side]) for side, key in hidden}
    shown = Pair(*({n: v for n, v in pairing.twin.fields[s].items() if (s, n) not in names} for s in SIDES))
    blinded = replace(pairing, twin=replace(pairing.twin, fields=shown))
    snapshots = blinded.twin.snapshots(blinded.at)
    merge = blinded.merge()
    keys = {key for _, key in hidden}
    for step in plan.plan_update(MAPPING, merge, snapshots):
        assert not keys & set(step.why), step
    settled = view.settle_base(MAPPING, blinded.base, snapshots, merge)
    assert all(settled.fields.get(key) == blinded.base.fields.get(key) for key in keys)


def direction(start: Sequence[Edit], edits: Sequence[Edit]) -> None:
    """3. What is written is only what the rules let across, and only where something is to change."""
    first = Pairing(blank_twin(), NO_BASE).perturb(start)
    for step in (*first.steps(), *agreed(start).perturb(edits).steps()):
        assert isinstance(step.operation, Update)
        side = step.operation.ref.side
        for key in step.why:
            assert may_write(BY_KEY[key].rule, side) or BY_KEY[key].policy is Policy.OWNER, (key, side)
            assert MAPPING.by_key[key].writable[side]
        assert set(step.operation.fields) == {BY_KEY[key].names[side] for key in step.why}


def covered_edit_is_found(value: str, *, later: bool, winner: Side) -> None:
    """3. An edit that our own write covered, unseen, is resolved by time, wins or is reported; and it is so only once."""
    pairing = agreed([(Side.SALESFORCE, "lastname", "old")])
    ours = replace(
        pairing.twin.put(Side.SALESFORCE, {"Lastname__c": "sf"}, NOON).put(Side.HUBSPOT, {"lastname": "sf"}, NOON)
    )
    read_at = pairing.at
    edited_at = read_at + timedelta(seconds=1)
    stamp = edited_at + timedelta(seconds=-30 if later else 30)
    versions = (
        Version(value="sf", at=edited_at + timedelta(seconds=1), by_us=True),
        Version(value=value, at=edited_at, by_us=False),
        Version(value="old", at=read_at - LATER, by_us=False),
    )
    twin = replace(
        ours, modified_at=Pair(edited_at + timedelta(seconds=1), stamp), history=Pair({"lastname": versions}, {})
    )
    base = replace(
        pairing.base, fields={**pairing.base.fields, "lastname": Pair("sf", "sf")}, read_at=Pair(read_at, read_at)
    )
    covered = Pairing(twin, base, read_at + LATER)
    arbiter = Arbiter(winner=winner)
    found = covered.merge(arbiter).fields["lastname"]
    if value == "sf":
        assert not found.contested
        return
    assert found.contested
    won = later or winner is Side.HUBSPOT
    assert found.after == (Pair(value, value) if won else Pair("sf", "sf"))
    assert found.lost == ({Side.SALESFORCE: "sf"} if won else {Side.HUBSPOT: value})
    again = covered.round(arbiter)
    assert not again.merge(arbiter).contested
    assert again.steps(arbiter) == []


def stray_write_is_mended(stale: str) -> None:
    """7. Our own write that a stalled worker landed late is nobody's wish: what both sides agreed on comes back."""
    pairing = agreed([(Side.SALESFORCE, "lastname", "new")])
    twin = pairing.twin.put(Side.HUBSPOT, {"lastname": stale}, pairing.at)
    ours = Version(value=stale, at=pairing.at, by_us=True)
    landed = replace(pairing, twin=replace(twin, history=Pair({"lastname": (ours,)}, {})))
    found = landed.merge().fields["lastname"]
    assert found.after == Pair("new", "new")


def edit_outlives_deletion(side: Side, *, edited: bool, confirmed: bool, how: Loss, then: OnDelete) -> None:
    """3. An edited record outlives a deletion elsewhere, and nothing is deleted without proof and permission."""
    survivor = Snapshot(ref=REFS[side.other], fields={}, modified_at=NOON, seen_at=NOON)
    gone = Gone(ref=REFS[side], how=how, seen_at=NOON)
    found = presence.decide_presence(
        LinkState.LINKED,
        Pair.of(side, gone, survivor),
        edited=Pair.of(side.other, edited, False),
        when_deleted_in=Pair.of(side, then, OnDelete.NOTHING),
        confirmed=confirmed,
    )
    allowed = confirmed and not edited and how is Loss.DELETED and then is OnDelete.DELETE
    assert isinstance(found, presence.Remove) == allowed


# --- 4 and 5 ---------------------------------------------------------------------------------------------------------


def mirror(field: Field, arbiter: Arbiter) -> None:
    """4. Swap the sides, the rule and the settings: the decision is the swapped one."""
    ours = record.merge_record([field], arbiter=arbiter).fields[field.key]
    swapped = replace(
        field,
        rule=MIRROR[field.rule],
        names=field.names.swapped(),
        now=field.now.swapped(),
        held=field.held.swapped(),
        carried=field.carried.swapped(),
        base=field.base and field.base.swapped(),
        changed=field.changed and field.changed.swapped(),
        changed_at=field.changed_at.swapped(),
        obstacle=field.obstacle.swapped(),
        writable=field.writable.swapped(),
    )
    theirs = record.merge_record([swapped], arbiter=arbiter.swapped()).fields[field.key]
    assert theirs.after == ours.after.swapped()
    assert theirs.contested == ours.contested
    assert _mirrored(theirs.verdict) == _shape(ours.verdict)
    assert (theirs.problem and theirs.problem.side.other) == (ours.problem and ours.problem.side)


def _shape(verdict: Verdict) -> tuple[str, Side | None]:
    return verdict.reason.id, verdict.side if isinstance(verdict, Take) else None


def _mirrored(verdict: Verdict) -> tuple[str, Side | None]:
    id, side = _shape(verdict)
    return id, side and side.other


def conflict_stays(start: Sequence[Edit], edits: Sequence[Edit], chosen: Side) -> None:
    """5. With nobody to prefer, a conflict is reported each round until a person chooses, and blocks no other field."""
    asking = Arbiter(winner=None)
    edited = agreed(start).perturb(edits)
    first = edited.merge(asking)
    open_keys = {f.key for f in first.fields.values() if isinstance(f.verdict, Conflict)}
    alone = edited.merge()
    for key, merged in first.fields.items():
        if key not in open_keys:
            assert merged.after == alone.fields[key].after, key
        else:
            assert merged.after == merged.before
    later = edited.round(asking).round(asking)
    again = later.merge(asking)
    assert {f.key for f in again.fields.values() if isinstance(f.verdict, Conflict)} == open_keys
    assert open_keys <= {f.key for f in again.contested}
    for key in open_keys:
        held = again.fields[key].before
        choice = Choice(side=chosen, value=held[chosen], left=held)
        resolved = later.merge(asking, {key: choice}).fields[key]
        carried = MAPPING.by_key[key].carry(chosen, resolved.before[chosen], DIRECTORY)
        assert resolved.after[chosen] == resolved.before[chosen]
        assert _cannot_cross(key, chosen, resolved.before[chosen]) or resolved.after[chosen.other] == carried


# --- 6 to 8 ----------------------------------------------------------------------------------------------------------


def order_does_not_matter(start: Sequence[Edit], edits: Sequence[Edit], seed: int) -> None:
    """6. The steps of a batch give one end in any order, and a plan is the same in whatever order its steps came."""
    edited = agreed(start).perturb(edits)
    steps = edited.steps()
    shuffled = Random(seed).sample(steps, len(steps))
    assert edited.twin.apply(steps, NOON) == edited.twin.apply(shuffled, NOON)
    batch = [*steps, *_more_steps()]
    assert plan.make_plan(batch) == plan.make_plan(Random(seed).sample(batch, len(batch)))
    ordered = order.sort_steps(batch)
    made = [step.kind for step in ordered if isinstance(step.operation, Create)]
    assert made == sorted(made, key=order.rank_kind)


def _more_steps() -> list[Step]:
    kinds = ("deals", "contacts", "companies", "tickets", "boats")
    return [
        step
        for kind in kinds
        for step in (
            Step(kind=kind, operation=_create(kind), why={}),
            Step(kind=kind, operation=Delete(ref=Ref(Side.HUBSPOT, kind, "9")), why={}),
        )
    ]


def _create(kind: str) -> Create:
    return Create(side=Side.SALESFORCE, object=kind, fields={}, key=f"k:{kind}", of=Ref(Side.HUBSPOT, kind, "1"))


def echo(start: Sequence[Edit], edits: Sequence[Edit]) -> None:
    """7. Our own writes, read back as the vendors have reshaped them, plan nothing."""
    edited = agreed(start).perturb(edits)
    back = edited.round()
    written = {(s.operation.ref.side, name) for s in edited.steps() if isinstance(s.operation, Update) for name in s.operation.fields}  # fmt: skip
    for step in back.steps():
        assert isinstance(step.operation, Update)
        assert not {(step.operation.ref.side, name) for name in step.operation.fields} & written, step
    assert back.steps() == []


def own_signal_is_no_trigger(kind: SignalKind, side: Side, fields: Sequence[str]) -> None:
    """7. A signal that our own write caused fires nothing."""
    connection = Connection(
        name="acme", hubspot=HubSpotAccess(), salesforce=SalesforceAccess(), objects={"contacts": make_settings()}
    )
    signal = Signal(kind=kind, side=side, ref=REFS[side], at=NOON, fields=tuple(fields), by_us=True)
    watched = spec.watch_mapping([MAPPING])[side, REFS[side].object]
    scene = spec.Scene(signal=signal, connection=connection, settings=make_settings(), watched=watched)
    assert match.match_signal(scene).keys == ()


def round_trip(key: str, side: Side, raw: Raw) -> None:
    """8. To the other side and back: a second time changes nothing more."""
    line = MAPPING.by_key[key]
    try:
        value = line.codec.read(side, raw)
    except ValueError:
        return
    there = line.carry(side, value, DIRECTORY)
    if not (there is None or isinstance(there, str | bool)):
        return
    assert line.codec.read(side.other, line.render(side.other, there)) == there
    back = line.carry(side.other, there, DIRECTORY)
    assert back is None or isinstance(back, str | bool)
    assert line.carry(side, back, DIRECTORY) == there


# --- 9 ---------------------------------------------------------------------------------------------------------------


def brakes_hold(deletes: int, clears: int, linked: int) -> None:
    """9. No plan that passes deletes or clears more than the allowed share of an object's links."""
    refs = [Ref(Side.SALESFORCE, "Lead", str(n)) for n in range(max(deletes, clears))]
    steps = [Step(kind="contacts", operation=Delete(ref=ref), why={}) for ref in refs[:deletes]]
    steps += [
        Step(kind="contacts", operation=Update(ref=ref, fields={"Title": None}), why={}, before={"Title": "x"})
        for ref in refs[:clears]
    ]
    tally = brakes.Tally(linked={("contacts", Side.SALESFORCE): linked})
    for backfill in (False, True):
        stopped: Sequence[Brake] = plan.make_plan(steps, tally, backfill=backfill).brakes
        whats = {brake.what for brake in stopped}
        assert ("delete" in whats) == (deletes > max(10, linked // 100))
        assert ("clear" in whats) == (clears > max(100, linked * 2 // 100))
