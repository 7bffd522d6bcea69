"""The small world grown wide: companies, deals and tickets besides people, with every field that the shipped mappings name.

Field names and options come from the shipped mappings, so that a line added there is there to be played with here. What
people do and what is expected does not belong here (`tests/scenario`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.small_world import SmallWorld, make_field, make_schema, make_settings

from pasodoble.mapping.identity import KEY_FIELDS
from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.spec import KindSpec
from pasodoble.model.record import Owner
from pasodoble.model.ref import Kind
from pasodoble.model.rule import FieldRule
from pasodoble.model.schema import Family, FieldSchema, Option
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import Pair, Side

FAMILIES: dict[str, Pair[Family]] = {
    "email": Pair(Family.EMAIL, Family.EMAIL),
    "phone": Pair(Family.PHONE, Family.PHONE),
    "mobilephone": Pair(Family.PHONE, Family.PHONE),
    "fax": Pair(Family.TEXT, Family.PHONE),
    "website": Pair(Family.TEXT, Family.URL),
    "annualrevenue": Pair(Family.NUMBER, Family.MONEY),
    "numemployees": Pair(Family.NUMBER, Family.NUMBER),
    "numberofemployees": Pair(Family.NUMBER, Family.NUMBER),
    "amount": Pair(Family.MONEY, Family.MONEY),
    "closedate": Pair(Family.MOMENT, Family.DATE),
    "salutation": Pair(Family.TEXT, Family.CHOICE),
    "leadsource": Pair(Family.TEXT, Family.CHOICE),
    "description": Pair(Family.LONG_TEXT, Family.LONG_TEXT),
    "content": Pair(Family.LONG_TEXT, Family.LONG_TEXT),
    "hubspot_owner_id": Pair(Family.OWNER, Family.OWNER),
    "hs_email_optout": Pair(Family.FLAG, Family.FLAG),
    "pipeline": Pair(Family.CHOICE, Family.REFERENCE),
    "hs_pipeline": Pair(Family.CHOICE, Family.REFERENCE),
}
"""By property, what its two fields are. A line with a value map joins two lists; all others join texts."""
REQUIRED = frozenset({("Lead", "LastName"), ("Lead", "Company"), ("Contact", "LastName"), ("Account", "Name")})
MORE_PROPERTIES = {
    "contacts": ("salesforceleadid", "salesforcecontactid"),
    "companies": ("domain", "salesforceaccountid"),
    "deals": ("hs_salesforceopportunityid",),
    "tickets": ("salesforcecaseid",),
}
TASKS = {
    (
        Side.HUBSPOT,
        "tasks",
    ): "hs_task_subject hs_task_body hs_task_status hs_task_priority hs_timestamp hubspot_owner_id",
    (
        Side.SALESFORCE,
        "Task",
    ): "Subject Description ActivityDate Status Priority Type TaskSubtype CallType OwnerId WhoId",
}
"""What a task is told with, by its object."""
OWNERS = ("olga", "otto")
"""Two people who are there on both sides; a third has no match."""


def find_families(rule: FieldRule) -> Pair[Family]:
    both_lists = Pair(Family.CHOICE, Family.CHOICE)
    return FAMILIES.get(rule.hubspot, both_lists if rule.values else Pair(Family.TEXT, Family.TEXT))


def _options(values: Iterable[str]) -> tuple[Option, ...]:
    return tuple(Option(value=value, label=value) for value in dict.fromkeys(values))


def make_properties(spec: KindSpec) -> Iterator[FieldSchema]:
    for rule in spec.rules:
        family = find_families(rule).hubspot
        options = _options([*rule.values, *rule.values_back.values()]) if family is Family.CHOICE else ()
        yield make_field(rule.hubspot, family, options=options, restricted=bool(options))
    yield from (make_field(name) for name in MORE_PROPERTIES[spec.kind])
    yield make_field(KEY_FIELDS.hubspot, unique=True)


def make_salesforce_fields(spec: KindSpec, object: str) -> Iterator[FieldSchema]:
    for rule in spec.rules:
        if (name := rule.salesforce.get(object)) is not None:
            family = find_families(rule).salesforce
            values = [*rule.values.values(), *rule.values_back] if family is Family.CHOICE else ()
            length = 255 if family is Family.TEXT else None
            yield make_field(name, family, options=_options(values), length=length, required=(object, name) in REQUIRED)
    yield make_field(KEY_FIELDS.salesforce, unique=True, length=255)


def make_kind(kind: Kind, **changes: Any) -> ObjectSettings:
    spec = KINDS[kind]
    shipped = ObjectSettings(
        kind=kind,
        hubspot_object=spec.hubspot_object,
        salesforce_objects=spec.salesforce_objects,
        create_in_salesforce=spec.salesforce_objects[0],
        match=spec.match,
        fields=spec.rules,
    )
    return replace(shipped, **changes)


@dataclass
class WideWorld(SmallWorld):
    """People, companies, deals and tickets. Only people are synced until `settings` say more (`switch_on`)."""

    settings: Any = field(default_factory=lambda: make_settings(fields=KINDS["contacts"].rules))

    def __post_init__(self) -> None:
        super().__post_init__()
        for spec in KINDS.values():
            properties = list(make_properties(spec))
            self.hubspot.schemas[spec.hubspot_object] = make_schema(Side.HUBSPOT, spec.hubspot_object, properties)
            for object in spec.salesforce_objects:
                fields = list(make_salesforce_fields(spec, object))
                self.salesforce.schemas[object] = make_schema(Side.SALESFORCE, object, fields)
        for (side, object), names in TASKS.items():
            statuses = [
                make_field(name, Family.CHOICE) for name in names.split() if name.endswith(("status", "Status"))
            ]
            texts = [make_field(name) for name in names.split() if not name.endswith(("status", "Status"))]
            memory = self.hubspot if side is Side.HUBSPOT else self.salesforce
            memory.schemas[object] = make_schema(
                side, object, [*texts, *statuses, make_field(KEY_FIELDS[side], unique=True)]
            )
        campaign = make_schema(Side.SALESFORCE, "Campaign", [make_field("IsActive", Family.FLAG)])
        self.salesforce.schemas["Campaign"] = campaign
        for number, name in enumerate((*OWNERS, "nobody"), start=1):
            for memory, id in ((self.hubspot, f"{number}"), (self.salesforce, f"00500000000000{number}AAA")):
                email = f"{name}.{memory.side}@x.example" if name == "nobody" else f"{name}@x.example"
                memory.owners.append(Owner(id=id, name=name.title(), email=email, active=True))

    def switch_on(self, *kinds: Kind) -> None:
        """Sync these kinds too, in the order in which kinds are synced."""
        objects = {kind: make_kind(kind) for kind in kinds if kind not in self.settings.objects} | dict(
            self.settings.objects
        )
        ordered = {kind: objects[kind] for kind in (*KINDS, *(k for k in objects if k not in KINDS)) if kind in objects}
        self.settings = replace(self.settings, objects=ordered)
