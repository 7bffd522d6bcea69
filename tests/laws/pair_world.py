"""A small world for the core's tests: one pair of objects with a line of every sort, and two vendors that reshape what they get.

The vendors here are dictionaries. They trim, lower-case, round and default as the real ones do, so that what is read back is
often not what was written: exactly what a merge has to live with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from pasodoble.mapping.apply import CompiledMapping, compile_mapping
from pasodoble.model.link import NO_BASE, Base
from pasodoble.model.operation import Create, Delete, Step, Update
from pasodoble.model.record import Snapshot, Version
from pasodoble.model.ref import Ref
from pasodoble.model.rule import FieldRule, Policy, UpdateRule
from pasodoble.model.schema import Family, FieldSchema, ObjectSchema, Option
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import Raw

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
REFS = Pair(Ref(Side.HUBSPOT, "contacts", "101"), Ref(Side.SALESFORCE, "Lead", "00Q000000000001AAA"))
ANA, BO, NOBODY = (f"00500000000000{n}AAA" for n in (1, 2, 3))
OWNERS = Pair({"7": ANA, "8": BO}, {ANA: "7", BO: "8"})


class Directory:
    """Two owners that match each other; `9` and NOBODY match nobody."""

    def owner(self, side: Side, id: str) -> str | None:
        return OWNERS[side].get(id)

    def record(self, side: Side, id: str) -> str | None:
        return None


DIRECTORY = Directory()


def make_field(name: str, family: Family, **more: object) -> FieldSchema:
    return replace(FieldSchema(name=name, label=name, family=family, vendor_type=family), **more)  # type: ignore[arg-type]


TEXTS = Pair(Family.TEXT, Family.TEXT)
AT_NOON = Pair(NOON, NOON)


@dataclass(frozen=True)
class Row:
    """One line of the world's mapping: the property's name is the key, the field's name is capitalised."""

    key: str
    rule: UpdateRule
    families: Pair[Family] = TEXTS
    policy: Policy = Policy.RULE
    values: Mapping[str, str] = field(default_factory=dict)
    of_field: Mapping[str, object] = field(default_factory=dict)
    of_property: Mapping[str, object] = field(default_factory=dict)

    @property
    def names(self) -> Pair[str]:
        return Pair(self.key, self.key.title().replace("_", "") + "__c")


def _both(family: Family) -> Pair[Family]:
    return Pair(family, family)


OPTIONS = Pair(
    tuple(Option(value=v, label=v) for v in ("new", "open", "won")),
    tuple(Option(value=v, label=v) for v in ("New", "Open", "Won")),
)

ROWS = (
    Row("email", UpdateRule.TWO_WAY, _both(Family.EMAIL), Policy.NEVER_BLANK),
    Row("lastname", UpdateRule.TWO_WAY, of_field={"required": True, "length": 12}),
    Row("prefer_sf", UpdateRule.PREFER_SALESFORCE),
    Row("always_sf", UpdateRule.ALWAYS_SALESFORCE),
    Row("prefer_hs", UpdateRule.PREFER_HUBSPOT),
    Row("always_hs", UpdateRule.ALWAYS_HUBSPOT),
    Row("secret", UpdateRule.DONT_SYNC),
    Row("amount", UpdateRule.TWO_WAY, _both(Family.NUMBER), of_field={"scale": 2}),
    Row("day", UpdateRule.TWO_WAY, Pair(Family.DATE, Family.MOMENT)),
    Row("ticked", UpdateRule.TWO_WAY, _both(Family.FLAG)),
    Row(
        "phase",
        UpdateRule.TWO_WAY,
        _both(Family.CHOICE),
        values={"new": "New", "open": "Open", "won": "Won"},
        of_field={"options": OPTIONS.salesforce, "restricted": True},
        of_property={"options": OPTIONS.hubspot, "restricted": True},
    ),
    Row("score", UpdateRule.PREFER_SALESFORCE, _both(Family.NUMBER), of_field={"calculated": True, "writable": False}),
    Row("owner", UpdateRule.PREFER_SALESFORCE, _both(Family.OWNER), Policy.OWNER),
    Row("opted_out", UpdateRule.TWO_WAY, _both(Family.FLAG), Policy.OPT_OUT),
)
BY_KEY = {row.key: row for row in ROWS}


def make_settings(rows: Iterable[Row] = ROWS) -> ObjectSettings:
    rules = tuple(
        FieldRule(
            hubspot=row.names.hubspot,
            salesforce={"Lead": row.names.salesforce},
            rule=row.rule,
            values=row.values,
            policy=row.policy,
        )
        for row in rows
    )
    return ObjectSettings(
        kind="contacts",
        hubspot_object="contacts",
        salesforce_objects=("Lead",),
        create_in_salesforce="Lead",
        match=("email",),
        fields=rules,
    )


def make_schemas(rows: Iterable[Row] = ROWS) -> Pair[ObjectSchema]:
    fields = Pair(
        {row.key: make_field(row.key, row.families.hubspot, **row.of_property) for row in rows},
        {
            row.names.salesforce: make_field(row.names.salesforce, row.families.salesforce, **row.of_field)
            for row in rows
        },
    )
    objects = Pair("contacts", "Lead")
    return Pair(*(ObjectSchema(side=s, object=objects[s], label=objects[s], fields=fields[s]) for s in SIDES))


def make_mapping(rows: Iterable[Row] = ROWS) -> CompiledMapping:
    rows = tuple(rows)
    return compile_mapping(make_settings(rows), "Lead", make_schemas(rows))


MAPPING = make_mapping()


def reshape(row: Row, side: Side, raw: Raw) -> Raw:
    """What the vendor makes of a value that it is given."""
    family = row.families[side]
    if isinstance(raw, str):
        raw = raw.strip() or None
    if side is Side.SALESFORCE:
        if family is Family.FLAG:
            return bool(raw)
        if family is Family.NUMBER and raw is not None:
            rounded = Decimal(str(raw)).quantize(Decimal("0.01"), ROUND_HALF_UP)
            return float(rounded)
        return raw
    if raw is None:
        return None
    return str(raw).lower() if isinstance(raw, bool) or family is Family.EMAIL else str(raw)


@dataclass(frozen=True, slots=True)
class Twin:
    """Both records as their vendors hold them, and when each was changed last; None for one that was deleted."""

    fields: Pair[Mapping[str, Raw]]
    modified_at: Pair[datetime] = AT_NOON
    history: Pair[Mapping[str, tuple[Version, ...]]] = field(default_factory=lambda: Pair({}, {}))

    def snapshots(self, seen_at: datetime) -> Pair[Snapshot]:
        return Pair(
            *(
                Snapshot(
                    ref=REFS[s],
                    fields=self.fields[s],
                    modified_at=self.modified_at[s],
                    seen_at=seen_at,
                    history=self.history[s],
                )
                for s in SIDES
            )
        )

    def put(self, side: Side, values: Mapping[str, Raw], at: datetime) -> Twin:
        """These values are written on that side, by whomever."""
        rows = {row.names[side]: row for row in ROWS}
        reshaped = {name: reshape(rows[name], side, raw) for name, raw in values.items()}
        return replace(
            self,
            fields=self.fields.put(side, {**self.fields[side], **reshaped}),
            modified_at=self.modified_at.put(side, at) if values else self.modified_at,
        )

    def apply(self, steps: Iterable[Step], at: datetime) -> Twin:
        """All steps succeed."""
        twin = self
        for step in steps:
            assert isinstance(step.operation, Update), step
            twin = twin.put(step.operation.ref.side, step.operation.fields, at)
        return twin

    def reads(self, key: str) -> Pair[object]:
        """What both sides hold in one line, canonical."""
        line = MAPPING.by_key[key]
        return Pair(*(line.codec.read(s, self.fields[s][line.names[s]]) for s in SIDES))


def blank_twin() -> Twin:
    """Both records with every field blank, as their vendors say so."""
    fields = Pair(*({row.names[s]: reshape(row, s, None) for row in ROWS} for s in SIDES))
    return Twin(fields)


LATER = timedelta(minutes=1)

__all__ = [
    "ANA",
    "BO",
    "BY_KEY",
    "DIRECTORY",
    "LATER",
    "MAPPING",
    "NOBODY",
    "NOON",
    "NO_BASE",
    "REFS",
    "ROWS",
    "Base",
    "Create",
    "Delete",
    "Directory",
    "Row",
    "Twin",
    "blank_twin",
    "make_field",
    "make_mapping",
    "make_schemas",
    "make_settings",
    "reshape",
]
