"""Who is left out on purpose, and by which gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pasodoble.model.ref import Ref
from pasodoble.model.settings import ExistingRecords, ObjectSettings
from pasodoble.model.side import Side
from pasodoble.reconcile.gates import CREATE_GATES, GATES, Applicant, find_create_gate, find_gate

INSTALLED = datetime(2026, 3, 1, tzinfo=UTC)
CONTACTS = ObjectSettings(
    kind="contacts",
    hubspot_object="contacts",
    salesforce_objects=("Lead", "Contact"),
    create_in_salesforce="Lead",
    match=("email",),
)
HUBSPOT = Applicant(settings=CONTACTS, ref=Ref(Side.HUBSPOT, "contacts", "1"), linked=False, email="ana@example.com")
SALESFORCE = replace(HUBSPOT, ref=Ref(Side.SALESFORCE, "Lead", "1"))
COMPANIES = replace(HUBSPOT, settings=replace(CONTACTS, kind="companies", match=("people", "domain")), email=None)
WAITING = {"existing": ExistingRecords.WAIT, "installed_at": INSTALLED, "created_at": INSTALLED - timedelta(days=1)}

CASES = [
    ("an ordinary contact", HUBSPOT, None),
    ("an ordinary lead", SALESFORCE, None),
    ("the object is off", replace(HUBSPOT, settings=replace(CONTACTS, enabled=False)), "object_off"),
    ("N-01 a contact without email", replace(HUBSPOT, email=None), "no_email"),
    ("N-02 a lead with a blank email", replace(SALESFORCE, email="  "), "no_email"),
    ("C-13 a linked contact whose email was blanked is not dropped", replace(HUBSPOT, email=None, linked=True), None),
    ("a company needs no email", COMPANIES, None),
    ("N-03 outside the list", replace(HUBSPOT, in_list=False), "not_in_list"),
    ("inside the list", replace(HUBSPOT, in_list=True), None),
    ("I-05 a new lead comes in even so", replace(SALESFORCE, in_list=False), None),
    ("I-06 left the list: no writes to Salesforce", replace(HUBSPOT, in_list=False, linked=True), "not_in_list"),
    ("I-06 left the list: no writes to HubSpot", replace(SALESFORCE, in_list=False, linked=True), "not_in_list"),
    ("C-11 a converted lead", replace(SALESFORCE, converted=True), "converted_lead"),
    ("N-07 a pipeline that is not synced", replace(HUBSPOT, pipeline_synced=False, linked=True), "pipeline_not_synced"),
    ("TN-07 it was there before", replace(HUBSPOT, **WAITING), "waits_for_edit"),
    ("TN-12 it was there before, in Salesforce", replace(SALESFORCE, **WAITING), "waits_for_edit"),
    ("it was there before, and was edited since", replace(HUBSPOT, **WAITING, woken=True), None),
    ("it was there before, and a person asks", replace(HUBSPOT, **WAITING, asked=True), None),
    ("it was there before, and is linked", replace(HUBSPOT, **WAITING, linked=True), None),
    ("it came after", replace(HUBSPOT, **{**WAITING, "created_at": INSTALLED}), None),
    ("it was there before, and existing records sync", replace(HUBSPOT, **{**WAITING, "existing": ExistingRecords.SYNC}), None),
]  # fmt: skip


@pytest.mark.parametrize(("who", "key"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_gate(who: Applicant, key: str | None) -> None:
    gate = find_gate(who)
    assert (gate and gate.key) == key


CREATES = [
    ("creating is on", HUBSPOT, None),
    ("creating is off in Salesforce", replace(HUBSPOT, settings=replace(CONTACTS, create_in_salesforce="")), "create_off"),
    ("creating is off in HubSpot", replace(SALESFORCE, settings=replace(CONTACTS, create_in_hubspot=False)), "create_off"),
    ("the other side's setting does not matter", replace(SALESFORCE, settings=replace(CONTACTS, create_in_salesforce="")), None),
    ("N-06 a company without people", replace(COMPANIES, people=0), "no_people"),
    ("A-06 a company with people", replace(COMPANIES, people=1), None),
    ("A-08 a company without people, by hand", replace(COMPANIES, people=0, asked=True), None),
]  # fmt: skip


@pytest.mark.parametrize(("who", "key"), [case[1:] for case in CREATES], ids=[case[0] for case in CREATES])
def test_create_gate(who: Applicant, key: str | None) -> None:
    gate = find_create_gate(who)
    assert (gate and gate.key) == key


def test_every_gate_closes_in_some_case_above() -> None:
    assert {key for *_, key in (*CASES, *CREATES)} - {None} == {gate.key for gate in (*GATES, *CREATE_GATES)}


def test_the_message_of_a_gate_carries_its_public_key() -> None:
    assert find_gate(replace(HUBSPOT, email="")).message.id == "gate.no_email"  # type: ignore[union-attr]


def test_each_gate_names_the_rules_of_hubspots_own_integration_that_it_keeps() -> None:
    assert {gate.key: " ".join(gate.rules) for gate in (*GATES, *CREATE_GATES)} == {
        "object_off": "M-14 A-01 D-04",
        "converted_lead": "C-10 C-11",
        "no_email": "N-01 N-02",
        "not_in_list": "N-03 I-02 I-05 I-06",
        "pipeline_not_synced": "N-07 D-07",
        "waits_for_edit": "TN-07 TN-12 C-19",
        "create_off": "T-18 T-19 C-05 C-06",
        "no_people": "N-06 A-06 A-07 A-08",
    }


def test_a_record_of_unknown_age_is_one_from_before() -> None:
    for unknown in ("created_at", "installed_at"):
        gate = find_gate(replace(HUBSPOT, **{**WAITING, unknown: None}))
        assert gate is not None
        assert gate.key == "waits_for_edit"
