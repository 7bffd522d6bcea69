"""Reading JSON bodies of the smaller areas: an object, a member that must be there, a list of inputs.

What the members mean does not belong here.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from pasodoble.simulators.http import Request
from pasodoble.simulators.hubspot.errors import Refusal

T = TypeVar("T")
KINDS: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def json_object(request: Request) -> dict[str, Any]:
    """The body as an object; an empty body is an empty one. Raises Refusal and orjson.JSONDecodeError."""
    body = request.json() if request.body.strip() else {}
    if not isinstance(body, dict):
        raise Refusal("Invalid input JSON on line 1, column 1: the body is to be an object")
    return body


def wrong_kind(name: str, kind: type) -> Refusal:
    message = f"Invalid input JSON on line 1, column 1: {name} is to be {KINDS[kind]}"
    return Refusal(message, errors=[{"message": message, "in": name}])


def not_given(name: str) -> Refusal:
    message = f"Some required fields were not set: [{name}]"
    return Refusal(message, errors=[{"message": message, "in": name, "code": "REQUIRED_FIELD"}])


def required(body: dict[str, Any], name: str, kind: type[T]) -> T:
    """A member that must be there and be of `kind`. Raises Refusal."""
    if body.get(name) is None:
        raise not_given(name)
    return _of_kind(body[name], name, kind)


def optional(body: dict[str, Any], name: str, kind: type[T]) -> T | None:
    """A member that may be missing or null, and else is of `kind`. Raises Refusal."""
    value = body.get(name)
    return None if value is None else _of_kind(value, name, kind)


def _of_kind(value: Any, name: str, kind: type[T]) -> T:
    """`kind` float takes whole numbers too; a boolean is no number."""
    wanted = (int, float) if kind is float else (kind,)
    if not isinstance(value, wanted) or (kind in (int, float) and isinstance(value, bool)):
        raise wrong_kind(name, kind)
    return cast(T, value)


def inputs(request: Request, *, limit: int | None = None) -> list[dict[str, Any]]:
    """`inputs` of a batch, each an object. Raises Refusal."""
    rows = required(json_object(request), "inputs", list)
    if any(not isinstance(row, dict) for row in rows):
        raise wrong_kind("inputs", dict)
    if limit is not None and len(rows) > limit:
        raise Refusal(
            f"The maximum number of inputs supported in a batch is {limit}. "
            "Please reduce the number of items and try again"
        )
    return rows


def texts(body: dict[str, Any], name: str) -> list[str]:
    """A member that is a list of strings, empty when it is missing. Raises Refusal."""
    values = optional(body, name, list) or []
    if any(not isinstance(value, str) for value in values):
        raise wrong_kind(name, str)
    return values


def numbers(body: dict[str, Any], name: str) -> list[int]:
    """A member that is a list of whole numbers, also as strings; empty when it is missing. Raises Refusal."""
    try:
        return [int(value) for value in optional(body, name, list) or []]
    except (TypeError, ValueError):
        raise wrong_kind(name, int) from None


def page_size(request: Request, *, default: int, largest: int) -> int:
    """`limit` of the query. Raises Refusal."""
    text = request.one("limit")
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(f"limit is to be a whole number from 1 to {largest}")
    if int(text) > largest:
        raise Refusal(f"limit is to be a whole number from 1 to {largest}, not {text}")
    return int(text)


def offset_after(request: Request) -> int:
    """`after` of a listing that pages by position. Raises Refusal."""
    text = request.one("after")
    if not text:
        return 0
    if not text.isdecimal():
        raise Refusal(f"after is to be what the page before gave, not {text!r}")
    return int(text)


def page_of(
    rows: list[T], request: Request, *, default: int = 10, largest: int = 100
) -> tuple[list[T], dict[str, Any]]:
    """One page of rows that are all at hand, and the `paging` member that leads to the next one, if there is one."""
    start, size = offset_after(request), page_size(request, default=default, largest=largest)
    rest = {"paging": {"next": {"after": str(start + size)}}} if start + size < len(rows) else {}
    return rows[start : start + size], rest
