"""Switches through the door: all shown with their defaults, each of them settable while the sandbox runs and obeyed at once."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hubspot_hub import CONTACTS, Hub, wanted

from pasodoble.simulators.hubspot import Switches
from pasodoble.simulators.hubspot.people_at_work import ACTIONS

GUIDE = Path(__file__).parents[3] / "docs" / "sandbox.md"
DOOR_SWITCHES = "/__sandbox__/switches"


def turn(hub: Hub, **switches: Any) -> None:
    answer = hub.patch(DOOR_SWITCHES, switches)
    assert answer.status == 200, answer.body
    assert answer["switches"] == {**answer["defaults"], **switches}


def test_all_are_shown_with_their_defaults(hub: Hub) -> None:
    answer = hub.get(DOOR_SWITCHES)
    assert answer["switches"] == answer["defaults"] == asdict(Switches())


@pytest.mark.parametrize(
    "order",
    [
        {"unheard_of": 1},
        {"merge_id": "any"},
        {"search_lag_s": -1},
        {"search_lag_s": True},
        {"limit_increases": True},
        {"limit_increases": 3},
        {"access_token_s": 1.5},
        {"partial_batches": "yes"},
        {"search_lag_s": 5, "tier": "gold"},
        [1],
    ],
)
def test_nonsense_is_refused_and_changes_nothing(hub: Hub, order: Any) -> None:
    assert hub.patch(DOOR_SWITCHES, order).status == 400
    assert hub.get(DOOR_SWITCHES)["switches"] == asdict(Switches())


def test_merges_keep_the_primary_id_when_told(hub: Hub) -> None:
    first, second = hub.contact(email="a@b.test"), hub.contact(email="b@b.test")
    turn(hub, merge_id="preserved")
    assert hub.post(f"{CONTACTS}/merge", {"primaryObjectId": first, "objectIdToMerge": second})["id"] == first


def test_a_stage_written_backwards_is_refused_when_told(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", lifecyclestage="customer")
    back = {"properties": {"lifecyclestage": "lead"}}
    assert hub.patch(f"{CONTACTS}/{id}", back).status == 200
    assert hub.value(id, "lifecyclestage") == "customer"
    turn(hub, lifecycle_backward="refuse")
    assert hub.patch(f"{CONTACTS}/{id}", back).status == 400


def test_search_lags_when_told(hub: Hub) -> None:
    hub.contact(email="a@b.test")
    turn(hub, search_lag_s=10)
    assert hub.found(wanted("email", "EQ", "a@b.test")) == []
    hub.clock.advance(10)
    assert hub.found(wanted("email", "EQ", "a@b.test")) == ["101"]


def test_empty_values_are_left_out_when_told(hub: Hub) -> None:
    path = f"{CONTACTS}/{hub.contact(email='a@b.test')}?properties=firstname"
    assert hub.get(path)["properties"]["firstname"] is None
    turn(hub, empty_values="omit")
    assert "firstname" not in hub.get(path)["properties"]


def test_batches_are_all_or_nothing_when_told(hub: Hub) -> None:
    turn(hub, partial_batches=False)
    inputs = [{"objectWriteTraceId": "a", "properties": {"email": "a@b.test"}}]
    inputs.append({"objectWriteTraceId": "b", "properties": {"nope": "1"}})
    assert hub.post(f"{CONTACTS}/batch/create", {"inputs": inputs}).status == 400


def test_records_are_locked_when_told(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    turn(hub, lock_probability=1)
    answer = hub.patch(f"{CONTACTS}/{id}", {"properties": {"firstname": "Ana"}})
    assert (answer.status, answer["category"]) == (423, "LOCKED")


def test_the_plan_is_one_for_budgets_and_analytics(hub: Hub) -> None:
    turn(hub, tier="starter", limit_increases=1)
    plan = hub.get("/__sandbox__/limits")
    assert (plan["tier"], plan["burst"], plan["daily"]) == ("starter", 250, 1_250_000)
    assert hub.get("/events/v3/events/event-types").status == 403
    hub.post("/__sandbox__/limits", {"tier": "enterprise"})
    assert hub.get("/events/v3/events/event-types").status == 200
    assert hub.get(DOOR_SWITCHES)["switches"]["tier"] == "enterprise"


def test_companies_are_made_of_domains_when_told(hub: Hub) -> None:
    turn(hub, company_auto_association=True)
    id = hub.contact(email="a@acme.test")
    assert hub.get(f"{CONTACTS}/{id}?associations=companies")["associations"]["companies"]["results"]


def test_dates_off_midnight_are_cut_when_told(hub: Hub) -> None:
    hub.patch("/__sandbox__/schema", {"properties": {"contacts": {"day": {"type": "date"}}}})
    off = {"properties": {"email": "a@b.test", "day": "1777888800000"}}
    assert hub.post(CONTACTS, off).status == 400
    turn(hub, date_off_midnight="truncate")
    assert hub.value(hub.post(CONTACTS, off)["id"], "day") == "2026-05-04"


def test_tokens_live_as_long_as_told(hub: Hub) -> None:
    turn(hub, access_token_s=60)
    grant = b"grant_type=client_credentials&client_id=%b&client_secret=%b&scope=developer.webhooks_journal.read"
    known = hub.world.credentials
    body = grant % (known["client_id"].encode(), known["client_secret"].encode())
    assert hub.post("/oauth/2026-03/token", body)["expires_in"] == 60


def test_webhooks_are_disturbed_when_told(hub: Hub) -> None:
    turn(hub, webhook_delay_s=3, webhook_reorder=True)
    state = hub.get("/__sandbox__/webhooks")
    assert (state["delay_s"], state["reorder"]) == (3, True)


def test_the_guide_names_every_switch_and_action() -> None:
    guide = GUIDE.read_text()
    assert [name for name in (*asdict(Switches()), *ACTIONS) if f"`{name}`" not in guide] == []
