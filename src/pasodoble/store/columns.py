"""How our values are spelled in columns: refs, moments, enums, documents. The same on SQLite and PostgreSQL.

What a column is *for* does not belong here; that is in `tables`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import orjson
from sqlalchemy import BigInteger, Dialect, Integer, SmallInteger, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from pasodoble.model.message import Message
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.value import MISSING, Value

Json = Any
"""What JSON can say."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
LETTERS: Final = {Side.HUBSPOT: "H", Side.SALESFORCE: "S"}
SIDES: Final = {letter: side for side, letter in LETTERS.items()}
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

NUMBER: Final[TypeEngine[int]] = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number; on SQLite in the one spelling that makes a primary key the row's own number."""

SMALL: Final = SmallInteger()

EXACT: Final[TypeEngine[str]] = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is compared byte by byte on both databases, so that a prefix is a range of the index."""


def spell_moment(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND


def read_moment(number: int) -> datetime:
    return EPOCH + timedelta(microseconds=number)


def spell_ref(ref: Ref) -> str:
    return f"{ref.id}:{LETTERS[ref.side]}:{ref.object}"


def read_ref(text: str) -> Ref:
    id, letter, object = text.split(":", 2)
    return Ref(SIDES[letter], object, id)


def spell_value(value: Value) -> Json:
    """A canonical value in JSON. No canonical value is a number, so 0 can stand for MISSING."""
    return 0 if value is MISSING else value


def read_value(spelled: Json) -> Value:
    return MISSING if spelled == 0 and spelled is not False else spelled


def spell_message(message: Message) -> Json:
    return [message.id, *message.params]


def read_message(spelled: Json) -> Message:
    id, *params = spelled
    return Message(id, tuple((name, text) for name, text in params))


def dump(document: Json) -> str:
    return orjson.dumps(document).decode()


def clean(text: str) -> str:
    """Text that came from a CRM, without what no database can hold: NUL, half a character."""
    return text if text.isascii() and "\0" not in text else UNSTORABLE.sub("", text)


class Moment(TypeDecorator[datetime]):
    """Microseconds since 1970; outside always an aware datetime in UTC."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else spell_moment(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else read_moment(value)


class RefText(TypeDecorator[Ref]):
    """A ref as `101:H:contacts`: the id first, so that the beginning of an id is a range of the index."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: Ref | None, dialect: Dialect) -> str | None:
        return None if value is None else spell_ref(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Ref | None:
        return None if value is None else read_ref(value)


class Chosen(TypeDecorator[StrEnum]):
    """A member of an enum, by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, choices: type[StrEnum]) -> None:
        super().__init__()
        self.choices = choices

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.choices(value)


class Document(TypeDecorator[Json]):
    """A JSON document as text: read and written whole, never searched."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Json, dialect: Dialect) -> str | None:
        return None if value is None else dump(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:
        return None if value is None else orjson.loads(value)


class Foreign(TypeDecorator[str]):
    """Text that came from a CRM."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)
