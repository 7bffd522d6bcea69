"""By what a record of a kind is known: its natural key, our own key, the ids that HubSpot's integration left, its name.

Which field is mapped to which does not belong here (`presets`), nor who is whose partner (`reconcile/pairing`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from pasodoble.model.ref import Kind
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw

ID_CHECK: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
"""The signs of the three check digits of a Salesforce id."""
KEY_FIELDS: Final = Pair("pasodoble_key", "Pasodoble_Key__c")
"""The unique field that a create of ours fills on each side, so that a second try finds what the first one made."""

MERGED_IDS: Final = "hs_merged_object_ids"
"""Where a HubSpot record names those that it has absorbed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something by which unlinked records are paired.

    fields     per side, the field that is compared
    fold       its value as it is compared; "" where it says nothing
    spellings  all that a Salesforce field may hold that folds to this value: what is searched for there
    """

    fields: Pair[str]
    fold: Callable[[str], str]
    spellings: Callable[[str], tuple[str, ...]] = lambda folded: (folded,)

    def key(self, side: Side, fields: Mapping[str, Raw]) -> str:
        return self.fold(str(fields.get(self.fields[side]) or ""))

    def search_for(self, side: Side, key: str) -> tuple[str, ...]:
        return self.spellings(key) if side is Side.SALESFORCE else (key,)


def to_18(id: str) -> str:
    """A Salesforce id of 15 characters with its checksum; one of 18 as it is."""
    if len(id) != 15:
        return id
    thirds = (id[at : at + 5] for at in (0, 5, 10))
    return id + "".join(
        ID_CHECK[sum(1 << bit for bit, c in enumerate(part) if c.isascii() and c.isupper())] for part in thirds
    )


def fold_case(text: str) -> str:
    return text.strip().lower()


def fold_host(text: str) -> str:
    """`https://www.Acme.example/es` as `acme.example`."""
    host = text.strip().lower().rpartition("://")[2].partition("/")[0].partition(":")[0]
    return host.removeprefix("www.")


def spell_host(host: str) -> tuple[str, ...]:
    """The ways in which people write a company's web address."""
    names = (host, f"www.{host}")
    return tuple(
        f"{scheme}{name}{end}" for scheme in ("", "https://", "http://") for name in names for end in ("", "/")
    )


EVIDENCE: Final[Mapping[str, Evidence]] = {
    "email": Evidence(fields=Pair("email", "Email"), fold=fold_case),
    "domain": Evidence(fields=Pair("domain", "Website"), fold=fold_host, spellings=spell_host),
    "name": Evidence(fields=Pair("name", "Name"), fold=fold_case),
}
"""By the settings' own names (`match`). Pairing by shared people needs associations, and is not a field's matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Vendor field names by which records of one kind are found and named.

    natural     the evidence whose value no two records should share, which also stands for the record in lists
    stored_ids  by Salesforce object, the HubSpot property in which the native integration keeps the partner's id
    names       per side, the fields that together are what a person calls the record
    """

    natural: Evidence | None = None
    stored_ids: Mapping[str, str] = field(default_factory=dict)
    names: Pair[tuple[str, ...]] = Pair((), ())  # noqa: RUF009 - a frozen value

    def fields(self, side: Side) -> tuple[str, ...]:
        """All fields of that side that are read to know a record, the key field included; sorted."""
        wanted = {KEY_FIELDS[side], *self.names[side]}
        if self.natural is not None:
            wanted.add(self.natural.fields[side])
        if side is Side.HUBSPOT:
            wanted.update((*self.stored_ids.values(), MERGED_IDS))
        return tuple(sorted(wanted))

    def natural_key(self, side: Side, fields: Mapping[str, Raw]) -> str:
        """The natural key's value as it is compared; "" where the record has none."""
        return "" if self.natural is None else self.natural.key(side, fields)

    def label(self, side: Side, fields: Mapping[str, Raw]) -> str:
        """What a person calls the record; "" if it has no name at all."""
        parts = (str(fields.get(name) or "").strip() for name in self.names[side])
        return " ".join(part for part in parts if part) or self.natural_key(side, fields)


IDENTITIES: Final[Mapping[Kind, Identity]] = {
    "contacts": Identity(
        natural=EVIDENCE["email"],
        stored_ids={"Contact": "salesforcecontactid", "Lead": "salesforceleadid"},
        names=Pair(("firstname", "lastname"), ("FirstName", "LastName")),
    ),
    "companies": Identity(
        natural=EVIDENCE["domain"],
        stored_ids={"Account": "salesforceaccountid"},
        names=Pair(("name",), ("Name",)),
    ),
    "deals": Identity(stored_ids={"Opportunity": "hs_salesforceopportunityid"}, names=Pair(("dealname",), ("Name",))),
    "tickets": Identity(stored_ids={"Case": "salesforcecaseid"}, names=Pair(("subject",), ("Subject",))),
}


def identity_of(kind: Kind) -> Identity:
    """A custom object is known by our key alone."""
    return IDENTITIES.get(kind, Identity())
