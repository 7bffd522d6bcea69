"""Operations of a list's property filters: one table an operation type, from operators to tests of a value.

Trees of filters do not belong here (see `list_filters`).
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.moments import DAY_MS, parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.property_model import Property
from pasodoble.simulators.hubspot.records import Record

if TYPE_CHECKING:
    from pasodoble.simulators.hubspot.portal import Portal


@dataclass(frozen=True, slots=True)
class Facts:
    """What an operation may ask about one record."""

    portal: Portal
    kind: ObjectType
    row: Record

    def value(self, name: str) -> str | None:
        value = self.row.values.get(name)
        reader = self.portal.readers[self.kind.type_id].get(name)
        return reader(self.portal, self.kind, self.row) if value is None and reader is not None else value

    def past(self, name: str) -> list[str]:
        """All values the property ever had."""
        return [change.values[name] for change in self.row.history if change.values.get(name)]

    def set_ms(self, name: str) -> int | None:
        """When the property was last written."""
        return next((change.at_ms for change in reversed(self.row.history) if name in change.values), None)

    @property
    def now_ms(self) -> int:
        return self.portal.now_ms()


Check = Callable[[Facts], bool]
Wanted = Mapping[str, Any]
Compare = Callable[[str, Wanted], bool]
"""Whether a value that is there passes, by the operation's own members."""


def _number(text: object) -> float:
    try:
        return float(str(text))
    except ValueError:
        return float("nan")


def _words(wanted: Wanted) -> list[str]:
    """The texts asked for, in lower case: `values`, or the one `value`."""
    values = wanted["values"] if "values" in wanted else [wanted.get("value", "")]
    return [str(value).lower() for value in values]


def _chosen(value: str) -> set[str]:
    return set(value.split(";"))


TEXT: Final[dict[str, Compare]] = {
    "IS_EQUAL_TO": lambda value, wanted: value.lower() in _words(wanted),
    "CONTAINS": lambda value, wanted: any(word in value.lower() for word in _words(wanted)),
    "CONTAINS_EXACTLY": lambda value, wanted: any(word in value.lower().split() for word in _words(wanted)),
    "STARTS_WITH": lambda value, wanted: value.lower().startswith(tuple(_words(wanted))),
    "ENDS_WITH": lambda value, wanted: value.lower().endswith(tuple(_words(wanted))),
}
NUMBER: Final[dict[str, Compare]] = {
    "IS_EQUAL_TO": lambda value, wanted: _number(value) == _number(wanted.get("value")),
    "IS_GREATER_THAN": lambda value, wanted: _number(value) > _number(wanted.get("value")),
    "IS_GREATER_THAN_OR_EQUAL_TO": lambda value, wanted: _number(value) >= _number(wanted.get("value")),
    "IS_LESS_THAN": lambda value, wanted: _number(value) < _number(wanted.get("value")),
    "IS_LESS_THAN_OR_EQUAL_TO": lambda value, wanted: _number(value) <= _number(wanted.get("value")),
}
NUMBER_RANGED: Final[dict[str, Compare]] = {
    "IS_BETWEEN": lambda value, wanted: (
        _number(wanted.get("lowerBound")) <= _number(value) <= _number(wanted.get("upperBound"))
    ),
}
BOOL: Final[dict[str, Compare]] = {
    "IS_EQUAL_TO": lambda value, wanted: value.lower() == str(wanted.get("value")).lower(),
}
ENUMERATION: Final[dict[str, Compare]] = {
    "IS_ANY_OF": lambda value, wanted: not _chosen(value).isdisjoint(wanted.get("values") or ()),
    "IS_EXACTLY": lambda value, wanted: _chosen(value) == set(wanted.get("values") or ()),
    "CONTAINS_ALL": lambda value, wanted: _chosen(value) >= set(wanted.get("values") or ()),
    "IS_EQUAL_TO": lambda value, wanted: _chosen(value) == set(wanted.get("values") or ()),
    "CONTAINS": lambda value, wanted: not _chosen(value).isdisjoint(wanted.get("values") or ()),
}
DATETIME: Final[dict[str, Compare]] = {
    "IS_EQUAL_TO": lambda value, wanted: _ms(value) == int(wanted.get("timestamp") or 0),
    "IS_BEFORE": lambda value, wanted: _ms(value) < int(wanted.get("timestamp") or 0),
    "IS_AFTER": lambda value, wanted: _ms(value) > int(wanted.get("timestamp") or 0),
}
DATE: Final[dict[str, Compare]] = {
    "IS_EQUAL_TO": lambda value, wanted: _day_ms(wanted) <= _ms(value) < _day_ms(wanted) + DAY_MS,
    "IS_BEFORE": lambda value, wanted: _ms(value) < _day_ms(wanted),
    "IS_AFTER": lambda value, wanted: _ms(value) >= _day_ms(wanted) + DAY_MS,
}
RANGED_DATE: Final[dict[str, Compare]] = {
    "IS_BETWEEN": lambda value, wanted: (
        int(wanted.get("lowerBound") or 0) <= _ms(value) <= int(wanted.get("upperBound") or 0)
    ),
}
BY_TYPE: Final[dict[str, dict[str, Compare]]] = {
    "STRING": TEXT,
    "MULTISTRING": TEXT,
    "NUMBER": NUMBER,
    "NUMBER_RANGED": NUMBER_RANGED,
    "BOOL": BOOL,
    "ENUMERATION": ENUMERATION,
    "DATETIME": DATETIME,
    "DATE": DATE,
    "RANGED_DATE": RANGED_DATE,
}
NEGATIONS: Final = {
    "IS_NOT_EQUAL_TO": "IS_EQUAL_TO",
    "DOES_NOT_CONTAIN": "CONTAINS",
    "DOES_NOT_CONTAIN_EXACTLY": "CONTAINS_EXACTLY",
    "DOES_NOT_START_WITH": "STARTS_WITH",
    "DOES_NOT_END_WITH": "ENDS_WITH",
    "IS_NONE_OF": "IS_ANY_OF",
    "IS_NOT_EXACTLY": "IS_EXACTLY",
    "DOES_NOT_CONTAIN_ALL": "CONTAINS_ALL",
    "IS_NOT_BETWEEN": "IS_BETWEEN",
}
EVER: Final = {
    "HAS_EVER_BEEN_EQUAL_TO": "IS_EQUAL_TO",
    "HAS_EVER_CONTAINED": "CONTAINS",
    "HAS_EVER_BEEN_ANY_OF": "IS_ANY_OF",
    "HAS_EVER_BEEN_EXACTLY": "IS_EXACTLY",
    "HAS_EVER_CONTAINED_ALL": "CONTAINS_ALL",
}
NEVER: Final = {operator.replace("_EVER_", "_NEVER_"): plain for operator, plain in EVER.items()}
RELATIVE: Final = frozenset(
    {"ROLLING_DATE_RANGE", "ROLLING_PROPERTY_UPDATED", "CALENDAR_DATE", "TIME_POINT", "TIME_RANGED"}
)
"""Operation types whose answer changes with time alone."""
MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_name) if name}


def _ms(value: str) -> int:
    return parse_moment(value) or 0


def _day_ms(wanted: Wanted) -> int:
    month = str(wanted.get("month") or "JANUARY").upper()
    number = MONTHS.get(month) or (int(month) if month.isdecimal() else 1)
    try:
        day = datetime(int(wanted.get("year") or 1970), number, int(wanted.get("day") or 1), tzinfo=UTC)
    except ValueError:
        raise Refusal(f"{wanted.get('year')}-{month}-{wanted.get('day')} is no date") from None
    return int(day.timestamp()) * 1000


def make_operation(definition: Property, wanted: Wanted) -> Check:
    """The test of one property filter. Raises Refusal for unknown operation types and operators."""
    name, what, operator = definition.name, str(wanted.get("operationType")), str(wanted.get("operator"))
    absent = bool(wanted.get("includeObjectsWithNoValueSet"))
    if what == "ALL_PROPERTY":
        return _known(name, operator)
    if what in BY_TYPE:
        return _compared(name, BY_TYPE[what], operator, wanted, absent=absent)
    if what in TIMED:
        return TIMED[what](name, operator, wanted, absent)
    raise Refusal(f"operationType {what} is not known")


def _known(name: str, operator: str) -> Check:
    if operator in ("IS_KNOWN", "IS_NOT_BLANK"):
        return lambda facts: bool(facts.value(name))
    if operator in ("IS_UNKNOWN", "IS_NOT_KNOWN", "IS_BLANK"):
        return lambda facts: not facts.value(name)
    raise Refusal(f"operator {operator} does not go with operationType ALL_PROPERTY")


def _compared(name: str, table: dict[str, Compare], operator: str, wanted: Wanted, *, absent: bool) -> Check:
    plain = NEGATIONS.get(operator) or EVER.get(operator) or NEVER.get(operator) or operator
    compare = table.get(plain)
    if compare is None:
        raise Refusal(f"operator {operator} does not go with operationType {wanted.get('operationType')}")
    if operator in EVER:
        return lambda facts: any(compare(value, wanted) for value in facts.past(name))
    if operator in NEVER:
        return lambda facts: not any(compare(value, wanted) for value in facts.past(name))
    negative = operator in NEGATIONS

    def check(facts: Facts) -> bool:
        value = facts.value(name)
        return absent if not value else compare(value, wanted) != negative

    return check


def _rolling(name: str, operator: str, wanted: Wanted, absent: bool) -> Check:
    span = int(wanted.get("numberOfDays") or 0) * DAY_MS
    ranges: dict[str, Callable[[int], bool]] = {
        "IS_LESS_THAN_X_DAYS_AGO": lambda age: 0 <= age < span,
        "IS_MORE_THAN_X_DAYS_AGO": lambda age: age > span,
        "IS_LESS_THAN_X_DAYS_FROM_NOW": lambda age: 0 <= -age < span,
        "IS_MORE_THAN_X_DAYS_FROM_NOW": lambda age: -age > span,
    }
    if operator not in ranges:
        raise Refusal(f"operator {operator} does not go with operationType ROLLING_DATE_RANGE")

    def check(facts: Facts) -> bool:
        value = facts.value(name)
        return absent if not value else ranges[operator](facts.now_ms - _ms(value))

    return check


def _updated(name: str, operator: str, wanted: Wanted, _absent: bool) -> Check:
    span, negative = int(wanted.get("numberOfDays") or 0) * DAY_MS, "NOT" in operator

    def check(facts: Facts) -> bool:
        at = facts.set_ms(name)
        return (at is not None and facts.now_ms - at <= span) != negative

    return check


def _calendar(name: str, operator: str, wanted: Wanted, absent: bool) -> Check:
    unit, count = str(wanted.get("timeUnit") or "DAY"), int(wanted.get("timeUnitCount") or 1)

    def check(facts: Facts) -> bool:
        value = facts.value(name)
        if not value:
            return absent
        first, last = _unit_range(facts.now_ms, unit, operator, count)
        return first <= _ms(value) < last

    return check


def _unit_range(now_ms: int, unit: str, operator: str, count: int) -> tuple[int, int]:
    """The span that IN_THIS_..., IN_LAST_... or IN_NEXT_TIME_UNIT mean now: [first, last)."""
    now = datetime.fromtimestamp(now_ms / 1000, UTC)
    start = _unit_start(now, unit)
    if "LAST" in operator:
        first, last = _shift(start, unit, -count), start
    elif "NEXT" in operator:
        first, last = _shift(start, unit, 1), _shift(start, unit, 1 + count)
    else:
        first, last = start, now if operator.endswith("SO_FAR") else _shift(start, unit, 1)
    return int(first.timestamp() * 1000), int(last.timestamp() * 1000)


def _unit_start(now: datetime, unit: str) -> datetime:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    match unit:
        case "WEEK":
            return day - timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "YEAR":
            return day.replace(month=1, day=1)
        case _:
            return day


def _shift(start: datetime, unit: str, count: int) -> datetime:
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}.get(unit)
    if months is None:
        return start + timedelta(days=count * (7 if unit == "WEEK" else 1))
    index = start.year * 12 + start.month - 1 + count * months
    return start.replace(year=index // 12, month=index % 12 + 1)


def _against_property(name: str, operator: str, wanted: Wanted, absent: bool) -> Check:
    other = str(wanted.get("comparisonPropertyName"))
    fallback = str(wanted.get("defaultComparisonValue") or "")

    def check(facts: Facts) -> bool:
        own, theirs = facts.value(name), facts.value(other) or fallback
        if not own or not theirs:
            return absent
        return _ms(own) < _ms(theirs) if "BEFORE" in operator else _ms(own) > _ms(theirs)

    return check


def _updated_against(name: str, operator: str, wanted: Wanted, absent: bool) -> Check:
    other = str(wanted.get("comparisonPropertyName"))

    def check(facts: Facts) -> bool:
        own, theirs = facts.set_ms(name), parse_moment(facts.value(other) or "")
        if own is None or theirs is None:
            return absent
        return own < theirs if "BEFORE" in operator else own > theirs

    return check


def _point(name: str, operator: str, wanted: Wanted, absent: bool) -> Check:
    point = wanted.get("timePoint") or {}

    def check(facts: Facts) -> bool:
        value, at = facts.value(name), _point_ms(facts, point)
        if not value:
            return absent
        return _ms(value) < at if "BEFORE" in operator else _ms(value) > at

    return check


def _ranged(name: str, operator: str, wanted: Wanted, absent: bool) -> Check:
    low, high = wanted.get("lowerBoundTimePoint") or {}, wanted.get("upperBoundTimePoint") or {}
    negative = "NOT" in operator

    def check(facts: Facts) -> bool:
        value = facts.value(name)
        if not value:
            return absent
        return (_point_ms(facts, low) <= _ms(value) <= _point_ms(facts, high)) != negative

    return check


OFFSETS: Final = {"milliseconds": 1, "seconds": 1000, "minutes": 60_000, "hours": 3_600_000, "days": DAY_MS}


def _point_ms(facts: Facts, point: Wanted) -> int:
    """A point in time: a date, an index (now, today, this month, ...) with an offset, or another property."""
    match point.get("timeType"):
        case "DATE":
            return _date_point(point)
        case "PROPERTY_REFERENCED":
            return _ms(facts.value(str(point.get("property"))) or "")
        case _:
            reference = (point.get("indexReference") or {}).get("referenceType", "NOW")
            now = datetime.fromtimestamp(facts.now_ms / 1000, UTC)
            start = now if reference == "NOW" else _unit_start(now, "DAY" if reference == "TODAY" else reference)
            return int(_offset(start, point.get("offset") or {}).timestamp() * 1000)


def _date_point(point: Wanted) -> int:
    clock = (("hour", 3_600_000), ("minute", 60_000), ("second", 1000), ("millisecond", 1))
    return _day_ms(point) + sum(int(point.get(name) or 0) * ms for name, ms in clock)


def _offset(start: datetime, offset: Wanted) -> datetime:
    for name, unit in (("years", "YEAR"), ("quarters", "QUARTER"), ("months", "MONTH"), ("weeks", "WEEK")):
        if offset.get(name):
            day = min(start.day, 28) if unit != "WEEK" else start.day
            start = _shift(start.replace(day=day), unit, int(offset[name]))
    rest = sum(int(offset.get(name) or 0) * ms for name, ms in OFFSETS.items())
    return start + timedelta(milliseconds=rest)


TIMED: Final[dict[str, Callable[[str, str, Wanted, bool], Check]]] = {
    "ROLLING_DATE_RANGE": _rolling,
    "ROLLING_PROPERTY_UPDATED": _updated,
    "CALENDAR_DATE": _calendar,
    "COMPARATIVE_DATE": _against_property,
    "COMPARATIVE_PROPERTY_UPDATED": _updated_against,
    "TIME_POINT": _point,
    "TIME_RANGED": _ranged,
}
