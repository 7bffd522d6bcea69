"""Which kinds are tied to which, and by which of Salesforce's objects. How a vendor makes a tie does not belong here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pasodoble.model.ref import Kind
from pasodoble.model.settings import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRule:
    """Records of `kind` are tied to records of `to`, where their Salesforce sides are these objects.

    one     Salesforce can hold one only; `label` is then the HubSpot association that stands for it, "" for the plain one
    """

    kind: Kind
    to: Kind
    objects: tuple[str, str]
    one: bool = False
    label: str = ""

    @property
    def key(self) -> str:
        """Its name in the settings."""
        return f"{self.kind}_{self.to}"


TIES: Final = (
    TieRule(kind="contacts", to="companies", objects=("Contact", "Account"), one=True, label="primary"),
    TieRule(kind="deals", to="companies", objects=("Opportunity", "Account"), one=True, label="primary"),
    TieRule(kind="deals", to="contacts", objects=("Opportunity", "Contact")),
    TieRule(kind="tickets", to="companies", objects=("Case", "Account"), one=True, label="primary"),
    TieRule(kind="tickets", to="contacts", objects=("Case", "Contact"), one=True),
)
"""A-11; D-02; D-08; cases as Salesforce has them."""


def own_ties(settings: Connection) -> list[TieRule]:
    """The ties of custom objects, as the settings name them: a lookup of Salesforce, an association of HubSpot (X-04)."""
    return [
        TieRule(kind=kind, to=to, objects=(of_kind.salesforce_objects[0], _end_of(settings, to)), one=True)
        for kind, of_kind in settings.objects.items()
        for to in of_kind.lookups
        if to in settings.objects
    ]


def own_lookups(settings: Connection) -> dict[tuple[str, str], str]:
    """The Salesforce fields behind them, by the two objects that they tie."""
    fields = (
        field
        for of_kind in settings.objects.values()
        for to, field in of_kind.lookups.items()
        if to in settings.objects
    )
    return dict(zip((rule.objects for rule in own_ties(settings)), fields, strict=True))


def _end_of(settings: Connection, kind: Kind) -> str:
    """The last of a kind's objects: people are looked up as contacts, for a lead's lookup dies at its conversion."""
    return settings.objects[kind].salesforce_objects[-1]
