"""Who may own records in Salesforce: people, and queues. Matching them to HubSpot's owners is not done here."""

from __future__ import annotations

from typing import Final

from pasodoble.connectors.salesforce.client import SalesforceClient
from pasodoble.connectors.salesforce.ids import to_18
from pasodoble.connectors.salesforce.soql import Compare, In, Select
from pasodoble.model.record import Owner

_OWNING: Final = ("Standard", "PowerPartner", "Guest")
"""Sorts of users who own records; those of portals and of Chatter alone do not."""


async def read_owners(client: SalesforceClient) -> list[Owner]:
    """Users who may own records (O-02), inactive ones included, and queues, by id. Source: Object Reference, User and Group."""
    users = await client.query_rows(
        Select(fields=("Id", "Name", "Email", "IsActive"), object="User", where=In("UserType", _OWNING))
    )
    queues = await client.query_rows(
        Select(fields=("Id", "Name", "Email"), object="Group", where=Compare("Type", "=", "Queue"))
    )
    owners = [
        Owner(id=to_18(row["Id"]), email=row.get("Email") or "", name=row["Name"], active=bool(row["IsActive"]))
        for row in users
    ]
    owners += [Owner(id=to_18(row["Id"]), email=row.get("Email") or "", name=row["Name"], queue=True) for row in queues]
    return sorted(owners, key=lambda owner: owner.id)
