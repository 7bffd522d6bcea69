"""What a field holds, in one canonical spelling, so that two values agree exactly when they are equal.

A canonical value is text, a truth value or a blank: numbers, dates, times and sets are spelled as text by the converter of
their family (`mapping/convert`), which alone knows how. So values compare, hash and store as they are.

Five kinds of nothing are kept apart: a blank (None) is a value; MISSING is "not known here" (the field is absent from an
answer, or may not be read); a failed read is an error and never reaches a value.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class Missing(Enum):
    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING

Value = str | bool | None | Missing
"""Canonical: text, truth value, blank (None), or MISSING."""

Raw = str | bool | int | float | None
"""As a vendor's JSON holds it."""
