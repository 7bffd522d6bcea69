"""Which fields are watched follows from the mapping alone."""

from __future__ import annotations

from dataclasses import replace

from tests.laws.pair_world import MAPPING, ROWS

from pasodoble.mapping.apply import CompiledMapping
from pasodoble.model.side import Side
from pasodoble.triggers.catalogue import NON_TRIGGERS, TRIGGERS
from pasodoble.triggers.spec import watch_mapping

WATCHED = watch_mapping([MAPPING])


def test_every_line_that_may_sync_is_watched_on_both_sides_but_for_formulas() -> None:
    synced = [row for row in ROWS if row.key != "secret"]
    assert set(WATCHED) == {(Side.HUBSPOT, "contacts"), (Side.SALESFORCE, "Lead")}
    assert WATCHED[Side.HUBSPOT, "contacts"].fields == {row.names.hubspot for row in synced}
    lead = WATCHED[Side.SALESFORCE, "Lead"]
    assert lead.fields == {row.names.salesforce for row in synced if row.key != "score"}
    assert lead.calculated == {"Score__c"}


def test_the_owner_is_known_by_its_law() -> None:
    assert WATCHED[Side.HUBSPOT, "contacts"].owner == {"owner"}
    assert WATCHED[Side.SALESFORCE, "Lead"].owner == {"Owner__c"}
    assert WATCHED[Side.SALESFORCE, "Lead"].stage == frozenset()


def test_a_line_that_is_dormant_is_not_watched() -> None:
    lines = [replace(line, rule=replace(line.rule, dormant=line.key == "lastname")) for line in MAPPING.lines]
    asleep = watch_mapping([CompiledMapping("contacts", MAPPING.objects, lines)])
    assert WATCHED[Side.HUBSPOT, "contacts"].fields - asleep[Side.HUBSPOT, "contacts"].fields == {"lastname"}


def test_the_message_of_a_trigger_carries_its_public_key() -> None:
    for declared in (*TRIGGERS, *NON_TRIGGERS):
        assert declared.message.id == f"trigger.{declared.key}"
