"""Salesforce's record ids: 15 characters where case counts, or 18 with a checksum of the capitals. We keep 18.

Source: checked on ids recorded in public traffic. Which object an id belongs to is not told here.
"""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_ID: Final = re.compile(r"[A-Za-z0-9]{15}([A-Za-z0-9]{3})?")


def is_id(text: str) -> bool:
    """Whether it is spelled like an id."""
    return _ID.fullmatch(text) is not None


def to_18(id: str) -> str:
    """The 18-character spelling; anything that is no id comes back as it is."""
    if len(id) != 15 or not _ID.fullmatch(id):
        return id
    thirds = (id[0:5], id[5:10], id[10:15])
    return id + "".join(_LETTERS[sum(1 << k for k, c in enumerate(third) if "A" <= c <= "Z")] for third in thirds)
