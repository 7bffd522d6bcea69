"""A schema as a document that can be kept, and back: what the last look at both accounts found, to hold the next against.

What has changed between two of them is `drift`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson

from pasodoble.model.schema import Family, FieldSchema, ObjectSchema, Option
from pasodoble.model.side import Side


def render_schema(schema: ObjectSchema) -> str:
    return orjson.dumps(asdict(schema)).decode()


def parse_schema(text: str) -> ObjectSchema:
    """What `render_schema` has written; keys that it did not know are as in a field that says nothing of them."""
    kept: dict[str, Any] = orjson.loads(text)
    fields = {name: _parse_field(field) for name, field in kept.pop("fields").items()}
    return ObjectSchema(**{**kept, "side": Side(kept["side"]), "fields": fields})


def _parse_field(kept: Mapping[str, Any]) -> FieldSchema:
    return FieldSchema(
        **{
            **kept,
            "family": Family(kept["family"]),
            "options": tuple(Option(**option) for option in kept["options"]),
            "refers_to": tuple(kept["refers_to"]),
        }
    )
