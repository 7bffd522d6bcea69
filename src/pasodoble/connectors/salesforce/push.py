"""The PushReader port over Salesforce's change events: one stream an object, each from where it left off, for ever.

A stream that breaks is opened anew from its last place, after a pause that grows; one that has none, or whose place is gone,
starts at now, and when it has, the object is reported as missed: what changed before is then looked for. What happens to signals is not decided here.
Source: Pub/Sub API guide, "Handle Errors", "Retry RPC Calls", "Event Message Durability" (72 hours).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pasodoble.connectors.salesforce import pubsub_pb2 as pb
from pasodoble.connectors.salesforce.change_events import Unreadable
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.connectors.salesforce.pubsub import PubSubClient, is_lost
from pasodoble.connectors.salesforce.signals import Told, read_event, topic_of
from pasodoble.errors import AuthLapsed, ConnectorError, RateLimited, Unsupported
from pasodoble.model.signal import Signal
from pasodoble.ports import Clock, Cursor, Heard, Hearing

_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 120.0
_REFUSED_PAUSE_S: Final = 900.0
"""For a topic that is not there or not open to us: until an administrator has changed that."""
_OPENING_S: Final = 2.0
"""How long a stream takes at most to begin, once there is a connection. It does not say when it has."""
_WAITING: Final = 8
"""Responses of all streams that may wait to be dealt with; a stream that finds no room asks for nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One response of one stream. `replay_id` is b"" where it leads no further."""

    object: str
    told: Told
    replay_id: bytes = b""


class ChangeEvents:
    """Change events of the objects in `told`; `untold` are synced too, but found by the look alone.

    jitter   0 to 1, so that many readers do not come back together
    """

    def __init__(
        self,
        client: PubSubClient,
        clock: Clock,
        *,
        told: Sequence[str],
        untold: Sequence[str] = (),
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._clock = clock
        self._told = tuple(told)
        self._untold = tuple(untold)
        self._jitter = jitter

    async def survey(self) -> Hearing:
        """Raises ConnectorError when nobody answers."""
        refused = [object for object in self._told if not await self._client.may_subscribe(topic_of(object))]
        heard = tuple(object for object in self._told if object not in refused)
        return Hearing(heard=heard, refused=tuple(refused), beyond=self._untold)

    async def signals(self, position: Cursor | None) -> AsyncGenerator[Heard, None]:
        """Never ends, never raises a ConnectorError: while Salesforce cannot be heard, there is nothing to hear."""
        places = {name: str(place) for name, place in (position or {}).items()}
        pieces: asyncio.Queue[Piece] = asyncio.Queue(_WAITING)
        streams = [
            asyncio.create_task(self._follow(object, base64.b64decode(places.get(object, "")), pieces))
            for object in self._told
        ]
        try:
            while True:
                some = [await pieces.get()]
                while not pieces.empty():
                    some.append(pieces.get_nowait())
                places |= {p.object: base64.b64encode(p.replay_id).decode() for p in some if p.replay_id}
                yield Heard(
                    signals=[signal for piece in some for signal in piece.told.signals],
                    position=dict(places),
                    missed=frozenset(piece.object for piece in some if piece.told.missed),
                )
        finally:
            for stream in streams:
                stream.cancel()
            await asyncio.gather(*streams, return_exceptions=True)

    async def close(self) -> None:
        await self._client.close()

    async def _follow(self, object: str, place: bytes, pieces: asyncio.Queue[Piece]) -> None:
        failures = 0
        while True:
            try:
                async with contextlib.aclosing(self._client.fetch(topic_of(object), place)) as responses:
                    await anext(responses)
                    async with self._missing(object, pieces) if not place else contextlib.nullcontext():
                        async for response in responses:
                            assert response is not None
                            piece = await self._read(object, response)
                            await pieces.put(piece)
                            place, failures = piece.replay_id, 0
            except ConnectorError as error:
                failures += 1
                place = b"" if is_lost(error) else place
                await self._clock.sleep(pause_s(error, failures, self._jitter()))

    @contextlib.asynccontextmanager
    async def _missing(self, object: str, pieces: asyncio.Queue[Piece]) -> AsyncGenerator[None, None]:
        """While a stream runs that starts at now: say once that what came before it is missed, when it has begun."""

        async def say() -> None:
            await self._clock.sleep(_OPENING_S)
            await pieces.put(Piece(object=object, told=Told(missed=True)))

        saying = asyncio.create_task(say())
        try:
            yield
        finally:
            saying.cancel()

    async def _read(self, object: str, response: pb.FetchResponse) -> Piece:
        """An event that cannot be read is one that was missed; it does not stop those behind it."""
        me = to_18((await self._client.who()).user_id)
        signals: list[Signal] = []
        missed = False
        for consumed in response.events:
            schema = await self._client.schema(consumed.event.schema_id)
            try:
                told = read_event(schema.read(consumed.event.payload), me)
            except Unreadable:
                told = Told(missed=True)
            signals += told.signals
            missed = missed or told.missed
        replay_id = response.events[-1].replay_id if response.events else response.latest_replay_id
        return Piece(object=object, told=Told(signals=tuple(signals), missed=missed), replay_id=replay_id)


def pause_s(error: ConnectorError, failures: int, jitter: float) -> float:
    """How long to stay away after so many failures in a row; a lapsed session has just been renewed, so that goes fast."""
    match error:
        case RateLimited():
            return error.retry_after_s + jitter
        case Unsupported() if not is_lost(error):
            return _REFUSED_PAUSE_S * (0.5 + jitter)
        case AuthLapsed() if failures == 1:
            return 0.0
    return min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(failures - 1, 10)) * (0.5 + jitter)
