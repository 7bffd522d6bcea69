"""Campaigns and their members, by the vendors' own names (MD-02). Who joins which is a setting, and does not belong here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CAMPAIGN: Final = "Campaign"
ACTIVE: Final = "IsActive"
MEMBER: Final = "CampaignMember"
OF_CAMPAIGN: Final = "CampaignId"
STATUS: Final = "Status"
OF_PERSON: Final[Mapping[str, str]] = {"Lead": "LeadId", "Contact": "ContactId"}
"""By the person's object, the member's field that points at it."""
SHOWN: Final = "salesforcecampaignids"
"""HubSpot's property that shows the campaigns of a contact, by id."""
