"""Who may talk to the pages and what a browser may do with them. Who is signed in does not belong here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
TOKEN_COOKIE: Final = "pasodoble_token"  # noqa: S105 - the cookie's name
TOKEN_FIELD: Final = "token"  # noqa: S105 - the form field's name
LONGEST_FORM: Final = 10_000

SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def protect(headers: MutableHeaders) -> None:
    """The headers of every answer. Pages hold customers' data, so no cache keeps them unless they say otherwise."""
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers.setdefault("Cache-Control", "no-store")


class Guard:
    """Answers only to this machine's own names, and puts the security headers on whatever goes out.

    A foreign page can make a browser believe that its own name is 127.0.0.1 (DNS rebinding); the Host header gives it away.
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str] = LOOPBACK) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_protected(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message))
            await send(message)

        app = self._app if _host(Headers(scope=scope)) in self._hosts else REFUSED
        await app(scope, receive, send_protected)


REFUSED: Final = PlainTextResponse("Pasodoble answers to this machine's own names only: http://127.0.0.1\n", 421)


def _host(headers: Headers) -> str:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def read_token(request: Request) -> str:
    """What a form of this browser must carry: the cookie's value, or a new one."""
    return request.cookies.get(TOKEN_COOKIE) or secrets.token_urlsafe(24)


async def read_our_form(request: Request) -> Mapping[str, Sequence[str]] | None:
    """The fields of a POST that comes from a page of ours, as the browser (where it does) and the token say; else None."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return None
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return None
    form = await _read_form(request)
    sent = next(iter(form.get(TOKEN_FIELD, ())), "")
    kept = request.cookies.get(TOKEN_COOKIE, "")
    return form if kept and secrets.compare_digest(sent.encode(), kept.encode()) else None


async def _read_form(request: Request) -> Mapping[str, Sequence[str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_FORM:
            return {}
    return parse_qs(body.decode("utf-8", "replace"))
