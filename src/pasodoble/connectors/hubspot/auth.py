"""How HubSpot lets us in: a service key or private token as it is, or an OAuth refresh token traded by the clock.

HubSpot says that a 401 is no signal for a refresh, so a refused token is never traded again from here.
Source: developer docs, "Manage OAuth access tokens", read March 2026. Keeping secrets is `config/`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from pasodoble.connectors.http import Request
from pasodoble.connectors.session import LogIn, Token
from pasodoble.errors import AuthLapsed, ConfigError
from pasodoble.model.settings import HubSpotAccess

_READY = ("service_key", "private_token", "access_token")
_OAUTH = ("client_id", "client_secret", "refresh_token")


def choose_log_in(auth: Mapping[str, str], token_path: str, now: Callable[[], datetime]) -> Callable[[], LogIn]:
    """The log-in that these settings ask for. Raises ConfigError when they ask for none."""
    ready = next((auth[name] for name in _READY if auth.get(name)), "")
    if ready:
        return lambda: _use(ready)
    if all(auth.get(name) for name in _OAUTH):
        held = dict(auth)
        return lambda: _refresh(held, token_path, now)
    raise ConfigError(
        f"HubSpot's `auth` needs one of {', '.join(_READY)}, or {' + '.join(_OAUTH)}",
        next_step="pasodoble connect hubspot",
    )


_JOURNAL_SCOPES = "developer.webhooks_journal.read developer.webhooks_journal.subscriptions.read developer.webhooks_journal.subscriptions.write"


def choose_journal_log_in(access: HubSpotAccess, token_path: str, now: Callable[[], datetime]) -> Callable[[], LogIn]:
    """The app itself, not an account, signs in to read its journal. Raises ConfigError where the app's id is not known."""
    client_id = access.client_id or access.auth.get("client_id", "")
    if not (client_id and access.client_secret):
        raise ConfigError(
            "HubSpot's webhooks journal needs the app's client_id and client_secret",
            next_step="set webhooks.client_id in pasodoble.yaml, or webhooks.journal: off",
        )
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": access.client_secret,
        "scope": _JOURNAL_SCOPES,
    }
    return lambda: _ask_for_token(form, token_path, now)


def _use(value: str) -> LogIn:
    return Token(value=value)
    yield  # makes it a log-in that sends nothing


def _refresh(held: dict[str, str], token_path: str, now: Callable[[], datetime]) -> LogIn:
    form = {"grant_type": "refresh_token", **{name: held[name] for name in _OAUTH}}
    token = yield from _ask_for_token(form, token_path, now, held)
    return token


def _ask_for_token(
    form: Mapping[str, str], token_path: str, now: Callable[[], datetime], held: dict[str, str] | None = None
) -> LogIn:
    """`held` keeps the newest refresh token, where there is one."""
    asked_at = now()
    answer = yield Request(method="POST", path=token_path, form=form, safe=True, api="")
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status != 200 or not body.get("access_token"):
        raise AuthLapsed(
            "HubSpot no longer accepts the stored sign-in",
            code=str(body.get("status") or body.get("error") or answer.status),
            next_step="pasodoble connect hubspot",
        )
    if held is not None:
        held["refresh_token"] = str(body.get("refresh_token") or held["refresh_token"])
    return Token(
        value=str(body["access_token"]),
        expires_at=asked_at + timedelta(seconds=float(body.get("expires_in", 1800))),
        account_id=str(body.get("hub_id") or ""),
    )
