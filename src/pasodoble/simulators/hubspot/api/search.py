"""The search endpoint: its body checked and read, its page cut, its limits kept.

Finding the records does not belong here (see `searching`).
"""

from __future__ import annotations

from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.objects import BASES, kind_of
from pasodoble.simulators.hubspot.bodies import json_object, optional, texts
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record, Table
from pasodoble.simulators.hubspot.routes import Routes, is_dated
from pasodoble.simulators.hubspot.searching import Filter, Query, Searcher
from pasodoble.simulators.hubspot.showing import view_of

MAX_PAGE: Final = 200
MAX_RESULTS: Final = 10_000
MAX_GROUPS: Final = 5
MAX_FILTERS_A_GROUP: Final = 6
MAX_FILTERS: Final = 18
MAX_CHARACTERS: Final = 3000
OPERATORS: Final = frozenset(
    "EQ NEQ LT LTE GT GTE BETWEEN IN NOT_IN HAS_PROPERTY NOT_HAS_PROPERTY CONTAINS_TOKEN NOT_CONTAINS_TOKEN".split()
)


class SearchApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._last: tuple[Table, Query, int] | None = None
        self._hits: list[Record] = []

    def search(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        if len(request.body.decode("utf-8", "replace")) > MAX_CHARACTERS:
            raise Refusal(f"The request body may have at most {MAX_CHARACTERS} characters")
        body = json_object(request)
        limit, after = _limit(body), _after(body)
        if after + limit > MAX_RESULTS:
            raise Refusal(f"Search results are limited to {MAX_RESULTS}: after + limit is {after + limit}")
        query = self.read_query(kind, body)
        hits = self._found(kind, query)
        dated = is_dated(request)
        view = view_of(self.portal, kind, properties=texts(body, "properties"), dated=dated)
        page = hits[after : after + limit]
        answer: dict[str, Any] = {"total": len(hits), "results": [view.show(row) for row in page]}
        if after + limit < len(hits):
            answer["paging"] = {"next": {"after": str(after + limit)}}
        return json_response(answer, records=len(page))

    def _found(self, kind: ObjectType, query: Query) -> list[Record]:
        """The hits. Those of the last search are kept: its next page costs nothing while nothing has changed."""
        asked = (self.portal.tables[kind.type_id], query, len(self.portal.changes.journal))
        if asked != self._last or self.portal.switches.search_lag_s:
            self._last, self._hits = asked, Searcher(self.portal, kind).search(query)
        return self._hits

    def read_query(self, kind: ObjectType, body: dict[str, Any]) -> Query:
        """The query that a body asks for. Raises Refusal."""
        groups = optional(body, "filterGroups", list) or []
        if not groups and body.get("filters"):
            groups = [{"filters": body["filters"]}]
        if len(groups) > MAX_GROUPS:
            raise Refusal(f"A search may have at most {MAX_GROUPS} filter groups, not {len(groups)}")
        parsed = tuple(self._group(kind, group) for group in groups)
        total = sum(map(len, parsed))
        if total > MAX_FILTERS:
            raise Refusal(f"A search may have at most {MAX_FILTERS} filters, not {total}")
        sort, descending = self._sort(kind, body)
        return Query(parsed, optional(body, "query", str) or "", sort, descending)

    def _group(self, kind: ObjectType, group: object) -> tuple[Filter, ...]:
        filters = group.get("filters") if isinstance(group, dict) else None
        if not isinstance(filters, list):
            raise Refusal("A filter group is an object with a list of filters")
        if len(filters) > MAX_FILTERS_A_GROUP:
            raise Refusal(f"A filter group may have at most {MAX_FILTERS_A_GROUP} filters, not {len(filters)}")
        return tuple(self._filter(kind, wanted) for wanted in filters)

    def _filter(self, kind: ObjectType, wanted: object) -> Filter:
        if not isinstance(wanted, dict):
            raise Refusal("A filter is an object with propertyName, operator and value")
        name, operator = wanted.get("propertyName"), wanted.get("operator")
        if not isinstance(operator, str) or operator not in OPERATORS:
            raise Refusal(f"operator {operator} is not one of {', '.join(sorted(OPERATORS))}")
        self._check_name(kind, name)
        values = tuple(str(value) for value in wanted.get("values") or ())
        made = Filter(str(name), operator, _text(wanted.get("value")), _text(wanted.get("highValue")), values)
        _check_operands(made, wanted)
        return made

    def _check_name(self, kind: ObjectType, name: object) -> None:
        if not isinstance(name, str) or not name:
            raise Refusal("A filter needs a propertyName")
        if name.startswith("associations."):
            to_kind = self.portal.types.find(name.removeprefix("associations."))
            if to_kind is None or to_kind.custom:
                raise Refusal(f"{name} cannot be searched: there is no such association to search by")
        elif name not in self.portal.properties[kind.type_id].live:
            message = f'There was a problem with the request. Property "{name}" does not exist on {kind.constant}'
            raise Refusal(message, errors=[{"message": message, "code": "PROPERTY_DOESNT_EXIST"}])

    def _sort(self, kind: ObjectType, body: dict[str, Any]) -> tuple[str, bool]:
        """The one sort: a string (`-createdate`) or an object."""
        sorts = optional(body, "sorts", list) or []
        if len(sorts) > 1:
            raise Refusal("A search may have only one sort")
        if not sorts:
            return "", False
        match sorts[0]:
            case str(text):
                name, descending = text.removeprefix("-"), text.startswith("-")
            case {"propertyName": str(name), **rest}:
                descending = str(rest.get("direction", "ASCENDING")).upper().startswith("DESC")
            case _:
                raise Refusal("A sort is a property name or an object with propertyName and direction")
        if not name:
            return "", False
        self._check_name(kind, name)
        return name, descending


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _check_operands(made: Filter, wanted: dict[str, Any]) -> None:
    match made.operator:
        case "HAS_PROPERTY" | "NOT_HAS_PROPERTY":
            return
        case "IN" | "NOT_IN":
            if not made.values:
                raise Refusal(f"{made.operator} needs values, a list")
        case "BETWEEN":
            if wanted.get("value") is None or wanted.get("highValue") is None:
                raise Refusal("BETWEEN needs value and highValue")
        case _:
            if wanted.get("value") is None:
                raise Refusal(f"{made.operator} needs a value")


def _limit(body: dict[str, Any]) -> int:
    limit = body.get("limit")
    if limit is None:
        return 10
    if not str(limit).isdecimal() or not 0 <= int(limit) <= MAX_PAGE:
        raise Refusal(f"limit is to be a whole number up to {MAX_PAGE}, not {limit}")
    return int(limit) or 10


def _after(body: dict[str, Any]) -> int:
    after = body.get("after")
    if after in (None, ""):
        return 0
    if isinstance(after, bool) or not str(after).isdecimal():
        raise Refusal(f"after is to be a whole number, not {after!r}")
    return int(str(after))


def add_routes(portal: Portal, routes: Routes) -> None:
    routes.add_table("search", BASES, [("POST", "/{type}/search", SearchApi(portal).search)])
