"""One change event of Salesforce's, read: what its header says, and which fields it names, by their API names.

Source: CDC Developer Guide, "Change Event Message Structure"; Pub/Sub API, "Event Deserialization Considerations". What an
event means to us is said in `signals.py`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import fastavro
import orjson

from pasodoble.connectors.salesforce.ids import to_18

Field = Mapping[str, Any]
"""A field of an Avro record, as its schema spells it."""

_STAMPS: Final = frozenset({"LastModifiedById", "LastModifiedDate", "SystemModstamp"})
"""Every update names them; they say nothing of what was changed."""


class Unreadable(ValueError):
    """A payload that its schema does not fit, or that lacks the header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """`change` is CREATE, UPDATE, DELETE, UNDELETE, one of the GAP_ kinds, or SNAPSHOT.

    ids      18 characters each; a wildcard or the empty id where Salesforce does not tell which
    fields   those that an update changed, parts of a compound field by their own API names; sorted
    values   what the body tells, by API name: everything for CREATE and UNDELETE, only what changed for UPDATE. Moments
             are milliseconds, a long text may be a diff: good for telling what happened, never for copying
    """

    object: str
    change: str
    ids: tuple[str, ...]
    at: datetime
    user_id: str
    origin: str
    fields: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict, repr=False)


class EventSchema:
    """The schema of one version of an object's events: decodes payloads, and names the fields that bitmaps count."""

    def __init__(self, text: str) -> None:
        written = orjson.loads(text)
        self._avro = fastavro.parse_schema(written, named_schemas={})
        self._fields: Sequence[Field] = written["fields"]
        records = {record["name"]: record["fields"] for record in _records_in(self._fields)}
        self._parts = [_parts_of(one, records) for one in self._fields]

    def read(self, payload: bytes) -> ChangeEvent:
        """Raises Unreadable."""
        try:
            body: Any = fastavro.schemaless_reader(io.BytesIO(payload), self._avro, None)
            header = body.pop("ChangeEventHeader")
            named = [header[name] for name in ("changedFields", "nulledFields", "diffFields")]
            changed = {name for maps in named for name in self.spell_fields(maps)}
            return ChangeEvent(
                object=header["entityName"],
                change=header["changeType"],
                ids=tuple(to_18(id) for id in header["recordIds"]),
                at=datetime.fromtimestamp(header["commitTimestamp"] / 1000, UTC),
                user_id=to_18(header["commitUser"]),
                origin=header["changeOrigin"],
                fields=tuple(sorted(changed - _STAMPS or changed)),
                values=self._flatten(body),
            )
        except (AttributeError, EOFError, IndexError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise Unreadable(f"a change event does not fit its schema ({type(error).__name__})") from error

    def spell_fields(self, bitmaps: Iterable[str]) -> Iterator[str]:
        """API names of what bitmaps name: `0x400800` counts the record's fields, `4-0x01` the parts of its fifth.

        A compound field that is named as a whole stands for all its parts.
        """
        for bitmap in bitmaps:
            outer, dash, digits = bitmap.rpartition("-")
            for place in _bits(digits):
                if dash:
                    yield self._parts[int(outer)][place]
                elif self._parts[place]:
                    yield from self._parts[place]
                else:
                    yield self._fields[place]["name"]

    def _flatten(self, body: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for one, parts in zip(self._fields, self._parts, strict=True):
            value = body.get(one["name"])
            if isinstance(value, dict):
                values.update(zip(parts, value.values(), strict=True))
            elif value is not None:
                values[one["name"]] = value
        return values


def _bits(digits: str) -> Iterator[int]:
    """Places of the ones, the least significant being 0."""
    number = int(digits, 16)
    return (place for place in range(number.bit_length()) if number >> place & 1)


def _records_in(fields: Sequence[Field]) -> Iterator[Mapping[str, Any]]:
    for one in fields:
        for branch in one["type"] if isinstance(one["type"], list) else ():
            if isinstance(branch, dict) and branch.get("type") == "record":
                yield branch


def _parts_of(whole: Field, records: Mapping[str, Sequence[Field]]) -> tuple[str, ...]:
    """API names of a compound field's parts, in order; none for a plain field.

    A record type that was spelled out before is met again by its name alone, with or without its namespace.
    """
    for branch in whole["type"] if isinstance(whole["type"], list) else ():
        name = branch["name"] if isinstance(branch, dict) else str(branch).rpartition(".")[2]
        if name in records:
            return tuple(_spell_part(whole["name"], name, part["name"]) for part in records[name])
    return ()


def _spell_part(whole: str, record: str, part: str) -> str:
    """`BillingAddress` + City: BillingCity. `Spot__c` + Latitude: Spot__Latitude__s. A person's names stand alone."""
    if whole.endswith("__c"):
        return f"{whole.removesuffix('__c')}__{part}__s"
    return whole.removesuffix("Address") + part if record == "Address" else part
