"""Plain text: trimmed of ASCII blanks, one kind of line end, one Unicode form, case kept.

Salesforce trims both ends, stores an empty text as null and rewrites line ends (MV-12); a no-break space survives there, and
so it does here. Marked-up text does not belong here (`rich`).
"""

from __future__ import annotations

from unicodedata import normalize

from pasodoble.mapping.convert.codec import (
    Carried,
    Codec,
    Cross,
    Lookup,
    Loss,
    Spelling,
    Unfit,
    UnreadableValue,
    pass_on,
)
from pasodoble.model.side import Pair
from pasodoble.model.value import Raw, Value

BLANKS = "".join(map(chr, range(33)))
"""Blanks and control characters: what Salesforce trims off both ends."""
HUBSPOT_LENGTH = 65_536
"""Characters that a HubSpot text property holds."""


def read_text(raw: Raw) -> Value:
    """Numbers and truth values are text too, as JSON spells them: a formula of Salesforce may feed a HubSpot text."""
    if raw.__class__ is str and raw.isprintable() and raw.isascii():  # nearly all of them, and this is the hottest path
        return raw.strip() or None
    text = raw if isinstance(raw, str) else spell_scalar(raw)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = normalize("NFC", text)
    return text.strip(BLANKS) or None


def spell_scalar(raw: Raw) -> str:
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, (int, float)):
        return repr(int(raw) if isinstance(raw, float) and raw.is_integer() else raw)
    raise UnreadableValue("value.unreadable")


def render_text(value: str | bool) -> Raw:
    return value


def fit_length(length: int | None) -> Cross:
    """Refuse what is too long; never cut it (MV-06)."""
    if length is None:
        return pass_on

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return value if len(str(value)) <= length else Unfit("value.too_long", str(length))

    return cross


def cut_length(length: int | None) -> Cross:
    """Cut what is too long: the opted-in alternative. The long text agrees with its own beginning."""
    if length is None:
        return pass_on

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        return read_text(str(value)[:length])

    return cross


TEXT = Spelling(read_text, render_text)


def text_codec(lengths: Pair[int | None]) -> Codec:
    """`lengths`: characters that each side holds."""
    across = Pair(fit_length(lengths.salesforce), fit_length(lengths.hubspot))
    return Codec(name="text", loss=Loss.LOSSLESS, spellings=Pair(TEXT, TEXT), across=across)


def cut_text_codec(lengths: Pair[int | None]) -> Codec:
    across = Pair(cut_length(lengths.salesforce), cut_length(lengths.hubspot))
    return Codec(name="cut_text", loss=Loss.PROJECTION, spellings=Pair(TEXT, TEXT), across=across)
