"""Builds the simulated HubSpot: a portal, its starting world, and the ASGI application around it.

To add an API area, write a module in `api/` with `add_routes(portal, routes)` and name it in `AREAS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from pasodoble.simulators.calls import CallLog
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.door import add_common_routes
from pasodoble.simulators.faults import FaultBook
from pasodoble.simulators.http import Application, Request, Response, Router
from pasodoble.simulators.hubspot.access import Access
from pasodoble.simulators.hubspot.api import (
    account,
    analytics,
    association_types,
    associations,
    batches,
    campaigns,
    deal_splits,
    door,
    email_events,
    exports,
    forms,
    imports,
    journal,
    limit_tracking,
    lists,
    marketing_emails,
    memberships,
    oauth,
    objects,
    owners,
    pages,
    pipelines,
    preferences,
    properties,
    schemas,
    search,
    validations,
    webhooks,
)
from pasodoble.simulators.hubspot.errors import Refusal, missing, refuse
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes
from pasodoble.simulators.hubspot.starting_world import add_key_property, add_users, populate
from pasodoble.simulators.hubspot.switches import Switches

AREAS: tuple[Callable[[Portal, Routes], None], ...] = (
    objects.add_routes,
    batches.add_routes,
    search.add_routes,
    deal_splits.add_routes,
    properties.add_routes,
    pipelines.add_routes,
    owners.add_routes,
    lists.add_routes,
    memberships.add_routes,
    associations.add_routes,
    association_types.add_routes,
    schemas.add_routes,
    validations.add_routes,
    door.add_routes,
    oauth.add_routes,
    account.add_routes,
    webhooks.add_routes,
    journal.add_routes,
    limit_tracking.add_routes,
    email_events.add_routes,
    marketing_emails.add_routes,
    campaigns.add_routes,
    analytics.add_routes,
    imports.add_routes,
    preferences.add_routes,
    pages.add_routes,
    forms.add_routes,
    exports.add_routes,
)
"""`add_routes` of every API area and of the door; fixed paths win over `{named}` ones whatever the order."""


@dataclass(slots=True)
class World:
    """A simulated HubSpot, ready to be served. `credentials` is what the sandbox's ready line prints of it."""

    portal: Portal
    application: Application
    credentials: dict[str, str] = field(default_factory=dict)

    async def close(self) -> None:
        """Stop what still runs beside the application: webhooks on their way."""
        await self.portal.webhooks.sender.close()


def build(
    clock: SimClock,
    *,
    people: int = 200,
    seed: int = 1,
    limits: str = "off",
    bare: bool = False,
    empty: bool = False,
    webhook_target: str = "",
    switches: Switches | None = None,
) -> World:
    """A portal with its application.

    people   size of the seeded population that both CRMs share; those whom HubSpot knows become contacts
    limits   "real" enforces HubSpot's rate limits, "off" only counts
    bare     leave out the unique property `pasodoble_key`
    empty    no records: users, pipelines and properties only
    webhook_target   an address that is told of everything
    """
    portal = Portal(clock, seed=seed, switches=switches, enforce_limits=limits == "real")
    if not bare:
        add_key_property(portal)
    add_users(portal)
    if not empty:
        populate(portal, people=people, seed=seed)
    access = Access(portal)
    router = Router()
    calls, faults = CallLog(), FaultBook()
    add_common_routes(router, calls=calls, faults=faults, clock=clock)
    routes = Routes(router, access)
    for add_routes in AREAS:
        add_routes(portal, routes)
    application = Application(
        router,
        calls=calls,
        faults=faults,
        not_found=lambda request, allowed: _not_found(portal, request, allowed),
        on_error=lambda request, error: _on_error(portal, request, error),
        decorate=access.decorate,
        fault_answer=lambda _request, status: _fault_answer(portal, status),
    )
    if webhook_target:
        portal.webhooks.aim_at(webhook_target)
    return World(portal, application, _spoken_credentials(portal))


def _spoken_credentials(portal: Portal) -> dict[str, str]:
    known = portal.credentials
    return {
        "token": known.token,
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "app_id": str(known.app_id),
        "service_key": known.service_key,
        "service_id": str(known.service_id),
        "developer_key": known.developer_key,
    }


def _not_found(portal: Portal, request: Request, allowed: tuple[str, ...]) -> Response:
    if not allowed:
        return refuse(missing(), portal.new_guid())
    refusal = Refusal(f"HTTP {request.method} is not allowed here", status=405, category="METHOD_NOT_ALLOWED")
    response = refuse(refusal, portal.new_guid())
    response.headers.append(("Allow", ", ".join(allowed)))
    return response


def _on_error(portal: Portal, _request: Request, error: Exception) -> Response:
    if isinstance(error, Refusal):
        return refuse(error, portal.new_guid())
    if isinstance(error, orjson.JSONDecodeError):
        message = f"Invalid input JSON on line {error.lineno}, column {error.colno}: {error.msg}"
        return refuse(Refusal(message), portal.new_guid())
    raise error


def _fault_answer(portal: Portal, status: int) -> Response:
    texts = {401: "The OAuth token used to make this call expired 1 hour(s) ago.", 423: "The record is locked."}
    categories = {401: "EXPIRED_AUTHENTICATION", 423: "LOCKED", 429: "RATE_LIMITS"}
    refusal = Refusal(
        texts.get(status, "You have reached your ten_secondly_rolling limit." if status == 429 else "internal error"),
        status=status,
        category=categories.get(status),
        extra={"errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"} if status == 429 else None,
    )
    return refuse(refusal, portal.new_guid())
