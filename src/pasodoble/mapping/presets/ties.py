"""Which kinds are tied to which, and by which of Salesforce's objects. How a vendor makes a tie does not belong here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pasodoble.model.ref import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TieRule:
    """Records of `kind` are tied to records of `to`, where their Salesforce sides are these objects.

    one     Salesforce can hold one only; `label` is then the HubSpot association that stands for it
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
