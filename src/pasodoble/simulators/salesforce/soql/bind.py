"""Gives the names of one SELECT their meaning: paths and calls become typed terms that read a value from a row.

What a term may be compared with is `filters`, what is told about it in the answer is `project`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Any

from pasodoble.simulators.salesforce.moments import parse_moment
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.soql.dates import DATE_FUNCTIONS, Calendar
from pasodoble.simulators.salesforce.soql.errors import SoqlError, malformed, unknown_column, unknown_parent
from pasodoble.simulators.salesforce.soql.syntax import Call, Expression, Number, Path, Text
from pasodoble.simulators.salesforce.view import View

Read = Callable[[Row], Any]

MAX_PARENTS = 5
"""Steps up from one object. Source: SOQL and SOSL Reference, relationship query limits."""

AGGREGATES = frozenset(("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"))
WRAPPERS = frozenset(("FORMAT", "TOLABEL", "CONVERTCURRENCY"))


def name_entity() -> Sobject:
    """`Name`, the entity behind a reference to several objects: the fields they have in common."""
    from pasodoble.simulators.salesforce.schema import make_sobject

    return make_sobject(name="Name", label="Name", key_prefix="", flags=(), fields=_NAME_FIELDS)


_NAME_FIELDS = (
    Field(name="Id", type="id", label="Name ID", length=18),
    *(
        Field(name=name, type="string", label=name, length=255)
        for name in "Alias Email FirstName LastName Name NameOrAlias Phone Title Type Username".split()
    ),
    Field(name="IsActive", type="boolean", label="Active"),
    Field(name="ProfileId", type="reference", label="Profile ID", refers_to=("Profile",), relationship="Profile"),
    Field(name="UserRoleId", type="reference", label="Role ID", refers_to=("UserRole",), relationship="UserRole"),
    Field(name="RecordTypeId", type="reference", label="Record Type ID", refers_to=("RecordType",)),
)
NAME = name_entity()


@dataclass(frozen=True, slots=True)
class Term:
    """A value that each row of the SELECT's object has. `type` is a field type, `name` the path in its true spelling.

    field   the field at the path's end; None for a call.
    code    of an amount where there are several currencies: reads which one it is in.
    own     whether the value is stored on the row itself, so that an index over `field` may find it.
    """

    read: Read
    type: str
    name: str
    field: Field | None = None
    own: bool = False
    code: Read | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A point on a path: the entity there, and how to get from a row to the record (None where there is none)."""

    sobject: Sobject
    reach: Callable[[Row], Row | None]
    hops: tuple[Field, ...] = ()


def stay(row: Row) -> Row | None:
    return row


class Scope:
    """One SELECT's object with its aliases. Cheap to make; readers come from the view."""

    def __init__(self, view: View, sobject: Sobject, calendar: Calendar, alias: str | None = None) -> None:
        self.view = view
        self.sobject = sobject
        self.calendar = calendar
        root = Place(sobject, stay)
        self._aliases = {(alias or sobject.name).lower(): root, sobject.name.lower(): root}
        self._root = root

    def relate(self, path: Path, alias: str) -> None:
        """Take a further entry of FROM: `c.Account a`."""
        self._aliases[alias.lower()] = self.follow(*self._start(path.names), path.at)

    # Paths

    def term(self, expression: Expression) -> Term:
        """Raises SoqlError for what is not there, or not for this user to read."""
        return self.field_term(expression) if isinstance(expression, Path) else self.call_term(expression)

    def field_term(self, path: Path) -> Term:
        place, names = self._start(path.names)
        place = self.follow(place, names[:-1], path.at)
        return self.end_term(place, names[-1], path.at)

    def place(self, path: Path) -> Place:
        """Where a path of relationships leads, as TYPEOF names it."""
        return self.follow(*self._start(path.names), path.at)

    def names_from_row(self, path: Path) -> tuple[str, ...]:
        """The path as it runs from the row: without an alias in front, or with the path the alias stands for."""
        place, names = self._start(path.names)
        return (*(hop.relationship or "" for hop in place.hops), *names)

    def _start(self, names: tuple[str, ...]) -> tuple[Place, tuple[str, ...]]:
        """An alias or the object's own name in front stands for the row itself, unless a relationship has that name."""
        head = names[0].lower()
        if len(names) > 1 and head in self._aliases and not self.sobject.find_parent(head):
            return self._aliases[head], names[1:]
        return self._root, names

    def follow(self, place: Place, names: tuple[str, ...], at: int | None) -> Place:
        for name in names:
            parent = place.sobject.find_parent(name)
            if parent is None or (place.sobject is not NAME and not self.view.find_field(place.sobject, parent.name)):
                raise unknown_parent(name, at)
            if len(place.hops) == MAX_PARENTS:
                raise malformed("Maximum number of levels in a relationship path is 5", at)
            place = self._climb(place, parent, name, at)
        return place

    def _climb(self, place: Place, parent: Field, name: str, at: int | None) -> Place:
        related, reach = self.view.related, place.reach
        targets = [s for s in map(self.view.find_sobject, parent.refers_to) if s is not None]
        if not targets:
            raise unknown_parent(name, at)

        def step(row: Row) -> Row | None:
            here = reach(row)
            found = None if here is None else related(parent, here)
            return None if found is None else found[1]

        return Place(targets[0] if len(targets) == 1 else NAME, step, (*place.hops, parent))

    def end_term(self, place: Place, name: str, at: int | None) -> Term:
        sobject, reach = place.sobject, place.reach
        spelled = ".".join([*(hop.relationship or "" for hop in place.hops), ""])
        if sobject is NAME:
            field = NAME.find_field(name)
            if field is None:
                raise unknown_column(name, "Name", at)
            read = self.name_reader(field)
        else:
            field = self.view.find_field(sobject, name)
            if field is None:
                raise unknown_column(name, sobject.name, at)
            read = self.view.reader(sobject, field)
        code = self._code_reader(sobject, field)
        if not place.hops:
            return Term(read, field.type, field.name, field, own=True, code=code)
        there = None if code is None else _reader_there(code, reach)
        return Term(_reader_there(read, reach), field.type, spelled + field.name, field, code=there)

    def _code_reader(self, sobject: Sobject, field: Field) -> Read | None:
        """Reads the currency an amount of this field is in; None where there is but one."""
        code = self.view.find_field(sobject, "CurrencyIsoCode") if field.type == "currency" else None
        return None if code is None else self.view.reader(sobject, code)

    def name_reader(self, field: Field) -> Read:
        """Reads a field of whatever object the record is of; null where that object has no such field."""
        view = self.view
        if field.name == "Type":
            return self.entity_type
        readers: dict[str, Read | None] = {}

        def read(row: Row) -> Any:
            prefix = row["Id"][:3]
            if prefix not in readers:
                sobject = view.org.sobject_of(row["Id"])
                found = view.find_field(sobject, field.name) if sobject else None
                readers[prefix] = view.reader(sobject, found) if sobject and found else None
            reader = readers[prefix]
            return None if reader is None else reader(row)

        return read

    def entity_type(self, row: Row) -> str | None:
        """What `Who.Type` and `Owner.Type` say: the object's name, but `Queue` for a group that is one."""
        sobject = self.view.org.sobject_of(row["Id"])
        if sobject is not None and sobject.name == "Group" and row.get("Type") == "Queue":
            return "Queue"
        return None if sobject is None else sobject.name

    # Calls

    def call_term(self, call: Call) -> Term:
        """Calls that need one row only; aggregates are bound where rows are grouped."""
        if call.function in DATE_FUNCTIONS:
            return self._date_call(call)
        if call.function in WRAPPERS:
            return self._wrapper_call(call)
        if call.function == "DISTANCE":
            return self._distance_call(call)
        if call.function in AGGREGATES:
            raise malformed("aggregate function is not allowed here: " + call.name, call.at)
        raise malformed(f"unknown function: {call.name}", call.at)

    def argument(self, call: Call, count: int = 1) -> Expression:
        if len(call.arguments) != count or isinstance(call.arguments[0], Text | Number):
            raise malformed(f"wrong arguments to function {call.name}", call.at)
        return call.arguments[0]

    def _date_call(self, call: Call) -> Term:
        inner = self.argument(call)
        zone = None
        if isinstance(inner, Call) and inner.function == "CONVERTTIMEZONE":
            zone = self.calendar.zone
            inner = self.argument(inner)
        term = self.term(inner)
        if term.type not in ("date", "datetime") or (call.function == "HOUR_IN_DAY" and term.type == "date"):
            raise malformed(f"field {term.name} does not support the function {call.function}", call.at)
        cut, read, fiscal_month = DATE_FUNCTIONS[call.function], term.read, self.calendar.fiscal_month

        def read_part(row: Row) -> Any:
            value = read(row)
            moment: datetime | None = None if value is None else parse_moment(value)
            if moment is None:
                return None
            return cut(moment.astimezone(zone) if zone else moment, fiscal_month)

        result = "date" if call.function == "DAY_ONLY" else "int"
        return Term(read_part, result, f"{call.function}({term.name})")

    def _wrapper_call(self, call: Call) -> Term:
        return self.wrap(call, self.term(self.argument(call)))

    def wrap(self, call: Call, term: Term) -> Term:
        """A value as FORMAT, toLabel or convertCurrency gives it; it keeps the field's name."""
        if call.function == "CONVERTCURRENCY":
            if term.type != "currency":
                raise malformed(f"convertCurrency() can only be used with currency fields: {term.name}", call.at)
            return self.convert(term)
        if call.function == "TOLABEL":
            return self._label_call(term, call)
        return Term(formatter(term, self.calendar), "string", term.name, term.field)

    def convert(self, term: Term) -> Term:
        """An amount in the corporate currency, which is every user's own here."""
        if term.code is None:
            return replace(term, own=False)
        read, code = term.read, term.code
        currencies = list(self.view.org.table("CurrencyType").rows.values())
        rates = {row["IsoCode"]: row["ConversionRate"] for row in currencies}
        corporate = next(row["IsoCode"] for row in currencies if row.get("IsCorporate"))

        def read_converted(row: Row) -> Any:
            value = read(row)
            return None if value is None else value / rates.get(code(row), 1.0)

        return Term(read_converted, term.type, term.name, term.field, code=lambda _: corporate)

    def _label_call(self, term: Term, call: Call) -> Term:
        if term.field is None or term.type not in ("picklist", "multipicklist", "combobox"):
            raise SoqlError("INVALID_FIELD", f"toLabel() is not supported on field {term.name}", call.at)
        labels = {choice.value: choice.label for choice in term.field.choices}
        read = term.read

        def read_label(row: Row) -> Any:
            value = read(row)
            return None if value is None else ";".join(labels.get(part, part) for part in value.split(";"))

        return Term(read_label, "string", term.name, term.field)

    def _distance_call(self, call: Call) -> Term:
        """DISTANCE(location, GEOLOCATION(latitude, longitude), 'km'|'mi')"""
        match call.arguments:
            case (
                Path() as path,
                Call(arguments=(Number(value=north), Number(value=east))),
                Text(value="km" | "mi" as unit),
            ):
                term = self.field_term(path)
            case _:
                raise malformed(
                    "DISTANCE needs a location field, GEOLOCATION(latitude,longitude) and 'mi' or 'km'", call.at
                )
        if term.type not in ("location", "address"):
            raise malformed(f"DISTANCE can only be used with a location field: {term.name}", call.at)
        read, here, radius = term.read, (float(north), float(east)), 6371.0088 if unit == "km" else 3958.7613

        def read_distance(row: Row) -> float | None:
            spot = read(row)
            if not spot or spot.get("latitude") is None or spot.get("longitude") is None:
                return None
            return radius * _angle(here, (spot["latitude"], spot["longitude"]))

        return Term(read_distance, "double", f"DISTANCE({term.name})")


def _reader_there(read: Read, reach: Callable[[Row], Row | None]) -> Read:
    """Reads from the record at the end of a path; null where there is none."""

    def read_there(row: Row) -> Any:
        record = reach(row)
        return None if record is None else read(record)

    return read_there


def _angle(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The angle between two places on a sphere (haversine), in radians."""
    (north_a, east_a), (north_b, east_b) = (tuple(map(radians, p)) for p in (a, b))
    half = sin((north_b - north_a) / 2) ** 2 + cos(north_a) * cos(north_b) * sin((east_b - east_a) / 2) ** 2
    return 2 * asin(sqrt(half))


def _with_code(read: Read, code: Read) -> Read:
    """An amount as FORMAT() shows it in an org of several currencies."""

    def read_amount(row: Row) -> Any:
        value = read(row)
        return None if value is None else f"{code(row)} {value:,.2f}"

    return read_amount


def formatter(term: Term, calendar: Calendar) -> Read:
    """What FORMAT() shows to a user of the locale en_US."""
    if term.code is not None:
        return _with_code(term.read, term.code)
    read, spell = term.read, _SPELLINGS.get(term.type, _spell_plain)

    def read_formatted(row: Row) -> Any:
        value = read(row)
        return None if value is None else spell(value, calendar)

    return read_formatted


def _spell_plain(value: Any, _: Calendar) -> str:
    return str(value)


def _spell_moment(value: str, calendar: Calendar) -> str:
    moment = parse_moment(value)
    if moment is None:
        return value
    local = moment.astimezone(calendar.zone)
    return f"{_spell_day(local.date().isoformat(), calendar)}, {local.hour % 12 or 12}:{local:%M %p}"


def _spell_day(value: str, _: Calendar) -> str:
    year, month, day = value[:10].split("-")
    return f"{int(month)}/{int(day)}/{year}"


_SPELLINGS: dict[str, Callable[[Any, Calendar], str]] = {
    "date": _spell_day,
    "datetime": _spell_moment,
    "currency": lambda value, _: f"USD {value:,.2f}",
    "double": lambda value, _: f"{value:,}",
    "int": lambda value, _: f"{value:,}",
    "percent": lambda value, _: f"{value:,}%",
    "boolean": lambda value, _: "true" if value else "false",
}
