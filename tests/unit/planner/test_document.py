"""Plans as documents: what is written can be read, and is refused once it is out of date."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.laws.pair_world import NOON, REFS

from pasodoble.errors import Error
from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Create, Delete, Step, Update
from pasodoble.model.side import Pair, Side
from pasodoble.planner.document import Document, check_stale, parse_document, parse_ref, refs_of, render_document
from pasodoble.planner.explain import MESSAGES, explain_pairing, explain_plan, explain_step
from pasodoble.planner.plan import Plan, make_plan
from pasodoble.reconcile.pairing import Ambiguous, By, Paired, Taken, Unmatched

WHY = {"lastname": Message.of("rule.changed", side=Side.HUBSPOT)}
STEPS = (
    Step(
        kind="contacts",
        operation=Create(
            side=Side.SALESFORCE, object="Lead", fields={"Email": "a@x.org", "N": 1.5, "B": True, "X": None}, key="k",
            of=REFS.hubspot, natural=("Email", "a@x.org"),
        ),
        why={"": Message("match.unmatched")},
    ),
    Step(
        kind="contacts",
        operation=Update(ref=REFS.salesforce, fields={"Title": None}, unless_modified_since=NOON),
        why=WHY,
        before={"Title": "x"},
    ),
    Step(kind="contacts", operation=Update(ref=REFS.hubspot, fields={"jobtitle": "y"}), why=WHY),
    Step(kind="deals", operation=Associate(ref=REFS.hubspot, to=REFS.hubspot, label="Buyer", remove=True), why={}),
    *(Step(kind="contacts", operation=Delete(ref=replace(REFS.hubspot, id=str(n))), why={}) for n in range(11)),
)  # fmt: skip
DOCUMENT = Document(
    connection="acme",
    config_hash="abc",
    made_at=NOON,
    read_at=Pair(NOON, None),
    versions={REFS.hubspot: NOON, REFS.salesforce: NOON + timedelta(seconds=1)},
    plan=make_plan(STEPS),
)


def test_a_document_comes_back_as_it_was() -> None:
    assert DOCUMENT.plan.brakes
    text = json.dumps(render_document(DOCUMENT))
    assert parse_document(json.loads(text)) == DOCUMENT


def test_a_document_says_its_version_and_its_price() -> None:
    raw = render_document(DOCUMENT)
    assert raw["format_version"] == 1
    assert raw["cost"]["calls"] == dict(zip(Side, DOCUMENT.plan.cost.calls, strict=True))


def test_the_same_plan_gives_the_same_text() -> None:
    turned = replace(DOCUMENT, plan=make_plan(reversed(STEPS)), versions=dict(reversed(DOCUMENT.versions.items())))
    assert json.dumps(render_document(turned)) == json.dumps(render_document(DOCUMENT))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda raw: None, id="nothing at all"),
        pytest.param(lambda raw: {}, id="some other document"),
        pytest.param(lambda raw: raw | {"format_version": 99}, id="of a newer version"),
        pytest.param(lambda raw: {k: v for k, v in raw.items() if k != "steps"}, id="without steps"),
        pytest.param(lambda raw: raw | {"steps": [{"do": "burn", "kind": "x", "why": {}, "before": {}}]}, id="an unknown operation"),
        pytest.param(lambda raw: raw | {"steps": [raw["steps"][0] | {"fields": {"Email": ["list"]}}]}, id="a value of no kind"),
        pytest.param(lambda raw: raw | {"records": [{"ref": "mars:contacts:1", "modified_at": NOON.isoformat()}]}, id="a record of nowhere"),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_refused_with_the_next_step(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Error) as refused:
        parse_document(change(render_document(DOCUMENT)))
    assert refused.value.next_step == "pasodoble plan --out FILE"


def stale(**more: object) -> list[str]:
    now = {"connection": "acme", "config_hash": "abc", "versions": dict(DOCUMENT.versions)} | more
    return [reason.id for reason in check_stale(DOCUMENT, **now)]  # type: ignore[arg-type]


def test_a_fresh_plan_is_not_stale() -> None:
    assert stale() == []


def test_a_plan_is_stale_once_anything_it_rests_on_has_changed() -> None:
    assert stale(connection="other") == ["stale.other_connection"]
    assert stale(config_hash="xyz") == ["stale.settings_changed"]
    moved = {**DOCUMENT.versions, REFS.hubspot: NOON + timedelta(seconds=9)}
    assert stale(versions=moved) == ["stale.record_changed"]
    assert stale(versions={REFS.hubspot: NOON}) == ["stale.record_gone"]
    assert stale(versions={**DOCUMENT.versions, REFS.hubspot: None}) == ["stale.record_gone"]


def test_the_records_of_a_plan_are_those_it_writes_or_copies() -> None:
    assert set(refs_of(DOCUMENT.plan)) >= {REFS.hubspot, REFS.salesforce}
    assert len(list(refs_of(DOCUMENT.plan))) == len(STEPS) + 1


def test_a_ref_is_read_as_it_is_shown() -> None:
    assert parse_ref(str(REFS.salesforce)) == REFS.salesforce


# --- in words --------------------------------------------------------------------------------------------------------


def known(message: Message) -> bool:
    return MESSAGES.get(message.id) == tuple(name for name, _ in message.params)


def test_every_sentence_about_a_plan_is_in_the_list_with_its_parameters() -> None:
    said = [*explain_plan(DOCUMENT.plan), *explain_plan(Plan())]
    assert {message.id.partition(".")[0] for message in said} == {"plan", "brake"}
    assert all(known(message) for message in said), [m for m in said if not known(m)]


def test_every_reason_that_a_plan_gives_is_in_the_list() -> None:
    assert all(known(message) for step in STEPS for message in step.why.values())
    assert all(known(message) for message in check_stale(DOCUMENT, connection="x", config_hash="y", versions={}))


def test_each_way_of_matching_has_a_sentence() -> None:
    ways = (Paired(REFS.hubspot, By.EMAIL), Ambiguous((REFS.hubspot,), By.EMAIL), Taken((), By.DOMAIN), Unmatched())
    assert all(known(explain_pairing(way)) for way in ways)


def test_an_association_that_is_removed_is_told_apart() -> None:
    assert explain_step(STEPS[3]).id == "plan.separate"
