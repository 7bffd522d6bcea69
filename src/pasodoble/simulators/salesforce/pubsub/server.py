"""The gRPC service `eventbus.v1.PubSub` over an org's event log: topics, schemas, subscriptions.

What events say is `events`, which there are is `log`, what a channel carries is `channels`.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import grpc

from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub import pubsub_pb2 as pb
from pasodoble.simulators.salesforce.pubsub.channels import Channel, Channels, has_events
from pasodoble.simulators.salesforce.pubsub.events import Encoded, Event, encode_event
from pasodoble.simulators.salesforce.pubsub.log import BadReplay, EventLog
from pasodoble.simulators.salesforce.pubsub.schemas import HEADER, finish_schema
from pasodoble.simulators.salesforce.sessions import Session, Sessions
from pasodoble.simulators.salesforce.view import View

SERVICE = "eventbus.v1.PubSub"
MAX_OUTSTANDING = 100
KEEPALIVE_S = 270
IDLE_S = 60
"""A stream that owes nothing and is asked for nothing this long is closed."""
DAY_MS = 24 * 3600 * 1000

ERRORS: dict[str, grpc.StatusCode] = {
    "service.auth.error": grpc.StatusCode.UNAUTHENTICATED,
    "service.auth.headers.invalid": grpc.StatusCode.UNAUTHENTICATED,
    "service.unavailable": grpc.StatusCode.UNAVAILABLE,
    "topic.not.found": grpc.StatusCode.NOT_FOUND,
    "topic.permission.denied": grpc.StatusCode.PERMISSION_DENIED,
    "schema.not.found": grpc.StatusCode.NOT_FOUND,
    "publish.permission.denied": grpc.StatusCode.PERMISSION_DENIED,
    "subscription.limit.exceeded": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "subscription.fetch.topic.invalid": grpc.StatusCode.INVALID_ARGUMENT,
    "subscription.fetch.replayid.corrupted": grpc.StatusCode.INVALID_ARGUMENT,
    "subscription.fetch.replayid.validation.failed": grpc.StatusCode.INVALID_ARGUMENT,
    "subscription.fetch.requested.events.invalid": grpc.StatusCode.INVALID_ARGUMENT,
    "subscription.fetch.timeout": grpc.StatusCode.DEADLINE_EXCEEDED,
}
"""Salesforce's code, without its common beginning, and the gRPC status it comes with."""


class Refused(Exception):
    """Ends a call with an error of the table above."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(slots=True)
class EventBus:
    """What all calls share: the log, the channels, who is let in, how much was delivered in the last day."""

    org: Org
    sessions: Sessions
    log: EventLog = field(init=False)
    channels: Channels = field(init=False)
    deliveries: list[tuple[int, int]] = field(default_factory=list)
    _dice: random.Random = field(init=False)
    _encoded: dict[tuple[str, int, frozenset[str]], Encoded] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = EventLog(self.org)
        self.channels = Channels(self.org)
        self._dice = random.Random(f"salesforce-pubsub-{self.org.seed}")

    def draw_uuid(self) -> str:
        digits = f"{self._dice.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def admit(self, metadata: dict[str, str]) -> Session:
        """Who calls. Raises Refused when the three headers are not all there and right."""
        if not all(metadata.get(name) for name in ("accesstoken", "instanceurl", "tenantid")):
            raise Refused(
                "service.auth.headers.invalid",
                "Authentication headers are missing: accesstoken, instanceurl, tenantid.",
            )
        session = self.sessions.find(metadata["accesstoken"])
        if session is None or full_id(metadata["tenantid"].rpartition("/")[2]) != self.org.id:
            raise Refused("service.auth.error", "Authentication exception occurred. The session is invalid or expired.")
        return session

    def channel(self, topic: str, view: View) -> Channel:
        """Raises Refused for no such topic, and for one object's topic that the user may not read."""
        channel = self.channels.find(topic)
        if channel is None:
            raise Refused("topic.not.found", f"The topic {topic} does not exist.")
        if channel.single and not any(view.find_sobject(name) for name in channel.sobjects or ()):
            raise Refused("topic.permission.denied", f"The user has no permission to subscribe to {topic}.")
        return channel

    def schema_of(self, channel: Channel) -> str:
        """The schema id of a channel; one of several objects has a schema with the header only."""
        if channel.single:
            (name,) = channel.sobjects or frozenset(("",))
            return self.log.schemas.of(self.org.sobject(name)).id
        return self.log.schemas.keep(finish_schema("ChangeEvents", [HEADER], {})).id

    def wants(self, channel: Channel, view: View, event: Event) -> bool:
        """Whether a channel carries an event to a user: selected, on the channel, readable."""
        sobject = view.find_sobject(event.sobject)
        if sobject is None or not has_events(sobject):
            return False
        if channel.sobjects is not None and event.sobject not in channel.sobjects:
            return False
        on_custom = channel.sobjects is not None and not channel.single
        return on_custom or self.channels.is_selected(event.sobject)

    def encode(self, place: int, event: Event, view: View) -> Encoded:
        """Encoded once for all who may read the same fields."""
        hidden = view.access(self.org.sobject(event.sobject)).hidden
        key = (event.commit.key, place, hidden)
        encoded = self._encoded.get(key)
        if encoded is None:
            if len(self._encoded) >= MAX_ENCODED:
                del self._encoded[next(iter(self._encoded))]
            encoded = self._encoded[key] = encode_event(event, self.log.schemas, self.org, hidden)
        return encoded

    def count_delivery(self, count: int) -> None:
        """Raises Refused once the daily allocation is spent (only with `limits: real`)."""
        now_ms = self.org.clock.now_ms()
        self.deliveries = [(at, n) for at, n in self.deliveries if at > now_ms - DAY_MS]
        if self.org.switches.limits == "real" and self.delivered >= self.org.switches.daily_event_deliveries:
            raise Refused("subscription.limit.exceeded", "You have exceeded the event delivery limit for your org.")
        if self.deliveries and self.deliveries[-1][0] > now_ms - 60_000:
            at, known = self.deliveries.pop()
            self.deliveries.append((at, known + count))
        else:
            self.deliveries.append((now_ms, count))

    @property
    def delivered(self) -> int:
        """Events delivered in the last 24 hours, to all subscribers together."""
        return sum(count for _, count in self.deliveries)


MAX_ENCODED = 4096


class Subscription:
    """One Subscribe call: a place in the log, and how many events its client still wants."""

    def __init__(self, bus: EventBus, channel: Channel, session: Session, place: int) -> None:
        self._bus = bus
        self._channel = channel
        self._session = session
        self._place = place
        self.owed = 0
        self.failure: Refused | None = None
        self.ended = False
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._asked_ms = self._sent_ms = bus.org.clock.now_ms()
        bus.log.listeners.append(self.nudge)
        self._tick()

    def close(self) -> None:
        self.ended = True
        self._bus.log.listeners.remove(self.nudge)

    def nudge(self) -> None:
        """Look again; callable from any thread."""
        self._loop.call_soon_threadsafe(self._wake.set)

    def ask(self, count: int) -> None:
        """More events are wanted. Raises Refused for a number that is none."""
        if count <= 0:
            raise Refused(
                "subscription.fetch.requested.events.invalid", f"The requested number of events is invalid: {count}."
            )
        self.owed = min(self.owed + count, MAX_OUTSTANDING)
        self._asked_ms = self._bus.org.clock.now_ms()
        self._wake.set()

    def _tick(self) -> None:
        """Wake at the moment a keepalive or the end of an idle stream falls due; one timer at a time."""
        if self.ended:
            return
        clock = self._bus.org.clock
        now_ms, due_ms = clock.now_ms(), self._due_ms()
        latest_ms = now_ms + IDLE_S * 1000
        if now_ms >= due_ms:
            self.nudge()
            due_ms = latest_ms
        clock.call_at(min(due_ms, latest_ms), self._tick)

    def _due_ms(self) -> int:
        """When the stream has been quiet for too long: from then on a keepalive is due, or its end if nothing is owed."""
        if self.owed:
            return self._sent_ms + KEEPALIVE_S * 1000
        return max(self._asked_ms, self._sent_ms) + IDLE_S * 1000

    def _is_overdue(self) -> bool:
        return self._bus.org.clock.now_ms() >= self._due_ms()

    async def responses(self) -> AsyncIterator[pb.FetchResponse]:
        """What there is to send, until the client goes. Raises Refused."""
        while True:
            self._wake.clear()
            if self.failure is not None:
                raise self.failure
            response = self._next()
            if response is not None:
                self._sent_ms = self._bus.org.clock.now_ms()
                yield response
            elif self.ended:
                return
            elif not self.owed and self._is_overdue():
                raise Refused(
                    "subscription.fetch.timeout", "The stream is closed: no FetchRequest came for 60 seconds."
                )
            else:
                await self._wake.wait()

    def _next(self) -> pb.FetchResponse | None:
        if not self.owed:
            return None
        bus, view = self._bus, self._bus.org.view(self._session.user_id)
        channel = self._channel
        found, place = bus.log.read(self._place, lambda e: bus.wants(channel, view, e), self.owed, channel.sobjects)
        if not found:
            self._place = place
            return self._response([]) if self._is_overdue() else None
        bus.count_delivery(len(found))
        self._place = found[-1][0]
        self.owed -= len(found)
        return self._response([self._consumer_event(after, event, view) for after, event in found])

    def _consumer_event(self, after: int, event: Event, view: View) -> pb.ConsumerEvent:
        encoded = self._bus.encode(after, event, view)
        return pb.ConsumerEvent(
            event=pb.ProducerEvent(id=event_id(event, after), schema_id=encoded.schema_id, payload=encoded.payload),
            replay_id=self._bus.log.spell_replay_id(after),
        )

    def _response(self, events: list[pb.ConsumerEvent]) -> pb.FetchResponse:
        return pb.FetchResponse(
            events=events,
            latest_replay_id=self._bus.log.spell_replay_id(self._place),
            rpc_id=self._bus.draw_uuid(),
            pending_num_requested=self.owed,
        )


def event_id(event: Event, place: int) -> str:
    """A UUID of the event's own, the same each time it is delivered."""
    digits = random.Random(f"{event.commit.key}-{place}").getrandbits(128)
    text = f"{digits:032x}"
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


class Service:
    """The calls. Metadata is checked first, errors end a call with their status, detail and trailers."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    async def get_topic(self, request: pb.TopicRequest, context: Any) -> pb.TopicInfo:
        try:
            session = self._admit(context)
            channel = self._bus.channel(request.topic_name, self._bus.org.view(session.user_id))
        except Refused as refused:
            await self._abort(context, refused)
        return pb.TopicInfo(
            topic_name=request.topic_name,
            tenant_guid=self._bus.org.id[:15],
            can_publish=False,
            can_subscribe=True,
            schema_id=self._bus.schema_of(channel),
            rpc_id=self._bus.draw_uuid(),
        )

    async def get_schema(self, request: pb.SchemaRequest, context: Any) -> pb.SchemaInfo:
        try:
            self._admit(context)
            schema = self._bus.log.schemas.find(request.schema_id)
            if schema is None:
                raise Refused("schema.not.found", f"The schema {request.schema_id} does not exist.")
        except Refused as refused:
            await self._abort(context, refused)
        return pb.SchemaInfo(schema_json=schema.json, schema_id=schema.id, rpc_id=self._bus.draw_uuid())

    async def publish(self, request: pb.PublishRequest, context: Any) -> pb.PublishResponse:
        """Change events are published by Salesforce alone."""
        try:
            self._admit(context)
            raise Refused("publish.permission.denied", f"Publishing to {request.topic_name} is not allowed.")
        except Refused as refused:
            await self._abort(context, refused)

    async def publish_stream(self, requests: Any, context: Any) -> AsyncIterator[pb.PublishResponse]:
        async for request in requests:
            yield await self.publish(request, context)

    async def subscribe(self, requests: Any, context: Any) -> AsyncIterator[pb.FetchResponse]:
        subscription: Subscription | None = None
        reading: asyncio.Task[None] | None = None
        try:
            session = self._admit(context)
            first = await anext(aiter(requests), None)
            if first is None:
                return
            subscription = self._open(first, session)
            subscription.ask(first.num_requested)
            reading = asyncio.create_task(self._read_on(requests, first.topic_name, subscription))
            async for response in subscription.responses():
                yield response
        except Refused as refused:
            await self._abort(context, refused)
        finally:
            if reading is not None:
                reading.cancel()
            if subscription is not None:
                subscription.close()

    def _open(self, first: pb.FetchRequest, session: Session) -> Subscription:
        channel = self._bus.channel(first.topic_name, self._bus.org.view(session.user_id))
        return Subscription(self._bus, channel, session, self._place(first))

    def _place(self, first: pb.FetchRequest) -> int:
        log = self._bus.log
        if first.replay_preset == pb.EARLIEST:
            return log.start
        if first.replay_preset != pb.CUSTOM:
            return log.head
        try:
            return log.parse_replay_id(first.replay_id)
        except BadReplay as bad:
            kind = "corrupted" if bad.corrupted and first.replay_id else "validation.failed"
            raise Refused(
                f"subscription.fetch.replayid.{kind}",
                "The Replay ID validation failed. Ensure that the Replay ID is valid.",
            ) from None

    async def _read_on(self, requests: Any, topic: str, subscription: Subscription) -> None:
        """Later requests only ask for more: their replay preset and id count for nothing."""
        try:
            async for request in requests:
                if request.topic_name and request.topic_name != topic:
                    raise Refused("subscription.fetch.topic.invalid", "The topic name of a stream cannot change.")
                subscription.ask(request.num_requested)
        except Refused as refused:
            subscription.failure = refused
        else:
            subscription.ended = True
        subscription.nudge()

    def _admit(self, context: Any) -> Session:
        metadata = {key.lower(): value for key, value in context.invocation_metadata() or ()}
        return self._bus.admit(metadata)

    async def _abort(self, context: Any, refused: Refused) -> NoReturn:
        rpc_id = self._bus.draw_uuid()
        trailers = (("error-code", f"sfdc.platform.eventbus.grpc.{refused.code}"), ("rpc-id", rpc_id))
        await context.abort(ERRORS[refused.code], f"{refused.text} rpcId: {rpc_id}", trailers)
        raise AssertionError("abort raises")

    def handlers(self) -> Any:
        """The service under its public name; messages are told apart by the method, not by their names."""

        def handle(kind: Any, method: Any, request: Any) -> Any:
            return kind(method, request.FromString, lambda message: message.SerializeToString())

        return grpc.method_handlers_generic_handler(
            SERVICE,
            {
                "GetTopic": handle(grpc.unary_unary_rpc_method_handler, self.get_topic, pb.TopicRequest),
                "GetSchema": handle(grpc.unary_unary_rpc_method_handler, self.get_schema, pb.SchemaRequest),
                "Publish": handle(grpc.unary_unary_rpc_method_handler, self.publish, pb.PublishRequest),
                "PublishStream": handle(grpc.stream_stream_rpc_method_handler, self.publish_stream, pb.PublishRequest),
                "Subscribe": handle(grpc.stream_stream_rpc_method_handler, self.subscribe, pb.FetchRequest),
            },
        )


def _credentials(certificate: str, key: str) -> Any:
    return grpc.ssl_server_credentials([(Path(key).read_bytes(), Path(certificate).read_bytes())])


@contextlib.asynccontextmanager
async def serving_bus(
    bus: EventBus, *, port: int = 0, certificate: tuple[str, str] | None = None
) -> AsyncIterator[str]:
    """Serve the bus on 127.0.0.1 while the block runs; gives `host:port`.

    certificate   (certificate file, key file) for TLS; clear text without.
    Raises OSError when the port is taken.
    """
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    server.add_generic_rpc_handlers((Service(bus).handlers(),))
    address = f"127.0.0.1:{port}"
    try:
        if certificate is None:
            bound = server.add_insecure_port(address)
        else:
            bound = server.add_secure_port(address, _credentials(*certificate))
    except RuntimeError as error:
        raise OSError(f"the Pub/Sub server cannot listen on {address}: {error}") from None
    await server.start()
    try:
        yield f"127.0.0.1:{bound}"
    finally:
        await server.stop(grace=0.2)
