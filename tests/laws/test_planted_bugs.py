"""Who watches the watchmen: each bug below is planted in the core, and a law has to notice it within a few hundred cases.

A law that no planted bug can break proves nothing, so the last test asks for one bug a law at least.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.laws import laws
from tests.laws.test_laws import ARBITERS, EDITS, HIDDEN, SIDES, STARTS, edit, field

from pasodoble.mapping.apply import CompiledMapping, Line
from pasodoble.model.rule import Policy
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import MISSING
from pasodoble.model.verdict import Conflict, Take
from pasodoble.planner import brakes, order, plan
from pasodoble.reconcile import merge, policy, presence, record, special, view
from pasodoble.reconcile.record import FieldMerge, RecordMerge
from pasodoble.triggers import match

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Bug:
    name: str
    law: Callable[..., None]
    plant: Plant


def swap(target: object, name: str, bad: Any) -> Plant:
    return lambda patch: patch.setattr(target, name, bad)


def both(*plants: Plant) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        for one in plants:
            one(patch)

    return plant


# What each law is tried on.
CASES: dict[Callable[..., None], tuple[st.SearchStrategy[Any], ...]] = {
    laws.quiet: (STARTS,),
    laws.short_way_is_the_long_way: (STARTS, EDITS),
    laws.settles: (STARTS, EDITS),
    laws.no_lost_edit: (STARTS, EDITS),
    laws.special_laws: (STARTS, EDITS),
    laws.not_given_is_not_blank: (STARTS, EDITS, HIDDEN),
    laws.direction: (STARTS, EDITS),
    laws.mirror: (field(), ARBITERS),
    laws.conflict_stays: (STARTS, EDITS, SIDES),
    laws.order_does_not_matter: (STARTS, EDITS, st.integers(0, 1000)),
    laws.echo: (STARTS, EDITS),
    laws.stray_write_is_mended: (st.sampled_from(["old", "older"]),),
}
KEYWORDS: dict[Callable[..., None], dict[str, st.SearchStrategy[Any]]] = {
    laws.covered_edit_is_found: {"value": st.sampled_from(["Ana", "Bo"]), "later": st.booleans(), "winner": SIDES},
    laws.edit_outlives_deletion: {
        "side": SIDES,
        "edited": st.booleans(),
        "confirmed": st.booleans(),
        "how": st.sampled_from(list(presence.Loss)),
        "then": st.sampled_from(list(presence.OnDelete)),
    },
    laws.own_signal_is_no_trigger: {
        "kind": st.sampled_from(list(laws.SignalKind)),
        "side": SIDES,
        "fields": st.lists(st.sampled_from(["lastname", "Lastname__c"])),
    },
    laws.brakes_hold: {
        "deletes": st.integers(0, 60),
        "clears": st.integers(0, 250),
        "linked": st.sampled_from([0, 1000, 5000, 10_000]),
    },
}


def round_trip(one: laws.Edit) -> None:
    side, key, raw = one
    laws.round_trip(key, side, raw)


CASES[round_trip] = (edit(),)

# --- the bugs --------------------------------------------------------------------------------------------------------

_agree, _settle, _cross = merge.agree, RecordMerge.settle, CompiledMapping.canonical
_sort, _check, _decide, _merge = order.sort_steps, brakes._check, presence._decide_loss, record._merge
_render, _count = Line.render, brakes._count


def _same_spelling(now: Pair[Any], carried: Pair[Any]) -> bool:
    return bool(now.hubspot == now.salesforce)


def _blank_agrees(mapping: CompiledMapping, values: Pair[Any], lookup: Any) -> dict[str, Pair[Any]]:
    return {key: Pair(None, values.salesforce[key]) for key in mapping.by_key if values.hubspot[key] is None}


def _one_base(self: RecordMerge, failed: Any = record.NOTHING_FAILED) -> dict[str, Pair[Any]]:
    return {key: Pair(base.hubspot, base.hubspot) for key, base in _settle(self, failed).items()}


def _blank_for_missing(self: CompiledMapping, side: Side, fields: Any) -> Any:
    values, problems = _cross(self, side, fields)
    return {key: None if value is MISSING else value for key, value in values.items()}, problems


def _silent(side: Side, why: Any, *, contested: bool = False) -> Take:
    return Take(side, merge.WHY[why, side], contested=False)


def _never_moves(self: FieldMerge, *, failed: bool = False) -> Pair[Any] | None:
    return self.base


def _forget_on_open(self: RecordMerge, failed: Any = record.NOTHING_FAILED) -> dict[str, Pair[Any]]:
    return {key: f.after for key, f in self.decided.items()} | dict(self.agreed)


def _conflict_blocks_all(fields: Any, **rest: Any) -> RecordMerge:
    made = record.RecordMerge(decided={f.key: _merge(f, rest["arbiter"], rest["chosen"].get(f.key)) for f in fields})
    if not any(isinstance(f.verdict, Conflict) for f in made.decided.values()):
        return made
    return RecordMerge(decided={key: replace(f, after=f.before) for key, f in made.decided.items()})


def _problem_blocks_all(fields: Any, **rest: Any) -> RecordMerge:
    made = record.RecordMerge(decided={f.key: _merge(f, rest["arbiter"], None) for f in fields})
    if not made.problems:
        return made
    return RecordMerge(decided={key: replace(f, after=f.before) for key, f in made.decided.items()})


def _record_time_lies(line: Line, side: Side, snapshot: Any, base: Any, edit: Any) -> policy.Span:
    return policy.Span.at(snapshot.modified_at)


def _only_hubspot_leads(self: policy.Arbiter, changed_at: Any) -> Side:
    return Side.HUBSPOT


def _unproven(lost: Side, seen: Any, *, edited: bool, then: Any, confirmed: bool) -> Any:
    return _decide(lost, seen, edited=edited, then=then, confirmed=True)


def _delete_beats_edit(lost: Side, seen: Any, *, edited: bool, then: Any, confirmed: bool) -> Any:
    return _decide(lost, seen, edited=False, then=then, confirmed=confirmed)


def _unseen_is_gone(lost: Side, seen: Any, *, edited: bool, then: Any, confirmed: bool) -> Any:
    gone = replace(seen[lost], how=presence.Loss.DELETED)
    return _decide(lost, seen.put(lost, gone), edited=edited, then=then, confirmed=confirmed)


def _backfill_deletes(counts: Any, tally: Any, where: Any, limits: Any, *, backfill: bool) -> Any:
    return iter(()) if backfill else _check(counts, tally, where, limits, backfill=backfill)


def _wide(setting: int, default: int, share: float, linked: int) -> int:
    return max(default, int(share * 10 * linked))


def _cut(self: Line, side: Side, value: Any, source: Any = None) -> Any:
    raw = _render(self, side, value, source)
    return raw[:2] if isinstance(raw, str) else raw


BUGS = (
    Bug("values are compared as they are spelled", laws.quiet, both(swap(merge, "agree", _same_spelling), swap(view, "_find_agreed", lambda *a: {}))),
    Bug("a blank agrees with anything", laws.short_way_is_the_long_way, swap(view, "_find_agreed", _blank_agrees)),
    Bug("the base is lost", laws.no_lost_edit, swap(RecordMerge, "settle", lambda self, failed=None: {})),
    Bug("one base for both sides", laws.no_lost_edit, swap(RecordMerge, "settle", _one_base)),
    Bug("the base never moves", laws.no_lost_edit, both(swap(FieldMerge, "settle", _never_moves), swap(view, "_find_agreed", lambda *a: {}))),
    Bug("a loss is not reported", laws.no_lost_edit, both(swap(merge, "take", _silent), swap(special, "take", _silent))),
    Bug("the leader wins whatever the rule", laws.no_lost_edit, swap(merge, "LEADS", dict.fromkeys(policy.MIRROR, policy.Lead(Side.SALESFORCE, yields=False)))),
    Bug("an address may be blanked", laws.special_laws, swap(record, "LAWS", {Policy.OPT_OUT: special.opt_out, Policy.OWNER: special.follow_owner})),
    Bug("Salesforce opts people in again", laws.special_laws, swap(record, "LAWS", {Policy.NEVER_BLANK: special.keep_filled, Policy.OWNER: special.follow_owner})),
    Bug("owners follow their rule only", laws.special_laws, swap(record, "LAWS", {Policy.NEVER_BLANK: special.keep_filled, Policy.OPT_OUT: special.opt_out})),
    Bug("what is missing is blank", laws.not_given_is_not_blank, swap(CompiledMapping, "canonical", _blank_for_missing)),
    Bug("what is left open is forgotten", laws.not_given_is_not_blank, swap(RecordMerge, "settle", _forget_on_open)),
    Bug("read-only fields are written", laws.direction, swap(record, "_find_bar", lambda field, side, arbiter: record.Rest.CANNOT_CARRY if field.carried[side] is MISSING else None)),
    Bug("any rule fills any blank", laws.direction, swap(merge, "may_write", lambda rule, side: True)),
    Bug("time favours HubSpot", laws.mirror, swap(policy.Arbiter, "find_later", _only_hubspot_leads)),
    Bug("a blank in HubSpot is no blank", laws.mirror, swap(merge, "SIDES", (Side.SALESFORCE,))),
    Bug("a conflict blocks its neighbours", laws.conflict_stays, swap(view, "merge_record", _conflict_blocks_all)),
    Bug("a person's choice is not heard", laws.conflict_stays, swap(view, "merge_record", lambda fields, **rest: record.merge_record(fields, arbiter=rest["arbiter"]))),
    Bug("the record's stamp counts as the field's", laws.no_lost_edit, swap(view, "_find_span", _record_time_lies)),
    Bug("a bad field blocks its neighbours", laws.settles, swap(view, "merge_record", _problem_blocks_all)),
    Bug("nothing is carried", laws.settles, swap(FieldMerge, "writes", lambda self, side: False)),
    Bug("steps stay as they came", laws.order_does_not_matter, swap(plan, "sort_steps", tuple)),
    Bug("kinds in the order of the alphabet", laws.order_does_not_matter, swap(order, "_rank", lambda step: (order._phase(step), 0, step.kind, order._name(step.operation)))),
    Bug("only half of a value arrives", laws.echo, swap(Line, "render", _cut)),
    Bug("rendered values read back as others", round_trip, swap(Line, "render", _cut)),
    Bug("echoes are heard", laws.own_signal_is_no_trigger, swap(match, "match_signal", lambda scene: match.Match(fired=tuple(t for t in match.TRIGGERS if match._hears(t, scene))))),
    Bug("a late write of ours is an edit", laws.stray_write_is_mended, swap(view, "_is_ours", lambda *a: False)),
    Bug("history is not looked at", laws.covered_edit_is_found, swap(view, "find_lost_edit", lambda *a: None)),
    Bug("a covered edit is always restored", laws.covered_edit_is_found, swap(policy.Arbiter, "find_later", _only_hubspot_leads)),
    Bug("a deletion needs no proof", laws.edit_outlives_deletion, swap(presence, "_decide_loss", _unproven)),
    Bug("a deletion beats an edit", laws.edit_outlives_deletion, swap(presence, "_decide_loss", _delete_beats_edit)),
    Bug("out of sight is gone", laws.edit_outlives_deletion, swap(presence, "_decide_loss", _unseen_is_gone)),
    Bug("a backfill may delete", laws.brakes_hold, swap(brakes, "_check", _backfill_deletes)),
    Bug("the allowed share is ten times as large", laws.brakes_hold, swap(brakes, "_widen", _wide)),
)  # fmt: skip


def attempt(law: Callable[..., None]) -> None:
    """Try the law on some hundred cases, always the same; stop at the first that breaks it."""
    careful = settings(
        max_examples=400,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    careful(given(*CASES.get(law, ()), **KEYWORDS.get(law, {}))(law))()


@pytest.mark.parametrize("bug", BUGS, ids=[bug.name for bug in BUGS])
def test_law_notices(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    with pytest.raises(AssertionError):
        attempt(bug.law)


def test_every_law_is_broken_by_some_bug() -> None:
    assert {bug.law for bug in BUGS} == set(CASES) | set(KEYWORDS)
