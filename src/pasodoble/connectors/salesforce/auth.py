"""How Salesforce lets us in: client credentials, a signed JWT, or a token somebody (or the `sf` command) already has.

Source: Salesforce help, "OAuth 2.0 client credentials flow" and "JWT bearer flow". Keeping secrets is `config/`'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from joserfc import jwt
from joserfc.jwk import RSAKey

from pasodoble.connectors.http import Answer, Request
from pasodoble.connectors.salesforce.cli_login import read_cli_login
from pasodoble.connectors.session import LogIn, Token
from pasodoble.errors import AuthLapsed, ConfigError

TOKEN_PATH: Final = "/services/oauth2/token"  # noqa: S105  # a path
USER_PATH: Final = "/services/oauth2/userinfo"
_JWT_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_JWT_LIFE_S: Final = 180


def choose_log_in(auth: Mapping[str, str], login_url: str, now: Callable[[], datetime]) -> Callable[[], LogIn]:
    """The log-in that these settings ask for. Raises ConfigError when they ask for none."""
    if auth.get("access_token"):
        return lambda: _use(auth["access_token"], auth.get("instance_url") or login_url)
    if auth.get("sf_alias"):
        return lambda: _borrow(auth["sf_alias"])
    if auth.get("private_key"):
        return lambda: _trade(login_url, {"grant_type": _JWT_GRANT, "assertion": _assertion(auth, login_url, now())})
    if auth.get("client_id") and auth.get("client_secret"):
        form = {"grant_type": "client_credentials"} | {name: auth[name] for name in ("client_id", "client_secret")}
        return lambda: _trade(login_url, form)
    raise ConfigError(
        "Salesforce's `auth` needs client_id + client_secret, client_id + username + private_key, sf_alias, "
        "or access_token + instance_url",
        next_step="pasodoble connect salesforce",
    )


def _borrow(alias: str) -> LogIn:
    """What the `sf` command line is signed in with; it renews its own tokens."""
    token, address = read_cli_login(alias)
    return (yield from _use(token, address))


def _use(value: str, address: str) -> LogIn:
    """Asks who the token stands for, once; a token that may not ask is used all the same."""
    answer = yield Request(
        method="GET",
        path=address.rstrip("/") + USER_PATH,
        headers={"authorization": f"Bearer {value}"},
        safe=True,
        api="",
    )
    body = answer.body if answer.status == 200 and isinstance(answer.body, dict) else {}
    return Token(
        value=value,
        address=address,
        user_id=str(body.get("user_id", "")),
        account_id=str(body.get("organization_id", "")),
    )


def _trade(login_url: str, form: Mapping[str, str]) -> LogIn:
    answer = yield Request(method="POST", path=login_url.rstrip("/") + TOKEN_PATH, form=form, safe=True, api="")
    return _parse_token(answer, login_url)


def _parse_token(answer: Answer, login_url: str) -> Token:
    body = answer.body if isinstance(answer.body, dict) else {}
    if answer.status != 200 or not body.get("access_token"):
        raise AuthLapsed(
            f"Salesforce does not accept the sign-in: {body.get('error_description', answer.status)}",
            code=str(body.get("error", "")),
            next_step="pasodoble connect salesforce",
        )
    account_id, _, user_id = str(body.get("id", "")).partition("/id/")[2].partition("/")
    return Token(
        value=str(body["access_token"]),
        address=str(body.get("instance_url") or login_url),
        user_id=user_id,
        account_id=account_id,
    )


def _assertion(auth: Mapping[str, str], login_url: str, now: datetime) -> str:
    claims = {
        "iss": auth["client_id"],
        "sub": auth["username"],
        "aud": login_url.rstrip("/"),
        "exp": int(now.timestamp()) + _JWT_LIFE_S,
    }
    try:
        return jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(auth["private_key"]))
    except ValueError as error:
        raise ConfigError(
            "The private key for Salesforce cannot be read: it must be an RSA key in PEM",
            next_step="pasodoble connect salesforce",
        ) from error
