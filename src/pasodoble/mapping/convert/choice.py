"""One of a list, and several of a list: options by their internal value, exactly as spelled; labels do not matter (MV-02).

Several are a set: `a;b`, sorted, each once, whatever their order and number were (MV-03). Options that are spelled
differently on the two sides are joined by the line's value map. Loading a list's options does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from pasodoble.mapping.convert.codec import Carried, Codec, Cross, Lookup, Loss, Spelling, Unfit
from pasodoble.mapping.convert.text import TEXT, render_text
from pasodoble.model.side import Pair
from pasodoble.model.value import Raw, Value

SEPARATOR = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How the options of a line answer to each other.

    names   per side, the other side's option for each of its own that is not spelled alike there
    known   per side, the options it has; None if it takes any text
    """

    names: Pair[Mapping[str, str]]
    known: Pair[Collection[str] | None]


def read_choices(raw: Raw) -> Value:
    parts = {part.strip() for part in str(raw).split(SEPARATOR)}
    return SEPARATOR.join(sorted(parts - {""})) or None


def cross_choice(names: Mapping[str, str], known: Collection[str] | None) -> Cross:
    """Never lets an option through that the other side lacks (MV-01)."""

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        name = names.get(str(value), str(value))
        return name if known is None or name in known else Unfit("picklist.value_missing")

    return cross


def cross_choices(names: Mapping[str, str], known: Collection[str] | None) -> Cross:
    """All or nothing: a set with one unknown option is not carried in part."""

    def cross(value: str | bool, lookup: Lookup) -> Carried:
        named = {names.get(part, part) for part in str(value).split(SEPARATOR)}
        if known is not None and not named.issubset(known):
            return Unfit("picklist.value_missing")
        return SEPARATOR.join(sorted(named))

    return cross


CHOICE = TEXT
CHOICES = Spelling(read_choices, render_text)
_Crossing = Callable[[Mapping[str, str], Collection[str] | None], Cross]


def _cross_both(cross: _Crossing, options: Options) -> Pair[Cross]:
    return Pair(
        cross(options.names.hubspot, options.known.salesforce),
        cross(options.names.salesforce, options.known.hubspot),
    )


def choice_codec(options: Options) -> Codec:
    across = _cross_both(cross_choice, options)
    return Codec(name="choice", loss=Loss.LOSSLESS, spellings=Pair(CHOICE, CHOICE), across=across)


def choices_codec(options: Options) -> Codec:
    across = _cross_both(cross_choices, options)
    return Codec(name="choices", loss=Loss.LOSSLESS, spellings=Pair(CHOICES, CHOICES), across=across)
