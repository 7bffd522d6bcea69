"""From snapshots to fields, and from a finished merge to the new base."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.laws.laws import Pairing, agreed
from tests.laws.pair_world import DIRECTORY, LATER, MAPPING, NOON, Twin

from pasodoble.model.conflict import Choice
from pasodoble.model.link import Base
from pasodoble.model.record import Version
from pasodoble.model.side import Pair, Side
from pasodoble.model.verdict import Conflict
from pasodoble.reconcile.merge import ARBITER
from pasodoble.reconcile.policy import Arbiter
from pasodoble.reconcile.record import merge_record
from pasodoble.reconcile.view import find_lost_edit, merge_pair, settle_base

LASTNAME = MAPPING.by_key["lastname"]
START = [(Side.HUBSPOT, "lastname", "Ana"), (Side.HUBSPOT, "email", "ana@example.com"), (Side.HUBSPOT, "phase", "new")]


def versions(*rows: tuple[str, int, bool]) -> tuple[Version, ...]:
    return tuple(Version(value=value, at=NOON + timedelta(seconds=at), by_us=ours) for value, at, ours in rows)


def with_history(twin: Twin, *rows: tuple[str, int, bool]) -> Twin:
    return replace(twin, history=Pair({"lastname": versions(*rows)}, {}))


def test_fields_in_step_are_passed_over_and_still_shown() -> None:
    merge = agreed(START).merge()
    assert merge.decided == {}
    assert set(merge.fields) == set(MAPPING.by_key)
    assert {f.verdict.reason.id for f in merge.fields.values()} == {"rule.in_step"}


def test_the_short_way_comes_to_the_same_as_the_long_one() -> None:
    pairing = agreed(START)
    short = pairing.merge()
    twin = replace(pairing.twin, history=Pair({"unrelated": ()}, {}))
    long = replace(pairing, twin=twin).merge()
    assert len(long.decided) == len(MAPPING.lines)
    assert long.settle() == short.settle()
    assert long.writes(Side.HUBSPOT) == short.writes(Side.HUBSPOT) == {}


def test_the_fingerprint_of_a_side_is_kept_only_where_it_says_that_all_is_well() -> None:
    pairing = agreed(START)
    snapshots = pairing.twin.snapshots(pairing.at)
    fresh = Pair(*(MAPPING.fingerprint(s, snapshots[s].fields) for s in Side))
    assert settle_base(MAPPING, pairing.base, snapshots, pairing.merge()).seen == fresh
    edited = pairing.perturb([(Side.HUBSPOT, "lastname", "Bo")])
    after = edited.round().base
    assert after.seen.salesforce == "", "it was written: what the vendor made of it is not known yet"
    assert after.seen.hubspot != ""
    stuck = pairing.perturb([(Side.HUBSPOT, "lastname", "much too long for Salesforce")])
    assert stuck.round().base.seen == Pair("", "")


def test_the_base_remembers_each_vendors_clock_at_the_read() -> None:
    pairing = agreed(START)
    snapshots = pairing.twin.snapshots(pairing.at)
    late = Pair(snapshots.hubspot, replace(snapshots.salesforce, seen_at=NOON))
    assert settle_base(MAPPING, pairing.base, late, pairing.merge()).read_at == Pair(pairing.at, NOON)


def test_an_edit_under_our_write_is_found() -> None:
    snap = with_history(agreed(START).twin, ("ours", 3, True), ("theirs", 2, False), ("old", 0, False)).snapshots(NOON)
    found = find_lost_edit(LASTNAME, Side.HUBSPOT, snap.hubspot, NOON + timedelta(seconds=1))
    assert found == ("theirs", NOON + timedelta(seconds=2))


def test_what_was_there_before_our_read_is_no_lost_edit() -> None:
    snap = with_history(agreed(START).twin, ("ours", 3, True), ("theirs", 2, False)).snapshots(NOON)
    assert find_lost_edit(LASTNAME, Side.HUBSPOT, snap.hubspot, NOON + timedelta(seconds=2)) is None
    assert find_lost_edit(LASTNAME, Side.HUBSPOT, snap.hubspot, None) is None


def test_somebody_elses_latest_value_hides_nothing() -> None:
    snap = with_history(agreed(START).twin, ("theirs", 3, False), ("ours", 2, True)).snapshots(NOON)
    assert find_lost_edit(LASTNAME, Side.HUBSPOT, snap.hubspot, NOON) is None


def test_an_edit_to_the_very_value_that_we_wrote_is_none() -> None:
    snap = with_history(agreed(START).twin, ("same", 3, True), (" same ", 2, False)).snapshots(NOON)
    assert find_lost_edit(LASTNAME, Side.HUBSPOT, snap.hubspot, NOON) is None


def test_the_fields_own_history_decides_who_was_later() -> None:
    edited = agreed(START).perturb([(Side.HUBSPOT, "lastname", "Bo"), (Side.SALESFORCE, "lastname", "Cy")])
    stamp = edited.twin.modified_at.salesforce
    base = edited.base.read_at.hubspot
    assert base is not None
    later = Version(value="Bo", at=stamp + LATER, by_us=False)
    twin = replace(edited.twin, history=Pair({"lastname": (later,)}, {}))
    found = replace(edited, twin=twin).merge().fields["lastname"]
    assert found.verdict.reason.id == "rule.newer"
    assert found.after == Pair("Bo", "Bo")
    unknown = edited.merge().fields["lastname"]
    assert unknown.verdict.reason.id == "rule.tie"
    assert unknown.after == Pair("Cy", "Cy")


def test_a_merge_of_no_fields_is_quiet() -> None:
    nothing = merge_record([])
    assert nothing.quiet
    assert nothing.settle() == {}


def test_an_owner_that_cannot_be_looked_up_is_left_alone() -> None:
    pairing = agreed(START).perturb([(Side.SALESFORCE, "owner", "005000000000001AAA")])
    blind = merge_pair(MAPPING, pairing.base, pairing.twin.snapshots(pairing.at))
    assert blind.fields["owner"].verdict.reason.id == "special.owner_unmatched"
    seeing = merge_pair(MAPPING, pairing.base, pairing.twin.snapshots(pairing.at), lookup=DIRECTORY)
    assert seeing.fields["owner"].after == Pair("7", "005000000000001AAA")


def covered(value: str) -> Pairing:
    """A pair whose HubSpot name was edited after our read, and then covered by our own write of what Salesforce says."""
    pairing = agreed([(Side.SALESFORCE, "lastname", "Ana")])
    edited_at = pairing.at + timedelta(seconds=5)
    history = (
        Version(value="Ana", at=edited_at + timedelta(seconds=1), by_us=True),
        Version(value=value, at=edited_at, by_us=False),
    )
    base = replace(pairing.base, read_at=Pair(pairing.at, pairing.at))
    twin = replace(pairing.twin, history=Pair({"lastname": history}, {}))
    return Pairing(twin, base, pairing.at + LATER)


def settled(pairing: Pairing, *failed: str, arbiter: Arbiter = ARBITER) -> Base:
    merge, snapshots = pairing.merge(arbiter), pairing.twin.snapshots(pairing.at)
    return settle_base(MAPPING, pairing.base, snapshots, merge, Pair(failed, failed))


def test_a_covered_edit_comes_back_and_is_then_done_with() -> None:
    pairing = covered("Bo")
    assert pairing.merge().writes(Side.HUBSPOT) == pairing.merge().writes(Side.SALESFORCE) == {"lastname": "Bo"}
    assert settled(pairing).read_at.hubspot == pairing.at


def test_a_covered_edit_that_could_not_be_brought_back_is_found_again() -> None:
    pairing = covered("Bo")
    base = settled(pairing, "lastname")
    assert base.read_at.hubspot == pairing.base.read_at.hubspot
    assert replace(pairing, base=base).merge().fields["lastname"].after == Pair("Bo", "Bo")


def test_a_covered_edit_that_a_person_is_to_judge_stays_a_conflict() -> None:
    ask = Arbiter(winner=None, skew=timedelta(days=1))
    pairing = covered("Bo")
    for _ in range(3):
        found = pairing.merge(ask).fields["lastname"]
        assert isinstance(found.verdict, Conflict)
        assert found.after == found.before
        pairing = replace(pairing, base=settled(pairing, arbiter=ask), at=pairing.at + LATER)


def test_a_covered_edit_that_cannot_be_carried_stays_a_problem() -> None:
    pairing = covered("much too long for Salesforce")
    again = replace(pairing, base=settled(pairing), at=pairing.at + LATER)
    for one in (pairing, again):
        found = one.merge().fields["lastname"]
        assert found.problem is not None
        assert found.problem.cause == "value.too_long"
        assert one.merge().quiet


def test_a_value_that_somebody_set_since_our_read_has_changed_even_to_what_the_base_says() -> None:
    """Somebody put the old value back over a write of ours: by the values alone, only Salesforce would have changed."""

    def changed_under(at_s: int, *, by_us: bool) -> str:
        pairing = agreed(START).perturb([(Side.SALESFORCE, "lastname", "Bo")])
        twin = with_history(pairing.twin, ("Ana", at_s, by_us))
        base = replace(pairing.base, read_at=Pair(NOON + timedelta(seconds=2), NOON))
        return replace(pairing, twin=twin, base=base).merge().fields["lastname"].verdict.reason.id

    assert changed_under(1, by_us=False) == "rule.changed"
    assert changed_under(2, by_us=False) == "rule.changed"
    assert changed_under(3, by_us=True) == "rule.changed"
    assert changed_under(3, by_us=False) != "rule.changed"


def test_a_choice_for_a_line_that_is_gone_is_passed_over() -> None:
    pairing = agreed(START).perturb([(Side.HUBSPOT, "lastname", "Bo")])
    gone = {"no_such_line": Choice(side=Side.HUBSPOT, value="x", left=Pair("x", "y"))}
    assert pairing.merge(ARBITER, gone) == pairing.merge()
