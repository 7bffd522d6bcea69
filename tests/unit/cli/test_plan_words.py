"""A plan on the terminal: sentences, in the reader's language, and never a value of the program's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pasodoble.cli.plan import show_plan
from pasodoble.engine.service.planning import Planned
from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Create, Delete, Step, Update
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair, Side
from pasodoble.planner.brakes import Tally
from pasodoble.planner.document import Document
from pasodoble.planner.plan import make_plan

DEALS = Kind("deals")
DEAL, ACME, ANA = (Ref(Side.HUBSPOT, name, id) for name, id in (("deals", "1"), ("companies", "2"), ("contacts", "3")))
CHANGED = {"": Message.of("rule.changed", side=Side.SALESFORCE)}
OPERATIONS = (
    Create(side=Side.SALESFORCE, object="Opportunity", of=DEAL, key="k", fields={"Name": "Big"}),
    Update(ref=DEAL, fields={"amount": None}),
    Delete(ref=DEAL),
    Associate(ref=DEAL, to=ACME),
    Associate(ref=DEAL, to=ANA, remove=True),
)


def shown(language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", "200")
    steps = [
        Step(kind=DEALS, operation=one, why={"amount": CHANGED[""]} if isinstance(one, Update) else CHANGED)
        for one in OPERATIONS
    ]
    document = Document(
        connection="main",
        config_hash="",
        made_at=datetime(2026, 11, 24, tzinfo=UTC),
        read_at=Pair(None, None),
        versions={},
        plan=make_plan(steps, Tally(linked={})),
    )
    planned = Planned(
        document=document,
        linked=3,
        left_out={"no_email": 2},
        problems={"picklist.value_missing": 1},
        labels={DEAL: "Big", ACME: "Acme"},
    )
    show_plan(planned, language)
    return capsys.readouterr().out


def test_association_of_a_plan_is_told_in_a_sentence_with_the_names_of_both(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = shown("en", capsys, monkeypatch)
    assert "tie in HubSpot: Big (1) to Acme (2)" in said
    assert "untie in HubSpot: Big (1) from hubspot:contacts:3" in said
    assert "Associate(" not in said and "Ref(" not in said
    assert "1 to create, 1 to update, 1 to delete, 2 to tie or untie; 3 to pair" in said
    assert "it has no email address" in said


def test_whole_plan_is_told_in_spanish(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said = shown("es", capsys, monkeypatch)
    assert "crear Opportunity en Salesforce: Big" in said
    assert "unir en HubSpot: Big (1) con Acme (2)" in said
    assert "(en blanco)" in said and "(blank)" not in said
    assert "no tiene dirección de correo" in said
    assert not [word for word in (" to create", "Left out", "Problems", "changed", "Cost in") if word in said]
