"""Records that the store's tests speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewLink, NewMark

NOW = datetime(2026, 11, 24, 10, 42, 7, 123456, tzinfo=UTC)
ACME = "acme"


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def hubspot(id: int, object: str = "contacts") -> Ref:
    return Ref(Side.HUBSPOT, object, str(id))


def salesforce(id: int, object: str = "Contact") -> Ref:
    return Ref(Side.SALESFORCE, object, f"003Ax{id:010d}IAJ")


def pair(id: int, label: str = "", natural: str = "", kind: str = "contacts") -> NewLink:
    """A new link of two known records."""
    return NewLink(kind=kind, refs=Pair(hubspot(id), salesforce(id)), key=f"key-{id}", label=label, natural=natural)


def reservation(id: int) -> NewLink:
    """A new link whose Salesforce side is still to be made."""
    return NewLink(
        kind="contacts",
        refs=Pair(hubspot(id), None),
        key=f"key-{id}",
        payload={"Email": "ana@acme.example", "Age__c": 4.5},
    )


def mark(ref: Ref, trigger: str = "periodic_check", urgency: Urgency = Urgency.CHECK, **more: object) -> NewMark:
    return NewMark(kind="contacts", ref=ref, trigger=trigger, urgency=urgency, **more)  # type: ignore[arg-type]
