"""Truth values. A checkbox of Salesforce is never blank, a property of HubSpot may be: there a blank agrees with false (MV-11).

Choices between "yes", "no" and more do not belong here (`choice`).
"""

from __future__ import annotations

from pasodoble.mapping.convert.codec import Codec, Loss, Spelling, UnreadableValue, pass_on
from pasodoble.model.side import Pair
from pasodoble.model.value import Raw, Value

_WORDS = {"true": True, "false": False, "": None}


def read_flag(raw: Raw) -> Value:
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower()
    if word not in _WORDS:
        raise UnreadableValue("value.wrong_type")
    return _WORDS[word]


def render_word(value: str | bool) -> Raw:
    """For HubSpot, which takes truth values as text."""
    return "true" if value else "false"


def render_flag(value: str | bool) -> Raw:
    return value


def flag_codec() -> Codec:
    spellings = Pair(Spelling(read_flag, render_word), Spelling(read_flag, render_flag))
    return Codec(
        name="flag", loss=Loss.LOSSLESS, spellings=spellings, across=Pair(pass_on, pass_on), blank=Pair(None, False)
    )
