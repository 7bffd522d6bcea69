"""Plays every story of the core through the real engine, over two CRMs of dictionaries."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fakes.wide_world import WideWorld
from tests.scenario.checks import CHECKS
from tests.scenario.deeds import DEEDS
from tests.scenario.room import Room, Words, play
from tests.scenario.story import HERE, NotAStory, Story, iter_stories, parse_story

STORIES = [story for story in iter_stories() if story.path.is_relative_to(HERE / "core")]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.path.stem)
async def test_the_story_comes_true(story: Story, tmp_path: Path) -> None:
    await _play(story, tmp_path)


async def _play(story: Story, tmp_path: Path) -> None:
    world = WideWorld(f"sqlite:///{tmp_path / 'wide.db'}")
    try:
        await play(story, Room(world), DEEDS, CHECKS)
    finally:
        world.close()


HEAD = "M-01  A rule\nwe do: the same\nstanding: same\n"
ANA = (
    "given Ana is a contact in HubSpot with email = ana@acme.example, lastname = Ruiz, company = Acme\nwhen they sync\n"
)


def _write(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "M-01.story"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("then in Salesforce Ana has LastName = Pérez", "Ruiz"),
        ("then in Salesforce there are no leads", "there are 1"),
        ("then Ana is left out: no_email", "in_step"),
        ("then nothing was written", "1 writes"),
        ("then Salesforce is a fine thing", "nobody knows the sentence"),
        ("when in Salesforce Ana gets Colour = red\nthen nothing was written", "no field Colour"),
    ],
)
async def test_a_story_that_is_not_true_or_not_understood_fails(end: str, said: str, tmp_path: Path) -> None:
    story = parse_story(_write(tmp_path, HEAD + ANA + end))
    with pytest.raises(AssertionError, match=said):
        await _play(story, tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("we do: the same\nstanding: same\n" + ANA + "then nothing was written", "no rule"),
        (HEAD + ANA, "nothing is expected"),
        (HEAD.replace("standing: same", "standing: worse") + "then nothing was written", "standing"),
        (HEAD.replace("standing: same", "standing: better") + "then nothing was written", "needs a why"),
        (HEAD + "perhaps nothing was written", "begins with"),
        (HEAD.replace("M-01", "M-02") + "then nothing was written", "named after"),
    ],
)
def test_a_story_says_what_a_story_must_say(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(NotAStory, match=said):
        parse_story(_write(tmp_path, text))


@pytest.mark.parametrize("words", [DEEDS, CHECKS], ids=["deeds", "checks"])
def test_every_sentence_is_used(words: Words) -> None:
    """A sentence that no story says is dead, or hidden behind another that catches its words."""
    spoken = {found[0] for story in STORIES for line in story.lines if (found := words.find(line.text))}
    assert [word.__name__ for _, word in words.known if word not in spoken] == []
