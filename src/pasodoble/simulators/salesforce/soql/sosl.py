"""SOSL: `FIND {term} IN ALL FIELDS RETURNING Contact(Id, Name WHERE … LIMIT 5)`, and the same asked for by parameters.

Each object in RETURNING is a SELECT with one more condition: that the words are found. What a SELECT means is `run`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.soql.errors import SoqlError
from pasodoble.simulators.salesforce.soql.lexer import split_words
from pasodoble.simulators.salesforce.soql.parse import Parser
from pasodoble.simulators.salesforce.soql.run import run_tree
from pasodoble.simulators.salesforce.soql.syntax import Column, Item, Path, Query
from pasodoble.simulators.salesforce.view import View

MAX_RESULTS = 2000
"""Records of one search, all objects together. Source: SOSL reference, LIMIT."""
GROUPS: Mapping[str, frozenset[str]] = {
    "ALL": frozenset("string textarea email phone url picklist combobox".split()),
    "EMAIL": frozenset(("email",)),
    "PHONE": frozenset(("phone",)),
    "NAME": frozenset(),
    "SIDEBAR": frozenset(("string", "phone", "email")),
}
"""IN … FIELDS -> the types of field searched; NAME goes by the fields that make a name."""
DEFAULT_SOBJECTS = ("Account", "Contact", "Lead", "Opportunity", "Case", "Campaign", "User")

Matches = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Search:
    """One search. `returning` holds a SELECT an object; `at` its text is kept for error messages."""

    term: str
    group: str = "ALL"
    returning: tuple[Query, ...] = ()
    limit: int = MAX_RESULTS
    text: str = ""


def malformed_search(reason: str) -> SoqlError:
    return SoqlError("MALFORMED_SEARCH", reason)


# Reading

_FIND = re.compile(r"\s*FIND\s*(?:\{((?:[^\\}]|\\.)*)\}|'((?:[^\\']|\\.)*)')", re.IGNORECASE | re.DOTALL)
_IGNORED = re.compile(
    r"\bWITH\s+(?:SNIPPET(?:\s*\([^)]*\))?|HIGHLIGHT|SPELL_CORRECTION\s*=\s*\w+|METADATA\s*=\s*'[^']*'|"
    r"DIVISION\s*=\s*'[^']*'|NETWORK\s*(?:=\s*'[^']*'|IN\s*\([^)]*\)))|\bUPDATE\s+(?:VIEWSTAT|TRACKING)\b",
    re.IGNORECASE,
)
"""Clauses that change nothing that is simulated."""


def parse_search(text: str) -> Search:
    """Raises SoqlError (MALFORMED_SEARCH)."""
    found = _FIND.match(text)
    if found is None:
        raise malformed_search("line 1:0 no viable alternative at input: the search has to begin with FIND {term}")
    rest = _IGNORED.sub(lambda m: " " * len(m[0]), text[found.end() :])
    try:
        group, returning, limit = _SearchParser(split_words(rest)).clauses()
    except SoqlError as error:
        located = error.locate(rest)
        located.code = "MALFORMED_SEARCH"
        raise located from None
    return Search(found[1] if found[1] is not None else found[2], group, returning, limit, rest)


class _SearchParser(Parser):
    """The rules of SOSL that follow the term."""

    def clauses(self) -> tuple[str, tuple[Query, ...], int]:
        """[IN group FIELDS] [RETURNING object [( … )], …] [LIMIT n]"""
        group = "ALL"
        if self.skip("IN"):
            group = self.one_of(*GROUPS)
            self.expect("FIELDS")
        returning = self.many(self.returned) if self.skip("RETURNING") else ()
        limit = self.count() if self.skip("LIMIT") else MAX_RESULTS
        self.end()
        return group, returning, limit

    def returned(self) -> Query:
        """object [( path, … [WHERE …] [ORDER BY …] [LIMIT n] [OFFSET n] )]"""
        source = self.path()
        if not self.skip("("):
            return Query((Column(Path(("Id",))),), source)
        items: tuple[Item, ...] = self.many(self.item)
        where = self.condition() if self.skip("WHERE") else None
        order = self.many(self.ordering) if self.skip("ORDER", "BY") else ()
        limit = self.count() if self.skip("LIMIT") else None
        offset = self.count() if self.skip("OFFSET") else None
        self.expect(")")
        return Query(items, source, where=where, order=order, limit=limit, offset=offset)


def search_by_parameters(parameters: Mapping[str, Any]) -> Search:
    """What `parameterizedSearch` asks for: `q`, `in`, `fields`, `sobjects` [{name, fields, limit, where, order}], limits.

    Raises SoqlError (MALFORMED_SEARCH).
    """
    term = str(parameters.get("q") or "")
    fields = list(parameters.get("fields") or ())
    default = parameters.get("defaultLimit")
    parts = [_spell_part(part, fields, default) for part in parameters.get("sobjects") or ()]
    if not parts and fields:
        raise malformed_search("An object has to be named for the fields")
    group = str(parameters.get("in") or "ALL").upper()
    limit = f" LIMIT {int(parameters['overallLimit'])}" if parameters.get("overallLimit") else ""
    returning = f" RETURNING {', '.join(parts)}" if parts else ""
    search = parse_search(f"FIND {{x}} IN {group} FIELDS{returning}{limit}")
    return Search(term, search.group, search.returning, search.limit, search.text)


def _spell_part(part: Mapping[str, Any], fields: Sequence[str], default: object) -> str:
    names = part.get("fields") or fields or ("Id",)
    clauses = [", ".join(map(str, names))]
    clauses += [f"WHERE {part['where']}"] if part.get("where") else []
    clauses += (
        [f"ORDER BY {part.get('orderBy') or part.get('order')}"] if part.get("orderBy") or part.get("order") else []
    )
    limit = part.get("limit") or default
    clauses += [f"LIMIT {int(str(limit))}"] if limit else []
    return f"{part.get('name')}({' '.join(clauses)})"


# Running


def run_search(search: Search, view: View, *, version: str = "66.0") -> list[dict[str, Any]]:
    """The records found, object by object in the order asked for. Raises SoqlError."""
    matches = compile_term(search.term)
    queries = search.returning or tuple(Query((Column(Path(("Id",))),), Path((name,))) for name in DEFAULT_SOBJECTS)
    records: list[dict[str, Any]] = []
    for query in queries:
        left = search.limit - len(records)
        if left <= 0:
            break
        sobject = view.find_sobject(str(query.source))
        also = None if sobject is None else _row_test(view, sobject, search.group, matches)
        try:
            answer = run_tree(query, view, version=version, also=also)
        except SoqlError as error:
            raise error.locate(search.text) from None
        records += answer.page(0, left)
    return records


def _row_test(view: View, sobject: Sobject, group: str, matches: Matches) -> Callable[[Row], bool]:
    readers = [view.reader(sobject, field) for field in view.fields(sobject) if _is_searched(field, group)]

    def test(row: Row) -> bool:
        return matches("\n".join(str(value) for value in (read(row) for read in readers) if value))

    return test


def _is_searched(field: Field, group: str) -> bool:
    if group == "NAME":
        return field.name_field or field.compound == "Name"
    return field.type in GROUPS[group]


_TERM_WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"|([()])|((?:[^\s()"\\]|\\.)+)', re.DOTALL)


def compile_term(term: str) -> Matches:
    """Words (all must be there), `"phrases"`, `*` and `?`, AND, OR, AND NOT, parentheses. Raises SoqlError."""
    tokens = [m.groups() for m in _TERM_WORDS.finditer(term)]
    letters = re.sub(r'[\s*?"\\(){}]', "", term)
    if len(letters) < 2:
        raise malformed_search(f"search term must be longer than one character: {term}")
    reader = _TermReader(tokens)
    matches = reader.any_of()
    if reader.next < len(tokens):
        raise malformed_search(f"unexpected ')' in search term: {term}")
    return matches


class _TermReader:
    """Recursive descent over a term's words: OR under AND under NOT."""

    def __init__(self, tokens: list[tuple[str | None, ...]]) -> None:
        self._tokens = tokens
        self.next = 0

    def _sees(self, word: str) -> bool:
        return self.next < len(self._tokens) and self._tokens[self.next][2] == word

    def any_of(self) -> Matches:
        parts = [self.all_of()]
        while self._sees("OR"):
            self.next += 1
            parts.append(self.all_of())
        return lambda text: any(part(text) for part in parts)

    def all_of(self) -> Matches:
        parts = [self.one()]
        while self.next < len(self._tokens) and not self._sees("OR") and self._tokens[self.next][1] != ")":
            if self._sees("AND"):
                self.next += 1
            parts.append(self.one())
        return lambda text: all(part(text) for part in parts)

    def one(self) -> Matches:
        if self._sees("NOT"):
            self.next += 1
            inner = self.one()
            return lambda text: not inner(text)
        if self.next >= len(self._tokens):
            raise malformed_search("the search term is incomplete")
        phrase, bracket, word = self._tokens[self.next]
        self.next += 1
        if bracket == "(":
            inner = self.any_of()
            self.next += 1
            return inner
        pattern = _word_pattern(phrase if phrase is not None else word or "")
        return lambda text: pattern.search(text) is not None


def _word_pattern(word: str) -> re.Pattern[str]:
    out = []
    at = 0
    while at < len(word):
        character = word[at]
        if character == "\\" and at + 1 < len(word):
            at += 1
            out.append(re.escape(word[at]))
        else:
            out.append({"*": r"[\w.@'-]*", "?": r"\w"}.get(character) or re.escape(character))
        at += 1
    return re.compile(rf"(?<!\w){''.join(out)}(?!\w)", re.IGNORECASE)
