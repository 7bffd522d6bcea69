"""Plays every story of triggers and gates over real HTTP: by the check alone and, where nothing is set up, by push alone.

And shows that a trigger which is dead fails its story.
"""

from __future__ import annotations

import pytest
from tests.scenario.room import Words, play
from tests.scenario.story import HERE, Story, iter_stories
from tests.scenario.triggers import acts, timeline
from tests.scenario.triggers.acts import ACTS
from tests.scenario.triggers.findings import FINDINGS
from tests.scenario.triggers.served import Served

from pasodoble.triggers import match

STORIES = {story.path.stem: story for story in iter_stories(HERE / "triggers")}

BY_HAND = (acts.sync_record, acts.sync_list, acts.retry, acts.sync_refused, acts.sync_first)
SET_UP = (
    acts.set_of_kind,
    acts.set_of_all,
    acts.choose_list,
    acts.add_line,
    acts.add_owner,
    acts.add_field,
    *timeline.SET_UP,
)


def _says(story: Story, words: tuple[object, ...]) -> bool:
    return any((found := ACTS.find(line.text)) is not None and found[0] in words for line in story.lines)


UNTOLD = {
    "T-24_lifecycle_stage_changed": "a role on an opportunity is in no change event of the default plan",
    "O-05_assignment_rules": "whom the rules chose comes with the echo of our own write; the next check reads it",
    "TN-09_deal_deleted": "the pair is given up with the deletion, which push tells and the check alone does not",
}
"""Stories that push alone does not carry to their end, and why."""
PUSHED = [name for name, story in STORIES.items() if not _says(story, BY_HAND + SET_UP) and name not in UNTOLD]


@pytest.mark.parametrize("name", STORIES)
async def test_the_story_comes_true_by_the_check_alone(name: str, room: Served) -> None:
    await play(STORIES[name], room, ACTS, FINDINGS)


@pytest.mark.parametrize("name", PUSHED)
async def test_the_story_comes_true_by_push_alone(name: str, pushed_room: Served) -> None:
    await play(STORIES[name], pushed_room, ACTS, FINDINGS)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("hubspot_property_changed", "T-15_hubspot_property_changed"),
        ("salesforce_field_changed", "T-16_salesforce_field_changed"),
        ("salesforce_record_created", "T-18_new_lead"),
        ("hubspot_record_created", "T-19_new_contact"),
        ("inclusion_list_joined", "T-21_inclusion_list_joined"),
        ("owner_changed", "T-23_owner_changed"),
        ("lifecycle_stage_changed", "T-24_lifecycle_stage_changed"),
        ("lead_converted", "C-10_lead_converted"),
        ("form_submitted", "T-03_form_submitted"),
        ("note_created", "T-04_activities"),
        ("campaign_joined_by_form", "T-22_campaign_joined_by_form"),
    ],
)
async def test_a_dead_trigger_fails_its_story(
    key: str, name: str, room: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = dict(match._LISTENING)
    alive = {kind: tuple(t for t in triggers if t.key != key) for kind, triggers in listening.items()}
    assert alive != listening
    monkeypatch.setattr(match, "_LISTENING", alive)
    with pytest.raises(AssertionError):
        await play(STORIES[name], room, ACTS, FINDINGS)


@pytest.mark.parametrize("words", [ACTS, FINDINGS], ids=["acts", "findings"])
def test_every_sentence_over_http_is_used(words: Words) -> None:
    spoken = {found[0] for story in STORIES.values() for line in story.lines if (found := words.find(line.text))}
    assert [word.__name__ for _, word in words.known if word not in spoken] == []
