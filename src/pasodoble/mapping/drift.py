"""What changed in the two accounts under a mapping: fields, options and rights that appeared, changed or vanished.

Only what the mapping touches is told, with how much of it stops. Reading the schemas does not belong here, nor remembering the
last ones (`engine`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from pasodoble.mapping.check import MAY_WRITE, MUST_WRITE, SHOWN_OPTIONS, Schemas
from pasodoble.mapping.finding import Finding, Severity, Stops
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import FieldSchema, ObjectSchema
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import Side

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def check_drift(settings: ObjectSettings, old: Schemas, new: Schemas) -> tuple[Finding, ...]:
    """What is to be told of the object since its schemas were `old`; empty while nothing that matters has changed.

    An object that is not in `old` was not looked at before, so nothing can be said to have changed in it.
    """
    found: list[Finding] = []
    for place in _list_places(settings):
        before, now = old.get((place.side, place.object)), new.get((place.side, place.object))
        if before is not None:
            found.extend(_check_object(place, before, now))
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def list_resting(settings: ObjectSettings, found: Collection[Finding]) -> dict[str, frozenset[str]]:
    """By Salesforce object, the keys of the lines that a finding stops; they carry nothing until it is gone."""
    stopping = [finding for finding in found if finding.stops is Stops.LINE]
    return {
        object: frozenset(f.key for f in stopping if f.side is Side.HUBSPOT or f.object == object)
        for object in settings.salesforce_objects
    }


def keep_baseline(
    settings: ObjectSettings, old: Schemas, new: Schemas, found: Collection[Finding]
) -> dict[tuple[Side, str], ObjectSchema]:
    """What the next schemas are to be held against: the new ones, but as before wherever something is found.

    Only what can be drifted from is kept: the fields that the mapping names, and those that a create must give.
    """
    kept: dict[tuple[Side, str], ObjectSchema] = {}
    for place in _list_places(settings):
        before, now = old.get((place.side, place.object)), new.get((place.side, place.object))
        open_here = [f for f in found if place.is_of(f) and f.severity is not _NOTE]
        if before is None or now is None:
            kept |= {} if now is None else {(place.side, place.object): _narrow(place, now, now.fields)}
            continue
        stuck = {finding.field for finding in open_here}
        fields = {name: field for name, field in now.fields.items() if name not in stuck}
        fields |= {name: field for name, field in before.fields.items() if name in stuck}
        ids = {finding.id for finding in open_here}
        baseline = replace(
            _narrow(place, now, fields),
            creatable=before.creatable if "drift.creates_forbidden" in ids else now.creatable,
            deletable=before.deletable if "drift.deletes_forbidden" in ids else now.deletable,
        )
        kept[place.side, place.object] = baseline
    return kept


def _narrow(at: _Place, schema: ObjectSchema, fields: Mapping[str, FieldSchema]) -> ObjectSchema:
    mapped = at.keys()
    return replace(schema, fields={name: f for name, f in fields.items() if name in mapped or f.required})


def _list_places(settings: ObjectSettings) -> list[_Place]:
    theirs = [_Place(settings, Side.SALESFORCE, name) for name in settings.salesforce_objects]
    return [_Place(settings, Side.HUBSPOT, settings.hubspot_object), *theirs]


@dataclass(frozen=True, slots=True)
class _Place:
    """One object of one side under the mapping."""

    settings: ObjectSettings
    side: Side
    object: str

    def rules(self) -> dict[str, FieldRule]:
        """By field of this object, the line that maps it."""
        live = [rule for rule in self.settings.fields if rule.rule is not UpdateRule.DONT_SYNC]
        if self.side is Side.HUBSPOT:
            return {rule.hubspot: rule for rule in live}
        return {rule.salesforce[self.object]: rule for rule in live if self.object in rule.salesforce}

    def keys(self) -> dict[str, str]:
        """The same, by the lines' keys."""
        return {name: rule.key for name, rule in self.rules().items()}

    def is_of(self, finding: Finding) -> bool:
        return finding.side is self.side and finding.object in ("", self.object)

    def find(
        self, id: str, severity: Severity, stops: Stops, *, field: str = "", key: str = "", **detail: str | int
    ) -> Finding:
        return Finding(
            id=f"drift.{id}",
            severity=severity,
            stops=stops,
            kind=self.settings.kind,
            side=self.side,
            object=self.object if self.side is Side.SALESFORCE else "",
            field=field,
            key=key,
            detail=tuple((name, str(text)) for name, text in detail.items()),
        )


def _check_object(at: _Place, before: ObjectSchema, now: ObjectSchema | None) -> Iterator[Finding]:
    if now is None:
        yield at.find("object_gone", _ERROR, Stops.OBJECT, name=at.object)
        return
    if before.creatable and not now.creatable:
        yield at.find("creates_forbidden", _ERROR, Stops.CREATES, name=at.object)
    if before.deletable and not now.deletable:
        yield at.find("deletes_forbidden", _WARNING, Stops.DELETES, name=at.object)
    keys = at.keys()
    for name, rule in at.rules().items():
        yield from _check_field(at, rule, before.fields.get(name), now.fields.get(name))
    for name, field in now.fields.items():
        was_required = name in before.fields and before.fields[name].required
        if field.required and not was_required and name not in keys:
            yield at.find("required_unmapped", _ERROR, Stops.CREATES, field=name)


def _check_field(at: _Place, rule: FieldRule, before: FieldSchema | None, now: FieldSchema | None) -> Iterator[Finding]:
    key = rule.key
    if before is not None and now is None:
        yield at.find("field_gone", _ERROR, Stops.LINE, field=before.name, key=key)
    elif before is None and now is not None:
        yield at.find("field_there", _NOTE, Stops.NOTHING, field=now.name, key=key)
    elif before is not None and now is not None:
        for differs, id, severity, stops in _CHANGES:
            if not differs(before, now) or (id in _RIGHTS and at.side not in MAY_WRITE[rule.rule]):
                continue
            fills_only = id == "write_forbidden" and at.side not in MUST_WRITE[rule.rule]
            how = (_WARNING, Stops.VALUES) if fills_only else (severity, stops)
            yield at.find(id, *how, field=now.name, key=key, before=_word(id, before), now=_word(id, now))
        yield from _check_options(at, key, before, now)


def _is_shorter(before: int | None, now: int | None) -> bool:
    return now is not None and (before is None or now < before)


_CHANGES: tuple[tuple[Callable[[FieldSchema, FieldSchema], bool], str, Severity, Stops], ...] = (
    (lambda before, now: before.family is not now.family, "type_changed", _ERROR, Stops.LINE),
    (lambda before, now: before.writable and not now.writable, "write_forbidden", _ERROR, Stops.LINE),
    (lambda before, now: now.writable and not before.writable, "write_allowed", _NOTE, Stops.NOTHING),
    (lambda before, now: now.required and not before.required, "required", _WARNING, Stops.CREATES),
    (lambda before, now: _is_shorter(before.length, now.length), "shorter", _WARNING, Stops.VALUES),
    (lambda before, now: _is_shorter(before.scale, now.scale), "fewer_decimals", _WARNING, Stops.VALUES),
    (lambda before, now: now.restricted and not before.restricted, "restricted", _WARNING, Stops.VALUES),
)
"""What can change in a field that stays: does it differ, and what is said then."""

_RIGHTS = frozenset({"write_forbidden", "write_allowed"})
"""What matters only on a side that the line is there to write."""

_WORDS: dict[str, Callable[[FieldSchema], str | int]] = {
    "type_changed": lambda field: field.family,
    "shorter": lambda field: field.length or "",
    "fewer_decimals": lambda field: "" if field.scale is None else field.scale,
}


def _word(id: str, field: FieldSchema) -> str | int:
    return _WORDS[id](field) if id in _WORDS else ""


def _check_options(at: _Place, key: str, before: FieldSchema, now: FieldSchema) -> Iterator[Finding]:
    was = {option.value for option in before.options if option.active}
    has = {option.value for option in now.options if option.active}
    for id, options, severity, stops in (
        ("options_gone", sorted(was - has), _WARNING, Stops.VALUES),
        ("options_new", sorted(has - was), _NOTE, Stops.NOTHING),
    ):
        if options:
            shown = ", ".join(options[:SHOWN_OPTIONS])
            yield at.find(id, severity, stops, field=now.name, key=key, count=len(options), options=shown)
