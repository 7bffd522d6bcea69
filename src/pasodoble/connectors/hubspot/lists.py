"""Who is in a HubSpot list, and since when. Whether that lets a record in is a gate's matter, not this file's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_rows
from pasodoble.connectors.hubspot.records import next_page

_PAGE: Final = 250


async def read_members(client: HubSpotClient, list_id: str) -> dict[str, datetime]:
    """By record id, when each joined. Raises Unsupported where there is no such list.

    Source: 2026-03 contract, `memberships/join-order`, at most 250 a page.
    """
    members: dict[str, datetime] = {}
    after: str | None = ""
    while after is not None:
        params = {"limit": str(_PAGE)} | ({"after": after} if after else {})
        answer = ensure_rows(await client.read("lists", f"/{list_id}/memberships/join-order", **params))
        for row in answer.body["results"]:
            members[str(row["recordId"])] = datetime.fromisoformat(row["membershipTimestamp"])
        after = next_page(answer.body)
    return members
