"""How sides, states and times are called, in text for people."""

from __future__ import annotations

from datetime import datetime

from pasodoble.model.side import Side
from pasodoble.model.trace import State

_SIDES = {Side.HUBSPOT: "HubSpot", Side.SALESFORCE: "Salesforce"}
_STATES = {
    "en": {
        State.IN_STEP: "in step",
        State.WAITING: "waiting",
        State.LEFT_OUT: "left out",
        State.NEEDS_ATTENTION: "needs attention",
    },
    "es": {
        State.IN_STEP: "al día",
        State.WAITING: "en espera",
        State.LEFT_OUT: "fuera a propósito",
        State.NEEDS_ATTENTION: "requiere atención",
    },
}


def name_side(side: Side) -> str:
    return _SIDES[side]


def name_moment(at: datetime | None) -> str:
    """To the second, with its zone; "" for none."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def name_state(state: State, language: str = "en") -> str:
    return _STATES.get(language, _STATES["en"])[state]
