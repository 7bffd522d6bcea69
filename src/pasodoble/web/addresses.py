"""Where a person looks at a record in its own CRM. How pasted addresses are read is `engine/service/finding`'s matter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

from pasodoble.engine.service.finding import HUBSPOT_TYPES
from pasodoble.model.ref import Ref
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side

HUBSPOT_API: Final = "api.hubapi.com"
HUBSPOT_PAGES: Final = "https://app.hubspot.com"
SIGN_IN_ONLY: Final = frozenset({"login.salesforce.com", "test.salesforce.com"})
"""Hosts that sign anybody in and hold nobody's records: the org's own is then not known from the settings."""

TYPE_OF: Final = {object: type for type, object in HUBSPOT_TYPES.items()}


def find_addresses(settings: Connection, accounts: Mapping[str, object], refs: Pair[Ref | None]) -> Pair[str]:
    """By side, "" where it is not known.

    accounts   HubSpot's portal id and Salesforce's organization id, by side, as they were last seen
    """
    return Pair(*("" if (ref := refs[side]) is None else _find(settings, accounts, ref) for side in SIDES))


def _find(settings: Connection, accounts: Mapping[str, object], ref: Ref) -> str:
    object, id = quote(ref.object, safe=""), quote(ref.id, safe="")
    if ref.side is Side.SALESFORCE:
        base = settings.salesforce.auth.get("instance_url") or settings.salesforce.login_url
        known = urlsplit(base).hostname not in SIGN_IN_ONLY
        return f"{base.rstrip('/')}/lightning/r/{object}/{id}/view" if known else ""
    base = settings.hubspot.base_url
    if urlsplit(base).hostname != HUBSPOT_API:  # the sandbox shows its records at its own address
        return f"{base.rstrip('/')}/records/{object}/{id}"
    portal = accounts.get(Side.HUBSPOT.value)
    return f"{HUBSPOT_PAGES}/contacts/{portal}/record/{TYPE_OF.get(ref.object, object)}/{id}" if portal else ""
