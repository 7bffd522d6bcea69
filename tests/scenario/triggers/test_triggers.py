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
from pasodoble.triggers.catalogue import NON_TRIGGERS, TRIGGERS

STORIES = {story.path.stem: story for story in iter_stories(HERE / "triggers")}

BY_HAND = (acts.sync_record, acts.sync_list, acts.retry, acts.sync_refused, acts.sync_first, acts.compare)
SET_UP = (
    acts.set_of_kind,
    acts.set_of_all,
    acts.choose_list,
    acts.add_line,
    acts.add_line_with_values,
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
TOLD_ALONE = {
    "Z-03_told_by_push": "a deletion, a merge and an echo as such are told; the check meets only what has come of them",
}
"""Stories that the check alone does not see, and why."""
PUSHED = [name for name, story in STORIES.items() if not _says(story, BY_HAND + SET_UP) and name not in UNTOLD]


UNHEARD = {
    "CP-03": "HubSpot's workflow actions are its own; a form that leads to a campaign is the one door to a membership",
    "CP-05": "an import is a first check, which has a story of its own",
    "CP-06": "played over the dictionary world, where a portal's property can have the campaigns as its options",
    "CP-09": "a retired page of the old package",
    "O-02": "queues and partner users are matched in tests/contract/connectors and tests/unit/engine",
    "Y-07": "played over the dictionary world, in the story of MD-06",
    "Y-09": "who logged an activity is told in its text; nothing is synced",
    "Y-11": "a hidden field makes the write a problem of the permissions category, as any other does (E-xx); no story of its own",
    "Y-14": "HubSpot tells no rule; what is told stays as it was told",
}
"""Rules of the issue without a story over HTTP, and why."""
FAMILIES = {"T": 29, "TN": 12, "I": 11, "N": 10, "Y": 14, "CP": 9, "O": 10, "L": 8, "G": 3}
RULES = [f"{letters}-{number:02}" for letters, count in FAMILIES.items() for number in range(1, count + 1)]
TOLD = {rule for story in STORIES.values() for rule in story.rules}
KEYS = sorted({trigger.key for trigger in (*TRIGGERS, *NON_TRIGGERS)})
UNPLAYED = {
    "campaign_left": "only where the org lets us hear of memberships, beyond the five objects of the default plan",
    "formula_result_changed": "nothing tells of it: the story of TN-01 shows that it starts nothing",
    "periodic_check": "who is found by it is told with what had changed: the story of T-01",
    "app_installed": "there is nobody to tell: the story of TN-07 shows that it starts nothing",
    "mapping_edited": "the story of TN-06 shows that it starts nothing",
}
"""Keys that no sentence of a story names, and why."""


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_story_or_a_reason_why_not(rule: str) -> None:
    """And a reason goes when the story comes."""
    assert (rule in TOLD) != (rule in UNHEARD), f"{rule} is told nowhere, or has both"


@pytest.mark.parametrize("key", KEYS)
def test_every_trigger_key_is_seen_in_a_story(key: str) -> None:
    seen = any(line.word == "then" and key in line.text.split() for story in STORIES.values() for line in story.lines)
    assert seen != (key in UNPLAYED), f"{key} is expected by no story"


@pytest.mark.parametrize("name", [name for name in STORIES if name not in TOLD_ALONE])
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
