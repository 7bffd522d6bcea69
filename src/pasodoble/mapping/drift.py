"""What changed in the two accounts under a mapping: fields, options and rights that appeared, changed or vanished.

Only what the mapping touches is told, with how much of it stops. Reading the schemas does not belong here, nor remembering the
last ones (`engine`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pasodoble.mapping.check import SHOWN_OPTIONS, Schemas
from pasodoble.mapping.finding import Finding, Severity, Stops
from pasodoble.model.rule import UpdateRule
from pasodoble.model.schema import FieldSchema, ObjectSchema
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import Side

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE


def check_drift(settings: ObjectSettings, old: Schemas, new: Schemas) -> tuple[Finding, ...]:
    """What is to be told of the object since its schemas were `old`; empty while nothing that matters has changed.

    An object that is not in `old` was not looked at before, so nothing can be said to have changed in it.
    """
    found: list[Finding] = []
    places = [
        (Side.HUBSPOT, settings.hubspot_object),
        *((Side.SALESFORCE, name) for name in settings.salesforce_objects),
    ]
    for side, object in places:
        before, now = old.get((side, object)), new.get((side, object))
        if before is not None:
            found.extend(_check_object(_Place(settings, side, object), before, now))
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


@dataclass(frozen=True, slots=True)
class _Place:
    """One object of one side under the mapping."""

    settings: ObjectSettings
    side: Side
    object: str

    def keys(self) -> dict[str, str]:
        """By field of this object, the line that maps it."""
        live = [rule for rule in self.settings.fields if rule.rule is not UpdateRule.DONT_SYNC]
        if self.side is Side.HUBSPOT:
            return {rule.hubspot: rule.key for rule in live}
        return {rule.salesforce[self.object]: rule.key for rule in live if self.object in rule.salesforce}

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
    for name, key in keys.items():
        yield from _check_field(at, key, before.fields.get(name), now.fields.get(name))
    for name, field in now.fields.items():
        was_required = name in before.fields and before.fields[name].required
        if field.required and not was_required and name not in keys:
            yield at.find("required_unmapped", _ERROR, Stops.CREATES, field=name)


def _check_field(at: _Place, key: str, before: FieldSchema | None, now: FieldSchema | None) -> Iterator[Finding]:
    if before is not None and now is None:
        yield at.find("field_gone", _ERROR, Stops.LINE, field=before.name, key=key)
    elif before is None and now is not None:
        yield at.find("field_there", _NOTE, Stops.NOTHING, field=now.name, key=key)
    elif before is not None and now is not None:
        for differs, id, severity, stops in _CHANGES:
            if differs(before, now):
                yield at.find(
                    id, severity, stops, field=now.name, key=key, before=_word(id, before), now=_word(id, now)
                )
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
