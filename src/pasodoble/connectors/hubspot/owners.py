"""Who may own records in HubSpot. Matching owners to Salesforce's users is not done here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_rows
from pasodoble.connectors.hubspot.records import next_page
from pasodoble.model.record import Owner


async def read_owners(client: HubSpotClient) -> list[Owner]:
    """All owners, those who have left included, by id. Source: developer docs, "Owners": assigned by `id`."""
    owners: dict[str, Owner] = {}
    for archived in ("true", "false"):
        after: str | None = ""
        while after is not None:
            params = {"limit": "100", "archived": archived} | ({"after": after} if after else {})
            answer = ensure_rows(await client.read("owners", **params))
            parsed = [_parse_owner(row, active=archived == "false") for row in answer.body["results"]]
            owners.update((owner.id, owner) for owner in parsed)
            after = next_page(answer.body)
    return sorted(owners.values(), key=lambda owner: owner.id)


def _parse_owner(row: Mapping[str, Any], *, active: bool) -> Owner:
    name = f"{row.get('firstName') or ''} {row.get('lastName') or ''}".strip()
    return Owner(
        id=str(row["id"]),
        email=row.get("email") or "",
        name=name or row.get("email") or str(row["id"]),
        active=active,
        queue=row.get("type") == "QUEUE",
    )
