"""Salesforce as a local server: REST, SOAP, Bulk and OAuth over one org, change events beside it.

    world = build(SimClock(), people=200, seed=1)
    world.application          # ASGI
    world.credentials          # token, organization_id, client_id, client_secret, username

The oracle is the vendor's public contract; what our own connector would like does not count here.
"""

from pasodoble.simulators.salesforce.settings import Switches
from pasodoble.simulators.salesforce.world import World, build

__all__ = ["Switches", "World", "build"]
