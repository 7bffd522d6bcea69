"""`/search` and `/parameterizedSearch`: records by their words. The language is `soql.sosl`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import call_refusal
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, reply
from pasodoble.simulators.salesforce.soql import Search, parse_search, run_search, search_by_parameters


def search(call: Call) -> Response:
    text = call.request.one("q")
    if not text:
        raise call_refusal("MALFORMED_SEARCH", "A search string has to be specified")
    return _answer(call, parse_search(text))


def by_query_parameters(call: Call) -> Response:
    """`?q=Ana&sobject=Contact&Contact.fields=Id,Name&Contact.limit=5`."""
    request = call.request
    asked: dict[str, Any] = {name: values[-1] for name, values in request.query.items() if "." not in name}
    names = request.many("sobject")
    asked["sobjects"] = [_sobject_of(call, name) for name in names]
    if "fields" in asked:
        asked["fields"] = request.many("fields")
    asked.pop("sobject", None)
    return _answer(call, search_by_parameters(_checked(asked)))


def _sobject_of(call: Call, name: str) -> dict[str, Any]:
    request = call.request
    told: dict[str, Any] = {"name": name}
    if request.one(f"{name}.fields"):
        told["fields"] = request.many(f"{name}.fields")
    told.update((key, value) for key in ("limit", "where", "orderBy") if (value := request.one(f"{name}.{key}")))
    return told


def by_parameters(call: Call) -> Response:
    return _answer(call, search_by_parameters(_checked(call.mapping())))


def _checked(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    if not isinstance(asked.get("q"), str):
        raise call_refusal("MALFORMED_SEARCH", "q is required: the words to search for")
    sobjects = asked.get("sobjects") or []
    if not isinstance(sobjects, list) or not all(isinstance(part, dict) for part in sobjects):
        raise call_refusal("MALFORMED_SEARCH", "sobjects is a list of objects such as {name: Contact}")
    for part in (asked, *sobjects):
        if not str(part.get("limit", 1)).isdigit():
            raise call_refusal("MALFORMED_SEARCH", f"limit must be a whole number, not {part['limit']}")
    return asked


def _answer(call: Call, wanted: Search) -> Response:
    found = run_search(wanted, call.view, version=call.version)
    return reply({"searchRecords": found}, records=len(found))


def add_routes(instance: Instance) -> None:
    instance.serve("GET", "/search", search)
    instance.serve("GET", "/parameterizedSearch", by_query_parameters)
    instance.serve("POST", "/parameterizedSearch", by_parameters)
