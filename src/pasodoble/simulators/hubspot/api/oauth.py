"""OAuth over HTTP: consent, tokens by every grant, introspection in its three forms, revocation.

Which secrets and tokens there are does not belong here (see `credentials`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson

from pasodoble.simulators.door import DoorError, door_json, refuse
from pasodoble.simulators.http import DOOR, Request, Response, json_response
from pasodoble.simulators.hubspot.credentials import SCOPES, Credentials, Grant, GrantRefused, Token
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.html import document, esc
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import EDITIONS, Routes

KINDS: Final = ("private_app", "service_key", "oauth", "client_credentials")
VERSIONS: Final = ("v1", "v3", *EDITIONS)
USER: Final = "ana.torres@pasodoble.example"
HUB_DOMAIN: Final = "pasodoble.example"


def add_routes(portal: Portal, routes: Routes) -> None:
    door = OAuth(portal.credentials)
    for path in ("/oauth/authorize", "/oauth/{hub_id}/authorize"):
        routes.open_add("GET", path, door.show_consent)
        routes.open_add("POST", path, door.consent)
    for version in VERSIONS:
        routes.open_add("POST", f"/oauth/{version}/token", door.token_route(version))
    routes.open_add("GET", "/oauth/v1/access-tokens/{token}", door.show_access_token)
    routes.open_add("GET", "/oauth/v1/refresh-tokens/{token}", door.show_refresh_token)
    routes.open_add("DELETE", "/oauth/v1/refresh-tokens/{token}", door.delete_refresh_token)
    for version in VERSIONS[1:]:
        routes.open_add("POST", f"/oauth/{version}/token/introspect", door.introspect_route(version))
        routes.open_add("POST", f"/oauth/{version}/token/revoke", door.revoke)
    routes.open_add("POST", "/oauth/v2/private-apps/get/access-token-info", door.show_private_app)
    routes.open_add("GET", DOOR + "tokens", door.list_tokens)
    routes.open_add("POST", DOOR + "tokens", door.add_token)


class OAuth:
    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    # -- consent --------------------------------------------------------------------------------------------------

    def show_consent(self, request: Request) -> Response:
        """The page that asks the user. A program that takes no HTML has nobody to ask: it is sent on at once."""
        problem = self._consent_problem(request.one("client_id", ""), request.one("redirect_uri", ""))
        if problem:
            return _page(problem, f"<p>{esc(problem)}</p>", 400)
        if "text/html" not in request.headers.get("accept", ""):
            return self._send_back({name: values[-1] for name, values in request.query.items()})
        scopes = _scopes(request.one("scope", "") or "")
        hidden = "".join(
            f'<input type="hidden" name="{esc(name)}" value="{esc(values[-1])}">'
            for name, values in request.query.items()
        )
        body = (
            '<section class="card"><p>The app asks to work with this account, and for these scopes:</p>'
            f"<ul>{''.join(f'<li><code>{esc(scope)}</code></li>' for scope in scopes)}</ul>"
            f'<form method="post">{hidden}'
            '<button name="decision" value="grant">Connect app</button> '
            '<button name="decision" value="deny" class="quiet">Cancel</button></form></section>'
        )
        return _page("Connect an app", body)

    def consent(self, request: Request) -> Response:
        form = request.form()
        problem = self._consent_problem(form.get("client_id", ""), form.get("redirect_uri", ""))
        if problem:
            return _page(problem, f"<p>{esc(problem)}</p>", 400)
        return self._send_back(form)

    def _consent_problem(self, client_id: str | None, redirect_uri: str | None) -> str:
        if client_id != self._credentials.client_id:
            return "Authorization failed because the client_id is unknown."
        if not redirect_uri or not urlsplit(redirect_uri).scheme:
            return "Authorization failed because there is no redirect_uri."
        return ""

    def _send_back(self, asked: dict[str, str]) -> Response:
        uri = asked["redirect_uri"]
        if asked.get("decision") == "deny":
            answer = {"error": "access_denied", "error_description": "the user did not consent"}
        else:
            optional = [scope for scope in _scopes(asked.get("optional_scope", "")) if scope in SCOPES]
            scopes = dict.fromkeys(["oauth", *_scopes(asked.get("scope", "")), *optional])
            answer = {"code": self._credentials.issue_code(uri, scopes, challenge=asked.get("code_challenge", ""))}
        if "state" in asked:
            answer["state"] = asked["state"]
        joint = "&" if urlsplit(uri).query else "?"
        return Response(status=302, headers=[("Location", uri + joint + urlencode(answer))])

    # -- tokens ---------------------------------------------------------------------------------------------------

    def token_route(self, version: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            try:
                return json_response(self._give_token(version, _fields(request)))
            except GrantRefused as refused:
                return _refuse(refused)

        return answer

    def _give_token(self, version: str, asked: dict[str, str]) -> dict[str, Any]:
        grant_type = asked.get("grant_type", "")
        self._credentials.check_client(asked.get("client_id", ""), asked.get("client_secret", ""))
        if grant_type == "client_credentials" and version not in ("v1", "v3"):
            token = self._credentials.for_client(_scopes(asked.get("scope", "")))
            return _token_answer(version, token, None, self._credentials)
        if grant_type == "authorization_code":
            token, grant = self._credentials.exchange_code(
                asked.get("code", ""), asked.get("redirect_uri", ""), asked.get("code_verifier", "")
            )
        elif grant_type == "refresh_token":
            token, grant = self._credentials.refresh(asked.get("refresh_token", ""))
        else:
            raise GrantRefused("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type")
        return _token_answer(version, token, grant, self._credentials)

    # -- introspection --------------------------------------------------------------------------------------------

    def show_access_token(self, request: Request) -> Response:
        token = self._live_token(request.params["token"])
        if token is None:
            raise missing("The given access token is unknown, expired or revoked")
        return json_response(
            {
                "token": token.value,
                **self._holder(token.user_id),
                "app_id": token.app_id,
                "scopes": sorted(token.scopes),
                "expires_in": self._credentials.seconds_left(token),
                "token_type": "access",
            }
        )

    def show_refresh_token(self, request: Request) -> Response:
        grant = self._credentials.find_grant(request.params["token"])
        if grant is None:
            raise missing("The given refresh token is unknown or revoked")
        return json_response(
            {
                "token": grant.refresh_token,
                **self._holder(grant.user_id),
                "client_id": self._credentials.client_id,
                "scopes": list(grant.scopes),
                "token_type": "refresh",
            }
        )

    def delete_refresh_token(self, request: Request) -> Response:
        self._credentials.revoke(request.params["token"])
        return Response(status=204)

    def introspect_route(self, version: str) -> Callable[[Request], Response]:
        def answer(request: Request) -> Response:
            asked = _fields(request)
            try:
                self._credentials.check_client(asked.get("client_id", ""), asked.get("client_secret", ""))
            except GrantRefused as refused:
                return _refuse(refused)
            value = next((asked[name] for name in ("token", "access_token", "refresh_token") if asked.get(name)), "")
            return json_response(self._introspect(version, value))

        return answer

    def _introspect(self, version: str, value: str) -> dict[str, Any]:
        token = self._live_token(value)
        grant = self._credentials.find_grant(value)
        if token is None and grant is None:
            return self._inactive(version, value)
        scopes = sorted(token.scopes) if token else list(grant.scopes if grant else ())
        known: dict[str, Any] = {
            "token": value,
            "active": True,
            **self._holder(token.user_id if token else self._credentials.installing_user_id),
            "app_id": self._credentials.app_id,
            "client_id": self._credentials.client_id,
            "scopes": scopes,
            "token_type": "bearer",
            "token_use": "access_token" if token else "refresh_token",
        }
        if token is not None:
            known["expires_in"] = self._credentials.seconds_left(token)
            if version not in ("v1", "v3"):
                known |= {"is_private_distribution": True, "signed_access_token": self._signed(token)}
        return known

    def _inactive(self, version: str, value: str) -> dict[str, Any]:
        """What is told of a token that is none: OAuth's two words, in the dated version with all its members empty."""
        if version in ("v1", "v3"):
            return {"active": False}
        empty = {"app_id": 0, "client_id": "", "hub_id": 0, "user_id": 0, "scopes": []}
        return {"token": value, "active": False, **empty, "token_type": "bearer", "token_use": "refresh_token"}

    def _signed(self, token: Token) -> dict[str, Any]:
        return {
            "appId": token.app_id,
            "expiresAt": token.expires_at_ms or 0,
            "hubId": self._credentials.portal_id,
            "hublet": "na1",
            "installingUserId": self._credentials.installing_user_id,
            "isPrivateDistribution": True,
            "isServiceAccount": token.kind == "service_key",
            "isUserLevel": False,
            "newSignature": "",
            "scopes": " ".join(sorted(token.scopes)),
            "scopeToScopeGroupPks": "",
            "signature": "",
            "trialScopes": "",
            "trialScopeToScopeGroupPks": "",
            "userId": token.user_id,
        }

    def show_private_app(self, request: Request) -> Response:
        token = self._live_token(str(_fields(request).get("tokenKey", "")))
        if token is None or token.kind != "private_app":
            raise missing("The given private app access token is unknown")
        return json_response(
            {
                "userId": token.user_id,
                "hubId": self._credentials.portal_id,
                "appId": token.app_id,
                "scopes": sorted(token.scopes),
            }
        )

    def revoke(self, request: Request) -> Response:
        asked = _fields(request)
        try:
            self._credentials.check_client(asked.get("client_id", ""), asked.get("client_secret", ""))
        except GrantRefused as refused:
            return _refuse(refused)
        self._credentials.revoke(asked.get("token") or asked.get("refresh_token") or asked.get("access_token") or "")
        return json_response({})

    # -- the door -------------------------------------------------------------------------------------------------

    def list_tokens(self, _request: Request) -> Response:
        return json_response({"tokens": [self._spell_token(token) for token in self._credentials.tokens()]})

    def add_token(self, request: Request) -> Response:
        """A token that somebody made in the browser: of any kind, with any scopes, for as long as wanted."""
        usage = (
            f'a token takes {{"kind": one of {", ".join(KINDS)}, "scopes": [...] (all without), "expires_s": n}} '
            "(without: it does not expire)"
        )
        try:
            order = door_json(request)
        except DoorError as error:
            return refuse(str(error))
        if not isinstance(order, dict) or order.get("kind", KINDS[0]) not in KINDS:
            return refuse(usage)
        scopes, expires_s = order.get("scopes", list(SCOPES)), order.get("expires_s")
        unknown = [scope for scope in scopes if scope not in SCOPES] if isinstance(scopes, list) else [scopes]
        if unknown or not isinstance(expires_s, int | None):
            return refuse(f"unknown scope {unknown[0]!r}" if unknown else usage)
        life_ms = None if expires_s is None else expires_s * 1000
        token = self._credentials.add_token(order.get("kind", KINDS[0]), scopes, life_ms=life_ms)
        return json_response(self._spell_token(token))

    def _spell_token(self, token: Token) -> dict[str, Any]:
        left_s = self._credentials.seconds_left(token)
        return {
            "token": token.value,
            "kind": token.kind,
            "scopes": sorted(token.scopes),
            "expires_in": None if token.expires_at_ms is None else left_s,
        }

    def _live_token(self, value: str) -> Token | None:
        token = self._credentials.find(value)
        return None if token is None or self._credentials.is_expired(token) else token

    def _holder(self, user_id: int) -> dict[str, Any]:
        return {"hub_id": self._credentials.portal_id, "user_id": user_id, "user": USER, "hub_domain": HUB_DOMAIN}


def _token_answer(version: str, token: Token, grant: Grant | None, credentials: Credentials) -> dict[str, Any]:
    """v1 says least, v3 adds the account and the scopes, the dated version what the token is for."""
    answer: dict[str, Any] = {
        "token_type": "bearer",
        "access_token": token.value,
        "expires_in": credentials.seconds_left(token),
    }
    if grant is not None:
        answer["refresh_token"] = grant.refresh_token
    if version == "v1":
        return answer
    answer |= {"hub_id": credentials.portal_id, "scopes": sorted(token.scopes)}
    if version == "v3":
        return answer
    return answer | {
        "token_use": "access_token" if grant is not None else "client_credentials",
        "user_id": token.user_id,
    }


def _scopes(text: str) -> list[str]:
    return text.replace("+", " ").replace(",", " ").split()


def _fields(request: Request) -> dict[str, str]:
    """The form of a token call; a JSON body and query parameters are read alike."""
    if "json" in request.headers.get("content-type", ""):
        try:
            body = request.json()
        except orjson.JSONDecodeError as error:
            raise Refusal(f"Invalid input JSON: {error}") from None
        return {str(name): str(value) for name, value in body.items()} if isinstance(body, dict) else {}
    return {**dict(parse_qsl(request.raw_query)), **request.form()}


def _refuse(refused: GrantRefused) -> Response:
    return json_response(
        {
            "error": refused.error,
            "error_description": refused.message,
            "status": refused.status,
            "message": refused.message,
        },
        400,
    )


def _page(title: str, body: str, status: int = 200) -> Response:
    return Response(status=status, body=document(title, body), content_type="text/html;charset=utf-8")
