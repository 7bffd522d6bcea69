"""A small, quick HTTP shell for the simulators: requests, answers, a router and the ASGI application around them.

No validation, no models on the hot path: handlers are plain functions from `Request` to `Response`. What a vendor's API
looks like does not belong here.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

import orjson
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pasodoble.simulators.calls import CallLog
from pasodoble.simulators.faults import Fault, FaultBook

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DOOR = "/__sandbox__/"
MAX_BODY_BYTES = 160 * 1024 * 1024


@dataclass(slots=True)
class Request:
    """One HTTP request. `params` holds what the router took from the path; header names are lower case."""

    method: str
    path: str
    raw_query: str
    headers: dict[str, str]
    body: bytes
    params: dict[str, str] = field(default_factory=dict)
    scheme: str = "http"
    caller: object = None
    """Whom a vendor's gate found behind the token."""
    _query: dict[str, list[str]] | None = None

    @property
    def query(self) -> dict[str, list[str]]:
        """Query parameters, each with all its values in order. Blank values are kept."""
        if self._query is None:
            parsed: dict[str, list[str]] = {}
            for name, value in parse_qsl(self.raw_query, keep_blank_values=True):
                parsed.setdefault(name, []).append(value)
            self._query = parsed
        return self._query

    def one(self, name: str, default: str | None = None) -> str | None:
        """The last value of a query parameter."""
        values = self.query.get(name)
        return values[-1] if values else default

    def many(self, name: str) -> list[str]:
        """All values of a query parameter, repeated (`a=1&a=2`) and comma-joined (`a=1,2`) alike."""
        return [part for value in self.query.get(name, ()) for part in value.split(",") if part]

    def json(self) -> Any:
        """The body as JSON. Raises orjson.JSONDecodeError (a ValueError)."""
        return orjson.loads(self.body)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(slots=True)
class Response:
    """One HTTP answer. `records` and `writes` go into the call log: records handled, records changed."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json;charset=utf-8"
    headers: list[tuple[str, str]] = field(default_factory=list)
    records: int = 0
    writes: int = 0
    cost: int = 1


def date_header(moment: datetime) -> tuple[str, str]:
    """The time of an answer, by the simulated clock: what a client takes for the vendor's now."""
    return "Date", format_datetime(moment, usegmt=True)


def json_response(value: Any, status: int = 200, *, records: int = 0, writes: int = 0) -> Response:
    return Response(status=status, body=orjson.dumps(value), records=records, writes=writes)


Handler = Callable[[Request], Response | Awaitable[Response]]


class Router:
    """Paths to handlers: a tree of segments, fixed segments before `{name}`, `{name:rest}` takes all that follows."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}

    def add(self, methods: str, pattern: str, handler: Handler) -> None:
        """Serve `pattern` (as `/a/{id}/b`) for the space-separated `methods`."""
        node = self._root
        for segment in filter(None, pattern.split("/")):
            node = node.setdefault(segment if segment.startswith("{") else "=" + segment, {})
        for method in methods.split():
            node.setdefault("", {})[method] = handler

    def find(self, method: str, path: str) -> tuple[Handler | None, dict[str, str], tuple[str, ...]]:
        """The handler and the path's parameters; without a handler, the methods that the path does know."""
        segments = [s for s in path.split("/") if s]
        allowed: list[str] = []
        for handlers, params in self._walk(self._root, segments, 0, {}):
            if method in handlers:
                return handlers[method], params, ()
            allowed.extend(handlers)
        return None, {}, tuple(sorted(set(allowed)))

    def _walk(
        self, node: dict[str, Any], segments: list[str], at: int, params: dict[str, str]
    ) -> list[tuple[dict[str, Handler], dict[str, str]]]:
        if at == len(segments):
            return [(node[""], params)] if "" in node else []
        found = []
        fixed = node.get("=" + segments[at])
        if fixed is not None:
            found = self._walk(fixed, segments, at + 1, params)
        for key, child in node.items():
            if not key.startswith("{"):
                continue
            name = key[1:-1]
            if name.endswith(":rest"):
                rest = unquote("/".join(segments[at:]))
                found += [(child[""], {**params, name[:-5]: rest})] if "" in child else []
            else:
                found += self._walk(child, segments, at + 1, {**params, name: unquote(segments[at])})
        return found


class Dropped(Exception):
    """The connection goes away without a whole answer: what a client sees as a reset or a time-out."""


class Application:
    """The ASGI application of one simulator: faults before and after, the call log, the handler between.

    not_found     answers what the router does not know; gets the request and the methods the path would allow.
    on_error      turns an exception of a handler into the vendor's answer; re-raises what it does not know.
    decorate      adds what every answer carries (limit headers); runs after the handler, before the call log.
    """

    def __init__(
        self,
        router: Router,
        *,
        calls: CallLog,
        faults: FaultBook,
        not_found: Callable[[Request, tuple[str, ...]], Response],
        on_error: Callable[[Request, Exception], Response],
        decorate: Callable[[Request, Response], None] = lambda _request, _response: None,
        fault_answer: Callable[[Request, int], Response],
    ) -> None:
        self.router = router
        self._calls = calls
        self._faults = faults
        self._not_found = not_found
        self._on_error = on_error
        self._decorate = decorate
        self._fault_answer = fault_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
            return
        request = await _read_request(scope, receive)
        if request.path.startswith(DOOR):
            await _send(send, await self.handle(request))
            return
        fault = self._faults.draw(request.method, request.path)
        response = await self._answer(request, fault)
        self._calls.note(request, response)
        if fault is not None and fault.kind in ("timeout_before", "timeout_after_commit", "reset"):
            if fault.kind != "reset":
                await asyncio.sleep(fault.after_s)
            _drop(scope)
            raise Dropped(fault.kind)
        if fault is not None and fault.kind == "truncated":
            await _send_truncated(scope, send, response)
        await _send(send, response)

    async def _answer(self, request: Request, fault: Fault | None) -> Response:
        match fault.kind if fault is not None else "":
            case "status":
                assert fault is not None
                return self._fault_answer(request, fault.status)
            case "timeout_before" | "reset":
                return Response(status=0)
            case "slow":
                assert fault is not None
                await asyncio.sleep(fault.after_s)
            case _:
                pass
        response = await self.handle(request)
        if fault is not None and fault.kind == "partial":
            response.body = response.body[: len(response.body) // 2]
        return response

    async def handle(self, request: Request) -> Response:
        """Route and run, in-process too: no faults, no call log."""
        handler, request.params, allowed = self.router.find(request.method, request.path)
        if handler is None:
            response = self._not_found(request, allowed)
        else:
            try:
                result = handler(request)
                response = result if isinstance(result, Response) else await result
            except Exception as error:
                response = self._on_error(request, error)
        if not request.path.startswith(DOOR):
            self._decorate(request, response)
        return response


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": message["type"] + ".complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _read_request(scope: Scope, receive: Receive) -> Request:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        chunks = [body]
        size = len(body)
        while message.get("more_body") and size <= MAX_BODY_BYTES:
            message = await receive()
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
        body = b"".join(chunks)
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return Request(
        method=scope["method"],
        path=raw_path.decode("latin-1").partition("?")[0],
        raw_query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
        scheme=scope.get("scheme", "http"),
    )


async def _send(send: Send, response: Response) -> None:
    headers = [
        (b"content-length", str(len(response.body)).encode()),
        *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers),
    ]
    if response.body:
        headers.append((b"content-type", response.content_type.encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


async def _send_truncated(scope: Scope, send: Send, response: Response) -> None:
    """Promise the whole body, send half of it, and hang up."""
    half = response.body[: len(response.body) // 2]
    headers = [(b"content-length", str(len(response.body)).encode()), (b"content-type", response.content_type.encode())]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await asyncio.sleep(0)
    _drop(scope)
    raise Dropped("truncated")


def _drop(scope: Scope) -> None:
    transport = scope.get("pasodoble.transport")
    if transport is not None:
        transport.close()


class _Protocol(HttpToolsProtocol):
    """uvicorn's own, with the transport in the scope, so that a fault can cut the line.

    asyncio does not see that uvicorn's sockets are TCP and leaves them to wait 40 ms for company; hence NODELAY by hand.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)  # type: ignore[arg-type]  # asyncio's own signature is the wider one

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["pasodoble.transport"] = self.transport  # type: ignore[typeddict-unknown-key]


@contextlib.asynccontextmanager
async def serving(
    application: Callable[[Scope, Receive, Send], Awaitable[None]],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: tuple[str, str] | None = None,
) -> AsyncIterator[int]:
    """Serve `application` while the block runs; gives the port (the free one that was found, for port 0).

    certificate   (certificate file, key file) for TLS.
    Raises OSError when the port is taken.
    """
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # each simulator tells its own clock's time
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
        ssl_cert_reqs=ssl.CERT_NONE,
    )
    server = _Server(config)
    sock = config.bind_socket() if port == 0 else _bind(host, port)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started and not task.done():
        await asyncio.sleep(0.005)
    try:
        yield sock.getsockname()[1]
    finally:
        server.should_exit = True
        await task


def _bind(host: str, port: int) -> Any:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


class _Server(uvicorn.Server):
    """Leaves the signals to whoever runs the event loop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


def header_pairs(pairs: Sequence[tuple[str, object]]) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in pairs]
