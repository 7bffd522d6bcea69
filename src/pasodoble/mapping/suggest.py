"""Which lines an account seems to want: from names, types, and whether real pairs of records hold the same values.

A suggestion is never applied by itself, and says what speaks for it. Reading the sample of records does not belong here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from pasodoble.mapping.convert.catalogue import Join, build_codec, find_codec_name
from pasodoble.mapping.convert.codec import Codec, UnreadableValue
from pasodoble.mapping.spec import make_rule
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import FieldSchema, ObjectSchema
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING, Raw, Value

Sample = Sequence[Pair[Mapping[str, Raw]]]
"""Raw fields of records that are known to be the same thing on both sides."""

NAME_WEIGHT = 0.35
"""How much names count where values can be compared; where they cannot, names are all there is, and count for less."""
UNPROVEN = 0.8
LEAST_SCORE = 0.6
LEAST_NAME_RATIO = 0.5
LEAST_COMPARED = 5
LEAST_DISTINCT = 3
"""Two columns that hold one value each agree by accident."""
LEAST_MAPPED_SHARE = 0.9
SYSTEM_PROPERTY = re.compile(r"hs_.*|createdate|lastmodifieddate|num_.*|salesforce.*|pasodoble_key")
SYSTEM_FIELD = re.compile(
    r"Id|IsDeleted|SystemModstamp|(Created|LastModified|LastViewed|LastReferenced)(Date|ById)|Pasodoble_Key__c"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A line that might be wanted.

    score        0 to 1, the best first
    name_ratio   how alike the names are, 0 to 1
    compared     pairs of the sample in which both sides had a value
    agreeing     those of them in which both sides say the same
    """

    rule: FieldRule
    codec: str
    score: float
    name_ratio: float
    compared: int
    agreeing: int


def suggest_rules(
    objects: Pair[ObjectSchema], sample: Sample, *, taken: Collection[FieldRule] = ()
) -> tuple[Suggestion, ...]:
    """One to one, best first: no property or field twice, none that `taken` has."""
    candidates = sorted(
        _iter_candidates(objects, sample, taken), key=lambda s: (-s.score, s.rule.key, *s.rule.salesforce.values())
    )
    chosen: list[Suggestion] = []
    used: set[tuple[Side, str]] = set()
    for one in candidates:
        ends = {(Side.HUBSPOT, one.rule.hubspot), *((Side.SALESFORCE, name) for name in one.rule.salesforce.values())}
        if not used & ends:
            used |= ends
            chosen.append(one)
    return tuple(chosen)


def _iter_candidates(objects: Pair[ObjectSchema], sample: Sample, taken: Collection[FieldRule]) -> Iterator[Suggestion]:
    object = objects.salesforce.object
    ours = _find_free(objects.hubspot, SYSTEM_PROPERTY, {rule.hubspot for rule in taken})
    theirs = _find_free(objects.salesforce, SYSTEM_FIELD, {rule.salesforce.get(object, "") for rule in taken})
    texts = Pair(*(_find_texts(sample, side, fields) for side, fields in zip(SIDES, (ours, theirs), strict=True)))
    for hubspot in ours:
        for salesforce in theirs:
            fields = Pair(hubspot, salesforce)
            ratio = compare_names(fields)
            alike = ratio >= LEAST_NAME_RATIO or texts.hubspot[hubspot.name] & texts.salesforce[salesforce.name]
            suggestion = _weigh(fields, object, sample, ratio) if alike else None
            if suggestion is not None and suggestion.score >= LEAST_SCORE:
                yield suggestion


def _find_free(schema: ObjectSchema, system: re.Pattern[str], taken: set[str]) -> list[FieldSchema]:
    return [f for name, f in sorted(schema.fields.items()) if name not in taken and not system.fullmatch(name)]


def _find_texts(sample: Sample, side: Side, fields: Sequence[FieldSchema]) -> dict[str, set[str]]:
    """By field, the values of the sample in one rough spelling: to leave out at once what has nothing in common."""
    return {
        f.name: {
            str(raw).strip().lower().removesuffix(".0")
            for pair in sample
            if (raw := pair[side].get(f.name)) not in (None, "")
        }
        for f in fields
    }


def _weigh(fields: Pair[FieldSchema], object: str, sample: Sample, name_ratio: float) -> Suggestion | None:
    """None where the types do not fit, or neither side can be written."""
    update_rule = _suggest_update_rule(fields)
    if update_rule is None:
        return None
    rule = make_rule(fields.hubspot.name, fields.salesforce.name, (object,), update_rule)
    name = find_codec_name(fields, rule)
    if name is None:
        return None
    codec = build_codec(Join(fields=fields, rule=rule))
    columns = _read_columns(codec, fields, sample)
    if name in ("choice", "choices") and (values := _learn_values(columns)):
        rule = make_rule(rule.hubspot, rule.salesforce, (object,), rule.rule, values=values)
        codec = build_codec(Join(fields=fields, rule=rule))
    agreeing = sum(codec.agree(pair) for pair in columns)
    proven = len(columns) >= LEAST_COMPARED and min(len({p[side] for p in columns}) for side in SIDES) >= LEAST_DISTINCT
    share = agreeing / len(columns) if columns else 0.0
    score = NAME_WEIGHT * name_ratio + (1 - NAME_WEIGHT) * share if proven else UNPROVEN * name_ratio
    return Suggestion(
        rule=rule,
        codec=name,
        score=round(score, 3),
        name_ratio=round(name_ratio, 3),
        compared=len(columns),
        agreeing=agreeing,
    )


def _suggest_update_rule(fields: Pair[FieldSchema]) -> UpdateRule | None:
    """What can be written: both ways by the usual rule, a source only where one side is read-only."""
    hubspot, salesforce = fields.map(lambda field: field.writable and not field.calculated)
    if not hubspot and not salesforce:
        return None
    if hubspot and not salesforce:
        return UpdateRule.ALWAYS_SALESFORCE
    return UpdateRule.ALWAYS_HUBSPOT if salesforce and not hubspot else UpdateRule.PREFER_SALESFORCE


def _read_columns(codec: Codec, fields: Pair[FieldSchema], sample: Sample) -> list[Pair[Value]]:
    """The pairs in which both sides have a value that can be read."""
    columns = []
    for pair in sample:
        try:
            values = Pair(*(codec.read(side, pair[side].get(fields[side].name, MISSING)) for side in SIDES))
        except UnreadableValue:
            continue
        if not any(value is None or value is MISSING for value in values):
            columns.append(values)
    return columns


def _learn_values(columns: Sequence[Pair[Value]]) -> dict[str, str]:
    """A value map from what stands side by side, where that is nearly always the same; empty if it is not, or not needed."""
    together: dict[str, Counter[str]] = {}
    for ours, theirs in columns:
        together.setdefault(str(ours), Counter())[str(theirs)] += 1
    best = {ours: seen.most_common(1)[0] for ours, seen in sorted(together.items())}
    if len(columns) < LEAST_COMPARED or sum(count for _, count in best.values()) < LEAST_MAPPED_SHARE * len(columns):
        return {}
    many_to_one = len({theirs for theirs, _ in best.values()}) < min(len(best), LEAST_DISTINCT)
    learnt = {ours: theirs for ours, (theirs, _) in best.items() if ours != theirs}
    return {} if many_to_one else learnt


def compare_names(fields: Pair[FieldSchema]) -> float:
    """0 to 1: the closest of names and labels, whatever their case, separators and custom-field endings."""
    ours, theirs = fields.map(lambda field: {_plain(field.name), _plain(field.label)} - {""})
    return max((SequenceMatcher(None, a, b).ratio() for a in ours for b in theirs), default=0.0)


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower().removesuffix("__c"))
