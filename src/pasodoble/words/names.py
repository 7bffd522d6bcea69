"""How sides, states and times are called, in text for people."""

from __future__ import annotations

from datetime import datetime

from pasodoble.model.side import Side

_SIDES = {Side.HUBSPOT: "HubSpot", Side.SALESFORCE: "Salesforce"}


def name_side(side: Side) -> str:
    return _SIDES[side]


def name_moment(at: datetime | None) -> str:
    """To the second, with its zone; "" for none."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"
