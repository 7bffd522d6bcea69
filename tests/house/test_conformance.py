"""docs/conformance.md is what the stories and tests of today say, and no rule of the core is left without a story."""

from __future__ import annotations

import pytest
from tests.scenario.story import iter_stories
from tools.write_conformance import FAMILIES, PAGE, iter_tests, render

CORE = ("M", "MT", "MV", "MD", "C", "Z", "R", "A", "D", "K", "X")
"""The families that the core answers for; those of triggers, activities and campaigns are told over HTTP."""


def test_the_table_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "python tools/write_conformance.py"


@pytest.mark.parametrize("letters", CORE)
def test_every_rule_of_the_core_has_a_story(letters: str) -> None:
    told = {number for story in iter_stories() for number in story.rules}
    rules = {f"{letters}-{number:02}" for number in FAMILIES[letters][1]}
    assert rules - told == set()


def test_stories_and_tests_name_only_rules_that_there_are() -> None:
    known = {f"{letters}-{number:02}" for letters, (_, numbers) in FAMILIES.items() for number in numbers}
    named = {number for story in iter_stories() for number in story.rules}
    named |= {number for test in iter_tests() for number in test.rules}
    assert named - known == set()
