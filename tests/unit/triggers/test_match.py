"""Which signals fire which triggers, and what explains a silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pasodoble.model.ref import Ref
from pasodoble.model.settings import Connection, HubSpotAccess, ObjectSettings, SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind, Urgency
from pasodoble.triggers.activities import _RULES as ACTIVITY_RULES
from pasodoble.triggers.catalogue import KEYS, NON_KEYS, NON_TRIGGERS, TRIGGERS
from pasodoble.triggers.match import Match, match_signal
from pasodoble.triggers.spec import Scene, Sight, Watched

CONTACTS = ObjectSettings(
    kind="contacts",
    hubspot_object="contacts",
    salesforce_objects=("Lead", "Contact"),
    create_in_salesforce="Lead",
    inclusion_list="42",
)
ACME = Connection(
    name="acme",
    hubspot=HubSpotAccess(),
    salesforce=SalesforceAccess(),
    objects={"contacts": CONTACTS},
    activities={key: {} for key in ACTIVITY_RULES},
    campaign_of_form={"form": "701"},
)
WATCHED = Watched(
    fields=frozenset({"Title", "OwnerId", "Stage__c"}),
    calculated=frozenset({"Score__c"}),
    owner=frozenset({"OwnerId"}),
    stage=frozenset({"Stage__c"}),
)
REFS = {side: Ref(side, "contacts" if side is Side.HUBSPOT else "Lead", "1") for side in Side}


def scene(
    kind: SignalKind, side: Side, *fields: str, by_us: bool = False, connection: Connection = ACME, **detail: str | bool
) -> Scene:
    signal = Signal(
        kind=kind,
        side=side,
        ref=REFS[side],
        at=datetime(2026, 3, 1, tzinfo=UTC),
        fields=fields,
        by_us=by_us,
        detail=detail,
    )
    return Scene(signal=signal, connection=connection, settings=connection.objects.get("contacts"), watched=WATCHED)


def match(kind: SignalKind, side: Side, *fields: str, **rest: str | bool) -> Match:
    return match_signal(scene(kind, side, *fields, **rest))  # type: ignore[arg-type]  # by_us or details


HS, SF = Side.HUBSPOT, Side.SALESFORCE
K = SignalKind

FIRES = [
    pytest.param(match(K.ACTIVITY, HS, activity=key), (key,), id=key) for key in ("form_submitted", *ACTIVITY_RULES)
] + [
    pytest.param(match(K.CHANGED, HS, "Title"), ("hubspot_property_changed",), id="property"),
    pytest.param(match(K.CHANGED, SF, "Title"), ("salesforce_field_changed",), id="field"),
    pytest.param(match(K.CHANGED, SF), ("salesforce_field_changed",), id="a change of we know not what"),
    pytest.param(match(K.CHANGED, SF, "Score__c", "Title"), ("salesforce_field_changed",), id="an input of a formula"),
    pytest.param(match(K.CHANGED, SF, "OwnerId"), ("salesforce_field_changed", "owner_changed"), id="owner"),
    pytest.param(match(K.CHANGED, SF, "Stage__c"), ("salesforce_field_changed", "lifecycle_stage_changed"), id="stage"),
    pytest.param(
        match(K.ASSOCIATED, SF, role=True),
        ("lifecycle_stage_changed", "association_changed"),
        id="a role on an opportunity",
    ),
    pytest.param(match(K.CREATED, SF), ("salesforce_record_created",), id="new in Salesforce"),
    pytest.param(match(K.CREATED, HS), ("hubspot_record_created",), id="new in HubSpot"),
    pytest.param(match(K.LIST_JOINED, HS, list="42"), ("inclusion_list_joined",), id="joined the list"),
    pytest.param(
        match(K.CAMPAIGN_JOINED, HS, active=True, by_form=True), ("campaign_joined_by_form",), id="joined a campaign"
    ),
    pytest.param(match(K.DELETED, SF), ("record_deleted",), id="deleted"),
    pytest.param(match(K.RESTORED, HS), ("record_restored",), id="restored"),
    pytest.param(match(K.MERGED, HS), ("records_merged",), id="merged"),
    pytest.param(match(K.CONVERTED, SF), ("lead_converted",), id="converted"),
    pytest.param(match(K.ASKED, HS, what="record"), ("manual_record",), id="one record"),
    pytest.param(match(K.ASKED, HS, what="list"), ("manual_list",), id="a list"),
    pytest.param(match(K.ASKED, SF, what="retry"), ("manual_retry",), id="a retry"),
    pytest.param(match(K.SEEN, SF), ("periodic_check",), id="the check"),
]


@pytest.mark.parametrize(("found", "keys"), FIRES)
def test_each_trigger_fires_on_its_signal(found: Match, keys: tuple[str, ...]) -> None:
    assert found.keys == keys
    assert found.silence is None


def test_every_declared_trigger_is_among_the_cases_above() -> None:
    assert {key for case in FIRES for key in case.values[1]} == set(KEYS)  # type: ignore[attr-defined]


SILENT = [
    pytest.param(match(K.CHANGED, SF, "Score__c"), "formula_result_changed", id="formula"),
    pytest.param(match(K.CHANGED, SF, "Fax"), "unmapped_field_changed", id="unmapped"),
    pytest.param(match(K.CAMPAIGN_LEFT, SF), "campaign_left", id="left a campaign"),
    pytest.param(match(K.SETTINGS, HS, what="list_chosen"), "list_chosen", id="list chosen"),
    pytest.param(match(K.SETTINGS, SF, what="mapping_edited"), "mapping_edited", id="mapping edited"),
    pytest.param(match(K.SETTINGS, HS, what="app_installed"), "app_installed", id="installed"),
    pytest.param(match_signal(scene(K.CHANGED, HS, "Title", by_us=True)), "own_echo", id="echo"),
    pytest.param(match_signal(scene(K.CREATED, SF, by_us=True)), "own_echo", id="echo of a create"),
]


@pytest.mark.parametrize(("found", "key"), SILENT)
def test_each_non_trigger_explains_a_silence(found: Match, key: str) -> None:
    assert found.keys == ()
    assert found.silence is not None
    assert found.silence.key == key


def test_every_declared_non_trigger_is_among_the_cases_above() -> None:
    assert {case.values[1] for case in SILENT} == set(NON_KEYS)


def test_a_membership_in_an_inactive_campaign_or_without_a_form_fires_nothing() -> None:
    assert match(K.CAMPAIGN_JOINED, HS, active=False, by_form=True) == Match()
    assert match(K.CAMPAIGN_JOINED, HS, active=True, by_form=False) == Match()


def test_another_list_than_the_inclusion_list_fires_nothing() -> None:
    assert match(K.LIST_JOINED, HS, list="7") == Match()


OFF = [
    (replace(ACME, activities={}), K.ACTIVITY, HS, (), {"activity": "note_created"}, "note_created"),
    (replace(ACME, activities={"note_created": {"on": False}}), K.ACTIVITY, HS, (), {"activity": "note_created"}, "note_created"),
    (replace(ACME, owners=False), K.CHANGED, SF, ("OwnerId",), {}, "owner_changed"),
    (replace(ACME, automatic_lifecycle=False), K.CHANGED, SF, ("Stage__c",), {}, "lifecycle_stage_changed"),
    (replace(ACME, campaign_of_form={}), K.CAMPAIGN_JOINED, HS, (), {"active": True, "by_form": True}, "campaign_joined_by_form"),
    (replace(ACME, objects={"contacts": replace(CONTACTS, create_in_salesforce="")}), K.CREATED, HS, (), {}, "hubspot_record_created"),
    (replace(ACME, objects={"contacts": replace(CONTACTS, create_in_hubspot=False)}), K.CREATED, SF, (), {}, "salesforce_record_created"),
    (replace(ACME, objects={"contacts": replace(CONTACTS, enabled=False)}), K.SEEN, SF, (), {}, "periodic_check"),
    (replace(ACME, objects={}), K.SEEN, SF, (), {}, "periodic_check"),
]  # fmt: skip


@pytest.mark.parametrize(("connection", "kind", "side", "fields", "detail", "key"), OFF, ids=[case[-1] for case in OFF])
def test_a_switch_that_is_off_holds_its_trigger_back_and_says_so(
    connection: Connection,
    kind: SignalKind,
    side: Side,
    fields: tuple[str, ...],
    detail: dict[str, str | bool],
    key: str,
) -> None:
    found = match_signal(scene(kind, side, *fields, connection=connection, **detail))
    assert key not in found.keys
    assert key in {trigger.key for trigger in found.off}


def test_a_list_is_only_joined_where_one_is_chosen() -> None:
    nowhere = replace(ACME, objects={"contacts": replace(CONTACTS, inclusion_list=None)})
    assert match_signal(scene(K.LIST_JOINED, HS, connection=nowhere, list="42")) == Match()


def test_a_person_goes_first_then_a_form_then_an_edit_then_the_check() -> None:
    order = [match(K.ASKED, HS, what="record"), match(K.ACTIVITY, HS, activity="form_submitted"), match(K.CHANGED, HS, "Title"), match(K.SEEN, HS)]  # fmt: skip
    assert [found.urgency for found in order] == [Urgency.MANUAL, Urgency.FORM, Urgency.EDIT, Urgency.CHECK]
    assert Match().urgency is Urgency.BACKFILL


def test_public_keys_are_unique_and_none_is_both() -> None:
    assert len(NON_KEYS) == len(set(NON_KEYS))
    assert not set(KEYS) & set(NON_KEYS)
    assert len(KEYS) == 29


def test_whatever_is_pushed_is_polled_too() -> None:
    for trigger in TRIGGERS:
        assert Sight.PUSH not in trigger.sights or Sight.POLL in trigger.sights, trigger.key


def test_each_declaration_names_the_rules_it_answers_to() -> None:
    assert all(declared.rules for declared in (*TRIGGERS, *NON_TRIGGERS))
    named = {rule for declared in (*TRIGGERS, *NON_TRIGGERS) for rule in declared.rules}
    wanted = {f"T-{n:02}" for n in range(1, 30)} - {"T-02", "T-20"}  # a latency figure, and a rule of 2016
    assert wanted <= named, wanted - named
    assert {f"TN-{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 11, 12)} <= named
