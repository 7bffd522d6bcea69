"""SOQL as text: what is read, what is refused and where the caret points, and that a tree survives the way to text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasodoble.simulators.salesforce.soql import SoqlError
from pasodoble.simulators.salesforce.soql.dates import Calendar
from pasodoble.simulators.salesforce.soql.intervals import Interval, intersection, union
from pasodoble.simulators.salesforce.soql.parse import COUNTED_SPANS, SPANS, parse_query
from pasodoble.simulators.salesforce.soql.syntax import (
    Among,
    And,
    Call,
    Child,
    Column,
    Compare,
    Condition,
    Day,
    Expression,
    FieldSet,
    Flag,
    Grouping,
    Item,
    Join,
    Literal,
    Moment,
    Not,
    Null,
    Number,
    Operand,
    Or,
    Ordering,
    Path,
    Query,
    Span,
    Text,
    TypeOf,
)


def refused(statement: str) -> str:
    with pytest.raises(SoqlError) as error:
        parse_query(statement)
    assert error.value.code == "MALFORMED_QUERY"
    return error.value.message


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("SELECT Id FORM Lead", "\nSELECT Id FORM Lead\n               ^\nERROR at Row:1:Column:16\nunexpected token: 'Lead'"),
        ("SELECT * FROM Lead", "\nSELECT * FROM Lead\n       ^\nERROR at Row:1:Column:8\nunexpected token: '*'"),
        ("SELECT FROM Lead", "\nSELECT FROM Lead\n       ^\nERROR at Row:1:Column:8\nunexpected token: 'FROM'"),
        ("SELECT Id FROM", "\nSELECT Id FROM\n              ^\nERROR at Row:1:Column:15\nunexpected token: '<EOF>'"),
        ("SELECT Id\nFROM Lead WHERE", "\nFROM Lead WHERE\n               ^\nERROR at Row:2:Column:16\nunexpected token: '<EOF>'"),
        (
            "SELECT Id FROM Lead WHERE Name = :name",
            "\nId FROM Lead WHERE Name = :name\n                          ^\n"
            "ERROR at Row:1:Column:34\nBind variables only allowed in Apex code",
        ),
        ("SELECT Id FROM Lead WHERE Name = 'x", "line 1:35 mismatched character '<EOF>' expecting '''"),
    ],
)  # fmt: skip
def test_a_syntax_error_shows_its_place(statement: str, message: str) -> None:
    assert refused(statement) == message


def test_a_long_query_is_cut_to_the_words_around_the_error() -> None:
    fields = ", ".join(f"Field_{n}__c" for n in range(40))
    shown = refused(f"SELECT {fields}, ) FROM Lead WHERE Name = 'a long enough condition'").splitlines()
    assert shown[1] == "Field_38__c, Field_39__c, ) FROM Lead WHERE Name = 'a long enough"
    assert shown[2].index("^") == shown[1].index(")")


def test_and_with_or_needs_parentheses() -> None:
    assert "unexpected token: 'OR'" in refused("SELECT Id FROM Lead WHERE a = 1 AND b = 2 OR c = 3")
    assert parse_query("SELECT Id FROM Lead WHERE a = 1 AND (b = 2 OR c = 3)").where is not None


def test_keywords_may_be_names() -> None:
    query = parse_query("select Id, Last, Offset, count(Id) cnt1 from Group g order by Last desc nulls last")
    assert query.source == Path(("Group",))
    assert query.alias == "g"
    assert query.order == (Ordering(Path(("Last",)), True, True),)


def test_escapes_in_text() -> None:
    query = parse_query(r"SELECT Id FROM Lead WHERE Name IN ('O\'Neil', 'a\\b', 'tab\t', 'caf\u00e9', '100\%')")
    assert isinstance(query.where, Among)
    assert [v.value for v in query.where.values if isinstance(v, Text)] == ["O'Neil", "a\\b", "tab\t", "café", "100%"]
    assert r"Illegal character sequence '\q'" in refused(r"SELECT Id FROM Lead WHERE Name = 'a\qb'")


def test_a_statement_of_more_than_100000_characters_is_refused() -> None:
    assert "100000" in refused(f"SELECT Id FROM Lead WHERE Name = '{'x' * 100_000}'")


@pytest.mark.parametrize(
    ("literal", "first", "after"),
    [
        (Span("TODAY"), "2026-05-28", "2026-05-29"),
        (Span("YESTERDAY"), "2026-05-27", "2026-05-28"),
        (Span("THIS_WEEK"), "2026-05-24", "2026-05-31"),
        (Span("LAST_MONTH"), "2026-04-01", "2026-05-01"),
        (Span("THIS_QUARTER"), "2026-04-01", "2026-07-01"),
        (Span("NEXT_YEAR"), "2027-01-01", "2028-01-01"),
        (Span("LAST_N_DAYS", 2), "2026-05-26", "2026-05-29"),
        (Span("NEXT_N_DAYS", 2), "2026-05-29", "2026-05-31"),
        (Span("N_DAYS_AGO", 2), "2026-05-26", "2026-05-27"),
        (Span("LAST_N_MONTHS", 2), "2026-03-01", "2026-05-01"),
        (Span("NEXT_N_QUARTERS", 1), "2026-07-01", "2026-10-01"),
        (Span("N_YEARS_AGO", 1), "2025-01-01", "2026-01-01"),
        (Span("LAST_N_WEEKS", 1), "2026-05-17", "2026-05-24"),
        (Span("LAST_90_DAYS"), "2026-02-27", "2026-05-29"),
        (Span("THIS_FISCAL_YEAR"), "2026-02-01", "2027-02-01"),
        (Span("LAST_FISCAL_QUARTER"), "2026-02-01", "2026-05-01"),
        (Span("N_FISCAL_YEARS_AGO", 1), "2025-02-01", "2026-02-01"),
    ],
)
def test_date_literals_span_whole_days(literal: Span, first: str, after: str) -> None:
    calendar = Calendar(date(2026, 5, 28), UTC, fiscal_month=2)
    assert tuple(map(str, calendar.span(literal))) == (first, after)


def test_every_date_literal_has_a_span() -> None:
    calendar = Calendar(date(2026, 2, 28), UTC)
    for name in SPANS | COUNTED_SPANS:
        start, end = calendar.span(Span(name, 3 if name in COUNTED_SPANS else None))
        assert start < end, name


def test_today_begins_at_the_midnight_of_the_user() -> None:
    new_york = ZoneInfo("America/New_York")
    calendar = Calendar.at(int(datetime(2026, 5, 29, 2, tzinfo=UTC).timestamp() * 1000), new_york)
    assert calendar.today == date(2026, 5, 28)
    assert calendar.day_start_ms(calendar.today) == int(datetime(2026, 5, 28, 4, tzinfo=UTC).timestamp() * 1000)


# Laws

names = st.sampled_from("Id Name Email Account Owner X__c Contacts__r Group Last".split())
paths = st.lists(names, min_size=1, max_size=3).map(lambda parts: Path(tuple(parts)))
expressions = st.one_of(paths, st.builds(Call, st.sampled_from(["CALENDAR_YEAR", "toLabel"]), st.tuples(paths)))
literals = st.one_of(
    st.text(max_size=10).map(Text),
    st.decimals(min_value=-1000, max_value=1000, places=2).map(Number),
    st.booleans().map(Flag),
    st.just(Null()),
    st.dates().map(lambda d: Day(d.isoformat())),
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2100, 1, 1)).map(  # noqa: DTZ001
        lambda m: Moment(int(m.replace(microsecond=0, tzinfo=UTC).timestamp()) * 1000)
    ),
    st.sampled_from(sorted(SPANS)).map(Span),
    st.builds(Span, st.sampled_from(sorted(COUNTED_SPANS)), st.integers(0, 99)),
)
operators = st.sampled_from("= != < <= > >=".split())
inner = st.builds(Query, items=st.just((Column(Path(("AccountId",))),)), source=st.just(Path(("Contact",))))
tests = st.one_of(
    st.builds(Compare, expressions, operators, literals),
    st.builds(Among, expressions, st.sampled_from("IN,NOT IN,INCLUDES,EXCLUDES".split(",")), st.lists(literals, min_size=1, max_size=3).map(tuple)),
    st.builds(Join, paths, st.booleans(), inner),
)  # fmt: skip
conditions: st.SearchStrategy[Condition] = st.recursive(
    tests,
    lambda part: st.one_of(
        part.map(Not),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=6,
)
items = st.one_of(
    st.builds(Column, expressions, st.none() | st.sampled_from(["a", "total"])),
    st.sampled_from(["ALL", "STANDARD", "CUSTOM"]).map(FieldSet),
    st.builds(
        TypeOf,
        paths,
        st.lists(st.tuples(st.builds(Path, st.tuples(names)), st.lists(paths, min_size=1, max_size=2).map(tuple)), min_size=1, max_size=2).map(tuple),
        st.lists(paths, max_size=2).map(tuple),
    ),
    inner.map(Child),
)  # fmt: skip
queries = st.builds(
    Query,
    items=st.lists(items, min_size=1, max_size=3).map(tuple),
    source=st.builds(Path, st.tuples(names)),
    alias=st.none() | st.just("a"),
    scope=st.none() | st.just("mine"),
    where=st.none() | conditions,
    with_clauses=st.sampled_from([(), ("SECURITY_ENFORCED",)]),
    grouping=st.none() | st.builds(Grouping, st.lists(expressions, min_size=1, max_size=2).map(tuple), st.sampled_from(["", "ROLLUP", "CUBE"])),
    having=st.none() | conditions,
    order=st.lists(st.builds(Ordering, expressions, st.booleans(), st.sampled_from([None, True, False])), max_size=2).map(tuple),
    limit=st.none() | st.integers(0, 5000),
    offset=st.none() | st.integers(0, 5000),
    purposes=st.sampled_from([(), ("FOR VIEW",), ("FOR VIEW", "FOR REFERENCE"), ("FOR UPDATE",)]),
    all_rows=st.booleans(),
)  # fmt: skip


@given(queries)
def test_a_tree_survives_being_written_and_read(query: Query) -> None:
    assert parse_query(write_query(query)) == query


def write_query(query: Query) -> str:
    parts = ["SELECT", ", ".join(map(write_item, query.items)), "FROM", str(query.source), query.alias or ""]
    parts += [f"USING SCOPE {query.scope}" if query.scope else ""]
    parts += [f"WHERE {write_condition(query.where)}" if query.where else ""]
    parts += [f"WITH {clause}" for clause in query.with_clauses]
    if query.grouping:
        keys = ", ".join(map(write_operand, query.grouping.expressions))
        parts.append(f"GROUP BY {query.grouping.mode}({keys})" if query.grouping.mode else f"GROUP BY {keys}")
    parts += [f"HAVING {write_condition(query.having)}" if query.having else ""]
    parts += ["ORDER BY " + ", ".join(map(write_ordering, query.order)) if query.order else ""]
    parts += [f"LIMIT {query.limit}" if query.limit is not None else ""]
    parts += [f"OFFSET {query.offset}" if query.offset is not None else "", *query.purposes]
    return " ".join(part for part in [*parts, "ALL ROWS" if query.all_rows else ""] if part)


def write_item(item: Item) -> str:
    match item:
        case Column(expression, alias):
            return f"{write_operand(expression)} {alias}" if alias else write_operand(expression)
        case FieldSet(group):
            return f"FIELDS({group})"
        case Child(query):
            return f"({write_query(query)})"
        case TypeOf(path, branches, otherwise):
            cases = " ".join(f"WHEN {kind} THEN {', '.join(map(str, fields))}" for kind, fields in branches)
            rest = f" ELSE {', '.join(map(str, otherwise))}" if otherwise else ""
            return f"TYPEOF {path} {cases}{rest} END"


def write_operand(operand: Operand | Expression) -> str:
    match operand:
        case Path():
            return str(operand)
        case Call(name, arguments):
            return f"{name}({', '.join(map(write_operand, arguments))})"
        case _:
            return write_literal(operand)


def write_condition(condition: Condition) -> str:
    match condition:
        case And(parts):
            return " AND ".join(f"({write_condition(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(f"({write_condition(part)})" for part in parts)
        case Not(part):
            return f"NOT ({write_condition(part)})"
        case Compare(left, operator, value):
            return f"{write_operand(left)} {operator} {write_literal(value)}"
        case Among(left, operator, values):
            return f"{write_operand(left)} {operator} ({', '.join(map(write_literal, values))})"
        case Join(left, negated, query):
            return f"{write_operand(left)} {'NOT ' if negated else ''}IN ({write_query(query)})"


def write_ordering(ordering: Ordering) -> str:
    nulls = {None: "", True: " NULLS LAST", False: " NULLS FIRST"}[ordering.nulls_last]
    return f"{write_operand(ordering.expression)}{' DESC' if ordering.descending else ''}{nulls}"


ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def write_literal(literal: Literal) -> str:
    match literal:
        case Text(value):
            return "'" + "".join(ESCAPES.get(c, c) for c in value) + "'"
        case Number(value):
            return f"{Decimal(value):f}"
        case Flag(value):
            return str(value).lower()
        case Null():
            return "null"
        case Day(text):
            return text
        case Moment(ms):
            return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case Span(name, count):
            return name if count is None else f"{name}:{count}"
    raise AssertionError(literal)


def interval(low: int | None, high: int | None, low_open: bool, high_open: bool) -> Interval:
    return Interval(low, high, low_open and low is not None, high_open and high is not None)


ends = st.none() | st.integers(0, 9)
sets = st.lists(st.builds(interval, ends, ends, st.booleans(), st.booleans()), max_size=4).map(tuple)


def holds(intervals: tuple[Interval, ...], number: int) -> bool:
    return any(
        (i.low is None or (i.low < number if i.low_open else i.low <= number))
        and (i.high is None or (number < i.high if i.high_open else number <= i.high))
        for i in intervals
    )


@given(sets, sets)
def test_unions_and_intersections_hold_the_right_values_once(
    left: tuple[Interval, ...], right: tuple[Interval, ...]
) -> None:
    merged, met = union((*left, *right)), intersection(union(left), union(right))
    for number in range(-1, 11):
        assert holds(merged, number) == (holds(left, number) or holds(right, number))
        assert holds(met, number) == (holds(left, number) and holds(right, number))
        assert sum(holds((i,), number) for i in merged) <= 1
