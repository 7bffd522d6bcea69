"""Messages put into sentences, in English and Spanish. Nothing here decides what is said, only how.

Each catalogue maps a message id to a template; `{name}` takes the message's parameter of that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pasodoble.model.message import Message
from pasodoble.model.side import Side
from pasodoble.words.names import name_side

LANGUAGES = ("en", "es")
_SIDES = {side.value: name_side(side) for side in Side}


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All templates of a language by message id; English for a language we do not speak."""
    if language == "es":
        from pasodoble.words import es, findings_es

        return {**es.SENTENCES, **findings_es.FINDINGS}
    from pasodoble.words import en, findings_en

    return {**en.SENTENCES, **findings_en.FINDINGS}


def say(message: Message, language: str = "en") -> str:
    """The sentence. An id that no catalogue knows is shown as it is, with its parameters: never an exception."""
    template = catalogue(language).get(message.id)
    if template is None:
        shown = ", ".join(f"{name} {text}" for name, text in message.params)
        return f"{message.id} ({shown})" if shown else message.id
    return template.format_map(_Params((name, _SIDES.get(text, text)) for name, text in message.params))


class _Params(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"
