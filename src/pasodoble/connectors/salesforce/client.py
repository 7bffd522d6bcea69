"""A signed call to one Salesforce org: its address, its session (renewed once when refused), and the headers all share.

What goes into a call is its caller's matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pasodoble.connectors.http import Answer, Request, Sender
from pasodoble.connectors.salesforce.errors import ensure_holds
from pasodoble.connectors.salesforce.soql import Condition, Select, name
from pasodoble.connectors.session import Session, Token
from pasodoble.errors import AuthLapsed, Unreachable

WRITE_HEADERS: Final[Mapping[str, str]] = {
    "Sforce-Auto-Assign": "FALSE",
    "Sforce-Duplicate-Rule-Header": "allowSave=false",
}
"""No assignment rule may move an owner, and no duplicate rule is overridden. Source: REST guide, "Headers"."""

ASSIGN: Final[Mapping[str, str]] = {"Sforce-Auto-Assign": "TRUE"}
"""Let the org's active assignment rule choose the owner of a new record."""

CLIENT: Final = "client=pasodoble"
"""Comes back in a change event's origin, which tells our own writes from others'."""

COMPOSITE_QUERIES: Final = 5
"""Queries or collections that one composite may hold. Source: REST guide, "Composite"."""


class SalesforceClient:
    """Sends calls below `/services/data/vNN.N`."""

    def __init__(self, sender: Sender, session: Session, version: str) -> None:
        self.sender = sender
        self._session = session
        self.root = f"/services/data/v{version}"

    async def who(self) -> Token:
        """Whom we write as, as far as the log-in told."""
        return await self._session.token()

    async def read(self, path: str, **params: str) -> Answer:
        return await self.call("GET", path, params=params, safe=True, purpose="read")

    async def query(self, select: Select, *, all_rows: bool = False) -> Answer:
        """The first page of a query. `all_rows`: deleted and merged rows too. Raises Unsupported when it is refused."""
        return ensure_holds(await self.read("/queryAll" if all_rows else "/query", q=str(select)), "records")

    async def count(self, object: str, where: Condition | None) -> Answer:
        """`totalSize`: how many live records there are. Costs one call, whatever the number."""
        query = f"SELECT COUNT() FROM {name(object)}" + ("" if where is None else f" WHERE {where}")  # noqa: S608 - a checked name
        answer = await self.read("/query", q=query)
        return ensure_holds(answer, "records")

    async def query_rows(self, select: Select, *, all_rows: bool = False) -> list[Mapping[str, Any]]:
        """All rows of a query, however many pages."""
        answer = await self.query(select, all_rows=all_rows)
        return await self.read_on(answer.body)

    async def read_on(self, body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The rows of a query's first page, and of all pages after it."""
        rows: list[Mapping[str, Any]] = list(body["records"])
        while not body["done"]:
            body = ensure_holds(await self.read(body["nextRecordsUrl"]), "records").body
            rows += body["records"]
        return rows

    async def compose(self, requests: Sequence[Mapping[str, Any]], *, safe: bool, purpose: str) -> Answer:
        """Several requests in one counted call, in order, each with its own result. `url` is relative to the root."""
        body = {
            "allOrNone": False,
            "collateSubrequests": False,
            "compositeRequest": [
                {**request, "url": self.root + request["url"], "referenceId": f"r{i}"}
                for i, request in enumerate(requests)
            ],
        }
        answer = await self.call("POST", "/composite", body=body, safe=safe, purpose=purpose)
        if len(ensure_holds(answer, "compositeResponse").body["compositeResponse"]) != len(requests):
            raise Unreachable("Salesforce did not answer each request of a composite")
        return answer

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        safe: bool = False,
        purpose: str,
    ) -> Answer:
        """`path` below the root, or from the host's root if it is one that Salesforce gave."""
        token = await self._session.token()
        request = Request(
            method=method,
            path=path if path.startswith("/services/") else self.root + path,
            params=params or {},
            body=body,
            headers={"sforce-call-options": CLIENT, **(headers or ({} if safe else WRITE_HEADERS))},
            safe=safe,
            purpose=purpose,
        )
        try:
            return await self.sender.send(_signed(request, token))
        except AuthLapsed as error:
            if error.code != "INVALID_SESSION_ID":
                raise
        return await self.sender.send(_signed(request, await self._session.renew(token)))


def _signed(request: Request, token: Token) -> Request:
    return Request(
        method=request.method,
        path=token.address.rstrip("/") + request.path,
        params=request.params,
        body=request.body,
        headers={**request.headers, "authorization": f"Bearer {token.value}"},
        safe=request.safe,
        purpose=request.purpose,
    )
