"""Which codec fits which two types of fields (MT-01 to MT-10, and what HubSpot's page does not say), as a table.

A pair of families that is not in the table cannot be mapped (M-12). How a codec works does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import MappingProxyType

from pasodoble.errors import MappingError
from pasodoble.mapping.convert import choice, contact, flag, moment, money, number, reference, rich, text
from pasodoble.mapping.convert.codec import Codec
from pasodoble.model.rule import FieldRule
from pasodoble.model.schema import Family, FieldSchema
from pasodoble.model.side import SIDES, Pair, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """What a codec is made of: the two fields, the line that joins them, and the zone that says which day a moment is."""

    fields: Pair[FieldSchema]
    rule: FieldRule
    zone: tzinfo = UTC

    @property
    def lengths(self) -> Pair[int | None]:
        hubspot = self.fields.hubspot.length
        return Pair(text.HUBSPOT_LENGTH if hubspot is None else hubspot, self.fields.salesforce.length or None)

    @property
    def scale(self) -> int | None:
        return self.fields.salesforce.scale

    @property
    def options(self) -> choice.Options:
        """The value map both ways; where two HubSpot options answer to one of Salesforce, the first one comes back."""
        there = self.rule.values
        back = {salesforce: hubspot for hubspot, salesforce in reversed(tuple(there.items()))} | dict(
            self.rule.values_back
        )
        return choice.Options(
            names=Pair(there, back), known=Pair(*(_known_options(self.fields, side) for side in SIDES))
        )


def _known_options(fields: Pair[FieldSchema], side: Side) -> frozenset[str] | None:
    """The options that may be sent to a side; None where any text goes, or where the vendor did not list them.

    HubSpot takes hidden options too, and some properties' options live elsewhere. Salesforce would store an unlisted value
    in a list that is not restricted; it is refused all the same (MV-01), before a list fills with misspellings.
    """
    field = fields[side]
    if field.family not in (Family.CHOICE, Family.CHOICES) or not field.options:
        return None
    if side is Side.HUBSPOT:
        return frozenset(option.value for option in field.options) if field.restricted else None
    return frozenset(option.value for option in field.options if option.active)


CODECS: Mapping[str, Callable[[Join], Codec]] = MappingProxyType(
    {
        "text": lambda join: text.text_codec(join.lengths),
        "cut_text": lambda join: text.cut_text_codec(join.lengths),
        "rich_text": lambda join: rich.rich_codec(join.fields.map(_is_marked), join.lengths),
        "email": lambda join: contact.email_codec(join.lengths),
        "phone": lambda join: contact.phone_codec(join.lengths),
        "url": lambda join: contact.url_codec(join.lengths),
        "number": lambda join: number.number_codec(join.scale),
        "money": lambda join: money.money_codec(join.scale),
        "percent": lambda join: number.percent_codec(join.scale),
        "date": lambda join: moment.date_codec(),
        "moment": lambda join: moment.moment_codec(),
        "day_of_moment": lambda join: moment.day_of_moment_codec(_moment_side(join.fields), join.zone),
        "time": lambda join: moment.time_codec(),
        "flag": lambda join: flag.flag_codec(),
        "choice": lambda join: choice.choice_codec(join.options),
        "choices": lambda join: choice.choices_codec(join.options),
        "owner": lambda join: reference.owner_codec(),
        "reference": lambda join: reference.reference_codec(),
        "record_type": lambda join: reference.record_type_codec(join.options.names),
        "id": lambda join: reference.id_codec(),
    }
)
"""Every codec by its public name."""


def _is_marked(field: FieldSchema) -> bool:
    return field.family is Family.RICH_TEXT


def _moment_side(fields: Pair[FieldSchema]) -> Side:
    return Side.HUBSPOT if fields.hubspot.family is Family.MOMENT else Side.SALESFORCE


_TEXTS = (Family.TEXT, Family.LONG_TEXT)
_NUMBERS = (Family.NUMBER, Family.MONEY, Family.PERCENT)


def _table() -> dict[tuple[Family, Family], tuple[str, ...]]:
    """By HubSpot's family and Salesforce's: the codecs that fit, the usual one first."""
    f = Family
    table: dict[tuple[Family, Family], tuple[str, ...]] = {
        (f.TEXT, f.TEXT): ("text", "cut_text"),  # MT-05
        (f.TEXT, f.LONG_TEXT): ("text", "cut_text"),
        (f.LONG_TEXT, f.LONG_TEXT): ("text", "cut_text"),  # MT-06
        (f.RICH_TEXT, f.TEXT): ("rich_text",),
        (f.RICH_TEXT, f.LONG_TEXT): ("rich_text",),
        (f.RICH_TEXT, f.RICH_TEXT): ("rich_text",),
        (f.TEXT, f.RICH_TEXT): ("rich_text",),
        (f.LONG_TEXT, f.RICH_TEXT): ("rich_text",),
        (f.TEXT, f.TIME): ("time",),
        (f.TEXT, f.CHOICE): ("choice",),  # MD-01 itself joins Industry, a list in Salesforce, to a text
        (f.TEXT, f.CHOICES): ("choices",),
        (f.TEXT, f.REFERENCE): ("id", "reference", "record_type"),
        (f.TEXT, f.OWNER): ("id",),
        (f.TEXT, f.ID): ("id",),
        (f.NUMBER, f.REFERENCE): ("reference",),
        (f.CHOICE, f.CHOICE): ("choice",),  # MT-01
        (f.CHOICE, f.TEXT): ("choice",),
        (f.CHOICE, f.REFERENCE): ("record_type", "reference"),
        (f.CHOICES, f.CHOICES): ("choices",),  # MT-02
        (f.FLAG, f.FLAG): ("flag",),  # MT-03
        (f.DATE, f.DATE): ("date",),  # MT-07
        (f.DATE, f.MOMENT): ("day_of_moment",),
        (f.MOMENT, f.MOMENT): ("moment",),
        (f.MOMENT, f.DATE): ("day_of_moment",),
        (f.OWNER, f.OWNER): ("owner",),
        (f.REFERENCE, f.REFERENCE): ("reference",),
    }
    for family, name in ((f.EMAIL, "email"), (f.PHONE, "phone"), (f.URL, "url")):
        table[(family, family)] = (name, "text")
        table |= {(family, plain): (name, "text", "cut_text") for plain in _TEXTS}
        table |= {(f.TEXT, family): (name, "text")}
    for ours in _NUMBERS:  # MT-04
        table |= {(ours, f.NUMBER): ("number",), (ours, f.MONEY): ("money",), (ours, f.PERCENT): ("number", "percent")}
    table[(f.PERCENT, f.PERCENT)] = ("percent", "number")
    return table


FITTING: Mapping[tuple[Family, Family], tuple[str, ...]] = MappingProxyType(_table())


def find_codec_name(fields: Pair[FieldSchema], rule: FieldRule) -> str | None:
    """The codec that the line names, if it fits both types; else the usual one for them; None if there is none."""
    fitting = FITTING.get((fields.hubspot.family, fields.salesforce.family), ())
    if rule.converter:
        return rule.converter if rule.converter in fitting else None
    return fitting[0] if fitting else None


def build_codec(join: Join) -> Codec:
    """Raises MappingError where the two types cannot be joined."""
    name = find_codec_name(join.fields, join.rule)
    if name is None:
        ours, theirs = join.fields.map(lambda field: f"{field.name} ({field.family})")
        raise MappingError(
            f"HubSpot's {ours} cannot be joined to Salesforce's {theirs}.", next_step="pasodoble mapping lint"
        )
    return CODECS[name](join)
