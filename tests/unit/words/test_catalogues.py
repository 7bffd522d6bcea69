"""Everything that the core can say has a sentence in both languages, with the parameters that it is given."""

from __future__ import annotations

from string import Formatter

import pytest

from pasodoble.model.causes import CAUSES
from pasodoble.model.message import Message
from pasodoble.planner.explain import MESSAGES
from pasodoble.words import LANGUAGES, catalogue, say
from pasodoble.words.causes import describe_cause


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_core_has_a_sentence(language: str) -> None:
    assert set(MESSAGES) - set(catalogue(language)) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_asks_only_for_what_its_message_gives(language: str) -> None:
    wrong = {
        id: asked - set(MESSAGES[id])
        for id, template in catalogue(language).items()
        if id in MESSAGES
        and (asked := {name for _, name, _, _ in Formatter().parse(template) if name}) - set(MESSAGES[id])
    }
    assert wrong == {}


def test_both_languages_say_the_same_things() -> None:
    assert set(catalogue("en")) == set(catalogue("es"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cause_is_described_and_says_how_to_mend_it(language: str) -> None:
    unknown = describe_cause("unknown", language)
    for id in CAUSES:
        words = describe_cause(id, language)
        assert all((words.title, words.meaning, words.fix))
        assert id == "unknown" or words != unknown


def test_an_unknown_message_is_shown_as_it_is() -> None:
    assert say(Message.of("no.such", side="hubspot")) == "no.such (side hubspot)"


def test_a_parameter_that_was_forgotten_does_not_break_the_sentence() -> None:
    assert "…" in say(Message("rule.changed"))
