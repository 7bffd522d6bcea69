"""The shipped mappings: what each kind joins by default, a file a kind. What is done with the lines does not belong here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pasodoble.mapping.presets import activities, companies, contacts, deals, tickets
from pasodoble.mapping.spec import KindSpec
from pasodoble.model.ref import Kind

KINDS: Mapping[Kind, KindSpec] = MappingProxyType(
    {spec.kind: spec for spec in (companies.SPEC, contacts.SPEC, deals.SPEC, tickets.SPEC)}
)
"""The standard kinds, in the order in which they are synced: what others point at comes first."""

ACTIVITIES: Mapping[Kind, KindSpec] = MappingProxyType({spec.kind: spec for spec in activities.SPECS})
"""Activities that a Salesforce task or event answers to. Their fields are fixed (M-22)."""
