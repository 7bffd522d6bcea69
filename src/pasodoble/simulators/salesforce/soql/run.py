"""Runs a SELECT for one user: tree in, matched rows and their rendering out.

Pages, locators and HTTP belong to the REST shell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.soql.aggregate import (
    MAX_GROUPS,
    Aggregation,
    is_aggregate,
    is_bare_count,
    make_group_render,
)
from pasodoble.simulators.salesforce.soql.bind import Scope, Term
from pasodoble.simulators.salesforce.soql.dates import Calendar
from pasodoble.simulators.salesforce.soql.errors import (
    SoqlError,
    malformed,
    too_complicated,
    unknown_child,
    unknown_entity,
)
from pasodoble.simulators.salesforce.soql.filters import Bound, Every, Filters, Test, check_inner, compile_bound
from pasodoble.simulators.salesforce.soql.parse import parse_query
from pasodoble.simulators.salesforce.soql.plan import SortKey, Source, sort_rows
from pasodoble.simulators.salesforce.soql.project import Render, make_render
from pasodoble.simulators.salesforce.soql.syntax import (
    And,
    Child,
    Column,
    Condition,
    Expression,
    Join,
    Not,
    Or,
    Path,
    Query,
)
from pasodoble.simulators.salesforce.view import View

MAX_OFFSET = 2000
MAX_JOINS = 2
MAX_CHILD_DEPTH = 5
"""Sub-queries below sub-queries, since API version 58. All three: SOQL and SOSL Reference, limits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query found. `count` is `totalSize`; `rows` may be fewer (none for a bare COUNT()).

    page   renders a slice of the rows as JSON-ready records.
    """

    query: Query
    sobject: Sobject
    count: int
    rows: Sequence[Row]
    render: Render

    def page(self, start: int, size: int) -> list[dict[str, Any]]:
        return [self.render(row) for row in self.rows[start : start + size]]

    def records(self) -> list[dict[str, Any]]:
        return self.page(0, len(self.rows))


def run_query(statement: str, view: View, *, version: str = "66.0", deleted: bool = False) -> Answer:
    """Run a SELECT as the user of `view`. `deleted`: rows in the Recycle Bin take part (queryAll).

    version   goes into the records' URLs.
    Raises SoqlError with Salesforce's code and whole message.
    """
    try:
        return run_tree(parse_query(statement), view, version=version, deleted=deleted)
    except SoqlError as error:
        raise error.locate(statement) from None
    except RecursionError:
        raise too_complicated() from None


def run_tree(
    query: Query, view: View, *, version: str, deleted: bool = False, also: Callable[[Row], bool] | None = None
) -> Answer:
    """Run a SELECT that is read already. `also`: one more test that its rows must pass.

    Raises SoqlError whose message still lacks the picture of the statement.
    """
    return _Run(view, version, deleted=deleted or query.all_rows).answer(query, also)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def calendar_of(view: View) -> Calendar:
    """Today as the user has it, in the zone of the user's settings."""
    user = view.org.get(view.user_id) or {}
    return Calendar.at(view.org.clock.now_ms(), _zone(user.get("TimeZoneSidKey") or "UTC"))


class _Run:
    """One query with its sub-queries: what they share."""

    def __init__(self, view: View, version: str, *, deleted: bool) -> None:
        self._view = view
        self._url_root = f"/services/data/v{version}/sobjects/"
        self._deleted = deleted
        self._calendar = calendar_of(view)

    def answer(self, query: Query, also: Callable[[Row], bool] | None = None) -> Answer:
        sobject = self._view.find_sobject(str(query.source))
        if sobject is None or not sobject.having("queryable"):
            raise unknown_entity(str(query.source), query.source.at)
        scope = self._scope(query, sobject)
        check_joins(query.where)
        if is_bare_count(query):
            return self._count(query, scope)
        if is_aggregate(query):
            return self._aggregate(query, scope)
        if query.having is not None:
            raise malformed("having clause requires a group by clause")
        render = make_render(scope, query, self._url_root, self._child_runner(1))
        rows = self._rows(query, scope, also)
        return Answer(query, sobject, len(rows), rows, render)

    def _scope(self, query: Query, sobject: Sobject) -> Scope:
        scope = Scope(self._view, sobject, self._calendar, query.alias)
        for path, alias in query.related:
            scope.relate(path, alias)
        return scope

    # Rows

    def _bind(self, query: Query, scope: Scope) -> Bound | None:
        bound = None if query.where is None else Filters(scope, self._inner_values).bind(query.where)
        if query.scope is None or query.scope.lower() != "mine":
            return bound
        owner = self._view.find_field(scope.sobject, "OwnerId")
        if owner is None:
            raise malformed(f"Invalid query scope: {query.scope}")
        mine = Test(lambda row: row.get("OwnerId") == self._view.user_id)
        return mine if bound is None else Every((bound, mine))

    def _source(self, query: Query, scope: Scope, also: Callable[[Row], bool] | None = None) -> Source:
        bound = self._bind(query, scope)
        if also is not None:
            bound = Test(also) if bound is None else Every((bound, Test(also)))
        accept = None if bound is None else compile_bound(bound)
        return Source(self._view, scope.sobject, bound, accept, deleted=self._deleted)

    def _rows(self, query: Query, scope: Scope, also: Callable[[Row], bool] | None) -> list[Row]:
        source = self._source(query, scope, also)
        offset = self._offset(query)
        count = None if query.limit is None else query.limit + offset
        return source.rows(self._order(query, scope.term), count)[offset:]

    def _offset(self, query: Query) -> int:
        if query.offset is not None and query.offset > MAX_OFFSET:
            raise SoqlError(
                "NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}", query.offset_at
            )
        return query.offset or 0

    def _order(self, query: Query, bind_term: Callable[[Expression], Term]) -> tuple[SortKey, ...]:
        keys = []
        for ordering in query.order:
            term = bind_term(ordering.expression)
            if term.field is not None and not term.field.sortable:
                raise malformed(f"field '{term.name}' can not be sorted in a query call", ordering.expression.at)
            keys.append(SortKey(term, ordering.descending, bool(ordering.nulls_last)))
        return tuple(keys)

    # COUNT(), groups

    def _count(self, query: Query, scope: Scope) -> Answer:
        if query.grouping is not None or query.order:
            raise malformed("Grouped query with COUNT() is not supported; use COUNT(fieldName)")
        count = None if query.limit is None else query.limit + self._offset(query)
        found = len(self._source(query, scope).rows((), count))
        return Answer(query, scope.sobject, max(0, found - self._offset(query)), (), lambda row: row)

    def _aggregate(self, query: Query, scope: Scope) -> Answer:
        aggregation = Aggregation(scope, query.grouping)
        render = make_group_render(aggregation, query)
        order = self._order(query, self._group_term(aggregation, query))
        groups = aggregation.groups(self._source(query, scope).rows())
        if query.having is not None:
            having = Filters(scope, self._inner_values, aggregation.term).bind(query.having)
            groups = list(filter(compile_bound(having), groups))
        offset = self._offset(query)
        end = None if query.limit is None else offset + query.limit
        groups = sort_rows(groups, order)[offset:end]
        if len(groups) > MAX_GROUPS:
            raise SoqlError(
                "EXCEEDED_ID_LIMIT",
                "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch",
            )
        return Answer(query, scope.sobject, len(groups), groups, render)

    @staticmethod
    def _group_term(aggregation: Aggregation, query: Query) -> Callable[[Expression], Term]:
        """ORDER BY may name an aggregate by its alias."""
        aliases = {i.alias.lower(): i.expression for i in query.items if isinstance(i, Column) and i.alias}

        def bind_term(expression: Expression) -> Term:
            if isinstance(expression, Path) and len(expression.names) == 1:
                expression = aliases.get(expression.names[0].lower(), expression)
            return aggregation.term(expression)

        return bind_term

    # Sub-queries

    def _child_runner(self, depth: int) -> Callable[[Scope, Child], tuple[str, Render]]:
        def run_child(scope: Scope, child: Child) -> tuple[str, Render]:
            return self._child(scope, child, depth)

        return run_child

    def _child(self, scope: Scope, child: Child, depth: int) -> tuple[str, Render]:
        """The name and the value of a sub-query in the SELECT list: `{totalSize, done, records}`, null when empty."""
        query = child.query
        name = query.source.names[-1]
        relation = scope.sobject.find_child(name)
        sobject = self._view.find_sobject(relation.sobject) if relation else None
        key = self._view.find_field(sobject, relation.key) if relation and sobject else None
        if relation is None or relation.relationship is None or sobject is None or key is None:
            raise unknown_child(name, query.source.at)
        if depth > MAX_CHILD_DEPTH:
            raise malformed(f"SOQL relationship queries can have at most {MAX_CHILD_DEPTH} levels", child.at)
        if is_aggregate(query):
            raise malformed("Aggregate functions are not supported in sub-queries of the SELECT list", child.at)
        inner = self._scope(query, sobject)
        check_joins(query.where)
        bound = self._bind(query, inner)
        accept = None if bound is None else compile_bound(bound)
        order, offset = self._order(query, inner.term), self._offset(query)
        end = None if query.limit is None else offset + query.limit
        render = make_render(inner, query, self._url_root, self._child_runner(depth + 1))
        view, deleted = self._view, self._deleted

        def render_children(row: Row) -> Any:
            found = view.find(sobject, key, (row["Id"],), deleted=deleted) or ()
            rows = list(found if accept is None else filter(accept, found))
            rows = list(islice(sort_rows(rows, order), offset, end))
            records = [render(r) for r in rows]
            return {"totalSize": len(records), "done": True, "records": records} if records else None

        return relation.relationship, render_children

    def _inner_values(self, query: Query, outer: Term, scope: Scope) -> frozenset[Any]:
        """The ids that a semi-join's query gives."""
        at = query.source.at
        check_inner(query, at)
        sobject = self._view.find_sobject(str(query.source))
        if sobject is None:
            raise unknown_entity(str(query.source), at)
        if sobject.name == scope.sobject.name and outer.name == "Id":
            raise malformed("The inner and outer selects should not be on the same object type", at)
        item = query.items[0]
        if not isinstance(item, Column):
            raise malformed("semi join sub-select must query exactly one field", at)
        inner = self._scope(query, sobject)
        term = inner.term(item.expression)
        if not _ids_of(term, sobject) & _ids_of(outer, scope.sobject):
            raise malformed(
                f"The selected field '{term.name}' in the subquery and the left operand field in the where expression "
                f"in the outer query '{outer.name}' should point to the same object type",
                item.expression.at,
            )
        read = term.read
        return frozenset(read(row) for row in self._source(query, inner).rows()) - {None}


def _ids_of(term: Term, sobject: Sobject) -> frozenset[str]:
    """The objects whose ids a term holds."""
    if term.field is None or term.type not in ("id", "reference"):
        return frozenset()
    if term.type == "reference":
        return frozenset(term.field.refers_to)
    return frozenset((sobject.name,)) if term.own else frozenset()


def check_joins(condition: Condition | None) -> None:
    """Semi-joins: at most two, and never beside OR. Source: SOQL and SOSL Reference, semi-join limitations."""
    joins = list(_joins(condition, in_or=False))
    if len(joins) > MAX_JOINS:
        raise malformed("maximum 2 semi join sub-selects are allowed", joins[MAX_JOINS].at)


def _joins(condition: Condition | None, *, in_or: bool) -> list[Join]:
    match condition:
        case Join():
            if in_or:
                raise malformed("Semi join sub-selects are not allowed with the 'OR' operator", condition.at)
            if any(_joins(condition.query.where, in_or=False)):
                raise malformed("Nesting of semi join sub-selects is not supported", condition.query.source.at)
            return [condition]
        case And(parts):
            return [join for part in parts for join in _joins(part, in_or=in_or)]
        case Or(parts):
            return [join for part in parts for join in _joins(part, in_or=True)]
        case Not(part):
            return _joins(part, in_or=in_or)
        case _:
            return []
