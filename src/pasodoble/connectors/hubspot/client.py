"""HubSpot's paths in both styles, and a call that carries the token. What goes into a call is its caller's matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pasodoble.connectors.http import Answer, Request, Sender
from pasodoble.connectors.session import Session

_AREAS: Final[Mapping[str, tuple[str, str]]] = {
    "objects": ("/crm/v3/objects", "/crm/objects/{}"),
    "associations": ("/crm/v4/associations", "/crm/associations/{}"),
    "properties": ("/crm/v3/properties", "/crm/properties/{}"),
    "schemas": ("/crm-object-schemas/v3/schemas", "/crm-object-schemas/{}/schemas"),
    "owners": ("/crm/v3/owners", "/crm/owners/{}"),
    "lists": ("/crm/v3/lists", "/crm/lists/{}"),
    "account": ("/account-info/v3", "/account-info/{}"),
    "forms": ("/marketing/v3/forms", "/marketing/v3/forms"),
    "submissions": ("/form-integrations/v1/submissions/forms", "/form-integrations/v1/submissions/forms"),
    "email_events": ("/email/public/v1", "/email/public/v1"),
    "preferences": ("/communication-preferences/v4", "/communication-preferences/{}"),
    "token": ("/oauth/v1/token", "/oauth/{}/token"),
}
"""(numbered, dated) by area; what has no dated path yet stands there twice. Numbered paths end in 2027. Source: HubSpot's OpenAPI collection, August 2026."""


def path_of(area: str, version: str) -> str:
    """version   `2026-03` for the dated paths, `v3` for the numbered ones"""
    numbered, dated = _AREAS[area]
    return dated.format(version) if is_dated(version) else numbered


def is_dated(version: str) -> bool:
    return version[:1].isdigit()


class HubSpotClient:
    """Sends one call to an area of the API, signed."""

    def __init__(self, sender: Sender, session: Session, version: str) -> None:
        self.sender = sender
        self._session = session
        self._version = version

    @property
    def is_dated(self) -> bool:
        return is_dated(self._version)

    async def read(self, area: str, path: str = "", **params: str) -> Answer:
        return await self._call("GET", area, path, params=params, safe=True, purpose="read")

    async def query(self, area: str, path: str, body: Any, *, api: str = "rest", **params: str) -> Answer:
        """A POST that only reads."""
        return await self._call("POST", area, path, body=body, params=params, safe=True, api=api, purpose="read")

    async def write(self, area: str, path: str, body: Any, **params: str) -> Answer:
        return await self._call("POST", area, path, body=body, params=params, purpose="write")

    async def _call(
        self,
        method: str,
        area: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        safe: bool = False,
        api: str = "rest",
        purpose: str,
    ) -> Answer:
        token = await self._session.token()
        return await self.sender.send(
            Request(
                method=method,
                path=path_of(area, self._version) + path,
                params=params or {},
                body=body,
                headers={"authorization": f"Bearer {token.value}"},
                safe=safe,
                api=api,
                purpose=purpose,
            )
        )
