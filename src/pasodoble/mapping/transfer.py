"""Mappings in and out: as CSV in the columns of HubSpot's own export (M-18), and as the lines of a settings file.

Files do not belong here: text goes in and out. Whether an imported mapping is sound is `check`'s matter.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from types import MappingProxyType

from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.spec import DEFAULT_RULE, make_rule
from pasodoble.model.message import Message
from pasodoble.model.rule import FieldRule, UpdateRule
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import ObjectSettings

COLUMNS = ("HubSpot Field Name", "Salesforce Field Name", "Sync Rule", "Status", "Mapping type")
RULE_NAMES: Mapping[UpdateRule, str] = MappingProxyType(
    {
        UpdateRule.TWO_WAY: "Two-way",
        UpdateRule.PREFER_SALESFORCE: "Prefer Salesforce unless blank",
        UpdateRule.ALWAYS_SALESFORCE: "Always use Salesforce",
        UpdateRule.PREFER_HUBSPOT: "Prefer HubSpot unless blank",
        UpdateRule.ALWAYS_HUBSPOT: "Always use HubSpot",
        UpdateRule.DONT_SYNC: "Don't sync",
    }
)
"""HubSpot's own words for its four rules, and ours for the two mirrors."""
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Imported:
    """rules     in the order of the file; problems   what could not be taken over, each with its `line` (from 1)."""

    rules: tuple[FieldRule, ...]
    problems: tuple[Message, ...]


# --- out -------------------------------------------------------------------------------------------------------------


def render_csv(settings: ObjectSettings) -> str:
    """The mapping as HubSpot's export has it; internal names, so that it can be read back."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_defuse(cell) for cell in _render_row(rule, settings)] for rule in settings.fields)
    return out.getvalue()


def _render_row(rule: FieldRule, settings: ObjectSettings) -> tuple[str, ...]:
    spec = KINDS.get(settings.kind)
    standard = spec is not None and any(
        rule.hubspot == known.hubspot and dict(rule.salesforce) == dict(known.salesforce) for known in spec.rules
    )
    status = "Off" if rule.rule is UpdateRule.DONT_SYNC else "Waiting for a backfill" if rule.dormant else "Active"
    names = render_names(rule, settings.salesforce_objects)
    return rule.hubspot, names, RULE_NAMES[rule.rule], status, "Standard" if standard else "Custom"


def render_names(rule: FieldRule, objects: Sequence[str]) -> str:
    """`Title` where it is the same everywhere, else `Lead.Street; Contact.MailingStreet`."""
    names = rule.salesforce
    if set(names) == set(objects) and len(set(names.values())) == 1:
        return next(iter(names.values()))
    return "; ".join(f"{object}.{name}" for object, name in names.items())


def _defuse(cell: str) -> str:
    """No cell is a formula to whoever opens the file."""
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell


def render_lines(rules: Iterable[FieldRule], objects: Sequence[str]) -> list[dict[str, object]]:
    """The mapping as the `fields` of a settings file: plain data, nothing said that goes without saying."""
    return [_render_line(rule, objects) for rule in rules]


def _render_line(rule: FieldRule, objects: Sequence[str]) -> dict[str, object]:
    names = dict(rule.salesforce)
    everywhere = set(names) == set(objects) and len(set(names.values())) == 1
    extras = {
        "values": dict(rule.values),
        "values_back": dict(rule.values_back),
        "converter": rule.converter,
    }
    return {
        "hubspot": rule.hubspot,
        "salesforce": next(iter(names.values())) if everywhere else names,
        "rule": str(rule.rule),
        **{key: value for key, value in extras.items() if value},
    }


# --- in --------------------------------------------------------------------------------------------------------------


def parse_csv(
    text: str, objects: Sequence[str], *, hubspot: ObjectSchema | None = None, salesforce: Sequence[ObjectSchema] = ()
) -> Imported:
    """Rules from a CSV in those columns. Names may be labels where the schemas are given; column order does not matter.

    A row that cannot be taken over is a problem and no rule; one to one is kept: the first row that names a field has it.
    """
    rows = csv.DictReader(StringIO(text.removeprefix("\ufeff")))
    header = {name.strip().lower(): name for name in rows.fieldnames or ()}
    missing = [name for name in COLUMNS[:2] if name.lower() not in header]
    if missing:
        return Imported((), (Message.of("import.no_column", line=1, columns=", ".join(missing)),))
    labels = _Labels(hubspot, salesforce)
    rules: list[FieldRule] = []
    problems: list[Message] = []
    taken: set[tuple[str, str]] = set()
    for row in rows:
        cells = {key: (row.get(name) or "").strip().removeprefix("'") for key, name in header.items()}
        made = _parse_row(cells, objects, labels, rows.line_num)
        ends = set() if isinstance(made, Message) else {("", made.hubspot), *made.salesforce.items()}
        if isinstance(made, Message):
            problems.append(made)
        elif taken & ends:
            problems.append(Message.of("import.mapped_already", line=rows.line_num, field=made.hubspot))
        else:
            taken |= ends
            rules.append(made)
    return Imported(tuple(rules), tuple(problems))


class _Labels:
    """Finds fields by internal name, else by label, where the schemas are known."""

    def __init__(self, hubspot: ObjectSchema | None, salesforce: Sequence[ObjectSchema]) -> None:
        self._schemas = {schema.object: schema for schema in salesforce}
        if hubspot is not None:
            self._schemas[""] = hubspot

    def find(self, name: str, object: str = "") -> str | None:
        """The internal name; `name` itself where the schema is not known; None if there is no such field."""
        schema = self._schemas.get(object)
        if schema is None or name in schema.fields:
            return name
        wanted = name.lower()
        return next((f.name for f in schema.fields.values() if wanted in (f.name.lower(), f.label.lower())), None)


def _parse_row(cells: Mapping[str, str], objects: Sequence[str], labels: _Labels, line: int) -> FieldRule | Message:
    hubspot_name, salesforce_name, rule_name = (cells.get(column.lower(), "") for column in COLUMNS[:3])
    if not hubspot_name or not salesforce_name:
        return Message.of("import.name_missing", line=line)
    hubspot = labels.find(hubspot_name)
    if hubspot is None:
        return Message.of("import.no_field", line=line, field=hubspot_name)
    salesforce = _parse_names(salesforce_name, objects, labels)
    if not salesforce:
        return Message.of("import.no_field", line=line, field=salesforce_name)
    rule = parse_rule(rule_name)
    if rule is None:
        return Message.of("import.no_rule", line=line, rule=rule_name)
    off = cells.get("status", "").lower() in ("off", "inactive", "paused", "disabled")
    return make_rule(hubspot, salesforce, objects, UpdateRule.DONT_SYNC if off else rule)


def _parse_names(text: str, objects: Sequence[str], labels: _Labels) -> dict[str, str]:
    """`Title`, or `Lead.Street; Contact.MailingStreet`. A name without an object holds for every one that has the field."""
    names: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        object, dot, name = part.partition(".")
        wanted = [(object, name)] if dot and object in objects else [(one, part) for one in objects]
        found = {one: found for one, label in wanted if (found := labels.find(label, one))}
        names |= found
    return names


def parse_rule(text: str) -> UpdateRule | None:
    """By our key or by HubSpot's words, by their letters alone; the default where nothing is said."""
    return _RULES_BY_LETTERS.get(_letters(text)) if text.strip() else DEFAULT_RULE


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalpha())


_RULES_BY_LETTERS = {_letters(name): rule for rule, said in RULE_NAMES.items() for name in (said, rule)}
