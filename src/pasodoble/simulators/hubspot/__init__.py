"""HubSpot as a local server: one account with its API, kept to the public contract.

Build it with `build`; serve its `application`. Salesforce and the product do not belong here.
"""

from pasodoble.simulators.hubspot.application import World, build
from pasodoble.simulators.hubspot.switches import Switches

__all__ = ["Switches", "World", "build"]
