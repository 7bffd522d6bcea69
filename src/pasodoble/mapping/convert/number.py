"""Numbers and percentages: plain decimal text without exponent, trailing zeros or a sign on zero.

`1500000.0`, `"1500000"` and `1.5e6` are all `1500000`. Salesforce keeps a fixed number of decimals, HubSpot what it is given:
crossing to Salesforce rounds, and a number agrees with its rounded self. Sums of money do not belong here (`money`).
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal

from pasodoble.mapping.convert.codec import Carried, Codec, Cross, Lookup, Loss, Spelling, Unfit, UnreadableValue
from pasodoble.model.side import Pair
from pasodoble.model.value import Raw, Value

_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)
_LONGEST_EXPONENT = 300
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
SALESFORCE_DIGITS = 18
"""Digits before the point and after it, together, that a number of Salesforce holds."""
FLOAT_DIGITS = 15
"""Digits that survive anybody's floating point, so that a JSON number is safe."""
HUNDRED = Decimal(100)


def read_number(raw: Raw) -> Value:
    """Raises UnreadableValue for what is no finite number."""
    if isinstance(raw, str) and raw.isascii() and raw.isdecimal() and raw[0] != "0":
        return raw
    if type(raw) is int:
        return str(raw)
    if type(raw) is float and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    text = str(raw).strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise UnreadableValue("value.invalid_number")
    return spell_decimal(Decimal(text))


def spell_decimal(number: Decimal) -> str:
    if number == 0:
        return "0"
    if abs(number.adjusted()) > _LONGEST_EXPONENT:
        raise UnreadableValue("value.invalid_number")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_number(number: Decimal, scale: int | None) -> Decimal:
    """Half away from zero, as both vendors do on their pages. `scale`: decimals kept; None keeps all."""
    return number if scale is None else number.quantize(Decimal(1).scaleb(-scale), context=_EXACT)


def cross_number(scale: int | None, *, factor: Decimal = Decimal(1), digits: int | None = None) -> Cross:
    """`digits`: how many the other side holds in all."""

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        number = round_number(_EXACT.multiply(Decimal(value), factor), scale)
        if digits is not None and number.adjusted() + 1 + (scale or 0) > digits:
            return Unfit("value.out_of_range", str(digits))
        return spell_decimal(number)

    return cross


def render_digits(value: str | bool) -> Raw:
    """For HubSpot, which takes numbers as text."""
    return value


def render_number(value: str | bool) -> Raw:
    """For Salesforce: a JSON number, or text where floating point would bend it."""
    text = str(value)
    if sum(c.isdigit() for c in text) > FLOAT_DIGITS:
        return text
    return float(text) if "." in text else int(text)


NUMBER = Pair(Spelling(read_number, render_digits), Spelling(read_number, render_number))


def number_codec(scale: int | None, *, name: str = "number") -> Codec:
    """`scale`: the decimals that Salesforce keeps, None if it names none."""
    across = Pair(cross_number(scale, digits=SALESFORCE_DIGITS), cross_number(None))
    return Codec(name=name, loss=Loss.LOSSLESS, spellings=NUMBER, across=across)


def percent_codec(scale: int | None) -> Codec:
    """HubSpot holds one half as 0.5, Salesforce as 50."""
    to_salesforce = cross_number(scale, factor=HUNDRED, digits=SALESFORCE_DIGITS)
    across = Pair(to_salesforce, cross_number(None, factor=1 / HUNDRED))
    return Codec(name="percent", loss=Loss.LOSSLESS, spellings=NUMBER, across=across)
