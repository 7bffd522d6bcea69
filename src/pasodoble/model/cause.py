"""Causes of trouble: HubSpot's nine categories, who can mend what, and one record's problem.

The catalogue itself (all causes) is `triggers`' and `words`' neighbour `model/causes.py`; vendors' codes are read in the
connectors and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pasodoble.model.side import Side


class Category(StrEnum):
    """HubSpot's nine categories of sync errors (E-01 to E-09), and the suspension of a side (E-30 to E-35)."""

    ASSOCIATIONS = "associations"
    CUSTOM_CODE = "custom_code"
    DUPLICATES = "duplicates"
    PERMISSIONS = "permissions"
    PICKLISTS = "picklists"
    PROPERTY_MAPPINGS = "property_mappings"
    PROPERTY_VALUES = "property_values"
    OTHER = "other"
    UNKNOWN = "unknown"
    SUSPENSION = "suspension"


class Disposition(StrEnum):
    """What is done about it, whatever the vendor's code was."""

    RETRY = "retry"
    """It passes by itself: try again by the schedule."""
    REPLAN = "replan"
    """What we knew is out of date: read and decide again."""
    SKIP_FIELD = "skip_field"
    """Leave the field out, carry the rest of the record, and tell."""
    SKIP_RECORD = "skip_record"
    """Leave the record until somebody mends the cause, or the record, mapping or schema changes."""
    PAUSE_SIDE = "pause_side"
    """Nothing can be written to that side for now."""
    STOP = "stop"
    """Nothing may go on before a person has looked."""


class Fixer(StrEnum):
    HUBSPOT_ADMIN = "hubspot_admin"
    SALESFORCE_ADMIN = "salesforce_admin"
    OPERATOR = "operator"
    NOBODY = "nobody"
    """It mends itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One entry of the catalogue. `id` is public and stable; the words for it are looked up by it."""

    id: str
    category: Category
    disposition: Disposition
    fixer: Fixer


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong with one record. `code` and `text` are the vendor's own words, for the technical detail."""

    cause: str
    side: Side
    code: str = ""
    text: str = ""
    fields: tuple[str, ...] = ()
    request_id: str = ""

    def is_worse_than(self, earlier: Problem) -> bool:
        """Whether what a person has put aside is no longer all there is: another refusal, or further fields."""
        return self.code != earlier.code or not set(self.fields) <= set(earlier.fields)
