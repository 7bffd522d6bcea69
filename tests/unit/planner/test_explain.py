"""Whatever the core says is in the list from which the sentences are proven complete."""

from __future__ import annotations

import re
from pathlib import Path

import pasodoble
from pasodoble.planner.explain import MESSAGES
from pasodoble.reconcile.reasons import REST, WHY

CORE = Path(pasodoble.__file__).parent
SAID = re.compile(r'Message(?:\.of)?\(\s*(f?)"([a-z_.{}]+)"')


def said_in(room: str) -> set[tuple[bool, str]]:
    """(is it put together from parts, the id) of every message that the room's source names."""
    return {(bool(f), id) for path in (CORE / room).glob("*.py") for f, id in SAID.findall(path.read_text("utf-8"))}


def test_every_message_that_the_core_names_is_listed() -> None:
    said = said_in("reconcile") | said_in("planner") | said_in("triggers")
    whole = {id for parts, id in said if not parts}
    assert len(whole) > 20
    assert whole <= set(MESSAGES), whole - set(MESSAGES)
    for parts, id in said:
        pattern = re.compile(re.sub(r"\\\{.*\}", ".+", re.escape(id)))
        assert not parts or any(pattern.fullmatch(known) for known in MESSAGES), id


def test_every_reason_of_a_verdict_is_listed_with_its_parameters() -> None:
    for message in (*WHY.values(), *REST.values()):
        assert MESSAGES[message.id] == tuple(name for name, _ in message.params)


def test_ids_are_a_room_and_a_word() -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", id) for id in MESSAGES)
