"""Our own property on a HubSpot object: unique, so that a second try of a create finds what the first one made.

Source: developer docs, "Properties" (create a property, `hasUniqueValue`; property groups). Other properties are the account's own.
"""

from __future__ import annotations

from pasodoble.connectors.hubspot.client import HubSpotClient
from pasodoble.connectors.hubspot.errors import ensure_ok, ensure_rows
from pasodoble.connectors.hubspot.schema import KEY_PROPERTY


async def make_key_property(client: HubSpotClient, object: str) -> bool:
    """Make it where it is missing; gives whether it was. Raises ConnectorError, AuthLapsed where the scope is missing."""
    rows = ensure_rows(await client.read("properties", f"/{object}")).body["results"]
    if any(row["name"] == KEY_PROPERTY for row in rows):
        return False
    groups = ensure_rows(await client.read("properties", f"/{object}/groups")).body["results"]
    body = {
        "name": KEY_PROPERTY,
        "label": "Pasodoble key",
        "description": "Filled by Pasodoble when it creates the record, so that no record is made twice.",
        "groupName": groups[0]["name"],
        "type": "string",
        "fieldType": "text",
        "hasUniqueValue": True,
    }
    ensure_ok(await client.write("properties", f"/{object}", body))
    return True
