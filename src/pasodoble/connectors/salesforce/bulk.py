"""Bulk API 2.0 query jobs: all records of a large object in a few calls, in pages of CSV, without an order.

A job costs a call to make it, one each time it is asked whether it is done, and one a page; a query costs one for 2,000 rows.
Source: Bulk API 2.0 guide, "Query". Which records are wanted, and what a page means, is `changes.py`'s matter. Writes are `writes.py`'s.

An ingest job costs at least six calls (make, send, close, ask, both results), a composite one for 1,000 rows: below 7,000
operations at a time, more than are ever decided together, a job would be the dearer way.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.errors import ensure_ok
from pasodoble.connectors.salesforce.schema import Schemas
from pasodoble.connectors.salesforce.soql import Select
from pasodoble.errors import Unreachable, Unsupported

LARGE: Final = 20_000
"""From so many records on a job is cheaper than ten queries, however long it takes."""
ROWS: Final = 10_000
"""Rows of a page of results: what is held in memory at a time."""
PAUSES_S: Final = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Between one question whether the job is done and the next; the last again and again."""
MOST_ASKS: Final = 40
_END: Final = "null"
_FAILED: Final = frozenset({"Failed", "Aborted"})

Row = Mapping[str, Any]
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "boolean": lambda text: text == "true",
    "currency": float,
    "double": float,
    "percent": float,
    "int": int,
    "long": int,
    "datetime": lambda text: text.removesuffix("Z") + "+0000" if text.endswith("Z") else text,
}
"""By a field's type, how a text of the CSV is spelled in the other answers; all others stand as they are."""


class JobGone(Exception):
    """The job has expired, failed, or is not for us any more: its records are to be read in another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Some rows of a job, as a query's answer would spell them. `locator` leads to the next; "" behind the last."""

    rows: list[Row]
    locator: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkReader:
    client: SalesforceClient
    schemas: Schemas

    async def begin(self, select: Select) -> tuple[str, datetime]:
        """The new job's id, and Salesforce's clock. Raises JobGone where the org takes no jobs, ConnectorError."""
        body = {"operation": "query", "query": str(select)}
        try:
            answer = await self.client.call("POST", "/jobs/query", body=body, safe=True, purpose="read")
            return str(ensure_ok(answer).body["id"]), answer.at
        except (Unsupported, KeyError, TypeError) as error:
            raise JobGone(str(error)) from error

    async def wait(self, job: str) -> None:
        """Until it is done. Raises JobGone, ConnectorError."""
        for ask in range(MOST_ASKS):
            answer = await self._ask(f"/jobs/query/{job}")
            state = answer.body.get("state") if isinstance(answer.body, Mapping) else None
            if state == "JobComplete":
                return
            if state in _FAILED:
                raise JobGone(f"job {job}: {answer.body.get('errorMessage') or state}")
            await self.client.sender.clock.sleep(PAUSES_S[min(ask, len(PAUSES_S) - 1)])
        raise JobGone(f"job {job} takes too long")

    async def read(self, job: str, locator: str, object: str) -> Results:
        """Raises JobGone, ConnectorError."""
        params = {"maxRecords": str(ROWS), **({"locator": locator} if locator else {})}
        answer = await self._ask(f"/jobs/query/{job}/results", **params)
        if not isinstance(answer.body, str):
            raise Unreachable(f"Salesforce gave no results of job {job}")
        following = answer.headers.get("sforce-locator", _END)
        types = {name: field.vendor_type for name, field in (await self.schemas.known(object)).fields.items()}
        rows = list(read_csv(answer.body, types))
        return Results(rows=rows, locator="" if following == _END else following, at=answer.at)

    async def _ask(self, path: str, **params: str) -> Any:
        try:
            answer = await self.client.read(path, **params)
            return answer if isinstance(answer.body, str) else ensure_ok(answer)
        except Unsupported as error:
            raise JobGone(str(error)) from error


def read_csv(text: str, types: Mapping[str, str]) -> Iterator[Row]:
    """Rows, each value as JSON would have it; what is empty is None."""
    reader = csv.reader(io.StringIO(text, newline=""))
    names = next(reader, [])
    casts = [_READ.get(types.get(name, ""), str) for name in names]
    for values in reader:
        yield {name: cast(value) if value else None for name, cast, value in zip(names, casts, values, strict=True)}
