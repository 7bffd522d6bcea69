"""The settings file as it is written: every key with its type, default and meaning. Also the source of the JSON Schema.

Texts under the keys are published (schema, `docs/settings.md`). What the rest of the program sees is `model/settings`, built in
`build`; values are checked here one by one, and against each other there.
"""

from __future__ import annotations

import re
from datetime import timedelta
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function

from pasodoble.model.alert import Channel, Pace
from pasodoble.model.cause import Category
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import CompanyStages, Duplicates, ExistingRecords, Guard, OnDelete

_WORDS = {"on": True, "off": False, "true": True, "false": False, "yes": True, "no": False}
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])", re.ASCII)


def read_switch(value: object) -> object:
    """`on`, `off`, `true`, `false`, quoted or not. Raises ValueError."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise ValueError("on or off is wanted")


def read_duration(value: object) -> object:
    """`90s`, `15m`, `1h`, `1d`. Raises ValueError."""
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError("a number and a unit are wanted, such as 15m (s, m, h or d)")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def read_text(value: object) -> object:
    """Ids are texts, and people write them as numbers. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError("a text is wanted")
    return str(value)


def read_automatic(value: object) -> object:
    """`auto`, or a switch. Raises ValueError."""
    if value == "auto":
        return value
    try:
        return "on" if read_switch(value) else "off"
    except ValueError:
        raise ValueError("auto, on or off is wanted") from None


def read_field_names(value: object) -> object:
    """One name, or names by object. Raises ValueError."""
    if isinstance(value, dict):
        return value
    try:
        return read_text(value)
    except ValueError:
        raise ValueError(
            "a field's name is wanted, or names by object: {Lead: Street, Contact: MailingStreet}"
        ) from None


_SWITCH_SCHEMA: dict[str, Any] = {"enum": [True, False, "on", "off", "true", "false"]}
Switch = Annotated[bool, BeforeValidator(read_switch), WithJsonSchema(_SWITCH_SCHEMA)]
Duration = Annotated[
    timedelta, BeforeValidator(read_duration), WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]*[smhd]$"})
]
Text = Annotated[str, BeforeValidator(read_text), WithJsonSchema({"type": ["string", "integer"]})]
Values = dict[Text, Text]
FieldNames = Annotated[Text | dict[Text, Text], BeforeValidator(read_field_names)]
Automatic = Annotated[
    Literal["auto", "on", "off"],
    BeforeValidator(read_automatic),
    WithJsonSchema({"enum": ["auto", *_SWITCH_SCHEMA["enum"]]}),
]
Count = Annotated[int, Field(ge=0)]
Secret = Annotated[str, Field(min_length=1)]
ADDRESS = r"^https?://[^\s/]+"


def _ensure_port(address: str) -> str:
    try:
        urlsplit(address).port  # noqa: B018 - asking is what checks it
    except ValueError as error:
        raise ValueError(f"{address} has no port that can be used ({error})") from None
    return address


Address = Annotated[str, Field(pattern=ADDRESS), AfterValidator(_ensure_port)]


class Part(BaseModel):
    """A part of the file: a key that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


# --- the two accounts ------------------------------------------------------------------------------------------------


class HubSpotAuth(Part):
    """How to sign in to HubSpot: a service key, an access token, or an app's client id, secret and refresh token."""

    service_key: Secret | None = Field(None, repr=False)
    """A service key of the account."""
    access_token: Secret | None = Field(None, repr=False)
    """A private app's token."""
    client_id: Text | None = None
    """An app's client id."""
    client_secret: Secret | None = Field(None, repr=False)
    """That app's client secret."""
    refresh_token: Secret | None = Field(None, repr=False)
    """What `pasodoble connect hubspot` was given when you signed in."""


class Webhooks(Part):
    """Changes in HubSpot arrive at once, not at the next check. Left out: nothing is pushed."""

    client_secret: Secret = Field(repr=False)
    """The app's client secret, which signs what HubSpot sends."""
    app_id: Text = ""
    """The app's id, to manage its subscriptions."""
    client_id: Text = ""
    """The app's client id, to read its webhooks journal."""
    journal: Automatic = "off"
    """Read the app's webhooks journal: what was not delivered is in it for three days. auto: if the app has one."""


class HubSpot(Part):
    """The HubSpot account."""

    base_url: Address = "https://api.hubapi.com"
    """Where its API is."""
    auth: HubSpotAuth
    webhooks: Webhooks | None = None
    """Changes arrive at once, not at the next check. Left out: nothing is pushed."""
    api_version: str = Field("2026-03", pattern=r"^20\d\d-\d\d$")
    """The dated version of the API."""


class SalesforceAuth(Part):
    """How to sign in to Salesforce: client credentials, a signed token (JWT), an access token, or the `sf` command's login."""

    client_id: Text | None = None
    """The consumer key of the connected app."""
    client_secret: Secret | None = Field(None, repr=False)
    """Its consumer secret: client credentials."""
    username: Text | None = None
    """The user to act as: with a private key."""
    private_key: Secret | None = Field(None, repr=False)
    """The private key that signs, as PEM text."""
    access_token: Secret | None = Field(None, repr=False)
    """A session's token, for a trial: it lapses."""
    instance_url: Address | None = None
    """The org's own address, with an access token. Left out: `login_url`."""
    sf_alias: Text | None = None
    """An org that the `sf` command is signed in to."""


class PubSub(Part):
    """Changes in Salesforce arrive at once, not at the next check."""

    enabled: Automatic = "auto"
    """Change events over the Pub/Sub API. auto: if the org allows it."""
    endpoint: str = ""
    """Host and port; left out: Salesforce's own."""
    entities: int | None = Field(default=5, ge=1)
    """How many objects the org may select for change events: 5 without the add-on. null: any number."""


class Salesforce(Part):
    """The Salesforce org."""

    login_url: Address = "https://login.salesforce.com"
    """Where to sign in: `https://test.salesforce.com` for a sandbox, or the org's own domain."""
    auth: SalesforceAuth
    pubsub: PubSub = PubSub()
    api_version: str = Field("66.0", pattern=r"^\d\d\.\d$")
    """The version of the API."""
    ca_file: str = ""
    """Trust the certificates of this file and no others, for both vendors: for a sandbox with `--tls`. Relative to the settings file."""


# --- objects ---------------------------------------------------------------------------------------------------------


class Line(Part):
    """A HubSpot property and the Salesforce field that it answers to."""

    hubspot: Text
    """The property's internal name."""
    salesforce: FieldNames
    """The field's API name; or names by object, where they differ: `{Lead: Street, Contact: MailingStreet}`."""
    rule: UpdateRule = UpdateRule.PREFER_SALESFORCE
    """Who may write whom."""
    values: Values = {}
    """Options that are not spelled alike, HubSpot's to Salesforce's: `{NEW: Open - Not Contacted}`."""
    values_back: Values = {}
    """Further options of Salesforce, each to the HubSpot option that stands for it."""
    converter: str = ""
    """How values are converted, where the two types leave a choice."""


class ObjectPart(Part):
    enabled: Switch = True
    """Whether it is synced at all."""
    create_in_hubspot: Literal["always", "never"] = "always"
    """What a new Salesforce record makes in HubSpot."""
    inclusion_list: Text | None = None
    """Id of a HubSpot list: only its members are synced. Left out or null: all."""
    when_deleted_in_salesforce: OnDelete = OnDelete.NOTHING
    """What happens to the HubSpot record."""
    when_deleted_in_hubspot: OnDelete = OnDelete.NOTHING
    """What happens to the Salesforce record."""
    fields: list[Line] | None = None
    """The mapping. Left out: the object's default list."""
    placeholder: Values = {}
    """By Salesforce field, what to send for a required field that is blank. Left out: a problem, and a person fills it in."""


class Contacts(ObjectPart):
    """HubSpot contacts; leads and contacts in Salesforce."""

    create_in_salesforce: Literal["lead", "contact", "never"] = "lead"
    """What a new HubSpot contact makes in Salesforce."""
    match: list[Literal["email"]] = ["email"]
    """How unlinked records are paired."""


class OtherPart(ObjectPart):
    create_in_salesforce: Literal["always", "never"] = "always"
    """What a new HubSpot record makes in Salesforce."""


class Companies(ObjectPart):
    """HubSpot companies; accounts in Salesforce."""

    create_in_salesforce: Literal["always", "with_people", "never"] = "always"
    """What a new HubSpot company makes in Salesforce. with_people: an account only where one of its people is synced with a Salesforce contact."""
    match: list[Literal["people", "domain", "name"]] = ["people", "domain"]
    """How unlinked records are paired, in order: by people they share, by web domain, by name."""


class Deals(OtherPart):
    """HubSpot deals; opportunities in Salesforce."""


class Tickets(OtherPart):
    """HubSpot tickets; cases in Salesforce."""


class Custom(OtherPart):
    """One custom object."""

    name: str = Field("", pattern=r"^[a-z0-9_]*$")
    """Its key in reports and commands. Left out: the HubSpot object's name."""
    hubspot: Text
    """The HubSpot object: its name or type id."""
    salesforce: Text
    """The Salesforce object's API name."""
    fields: list[Line]
    """The mapping."""
    associations: dict[Text, Text] = {}
    """Records that it is tied to on both sides alike: by their key in the settings, the Salesforce lookup that ties them: `{companies: Account__c}`."""


class ActivityOptions(Part):
    """An activity, with more than on and off."""

    enabled: Switch = True
    """Whether it is told in Salesforce, and syncs its contact."""
    filter: dict[Text, Text | list[Text]] = {}
    """Only those whose property has this value, or one of these."""
    subject: str = ""
    """Subject of the Salesforce task; `{name}` stands for a property of the activity."""
    owner: Literal["contact_owner", "activity_owner", "integration_user", ""] = ""
    """Whom the task is assigned to. Left out: the activity's owner, else the contact's, else the integration user."""
    type: str = ""
    """The task's Type."""
    salesforce: Literal["task", "event"] = "task"
    """What a meeting becomes: a task, or an event in the calendar. All else becomes a task."""


class _OrSwitch:
    """Lets a bare switch stand for an activity without further options."""

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(_spell_out, handler(source))

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [_SWITCH_SCHEMA, handler(core)]}


def _spell_out(value: object) -> object:
    return value if isinstance(value, dict | Part) else {"enabled": value}


Activity = Annotated[ActivityOptions, _OrSwitch()]
_OFF = ActivityOptions(enabled=False)


class Activities(Part):
    """What people do: each becomes a Salesforce task and syncs its contact, where it is on."""

    form_submitted: Activity = _OFF
    """A form is submitted. Its contact is synced in any case."""
    marketing_email_sent: Activity = _OFF
    """A marketing email goes out."""
    marketing_email_opened: Activity = _OFF
    """A marketing email is opened."""
    marketing_email_clicked: Activity = _OFF
    """A link in a marketing email is clicked."""
    sales_email_sent: Activity = _OFF
    """A one-to-one email goes out."""
    sales_email_opened: Activity = _OFF
    """A one-to-one email is opened."""
    sales_email_clicked: Activity = _OFF
    """A link in a one-to-one email is clicked."""
    meeting_scheduled: Activity = _OFF
    """A meeting is scheduled."""
    call_logged: Activity = _OFF
    """A call is logged."""
    note_created: Activity = _OFF
    """A note is written."""
    task_created: Activity = _OFF
    """A task is made."""
    document_viewed: Activity = _OFF
    """A sales document is viewed."""


class SalesforceActivities(Part):
    """What is logged in Salesforce, told on the timeline in HubSpot, where it is on. What was there before is left alone."""

    tasks: Switch = False
    """Tasks become HubSpot tasks."""
    calls: Switch = False
    """Logged calls become HubSpot calls."""
    emails: Switch = False
    """Logged emails become HubSpot emails; those of Einstein Activity Capture are not stored as tasks, and do not sync."""
    meetings: Switch = False
    """Events become HubSpot meetings."""
    when_deleted: OnDelete = OnDelete.NOTHING
    """What happens in HubSpot when the task or event is deleted."""


# --- the rest --------------------------------------------------------------------------------------------------------


class Campaigns(Part):
    """Salesforce campaigns that HubSpot's forms lead to."""

    forms: dict[Text, Text] = {}
    """By form (its guid), the Salesforce campaign that whoever submits it joins, while it is active."""
    member_status: str = ""
    """Status of those who join so, as the campaign spells it. Left out: the campaign's own default."""


class Lifecycle(Part):
    """Lifecycle stages of contacts."""

    automatic: Switch = True
    """An opportunity moves the lifecycle stage of its contacts, never backwards."""
    companies: CompanyStages = CompanyStages.STAY
    """`follow`: a company moves on to the stage of whichever of its people is furthest. `spread`: its other people follow it too.
    HubSpot can do the same by itself: let one of the two do it."""


class AssociationOptions(Part):
    """An association, with more than on and off."""

    enabled: Switch = True
    """Whether a tie on one side is made, and taken away, on the other."""


class RoleOptions(AssociationOptions):
    """An association with roles."""

    labels: Values = {}
    """HubSpot's association labels, each with the contact role that it stands for: `{USER_DEFINED:37: Decision Maker}`. A tie is made with what stands for it on the other side; labels that change later stay where they are."""


AssociationSwitch = Annotated[AssociationOptions, _OrSwitch()]
RoleSwitch = Annotated[RoleOptions, _OrSwitch()]


class Associations(Part):
    """Which records are tied on both sides alike. Each needs both objects to be synced."""

    contacts_companies: AssociationSwitch = AssociationOptions()
    """A contact's primary company, and its account in Salesforce."""
    deals_companies: AssociationSwitch = AssociationOptions()
    """A deal's primary company, and the opportunity's account."""
    deals_contacts: RoleSwitch = RoleOptions()
    """A deal's contacts, and the opportunity's contact roles."""
    tickets_companies: AssociationSwitch = AssociationOptions()
    """A ticket's primary company, and the case's account."""
    tickets_contacts: AssociationSwitch = AssociationOptions()
    """A ticket's contact, and the case's."""


class Owners(Part):
    """Owners of records."""

    enabled: Switch = True
    """Whether the owner of a record is synced."""


class LimitsPart(Part):
    """What may be spent and done without asking."""

    salesforce_calls_per_day: Annotated[int, Field(ge=1)] | None = None
    """Calls to Salesforce that may be spent in 24 hours. Left out: what the org has left."""
    hubspot_calls_per_day: Annotated[int, Field(ge=1)] | None = None
    """Calls to HubSpot that may be spent in a day."""
    max_creates_per_run: Count = 500
    """A plan that makes more records asks first."""
    max_deletes_per_run: Count = 10
    """A plan that deletes more records asks first."""
    max_clears_per_run: Count = 100
    """A plan that clears more values asks first."""


class AlertPart(Part):
    """Somebody who wants to be told of trouble: by cause and count, never with a customer's values."""

    to: Channel
    """webhook: a JSON document. slack: a message that Slack, and chats that take the same, show. email: through `mail`."""
    address: Text = Field(repr=False)
    """The webhook's or the chat's address, which is itself a secret there; or an email address."""
    when: Pace = Pace.AT_ONCE
    """at_once: what is new, or has doubled. daily, weekly: all that is open."""
    categories: list[Category] = []
    """Only trouble of these categories. Left out: all."""
    language: Literal["en", "es"] = "en"
    """The language it is written in."""
    secret: str = Field("", repr=False)
    """Signs the webhook: header `X-Pasodoble-Signature`, `sha256=` and the HMAC of the body."""


class Mail(Part):
    """The mail server that alerts by email leave through."""

    host: Text
    """Its name."""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    """How the connection is kept private."""
    sender: Text
    """The address that alerts come from."""
    user: str = ""
    """Who signs in there. Left out: nobody has to."""
    password: str = Field("", repr=False)
    """Their password."""


class RetentionPart(Part):
    """How long what happened is kept; what is older is forgotten at night."""

    history: Duration = Field(default="365d", validate_default=True)
    """Changes, and what undo needs to put earlier values back."""
    traces: Duration = Field(default="30d", validate_default=True)
    """How each record was decided on, for why."""


class ConnectionPart(Part):
    """One HubSpot account and one Salesforce org."""

    hubspot: HubSpot
    salesforce: Salesforce
    check_every: Duration = Field("15m", validate_default=True)
    """How often both sides are looked at for changes that nothing told of."""
    contacts: Contacts = Contacts()
    companies: Companies = Companies(enabled=False)
    """HubSpot companies; accounts in Salesforce. Left out: off."""
    deals: Deals = Deals(enabled=False)
    """HubSpot deals; opportunities in Salesforce. Left out: off."""
    tickets: Tickets = Tickets(enabled=False)
    """HubSpot tickets; cases in Salesforce. Left out: off."""
    custom: list[Custom] = []
    """Custom objects, and standard ones that have no key of their own."""
    activities: Activities = Activities()
    salesforce_activities: SalesforceActivities = SalesforceActivities()
    guard: Guard = Guard.STRICT
    """How a write to Salesforce is guarded against an edit of the same moment: strict refuses to overwrite it, fast costs fewer calls."""
    existing_records: ExistingRecords = ExistingRecords.SYNC
    """What the first check does with records that were there before: sync them, or wait for an edit."""
    conflict_winner: Literal["salesforce", "hubspot", "ask"] = "salesforce"
    """Who is believed where both sides changed a two-way field and which change came later is not known. ask: neither is written until a person chooses."""
    duplicates: Duplicates = Duplicates.ASK
    """Where several records could be the partner. ask: a person pairs them; most_recent: the one that was changed last."""
    associations: Associations = Associations()
    campaigns: Campaigns = Campaigns()
    lifecycle: Lifecycle = Lifecycle()
    owners: Owners = Owners()
    limits: LimitsPart = LimitsPart()
    retention: RetentionPart = RetentionPart()
    alerts: list[AlertPart] = []
    """Who is told of trouble, how and how often."""


class SettingsFile(Part):
    """Pasodoble's settings: pasodoble.yaml."""

    version: Literal[1]
    """The version of this format."""
    connections: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")], ConnectionPart] = Field(
        min_length=1
    )
    """By a name of yours, what is kept in step."""
    public_url: Annotated[str, Field(pattern=ADDRESS)] | Literal[""] = ""
    """Where this host is reached from outside: HubSpot signs what it sends with it."""
    mail: Mail | None = None
    """The mail server that alerts by email leave through."""


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of the file."""
    schema = SettingsFile.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def find_keys(place: tuple[str | int, ...]) -> list[str]:
    """The keys that may stand at that place of the file; none where it takes names of the user's own."""
    at: object = SettingsFile
    for key in place:
        if isinstance(at, type) and issubclass(at, Part):
            at = at.model_fields[str(key)].annotation if key in at.model_fields else None
        else:  # a list or a map: what it holds
            at = next(reversed(get_args(at)), None)
        at = _leave_out_none(at)
    return list(at.model_fields) if isinstance(at, type) and issubclass(at, Part) else []


def _leave_out_none(annotation: object) -> object:
    if not isinstance(annotation, UnionType):
        return annotation
    return next(one for one in get_args(annotation) if one is not NoneType)
