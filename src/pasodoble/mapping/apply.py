"""A mapping made ready for work: raw records in, canonical values out, and back, for one kind and one Salesforce object.

Everything that depends on settings and schemas only is settled once, in `compile_mapping`; what is left for each record are
straight lists. Who wins does not belong here (`reconcile`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from hashlib import blake2b
from operator import itemgetter
from types import MappingProxyType

import orjson

from pasodoble.errors import MappingError
from pasodoble.mapping.convert.catalogue import Join, build_codec
from pasodoble.mapping.convert.codec import NOBODY, Carried, Codec, Lookup, Unfit, UnreadableValue
from pasodoble.model.cause import Problem
from pasodoble.model.ref import Kind
from pasodoble.model.rule import FieldRule, Policy, UpdateRule
from pasodoble.model.schema import Family, ObjectSchema
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import MISSING, Missing, Raw, Value

VERSION = 1
"""Moves when a canonical spelling changes: every fingerprint changes with it, so every record is looked at closely once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One field rule on one Salesforce object.

    names      the field's name on each side
    writable   per side, whether an update may write it; `creatable`, whether a create may: where neither, the side is
               a source only
    required   per side, whether a create must give it
    calculated per side, whether the vendor works it out itself
    """

    rule: FieldRule
    names: Pair[str]
    family: Family
    codec: Codec
    writable: Pair[bool]
    creatable: Pair[bool]
    required: Pair[bool]
    calculated: Pair[bool]

    @property
    def key(self) -> str:
        return self.rule.key

    @property
    def update_rule(self) -> UpdateRule:
        return self.rule.rule

    @property
    def policy(self) -> Policy:
        return self.rule.policy

    def carry(self, side: Side, value: Value, lookup: Lookup = NOBODY) -> Carried:
        """What the other side would hold if `side`'s value were carried across. See `Codec.carry`."""
        return self.codec.carry(side, value, lookup)

    def render(self, side: Side, value: Value, source: Raw | Missing = None) -> Raw:
        """What to send to `side`. See `Codec.render`."""
        return self.codec.render(side, value, source)

    def agree(self, values: Pair[Value], lookup: Lookup = NOBODY) -> bool:
        """Whether there is nothing to write in this field. See `Codec.agree`."""
        return self.codec.agree(values, lookup)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A rule that does nothing on this object. `cause` as in the catalogue of causes; "" where that is as it should be."""

    rule: FieldRule
    side: Side
    cause: str


class CompiledMapping:
    """The lines that work on one pair of objects, in the order of the settings.

    objects       the vendor's object on each side
    read_fields   per side, the vendor's field names, one a line, in the order of the lines
    skipped       the rules that do nothing here, and why
    resting       keys of those that are to do something, and cannot for now: what they agreed on is kept
    """

    def __init__(self, kind: Kind, objects: Pair[str], lines: Sequence[Line], skipped: Sequence[Skipped] = ()) -> None:
        self.kind = kind
        self.objects = objects
        self.lines = tuple(lines)
        self.skipped = tuple(skipped)
        self.resting = frozenset(skip.rule.key for skip in skipped if skip.cause) - {line.key for line in lines}
        self.by_key: Mapping[str, Line] = MappingProxyType({line.key: line for line in lines})
        self.read_fields = Pair(*(tuple(line.names[side] for line in lines) for side in SIDES))
        self._pipelines = tuple(line for line in lines if line.codec.name == "record_type" and not line.rule.dormant)
        self._keys = tuple(line.key for line in lines)
        self._reads = Pair(*(tuple(line.codec.spellings[side].read for line in lines) for side in SIDES))
        self._picks = self.read_fields.map(_make_pick)
        self._seed = _hash_lines(lines)

    def fingerprint(self, side: Side, fields: Mapping[str, Raw]) -> str:
        """A short, stable hash of the record's raw mapped values and of the mapping itself: equal means unchanged."""
        try:
            raws: Sequence[object] = self._picks[side](fields)
        except KeyError:
            raws = [fields.get(name, _ABSENT) for name in self.read_fields[side]]
        return blake2b(_dump(raws), digest_size=12, key=self._seed).hexdigest()

    def knows_pipeline(self, side: Side, fields: Mapping[str, Raw]) -> bool:
        """Whether the record's pipeline or record type has a counterpart by the value map; true where no line joins them."""
        for line in self._pipelines:
            try:
                value = line.codec.read(side, fields.get(line.names[side], MISSING))
            except UnreadableValue:
                return False
            if value is not None and value is not MISSING and isinstance(line.carry(side, value), Unfit):
                return False
        return True

    def canonical(self, side: Side, fields: Mapping[str, Raw]) -> tuple[dict[str, Value], tuple[Problem, ...]]:
        """The record's values by line key. One that cannot be read is MISSING, and a problem of that field alone."""
        try:
            raws = self._picks[side](fields)
            values = [None if raw is None else read(raw) for read, raw in zip(self._reads[side], raws, strict=True)]
        except (KeyError, UnreadableValue):
            return self._read_singly(side, fields)
        return dict(zip(self._keys, values, strict=True)), ()

    def _read_singly(self, side: Side, fields: Mapping[str, Raw]) -> tuple[dict[str, Value], tuple[Problem, ...]]:
        values: dict[str, Value] = {}
        problems = []
        for line in self.lines:
            name = line.names[side]
            try:
                values[line.key] = line.codec.read(side, fields.get(name, MISSING))
            except UnreadableValue as unreadable:
                values[line.key] = MISSING
                problems.append(Problem(cause=unreadable.cause, side=side, fields=(name,)))
        return values, tuple(problems)


_Pick = Callable[[Mapping[str, Raw]], Sequence[Raw]]
_ABSENT: tuple[()] = ()
"""How a field that was not given goes into a fingerprint: unlike any raw value."""


def _make_pick(names: tuple[str, ...]) -> _Pick:
    """Takes the named fields of a record at once. Raises KeyError where one was not given."""
    if len(names) < 2:
        return lambda fields: tuple(fields[name] for name in names)
    return itemgetter(*names)


def _dump(raws: Sequence[object]) -> bytes:
    try:
        return orjson.dumps(raws)
    except TypeError:  # integers beyond 64 bits, halves of surrogate pairs
        return ascii(raws).encode()


def _hash_lines(lines: Sequence[Line]) -> bytes:
    """What a fingerprint depends on besides the values: every line as it decides, and the version of the spellings."""
    said = [
        (*line.names, line.rule.rule, line.rule.policy, line.codec.name, line.rule.dormant, _sorted(line.rule))
        for line in lines
    ]
    return blake2b(orjson.dumps((VERSION, said)), digest_size=16).digest()


def _sorted(rule: FieldRule) -> list[list[tuple[str, str]]]:
    return [sorted(rule.values.items()), sorted(rule.values_back.items())]


def compile_mapping(
    settings: ObjectSettings,
    salesforce_object: str,
    schemas: Pair[ObjectSchema],
    *,
    zone: tzinfo = UTC,
    resting: Collection[str] = (),
) -> CompiledMapping:
    """Join what the settings say to what both sides have. What cannot be joined is in `skipped`, never an error.

    zone     says which calendar day a moment falls on, where a line joins a day to a moment
    resting  keys of lines under which a schema has changed (`drift`): skipped until it is as it was
    """
    lines: list[Line] = []
    skipped: list[Skipped] = []
    for rule in settings.fields:
        if rule.key in resting:
            skipped.append(Skipped(rule, Side.SALESFORCE, "mapping.schema_changed"))
            continue
        made = _join_line(rule, salesforce_object, schemas, zone)
        lines.append(made) if isinstance(made, Line) else skipped.append(made)
    objects = Pair(settings.hubspot_object, salesforce_object)
    return CompiledMapping(settings.kind, objects, lines, skipped)


def _join_line(rule: FieldRule, salesforce_object: str, schemas: Pair[ObjectSchema], zone: tzinfo) -> Line | Skipped:
    if rule.rule is UpdateRule.DONT_SYNC:
        return Skipped(rule, Side.SALESFORCE, "")
    theirs = schemas.salesforce.fields.get(rule.salesforce.get(salesforce_object, ""))
    if theirs is None:
        return Skipped(rule, Side.SALESFORCE, "")  # M-13
    ours = schemas.hubspot.fields.get(rule.hubspot)
    if ours is None:
        return Skipped(rule, Side.HUBSPOT, "mapping.field_missing")
    fields = Pair(ours, theirs)
    if not any(field.writable or field.creatable for field in fields):
        return Skipped(rule, Side.SALESFORCE, "mapping.read_only")
    try:
        codec = build_codec(Join(fields=fields, rule=rule, zone=zone))
    except MappingError:
        return Skipped(rule, Side.SALESFORCE, "mapping.type_mismatch")
    return Line(
        rule=rule,
        names=fields.map(lambda field: field.name),
        family=theirs.family,
        codec=codec,
        writable=fields.map(lambda field: field.writable and not field.calculated),
        creatable=fields.map(lambda field: field.creatable and not field.calculated),
        required=fields.map(lambda field: field.required),
        calculated=fields.map(lambda field: field.calculated),
    )
