"""A whole simulated Salesforce: the org, its HTTP application, the credentials to get in, what runs beside it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pasodoble.simulators.calls import CallLog
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.door import add_common_routes
from pasodoble.simulators.faults import FaultBook
from pasodoble.simulators.http import Application, Request, Response, Router
from pasodoble.simulators.salesforce.door import routes as door
from pasodoble.simulators.salesforce.door.actions import Desk
from pasodoble.simulators.salesforce.errors import CALL_WORDS, call_refusal
from pasodoble.simulators.salesforce.furnish import DOMAIN, furnish
from pasodoble.simulators.salesforce.journal import Journal
from pasodoble.simulators.salesforce.metering import Meter
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub import EventBus, serving_bus
from pasodoble.simulators.salesforce.rest import (
    bulk_ingest,
    bulk_query,
    collections,
    composite,
    describing,
    limits,
    oauth,
    queries,
    replication,
    rows,
    searching,
    soap,
    tree,
    versions,
)
from pasodoble.simulators.salesforce.rest.frame import Instance, answer_error, answer_unknown, finish
from pasodoble.simulators.salesforce.sessions import Sessions
from pasodoble.simulators.salesforce.settings import Switches
from pasodoble.simulators.salesforce.ui import pages

AREAS = (
    versions,
    limits,
    queries,
    searching,
    replication,
    collections,
    composite,
    tree,
    describing,
    rows,
    bulk_ingest,
    bulk_query,
    oauth,
    soap,
)
"""One module an API area. The router tries fixed path segments before variable ones, whatever the order here."""


@dataclass(slots=True)
class World:
    """What the sandbox needs. `credentials` go into its ready line as they are."""

    org: Org
    application: Application
    sessions: Sessions
    events: EventBus
    calls: CallLog
    faults: FaultBook

    @property
    def credentials(self) -> dict[str, str]:
        return {
            "token": self.sessions.token,
            "organization_id": self.org.id,
            "client_id": self.sessions.client_id,
            "client_secret": self.sessions.client_secret,
            "username": f"integration@{DOMAIN}",
        }

    @contextlib.asynccontextmanager
    async def background(
        self, instance_url: str, *, pubsub_port: int = 0, certificate: tuple[str, str] | None = None
    ) -> AsyncIterator[str]:
        """Run the Pub/Sub server while the block runs; gives its `host:port`. Raises OSError when the port is taken."""
        async with serving_bus(self.events, port=pubsub_port, certificate=certificate) as endpoint:
            yield endpoint


def build(
    clock: SimClock,
    *,
    people: int = 0,
    seed: int = 1,
    limits: str = "off",
    bare: bool = False,
    empty: bool = False,
    switches: Switches | None = None,
) -> World:
    """A new world. The same seed and people give the same records, ids and credentials.

    bare      without the external id field `Pasodoble_Key__c`.
    empty     users, picklists and the price book only; the same as `people=0`.
    switches  what else can be set; its `limits` and `pasodoble_key` give way to the arguments here.
    """
    from dataclasses import replace

    from pasodoble.simulators.salesforce.seeding import seed_people

    org = Org(clock, seed=seed, switches=replace(switches or Switches(), limits=limits, pasodoble_key=not bare))
    furnish(org)
    if people and not empty:
        seed_people(org, people)
    return _serve(org)


def _serve(org: Org) -> World:
    router, calls, faults = Router(), CallLog(), FaultBook()
    instance = Instance(org, Sessions(org), Meter(org), router)
    for area in AREAS:
        area.add_routes(instance)
    journal = Journal(org)
    add_common_routes(router, calls=calls, faults=faults, clock=org.clock)
    events = EventBus(org, instance.sessions)
    instance.meter.gauges["DailyDeliveredPlatformEvents"] = lambda: events.delivered
    desk = Desk(org, instance.sessions, events)
    door.add_routes(instance, journal, desk)
    pages.add_routes(router, desk, journal)
    application = Application(
        router,
        calls=calls,
        faults=faults,
        not_found=answer_unknown,
        on_error=answer_error,
        decorate=lambda request, response: finish(instance, request, response),
        fault_answer=_answer_fault,
    )
    return World(org, application, instance.sessions, events, calls, faults)


FAULTS = {
    401: "INVALID_SESSION_ID",
    403: "REQUEST_LIMIT_EXCEEDED",
    503: "SERVER_UNAVAILABLE",
    500: "UNKNOWN_EXCEPTION",
}


def _answer_fault(request: Request, status: int) -> Response:
    """A fault's answer with this status, in the words Salesforce has for it."""
    code = FAULTS.get(status, "UNKNOWN_EXCEPTION")
    message = CALL_WORDS[code] if status in FAULTS else f"The server answered {status}"
    return answer_error(request, call_refusal(code, message, status))
