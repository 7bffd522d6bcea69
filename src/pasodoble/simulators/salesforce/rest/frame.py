"""What every REST call shares: the session, the version, the transaction, JSON in and out, errors.

No API area has its routes here.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from pasodoble.simulators.http import Handler, Request, Response, Router, date_header
from pasodoble.simulators.salesforce.errors import CALL_WORDS, Refusal, WrongShape, call_refusal, not_found
from pasodoble.simulators.salesforce.metering import Meter
from pasodoble.simulators.salesforce.org import Org, Transaction
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.sessions import Sessions
from pasodoble.simulators.salesforce.soql import SoqlError
from pasodoble.simulators.salesforce.view import View
from pasodoble.simulators.salesforce.writes import WriteOptions, Writer

JSON = "application/json;charset=UTF-8"
FIRST_VERSION, LAST_VERSION = 31, 67
ROOT = "/services/data/{version}"
MAX_URL = 16_384
GZIP_FROM_BYTES = 1400
_VERSION = re.compile(r"v(\d\d)\.0\Z")


@dataclass(slots=True)
class Call:
    """One authorized REST call: who asks, in which version, and, inside a composite, in whose transaction."""

    instance: Instance
    request: Request
    version: str
    user_id: str
    work: Transaction | None = None

    @property
    def org(self) -> Org:
        return self.instance.org

    @property
    def view(self) -> View:
        return self.instance.org.view(self.user_id)

    @property
    def params(self) -> dict[str, str]:
        return self.request.params

    @property
    def root(self) -> str:
        return f"/services/data/v{self.version}"

    def sobject(self) -> Sobject:
        """The object of the path. Raises Refusal (404)."""
        sobject = self.view.find_sobject(self.request.params["sobject"])
        if sobject is None:
            raise not_found()
        return sobject

    def body(self) -> Any:
        """The JSON body. Raises Refusal: not JSON, not there, or sent as something else (415)."""
        kind = self.request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
        if kind not in ("application/json", ""):
            raise call_refusal("UNSUPPORTED_MEDIA_TYPE", f"Content type '{kind}' is not supported.")
        if not self.request.body.strip():
            message = "The HTTP entity body is required, but this request has no entity body."
            raise call_refusal("JSON_PARSER_ERROR", message)
        try:
            return orjson.loads(self.request.body)
        except orjson.JSONDecodeError as error:
            raise _unreadable(self.request.body, error) from None

    def mapping(self) -> dict[str, Any]:
        """The JSON body, which must be an object."""
        body = self.body()
        if not isinstance(body, dict):
            message = "Cannot deserialize instance of common from START_ARRAY token or request may be missing a required field at [line:1, column:1]"
            raise call_refusal("JSON_PARSER_ERROR", message)
        return body

    def origin(self) -> str:
        """What change events will name as the origin of this call's writes."""
        return spell_origin("rest", self.version, self.request.headers.get("sforce-call-options", ""))

    def options(self) -> WriteOptions:
        headers = self.request.headers
        return read_options(
            headers.get("sforce-duplicate-rule-header"), headers.get("sforce-auto-assign"), self.version
        )

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A writer in the call's own transaction, or in the composite's, taken back when the block raises."""
        if self.work is None:
            with self.org.transaction(self.user_id, self.origin()) as work:
                yield Writer(work, self.view, self.options())
            return
        mark = self.work.mark()
        try:
            yield Writer(self.work, self.view, self.options())
        except Exception:
            self.work.rollback(mark)
            raise


ApiHandler = Callable[[Call], Response]


def attributes_of(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `attributes` of a record in a body; empty when it has none. Raises Refusal when they are no object."""
    attributes = record.get("attributes")
    if attributes is None:
        return {}
    if not isinstance(attributes, dict):
        raise call_refusal("JSON_PARSER_ERROR", 'attributes must be an object, such as {"type": "Contact"}')
    return attributes


def spell_origin(api: str, version: str, call_options: str) -> str:
    client = next((part.strip() for part in call_options.split(",") if part.strip().startswith("client=")), "")
    return f"com/salesforce/api/{api}/{version}" + (f";{client}" if client else "")


_TRUTH = {"true": True, "false": False}


@lru_cache(maxsize=256)
def read_options(duplicate: str | None, assign: str | None, version: str) -> WriteOptions:
    """The write headers: Sforce-Duplicate-Rule-Header and Sforce-Auto-Assign."""
    pairs = dict(part.strip().partition("=")[::2] for part in (duplicate or "").lower().split(";") if "=" in part)
    return WriteOptions(
        allow_save=pairs.get("allowsave", "").strip() == "true",
        record_details=pairs.get("includerecorddetails", "").strip() == "true",
        auto_assign=True if assign is None else _TRUTH.get(assign.strip().lower(), assign.strip()),
        version=version,
    )


@dataclass(slots=True)
class Instance:
    """The server of one org: its routes, sessions and meter."""

    org: Org
    sessions: Sessions
    meter: Meter
    router: Router
    api: dict[Handler, ApiHandler] = field(default_factory=dict)
    """The inner handler of each route, for calls that come inside a composite."""

    def serve(self, methods: str, pattern: str, handler: ApiHandler) -> None:
        """Serve a path below `/services/data/vNN.0` to whoever has a session; it costs one API call."""

        def authorized(request: Request) -> Response:
            call = self.authorize(request)
            if self.org.settings.refused_calls:
                self.check_refused(call)
            self.meter.count()
            return handler(call)

        self.router.add(methods, ROOT + pattern, authorized)
        self.api[authorized] = handler

    def check_refused(self, call: Call) -> None:
        """Raises Refusal where an administrator's setting refuses whole calls."""
        path = "/" + call.request.path.partition("/services/data/v")[2].partition("/")[2]
        for prefix, code in self.org.settings.refused_calls.items():
            if path.startswith(prefix):
                raise call_refusal(code, CALL_WORDS[code])

    def authorize(self, request: Request) -> Call:
        """Raises Refusal: an address too long (414), no live session (401), no such version (404)."""
        if len(request.path) + len(request.raw_query) > MAX_URL:
            raise call_refusal("URI_TOO_LONG", "The URI is too long")
        token = bearer_token(request)
        session = self.sessions.find(token) if token else None
        if session is None:
            raise call_refusal("INVALID_SESSION_ID", "Session expired or invalid")
        match = _VERSION.match(request.params.get("version", ""))
        if match is None or not FIRST_VERSION <= int(match[1]) <= LAST_VERSION + 1:
            raise not_found()
        return Call(self, request, match[1] + ".0", session.user_id)

    def run_inside(self, outer: Call, request: Request, work: Transaction | None) -> Response:
        """A call that came inside another: same session, its own errors as an answer."""
        handler, request.params, allowed = self.router.find(request.method, request.path)
        inner = self.api.get(handler) if handler is not None else None
        try:
            if inner is None:
                return answer_unknown(request, allowed)
            match = _VERSION.match(request.params.get("version", ""))
            version = match[1] + ".0" if match else outer.version
            return inner(Call(self, request, version, outer.user_id, work))
        except Exception as error:
            return answer_error(request, error)


def bearer_token(request: Request) -> str | None:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() in ("bearer", "oauth") and token else None


# Answers


def reply(value: Any, status: int = 200, *, records: int = 0, writes: int = 0) -> Response:
    return Response(status=status, body=orjson.dumps(value), content_type=JSON, records=records, writes=writes)


def empty(status: int = 204, *, writes: int = 0) -> Response:
    return Response(status=status, writes=writes)


def answer_unknown(request: Request, allowed: tuple[str, ...]) -> Response:
    """What no route knows."""
    if not allowed:
        return answer_error(request, not_found())
    message = f"HTTP Method '{request.method}' not allowed. Allowed are {','.join(allowed)}"
    return answer_error(request, call_refusal("METHOD_NOT_ALLOWED", message))


def answer_error(request: Request, error: Exception) -> Response:
    """A refusal as the REST API words it; re-raises what is no refusal."""
    match error:
        case Refusal():
            return reply(error.rest(), error.status)
        case SoqlError():
            return reply([{"message": error.message, "errorCode": error.code}], 400)
        case WrongShape():
            return answer_error(request, misread(request.body, error))
        case _:
            raise error


_KINDS = {str: "VALUE_STRING", bool: "VALUE_", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"}


def misread(body: bytes, error: WrongShape) -> Refusal:
    """A value of the wrong JSON type, told with its place in the body as near as it can be found."""
    value = error.value
    at = body.find(orjson.dumps(error.field_name))
    at = body.find(b":", at) + 1 if at >= 0 else 0
    line, column = body.count(b"\n", 0, at) + 1, at - (body.rfind(b"\n", 0, at) + 1) + 1
    if isinstance(value, dict | list):
        what = f"{'START_OBJECT' if isinstance(value, dict) else 'START_ARRAY'} token"
    else:
        shown = str(value).lower() if isinstance(value, bool) else value
        kind = _KINDS[type(value)] + (str(value).upper() if isinstance(value, bool) else "")
        what = f"{kind} value {shown}"
    message = f"Cannot deserialize instance of {error.type_name} from {what} or request may be missing a required field at [line:{line}, column:{column}]"
    return call_refusal("JSON_PARSER_ERROR", message)


def _unreadable(body: bytes, error: orjson.JSONDecodeError) -> Refusal:
    at = min(error.pos, max(len(body) - 1, 0))
    character = chr(body[at]) if body else ""
    message = f"Unexpected character ('{character}' (code {ord(character or ' ')})): {error.msg} at [line:{error.lineno}, column:{error.colno}]"
    return call_refusal("JSON_PARSER_ERROR", message)


def finish(instance: Instance, request: Request, response: Response) -> None:
    """What every answer carries: the time and the limit header; pretty or packed when asked for. Only API calls cost."""
    response.headers.append(date_header(instance.org.clock.now()))
    if response.status == 401 or not ("services/data/v" in request.path or "services/Soap" in request.path):
        response.cost = 0
    if "services/data" in request.path and response.status != 401:
        response.headers.append(("Sforce-Limit-Info", instance.meter.header()))
    if request.headers.get("x-prettyprint") == "1" and response.content_type == JSON and response.body:
        response.body = orjson.dumps(orjson.loads(response.body), option=orjson.OPT_INDENT_2)
    if len(response.body) >= GZIP_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        response.body = gzip.compress(response.body, 1, mtime=0)
        response.headers.append(("Content-Encoding", "gzip"))
