"""Cuts a SOQL or SOSL statement into words. What a sequence of words means belongs in `parse`."""

from __future__ import annotations

import re
from typing import NamedTuple

from pasodoble.simulators.salesforce.soql.errors import malformed

END = "end"

_WORDS = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<moment>\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d))
    | (?P<day>\d{4}-\d\d-\d\d(?![\w:]))
    | (?P<clock>\d\d:\d\d:\d\d(?:\.\d+)?[Zz]?)
    | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?(?!\w))
    | (?P<money>[A-Za-z]{3}\d+(?:\.\d+)?(?![\w.]))
    | (?P<path>[^\W\d][\w$]*(?:\s*\.\s*[^\W\d][\w$]*)*|\$\w+(?:\.\w+)*)
    | (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<sign><=|>=|!=|<>|[=<>(),:*;])
    """,
    re.VERBOSE | re.DOTALL,
)


class Word(NamedTuple):
    """`kind` is a group of the pattern above, or "end". `upper` is the text in capitals, for keywords."""

    kind: str
    text: str
    upper: str
    at: int


def split_words(statement: str) -> list[Word]:
    """Raises SoqlError (MALFORMED_QUERY) at a character that begins no word."""
    words: list[Word] = []
    at, end = 0, len(statement)
    match = _WORDS.match
    while at < end:
        found = match(statement, at)
        if found is None:
            raise _stray(statement, at)
        kind = found.lastgroup or ""
        if kind != "blank":
            text = found.group()
            words.append(Word(kind, text, text.upper(), at))
        at = found.end()
    words.append(Word(END, "<EOF>", "<EOF>", end))
    return words


def _stray(statement: str, at: int) -> Exception:
    character = statement[at]
    if character == "'":
        return malformed(f"line 1:{len(statement)} mismatched character '<EOF>' expecting '''")
    if character.isdigit() or character in "+-":
        run = re.split(r"[\s,()]", statement[at:], maxsplit=1)[0]
        return malformed(f"unexpected token: '{run}'", at)
    return malformed(f"unexpected token: '{character}'", at)


_ESCAPES = {
    "n": "\n", "N": "\n", "r": "\r", "R": "\r", "t": "\t", "T": "\t", "b": "\b", "B": "\b", "f": "\f", "F": "\f",
    '"': '"', "'": "'", "\\": "\\", "_": "\\_", "%": "\\%",
}  # fmt: skip
"""`\\_` and `\\%` keep their backslash: only LIKE knows what they stand for, elsewhere `plain_text` drops it."""

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)


def unquote(word: Word) -> str:
    """The text between the quotes, escapes undone but for `\\_` and `\\%`, and a plain backslash doubled for LIKE's sake."""

    def undo(found: re.Match[str]) -> str:
        code = found.group(1)
        if len(code) == 5:
            return chr(int(code[1:], 16))
        if code == "\\":
            return "\\\\"
        if code not in _ESCAPES:
            raise malformed(
                f"Illegal string literal: Invalid string literal {word.text}. "
                f"Illegal character sequence '\\{code}' in string literal.",
                word.at,
            )
        return _ESCAPES[code]

    return _ESCAPE.sub(undo, word.text[1:-1]) if "\\" in word.text else word.text[1:-1]


def plain_text(pattern: str) -> str:
    """An unquoted literal as a value to compare with: `\\_`, `\\%` and `\\\\` stand for their second character."""
    return re.sub(r"\\([_%\\])", r"\1", pattern) if "\\" in pattern else pattern
