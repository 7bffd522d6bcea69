"""Sums of money: numbers that are never converted from one currency into another.

An amount and its currency code are one thing (MV-14): the code, where it is kept, is a line of its own with the choice codec,
and the amount is carried as it stands. Exchange rates do not belong here, nor anywhere in the mapping.
"""

from __future__ import annotations

from pasodoble.mapping.convert.codec import Codec
from pasodoble.mapping.convert.number import number_codec


def money_codec(scale: int | None) -> Codec:
    """`scale`: the decimals that Salesforce keeps."""
    return number_codec(scale, name="money")
