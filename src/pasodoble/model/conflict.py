"""Two people's values met in one field: what each side had, who and when, and which of the two a person says counts.

How such a field is decided is in `reconcile/merge`; a verdict that waits for a person is in `verdict`. Neither belongs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pasodoble.model.message import Message
from pasodoble.model.rule import UpdateRule
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Value

NO_AUTHORS = Pair("", "")
UNDATED: Pair[datetime | None] = Pair(None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One field in which two values met.

    key      the mapping's line; `names` the field on each side
    values   what each side wanted, canonical in its own terms
    set_at   when each value was set, by the vendor's field history where it keeps one, else by the record's stamp
    authors  who set it, in the vendor's words; "" where that is not known
    rule     the line's rule when they met, and `reason` what it said
    taken    the side whose value counts for now; None: neither was written, a person must choose
    left     what each side holds once all is written: a person who edits after that has had the last word
    """

    key: str
    names: Pair[str]
    values: Pair[Value]
    left: Pair[Value]
    rule: UpdateRule
    reason: Message
    taken: Side | None
    set_at: Pair[datetime | None] = UNDATED
    authors: Pair[str] = NO_AUTHORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A person has said whose value counts. It stands while both sides still hold what the clash has `left` them."""

    side: Side
    value: Value
    left: Pair[Value]
    actor: str = ""
