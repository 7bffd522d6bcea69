"""Reads a SOQL statement into its tree, by recursive descent: one method a rule, the rule above it.

Written by hand rather than from a grammar file because nearly every keyword is also a name (`FROM Group`, a column
called `Last`), and because the place of an error has to be Salesforce's own. Names are looked up in `bind`, not here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from pasodoble.simulators.salesforce.soql.errors import SoqlError, malformed, too_complicated
from pasodoble.simulators.salesforce.soql.lexer import END, Word, plain_text, split_words, unquote
from pasodoble.simulators.salesforce.soql.syntax import (
    Among,
    And,
    Call,
    Child,
    Clock,
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
    Money,
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

MAX_LENGTH = 100_000
"""Characters in a statement. Source: SOQL and SOSL Reference, limits."""

COMPARISONS = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "LIKE": "LIKE"}
RESERVED = frozenset(
    "AND ASC DESC EXCLUDES FROM GROUP HAVING IN INCLUDES LIKE LIMIT NOT NULL NULLS OR SELECT USING WHERE WITH".split()
)
CLAUSES = RESERVED | {"ORDER", "OFFSET", "FOR", "ALL", "UPDATE", "USING", "END", "WHEN", "THEN", "ELSE"}
"""Words that end a list of names: none of them can be an alias that stands without AS."""

SPANS = frozenset(
    """YESTERDAY TODAY TOMORROW LAST_WEEK THIS_WEEK NEXT_WEEK LAST_MONTH THIS_MONTH NEXT_MONTH LAST_90_DAYS NEXT_90_DAYS
    THIS_QUARTER LAST_QUARTER NEXT_QUARTER THIS_YEAR LAST_YEAR NEXT_YEAR THIS_FISCAL_QUARTER LAST_FISCAL_QUARTER
    NEXT_FISCAL_QUARTER THIS_FISCAL_YEAR LAST_FISCAL_YEAR NEXT_FISCAL_YEAR""".split()
)
COUNTED_SPANS = frozenset(
    f"{form}{unit}"
    for unit in ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
    for form in ("LAST_N_", "NEXT_N_")
) | frozenset(
    f"N_{unit}_AGO" for unit in ("DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS", "FISCAL_QUARTERS", "FISCAL_YEARS")
)

T = TypeVar("T")


@lru_cache(maxsize=2048)
def parse_query(statement: str) -> Query:
    """The tree of a SELECT statement. Raises SoqlError, with the place already in its message."""
    if len(statement) > MAX_LENGTH:
        raise malformed("SOQL statements cannot be longer than 100000 characters.")
    try:
        parser = Parser(split_words(statement))
        query = parser.query()
        parser.end()
        return query
    except SoqlError as error:
        raise error.locate(statement) from None
    except RecursionError:
        raise too_complicated() from None


class Parser:
    """A cursor over the words, with a method for each rule. SOSL's parser builds on it."""

    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._next = 0

    # the cursor

    @property
    def word(self) -> Word:
        return self._words[self._next]

    def take(self) -> Word:
        word = self._words[self._next]
        if word.kind == END:
            raise self.unexpected()
        self._next += 1
        return word

    def unexpected(self) -> SoqlError:
        word = self.word
        if word.text == ":":
            return malformed("Bind variables only allowed in Apex code", word.at)
        return malformed(f"unexpected token: '{word.text}'", word.at)

    def sees(self, *keywords: str) -> bool:
        """Whether the next words are these keywords or signs."""
        words = self._words[self._next : self._next + len(keywords)]
        return len(words) == len(keywords) and all(w.upper == k for w, k in zip(words, keywords, strict=True))

    def skip(self, *keywords: str) -> bool:
        """Step over these keywords if they come next."""
        if self.sees(*keywords):
            self._next += len(keywords)
            return True
        return False

    def expect(self, *keywords: str) -> int:
        """Step over these keywords; gives the place of the first."""
        at = self.word.at
        for keyword in keywords:
            if self.word.upper != keyword or self.word.kind == "text":
                raise self.unexpected()
            self._next += 1
        return at

    def end(self) -> None:
        if self.word.kind != END:
            raise self.unexpected()

    def name(self) -> str:
        """One name without dots; any word but a reserved one will do."""
        if not self.sees_name() or "." in self.word.text:
            raise self.unexpected()
        return self.take().text

    def sees_name(self) -> bool:
        """Whether a name may stand here. `Group` is one too, unless BY follows."""
        word = self.word
        return word.kind in ("path", "money") and (
            word.upper not in RESERVED or (word.upper == "GROUP" and not self.sees("GROUP", "BY"))
        )

    def many(self, rule: Callable[[], T]) -> tuple[T, ...]:
        """rule (, rule)*"""
        found = [rule()]
        while self.skip(","):
            found.append(rule())
        return tuple(found)

    # statement

    def query(self) -> Query:
        """SELECT items FROM source clauses"""
        self.expect("SELECT")
        items = self.many(self.item)
        self.expect("FROM")
        source, alias = self.path(), self.alias()
        related = []
        while self.skip(","):
            path = self.path()
            self.skip("AS")
            related.append((path, self.name()))
        scope = self.scope()
        where = self.condition() if self.skip("WHERE") else None
        with_clauses = self.with_clauses()
        grouping = self.grouping() if self.skip("GROUP", "BY") else None
        having = self.condition() if self.skip("HAVING") else None
        order = self.many(self.ordering) if self.skip("ORDER", "BY") else ()
        limit_at, limit = self.word.at, self.count() if self.skip("LIMIT") else None
        offset_at, offset = self.word.at, self.count() if self.skip("OFFSET") else None
        purposes = self.purposes()
        return Query(
            items=items,
            source=source,
            alias=alias,
            related=tuple(related),
            scope=scope,
            where=where,
            with_clauses=with_clauses,
            grouping=grouping,
            having=having,
            order=order,
            limit=limit,
            offset=offset,
            purposes=purposes,
            all_rows=self.skip("ALL", "ROWS"),
            limit_at=limit_at,
            offset_at=offset_at,
        )

    def alias(self) -> str | None:
        """[AS] name"""
        if self.skip("AS"):
            return self.name()
        word = self.word
        stands = word.kind in ("path", "money") and "." not in word.text and word.upper not in CLAUSES
        return self.name() if stands else None

    def scope(self) -> str | None:
        """USING SCOPE name"""
        return self.name() if self.skip("USING", "SCOPE") else None

    def with_clauses(self) -> tuple[str, ...]:
        """(WITH SECURITY_ENFORCED | WITH USER_MODE | WITH SYSTEM_MODE)*"""
        found = []
        while self.skip("WITH"):
            mode = self.word.upper
            if mode not in ("SECURITY_ENFORCED", "USER_MODE", "SYSTEM_MODE"):
                raise self.unexpected()
            self.take()
            found.append(mode)
        return tuple(found)

    def purposes(self) -> tuple[str, ...]:
        """(FOR VIEW|REFERENCE|UPDATE)* (UPDATE TRACKING|VIEWSTAT)*"""
        found = []
        while self.skip("FOR"):
            found += [f"FOR {word}" for word in self.many(lambda: self.one_of("VIEW", "REFERENCE", "UPDATE"))]
        if self.skip("UPDATE"):
            found += [f"UPDATE {word}" for word in self.many(lambda: self.one_of("TRACKING", "VIEWSTAT"))]
        return tuple(found)

    def one_of(self, *keywords: str) -> str:
        if self.word.upper not in keywords:
            raise self.unexpected()
        return self.take().upper

    def count(self) -> int:
        """A whole number without a sign, for LIMIT and OFFSET."""
        if self.word.kind != "number" or not self.word.text.isdigit():
            raise self.unexpected()
        return int(self.take().text)

    # SELECT list

    def item(self) -> Item:
        """( query ) | TYPEOF … END | FIELDS ( group ) | expression [alias]"""
        at = self.word.at
        if self.skip("("):
            query = self.query()
            self.expect(")")
            return Child(query, at)
        if self.sees("TYPEOF") and self._words[self._next + 1].kind == "path":
            return self.type_of()
        if self.skip("FIELDS", "("):
            group = self.one_of("ALL", "STANDARD", "CUSTOM")
            self.expect(")")
            return FieldSet(group, at)
        return Column(self.expression(), self.alias())

    def type_of(self) -> TypeOf:
        """TYPEOF path (WHEN object THEN path, …)+ [ELSE path, …] END"""
        at = self.expect("TYPEOF")
        path = self.path()
        branches = []
        while self.skip("WHEN"):
            kind = self.path()
            self.expect("THEN")
            branches.append((kind, self.many(self.path)))
        if not branches:
            raise self.unexpected()
        otherwise = self.many(self.path) if self.skip("ELSE") else ()
        self.expect("END")
        return TypeOf(path, tuple(branches), otherwise, at)

    # expressions

    def path(self) -> Path:
        """name (. name)*"""
        if not self.sees_name():
            raise self.unexpected()
        word = self.take()
        return Path(tuple(part.strip() for part in word.text.split(".")), word.at)

    def expression(self) -> Expression:
        """path | name ( [operand (, operand)*] )"""
        path = self.path()
        if len(path.names) > 1 or not self.skip("("):
            return path
        arguments = () if self.sees(")") else self.many(self.operand)
        self.expect(")")
        return Call(path.names[0], arguments, path.at)

    def operand(self) -> Operand:
        """expression | 'text' | number"""
        word = self.word
        if word.kind == "text":
            return Text(plain_text(unquote(self.take())), word.at)
        if word.kind == "number":
            return Number(Decimal(self.take().text), word.at)
        return self.expression()

    # conditions

    def condition(self) -> Condition:
        """term ((AND term)* | (OR term)*): the two do not mix without parentheses"""
        terms = [self.term()]
        operator = self.word.upper
        if operator not in ("AND", "OR"):
            return terms[0]
        while self.skip(operator):
            terms.append(self.term())
        if self.sees("AND") or self.sees("OR"):
            raise self.unexpected()
        return And(tuple(terms)) if operator == "AND" else Or(tuple(terms))

    def term(self) -> Condition:
        """NOT term | ( condition ) | test"""
        if self.skip("NOT"):
            return Not(self.term())
        if self.skip("("):
            condition = self.condition()
            self.expect(")")
            return condition
        return self.test()

    def test(self) -> Condition:
        """expression (comparison literal | LIKE 'text' | [NOT] IN list-or-query | INCLUDES list | EXCLUDES list)"""
        left = self.expression()
        at = left.at
        operator = COMPARISONS.get(self.word.upper) if self.word.kind != "text" else None
        if operator is not None:
            self.take()
            return Compare(left, operator, self.literal(pattern=operator == "LIKE"), at)
        negated = self.skip("NOT")
        if self.skip("IN"):
            return self.membership(left, at, negated=negated)
        if negated or self.word.upper not in ("INCLUDES", "EXCLUDES"):
            raise self.unexpected()
        word = self.take().upper
        return Among(left, word, self.literals(), at)

    def membership(self, left: Expression, at: int, *, negated: bool) -> Condition:
        """( query ) | ( literal, … ), after [NOT] IN"""
        if self.sees("(", "SELECT"):
            self.expect("(")
            query = self.query()
            self.expect(")")
            return Join(left, negated, query, at)
        return Among(left, "NOT IN" if negated else "IN", self.literals(), at)

    def literals(self) -> tuple[Literal, ...]:
        """( literal (, literal)* )"""
        self.expect("(")
        found = self.many(self.literal)
        self.expect(")")
        return found

    def literal(self, *, pattern: bool = False) -> Literal:
        """'text' | number | date | datetime | true | false | null | TODAY | LAST_N_DAYS:30 | USD500"""
        word = self.word
        if word.kind == "path":
            return self.worded_literal()
        read = _LITERALS.get(word.kind)
        if read is None:
            raise self.unexpected()
        self.take()
        if word.kind == "text" and pattern:
            return Text(unquote(word), word.at)
        return read(word)

    def worded_literal(self) -> Literal:
        word = self.word
        constant = _CONSTANTS.get(word.upper)
        if constant is not None:
            self.take()
            return constant(word.at)
        if word.upper in SPANS:
            self.take()
            return Span(word.upper, None, word.at)
        if word.upper in COUNTED_SPANS:
            self.take()
            self.expect(":")
            return Span(word.upper, self.count(), word.at)
        raise self.unexpected()

    # GROUP BY, ORDER BY

    def grouping(self) -> Grouping:
        """expression, … | ROLLUP ( expression, … ) | CUBE ( expression, … )"""
        for mode in ("ROLLUP", "CUBE"):
            if self.skip(mode, "("):
                expressions = self.many(self.expression)
                self.expect(")")
                return Grouping(expressions, mode)
        return Grouping(self.many(self.expression))

    def ordering(self) -> Ordering:
        """expression [ASC|DESC] [NULLS FIRST|LAST]"""
        expression = self.expression()
        descending = not self.skip("ASC") and self.skip("DESC")
        nulls_last = self.one_of("FIRST", "LAST") == "LAST" if self.skip("NULLS") else None
        return Ordering(expression, descending, nulls_last)


def _read_day(word: Word) -> Literal:
    try:
        date.fromisoformat(word.text)
    except ValueError:
        raise malformed(f"Invalid date: {word.text}", word.at) from None
    return Day(word.text, word.at)


def _read_moment(word: Word) -> Literal:
    try:
        moment = datetime.fromisoformat(word.upper)
    except ValueError:
        raise malformed(f"Invalid datetime: {word.text}", word.at) from None
    return Moment((moment - datetime(1970, 1, 1, tzinfo=UTC)) // _MILLISECOND, word.at)


_MILLISECOND = timedelta(milliseconds=1)


def _read_clock(word: Word) -> Literal:
    hours, minutes, seconds = word.upper.rstrip("Z").split(":")
    return Clock((int(hours) * 60 + int(minutes)) * 60_000 + int(Decimal(seconds) * 1000), word.at)


_LITERALS: dict[str, Callable[[Word], Literal]] = {
    "text": lambda word: Text(plain_text(unquote(word)), word.at),
    "number": lambda word: Number(Decimal(word.text), word.at),
    "money": lambda word: Money(word.upper[:3], Decimal(word.text[3:]), word.at),
    "day": _read_day,
    "moment": _read_moment,
    "clock": _read_clock,
}
_CONSTANTS: dict[str, Callable[[int], Literal]] = {
    "TRUE": lambda at: Flag(True, at),
    "FALSE": lambda at: Flag(False, at),
    "NULL": Null,
}
