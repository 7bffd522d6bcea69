"""Both simulated CRMs on real ports, one clock between them: what `pasodoble sandbox` and `pasodoble demo` run.

Settings for the product do not belong here; the ready line says all that is needed to write some.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from pasodoble.simulators import hubspot, salesforce
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import serving

HUBSPOT_PORT = 8091
SALESFORCE_PORT = 8092
PUBSUB_PORT = 8093


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the sandbox is asked for; ports of 0 take any free one."""

    hubspot_port: int = HUBSPOT_PORT
    salesforce_port: int = SALESFORCE_PORT
    pubsub_port: int = PUBSUB_PORT
    people: int = 200
    seed: int = 1
    empty: bool = False
    limits: str = "off"
    tls: bool = False
    bare: bool = False
    webhook_target: str = ""


@dataclass(slots=True)
class Sandbox:
    """The running pair. `ready` is the ready line."""

    clock: SimClock
    hubspot: hubspot.World
    salesforce: salesforce.World
    ready: dict[str, Any]


@contextlib.asynccontextmanager
async def running(options: Options, *, clock: SimClock | None = None) -> AsyncIterator[Sandbox]:
    """Serve both CRMs while the block runs. Raises OSError when a port is taken."""
    clock = clock or SimClock()
    people = 0 if options.empty else options.people
    common: dict[str, Any] = {"people": people, "seed": options.seed, "limits": options.limits, "bare": options.bare}
    hub = hubspot.build(clock, empty=options.empty, webhook_target=options.webhook_target, **common)
    org = salesforce.build(clock, empty=options.empty, **common)
    _settle_memory()
    async with contextlib.AsyncExitStack() as stack:
        certificate, ca_file = None, None
        if options.tls:
            from pasodoble.simulators.certificate import make_certificate

            made = stack.enter_context(make_certificate())
            certificate, ca_file = (str(made.certificate), str(made.key)), str(made.ca)
        scheme = "https" if certificate else "http"
        hub_port = await stack.enter_async_context(
            serving(hub.application, port=options.hubspot_port, certificate=certificate)
        )
        org_port = await stack.enter_async_context(
            serving(org.application, port=options.salesforce_port, certificate=certificate)
        )
        instance_url = f"{scheme}://127.0.0.1:{org_port}"
        stack.push_async_callback(hub.close)
        pubsub = await stack.enter_async_context(
            org.background(instance_url, pubsub_port=options.pubsub_port, certificate=certificate)
        )
        ready = {
            "ready": True,
            "hubspot": {"base_url": f"{scheme}://127.0.0.1:{hub_port}", **hub.credentials},
            "salesforce": {"instance_url": instance_url, **org.credentials},
            "pubsub": {"endpoint": pubsub},
            "ca_file": ca_file,
        }
        yield Sandbox(clock, hub, org, ready)


def _settle_memory() -> None:
    """Keep the garbage collector from walking a large world again and again: it is there to stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
