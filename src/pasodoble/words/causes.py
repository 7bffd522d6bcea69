"""A cause in words: title, meaning and fix, in either language."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CauseWords:
    title: str
    meaning: str
    fix: str


def describe_cause(id: str, language: str = "en") -> CauseWords:
    """A cause that the catalogue does not know is described as unknown."""
    if language == "es":
        from pasodoble.words.causes_es import CAUSES
    else:
        from pasodoble.words.causes_en import CAUSES
    return CauseWords(*CAUSES.get(id, CAUSES["unknown"]))
