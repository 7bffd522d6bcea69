"""Functions that are more than their arguments' values: conditions, picklists, blanks, former values, the clock.

Each takes the compiler and the call, and gives the compiled expression.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pasodoble.simulators.salesforce.formula.compiler import Compiled, Compiler, Evaluate, Record, wrong_count
from pasodoble.simulators.salesforce.formula.functions import Unworkable, add_months, date_from_text, spell_text
from pasodoble.simulators.salesforce.formula.kinds import Kind, kind_of, loader
from pasodoble.simulators.salesforce.formula.syntax import Call, FormulaError, Name, Node, Text
from pasodoble.simulators.salesforce.schema import Field, Sobject

Form = Callable[[Compiler, Call], Compiled]


def _arguments(compiler: Compiler, call: Call, least: int, most: int | None = None) -> list[Compiled]:
    count = len(call.arguments)
    highest = least if most is None else most
    if count < least or (highest >= 0 and count > highest):
        raise wrong_count(call.name, least if count < least else highest, count)
    return [compiler.compile(argument) for argument in call.arguments]


ANY_NUMBER = -1


def _common_kind(compiler: Compiler, call: Call, values: list[Compiled]) -> Kind:
    """The one kind that all results have; NULL fits any."""
    kinds = [v for v in values if v.kind is not Kind.NULL]
    for value in kinds:
        compiler.expect(value, (kinds[0].kind,), f"function '{call.name}()'")
    return kinds[0].kind if kinds else Kind.NULL


# Logic


def _if(compiler: Compiler, call: Call) -> Compiled:
    test, then, otherwise = _arguments(compiler, call, 3)
    compiler.expect(test, (Kind.BOOLEAN,), "function 'IF()'")
    kind = _common_kind(compiler, call, [then, otherwise])
    choose, yes, no = test.evaluate, then.evaluate, otherwise.evaluate
    return Compiled(kind, lambda record: yes(record) if choose(record) else no(record))


def _ifs(compiler: Compiler, call: Call) -> Compiled:
    """IFS(test1, value1, …, otherwise)"""
    parts = _arguments(compiler, call, 3, ANY_NUMBER)
    if len(parts) % 2 == 0:
        raise wrong_count(call.name, len(parts) + 1, len(parts))
    tests, values = parts[:-1:2], [*parts[1::2], parts[-1]]
    for test in tests:
        compiler.expect(test, (Kind.BOOLEAN,), "function 'IFS()'")
    kind = _common_kind(compiler, call, values)
    pairs = [(t.evaluate, v.evaluate) for t, v in zip(tests, values, strict=False)]
    otherwise = parts[-1].evaluate

    def run(record: Record) -> Any:
        return next((value for test, value in pairs if test(record)), otherwise)(record)

    return Compiled(kind, run)


def _case(compiler: Compiler, call: Call) -> Compiled:
    """CASE(value, case1, result1, …, otherwise); the value may be a picklist, its cases then are texts."""
    parts = _arguments(compiler, call, 4, ANY_NUMBER)
    if len(parts) % 2:
        raise wrong_count(call.name, len(parts) + 1, len(parts))
    subject, cases, results = parts[0], parts[1:-1:2], [*parts[2:-1:2], parts[-1]]
    wanted = Kind.TEXT if subject.kind is Kind.PICKLIST else subject.kind
    for case in cases:
        compiler.expect(case, (wanted,), "function 'CASE()'")
    kind = _common_kind(compiler, call, results)
    value = subject.evaluate
    pairs = [(c.evaluate, r.evaluate) for c, r in zip(cases, results, strict=False)]
    otherwise = results[-1].evaluate
    blank_counts = wanted is Kind.TEXT

    def run(record: Record) -> Any:
        held = value(record)
        if held is None and not blank_counts:
            return otherwise(record)
        return next((result for case, result in pairs if case(record) == held), otherwise)(record)

    return Compiled(kind, run)


def _booleans(compiler: Compiler, call: Call) -> list[Evaluate]:
    parts = _arguments(compiler, call, 1, ANY_NUMBER)
    for part in parts:
        compiler.expect(part, (Kind.BOOLEAN,), f"function '{call.name}()'")
    return [part.evaluate for part in parts]


def _and(compiler: Compiler, call: Call) -> Compiled:
    tests = _booleans(compiler, call)
    return Compiled(Kind.BOOLEAN, lambda record: all(test(record) for test in tests))


def _or(compiler: Compiler, call: Call) -> Compiled:
    tests = _booleans(compiler, call)
    return Compiled(Kind.BOOLEAN, lambda record: any(test(record) for test in tests))


def _not(compiler: Compiler, call: Call) -> Compiled:
    (test,) = _arguments(compiler, call, 1)
    compiler.expect(test, (Kind.BOOLEAN,), "function 'NOT()'")
    inner = test.evaluate

    def run(record: Record) -> Any:
        value = inner(record)
        return None if value is None else not value

    return Compiled(Kind.BOOLEAN, run)


# Blanks


def _is_blank(compiler: Compiler, call: Call) -> Compiled:
    (inner,) = _arguments(compiler, call, 1)
    evaluate = inner.evaluate
    return Compiled(Kind.BOOLEAN, lambda record: evaluate(record) is None)


def _is_null(compiler: Compiler, call: Call) -> Compiled:
    """Text is never null, only blank."""
    (inner,) = _arguments(compiler, call, 1)
    evaluate = inner.evaluate
    if inner.kind is Kind.TEXT:
        return Compiled(Kind.BOOLEAN, lambda _: False)
    return Compiled(Kind.BOOLEAN, lambda record: evaluate(record) is None)


def _blank_value(compiler: Compiler, call: Call) -> Compiled:
    value, substitute = _arguments(compiler, call, 2)
    kind = _common_kind(compiler, call, [value, substitute])
    first, second = value.evaluate, substitute.evaluate

    def run(record: Record) -> Any:
        held = first(record)
        return second(record) if held is None else held

    return Compiled(kind, run)


def _null_value(compiler: Compiler, call: Call) -> Compiled:
    compiled = _blank_value(compiler, call)
    return compiler.compile(call.arguments[0]) if compiled.kind is Kind.TEXT else compiled


def _if_error(compiler: Compiler, call: Call) -> Compiled:
    value, substitute = _arguments(compiler, call, 2)
    kind = _common_kind(compiler, call, [value, substitute])
    first, second = value.evaluate, substitute.evaluate

    def run(record: Record) -> Any:
        try:
            return first(record)
        except (Unworkable, ArithmeticError, ValueError):
            return second(record)

    return Compiled(kind, run)


# Picklists and text


def _is_pick_value(compiler: Compiler, call: Call) -> Compiled:
    """ISPICKVAL(picklist, "value"); the empty text asks for no value."""
    field, wanted = _arguments(compiler, call, 2)
    if field.kind is not Kind.PICKLIST:
        raise FormulaError("Incorrect parameter for function 'ISPICKVAL()'. Expected Picklist field reference.")
    compiler.expect(wanted, (Kind.TEXT,), "function 'ISPICKVAL()'")
    first, second = field.evaluate, wanted.evaluate
    return Compiled(Kind.BOOLEAN, lambda record: first(record) == second(record))


def _includes(compiler: Compiler, call: Call) -> Compiled:
    field, wanted = _arguments(compiler, call, 2)
    if field.kind is not Kind.MULTIPICKLIST:
        raise FormulaError(
            "Incorrect parameter for function 'INCLUDES()'. Expected Multi-Select Picklist field reference."
        )
    if not isinstance(call.arguments[1], Text):
        raise FormulaError(
            f"Incorrect parameter type for function 'INCLUDES()'. Expected Text Literal, received {wanted.kind.value}"
        )
    first, second = field.evaluate, wanted.evaluate
    return Compiled(Kind.BOOLEAN, lambda record: second(record) in (first(record) or "").split(";"))


def _pick_list_count(compiler: Compiler, call: Call) -> Compiled:
    (field,) = _arguments(compiler, call, 1)
    if field.kind is not Kind.MULTIPICKLIST:
        raise FormulaError(
            "Incorrect parameter for function 'PICKLISTCOUNT()'. Expected Multi-Select Picklist field reference."
        )
    evaluate = field.evaluate

    def run(record: Record) -> Decimal:
        value = evaluate(record)
        return Decimal(value.count(";") + 1 if value else 0)

    return Compiled(Kind.NUMBER, run)


def _text(compiler: Compiler, call: Call) -> Compiled:
    (inner,) = _arguments(compiler, call, 1)
    if inner.kind in (Kind.TEXT, Kind.BOOLEAN, Kind.MULTIPICKLIST):
        raise FormulaError(
            "Incorrect parameter type for function 'TEXT()'. "
            f"Expected Number, Date, DateTime, Picklist, received {inner.kind.value}"
        )
    evaluate = inner.evaluate

    def run(record: Record) -> Any:
        value = evaluate(record)
        return None if value is None else spell_text(value)

    return Compiled(Kind.TEXT, run)


# Other records


def _lookup_field(compiler: Compiler, node: Node, of: str | None = None) -> tuple[Sobject, Field]:
    """What `$ObjectType.Zip__c.Fields.City__c` names; `of` is the object that it has to be a field of."""
    names = node.path.split(".") if isinstance(node, Name) else []
    sobject = compiler.view.find_sobject(names[1]) if len(names) == 4 and names[0].lower() == "$objecttype" else None
    field = sobject.find_field(names[3]) if sobject else None
    if sobject is None or field is None or (of is not None and sobject.name != of):
        raise FormulaError("Incorrect parameter for function 'VLOOKUP()'. Expected field reference.")
    return sobject, field


def _vlookup(compiler: Compiler, call: Call) -> Compiled:
    """VLOOKUP(field to give, field to match, value): of the first record of an object whose name is the value."""
    if not compiler.on_write:
        raise FormulaError(f"Function {call.name} may not be used in this type of formula")
    if len(call.arguments) != 3:
        raise wrong_count(call.name, 3, len(call.arguments))
    sobject, given = _lookup_field(compiler, call.arguments[0])
    _, matched = _lookup_field(compiler, call.arguments[1], sobject.name)
    wanted = compiler.compile(call.arguments[2])
    compiler.expect(wanted, (Kind.TEXT,), "function 'VLOOKUP()'")
    view, evaluate = compiler.view, wanted.evaluate
    read, match = view.reader(sobject, given), view.reader(sobject, matched)
    load = loader(given, blank_is_zero=False)

    def run(record: Record) -> Any:
        value = evaluate(record)
        found = next((row for row in view.rows(sobject) if value is not None and match(row) == value), None)
        return None if found is None else load(read(found))

    return Compiled(kind_of(given) or Kind.TEXT, run)


# The record's past


def _own_field(compiler: Compiler, call: Call) -> Compiled:
    if not compiler.on_write:
        raise FormulaError(f"Function {call.name} may not be used in this type of formula")
    (inner,) = _arguments(compiler, call, 1)
    if inner.field is None or "." in inner.path:
        raise FormulaError(f"Incorrect parameter for function '{call.name}()'. Expected field reference.")
    return inner


def _is_changed(compiler: Compiler, call: Call) -> Compiled:
    evaluate = _own_field(compiler, call).evaluate

    def run(record: Record) -> bool:
        before = record.before
        return before is not None and evaluate(record) != evaluate(Record(before))

    return Compiled(Kind.BOOLEAN, run)


def _prior_value(compiler: Compiler, call: Call) -> Compiled:
    inner = _own_field(compiler, call)
    evaluate = inner.evaluate

    def run(record: Record) -> Any:
        return None if record.before is None else evaluate(Record(record.before))

    return Compiled(inner.kind, run, inner.field, inner.path)


def _is_new(compiler: Compiler, call: Call) -> Compiled:
    _arguments(compiler, call, 0)
    if not compiler.on_write:
        raise FormulaError(f"Function {call.name} may not be used in this type of formula")
    return Compiled(Kind.BOOLEAN, lambda record: record.before is None)


def _is_clone(compiler: Compiler, call: Call) -> Compiled:
    """No record made over the API is a clone."""
    _is_new(compiler, call)
    return Compiled(Kind.BOOLEAN, lambda _: False)


# The clock


def _zone(compiler: Compiler) -> ZoneInfo:
    user = compiler.view.org.get(compiler.view.user_id) or {}
    try:
        return ZoneInfo(user.get("TimeZoneSidKey") or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _now(compiler: Compiler, call: Call) -> Compiled:
    _arguments(compiler, call, 0)
    clock = compiler.view.org.clock
    return Compiled(Kind.DATETIME, lambda _: datetime.fromtimestamp(clock.now_ms() // 1000, UTC))


def _today(compiler: Compiler, call: Call) -> Compiled:
    _arguments(compiler, call, 0)
    clock, zone = compiler.view.org.clock, _zone(compiler)
    return Compiled(Kind.DATE, lambda _: datetime.fromtimestamp(clock.now_ms() / 1000, zone).date())


def _time_now(compiler: Compiler, call: Call) -> Compiled:
    _arguments(compiler, call, 0)
    clock = compiler.view.org.clock
    return Compiled(Kind.TIME, lambda _: clock.now_ms() % 86_400_000)


def _date_value(compiler: Compiler, call: Call) -> Compiled:
    """Of a text, or the day of a moment in the user's zone."""
    (inner,) = _arguments(compiler, call, 1)
    compiler.expect(inner, (Kind.TEXT, Kind.DATETIME, Kind.DATE), "function 'DATEVALUE()'")
    evaluate, zone = inner.evaluate, _zone(compiler)

    def run(record: Record) -> Any:
        value = evaluate(record)
        if isinstance(value, datetime):
            return value.astimezone(zone).date()
        return date_from_text(value) if isinstance(value, str) else value

    return Compiled(Kind.DATE, run)


def _add_months(compiler: Compiler, call: Call) -> Compiled:
    day, months = _arguments(compiler, call, 2)
    compiler.expect(day, (Kind.DATE, Kind.DATETIME), "function 'ADDMONTHS()'")
    compiler.expect(months, (Kind.NUMBER,), "function 'ADDMONTHS()'")
    first, second = day.evaluate, months.evaluate

    def run(record: Record) -> Any:
        start, count = first(record), second(record)
        return None if start is None or count is None else add_months(start, count)

    return Compiled(day.kind, run)


FORMS: dict[str, Form] = {
    "ADDMONTHS": _add_months,
    "AND": _and,
    "BLANKVALUE": _blank_value,
    "CASE": _case,
    "DATEVALUE": _date_value,
    "IF": _if,
    "IFERROR": _if_error,
    "IFS": _ifs,
    "INCLUDES": _includes,
    "ISBLANK": _is_blank,
    "ISCHANGED": _is_changed,
    "ISCLONE": _is_clone,
    "ISNEW": _is_new,
    "ISNULL": _is_null,
    "ISPICKVAL": _is_pick_value,
    "NOT": _not,
    "NOW": _now,
    "NULLVALUE": _null_value,
    "OR": _or,
    "PICKLISTCOUNT": _pick_list_count,
    "PRIORVALUE": _prior_value,
    "TEXT": _text,
    "TIMENOW": _time_now,
    "TODAY": _today,
    "VLOOKUP": _vlookup,
}
