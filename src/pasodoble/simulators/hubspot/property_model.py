"""Property definitions and groups of a portal's object types, and which of them exist now.

Checking a value against its definition does not belong here (see `values`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, kw_only=True)
class Option:
    value: str
    label: str
    order: int = -1
    hidden: bool = False
    description: str | None = None


@dataclass(slots=True, kw_only=True)
class Property:
    """One definition. `type` and `field_type` in HubSpot's words; `external` options are owners and the like."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str
    description: str = ""
    options: list[Option] = field(default_factory=list)
    order: int = -1
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    hidden: bool = False
    form_field: bool = True
    external: bool = False
    references: str | None = None
    hubspot_defined: bool = True
    sensitivity: str = "non_sensitive"
    formula: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """Members that only travel through: numberDisplayHint, showCurrencySymbol, currencyPropertyName."""
    created_ms: int = 0
    updated_ms: int = 0
    created_by: str | None = None
    updated_by: str | None = None
    archived_ms: int = 0
    choices: frozenset[str] = frozenset()
    """Values of `options`, kept beside them for quick checks."""

    def __post_init__(self) -> None:
        self.refresh_choices()

    def refresh_choices(self) -> None:
        self.choices = frozenset(option.value for option in self.options)


@dataclass(slots=True, kw_only=True)
class PropertyGroup:
    name: str
    label: str
    order: int = -1
    archived: bool = False


class PropertyBook:
    """The properties of one object type: live ones by name, archived ones apart, and the groups."""

    def __init__(self) -> None:
        self.live: dict[str, Property] = {}
        self.archived: dict[str, Property] = {}
        self.groups: dict[str, PropertyGroup] = {}
        self.unique: list[str] = []
        """Names of the live properties whose values are unique."""

    def add(self, definition: Property) -> None:
        self.live[definition.name] = definition
        self.archived.pop(definition.name, None)
        if definition.unique and definition.name not in self.unique:
            self.unique.append(definition.name)

    def archive(self, name: str, ms: int) -> None:
        definition = self.live.pop(name)
        definition.archived_ms = ms
        self.archived[name] = definition
        if name in self.unique:
            self.unique.remove(name)

    def get(self, name: str) -> Property | None:
        return self.live.get(name)
