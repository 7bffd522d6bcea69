"""The settings, as everything but `config/` sees them: checked, complete and frozen.

`config/` loads them from `pasodoble.yaml` and the environment; their public names are those of that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from pasodoble.model.alert import Alert, MailServer
from pasodoble.model.ref import Kind
from pasodoble.model.rule import FieldRule
from pasodoble.model.side import Side


class OnDelete(StrEnum):
    NOTHING = "nothing"
    DELETE = "delete"


class Guard(StrEnum):
    """How writes to Salesforce are protected against an edit made at the same moment."""

    STRICT = "strict"
    FAST = "fast"


class ExistingRecords(StrEnum):
    """What the first check does with records older than the installation (TN-07, TN-12)."""

    SYNC = "sync"
    WAIT = "wait"


class CompanyStages(StrEnum):
    """What the lifecycle stages of people do to those of their company (L-08)."""

    STAY = "stay"
    FOLLOW = "follow"
    SPREAD = "spread"


class Duplicates(StrEnum):
    """What is done when several records could be the partner (C-02)."""

    ASK = "ask"
    """None is guessed; a person pairs them."""
    MOST_RECENT = "most_recent"
    """As HubSpot's own integration: the one that was changed last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpotAccess:
    """auth: one of {service_key}, {access_token}, {client_id, client_secret, refresh_token}. Secrets, never logged."""

    base_url: str = "https://api.hubapi.com"
    auth: Mapping[str, str] = field(default_factory=dict, repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    app_id: str = ""
    journal: str = "off"
    api_version: str = "2026-03"

    @property
    def reads_journal(self) -> bool:
        """Whether the webhooks journal is to be read, and by which app is known."""
        return self.journal != "off" and bool(self.client_id or self.auth.get("client_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceAccess:
    """auth: one of {client_id, client_secret}, {client_id, username, private_key}, {access_token, instance_url}, {sf_alias}."""

    login_url: str = "https://login.salesforce.com"
    auth: Mapping[str, str] = field(default_factory=dict, repr=False)
    pubsub: str = "auto"
    pubsub_endpoint: str = ""
    pubsub_entities: int | None = 5
    api_version: str = "66.0"
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSettings:
    """What is synced of one kind.

    create_in_salesforce   the Salesforce object that is made of a new HubSpot record; "" for none
    create_in_hubspot      whether a new Salesforce record makes a HubSpot one
    needs_people           companies: one is made in Salesforce only where some of its people are synced with contacts (N-06)
    inclusion_list         a HubSpot list's id, or None: every record that passes the other gates
    fields                 the mapping's lines, in order
    lookups                custom objects: by the kind that records are tied to, the Salesforce lookup that ties them (X-04)
    placeholder            by Salesforce field, what to send for a required field that is blank; absent: a problem (C-12)
    """

    kind: Kind
    hubspot_object: str
    salesforce_objects: tuple[str, ...]
    enabled: bool = True
    create_in_salesforce: str = ""
    create_in_hubspot: bool = True
    needs_people: bool = False
    inclusion_list: str | None = None
    when_deleted_in_salesforce: OnDelete = OnDelete.NOTHING
    when_deleted_in_hubspot: OnDelete = OnDelete.NOTHING
    fields: tuple[FieldRule, ...] = ()
    lookups: Mapping[Kind, str] = field(default_factory=dict)
    placeholder: Mapping[str, str] = field(default_factory=dict)
    match: tuple[str, ...] = ()
    """How unlinked records are paired, in order: "email", "domain", "name", "people"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceActivities:
    """What of Salesforce's tasks and events is told in HubSpot. `kinds`: of "tasks", "calls", "emails", "meetings"."""

    kinds: tuple[str, ...] = ()
    when_deleted: OnDelete = OnDelete.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    salesforce_calls_per_day: int | None = None
    hubspot_calls_per_day: int | None = None
    max_creates_per_run: int = 500
    max_deletes_per_run: int = 10
    max_clears_per_run: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """Whether records of two kinds are tied on both sides alike.

    labels   by a HubSpot association label (`USER_DEFINED:37`), the role in Salesforce that it stands for
    """

    enabled: bool = True
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what happened is kept. Bases, links and open problems are kept as long as they are true."""

    history: timedelta = timedelta(days=365)
    traces: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One HubSpot account and one Salesforce organization that are kept in step.

    conflict_winner   who is believed where both changed a field and which came later is not known; None: a person chooses
    associations      by the two kinds (`deals_contacts`); those that are not named are on
    """

    name: str
    hubspot: HubSpotAccess
    salesforce: SalesforceAccess
    objects: Mapping[Kind, ObjectSettings]
    check_every: timedelta = timedelta(minutes=15)
    activities: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    guard: Guard = Guard.STRICT
    existing_records: ExistingRecords = ExistingRecords.SYNC
    conflict_winner: Side | None = Side.SALESFORCE
    duplicates: Duplicates = Duplicates.ASK
    associations: Mapping[str, Association] = field(default_factory=dict)
    salesforce_activities: SalesforceActivities = SalesforceActivities()
    campaign_of_form: Mapping[str, str] = field(default_factory=dict)
    member_status: str = ""
    automatic_lifecycle: bool = True
    company_stages: CompanyStages = CompanyStages.STAY
    owners: bool = True
    limits: Limits = Limits()
    retention: Retention = Retention()
    alerts: tuple[Alert, ...] = ()

    def enabled(self) -> tuple[ObjectSettings, ...]:
        """The objects that are on, in the order in which they are synced."""
        return tuple(o for o in self.objects.values() if o.enabled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    connections: Mapping[str, Connection]
    public_url: str = ""
    database_url: str = ""
    mail: MailServer | None = None
