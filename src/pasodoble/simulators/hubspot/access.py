"""Who may call: the caller behind a request, from its token."""

from __future__ import annotations

from dataclasses import dataclass

from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.hubspot.changes import Actor, integration
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.portal import Portal

NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `actor` is what history and webhooks name as the writer."""

    actor: Actor


class Access:
    """The gate in front of every handler, and the headers that every answer carries."""

    def __init__(self, portal: Portal) -> None:
        self._caller = Caller(integration(portal.account.app_id))

    def admit(self, request: Request, area: str) -> Caller:
        """The caller. `area` is the route's, for scopes. Raises Refusal (401, 403, 429)."""
        if not request.headers.get("authorization", "").lower().startswith("bearer "):
            raise Refusal(NO_CREDENTIALS, status=401, category="INVALID_AUTHENTICATION")
        return self._caller

    def decorate(self, request: Request, response: Response) -> None:
        """Add what every answer carries: rate limit headers and the like."""
