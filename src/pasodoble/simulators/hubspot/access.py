"""Who may call: the caller behind a request from its token, its scopes, its budget, and the headers of the answer.

What tokens there are is `credentials`; what each path asks for is `scopes`; what may be spent is `limits`.
"""

from __future__ import annotations

from dataclasses import dataclass

from pasodoble.simulators.http import Request, Response, date_header
from pasodoble.simulators.hubspot.changes import Actor, integration
from pasodoble.simulators.hubspot.credentials import Token
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.scopes import missing_scopes, required_scopes

NO_CREDENTIALS = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `actor` is what history and webhooks name as the writer."""

    actor: Actor
    token: Token


class Access:
    """The gate in front of every handler, and the headers that every answer carries."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._callers: dict[str, Caller] = {}

    def admit(self, request: Request, area: str) -> Caller:
        """The caller. Raises Refusal (401, 403, 429). `area` "webhooks" takes a developer's key too."""
        caller = self._identify(request, area)
        request.caller = caller
        token = caller.token
        self._portal.limits.take(token, request.path)
        required = required_scopes(request.method, request.path)
        if not token.scopes.issuperset(required):
            raise missing_scopes(required)
        return caller

    def _identify(self, request: Request, area: str) -> Caller:
        credentials = self._portal.credentials
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            value = ""
        if area == "webhooks" and (key := request.one("hapikey")) and self._is_developers(key):
            value = credentials.token
        token = credentials.find(value.strip())
        if token is None:
            raise Refusal(NO_CREDENTIALS, status=401, category="INVALID_AUTHENTICATION")
        if token.expires_at_ms is not None and credentials.is_expired(token):
            raise _expired((self._portal.now_ms() - token.expires_at_ms) // 1000)
        caller = self._callers.get(token.value)
        if caller is None:
            caller = self._callers[token.value] = Caller(integration(token.app_id), token)
        return caller

    def _is_developers(self, key: str) -> bool:
        return self._portal.switches.developer_keys == "any" or key == self._portal.credentials.developer_key

    def decorate(self, request: Request, response: Response) -> None:
        """Add what answers carry: the time, a known caller's budget, and when to come back where the switch says so."""
        response.headers.append(date_header(self._portal.clock.now()))
        if not isinstance(request.caller, Caller):
            return
        token, limits = request.caller.token, self._portal.limits
        response.headers += limits.headers(token, request.path)
        if response.status == 429 and self._portal.switches.retry_after:
            response.headers.append(("Retry-After", str(limits.opens_in_s(token, request.path))))


def _expired(age_s: int) -> Refusal:
    return Refusal(
        f"The OAuth token used to make this call expired {age_s // 3600} hour(s) ago.",
        status=401,
        category="EXPIRED_AUTHENTICATION",
        context={"expire time": [f"{age_s} seconds ago"]},
    )
