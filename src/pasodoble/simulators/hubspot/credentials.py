"""Who may call: the app of the sandbox, its secrets, and every token that was handed out.

Whether a token's scopes suffice for a call is `scopes`; how tokens travel over HTTP is `api/oauth`.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.hubspot.switches import Switches

TokenKind = Literal["private_app", "service_key", "oauth", "client_credentials"]

CODE_LIFE_MS: Final = 10 * 60_000
"""Life of an authorization code; HubSpot says only that it is single use."""

SCOPES: Final = (
    "oauth",
    "account-info.security.read",
    "analytics.behavioral_events.send",
    "behavioral_events.event_definitions.read_write",
    "business-intelligence",
    "communication_preferences.read",
    "communication_preferences.read_write",
    "communication_preferences.write",
    "content",
    "crm.export",
    "crm.import",
    "crm.lists.read",
    "crm.lists.write",
    *(
        f"crm.objects.{kind}.{verb}"
        for kind in ("companies", "contacts", "custom", "deals", "leads", "line_items", "orders", "products", "quotes")
        for verb in ("read", "write")
    ),
    "crm.objects.owners.read",
    "crm.objects.users.read",
    "crm.pipelines.orders.read",
    *(
        f"crm.schemas.{kind}.{verb}"
        for kind in ("companies", "contacts", "custom", "deals", "line_items")
        for verb in ("read", "write")
    ),
    "developer.webhooks_journal.read",
    "developer.webhooks_journal.snapshots.read",
    "developer.webhooks_journal.snapshots.write",
    "developer.webhooks_journal.subscriptions.read",
    "developer.webhooks_journal.subscriptions.write",
    "e-commerce",
    "forms",
    "forms-uploaded-files",
    "marketing-email",
    "marketing.campaigns.read",
    "marketing.campaigns.revenue.read",
    "marketing.campaigns.write",
    "marketing.email.read",
    "marketing.email.write",
    "sales-email-read",
    "tickets",
)
"""Every scope that the simulator knows, as HubSpot names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`expires_at_ms` is None for tokens that live until they are rotated by hand; `refresh` names the grant behind."""

    value: str
    kind: TokenKind
    app_id: int
    user_id: int
    scopes: frozenset[str]
    expires_at_ms: int | None = None
    refresh: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a user consented to: the refresh token stays the same as long as the grant lives."""

    refresh_token: str
    user_id: int
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    redirect_uri: str
    user_id: int
    scopes: tuple[str, ...]
    expires_at_ms: int
    challenge: str = ""


class GrantRefused(Exception):
    """A token request that HubSpot refuses: `status` is its word (BAD_REFRESH_TOKEN), `error` OAuth's (invalid_grant)."""

    def __init__(self, error: str, status: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.status = status
        self.message = message


class Credentials:
    """The sandbox's app and all its tokens. The same seed makes the same ones, in the order they are asked for.

    token           the sandbox's own private-app token; it has every scope.
    service_key     a second way in with every scope, whose writes carry an id of their own: for whoever must tell its
                    writes from those of everybody else who uses the token.
    developer_key   `hapikey` of the webhook settings.
    """

    def __init__(self, clock: SimClock, *, seed: int, portal_id: int, app_id: int, switches: Switches) -> None:
        self._clock = clock
        self._dice = random.Random(f"credentials-{seed}")
        self._switches = switches
        self.portal_id = portal_id
        self.app_id = app_id
        self.client_id = self._guid()
        self.client_secret = self._guid()
        self.developer_key = self._guid()
        self.installing_user_id = 77
        self._tokens: dict[str, Token] = {}
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, Code] = {}
        self.token = self.add_token("private_app", SCOPES).value
        self.service_id = app_id + 1
        self.service_key = self.add_token("service_key", SCOPES, app_id=self.service_id).value

    def _guid(self) -> str:
        hexed = f"{self._dice.getrandbits(128):032x}"
        return f"{hexed[:8]}-{hexed[8:12]}-4{hexed[13:16]}-a{hexed[17:20]}-{hexed[20:]}"

    def find(self, value: str) -> Token | None:
        """The token, expired or not."""
        return self._tokens.get(value)

    def is_expired(self, token: Token) -> bool:
        return token.expires_at_ms is not None and token.expires_at_ms <= self._clock.now_ms()

    def seconds_left(self, token: Token) -> int:
        if token.expires_at_ms is None:
            return -1
        return max(0, (token.expires_at_ms - self._clock.now_ms()) // 1000)

    def tokens(self) -> list[Token]:
        return list(self._tokens.values())

    def add_token(
        self,
        kind: TokenKind,
        scopes: Iterable[str],
        *,
        life_ms: int | None = None,
        refresh: str = "",
        app_id: int | None = None,
    ) -> Token:
        token = Token(
            value=self._spell_token(kind),
            kind=kind,
            app_id=app_id or self.app_id,
            user_id=self.installing_user_id,
            scopes=frozenset(scopes),
            expires_at_ms=None if life_ms is None else self._clock.now_ms() + life_ms,
            refresh=refresh,
        )
        self._tokens[token.value] = token
        return token

    def _spell_token(self, kind: TokenKind) -> str:
        if kind in ("private_app", "service_key"):
            return f"pat-na1-{self._guid()}"
        raw = self._dice.randbytes(48)
        return "C" + base64.urlsafe_b64encode(raw).decode().rstrip("=")

    # -- grants ---------------------------------------------------------------------------------------------------

    def check_client(self, client_id: str, client_secret: str) -> None:
        """Raises GrantRefused."""
        if client_id != self.client_id:
            raise GrantRefused("invalid_client", "BAD_CLIENT_ID", "missing or invalid client id")
        if client_secret != self.client_secret:
            raise GrantRefused("invalid_client", "BAD_CLIENT_SECRET", "missing or invalid client secret")

    def issue_code(self, redirect_uri: str, scopes: Iterable[str], *, challenge: str = "") -> str:
        code = f"na1-{self._guid()}"
        self._codes[code] = Code(
            redirect_uri=redirect_uri,
            user_id=self.installing_user_id,
            scopes=tuple(scopes),
            expires_at_ms=self._clock.now_ms() + CODE_LIFE_MS,
            challenge=challenge,
        )
        return code

    def exchange_code(self, value: str, redirect_uri: str, verifier: str) -> tuple[Token, Grant]:
        """Raises GrantRefused. A code works once, and is spent by a failed attempt too."""
        code = self._codes.pop(value, None)
        if code is None or code.expires_at_ms <= self._clock.now_ms():
            raise GrantRefused("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code")
        if code.redirect_uri != redirect_uri:
            raise GrantRefused(
                "redirect_uri_mismatch",
                "MISMATCH_REDIRECT_URI_AUTH_CODE",
                "redirect_uri does not match initial authorization code URL",
            )
        if code.challenge and _challenge(verifier) != code.challenge:
            raise GrantRefused("invalid_grant", "BAD_CODE_VERIFIER", "code_verifier does not match the code_challenge")
        grant = Grant(refresh_token=f"na1-{self._guid()}", user_id=code.user_id, scopes=code.scopes)
        self._grants[grant.refresh_token] = grant
        return self._access(grant), grant

    def refresh(self, refresh_token: str) -> tuple[Token, Grant]:
        """Raises GrantRefused. The refresh token does not rotate."""
        grant = self._grants.get(refresh_token)
        if grant is None:
            raise GrantRefused("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
        return self._access(grant), grant

    def _access(self, grant: Grant) -> Token:
        return self.add_token(
            "oauth", grant.scopes, life_ms=self._switches.access_token_s * 1000, refresh=grant.refresh_token
        )

    def for_client(self, scopes: Iterable[str]) -> Token:
        """A client-credentials token, for the webhooks journal."""
        return self.add_token("client_credentials", scopes, life_ms=self._switches.access_token_s * 1000)

    def find_grant(self, refresh_token: str) -> Grant | None:
        return self._grants.get(refresh_token)

    def revoke(self, value: str) -> bool:
        """Forget a refresh token and all access tokens it gave, or a single access token."""
        if self._grants.pop(value, None) is not None:
            self._tokens = {name: token for name, token in self._tokens.items() if token.refresh != value}
            return True
        return self._tokens.pop(value, None) is not None


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
