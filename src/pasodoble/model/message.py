"""Something said to a person, before it is put into words of a language (`words/`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence's id and what goes into it, as ordered (name, text) pairs. The id is public and stable.

    Parameters hold names of fields, rules, sides and counts; a customer's value only where a person asked to see it.
    """

    id: str
    params: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, id: str, /, **params: object) -> Message:
        return cls(id, tuple((name, str(value)) for name, value in params.items()))
