"""What an org has before anybody works in it: its users, a queue, picklist statuses, the standard price book.

People and their dealings are `seeding`.
"""

from __future__ import annotations

from typing import Any

from pasodoble.simulators.salesforce.custom import custom_field, with_fields
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.persons import BUSINESS_NAME, TYPE_NAME
from pasodoble.simulators.salesforce.persons import prepare as prepare_person_accounts
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import make_field

DOMAIN = "pasodoble.example"
PEOPLE = (("Ana", "Torres"), ("Ben", "Clarke"), ("Carla", "Ruiz"), ("Dev", "Patel"))
GONE = ("Iris", "Moreno")
"""A user who has left: inactive."""
KEY_FIELD = "Pasodoble_Key__c"
PROFILES = ("System Administrator", "Standard User", "Minimum Access - API Only Integrations")
CURRENCIES = (("EUR", 1.0), ("USD", 1.08), ("GBP", 0.86), ("MXN", 19.5))
"""(code, how much of it one of the first is worth); the first is the corporate currency."""
STAGES = (
    ("Prospecting", 10, "Pipeline", "Pipeline"),
    ("Qualification", 10, "Pipeline", "Pipeline"),
    ("Needs Analysis", 20, "Pipeline", "Pipeline"),
    ("Value Proposition", 50, "Pipeline", "Pipeline"),
    ("Id. Decision Makers", 60, "Pipeline", "Pipeline"),
    ("Perception Analysis", 70, "Pipeline", "Pipeline"),
    ("Proposal/Price Quote", 75, "Pipeline", "Pipeline"),
    ("Negotiation/Review", 90, "Pipeline", "Pipeline"),
    ("Closed Won", 100, "Closed", "Closed"),
    ("Closed Lost", 0, "Omitted", "Omitted"),
)
"""(name, probability, forecast category, its label)."""


def put(org: Org, name: str, **values: Any) -> str:
    """Put a row with its system fields, past every rule; gives its id."""
    now, user = org.now(), org.integration_user_id
    row: Row = {"Id": values.pop("Id", None) or org.next_id(name)}
    row.update((key, value) for key, value in values.items() if value is not None and value is not False)
    system = {"CreatedDate": now, "CreatedById": user, "LastModifiedDate": now, "LastModifiedById": user}
    fields = org.sobject(name).fields
    row.update((key, value) for key, value in {**system, "SystemModstamp": now}.items() if key in fields)
    org.table(name).put(row)
    record_id: str = row["Id"]
    return record_id


def furnish(org: Org) -> None:
    """Everything below; once, on a new org."""
    if org.switches.pasodoble_key:
        add_key_fields(org)
    put(
        org,
        "Organization",
        Id=org.id,
        Name="Pasodoble Sandbox",
        OrganizationType="Developer Edition",
        InstanceName="SIM1",
        IsSandbox=True,
        LanguageLocaleKey="en_US",
        DefaultLocaleSidKey="en_US",
        TimeZoneSidKey="Europe/Madrid",
        FiscalYearStartMonth=1,
    )
    _add_users(org)
    _add_queue(org)
    _add_statuses(org)
    add_currencies(org)
    if org.switches.person_accounts:
        business, person = (
            put(org, "RecordType", Name=label, DeveloperName=name, SobjectType="Account", IsActive=True)
            for label, name in (("Business Account", BUSINESS_NAME), ("Person Account", TYPE_NAME))
        )
        prepare_person_accounts(org, person, business)
    put(org, "Pricebook2", Name="Standard Price Book", IsActive=True, IsStandard=True)


def add_key_fields(org: Org) -> None:
    """`Pasodoble_Key__c` on every object whose records can be made: text, unique, external id, minding case."""
    spec = {"type": "text", "length": 255, "externalId": True, "unique": True, "caseSensitive": True}
    field = custom_field(KEY_FIELD, {**spec, "label": "Pasodoble Key"})
    org.define(
        with_fields(table.sobject, [field])
        for table in tuple(org.tables.values())
        if table.sobject.having("createable") and KEY_FIELD not in table.sobject.fields
    )


def add_currencies(org: Org) -> None:
    """The corporate currency; with the switch, others too and `CurrencyIsoCode` on every object that holds amounts."""
    rates = CURRENCIES if org.switches.multi_currency else CURRENCIES[:1]
    for code, rate in rates:
        corporate = code == CURRENCIES[0][0]
        put(
            org,
            "CurrencyType",
            IsoCode=code,
            ConversionRate=rate,
            DecimalPlaces=2,
            IsActive=True,
            IsCorporate=corporate,
        )
    if org.switches.multi_currency:
        told = make_field(
            {
                "name": "CurrencyIsoCode",
                "type": "picklist",
                "label": "Currency ISO Code",
                "length": 3,
                "restrictedPicklist": True,
                "nillable": False,
                "defaultedOnCreate": True,
                "picklistValues": [{"value": code, "defaultValue": code == CURRENCIES[0][0]} for code, _ in CURRENCIES],
            }
        )
        org.define(
            with_fields(table.sobject, [told])
            for table in tuple(org.tables.values())
            if table.sobject.having("createable") and any(f.type == "currency" for f in table.sobject.fields.values())
        )


def _add_users(org: Org) -> None:
    profiles = [put(org, "Profile", Name=name, UserType="Standard") for name in PROFILES]
    role = put(org, "UserRole", Name="Sales", DeveloperName="Sales")
    _add_user(org, "Pasodoble", "Integration", f"integration@{DOMAIN}", profiles[2], None, Id=org.integration_user_id)
    for first, last in PEOPLE:
        profile = profiles[0] if (first, last) == PEOPLE[0] else profiles[1]
        _add_user(org, first, last, f"{first}.{last}@{DOMAIN}".lower(), profile, role)
    _add_user(org, *GONE, f"{GONE[0]}.{GONE[1]}@{DOMAIN}".lower(), profiles[1], role, IsActive=False)


def _add_user(org: Org, first: str, last: str, email: str, profile: str, role: str | None, **values: Any) -> str:
    return put(
        org,
        "User",
        **{
            "Username": email,
            "FirstName": first,
            "LastName": last,
            "Name": f"{first} {last}",
            "Email": email,
            "Alias": (first[0] + last)[:8].lower(),
            "CommunityNickname": email.partition("@")[0],
            "IsActive": True,
            "TimeZoneSidKey": "Europe/Madrid",
            "LocaleSidKey": "en_US",
            "EmailEncodingKey": "UTF-8",
            "LanguageLocaleKey": "en_US",
            "UserType": "Standard",
            "ProfileId": profile,
            "UserRoleId": role,
            "UserPermissionsMarketingUser": True,
            **values,
        },
    )


def _add_queue(org: Org) -> None:
    queue = put(org, "Group", Name="Inbound", DeveloperName="Inbound", Type="Queue", DoesIncludeBosses=True)
    for name in ("Lead", "Case", "Task"):
        put(org, "QueueSobject", QueueId=queue, SobjectType=name)
    users = org.table("User")
    for email in (f"ben.clarke@{DOMAIN}", f"carla.ruiz@{DOMAIN}"):
        for row in users.find(users.sobject.fields["Username"], (email,)):
            put(org, "GroupMember", GroupId=queue, UserOrGroupId=row["Id"])


STATUSES = {("Lead", "Status"): "LeadStatus", ("Task", "Status"): "TaskStatus", ("Case", "Status"): "CaseStatus"}
"""Picklist -> the object that tells what its values mean; opportunity stages are told by `STAGES`."""
MEANINGS: dict[str, dict[str, Any]] = {
    "Closed - Converted": {"IsConverted": True},
    "Completed": {"IsClosed": True},
    "Closed": {"IsClosed": True},
}


def _add_statuses(org: Org) -> None:
    for (sobject, field), name in STATUSES.items():
        for choice in org.sobject(sobject).fields[field].choices:
            add_status(org, name, choice.value, IsDefault=choice.default, **MEANINGS.get(choice.value, {}))
    for label, chance, category, category_label in STAGES:
        add_status(
            org,
            "OpportunityStage",
            label,
            IsActive=True,
            IsClosed=label.startswith("Closed"),
            IsWon=label == "Closed Won",
            DefaultProbability=float(chance),
            ForecastCategory=category,
            ForecastCategoryName=category_label,
        )


def add_status(org: Org, name: str, value: str, **meaning: Any) -> None:
    """Say what a status or stage means, in place of what was said of it before."""
    table = org.table(name)
    known = next(table.find(table.sobject.fields["ApiName"], (value,)), {})
    order = known.get("SortOrder") or len(table) + 1
    put(org, name, Id=known.get("Id"), MasterLabel=value, ApiName=value, SortOrder=order, **meaning)
