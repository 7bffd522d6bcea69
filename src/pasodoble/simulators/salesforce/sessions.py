"""Who may come in: the connected app, its tokens, authorization codes and refresh tokens.

How they are asked for over HTTP is `rest.oauth` and `rest.soap`.
"""

from __future__ import annotations

import hashlib
import random
import string
from dataclasses import dataclass, field

from pasodoble.simulators.salesforce.org import Org

ALPHABET = string.ascii_letters + string.digits + "._"


@dataclass(slots=True)
class Session:
    """One access token. `expires_ms` is None for the sandbox's own token, which outlives every advance of the clock."""

    token: str
    user_id: str
    scope: str
    expires_ms: int | None


@dataclass(slots=True)
class Grant:
    """A refresh token, or an authorization code still to be cashed in (then with its redirect and PKCE challenge)."""

    user_id: str
    scope: str
    redirect_uri: str = ""
    challenge: str = ""
    method: str = "S256"
    expires_ms: int | None = None


@dataclass(slots=True)
class Sessions:
    """All that is open. The consumer key and secret of the one connected app follow from the org's seed."""

    org: Org
    client_id: str = ""
    client_secret: str = ""
    token: str = ""
    by_token: dict[str, Session] = field(default_factory=dict)
    codes: dict[str, Grant] = field(default_factory=dict)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    dice: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"salesforce-sessions-{self.org.seed}")
        self.client_id = "3MVG9" + self._draw(80)
        self.client_secret = hashlib.sha256(f"secret-{self.org.seed}".encode()).hexdigest().upper()
        self.token = self.open(self.org.integration_user_id, lasting=True).token

    def _draw(self, length: int) -> str:
        return "".join(self.dice.choices(ALPHABET, k=length))

    def open(self, user_id: str, scope: str = "api refresh_token", *, lasting: bool = False) -> Session:
        """A new session. It ends after the org's session time without use, unless it is `lasting`."""
        token = f"{self.org.id[:15]}!AQcAQ{self._draw(90)}"
        session = Session(token, user_id, scope, None if lasting else self._end_ms())
        self.by_token[token] = session
        return session

    def _end_ms(self) -> int:
        return self.org.clock.now_ms() + self.org.switches.session_s * 1000

    def find(self, token: str) -> Session | None:
        """The live session of a token; using it prolongs it."""
        session = self.by_token.get(token)
        if session is None or session.expires_ms is None:
            return session
        if session.expires_ms <= self.org.clock.now_ms():
            del self.by_token[token]
            return None
        session.expires_ms = self._end_ms()
        return session

    def close(self, token: str) -> bool:
        """Revoke an access or refresh token; a refresh token takes its user's sessions along."""
        grant = self.refresh_tokens.pop(token, None)
        if grant is not None:
            self.by_token = {t: s for t, s in self.by_token.items() if s.user_id != grant.user_id or not s.expires_ms}
        return self.by_token.pop(token, None) is not None or grant is not None

    def expire_all(self) -> None:
        """End every session, the lasting one aside."""
        self.by_token = {t: s for t, s in self.by_token.items() if s.expires_ms is None}

    def issue_code(self, grant: Grant) -> str:
        grant.expires_ms = self.org.clock.now_ms() + 15 * 60 * 1000
        code = "aPrx" + self._draw(60)
        self.codes[code] = grant
        return code

    def issue_refresh_token(self, user_id: str, scope: str) -> str:
        token = "5Aep861" + self._draw(70)
        self.refresh_tokens[token] = Grant(user_id, scope)
        return token
