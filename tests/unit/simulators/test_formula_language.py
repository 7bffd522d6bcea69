"""What formulas say, field by field and function by function, and what they are refused for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.salesforce.formula import FormulaError, compile_condition, compile_formula, fields_read
from pasodoble.simulators.salesforce.formula.syntax import (
    Binary,
    Call,
    Flag,
    Name,
    Node,
    Null,
    Number,
    Text,
    Unary,
    parse_formula,
)
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.schema import make_field, remake
from pasodoble.simulators.salesforce.view import View

NOON_MS = 1_780_000_000_000
"""2026-05-28T20:26:40Z."""


def custom(name: str, field_type: str, **told: Any) -> Any:
    return make_field({"name": name, "type": field_type, "label": name, "custom": True, **told})


@pytest.fixture(scope="module")
def view() -> View:
    org = Org(SimClock(start_ms=NOON_MS, frozen=True))
    opportunity = org.sobject("Opportunity")
    more = [
        custom("Share__c", "percent", scale=2),
        custom("Tags__c", "multipicklist"),
        custom("At__c", "time"),
        custom("Blank__c", "double", scale=2),
        custom("Double__c", "double", scale=2, calculated=True, calculatedFormula="Amount * 2"),
        custom("Loop__c", "double", scale=2, calculated=True, calculatedFormula="Loop__c + 1"),
    ]
    org.define([remake(opportunity, fields=[*opportunity.fields.values(), *more])])
    user = org.integration_user_id
    org.table("User").put(
        {"Id": user, "Name": "Ines", "Email": "ines@x.example", "IsActive": True, "TimeZoneSidKey": "America/New_York"}
    )
    account = org.next_id("Account")
    org.table("Account").put({"Id": account, "Name": "Acme", "OwnerId": user, "Industry": "Energy"})
    row = {
        "Id": org.next_id("Opportunity"),
        "Name": "Big Deal",
        "AccountId": account,
        "OwnerId": user,
        "Amount": 100.5,
        "StageName": "Prospecting",
        "CloseDate": "2026-01-31",
        "CreatedDate": "2026-01-01T03:04:05.000+0000",
        "Share__c": 50.0,
        "Tags__c": "Red;Blue",
        "At__c": "09:08:07.000Z",
    }
    org.table("Opportunity").put(row)
    return org.view(user)


def value(view: View, text: str, field_type: str = "double", **told: Any) -> Any:
    sobject = view.org.sobject("Opportunity")
    row = next(iter(view.org.table("Opportunity").rows.values()))
    field = custom("Result__c", field_type, scale=told.pop("scale", 4), calculated=True, **told)
    return compile_formula(text, view, sobject, result=field)(row)


def holds(view: View, text: str, row: dict[str, Any], before: dict[str, Any] | None = None) -> bool:
    return compile_condition(text, view, view.org.sobject("Opportunity"))(row, before)


NUMBERS = [
    ("1 + 2 * 3", 7.0),
    ("(1 + 2) * 3", 9.0),
    ("7 / 2 - 0.5", 3.0),
    ("-2 ^ 2", 4.0),
    ("2 ^ 3 ^ 2", 64.0),
    ("Amount * Share__c", 50.25),
    ("Double__c", 201.0),
    ("Blank__c + 1", 1.0),
    ("ROUND(2.345, 2)", 2.35),
    ("ROUND(-2.5, 0)", -3.0),
    ("ROUND(1234, -2)", 1200.0),
    ("CEILING(2.1) + CEILING(-2.1)", 0.0),
    ("FLOOR(2.9) + FLOOR(-2.9)", 0.0),
    ("MCEILING(-2.1)", -2.0),
    ("MFLOOR(-2.1)", -3.0),
    ("TRUNC(2.987, 2)", 2.98),
    ("MOD(7, 4)", 3.0),
    ("MOD(-7, 4)", -3.0),
    ("MAX(1, Amount, 3)", 100.5),
    ("MIN(4, 2)", 2.0),
    ("SQRT(16) + ABS(-4)", 8.0),
    ("LOG(1000)", 3.0),
    ("LN(EXP(1))", 1.0),
    ("POWER(2, 10)", 1024.0),
    ("VALUE(' 12.5 ')", 12.5),
    ("VALUE('abc')", None),
    ("1 / 0", None),
    ("SQRT(-1)", None),
    ("POWER(10, 70)", None),
    ("1e30 * 1e30", None),
    ("LEN(LPAD('a', 1e9))", None),
    ("LEN(TEXT(1e300 * 1e300))", None),
    ("LEN(Name)", 8.0),
    ("FIND('D', Name)", 5.0),
    ("FIND('d', Name)", 0.0),
    ("FIND('g', Name, 4)", 0.0),
    ("CASE(StageName, 'Prospecting', 1, 'Closed Won', 2, 3)", 1.0),
    ("CASE(3, 1, 10, 2, 20, 30)", 30.0),
    ("IF(Amount > 100, 1, 0)", 1.0),
    ("CloseDate - DATE(2026, 1, 1)", 30.0),
    ("YEAR(CloseDate) * 10000 + MONTH(CloseDate) * 100 + DAY(CloseDate)", 20260131.0),
    ("WEEKDAY(DATE(2026, 11, 22))", 1.0),
    ("HOUR(At__c) + MINUTE(At__c) + SECOND(At__c)", 24.0),
    ("(DATETIMEVALUE('2026-01-02 00:00:00') - DATETIMEVALUE('2026-01-01 12:00:00')) * 24", 12.0),
    ("UNIXTIMESTAMP(DATE(1970, 1, 2))", 86400.0),
    ("BLANKVALUE(Blank__c, 7)", 0.0),
    ("ASCII('A')", 65.0),
    ("PICKLISTCOUNT(Tags__c)", 2.0),
    ("2 * 3 ^ 2", 36.0),
    ("IFERROR(1 / 0, -1)", -1.0),
    ("ISOWEEK(DATE(2027, 1, 1)) + DAYOFYEAR(DATE(2026, 3, 1))", 113.0),
    ("ROUND(DISTANCE(GEOLOCATION(40.4168, -3.7038), GEOLOCATION(41.3874, 2.1686), 'km'), 0)", 505.0),
    ("SIN(0) + COS(0) + TAN(0) + ATAN2(0, 1)", 1.0),
    ("1.5e2 + .5", 150.5),
]

TEXTS = [
    ("Name & '!'", "Big Deal!"),
    ("'a' + \"b\"", "ab"),
    ("Account.Owner.Email", "ines@x.example"),
    ("account.name", "Acme"),
    ("$User.Name", "Ines"),
    ("TEXT(StageName)", "Prospecting"),
    ("TEXT(Amount)", "100.5"),
    ("TEXT(CloseDate)", "2026-01-31"),
    ("TEXT(CreatedDate)", "2026-01-01 03:04:05Z"),
    ("LEFT(Name, 3) & RIGHT(Name, 4) & MID(Name, 2, 2)", "BigDealig"),
    ("LEFT(Name, -1)", None),
    ("UPPER(Name) & LOWER(Name)", "BIG DEALbig deal"),
    ("SUBSTITUTE(Name, 'Big', 'Small')", "Small Deal"),
    ("TRIM('  x ')", "x"),
    ("LPAD('7', 3, '0') & RPAD('7', 3, 'ab')", "0077ab"),
    ("LPAD('1234', 2)", "12"),
    ("INITCAP('jOHN o.doe')", "John O.Doe"),
    ("REVERSE('abc')", "cba"),
    ("HYPERLINK('/x', 'go', '_self')", '<a href="/x" target="_self">go</a>'),
    ("IF(ISBLANK(Description), 'none', 'some')", "none"),
    ("BLANKVALUE(Description, 'x')", "x"),
    ("IF(TRUE, NULL, 'x')", None),
    ("CASE(Account.Industry, 'Energy', 'E', 'other')", "E"),
    ("'it\\'s' & \"\\\"\"", "it's\""),
    ("/* a comment */ 'x' /* another */", "x"),
    ("CHR(65)", "A"),
    ("FORMATDURATION(3661)", "01:01:01"),
    ("URLENCODE('a b&c')", "a%20b%26c"),
    ("Owner:User.Email & Owner.Name", "ines@x.exampleInes"),
    ("TEXT(TIMEVALUE('17:30:45.125'))", "17:30:45.125"),
    ("TEXT(FROMUNIXTIME(0))", "1970-01-01 00:00:00Z"),
    ("IFS(Amount < 1, 'a', Amount < 1000, 'b', 'c')", "b"),
]

FLAGS = [
    ("0.1 + 0.2 = 0.3", True),
    ("Name = 'big deal'", False),
    ("Description = ''", True),
    ("Name <> 'x' && !(1 > 2)", True),
    ("FALSE || 2 >= 2", True),
    ("AND(TRUE, 1 == 1, OR(FALSE, 1 != 2))", True),
    ("NOT(ISPICKVAL(StageName, 'Closed Won'))", True),
    ("INCLUDES(Tags__c, 'Red') && NOT(INCLUDES(Tags__c, 'Re'))", True),
    ("CONTAINS(Name, 'ig') && BEGINS(Name, 'Big')", True),
    ("REGEX('12-34', '\\\\d{2}-\\\\d{2}')", True),
    ("ISNUMBER('1e3') && NOT(ISNUMBER('1x'))", True),
    ("CreatedDate < NOW()", True),
    ("DATEVALUE(CreatedDate) = DATE(2025, 12, 31)", True),
    ("TODAY() = DATE(2026, 5, 28)", True),
    ("ISNULL(Name)", False),
    ("ADDMONTHS(DATE(2026, 2, 28), 1) = DATE(2026, 3, 31)", True),
    ("ADDMONTHS(DATE(2026, 1, 30), 1) = DATE(2026, 2, 28)", True),
    ("Id = LEFT(CASESAFEID(Id), 15)", True),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_number_formulas(view: View, text: str, expected: float | None) -> None:
    assert value(view, text) == expected


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_text_formulas(view: View, text: str, expected: str | None) -> None:
    assert value(view, text, "string") == expected


@pytest.mark.parametrize(("text", "expected"), FLAGS)
def test_boolean_formulas(view: View, text: str, expected: bool) -> None:
    assert value(view, text, "boolean") is expected


def test_dates_and_moments_come_back_in_the_spelling_of_rows(view: View) -> None:
    assert value(view, "CloseDate + 1", "date") == "2026-02-01"
    assert value(view, "CreatedDate + 0.5", "datetime") == "2026-01-01T15:04:05.000+0000"
    assert value(view, "At__c + 1000", "time") == "09:08:08.000Z"
    assert value(view, "Share__c / 2", "percent") == 25.0
    assert value(view, "2.6", "int", scale=0) == 3


def test_blank_numbers_stay_blank_where_the_field_says_so(view: View) -> None:
    assert value(view, "Blank__c + 1", formulaTreatNullNumberAsZero=False) is None
    assert value(view, "BLANKVALUE(Blank__c, 7)", formulaTreatNullNumberAsZero=False) == 7.0


@pytest.mark.parametrize(
    ("text", "field_type", "reason"),
    [
        ("Foo__c", "double", "Field Foo__c does not exist. Check spelling."),
        ("Account.Foo", "double", "Field Account.Foo does not exist. Check spelling."),
        ("Nobody.Name", "string", "Field Nobody.Name does not exist. Check spelling."),
        ("FOO(1)", "double", "Unknown function FOO. Check spelling."),
        ("LEN(Name, 1)", "double", "Incorrect number of parameters for function 'LEN()'. Expected 1, received 2"),
        ("LEN(Amount)", "double", "Incorrect parameter type for function 'LEN()'. Expected Text, received Number"),
        ("IF(1, 2, 3)", "double", "Incorrect parameter type for function 'IF()'. Expected Boolean, received Number"),
        ("IF(TRUE, 2, 'x')", "double", "Incorrect parameter type for function 'IF()'. Expected Number, received Text"),
        ("CloseDate > CreatedDate", "boolean", "Incorrect parameter type for operator '>'. Expected Date, received DateTime"),
        ("Amount", "string", "Formula result is data type (Number), incompatible with expected data type (Text)."),
        ("StageName", "string", "Field StageName is a picklist field. Picklist fields are only supported in certain functions."),
        ("ISCHANGED(Name)", "boolean", "Function ISCHANGED may not be used in this type of formula"),
        ("(1 + 2", "double", "Syntax error. Missing ')'"),
        ("1 + 2)", "double", "Syntax error. Extra ')'"),
        ("1 # 2", "double", "Syntax error. Found '#'"),
        ("", "double", "Syntax error. Found end of formula"),
        ("!" * 3000 + "TRUE", "boolean", "Compiled formula is too big to execute"),
        ("Loop__c", "double", "Formula cannot use another formula field that directly or indirectly refers to itself."),
    ],
)  # fmt: skip
def test_wrong_formulas_are_refused_with_a_reason(view: View, text: str, field_type: str, reason: str) -> None:
    with pytest.raises(FormulaError) as refused:
        value(view, text, field_type)
    assert str(refused.value) == reason


def test_conditions_see_the_row_before_the_write(view: View) -> None:
    row = {"Id": "0065g0000000001AAA", "Name": "New", "StageName": "Closed Won"}
    before = {**row, "Name": "Old"}
    assert holds(view, "ISCHANGED(Name)", row, before)
    assert not holds(view, "ISCHANGED(StageName)", row, before)
    assert not holds(view, "ISCHANGED(Name)", row)
    assert holds(view, "PRIORVALUE(Name) = 'Old'", row, before)
    assert holds(view, "ISNEW() && NOT(ISCLONE())", row)
    assert not holds(view, "ISNEW()", row, before)


def test_another_objects_record_is_looked_up_by_a_field(view: View) -> None:
    row = {"Id": "0065g0000000001AAA", "Name": "Acme"}
    lookup = "VLOOKUP($ObjectType.Account.Fields.Industry, $ObjectType.Account.Fields.Name, Name)"
    assert holds(view, f"ISPICKVAL({lookup}, 'Energy')", row)
    assert not holds(view, f"ISPICKVAL({lookup}, 'Energy')", {**row, "Name": "Nobody"})


def test_a_comparison_with_blank_is_not_true_and_neither_is_its_negation(view: View) -> None:
    blank = {"Id": "0065g0000000001AAA"}
    assert not holds(view, "Amount > 5", blank)
    assert not holds(view, "NOT(Amount > 5)", blank)
    assert holds(view, "IF(Amount > 5, FALSE, TRUE)", blank)
    assert holds(view, "ISBLANK(Amount)", blank)


def test_the_fields_a_formula_reads_are_told(view: View) -> None:
    read = fields_read(
        "IF(ISCHANGED(amount), Account.Name, TEXT(StageName)) = 'x'", view, view.org.sobject("Opportunity")
    )
    assert read == {"Amount", "Account.Name", "StageName"}


# Laws


def spell(node: Node) -> str:
    """A tree as text, with every parenthesis written."""
    match node:
        case Number(value):
            return f"{value:f}"
        case Text(value):
            quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
            return f'"{quoted}"'
        case Flag(value):
            return str(value)
        case Null():
            return "null"
        case Name(path):
            return path
        case Call(name, arguments):
            return f"{name}({', '.join(map(spell, arguments))})"
        case Unary(operator, operand):
            return f"({operator}{spell(operand)})"
        case Binary(operator, left, right):
            return f"({spell(left)} {operator} {spell(right)})"


names = st.sampled_from(["Amount", "Account.Name", "$User.Id", "Owner:User.Email", "X__c", "Nullable"])
leaves = st.one_of(
    st.decimals(min_value=0, max_value=10**6, places=3).map(Number),
    st.text(max_size=8).map(Text),
    st.booleans().map(Flag),
    st.just(Null()),
    names.map(Name),
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Binary, st.sampled_from("|| && = <> < <= > >= & + - * / ^".split()), inner, inner),
        st.builds(Unary, st.sampled_from(["-", "+", "!"]), inner),
        st.builds(Call, st.sampled_from(["IF", "LEN", "TODAY"]), st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)


@given(trees)
def test_a_tree_survives_being_written_and_read(tree: Node) -> None:
    assert parse_formula(spell(tree)) == tree


numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@given(numbers, numbers)
def test_sums_are_exact_in_decimals(view: View, a: Decimal, b: Decimal) -> None:
    assert value(view, f"({a:f}) + ({b:f}) - ({b:f}) = ({a:f})", "boolean") is True


@given(
    st.text(st.characters(blacklist_characters='"\\\r\n', blacklist_categories=("Cs",)), min_size=1, max_size=20),
    st.integers(0, 25),
)
def test_a_text_is_its_left_part_and_the_rest(view: View, text: str, at: int) -> None:
    formula = f'LEFT("{text}", {at}) & MID("{text}", {at} + 1, LEN("{text}")) = "{text}"'
    assert value(view, formula, "boolean") is True


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 1, 1)), st.integers(-1000, 1000))
def test_a_day_moved_on_and_back_is_the_same_day(view: View, day: Any, count: int) -> None:
    start = f"DATE({day.year}, {day.month}, {day.day})"
    assert value(view, f"{start} + {count} - {start} = {count}", "boolean") is True
