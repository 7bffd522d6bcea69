"""OAuth over HTTP: tokens by client credentials, JWT, code and refresh token; revoke, introspect, user info, identity.

Sessions themselves are `sessions`; who may do what once inside is `view` and `writes`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import unquote, urlencode

import orjson

from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rest.assertions import is_signed
from pasodoble.simulators.salesforce.rest.frame import Instance, bearer_token, reply
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.sessions import Grant, Session

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
AUDIENCES = ("login.salesforce.com", "test.salesforce.com", "127.0.0.1", "localhost", ".salesforce.com")


class OAuthError(Exception):
    """An answer in OAuth's own shape."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        self.answer = reply({"error": error, "error_description": description}, status)
        super().__init__(description)


def host_of(request: Request) -> str:
    return f"{request.scheme}://{request.headers.get('host', 'localhost')}"


class OAuth:
    """The endpoints below `/services/oauth2/`."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._sessions = instance.sessions
        self._grants: dict[str, Callable[[Request, dict[str, str]], tuple[Session, str | None]]] = {
            "client_credentials": self._client_credentials,
            JWT_GRANT: self._jwt,
            "authorization_code": self._code,
            "refresh_token": self._refresh,
            "password": self._password,
        }

    # Tokens

    def token(self, request: Request) -> Response:
        form = {**{name: values[-1] for name, values in request.query.items()}, **request.form()}
        try:
            grant = self._grants.get(form.get("grant_type", ""))
            if grant is None:
                raise OAuthError("unsupported_grant_type", "grant type not supported")
            session, refresh_token = grant(request, form)
        except OAuthError as error:
            return error.answer
        return reply(self._granted(request, session, refresh_token))

    def _granted(self, request: Request, session: Session, refresh_token: str | None) -> dict[str, Any]:
        host, org = host_of(request), self._instance.org
        identity = f"{host}/id/{org.id}/{session.user_id}"
        issued_at = str(org.clock.now_ms())
        signature = hmac.new(self._sessions.client_secret.encode(), (identity + issued_at).encode(), hashlib.sha256)
        return {
            "access_token": session.token,
            **({"refresh_token": refresh_token} if refresh_token else {}),
            "signature": base64.b64encode(signature.digest()).decode(),
            "scope": session.scope,
            "instance_url": host,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued_at,
        }

    def _check_client(self, request: Request, form: dict[str, str], *, secret_needed: bool = True) -> None:
        """The connected app, by HTTP Basic or in the form. Raises OAuthError."""
        client_id, secret = form.get("client_id"), form.get("client_secret")
        kind, _, basic = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                named, _, given = base64.b64decode(basic, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                raise OAuthError("invalid_client", "invalid client credentials") from None
            client_id, secret = unquote(named), unquote(given)
        if client_id != self._sessions.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if (secret_needed or secret) and secret != self._sessions.client_secret:
            raise OAuthError("invalid_client", "invalid client credentials")

    def _client_credentials(self, request: Request, form: dict[str, str]) -> tuple[Session, str | None]:
        self._check_client(request, form)
        return self._sessions.open(self._instance.org.integration_user_id, "api"), None

    def _password(self, request: Request, form: dict[str, str]) -> tuple[Session, str | None]:
        self._check_client(request, form)
        user = self.find_user(form.get("username", ""))
        if user is None or not form.get("password"):
            raise OAuthError("invalid_grant", "authentication failure")
        return self._sessions.open(user["Id"]), None

    def _jwt(self, _request: Request, form: dict[str, str]) -> tuple[Session, str | None]:
        """By the claims of the assertion, and by its signature once the app has a certificate."""
        assertion = form.get("assertion", "")
        claims = _read_claims(assertion)
        certificate = self._instance.org.settings.jwt_certificate
        if certificate and not is_signed(assertion, certificate):
            raise OAuthError("invalid_grant", "invalid assertion")
        if claims.get("iss") != self._sessions.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        audience = str(claims.get("aud", ""))
        if not any(known in audience for known in AUDIENCES):
            raise OAuthError("invalid_grant", "audience is invalid")
        try:
            ends = float(claims.get("exp", 0))
        except (TypeError, ValueError):
            ends = 0.0
        if ends * 1000 <= self._instance.org.clock.now_ms():
            raise OAuthError("invalid_grant", "expired authorization code")
        user = self.find_user(str(claims.get("sub") or claims.get("prn") or ""))
        if user is None:
            raise OAuthError("invalid_grant", "user hasn't approved this consumer")
        return self._sessions.open(user["Id"], "api"), None

    def find_user(self, username: str) -> Row | None:
        users = self._instance.org.table("User")
        rows = users.find(users.sobject.fields["Username"], (username,))
        return next((row for row in rows if row.get("IsActive")), None)

    def _code(self, request: Request, form: dict[str, str]) -> tuple[Session, str | None]:
        grant = self._sessions.codes.pop(form.get("code", ""), None)
        now = self._instance.org.clock.now_ms()
        if grant is None:
            raise OAuthError("invalid_grant", "invalid authorization code")
        if grant.expires_ms is not None and grant.expires_ms < now:
            raise OAuthError("invalid_grant", "expired authorization code")
        self._check_client(request, form, secret_needed=not grant.challenge)
        if form.get("redirect_uri") != grant.redirect_uri:
            raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
        if grant.challenge and _challenge(form.get("code_verifier", ""), grant.method) != grant.challenge:
            raise OAuthError("invalid_grant", "invalid code verifier")
        refresh = None
        if {"refresh_token", "offline_access", "full"} & set(grant.scope.split()):
            refresh = self._sessions.issue_refresh_token(grant.user_id, grant.scope)
        return self._sessions.open(grant.user_id, grant.scope), refresh

    def _refresh(self, request: Request, form: dict[str, str]) -> tuple[Session, str | None]:
        self._check_client(request, form, secret_needed=False)
        grant = self._sessions.refresh_tokens.get(form.get("refresh_token", ""))
        if grant is None:
            raise OAuthError("invalid_grant", "expired access/refresh token")
        return self._sessions.open(grant.user_id, grant.scope), None

    # The browser's part

    def authorize(self, request: Request) -> Response:
        """The page that asks the person, or the way back with an error."""
        client_id, redirect = request.one("client_id"), request.one("redirect_uri")
        if client_id != self._sessions.client_id or not redirect:
            return _page("This app is not known here", "client_id or redirect_uri is missing or unknown.", 400)
        if request.one("response_type") not in ("code", None):
            return _redirect(redirect, error="unsupported_response_type", state=request.one("state"))
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(values[-1])}">'
            for name, values in request.query.items()
        )
        people = "".join(
            f'<option value="{row["Id"]}">{escape(row.get("Name", ""))} ({escape(row.get("Username", ""))})</option>'
            for row in self._instance.org.table("User").rows.values()
            if row.get("IsActive")
        )
        form = (
            f'<form method="post" action="/services/oauth2/authorize">{hidden}'
            f'<p><label>Log in as <select name="user">{people}</select></label></p>'
            '<p><button name="answer" value="allow">Allow</button> '
            '<button name="answer" value="deny">Deny</button></p></form>'
        )
        return _page("Allow access?", "An app asks for access to this simulated org.", 200, form)

    def approve(self, request: Request) -> Response:
        form = request.form()
        redirect = form.get("redirect_uri", "")
        if form.get("client_id") != self._sessions.client_id or not redirect:
            return _page("This app is not known here", "client_id or redirect_uri is missing or unknown.", 400)
        if form.get("answer") == "deny":
            return _redirect(
                redirect,
                error="access_denied",
                error_description="end-user denied authorization",
                state=form.get("state"),
            )
        grant = Grant(
            user_id=full_id(form.get("user", "")) or self._instance.org.integration_user_id,
            scope=form.get("scope") or "api refresh_token",
            redirect_uri=redirect,
            challenge=form.get("code_challenge", ""),
            method=form.get("code_challenge_method") or "S256",
        )
        return _redirect(redirect, code=self._sessions.issue_code(grant), state=form.get("state"))

    # Around tokens

    def revoke(self, request: Request) -> Response:
        token = request.form().get("token") or request.one("token") or ""
        if not self._sessions.close(token):
            return OAuthError("unsupported_token_type", "this token type is not supported").answer
        return Response(status=200)

    def introspect(self, request: Request) -> Response:
        form = request.form()
        try:
            self._check_client(request, form)
        except OAuthError as error:
            error.answer.status = 401
            return error.answer
        session = self._sessions.by_token.get(form.get("token", ""))
        now_ms = self._instance.org.clock.now_ms()
        if session is None or (session.expires_ms is not None and session.expires_ms <= now_ms):
            return reply({"active": False})
        user = self._instance.org.get(session.user_id) or {}
        lasts_ms = self._instance.org.switches.session_s * 1000
        return reply(
            {
                "active": True,
                "scope": session.scope,
                "client_id": self._sessions.client_id,
                "username": user.get("Username"),
                "sub": f"{host_of(request)}/id/{self._instance.org.id}/{session.user_id}",
                "token_type": "access_token",
                "exp": (session.expires_ms or now_ms + lasts_ms) // 1000,
                "iat": now_ms // 1000,
                "nbf": now_ms // 1000,
            }
        )

    def user_info(self, request: Request) -> Response:
        session = self._sessions.find(bearer_token(request) or request.one("access_token") or "")
        if session is None:
            return Response(status=403, body=b"Bad_OAuth_Token", content_type="text/html;charset=UTF-8")
        return reply(self._told_user(request, session.user_id))

    def _told_user(self, request: Request, user_id: str) -> dict[str, Any]:
        """The OpenID set of claims. Source: help.salesforce.com, "User Info Endpoint"."""
        org, host = self._instance.org, host_of(request)
        user = org.get(user_id) or {}
        photo = f"{host}/profilephoto/005/"
        rest = f"{host}/services/data/v{{version}}/"
        return {
            "sub": f"{host}/id/{org.id}/{user_id}",
            "user_id": user_id,
            "organization_id": org.id,
            "preferred_username": user.get("Username"),
            "nickname": user.get("CommunityNickname"),
            "name": user.get("Name"),
            "email": user.get("Email"),
            "email_verified": True,
            "given_name": user.get("FirstName"),
            "family_name": user.get("LastName"),
            "zoneinfo": user.get("TimeZoneSidKey"),
            "photos": {"picture": photo + "F", "thumbnail": photo + "T"},
            "profile": f"{host}/{user_id}",
            "picture": photo + "F",
            "address": {"country": user.get("Country")},
            "is_salesforce_integration_user": user_id == org.integration_user_id,
            "urls": {
                "enterprise": f"{host}/services/Soap/c/{{version}}/{org.id}",
                "metadata": f"{host}/services/Soap/m/{{version}}/{org.id}",
                "partner": f"{host}/services/Soap/u/{{version}}/{org.id}",
                "rest": rest,
                "sobjects": rest + "sobjects/",
                "search": rest + "search/",
                "query": rest + "query/",
                "recent": rest + "recent/",
                "profile": f"{host}/{user_id}",
                "custom_domain": host,
            },
            "active": bool(user.get("IsActive")),
            "user_type": "STANDARD",
            "language": user.get("LanguageLocaleKey", "en_US"),
            "locale": user.get("LocaleSidKey", "en_US"),
            "utcOffset": 0,
            "updated_at": (user.get("LastModifiedDate") or org.now()).replace(".000+0000", "Z"),
        }

    def identity(self, request: Request) -> Response:
        session = self._sessions.find(bearer_token(request) or request.one("oauth_token") or "")
        if session is None:
            return Response(status=403, body=b"Missing_OAuth_Token", content_type="text/html;charset=UTF-8")
        user_id = full_id(request.params["user"])
        org_id = full_id(request.params["org"])
        if org_id != self._instance.org.id or user_id is None or self._instance.org.get(user_id) is None:
            return Response(status=404, body=b"Bad_Id", content_type="text/html;charset=UTF-8")
        told = self._told_user(request, user_id)
        user = self._instance.org.get(user_id) or {}
        return reply(
            {
                "id": told["sub"],
                "asserted_user": True,
                "user_id": user_id,
                "organization_id": told["organization_id"],
                "username": told["preferred_username"],
                "nick_name": told["nickname"],
                "display_name": told["name"],
                "email": told["email"],
                "email_verified": True,
                "first_name": told["given_name"],
                "last_name": told["family_name"],
                "timezone": told["zoneinfo"],
                "photos": told["photos"],
                "addr_street": user.get("Street"),
                "addr_city": user.get("City"),
                "addr_state": user.get("State"),
                "addr_country": user.get("Country"),
                "addr_zip": user.get("PostalCode"),
                "mobile_phone": user.get("MobilePhone"),
                "mobile_phone_verified": False,
                "is_lightning_login_user": False,
                "status": {"created_date": None, "body": None},
                "urls": told["urls"],
                "active": told["active"],
                "user_type": told["user_type"],
                "language": told["language"],
                "locale": told["locale"],
                "utcOffset": told["utcOffset"],
                "last_modified_date": user.get("LastModifiedDate"),
                "is_app_installed": True,
            }
        )


def _read_claims(assertion: str) -> dict[str, Any]:
    """The payload of a JSON web token. Raises OAuthError."""
    parts = assertion.split(".")
    try:
        payload = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = orjson.loads(payload)
    except (IndexError, binascii.Error, orjson.JSONDecodeError):
        raise OAuthError("invalid_grant", "invalid assertion") from None
    if len(parts) != 3 or not parts[2] or not isinstance(claims, dict):
        raise OAuthError("invalid_grant", "invalid assertion")
    return claims


def _challenge(verifier: str, method: str) -> str:
    if method == "plain":
        return verifier
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _redirect(uri: str, **values: str | None) -> Response:
    given = {name: value for name, value in values.items() if value is not None}
    separator = "&" if "?" in uri else "?"
    return Response(status=302, headers=[("Location", f"{uri}{separator}{urlencode(given)}")])


def _page(title: str, text: str, status: int, form: str = "") -> Response:
    body = (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        "<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}"
        "button{font:inherit;padding:.4rem 1.2rem}select{font:inherit}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(text)}</p>{form}</html>"
    )
    return Response(status=status, body=body.encode(), content_type="text/html;charset=utf-8")


def add_routes(instance: Instance) -> None:
    oauth = OAuth(instance)
    add = instance.router.add
    add("POST", "/services/oauth2/token", oauth.token)
    add("GET", "/services/oauth2/authorize", oauth.authorize)
    add("POST", "/services/oauth2/authorize", oauth.approve)
    add("POST GET", "/services/oauth2/revoke", oauth.revoke)
    add("POST", "/services/oauth2/introspect", oauth.introspect)
    add("GET POST", "/services/oauth2/userinfo", oauth.user_info)
    add("GET POST", "/id/{org}/{user}", oauth.identity)
