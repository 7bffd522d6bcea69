"""`/search` (SOSL) and `/parameterizedSearch`. The language itself is `soql.sosl`."""

from __future__ import annotations

from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import call_refusal
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, reply
from pasodoble.simulators.salesforce.soql import Search, parse_search, run_search, search_by_parameters

WRAPPED_SINCE = 37.0
"""Older versions answer with the bare list of records."""


def search(call: Call) -> Response:
    text = call.request.one("q")
    if text is None:
        raise call_refusal("MALFORMED_SEARCH", "A search string has to be specified")
    return _found(call, parse_search(text))


def search_by_query(call: Call) -> Response:
    """`?q=Acme&sobject=Account&Account.fields=Id,Name&Account.limit=5&in=NAME`."""
    request = call.request
    names = [name for name in request.many("sobject") if name]
    sobjects = [_asked_of(call, name) for name in names]
    asked: dict[str, Any] = {"q": request.one("q"), "in": request.one("in"), "sobjects": sobjects}
    asked |= {key: request.one(key) for key in ("defaultLimit", "overallLimit")}
    if names and request.many("fields"):
        asked["fields"] = request.many("fields")
    return _found(call, search_by_parameters(asked))


def _asked_of(call: Call, name: str) -> dict[str, Any]:
    request = call.request
    return {
        "name": name,
        "fields": request.many(f"{name}.fields"),
        "limit": request.one(f"{name}.limit"),
        "where": request.one(f"{name}.where"),
    }


def search_by_body(call: Call) -> Response:
    return _found(call, search_by_parameters(call.mapping()))


def _found(call: Call, asked: Search) -> Response:
    records = run_search(asked, call.view, version=call.version)
    body = {"searchRecords": records} if float(call.version) >= WRAPPED_SINCE else records
    return reply(body, records=len(records))


def add_routes(instance: Instance) -> None:
    instance.serve("GET", "/search", search)
    instance.serve("GET", "/parameterizedSearch", search_by_query)
    instance.serve("POST", "/parameterizedSearch", search_by_body)
