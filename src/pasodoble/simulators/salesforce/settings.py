"""What an administrator of the org has set up, and the switches of the simulator itself.

Objects and fields are `schema`; what these settings do is told where they are obeyed, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """How this simulator plays what the reference leaves open or calls an edition's choice."""

    person_accounts: bool = False
    multi_currency: bool = False
    """Whether records with amounts have `CurrencyIsoCode`; the rates are rows of CurrencyType."""
    pasodoble_key: bool = True
    """Whether every createable object has the external id field `Pasodoble_Key__c` (not with `--bare`)."""
    limits: str = "off"
    """`real`: the daily and concurrent limits refuse calls; `off`: they are only counted."""
    daily_api_requests: int = 100_000
    concurrent_requests: int = 25
    """How many requests of 20 s and more may run at once (5 in a Developer org)."""
    session_s: int = 7200
    formula_fields_in_events: bool = True
    cdc_entity_limit: int | None = None
    """How many objects change data capture may select (5 in a real org without the add-on); None: no limit."""
    event_retention_s: int = 72 * 3600
    daily_event_deliveries: int = 25_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """A write for which `formula` is true is refused with `message`.

    code   the error code; another than a validation rule's own plays a failing trigger, flow or full storage.
    """

    name: str
    formula: str
    message: str
    field: str | None = None
    code: str = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """`match`: fields that must all be equal (without regard to case) for two records to match.

    action        `block`, `alert` (a caller may insist with allowSave) or `report`.
    match_object  the object searched, by default the rule's own; `match` then names that object's fields by the
                  same names.
    """

    name: str
    match: tuple[str, ...]
    action: str = "alert"
    message: str = "Use one of these records?"
    match_object: str | None = None
    on_create: bool = True
    on_update: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRule:
    """Who gets a new Lead or Case: the first entry whose formula is true (an empty one always is)."""

    name: str
    id: str
    entries: tuple[tuple[str, str], ...] = ()
    """(formula, owner id)."""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the integration user may do with an object; `hidden` and `locked` are fields it cannot see, or not edit."""

    read: bool = True
    create: bool = True
    edit: bool = True
    delete: bool = True
    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()


@dataclass(slots=True)
class Settings:
    """Per object name; `hidden_records` are ids that the integration user cannot see."""

    validation_rules: dict[str, list[ValidationRule]] = field(default_factory=dict)
    duplicate_rules: dict[str, list[DuplicateRule]] = field(default_factory=dict)
    assignment_rules: dict[str, list[AssignmentRule]] = field(default_factory=dict)
    permissions: dict[str, Access] = field(default_factory=dict)
    hidden_records: set[str] = field(default_factory=set)
    locked_records: set[str] = field(default_factory=set)
    """Ids held by somebody else's transaction: a write gets UNABLE_TO_LOCK_ROW."""
    late_visible_s: float = 0.0
    set_audit_fields: bool = False
    bulk_delay_s: float = 0.0
    """How long a bulk job takes from its close to its end."""
    long_requests: int = 0
    """Other people's requests that have been running for 20 s or longer."""
    daily_overshoot: int = 0
    """Calls that are let through after the day's allotment is spent."""
    refused_calls: dict[str, str] = field(default_factory=dict)
    """Path below `/services/data/vNN.0` (a prefix) -> the error code that every call there gets."""
    address_choices: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """State and country picklists: country -> its states. Empty: both are free text."""
    jwt_certificate: str = ""
    """PEM of the connected app's certificate or public key; empty: assertions are taken unsigned."""
