"""Three-way merge of a whole record: a verdict a field, what each side is to hold, and the base when that is done.

One field never stands in another's way: what cannot be read, carried or written becomes a problem of that field alone. The
decision on one field is in `merge`; turning it into writes is `planner`'s, and does not belong here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from pasodoble.model.cause import Problem
from pasodoble.model.message import Message
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING, Value
from pasodoble.model.verdict import Conflict, Keep, Take, Verdict
from pasodoble.reconcile.field import Field
from pasodoble.reconcile.merge import ARBITER, differ, merge_field, take
from pasodoble.reconcile.policy import Arbiter
from pasodoble.reconcile.reasons import REST, Rest, Why
from pasodoble.reconcile.special import LAWS, is_backward

NOBODY_CHOSE: Final[Mapping[str, Side]] = MappingProxyType({})
NOTHING_FAILED: Final[Pair[Collection[str]]] = Pair((), ())

_OPEN = frozenset({REST[r] for r in (Rest.NOT_GIVEN, Rest.READ_ONLY, Rest.CANNOT_CARRY, Rest.OWNER_UNMATCHED)})
_BASELESS = frozenset({REST[Rest.DONT_SYNC], REST[Rest.DORMANT]})


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMerge:
    """What was decided for one field.

    before   what each side holds now
    after    what each side is to hold, canonical in its own terms: a side on which both differ is to be written
    wished   what counted as each side's value: somebody's edit that our own write covered stands here again
    base     as it was before
    problem  why the field could not be carried, where it could not
    """

    key: str
    verdict: Verdict
    before: Pair[Value]
    after: Pair[Value]
    wished: Pair[Value]
    base: Pair[Value] | None = None
    problem: Problem | None = None
    put_back: Pair[bool] = Pair(False, False)  # noqa: RUF009 - a frozen value

    @property
    def contested(self) -> bool:
        """Whether a change of somebody's lost, or waits for a person to choose: it goes into the list of conflicts."""
        return isinstance(self.verdict, Conflict) or (isinstance(self.verdict, Take) and self.verdict.contested)

    @property
    def lost(self) -> dict[Side, Value]:
        """Of a contested field, the values that somebody set and that are not to stay, by side."""
        return {s: self.wished[s] for s in SIDES if self.contested and self.wished[s] != self.after[s]}

    def writes(self, side: Side) -> bool:
        return self.after[side] != self.before[side]

    def restores(self, side: Side) -> bool:
        """Whether an edit that our own writing had covered there is put back, now or a moment ago."""
        return self.wished[side] != self.before[side] or self.put_back[side]

    @property
    def is_open(self) -> bool:
        """Whether something is left to be done that cannot be done now: the field keeps the base it had."""
        return _is_open(self.verdict)

    @property
    def is_unanswered(self) -> bool:
        """Whether an answer left the field out without a word why, so that it is to be asked for again."""
        return self.verdict.reason == REST[Rest.NOT_GIVEN] and self.problem is None

    def settle(self, *, failed: bool = False) -> Pair[Value] | None:
        """The field's base once the writes are done, or once one of them `failed`; None where it is to have none."""
        if self.verdict.reason in _BASELESS:
            return None
        if not failed and self.verdict.reason == REST[Rest.OWNER_UNMATCHED]:
            return self.before  # not in step, but whoever chooses another owner is to be seen doing so (O-07)
        return self.base if failed or self.is_open else self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMerge:
    """What was decided for one record, by the keys of the mapping's lines.

    decided  the fields that had to be looked at closely
    agreed   what both sides hold in all others, which are in step: most fields of most records, so they stay this small
    """

    decided: Mapping[str, FieldMerge]
    agreed: Mapping[str, Pair[Value]] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, FieldMerge]:
        """All fields, those in step too: for showing and explaining."""
        in_step = Keep(REST[Rest.IN_STEP])
        shown = {
            key: FieldMerge(key=key, verdict=in_step, before=held, after=held, wished=held)
            for key, held in self.agreed.items()
        }
        return shown | dict(self.decided)

    def writes(self, side: Side) -> dict[str, Value]:
        """By key, the values to be written to that side, canonical in its terms."""
        return {key: f.after[side] for key, f in self.decided.items() if f.writes(side)}

    def put(self, key: str, side: Side, value: Value, carried: Value, reason: Message) -> RecordMerge:
        """The same, but that `side` is to hold this value and the other side `carried`; MISSING there: what it holds now."""
        held = self.fields[key]
        other = held.before[side.other] if carried is MISSING else carried
        merged = replace(held, verdict=Take(side, reason), after=Pair.of(side, value, other), problem=None)
        return replace(self, decided={**self.decided, key: merged})

    @property
    def quiet(self) -> bool:
        """Whether neither side is to be written."""
        return not any(f.writes(side) for f in self.decided.values() for side in SIDES)

    @property
    def contested(self) -> tuple[FieldMerge, ...]:
        return tuple(f for f in self.decided.values() if f.contested)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(f.problem for f in self.decided.values() if f.problem is not None)

    @property
    def needs_another_look(self) -> bool:
        """Whether the same values may come to something else next time, so that they must not be passed over unread."""
        return any(f.is_open and (f.problem or f.verdict.reason != REST[Rest.NOT_GIVEN]) for f in self.decided.values())

    @property
    def lacks_answer(self) -> bool:
        """Whether a field that both sides have was left out of an answer."""
        return any(f.is_unanswered for f in self.decided.values())

    def loses_sight(self, side: Side, failed: Pair[Collection[str]] = NOTHING_FAILED) -> bool:
        """Whether an edit that our own write covered on that side is still to be dealt with, so that it must be found again.

        So may one be in a field that the answer left out.
        """
        return any(
            (f.restores(side) and (f.is_open or any(key in failed[s] for s in SIDES)))
            or (f.is_unanswered and f.before[side] is MISSING)
            for key, f in self.decided.items()
        )

    def settle(self, failed: Pair[Collection[str]] = NOTHING_FAILED) -> dict[str, Pair[Value]]:
        """The base's fields once all writes are done, but for those of the keys that failed on a side.

        A failed field keeps the base it had, so that the change is still seen as one next time.
        """
        settled = dict(self.agreed)
        for key, f in self.decided.items():
            base = f.settle(failed=any(key in failed[side] and f.writes(side) for side in SIDES))
            if base is not None:
                settled[key] = base
        return settled


def merge_record(
    fields: Iterable[Field], *, arbiter: Arbiter = ARBITER, chosen: Mapping[str, Side] = NOBODY_CHOSE
) -> RecordMerge:
    """Decide every field of a pair of records. Never raises.

    chosen   by key, the side whose value a person has said counts
    """
    return RecordMerge(decided={f.key: _merge(f, arbiter, chosen.get(f.key)) for f in fields})


def _merge(field: Field, arbiter: Arbiter, chosen: Side | None) -> FieldMerge:
    verdict = _decide(field, arbiter, chosen)
    taken = verdict.side if isinstance(verdict, Take) else None
    if taken is not None and (bar := _find_bar(field, taken, arbiter)):
        verdict = Keep(REST[bar])
    return FieldMerge(
        key=field.key,
        verdict=verdict,
        before=field.held,
        after=_find_after(field, verdict),
        wished=field.now,
        base=field.base,
        put_back=field.put_back,
        problem=_find_problem(field, verdict, taken),
    )


def _find_after(field: Field, verdict: Verdict) -> Pair[Value]:
    """What each side is to hold. An edit found under our own write comes back, unless the field is left open."""
    if isinstance(verdict, Take):
        return Pair.of(verdict.side, field.now[verdict.side], field.carried[verdict.side])
    return field.held if _is_open(verdict) else field.now


def _is_open(verdict: Verdict) -> bool:
    return isinstance(verdict, Conflict) or verdict.reason in _OPEN


def _decide(field: Field, arbiter: Arbiter, chosen: Side | None) -> Verdict:
    if field.dormant:
        return Keep(REST[Rest.DORMANT])
    law = LAWS.get(field.policy)
    if (law or chosen) and field.rule is not UpdateRule.DONT_SYNC and differ(field.now, field.carried):
        if chosen:
            return take(chosen, Why.CHOSEN)
        if law and (verdict := law(field, arbiter)):
            return verdict
    return merge_field(
        field.rule, field.now, field.carried, field.changed, changed_at=field.changed_at, arbiter=arbiter
    )


def _find_bar(field: Field, side: Side, arbiter: Arbiter) -> Rest | None:
    """Why `side`'s value cannot be taken, if it cannot. A field that is barred stays as it is on both sides."""
    if field.carried[side] is MISSING:
        return Rest.CANNOT_CARRY
    if not field.writable[side.other]:
        return Rest.READ_ONLY
    return Rest.FORWARD_ONLY if is_backward(field, side, arbiter) else None


def _find_problem(field: Field, verdict: Verdict, taken: Side | None) -> Problem | None:
    """What to tell of a value that cannot be read, or that should have been taken and cannot be carried."""
    if verdict.reason == REST[Rest.NOT_GIVEN]:
        unread = next((s for s in SIDES if field.now[s] is MISSING and field.obstacle[s]), None)
        return _tell(field, unread, at=unread) if unread else None
    if verdict.reason == REST[Rest.CANNOT_CARRY] and taken and field.obstacle[taken]:
        return _tell(field, taken, at=taken.other)
    return None


def _tell(field: Field, side: Side, *, at: Side) -> Problem:
    """`side`'s value is at fault; `at` is where the field is named, so that a person finds it."""
    return Problem(cause=field.obstacle[side], side=at, fields=(field.names[at],))
