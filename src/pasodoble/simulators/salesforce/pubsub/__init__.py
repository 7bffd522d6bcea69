"""Change Data Capture over the Pub/Sub API: what the org commits, told as Avro events to whoever subscribes.

    async with serving_events(world, port=0) as endpoint:      # "127.0.0.1:8093"
        ...

Writing and reading records does not belong here; this room only hears of commits.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Protocol

from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub.channels import TooManyEntities
from pasodoble.simulators.salesforce.pubsub.events import Gap
from pasodoble.simulators.salesforce.pubsub.server import EventBus, serving_bus
from pasodoble.simulators.salesforce.sessions import Sessions

__all__ = ["EventBus", "Gap", "TooManyEntities", "serving_bus", "serving_events"]


class Listened(Protocol):
    """What the bus needs of a world."""

    @property
    def org(self) -> Org: ...

    @property
    def sessions(self) -> Sessions: ...


@contextlib.asynccontextmanager
async def serving_events(
    world: Listened, *, port: int = 0, certificate: tuple[str, str] | None = None
) -> AsyncIterator[str]:
    """Serve the change events of a world while the block runs; gives `host:port`. Raises OSError for a taken port."""
    async with serving_bus(EventBus(world.org, world.sessions), port=port, certificate=certificate) as endpoint:
        yield endpoint
