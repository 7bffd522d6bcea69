"""Salesforce's Pub/Sub API over gRPC: topics, schemas, and streams of change events, as the signed-in user.

A stream asks for a bounded number of events and for more only when those have been taken, so that a reader that falls behind
is not run over. Coming back after a failure is the reader's business (`push.py`), and so is what an event means.
Source: pubsub_api.proto of forcedotcom/pub-sub-api; Pub/Sub API guide, "Subscribe RPC Method", "Handle Errors".
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf.message import DecodeError

from pasodoble.connectors.salesforce import pubsub_pb2 as pb
from pasodoble.connectors.salesforce.change_events import EventSchema
from pasodoble.connectors.session import Session, Token
from pasodoble.errors import AuthLapsed, ConfigError, ConnectorError, RateLimited, Unreachable, Unsupported
from pasodoble.model.settings import SalesforceAccess

ENDPOINT: Final = "api.pubsub.salesforce.com:7443"
_SERVICE: Final = "/eventbus.v1.PubSub/"

AT_ONCE: Final = 100
"""Events that may be on their way to us. More than 100 is treated as 100."""
SILENCE_S: Final = 330.0
"""A stream that owes events says something at least every 270 seconds; after this long it is dead."""
TIMEOUT_S: Final = 20.0
ALLOTMENT_WAIT_S: Final = 900.0
"""Pause when the day's event deliveries are used up; they come back bit by bit over 24 hours."""

_CODES: Final = "sfdc.platform.eventbus.grpc."
_LOST: Final = ("subscription.fetch.replayid.corrupted", "subscription.fetch.replayid.validation.failed")


def choose_endpoint(access: SalesforceAccess) -> str:
    """Where to listen, "" where these settings say not to. A server in plain text is not Salesforce: it has to be named."""
    if access.pubsub == "off":
        return ""
    return access.pubsub_endpoint or ("" if _is_plain(access) else ENDPOINT)


def _is_plain(access: SalesforceAccess) -> bool:
    """Whether the org itself is spoken to in plain text, as a sandbox on this machine is."""
    return (access.auth.get("instance_url") or access.login_url).startswith("http://")


def is_lost(error: ConnectorError) -> bool:
    """Whether the place to go on from is gone: too old, or of another org."""
    return error.code in _LOST


class PubSubClient:
    """One connection to the Pub/Sub API. Raises ConfigError at once when the trusted certificates cannot be read."""

    def __init__(self, access: SalesforceAccess, session: Session) -> None:
        self._session = session
        self._endpoint = choose_endpoint(access) or ENDPOINT
        self._credentials = None if _is_plain(access) else _trust(access.ca_file)
        self._opened: Any = None
        self._schemas: dict[str, EventSchema] = {}

    @property
    def _channel(self) -> Any:
        """Opened when first used: it belongs to the event loop that runs then."""
        if self._opened is None:
            open_ = grpc.aio.insecure_channel if self._credentials is None else grpc.aio.secure_channel
            more = () if self._credentials is None else (self._credentials,)
            self._opened = open_(self._endpoint, *more)
        return self._opened

    async def who(self) -> Token:
        return await self._session.token()

    async def may_subscribe(self, topic: str) -> bool:
        """Whether the topic is there, and open to us. Raises ConnectorError when nobody answers."""
        try:
            answer = await self._ask("GetTopic", pb.TopicRequest(topic_name=topic), pb.TopicInfo)
        except Unsupported:
            return False
        return bool(answer.can_subscribe)

    async def schema(self, id: str) -> EventSchema:
        """Kept by id: a schema never changes, an object's events get another one."""
        if id not in self._schemas:
            answer = await self._ask("GetSchema", pb.SchemaRequest(schema_id=id), pb.SchemaInfo)
            self._schemas[id] = EventSchema(answer.schema_json)
        return self._schemas[id]

    async def fetch(self, topic: str, replay_id: bytes) -> AsyncGenerator[pb.FetchResponse | None, None]:
        """What is told on a topic after that place; b"": from now on. None first, once there is a connection.

        Ends only by raising a ConnectorError.

        A response without events only says how far the stream has come.
        """
        token = await self._session.token()
        stream = self._channel.stream_stream(
            f"{_SERVICE}Subscribe", pb.FetchRequest.SerializeToString, pb.FetchResponse.FromString
        )(metadata=_metadata(token))
        place = {"replay_preset": pb.CUSTOM, "replay_id": replay_id} if replay_id else {"replay_preset": pb.LATEST}
        wanted: pb.FetchRequest | None = pb.FetchRequest(topic_name=topic, num_requested=AT_ONCE, **place)
        try:
            await stream.wait_for_connection()
            yield None
            while True:
                if wanted is not None:
                    await _write(stream, wanted)
                async with asyncio.timeout(SILENCE_S):
                    response = await stream.read()
                if response is grpc.aio.EOF:
                    raise Unreachable(f"Salesforce ended the stream of {topic}")
                yield response
                wanted = _ask_for_more(topic, response.pending_num_requested)
        except grpc.aio.AioRpcError as error:
            raise await self._judge(error, token) from None
        except TimeoutError:
            raise Unreachable(f"Salesforce has said nothing on {topic} for {SILENCE_S:.0f} seconds") from None
        finally:
            stream.cancel()

    async def _ask(self, method: str, request: Any, answer: Any) -> Any:
        """One call, and once more with a new session where the old one is refused."""
        call = self._channel.unary_unary(_SERVICE + method, type(request).SerializeToString, answer.FromString)
        for last in (False, True):
            token = await self._session.token()
            try:
                return await call(request, metadata=_metadata(token), timeout=TIMEOUT_S)
            except grpc.aio.AioRpcError as error:
                fault = await self._judge(error, token)
                if last or not isinstance(fault, AuthLapsed):
                    raise fault from None
        return None

    async def _judge(self, error: Any, refused: Token) -> ConnectorError:
        """The error as one of ours. A refused session has been replaced when this is back, for the next try."""
        fault = judge(error)
        if isinstance(fault, AuthLapsed):
            await self._session.renew(refused)
        return fault

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened.close()
            self._opened = None


async def _write(stream: Any, request: pb.FetchRequest) -> None:
    """A stream that has ended tells why when it is read, not when it is written to."""
    try:
        await stream.write(request)
    except asyncio.InvalidStateError:
        return


def _ask_for_more(topic: str, owed: int) -> pb.FetchRequest | None:
    """Filled up when half has come, so that few requests keep a busy stream flowing."""
    return None if owed > AT_ONCE // 2 else pb.FetchRequest(topic_name=topic, num_requested=AT_ONCE - owed)


def _metadata(token: Token) -> tuple[tuple[str, str], ...]:
    """Who calls. A session's token begins with its org's id, which stands in where the log-in did not tell it."""
    tenant = token.account_id or token.value.partition("!")[0]
    return (("accesstoken", token.value), ("instanceurl", token.address), ("tenantid", tenant))


def judge(error: Any) -> ConnectorError:
    """A failed call as one of our errors, by its gRPC status; `code` is Salesforce's own, without its common beginning."""
    trailers = dict(error.trailing_metadata() or ())
    code = str(trailers.get("error-code", "")).removeprefix(_CODES)
    text = f"Salesforce's Pub/Sub API: {error.details() or error.code().name}"
    wait_s = find_wait_s(trailers)
    match error.code():
        case grpc.StatusCode.UNAUTHENTICATED:
            return AuthLapsed(text, code=code, next_step="pasodoble connect salesforce")
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return RateLimited(text, retry_after_s=ALLOTMENT_WAIT_S if wait_s is None else wait_s, code=code)
        case grpc.StatusCode.INVALID_ARGUMENT | grpc.StatusCode.NOT_FOUND | grpc.StatusCode.PERMISSION_DENIED:
            return Unsupported(text, code=code)
    if wait_s is not None:
        return RateLimited(text, retry_after_s=wait_s, code=code)
    return Unreachable(text, sent=False, code=code)


def find_wait_s(trailers: Mapping[str, Any]) -> float | None:
    """How long the server asks us to stay away, where it does."""
    failure, wish = pb.Failure(), pb.RetryInfo()
    try:
        failure.ParseFromString(trailers.get("grpc-status-details-bin", b""))
        for detail in failure.details:
            if detail.type_url.endswith("/google.rpc.RetryInfo"):
                wish.ParseFromString(detail.value)
                return float(wish.retry_delay.seconds + wish.retry_delay.nanos / 1e9)
    except DecodeError:
        return None
    return None


def _trust(ca_file: str) -> Any:
    """Raises ConfigError if the file of trusted certificates cannot be used."""
    try:
        return grpc.ssl_channel_credentials(Path(ca_file).read_bytes() if ca_file else None)
    except OSError as error:
        raise ConfigError(
            f"ca_file {ca_file} cannot be used: {error.strerror}", next_step="correct ca_file in pasodoble.yaml"
        ) from None
