"""Batches: sizes, partial answers, trace ids, upserts, and the order of results."""

from typing import Any

import pytest
from hubspot_hub import CONTACTS, START, Hub

from pasodoble.simulators.hubspot import Switches


def create(hub: Hub, *inputs: dict[str, Any]) -> Any:
    return hub.post(f"{CONTACTS}/batch/create", {"inputs": list(inputs)})


def entry(trace: str | None = None, **properties: str) -> dict[str, Any]:
    made: dict[str, Any] = {"properties": properties}
    if trace is not None:
        made["objectWriteTraceId"] = trace
    return made


def test_creation_answers_201_with_every_record(hub: Hub) -> None:
    answer = create(hub, entry(email="a@b.test"), entry(email="c@b.test"))
    assert answer.status == 201
    assert answer["status"] == "COMPLETE"
    assert answer["startedAt"] == START
    assert [row["properties"]["email"] for row in answer["results"]] == ["a@b.test", "c@b.test"]


def test_creation_without_trace_ids_is_all_or_nothing(hub: Hub) -> None:
    hub.contact(email="taken@b.test")
    answer = create(hub, entry(email="a@b.test"), entry(email="taken@b.test"))
    assert answer.status == 409
    assert answer["message"] == "Contact already exists. Existing ID: 101"
    assert len(hub.get(CONTACTS)["results"]) == 1


def test_creation_with_trace_ids_fails_one_by_one(hub: Hub) -> None:
    hub.contact(email="taken@b.test")
    answer = create(hub, entry("r1", email="a@b.test"), entry("r2", email="taken@b.test"), entry("r3", x="1"))
    assert answer.status == 207
    assert [row["objectWriteTraceId"] for row in answer["results"]] == ["r1"]
    assert answer["numErrors"] == 2
    traces = {error["context"]["objectWriteTraceId"][0]: error["category"] for error in answer["errors"]}
    assert traces == {"r2": "CONFLICT", "r3": "VALIDATION_ERROR"}


def test_trace_ids_have_to_be_on_every_input_and_unique(hub: Hub) -> None:
    assert create(hub, entry("r1", email="a@b.test"), entry(x="1")).status == 400
    assert create(hub, entry("r1", email="a@b.test"), entry("r1", x="1")).status == 400


def test_switch_turns_partial_answers_off() -> None:
    hub = Hub(switches=Switches(partial_batches=False))
    assert create(hub, entry("r1", email="a@b.test"), entry("r2", x="1")).status == 400


def test_two_inputs_may_not_claim_one_address(hub: Hub) -> None:
    assert create(hub, entry(email="a@b.test"), entry(email="A@b.test")).status == 409
    assert create(hub, entry("1", email="a@b.test"), entry("2", email="A@b.test")).status == 207


@pytest.mark.parametrize("operation", ["create", "read", "update", "upsert", "archive"])
def test_batches_hold_a_hundred_inputs(hub: Hub, operation: str) -> None:
    inputs = [{"id": str(number), "properties": {"email": f"n{number}@b.test"}} for number in range(101)]
    answer = hub.post(
        f"{CONTACTS}/batch/{operation}", {"inputs": inputs, "properties": [], "propertiesWithHistory": []}
    )
    assert answer.status == 400
    assert answer["message"].startswith("The maximum number of inputs supported in a batch is 100.")


def test_histories_are_read_fifty_at_a_time(hub: Hub) -> None:
    inputs = [{"id": str(number)} for number in range(51)]
    body = {"inputs": inputs, "properties": [], "propertiesWithHistory": ["email"]}
    answer = hub.post(f"{CONTACTS}/batch/read", body)
    assert answer.status == 400
    assert "request for property histories is 50" in answer["message"]


def test_reading_unknown_ids_names_them_in_one_error(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    body = {"inputs": [{"id": id}, {"id": "998"}, {"id": "999"}], "properties": ["email"], "propertiesWithHistory": []}
    answer = hub.post(f"{CONTACTS}/batch/read", body)
    assert answer.status == 207
    assert [row["id"] for row in answer["results"]] == [id]
    assert answer["errors"] == [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
            "context": {"ids": ["998", "999"]},
            "errors": [],
            "links": {},
        }
    ]


def test_records_are_read_by_a_unique_property(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    body = {"inputs": [{"id": "A@b.test"}], "idProperty": "email", "properties": ["email"], "propertiesWithHistory": []}
    assert hub.post(f"{CONTACTS}/batch/read", body)["results"][0]["id"] == id


def test_archived_records_are_read_when_asked_for(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    body = {"inputs": [{"id": id}], "properties": ["email"], "propertiesWithHistory": []}
    hub.post(f"{CONTACTS}/batch/archive", {"inputs": [{"id": id}]})
    assert hub.post(f"{CONTACTS}/batch/read", body).status == 207
    assert hub.post(f"{CONTACTS}/batch/read?archived=true", body)["results"][0]["archivedAt"] == START


def test_update_writes_the_known_and_names_the_unknown(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    inputs = [
        {"id": id, "properties": {"phone": "1"}},
        {"id": "999", "properties": {"phone": "2"}, "objectWriteTraceId": "t"},
    ]
    answer = hub.post(f"{CONTACTS}/batch/update", {"inputs": inputs})
    assert answer.status == 207
    assert answer["errors"][0]["context"] == {"ids": ["999"], "objectWriteTraceId": ["t"]}
    assert hub.value(id, "phone") == "1"


def test_update_refuses_the_same_id_twice(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    answer = hub.post(f"{CONTACTS}/batch/update", {"inputs": [{"id": id, "properties": {}}] * 2})
    assert answer.status == 400
    assert answer["message"] == f"Duplicate IDs found in batch input: [{id}]. IDs must be unique"
    assert answer["context"] == {"ids": [id]}


def test_upsert_by_key_creates_and_updates(hub: Hub) -> None:
    id = hub.contact(email="a@b.test", pasodoble_key="k1")
    inputs = [
        {"id": "k1", "idProperty": "pasodoble_key", "properties": {"phone": "1"}},
        {"id": "k2", "idProperty": "pasodoble_key", "properties": {"email": "new@b.test"}},
    ]
    answer = hub.post(f"{CONTACTS}/batch/upsert", {"inputs": inputs})
    assert answer.status == 200
    assert [(row["id"], row["new"]) for row in answer["results"]] == [(id, False), ("102", True)]
    assert hub.value("102", "pasodoble_key") == "k2"


def test_upsert_by_email_knows_no_partial_success(hub: Hub) -> None:
    def inputs(name: str, ids: tuple[str, str]) -> dict[str, Any]:
        rows = [(ids[0], {}), (ids[1], {"x": "1"})]
        return {
            "inputs": [
                {"id": id, "idProperty": name, "properties": {"firstname": "A", **extra}, "objectWriteTraceId": id}
                for id, extra in rows
            ]
        }

    assert hub.post(f"{CONTACTS}/batch/upsert", inputs("email", ("a@b.test", "c@b.test"))).status == 400
    assert hub.post(f"{CONTACTS}/batch/upsert", inputs("pasodoble_key", ("k1", "k2"))).status == 207


def test_upsert_needs_a_unique_property(hub: Hub) -> None:
    inputs = [{"id": "Ana", "idProperty": "firstname", "properties": {}}]
    assert hub.post(f"{CONTACTS}/batch/upsert", {"inputs": inputs}).status == 400


def test_results_come_by_id_or_as_the_switch_says() -> None:
    def ids(order: Any) -> list[str]:
        hub = Hub(switches=Switches(batch_order=order))
        made = [hub.contact(email=f"n{number}@b.test") for number in range(6)]
        body = {"inputs": [{"id": id} for id in reversed(made)], "properties": [], "propertiesWithHistory": []}
        return [row["id"] for row in hub.post(f"{CONTACTS}/batch/read", body)["results"]]

    assert ids("id") == sorted(ids("input"))
    assert ids("input") == ids("id")[::-1]
    assert sorted(ids("shuffled")) == ids("id")


def test_archive_passes_over_unknown_ids(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    assert hub.post(f"{CONTACTS}/batch/archive", {"inputs": [{"id": id}, {"id": "999"}]}).status == 204
    assert hub.get(f"{CONTACTS}/{id}").status == 404


def test_one_record_by_two_names_is_a_duplicate_too(hub: Hub) -> None:
    id = hub.contact(email="a@b.test")
    twice = [{"id": id, "properties": {}}, {"id": "a@b.test", "idProperty": "email", "properties": {}}]
    answer = hub.post(f"{CONTACTS}/batch/update", {"inputs": twice})
    assert (answer.status, answer["context"]) == (400, {"ids": [id]})
