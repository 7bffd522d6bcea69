"""`/query`, `/queryAll` and their further pages.

The language itself is the room `soql`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import call_refusal
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rest.columns import describe_columns
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, reply
from pasodoble.simulators.salesforce.soql import Answer, run_query
from pasodoble.simulators.salesforce.soql.syntax import Column, Path

DEFAULT_PAGE, SMALLEST_PAGE, LONG_TEXT_PAGE = 2000, 200, 200
LONG_TEXT = 255
"""Text areas longer than this are long ones."""
LOCATOR_LIFE_MS = 2 * 24 * 3600 * 1000
LOCATORS_PER_USER = 10
MAX_STATEMENT = 100_000


@dataclass(slots=True)
class Cursor:
    """An answer that is being paged through by one user."""

    user_id: str
    answer: Answer
    size: int
    expires_ms: int


@dataclass(slots=True)
class Cursors:
    """Open query locators; a user keeps the ten newest."""

    open: dict[str, Cursor] = field(default_factory=dict)

    def add(self, call: Call, answer: Answer, size: int) -> str:
        mine = [locator for locator, cursor in self.open.items() if cursor.user_id == call.user_id]
        for locator in mine[: max(0, len(mine) - LOCATORS_PER_USER + 1)]:
            del self.open[locator]
        locator = call.org.next_spelled_id("01g")
        self.open[locator] = Cursor(call.user_id, answer, size, call.org.clock.now_ms() + LOCATOR_LIFE_MS)
        return locator

    def find(self, call: Call, locator: str) -> Cursor:
        """Raises Refusal."""
        cursor = self.open.get(full_id(locator) or "")
        if cursor is None or cursor.user_id != call.user_id or cursor.expires_ms < call.org.clock.now_ms():
            raise call_refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        return cursor


def page_size(call: Call, answer: Answer) -> int:
    """What Sforce-Query-Options asks for, 200 to 2,000; never more than 200 with two custom long texts selected."""
    asked = call.request.headers.get("sforce-query-options", "")
    size = DEFAULT_PAGE if _long_texts(answer) < 2 else LONG_TEXT_PAGE
    most = size
    for part in asked.replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "batchsize" and value.strip().isdigit():
            size = min(max(int(value), SMALLEST_PAGE), most)
    return size


def _long_texts(answer: Answer) -> int:
    """How many custom long text fields the query selects."""
    paths = [c.expression for c in answer.query.items if isinstance(c, Column) and isinstance(c.expression, Path)]
    fields = [answer.sobject.find_field(path.names[-1]) for path in paths]
    return sum(1 for f in fields if f is not None and f.custom and f.type == "textarea" and f.length > LONG_TEXT)


class Queries:
    """The handlers, with the cursors they share."""

    def __init__(self) -> None:
        self.cursors = Cursors()

    def query(self, call: Call) -> Response:
        return self._run(call, deleted=False)

    def query_all(self, call: Call) -> Response:
        return self._run(call, deleted=True)

    def _run(self, call: Call, *, deleted: bool) -> Response:
        request = call.request
        statement = request.one("q")
        if statement is None:
            if request.one("explain") is not None:
                return self._explain(call)
            message = "A query string has to be specified"
            raise call_refusal("MALFORMED_QUERY", message)
        if len(statement) > MAX_STATEMENT:
            raise call_refusal("MALFORMED_QUERY", "SOQL statements cannot be longer than 100000 characters.")
        answer = run_query(statement, call.view, version=call.version, deleted=deleted)
        if (request.one("columns") or "").lower() == "true":
            return reply(describe_columns(answer, call.view))
        size = page_size(call, answer)
        locator = self.cursors.add(call, answer, size) if len(answer.rows) > size else ""
        return self._page(call, answer, size, 0, locator)

    def _explain(self, call: Call) -> Response:
        answer = run_query(call.request.one("explain") or "", call.view, version=call.version)
        plan = {
            "cardinality": answer.count,
            "fields": [],
            "leadingOperationType": "TableScan",
            "notes": [],
            "relativeCost": 1.0,
            "sobjectCardinality": len(call.org.table(answer.sobject.name)),
            "sobjectType": answer.sobject.name,
        }
        return reply({"plans": [plan], "sourceQuery": call.request.one("explain")})

    def more(self, call: Call) -> Response:
        locator, _, start = call.params["locator"].partition("-")
        cursor = self.cursors.find(call, locator)
        offset = int(start) if start.isdigit() else -1
        if not 0 <= offset <= len(cursor.answer.rows):
            raise call_refusal("INVALID_QUERY_LOCATOR", "invalid query locator")
        return self._page(call, cursor.answer, cursor.size, offset, full_id(locator) or locator)

    def _page(self, call: Call, answer: Answer, size: int, start: int, locator: str) -> Response:
        records = answer.page(start, size)
        done = start + size >= len(answer.rows)
        body: dict[str, Any] = {"totalSize": answer.count, "done": done}
        if not done:
            body["nextRecordsUrl"] = f"{call.root}/query/{locator}-{start + size}"
        body["records"] = records
        return reply(body, records=len(records))


def add_routes(instance: Instance) -> None:
    queries = Queries()
    instance.serve("GET", "/query", queries.query)
    instance.serve("GET", "/queryAll", queries.query_all)
    instance.serve("GET", "/query/{locator}", queries.more)
    instance.serve("GET", "/queryAll/{locator}", queries.more)
