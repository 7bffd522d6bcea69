"""Person accounts: an account that is a person, with a contact as its shadow. Only in orgs with the switch set.

The person's fields are written on the account and repeated on the contact, and the other way round: `PersonEmail` is the
contact's `Email`, `Score__pc` its `Score__c`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.salesforce.custom import with_fields
from pasodoble.simulators.salesforce.errors import refusal
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import MASTER, Field, RecordType, Sobject, make_field, remake

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.org import Org
    from pasodoble.simulators.salesforce.writes import Writer

TYPE_NAME, BUSINESS_NAME = "PersonAccount", "Business_Account"
SHARED = ("FirstName", "LastName", "Salutation", "Phone", "Fax", "OwnerId")
"""Fields of one name on both."""
FLAG = {"name": "IsPersonAccount", "type": "boolean", "label": "Is Person Account"}


def prepare(org: Org, person_type: str, business_type: str) -> None:
    """Give Account its two record types and Contact its flag."""
    account = org.sobject("Account")
    kinds = (
        RecordType(id=business_type, name="Business Account", developer_name=BUSINESS_NAME, default=True),
        RecordType(id=person_type, name="Person Account", developer_name=TYPE_NAME),
        replace(MASTER, default=False),
    )
    org.define([remake(account, record_types=kinds), with_fields(org.sobject("Contact"), [make_field(FLAG)])])


def repeated(field: Field) -> Field:
    """A custom field of Contact as Account shows it, ending in __pc."""
    return make_field({**field.told, "name": field.name.removesuffix("__c") + "__pc"})


def pairs(account: Sobject, contact: Sobject) -> Mapping[str, str]:
    """Account field -> contact field, for all that the two share."""
    return _pairs(tuple(account.fields), tuple(contact.fields))


@lru_cache(maxsize=8)
def _pairs(account: tuple[str, ...], contact: tuple[str, ...]) -> Mapping[str, str]:
    known = set(contact)
    found = {name: name for name in SHARED}
    for name in account:
        twin = name.removesuffix("__pc") + "__c" if name.endswith("__pc") else name.removeprefix("Person")
        if twin in known and twin != name:
            found[name] = twin
    return MappingProxyType({a: c for a, c in found.items() if c != "Id"})


def derive_person(writer: Writer, row: Row, before: Row | None, changes: Mapping[str, Any]) -> None:
    """Tell a person from a business, name the person, keep an id for the shadow."""
    if not writer.org.switches.person_accounts:
        return
    if before is None:
        person = next(k.id for k in writer.org.sobject("Account").record_types if k.developer_name == TYPE_NAME)
        if changes.get("LastName") or row.get("RecordTypeId") == person:
            row.update(IsPersonAccount=True, RecordTypeId=person, PersonContactId=writer.org.next_id("Contact"))
    if not row.get("IsPersonAccount"):
        _refuse_names(changes, ("FirstName", "LastName", "Salutation"))
        return
    _refuse_names(changes, ("Name",))
    if not row.get("LastName"):
        raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]", ["LastName"])
    row["Name"] = " ".join(filter(None, (row.get("FirstName"), row["LastName"])))


def _refuse_names(changes: Mapping[str, Any], names: tuple[str, ...]) -> None:
    wrong = [name for name in names if changes.get(name) is not None]
    if wrong:
        message = f"Account: bad field names on insert/update call: {', '.join(wrong)}"
        raise refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, wrong)


def follow_account(writer: Writer, row: Row, before: Row | None) -> None:
    """Make the shadow of a new person, or bring it up to date."""
    if not row.get("IsPersonAccount") or row.get("IsDeleted"):
        return
    org = writer.org
    shared = pairs(org.sobject("Account"), org.sobject("Contact"))
    values = {contact: row.get(account) for account, contact in shared.items()} | {"Name": row["Name"]}
    if before is not None and not before.get("IsDeleted"):
        writer.amend("Contact", row["PersonContactId"], values, touch="user")
    elif before is None:
        system = ("CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp")
        shadow = {k: v for k, v in values.items() if v is not None and v is not False}
        shadow |= {name: row[name] for name in system}
        shadow |= {"Id": row["PersonContactId"], "AccountId": row["Id"], "IsPersonAccount": True}
        writer.work.put("CREATE", org.table("Contact"), shadow)


def follow_contact(writer: Writer, row: Row, before: Row | None) -> None:
    """A shadow that was written to passes it on to its account."""
    if not row.get("IsPersonAccount") or row.get("IsDeleted") or before is None:
        return
    org = writer.org
    shared = pairs(org.sobject("Account"), org.sobject("Contact"))
    values = {account: row.get(contact) for account, contact in shared.items()} | {"Name": row["Name"]}
    writer.amend("Account", row["AccountId"], values, touch="user")
