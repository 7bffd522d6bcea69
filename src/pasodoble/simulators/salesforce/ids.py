"""Record ids: 15 characters that tell upper from lower case, and their 18-character form that survives without.

Which object has which prefix is the schema's business, not this room's.
"""

from __future__ import annotations

import string
from functools import lru_cache

DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""In the order of their character codes, so that ids of one object sort as they were given out."""
CHECKSUM = string.ascii_uppercase + "012345"
EMPTY_ID = "000000000000000AAA"
_ALLOWED = frozenset(DIGITS)


def with_checksum(short: str) -> str:
    """The 18-character form: of each five characters, bit k says whether character k is upper case."""
    tail = ""
    for start in (0, 5, 10):
        bits = sum(1 << k for k, character in enumerate(short[start : start + 5]) if "A" <= character <= "Z")
        tail += CHECKSUM[bits]
    return short + tail


def spell_id(prefix: str, number: int) -> str:
    """The id of the `number`-th record under a three-character prefix. The middle is that of a production instance."""
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = DIGITS[rest] + digits
    return with_checksum(f"{prefix}5g0{digits.rjust(9, '0')}")


@lru_cache(maxsize=65536)
def full_id(text: str) -> str | None:
    """The 18-character form of either form, or None when `text` is no id.

    The checksum also repairs the case of an 18-character id whose letters were folded on the way.
    """
    if len(text) not in (15, 18) or not _ALLOWED.issuperset(text):
        return None
    if len(text) == 15:
        return with_checksum(text)
    return text if with_checksum(text[:15]) == text else _mended(text)


def _mended(text: str) -> str | None:
    """The id whose case its checksum restores; None when the checksum fits no spelling of it."""
    out = ""
    for part, code in enumerate(text[15:].upper()):
        if code not in CHECKSUM:
            return None
        bits = CHECKSUM.index(code)
        for k, character in enumerate(text[part * 5 : part * 5 + 5]):
            out += character.upper() if bits >> k & 1 else character.lower()
    return out + text[15:].upper() if with_checksum(out) == out + text[15:].upper() else None
