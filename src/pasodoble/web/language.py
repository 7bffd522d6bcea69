"""The language of a page: its words, numbers and times. Which words there are is `words`' matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request

from pasodoble.model.message import Message
from pasodoble.model.side import SIDES
from pasodoble.words import causes_en, causes_es, pages_en, pages_es, say
from pasodoble.words.names import name_side

SIDE_NAMES: Final = {str(side): name_side(side) for side in SIDES}
NARROW_SPACE: Final = "\u202f"

PAGES: Final = {"en": pages_en.PAGES, "es": pages_es.PAGES}
CAUSES: Final = {"en": causes_en.CAUSES, "es": causes_es.CAUSES}
LANGUAGES: Final = {"en": "English", "es": "Español"}


@dataclass(frozen=True, slots=True)
class Language:
    code: str

    def __call__(self, key: str, /, **parts: object) -> str:
        """A page's words. With a `count`, the form for one or for many; numbers are grouped."""
        pages = PAGES[self.code]
        if "count" in parts:
            key = f"{key}.one" if parts["count"] == 1 else f"{key}.other"
        spelled = {name: self.number(part) if isinstance(part, int) else part for name, part in parts.items()}
        return pages[key].format_map(spelled)

    def say(self, message: Message) -> str:
        """A sentence about a record, with a capital letter. What `words` does not know the pages may."""
        named = Message(message.id, tuple((name, SIDE_NAMES.get(text, text)) for name, text in message.params))
        sentence = PAGES[self.code].get(message.id) or say(named, self.code)
        return sentence[:1].upper() + sentence[1:]

    def knows(self, key: str) -> bool:
        return key in PAGES[self.code]

    def reason(self, sort: str, id: str) -> str:
        """The sentence of a gate or trigger, by its key or its message id."""
        return self.say(Message(f"{sort}.{id.removeprefix(f'{sort}.')}"))

    def cause(self, id: str) -> tuple[str, str, str]:
        """A cause's title, meaning and remedy."""
        return CAUSES[self.code].get(id) or (id, self("cause.unknown"), self("cause.unknown_fix"))

    def number(self, number: int) -> str:
        return f"{number:,}".replace(",", NARROW_SPACE)

    def percent(self, part: int, whole: int) -> str:
        """Rounded down, so that 100 % means all."""
        share = int(part * 10_000 / whole) / 100 if whole else 0.0
        text = f"{share:.2f}".rstrip("0").rstrip(".")
        return (text.replace(".", ",") if self.code == "es" else text) + f"{NARROW_SPACE}%"

    def clock(self, at: datetime, now: datetime) -> str:
        """The time of day where this machine stands; with the date if that is not today."""
        here, today = at.astimezone(), now.astimezone()
        if here.date() == today.date():
            return f"{here:%H:%M:%S}"
        month = self(f"month.{here.month}")
        return f"{here.day} {month} {here:%H:%M}" if here.year == today.year else f"{here.day} {month} {here.year}"

    def span(self, seconds: float) -> str:
        """A length of time in its largest unit."""
        for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
            if seconds >= size:
                return f"{self.number(int(seconds / size))}{NARROW_SPACE}{unit}"
        return f"{max(0, int(seconds))}{NARROW_SPACE}s"


def choose_language(request: Request) -> Language:
    """By `?lang=`, else as chosen before, else what the browser asks for, else English."""
    asked = [request.query_params.get("lang", ""), request.cookies.get("lang", "")]
    return Language(next((code for code in [*asked, *_accepted(request.headers)] if code in LANGUAGES), "en"))


def _accepted(headers: Mapping[str, str]) -> list[str]:
    """Main languages of Accept-Language, best first."""
    ranked = []
    for part in headers.get("accept-language", "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((float(quality or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(ranked, key=lambda rank: -rank[0])]
