"""Reads a formula into its tree. What names and functions mean, and whether the kinds fit, belongs in `check`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

MAX_LENGTH = 3900
"""Characters in a formula. Source: Salesforce Help, formula limits."""


class FormulaError(ValueError):
    """A formula that cannot be saved; the text is the sentence Salesforce shows below the editor."""


@dataclass(frozen=True, slots=True)
class Number:
    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    value: str


@dataclass(frozen=True, slots=True)
class Flag:
    value: bool


@dataclass(frozen=True, slots=True)
class Null:
    pass


@dataclass(frozen=True, slots=True)
class Name:
    """A field, one of a related record (`Account.Owner.Email`, `Owner:User.Email`) or a global (`$User.Id`)."""

    path: str


@dataclass(frozen=True, slots=True)
class Call:
    """`name` is in capitals."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """`-`, `+` or `!`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """`|| && = <> < <= > >= & + - * / ^`; `==` is read as `=`, `!=` as `<>`."""

    operator: str
    left: Node
    right: Node


Node: TypeAlias = Number | Text | Flag | Null | Name | Call | Unary | Binary

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction | disjunction "||" conjunction              -> either
?conjunction: equality | conjunction "&&" equality                    -> both
?equality: relation | equality EQUALITY relation                      -> binary
?relation: sum | relation RELATION sum                                -> binary
?sum: power | sum SUM power                                           -> binary
?power: product | power "^" product                                   -> raised
?product: prefixed | product PRODUCT prefixed                         -> binary
?prefixed: atom | (SIGN | SUM) prefixed                               -> unary
?atom: NUMBER                                                         -> number
     | STRING                                                         -> text
     | NAME                                                           -> name
     | NAME "(" [disjunction ("," disjunction)*] ")"                  -> call
     | "(" disjunction ")"

EQUALITY: "==" | "=" | "!=" | "<>"
RELATION: "<=" | ">=" | "<" | ">"
SUM: "+" | "-" | "&"
PRODUCT: "*" | "/"
SIGN: "!"
NUMBER: /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
STRING: /"([^"\\]|\\.)*"/s | /'([^'\\]|\\.)*'/s
NAME: /[A-Za-z_$][\w$:]*(\.[A-Za-z_][\w$:]*)*/
COMMENT: /\/\*.*?\*\//s
%ignore /\s+/
%ignore COMMENT
"""
"""`*` and `/` bind tighter than `^`, and a sign tighter than both, as in Salesforce's published formula engine."""

_CONSTANTS: dict[str, Node] = {"TRUE": Flag(True), "FALSE": Flag(False), "NULL": Null()}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    def number(self, token: Token) -> Node:
        return Number(Decimal(str(token)))

    def text(self, token: Token) -> Node:
        return Text(re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), str(token)[1:-1], flags=re.DOTALL))

    def name(self, token: Token) -> Node:
        return _CONSTANTS.get(token.upper()) or Name(str(token))

    def call(self, token: Token, *arguments: Node | None) -> Node:
        return Call(token.upper(), tuple(a for a in arguments if a is not None))

    def binary(self, left: Node, operator: Token, right: Node) -> Node:
        return Binary({"==": "=", "!=": "<>"}.get(operator, str(operator)), left, right)

    def both(self, left: Node, right: Node) -> Node:
        return Binary("&&", left, right)

    def either(self, left: Node, right: Node) -> Node:
        return Binary("||", left, right)

    def raised(self, left: Node, right: Node) -> Node:
        return Binary("^", left, right)

    def unary(self, operator: Token, operand: Node) -> Node:
        if operator == "&":
            raise FormulaError("Syntax error. Found '&'")
        return Unary(str(operator), operand)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", transformer=_Builder())


@lru_cache(maxsize=1024)
def parse_formula(text: str) -> Node:
    """The tree of a formula. Raises FormulaError."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            f"Formula is too long ({len(text):,} characters). Maximum length is {MAX_LENGTH:,} characters"
        )
    if not text.strip():
        raise FormulaError("Syntax error. Found end of formula")
    try:
        tree = cast(Node, _parser().parse(text))
    except UnexpectedInput as error:
        raise FormulaError(_explain(error, text)) from None
    return tree


def _explain(error: UnexpectedInput, text: str) -> str:
    if isinstance(error, UnexpectedToken):
        if error.token.type == "$END":
            missing = "Missing ')'" if "RPAR" in error.accepts else "Found end of formula"
            return f"Syntax error. {missing}"
        if error.token.type == "RPAR" and "RPAR" not in error.accepts:
            return "Syntax error. Extra ')'"
        if error.token.type == "COMMA":
            return "Syntax error. Extra ','"
        if "RPAR" in error.accepts and "$END" not in error.accepts:
            return f"Syntax error. Missing ')' before '{error.token}'"
        return f"Syntax error. Found '{error.token}'"
    found = f"'{error.char}'" if isinstance(error, UnexpectedCharacters) else "end of formula"
    return f"Syntax error. Found {found}"
