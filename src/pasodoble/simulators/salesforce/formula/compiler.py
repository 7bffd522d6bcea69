"""Turns a formula's tree into a function of a record, checking names and kinds on the way.

What each special function does is in `forms`, what each plain one does in `functions`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from pasodoble.simulators.salesforce.formula.functions import FUNCTIONS, Function, Unworkable, plus_days, raise_to
from pasodoble.simulators.salesforce.formula.kinds import Kind, kind_of, loader
from pasodoble.simulators.salesforce.formula.syntax import (
    Binary,
    Call,
    Flag,
    FormulaError,
    Name,
    Node,
    Null,
    Number,
    Text,
    Unary,
)
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.view import View


@dataclass(frozen=True, slots=True)
class Record:
    """What a formula is worked out for: a row, and the row before the write (None: it is new)."""

    row: Row
    before: Row | None = None


Evaluate = Callable[[Record], Any]
Reach = Callable[[Record], Row | None]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression: its kind and how to work it out. `field` is set when it is nothing but a field of some object."""

    kind: Kind
    evaluate: Evaluate
    field: Field | None = None
    path: str = ""


@dataclass(slots=True)
class Compiler:
    """Compiles for one object. `on_write`: former values may be asked for; `blank_is_zero`: of blank number fields."""

    view: View
    sobject: Sobject
    on_write: bool
    blank_is_zero: bool
    reads: set[str] = field(default_factory=set)

    def compile_whole(self, node: Node) -> Compiled:
        """A formula's tree. Raises FormulaError."""
        try:
            return self.compile(node)
        except RecursionError:
            raise FormulaError("Compiled formula is too big to execute") from None

    def compile(self, node: Node) -> Compiled:
        match node:
            case Number(value) | Text(value) | Flag(value):
                constant: Any = value if value != "" else None
                return Compiled(_CONSTANT_KINDS[type(node)], lambda _: constant)
            case Null():
                return Compiled(Kind.NULL, lambda _: None)
            case Name(path):
                return self.compile_name(path)
            case Call():
                return self.compile_call(node)
            case Unary():
                return self.compile_unary(node)
            case Binary():
                return self.compile_binary(node)
            case _:
                assert_never(node)

    # Names

    def compile_name(self, path: str) -> Compiled:
        """Raises FormulaError when any step of the path is not there."""
        names = path.split(".")
        if names[0].startswith("$"):
            return self._compile_global(path, names)
        sobject = self.sobject
        reach: Reach = _own_row
        for name in names[:-1]:
            sobject, reach = self._step(sobject, reach, name, path)
        found = sobject.find_field(names[-1])
        if found is None:
            raise FormulaError(f"Field {path} does not exist. Check spelling.")
        return self.compile_field(sobject, found, reach, path)

    def _step(self, sobject: Sobject, reach: Reach, name: str, path: str) -> tuple[Sobject, Reach]:
        """One relationship up; `Owner:User` says which of several objects is meant, a user where nothing is said."""
        relationship, _, wanted = name.partition(":")
        parent = sobject.find_parent(relationship)
        known = parent.refers_to if parent else ()
        wanted = wanted or ("User" if "User" in known else next(iter(known), ""))
        targets = [target for target in known if target.lower() == wanted.lower()]
        target = self.view.find_sobject(targets[0]) if targets else None
        if parent is None or target is None:
            raise FormulaError(f"Field {path} does not exist. Check spelling.")
        related, expected = self.view.related, target.name

        def climb(record: Record) -> Row | None:
            here = reach(record)
            found = None if here is None else related(parent, here)
            return found[1] if found is not None and found[0].name == expected else None

        return target, climb

    def compile_field(self, sobject: Sobject, found: Field, reach: Reach, path: str) -> Compiled:
        kind = kind_of(found)
        if kind is None:
            raise FormulaError(
                f'You referenced an unsupported field type called "{found.type}" using the following field: {path}'
            )
        read, load = self._reader(sobject, found), loader(found, blank_is_zero=self.blank_is_zero)
        if kind is Kind.LOCATION:
            load = _load_location
        own = reach is _own_row
        self.reads.add(found.name if own else path)
        blank = load(None)

        def evaluate(record: Record) -> Any:
            row = reach(record)
            return blank if row is None else load(read(row))

        return Compiled(kind, (lambda record: load(read(record.row))) if own else evaluate, found, path)

    def _reader(self, sobject: Sobject, found: Field) -> Callable[[Row], Any]:
        key = (sobject.name, found.name)
        if key in _compiling.get():
            raise FormulaError("Formula cannot use another formula field that directly or indirectly refers to itself.")
        return self.view.reader(sobject, found)

    def _compile_global(self, path: str, names: list[str]) -> Compiled:
        """`$User`, `$Profile`, `$UserRole`, `$Organization`, `$RecordType` and, always blank, `$Setup` and `$Label`."""
        head = names[0].lower()
        if head in ("$setup", "$label", "$custommetadata", "$permission"):
            return Compiled(Kind.BOOLEAN if head == "$permission" else Kind.NULL, lambda _: None)
        if head == "$system" and names[1:] == ["OriginDateTime"]:
            return Compiled(Kind.DATETIME, lambda _: datetime.fromisoformat("1900-01-01T00:00:00+00:00"))
        target = _GLOBALS.get(head)
        sobject = self.view.find_sobject(target[0]) if target else None
        found = sobject.find_field(names[1]) if sobject and len(names) == 2 else None
        if target is None or sobject is None or found is None:
            raise FormulaError(f"Field {path} does not exist. Check spelling.")
        org, user_id, find_id = self.view.org, self.view.user_id, target[1]

        def reach(record: Record) -> Row | None:
            user = org.get(user_id) or {}
            wanted = find_id(org.id, user, record.row)
            return org.get(wanted) if wanted else None

        return self.compile_field(sobject, found, reach, path)

    # Operators

    def compile_unary(self, node: Unary) -> Compiled:
        inner = self.compile(node.operand)
        wanted = Kind.BOOLEAN if node.operator == "!" else Kind.NUMBER
        self.expect(inner, (wanted,), f"operator '{node.operator}'")
        evaluate = inner.evaluate
        change = _UNARY[node.operator]

        def run(record: Record) -> Any:
            value = evaluate(record)
            return None if value is None else change(value)

        return Compiled(wanted, run)

    def compile_binary(self, node: Binary) -> Compiled:
        left, right = self.compile(node.left), self.compile(node.right)
        if node.operator in ("&&", "||"):
            return self._logical(node.operator, left, right)
        for side in (left, right):
            self.refuse_picklist(side)
        if node.operator in ("=", "<>"):
            return self._equality(node.operator, left, right)
        if node.operator in _ORDERS:
            self.expect_same(left, right, f"operator '{node.operator}'")
            return Compiled(Kind.BOOLEAN, _strict(_ORDERS[node.operator], left.evaluate, right.evaluate))
        if node.operator == "&" or (node.operator == "+" and Kind.TEXT in (left.kind, right.kind)):
            for side in (left, right):
                self.expect(side, (Kind.TEXT,), f"operator '{node.operator}'")
            return Compiled(Kind.TEXT, _concatenate(left.evaluate, right.evaluate))
        return self._arithmetic(node.operator, left, right)

    def _logical(self, name: str, left: Compiled, right: Compiled) -> Compiled:
        for side in (left, right):
            self.expect(side, (Kind.BOOLEAN,), f"operator '{name}'")
        first, second = left.evaluate, right.evaluate
        if name == "&&":
            return Compiled(Kind.BOOLEAN, lambda record: bool(first(record)) and bool(second(record)))
        return Compiled(Kind.BOOLEAN, lambda record: bool(first(record)) or bool(second(record)))

    def _equality(self, name: str, left: Compiled, right: Compiled) -> Compiled:
        """Blank text equals blank text, anything blank equals NULL; else null in, null out."""
        self.expect_same(left, right, f"operator '{name}'")
        blank_counts = Kind.NULL in (left.kind, right.kind) or Kind.TEXT in (left.kind, right.kind)
        compare = operator.eq if name == "=" else operator.ne
        first, second = left.evaluate, right.evaluate
        if blank_counts:
            return Compiled(Kind.BOOLEAN, lambda record: compare(first(record), second(record)))
        return Compiled(Kind.BOOLEAN, _strict(compare, first, second))

    def _arithmetic(self, name: str, left: Compiled, right: Compiled) -> Compiled:
        found = _ARITHMETIC.get((name, left.kind, right.kind))
        if found is None:
            numbers = (Kind.NUMBER, Kind.NULL)
            wrong = left if left.kind not in numbers else right
            if Kind.NULL not in (left.kind, right.kind) or wrong.kind not in numbers:
                raise _wrong_kind(f"operator '{name}'", (Kind.NUMBER,), wrong.kind)
            return Compiled(Kind.NUMBER, lambda _: None)
        kind, function = found
        return Compiled(kind, _strict(function, left.evaluate, right.evaluate))

    # Calls

    def compile_call(self, call: Call) -> Compiled:
        from pasodoble.simulators.salesforce.formula.forms import FORMS

        form = FORMS.get(call.name)
        if form is not None:
            return form(self, call)
        function = FUNCTIONS.get(call.name)
        if function is None:
            raise FormulaError(f"Unknown function {call.name}. Check spelling.")
        arguments = [self.compile(argument) for argument in call.arguments]
        self._expect_arguments(call.name, function, arguments)
        return Compiled(function.gives, _apply(function, arguments))

    def _expect_arguments(self, name: str, function: Function, arguments: list[Compiled]) -> None:
        most = len(function.takes)
        least = most - function.optional
        if len(arguments) < least or (len(arguments) > most and not function.repeats):
            raise wrong_count(name, least if len(arguments) < least else most, len(arguments))
        for at, argument in enumerate(arguments):
            self.expect(argument, function.takes[min(at, most - 1)], f"function '{name}()'")

    # Checks

    def expect(self, given: Compiled, kinds: tuple[Kind, ...], where: str) -> None:
        self.refuse_picklist(given)
        if given.kind not in kinds and given.kind is not Kind.NULL:
            raise _wrong_kind(where, kinds, given.kind)

    def expect_same(self, left: Compiled, right: Compiled, where: str) -> None:
        if Kind.NULL not in (left.kind, right.kind) and left.kind is not right.kind:
            raise _wrong_kind(where, (left.kind,), right.kind)

    def refuse_picklist(self, given: Compiled) -> None:
        if given.kind is Kind.PICKLIST:
            raise FormulaError(
                f"Field {given.path} is a picklist field. Picklist fields are only supported in certain functions."
            )
        if given.kind is Kind.MULTIPICKLIST:
            raise FormulaError(
                f"Field {given.path} is a multi-select picklist field. "
                "Multi-select picklist fields are only supported in certain functions."
            )


_compiling: ContextVar[frozenset[tuple[str, str]]] = ContextVar("_compiling", default=frozenset())
"""The formula fields being compiled just now, to notice one that leads back to itself."""


def compiling() -> ContextVar[frozenset[tuple[str, str]]]:
    return _compiling


def _own_row(record: Record) -> Row | None:
    return record.row


def wrong_count(name: str, expected: int, received: int) -> FormulaError:
    return FormulaError(
        f"Incorrect number of parameters for function '{name}()'. Expected {expected}, received {received}"
    )


def _wrong_kind(where: str, kinds: tuple[Kind, ...], received: Kind) -> FormulaError:
    expected = ", ".join(kind.value for kind in kinds)
    return FormulaError(f"Incorrect parameter type for {where}. Expected {expected}, received {received.value}")


def _load_location(value: Any) -> Any:
    if not value or value.get("latitude") is None or value.get("longitude") is None:
        return None
    return float(value["latitude"]), float(value["longitude"])


_CONSTANT_KINDS: dict[type, Kind] = {Number: Kind.NUMBER, Text: Kind.TEXT, Flag: Kind.BOOLEAN}
_UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "!": operator.not_}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _strict(function: Callable[[Any, Any], Any], first: Evaluate, second: Evaluate) -> Evaluate:
    """Null in, null out."""

    def run(record: Record) -> Any:
        left, right = first(record), second(record)
        return None if left is None or right is None else function(left, right)

    return run


def _concatenate(first: Evaluate, second: Evaluate) -> Evaluate:
    return lambda record: ((first(record) or "") + (second(record) or "")) or None


def _apply(function: Function, arguments: list[Compiled]) -> Evaluate:
    last = len(function.takes) - 1
    parts = [
        (argument.evaluate, Kind.TEXT in function.takes[min(at, last)] and argument.kind in (Kind.TEXT, Kind.NULL))
        for at, argument in enumerate(arguments)
    ]
    call = function.call

    def run(record: Record) -> Any:
        values = []
        for evaluate, is_text in parts:
            value = evaluate(record)
            if value is None:
                if not is_text:
                    return None
                value = ""
            values.append(value)
        result = call(*values)
        return None if result == "" else result

    return run


def _divide(a: Decimal, b: Decimal) -> Decimal:
    if b == 0:
        raise Unworkable("division by zero")
    return a / b


def _days_between(a: date, b: date) -> Decimal:
    gap = a - b
    return Decimal(gap.days) + Decimal(gap.seconds) / 86400


_DAY_MS = 86_400_000
_N, _D, _DT, _TM = Kind.NUMBER, Kind.DATE, Kind.DATETIME, Kind.TIME

_ARITHMETIC: dict[tuple[str, Kind, Kind], tuple[Kind, Callable[[Any, Any], Any]]] = {
    ("+", _N, _N): (_N, operator.add),
    ("-", _N, _N): (_N, operator.sub),
    ("*", _N, _N): (_N, operator.mul),
    ("/", _N, _N): (_N, _divide),
    ("^", _N, _N): (_N, raise_to),
    ("+", _D, _N): (_D, plus_days),
    ("+", _N, _D): (_D, lambda n, d: plus_days(d, n)),
    ("-", _D, _N): (_D, lambda d, n: plus_days(d, -n)),
    ("-", _D, _D): (_N, _days_between),
    ("+", _DT, _N): (_DT, plus_days),
    ("+", _N, _DT): (_DT, lambda n, d: plus_days(d, n)),
    ("-", _DT, _N): (_DT, lambda d, n: plus_days(d, -n)),
    ("-", _DT, _DT): (_N, _days_between),
    ("+", _TM, _N): (_TM, lambda t, n: (t + int(n)) % _DAY_MS),
    ("-", _TM, _N): (_TM, lambda t, n: (t - int(n)) % _DAY_MS),
    ("-", _TM, _TM): (_N, lambda a, b: Decimal((a - b) % _DAY_MS)),
}
"""Which sums there are: operator and kinds -> kind of the result, and how."""

_GLOBALS: dict[str, tuple[str, Callable[[str, Row, Row], str | None]]] = {
    "$user": ("User", lambda _org, user, _row: user.get("Id")),
    "$profile": ("Profile", lambda _org, user, _row: user.get("ProfileId")),
    "$userrole": ("UserRole", lambda _org, user, _row: user.get("UserRoleId")),
    "$organization": ("Organization", lambda org, _user, _row: org),
    "$recordtype": ("RecordType", lambda _org, _user, row: row.get("RecordTypeId")),
}
"""The object behind a global, and whose id it is: from the org's id, the user's row and the record's."""
