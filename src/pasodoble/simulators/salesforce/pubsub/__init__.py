"""Change Data Capture over the Pub/Sub API: what the org commits, told as Avro events to whoever subscribes.

    bus = EventBus(org, sessions)                             # hears of commits from now on
    async with serving_bus(bus, port=0) as endpoint:          # "127.0.0.1:8093"
        ...

Writing and reading records does not belong here; this room only hears of commits.
"""

from pasodoble.simulators.salesforce.pubsub.channels import TooManyEntities
from pasodoble.simulators.salesforce.pubsub.events import Gap
from pasodoble.simulators.salesforce.pubsub.server import EventBus, serving_bus

__all__ = ["EventBus", "Gap", "TooManyEntities", "serving_bus"]
