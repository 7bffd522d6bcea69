"""The room in which a story is played: both CRMs, the settings, and whom the story calls by which name.

What the sentences of a story mean is said in `deeds` and `checks`, and does not belong here.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.wide_world import WideWorld
from tests.scenario.story import Line, Story

from pasodoble.connectors.memory import MemoryConnector
from pasodoble.engine.cycle import Scope
from pasodoble.engine.service.finding import Found
from pasodoble.engine.service.syncing import RunResult
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import FieldRule
from pasodoble.model.schema import Family
from pasodoble.model.settings import ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.value import Raw

SIDE_NAMES = {"HubSpot": Side.HUBSPOT, "Salesforce": Side.SALESFORCE}
NOUNS = {
    (Side.HUBSPOT, "contact"): "contacts",
    (Side.HUBSPOT, "company"): "companies",
    (Side.HUBSPOT, "deal"): "deals",
    (Side.HUBSPOT, "ticket"): "tickets",
    (Side.HUBSPOT, "task"): "tasks",
    (Side.SALESFORCE, "lead"): "Lead",
    (Side.SALESFORCE, "contact"): "Contact",
    (Side.SALESFORCE, "account"): "Account",
    (Side.SALESFORCE, "opportunity"): "Opportunity",
    (Side.SALESFORCE, "case"): "Case",
    (Side.SALESFORCE, "campaign"): "Campaign",
}
"""What the users of each side call its objects."""
PLURALS = {"companies": "company", "opportunities": "opportunity"}
FIELDS = re.compile(r'(\w+) = ("[^"]*"|[^",]+)(?:, |$)')
BLANK = "(blank)"
ID_OF = re.compile(r"\((short )?id of (.+)\)")
NUMERIC = (Family.NUMBER, Family.MONEY, Family.PERCENT)
BETWEEN_S = 60
"""Time that passes before each sync, so that edits have moments of their own."""


@dataclass
class Room:
    """names   whom the story calls so, by side; last_run and written   of the latest sync"""

    world: WideWorld
    names: dict[tuple[Side, str], Ref] = field(default_factory=dict)
    last_run: RunResult | None = None
    written: int = 0

    # --- records -----------------------------------------------------------------------------------------------------

    def crm(self, side: Side) -> MemoryConnector:
        return self.world.hubspot if side is Side.HUBSPOT else self.world.salesforce

    def object_of(self, side: Side, noun: str) -> str:
        """The vendor's object by the users' word, in singular or plural; an object's own name is taken as it is."""
        singular = PLURALS.get(noun, noun.removesuffix("s"))
        return NOUNS.get((side, singular), noun)

    def kind_of(self, ref: Ref) -> Kind:
        return next(
            kind
            for kind, of_kind in self.world.settings.objects.items()
            if ref.object in (of_kind.hubspot_object, *of_kind.salesforce_objects)
        )

    def find(self, side: Side, name: str) -> Ref | None:
        """Whom the story means on that side: by the name it gave, else the partner of that name's record elsewhere."""
        known = self.names.get((side, name))
        if known is not None:
            return known
        other = self.names.get((side.other, name))
        return None if other is None else self.partner(other)

    def get(self, side: Side, name: str) -> Ref:
        ref = self.find(side, name)
        assert ref is not None, f"{name} is not known in {side}"
        return ref

    def partner(self, ref: Ref) -> Ref | None:
        with self.world.store.transaction("small", read_only=True) as tx:
            link = tx.links.load([ref]).get(ref)
        return None if link is None else link.refs[ref.side.other]

    def found(self, name: str) -> Found:
        refs = Pair(*(self.find(side, name) for side in SIDES))
        some = next((ref for ref in refs if ref is not None), None)
        assert some is not None, f"nobody is called {name}"
        return Found(kind=self.kind_of(some), refs=refs)

    # --- values ------------------------------------------------------------------------------------------------------

    def read_fields(self, side: Side, object: str, text: str) -> dict[str, Raw]:
        """`jobtitle = CTO, phone = (blank)`, in the types in which that side holds them."""
        pairs = FIELDS.findall(text)
        assert sum(len(m[0]) for m in FIELDS.finditer(text)) == len(text), f"these are no fields: {text}"
        return {name: self._read_value(side, object, name, value) for name, value in pairs}

    def _read_value(self, side: Side, object: str, name: str, text: str) -> Raw:
        schema = self.crm(side).schemas[object].fields
        assert name in schema, f"{side}'s {object} has no field {name}"
        if text == BLANK:
            return None
        if named := ID_OF.fullmatch(text):
            id = next(self.names[at, named[2]].id for at in (side.other, side) if (at, named[2]) in self.names)
            return id[:15] if named[1] else id
        value = text.strip('"').encode().decode("unicode_escape") if "\\" in text else text.strip('"')
        if side is Side.SALESFORCE and schema[name].family in NUMERIC:
            return float(value)
        return value == "true" if side is Side.SALESFORCE and schema[name].family is Family.FLAG else value

    # --- settings ----------------------------------------------------------------------------------------------------

    def change_kind(self, kind: Kind, **changes: Any) -> None:
        settings = self.world.settings
        changed = replace(settings.objects[kind], **changes)
        self.world.settings = replace(settings, objects={**settings.objects, kind: changed})

    def kind(self, kind: Kind) -> ObjectSettings:
        found: ObjectSettings = self.world.settings.objects[kind]
        return found

    def change_lines(self, kind: Kind, change: Callable[[FieldRule], FieldRule], key: str) -> None:
        lines = self.kind(kind).fields
        assert any(line.key == key for line in lines), f"{kind} has no line {key}"
        self.change_kind(kind, fields=tuple(change(line) if line.key == key else line for line in lines))

    # --- syncing -----------------------------------------------------------------------------------------------------

    async def sync(self, scope: Scope | None = None) -> None:
        self.world.clock.advance(BETWEEN_S)
        before = self.world.writes()
        self.last_run = await self.world.sync(scope)
        assert not self.last_run.report.failures, self.last_run.report.failures
        self.written = self.world.writes() - before


Word = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Words:
    """Sentences with holes (`{name}`), each with what it does; what a hole catches is given as text."""

    known: list[tuple[re.Pattern[str], Word]] = field(default_factory=list)

    def say(self, sentence: str) -> Callable[[Word], Word]:
        pattern = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(sentence)))

        def keep(word: Word) -> Word:
            self.known.append((pattern, word))
            return word

        return keep

    def find(self, text: str) -> tuple[Word, dict[str, str]] | None:
        """The first sentence that fits."""
        for pattern, word in self.known:
            if match := pattern.fullmatch(text):
                return word, match.groupdict()
        return None


async def play(story: Story, room: object, deeds: Words, checks: Words) -> None:
    """Play a story to its end. Raises AssertionError that names the sentence that does not hold, or is not known."""
    for line in story.lines:
        found = (checks if line.word == "then" else deeds).find(line.text)
        assert found is not None, f"{_where(story, line)}: nobody knows the sentence {line.text!r}"
        word, caught = found
        try:
            await word(room, **caught)
        except AssertionError as error:
            raise AssertionError(f"{_where(story, line)}: {line.word} {line.text}\n{error}") from None


def _where(story: Story, line: Line) -> str:
    return f"{story.path.name}:{line.number}"


def read_names(text: str) -> Iterable[str]:
    """`Ana, Ben and Eva`"""
    return re.split(r", | and ", text)
