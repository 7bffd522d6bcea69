"""What a side says of its objects and fields, in our own families of types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pasodoble.model.side import Side


class Family(StrEnum):
    """Sorts of values that are converted alike."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    RICH_TEXT = "rich_text"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    NUMBER = "number"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    OWNER = "owner"
    REFERENCE = "reference"
    ID = "id"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSchema:
    """One field. `length` in characters, `scale` in decimal places, both None where the vendor names none.

    required   must be given when a record is created
    writable   may be written in an update; `creatable` in a create
    calculated a formula, roll-up or calculated property: a source only, and never a trigger
    restricted an option that is not listed is refused
    refers_to  objects that a reference may point at
    """

    name: str
    label: str
    family: Family
    vendor_type: str
    length: int | None = None
    scale: int | None = None
    options: tuple[Option, ...] = ()
    restricted: bool = False
    required: bool = False
    creatable: bool = True
    writable: bool = True
    calculated: bool = False
    unique: bool = False
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSchema:
    """One object as the signed-in user may see it: a field hidden from that user is not in `fields`."""

    side: Side
    object: str
    label: str
    fields: Mapping[str, FieldSchema]
    creatable: bool = True
    deletable: bool = True
