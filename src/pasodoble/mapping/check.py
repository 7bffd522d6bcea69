"""Is a mapping sound? Settings against what both accounts have now (`mapping lint`, part of `check`). Findings, never errors.

What changed since the last look is `drift`'s; faults that a settings file shows by itself are found when it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pasodoble.errors import MappingError
from pasodoble.mapping.convert.catalogue import FITTING, Join, build_codec
from pasodoble.mapping.convert.choice import SEPARATOR
from pasodoble.mapping.convert.codec import Codec, Loss, Unfit
from pasodoble.mapping.finding import Finding, Severity, Stops
from pasodoble.mapping.presets import KINDS
from pasodoble.model.rule import FieldRule, Policy, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side

Schemas = Mapping[tuple[Side, str], ObjectSchema]
"""What each side says of its objects, by the vendor's name; an object that is not there was not found."""

OWNER_PROPERTY = "hubspot_owner_id"
SHOWN_OPTIONS = 12
"""Options that a finding names before it only counts."""

MUST_WRITE: Mapping[UpdateRule, tuple[Side, ...]] = {
    UpdateRule.TWO_WAY: SIDES,
    UpdateRule.PREFER_SALESFORCE: (Side.HUBSPOT,),
    UpdateRule.ALWAYS_SALESFORCE: (Side.HUBSPOT,),
    UpdateRule.PREFER_HUBSPOT: (Side.SALESFORCE,),
    UpdateRule.ALWAYS_HUBSPOT: (Side.SALESFORCE,),
    UpdateRule.DONT_SYNC: (),
}
"""Sides that a line is there to write: where one cannot be written, the line does not do what it says."""
MAY_WRITE: Mapping[UpdateRule, tuple[Side, ...]] = {
    **MUST_WRITE,
    UpdateRule.PREFER_SALESFORCE: SIDES,
    UpdateRule.PREFER_HUBSPOT: SIDES,
}
"""Those, and sides that the line fills while the leading side is blank."""


@dataclass(frozen=True, slots=True)
class _Joined:
    """One line on one Salesforce object, both fields found."""

    settings: ObjectSettings
    object: str
    rule: FieldRule
    fields: Pair[FieldSchema]

    def find(self, id: str, side: Side, severity: Severity, stops: Stops, **detail: str | int) -> Finding:
        return Finding(
            id=id,
            severity=severity,
            stops=stops,
            kind=self.settings.kind,
            side=side,
            object=self.object,
            key=self.rule.key,
            field=self.fields[side].name,
            detail=tuple((name, str(text)) for name, text in detail.items()),
        )


def check_mapping(settings: ObjectSettings, schemas: Schemas) -> tuple[Finding, ...]:
    """All findings on one object's mapping, errors first, then in the order of its lines."""
    found = [*_check_objects(settings, schemas), *_check_one_to_one(settings), *_check_required(settings, schemas)]
    for rule in settings.fields:
        if rule.rule is not UpdateRule.DONT_SYNC:
            found.extend(_check_line(settings, rule, schemas))
    order = list(Severity)
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: order.index(finding.severity)))


def _check_objects(settings: ObjectSettings, schemas: Schemas) -> Iterator[Finding]:
    wanted = [
        (Side.HUBSPOT, settings.hubspot_object),
        *((Side.SALESFORCE, name) for name in settings.salesforce_objects),
    ]
    for side, name in wanted:
        if (side, name) not in schemas:
            yield _of_object(settings, "object_missing", side, name, Severity.ERROR, Stops.OBJECT)
    if not settings.enabled:  # M-14
        yield _of_object(settings, "object_off", Side.HUBSPOT, settings.hubspot_object, Severity.NOTE, Stops.OBJECT)


def _of_object(
    settings: ObjectSettings, id: str, side: Side, name: str, severity: Severity, stops: Stops, field: str = ""
) -> Finding:
    object = name if side is Side.SALESFORCE else ""
    detail = (("name", name),)
    return Finding(
        id=id, severity=severity, stops=stops, kind=settings.kind, side=side, object=object, field=field, detail=detail
    )


def _check_one_to_one(settings: ObjectSettings) -> Iterator[Finding]:
    """M-11. The first line that names a property or field has it."""
    taken: dict[tuple[str, str], str] = {}
    for rule in settings.fields:
        for object, name in (("", rule.hubspot), *rule.salesforce.items()):
            side = Side.SALESFORCE if object else Side.HUBSPOT
            if (object, name) in taken:
                yield Finding(
                    id="not_one_to_one",
                    severity=Severity.ERROR,
                    stops=Stops.LINE,
                    kind=settings.kind,
                    side=side,
                    object=object,
                    key=rule.key,
                    field=name,
                    detail=(("other", taken[object, name]),),
                )
            taken.setdefault((object, name), rule.key)


def _check_required(settings: ObjectSettings, schemas: Schemas) -> Iterator[Finding]:
    """Fields that a create must give, and that nothing gives (C-12)."""
    live = [rule for rule in settings.fields if rule.rule is not UpdateRule.DONT_SYNC]
    created = [(Side.SALESFORCE, settings.create_in_salesforce)] if settings.create_in_salesforce else []
    if settings.create_in_hubspot:
        created.append((Side.HUBSPOT, settings.hubspot_object))
    for side, name in created:
        schema = schemas.get((side, name))
        given = {rule.salesforce.get(name, "") if side is Side.SALESFORCE else rule.hubspot for rule in live}
        for field in schema.fields.values() if schema else ():
            if (
                field.required
                and field.name not in given
                and not (side is Side.SALESFORCE and field.name in settings.placeholder)
            ):
                yield _of_object(settings, "required_unmapped", side, name, Severity.ERROR, Stops.CREATES, field.name)


def _check_line(settings: ObjectSettings, rule: FieldRule, schemas: Schemas) -> Iterator[Finding]:
    hubspot = schemas.get((Side.HUBSPOT, settings.hubspot_object))
    ours = hubspot.fields.get(rule.hubspot) if hubspot else None
    theirs = {
        object: schema.fields[name]
        for object, name in rule.salesforce.items()
        if (schema := schemas.get((Side.SALESFORCE, object))) and name in schema.fields
    }
    if hubspot and ours is None:
        yield _missing(settings, rule, Side.HUBSPOT, rule.hubspot)
    if not theirs and any(
        (Side.SALESFORCE, object) in schemas for object in rule.salesforce
    ):  # M-13: one object will do
        yield _missing(settings, rule, Side.SALESFORCE, ", ".join(dict.fromkeys(rule.salesforce.values())))
    for object, field in theirs.items():
        if ours is not None:
            yield from _check_joined(_Joined(settings, object, rule, Pair(ours, field)))


def _missing(settings: ObjectSettings, rule: FieldRule, side: Side, name: str) -> Finding:
    return Finding(
        id="field_missing",
        severity=Severity.ERROR,
        stops=Stops.LINE,
        kind=settings.kind,
        side=side,
        key=rule.key,
        field=name,
    )


def _check_joined(at: _Joined) -> Iterator[Finding]:
    refused = list(_check_refused(at))
    yield from refused
    if refused:
        return
    codec = build_codec(Join(fields=at.fields, rule=at.rule))
    spec = KINDS.get(at.settings.kind)
    shipped = spec is not None and at.rule in spec.rules
    for check in _CHECKS if shipped else (*_CHECKS, *_CHECKS_OF_OWN_LINES):
        yield from check(at, codec)


def _check_refused(at: _Joined) -> Iterator[Finding]:
    """What can never be mapped, whatever the rule."""
    ours, theirs = at.fields
    if ours.family is Family.OWNER and ours.name != OWNER_PROPERTY:  # M-19
        yield at.find("user_property", Side.HUBSPOT, Severity.ERROR, Stops.LINE)
    elif theirs.family is Family.REFERENCE and at.object.endswith("__c"):  # M-20
        yield at.find("custom_lookup", Side.SALESFORCE, Severity.ERROR, Stops.LINE)
    else:
        try:
            build_codec(Join(fields=at.fields, rule=at.rule))
        except MappingError:
            fitting = FITTING.get((ours.family, theirs.family), ())
            id = "converter_unfit" if fitting else "type_mismatch"  # M-12, MT-10
            accepted = sorted(salesforce for hubspot, salesforce in FITTING if hubspot is ours.family)
            yield at.find(
                id,
                Side.SALESFORCE,
                Severity.ERROR,
                Stops.LINE,
                hubspot_type=ours.family,
                salesforce_type=theirs.family,
                accepted=", ".join(fitting or accepted),
            )


def _check_rights(at: _Joined, codec: Codec) -> Iterator[Finding]:
    """M-21: what cannot be written is a source only. M-25: nothing calculated in a two-way pair."""
    if at.rule.policy is not Policy.RULE:
        return
    for side in MUST_WRITE[at.rule.rule]:
        field = at.fields[side]
        if field.writable and not field.calculated:
            continue
        if at.rule.rule is UpdateRule.TWO_WAY and field.calculated:
            yield at.find("calculated_two_way", side, Severity.ERROR, Stops.VALUES)
        elif at.rule.rule is UpdateRule.TWO_WAY:
            yield at.find("read_only", side, Severity.WARNING, Stops.VALUES)
        else:
            yield at.find("read_only", side, Severity.ERROR, Stops.LINE)


def _check_loss(at: _Joined, codec: Codec) -> Iterator[Finding]:
    """A richer side that a poorer one may overwrite."""
    if codec.loss is not Loss.LOSSLESS and at.rule.rule is UpdateRule.TWO_WAY:
        poorer = Side.SALESFORCE if codec.name != "day_of_moment" else _day_side(at.fields)
        yield at.find("lossy_two_way", poorer.other, Severity.WARNING, Stops.NOTHING, converter=codec.name)


def _day_side(fields: Pair[FieldSchema]) -> Side:
    return Side.HUBSPOT if fields.hubspot.family is Family.DATE else Side.SALESFORCE


def _check_options(at: _Joined, codec: Codec) -> Iterator[Finding]:
    """Options that have no counterpart (MV-01): such a value will be a problem of its record."""
    for side in MAY_WRITE[at.rule.rule]:
        source = at.fields[side.other]
        stray = [
            option.value
            for option in source.options
            if option.active
            and SEPARATOR not in option.value
            and isinstance(codec.carry(side.other, option.value), Unfit)
        ]
        if stray and codec.name in ("choice", "choices", "record_type"):
            shown = ", ".join(stray[:SHOWN_OPTIONS])
            yield at.find("options_differ", side, Severity.WARNING, Stops.VALUES, count=len(stray), options=shown)


def _check_value_map(at: _Joined, codec: Codec) -> Iterator[Finding]:
    """A value map that names options nobody has, or that does not lead back to where it came from."""
    named = Pair(
        [*at.rule.values, *at.rule.values_back.values()],
        [*at.rule.values.values(), *at.rule.values_back],
    )
    for side in SIDES:
        known = {option.value for option in at.fields[side].options}
        stray = sorted({value for value in named[side] if value not in known}) if known else []
        if stray:
            shown = ", ".join(stray[:SHOWN_OPTIONS])
            yield at.find("value_map_unknown", side, Severity.WARNING, Stops.NOTHING, count=len(stray), options=shown)
    for theirs, ours in at.rule.values_back.items():
        there = codec.carry(Side.HUBSPOT, ours)
        if isinstance(there, str) and codec.carry(Side.SALESFORCE, there) != ours:
            yield at.find(
                "value_map_astray", Side.SALESFORCE, Severity.WARNING, Stops.NOTHING, option=theirs, stands_for=ours
            )


_Check = Callable[[_Joined, Codec], Iterator[Finding]]
_CHECKS: tuple[_Check, ...] = (_check_rights, _check_options)
_CHECKS_OF_OWN_LINES: tuple[_Check, ...] = (_check_loss, _check_value_map)
"""What the shipped lines do knowingly: their value maps are for every edition of both vendors, and a deal closes on a day."""
