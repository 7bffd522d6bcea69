"""Where vendors send by themselves: `/webhooks/hubspot/{connection}`. Signed requests only; no page, no cookie, no sign-in.

Stands in front of the pages, since it answers under whatever name the world knows this host by. What becomes of a letter
does not belong here (`engine/service/receiving`).
"""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pasodoble.engine.service.receiving import Receiver, Refusal
from pasodoble.errors import StoreError
from pasodoble.ports import Sent
from pasodoble.web.guard import protect

PREFIX: Final = "/webhooks/hubspot/"
LONGEST_BODY: Final = 1 << 20
"""A request of a hundred events is 50 kB; a sender who needs more than this is none of HubSpot's."""
READ_WITHIN_S: Final = 10.0

STATUS: Final = {
    Refusal.UNKNOWN: 404,
    Refusal.UNSIGNED: 401,
    Refusal.REPLAYED: 409,
    Refusal.UNREADABLE: 400,
}


class TooLong(Exception):
    """The body is longer than we read."""


class GoneAway(Exception):
    """The sender hung up, or took too long."""


class Hooks:
    """An ASGI application in front of another.

    public_url   where this host is reached from outside, which is what the vendor signs; "": as the request has it
    """

    def __init__(self, app: ASGIApp, receiver: Receiver, public_url: str = "") -> None:
        self._app = app
        self._receiver = receiver
        self._public_url = public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        response = await self._answer(scope, receive)
        protect(MutableHeaders(raw=response.raw_headers))
        await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response:
        connection = scope["path"].removeprefix(PREFIX)
        if connection not in self._receiver.seals:
            return _refuse(404, Refusal.UNKNOWN)
        if scope["method"] != "POST":
            return _refuse(405, "webhooks are posted", allow="POST")
        headers = Headers(scope=scope)
        try:
            body = await asyncio.wait_for(_read_body(headers, receive), READ_WITHIN_S)
            sent = Sent(method="POST", url=self._find_url(scope, headers), body=body, headers=headers)
            refusal = await self._receiver.receive(connection, sent)
        except TooLong:
            return _refuse(413, f"the body is longer than {LONGEST_BODY} bytes")
        except (GoneAway, TimeoutError):
            return _refuse(408, "the body did not arrive in time")
        except StoreError:
            return _refuse(503, "it could not be kept just now: send it again")
        return Response() if refusal is None else _refuse(STATUS[refusal], refusal)

    def _find_url(self, scope: Scope, headers: Headers) -> str:
        """The address as it was called: path and query untouched, the rest as the world knows it."""
        query = scope["query_string"].decode("latin-1")
        path: bytes = scope.get("raw_path") or scope["path"].encode()
        called = path.decode("latin-1") + (f"?{query}" if query else "")
        return (self._public_url or f"{scope['scheme']}://{headers.get('host', '')}") + called


async def _read_body(headers: Headers, receive: Receive) -> bytes:
    """Refused before it is read where its length is told, and as soon as it is too long where it is not."""
    told = headers.get("content-length", "")
    if told.isdigit() and int(told[:20]) > LONGEST_BODY:
        raise TooLong
    parts, length, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneAway
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > LONGEST_BODY:
            raise TooLong
        more = message.get("more_body", False)
    return b"".join(parts)


def _refuse(status: int, why: str, **headers: str) -> Response:
    return JSONResponse({"error": str(why)}, status_code=status, headers=headers)
