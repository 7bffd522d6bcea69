"""By what a record of a kind is known: its natural key, our own key, the ids that HubSpot's integration left, its name.

Which field is mapped to which does not belong here (`presets`), nor who is whose partner (`reconcile/pairing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pasodoble.model.ref import Kind
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw

KEY_FIELDS: Final = Pair("pasodoble_key", "Pasodoble_Key__c")
"""The unique field that a create of ours fills on each side, so that a second try finds what the first one made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Vendor field names by which records of one kind are found and named.

    natural     per side, the field whose value (trimmed, lower case) no two records should share; None where there is none
    stored_ids  by Salesforce object, the HubSpot property in which the native integration keeps the partner's id
    names       per side, the fields that together are what a person calls the record
    """

    natural: Pair[str] | None = None
    stored_ids: Mapping[str, str] = field(default_factory=dict)
    names: Pair[tuple[str, ...]] = Pair((), ())  # noqa: RUF009 - a frozen value

    def fields(self, side: Side) -> tuple[str, ...]:
        """All fields of that side that are read to know a record, the key field included; sorted."""
        wanted = {KEY_FIELDS[side], *self.names[side]}
        if self.natural is not None:
            wanted.add(self.natural[side])
        if side is Side.HUBSPOT:
            wanted.update(self.stored_ids.values())
        return tuple(sorted(wanted))

    def natural_key(self, side: Side, fields: Mapping[str, Raw]) -> str:
        """The natural key's value as it is compared; "" where the record has none."""
        if self.natural is None:
            return ""
        return str(fields.get(self.natural[side]) or "").strip().lower()

    def label(self, side: Side, fields: Mapping[str, Raw]) -> str:
        """What a person calls the record; "" if it has no name at all."""
        parts = (str(fields.get(name) or "").strip() for name in self.names[side])
        return " ".join(part for part in parts if part) or self.natural_key(side, fields)


IDENTITIES: Final[Mapping[Kind, Identity]] = {
    "contacts": Identity(
        natural=Pair("email", "Email"),
        stored_ids={"Contact": "salesforcecontactid", "Lead": "salesforceleadid"},
        names=Pair(("firstname", "lastname"), ("FirstName", "LastName")),
    ),
    "companies": Identity(
        natural=Pair("domain", "Website"),
        stored_ids={"Account": "salesforceaccountid"},
        names=Pair(("name",), ("Name",)),
    ),
    "deals": Identity(stored_ids={"Opportunity": "hs_salesforceopportunityid"}, names=Pair(("dealname",), ("Name",))),
    "tickets": Identity(stored_ids={"Case": "salesforcecaseid"}, names=Pair(("subject",), ("Subject",))),
}


def identity_of(kind: Kind) -> Identity:
    """A custom object is known by our key alone."""
    return IDENTITIES.get(kind, Identity())
