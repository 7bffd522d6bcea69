"""Schemas of custom objects: what one holds beside its object type and its properties.

Making and changing them over HTTP does not belong here (see `api.schemas`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pasodoble.simulators.hubspot.links import LinkType
from pasodoble.simulators.hubspot.object_types import ObjectType


@dataclass(slots=True, kw_only=True)
class Schema:
    """One schema. `labels` by `singular` and `plural`; the display properties name properties of the type."""

    kind: ObjectType
    labels: dict[str, str]
    description: str | None
    primary: str | None
    secondary: list[str]
    created_ms: int
    updated_ms: int
    user_id: int | None
    archived_ms: int = 0
    links: dict[str, tuple[LinkType, int]] = field(default_factory=dict)
    """Association definitions by id, each with its moment of creation."""
