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


def _use(value: str) -> LogIn:
    return Token(value=value)
    yield  # makes it a log-in that sends nothing


def _refresh(held: dict[str, str], token_path: str, now: Callable[[], datetime]) -> LogIn:
    form = {"grant_type": "refresh_token", **{name: held[name] for name in _OAUTH}}
    asked_at = now()
    answer = yield Request(method="POST", path=token_path, form=form, safe=True, api="")
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status != 200 or not body.get("access_token"):
        raise AuthLapsed(
            "HubSpot no longer accepts the stored sign-in",
            code=str(body.get("status") or body.get("error") or answer.status),
            next_step="pasodoble connect hubspot",
        )
    held["refresh_token"] = str(body.get("refresh_token") or held["refresh_token"])
    return Token(
        value=str(body["access_token"]),
        expires_at=asked_at + timedelta(seconds=float(body.get("expires_in", 1800))),
        account_id=str(body.get("hub_id") or ""),
    )
