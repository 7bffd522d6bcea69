"""Change events as a stranger's stubs and an Avro reader see them: schemas, bitmaps, replay, flow, errors."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import fastavro
import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sfprotostash import pubsub_api_pb2 as pb
from sfprotostash import pubsub_api_pb2_grpc

from pasodoble.simulators.certificate import make_certificate
from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.salesforce import Switches, build
from pasodoble.simulators.salesforce.conversion import Conversion, convert_lead
from pasodoble.simulators.salesforce.pubsub import EventBus, Gap, TooManyEntities, serving_bus
from pasodoble.simulators.salesforce.pubsub.bitmaps import spell_bitmaps
from pasodoble.simulators.salesforce.schema import make_field, remake
from pasodoble.simulators.salesforce.settings import Access
from pasodoble.simulators.salesforce.writes import Writer

NOON_MS = 1_780_000_000_000
ORIGIN = "com/salesforce/api/rest/66.0;client=someone"


def changed_fields(schema: dict[str, Any], maps: list[str]) -> list[str]:
    """Names behind bitmaps, in the manner of Salesforce's own example clients."""
    out = []
    fields = schema["fields"]
    for entry in maps:
        index, _, digits = entry.rpartition("-")
        names = nested(schema, fields[int(index)]) if index else fields
        bits = int(digits, 16)
        prefix = fields[int(index)]["name"] + "." if index else ""
        out += [prefix + names[i]["name"] for i in range(bits.bit_length()) if bits >> i & 1]
    return out


def nested(schema: dict[str, Any], field: dict[str, Any]) -> list[dict[str, Any]]:
    for branch in field["type"]:
        if isinstance(branch, dict):
            return list(branch["fields"])
    name = next(branch for branch in field["type"] if branch not in ("null", "string"))
    for other in schema["fields"]:
        for branch in other["type"] if isinstance(other["type"], list) else ():
            if isinstance(branch, dict) and branch["name"] == name:
                return list(branch["fields"])
    raise AssertionError(name)


class Bench:
    """A served org, with a stranger's stub to talk to it."""

    def __init__(self, bus: EventBus, clock: SimClock, endpoint: str, token: str) -> None:
        self.bus, self.org, self.clock = bus, bus.org, clock
        self.channel = grpc.aio.insecure_channel(endpoint)
        self.stub = pubsub_api_pb2_grpc.PubSubStub(self.channel)
        self.metadata = (("accesstoken", token), ("instanceurl", "http://127.0.0.1:1"), ("tenantid", self.org.id))
        self.schemas: dict[str, dict[str, Any]] = {}

    def write(self, act: Callable[[Writer], Any], origin: str = ORIGIN) -> Any:
        user = self.org.integration_user_id
        with self.org.transaction(user, origin) as work:
            return act(Writer(work, self.org.view(user)))

    def insert(self, name: str, **values: Any) -> str:
        return str(self.write(lambda w: w.insert(self.org.sobject(name), values)))

    def update(self, name: str, record_id: str, **values: Any) -> None:
        self.write(lambda w: w.update(self.org.sobject(name), record_id, values))

    async def schema(self, schema_id: str) -> dict[str, Any]:
        if schema_id not in self.schemas:
            answer = await self.stub.GetSchema(pb.SchemaRequest(schema_id=schema_id), metadata=self.metadata)
            self.schemas[schema_id] = json.loads(answer.schema_json)
        return self.schemas[schema_id]

    async def decode(self, event: Any) -> dict[str, Any]:
        """The event's body; the header with the names behind its bitmaps is under `ChangeEventHeader`."""
        schema = await self.schema(event.event.schema_id)
        body: Any = fastavro.schemaless_reader(io.BytesIO(event.event.payload), fastavro.parse_schema(schema), None)
        header = body["ChangeEventHeader"]
        for key in ("changedFields", "nulledFields", "diffFields"):
            header[key] = changed_fields(schema, header[key])
        return dict(body)

    def subscribe(self, topic: str, preset: Any = pb.EARLIEST, count: int = 50, replay: bytes = b"") -> Any:
        call = self.stub.Subscribe(metadata=self.metadata)
        first = pb.FetchRequest(topic_name=topic, replay_preset=preset, num_requested=count, replay_id=replay)
        return call, first

    async def read(self, topic: str, **options: Any) -> list[dict[str, Any]]:
        """What a channel holds, decoded: everything in the first answer."""
        call, first = self.subscribe(topic, **options)
        await call.write(first)
        response = await asyncio.wait_for(call.read(), 5)
        call.cancel()
        return [await self.decode(event) for event in response.events]

    async def failure(self, topic: str, **options: Any) -> tuple[grpc.StatusCode, str, str]:
        call, first = self.subscribe(topic, **options)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call.write(first)
            await asyncio.wait_for(call.read(), 5)
        return told(error.value)


def told(error: grpc.aio.AioRpcError) -> tuple[grpc.StatusCode, str, str]:
    trailers = {str(key): value for key, value in error.trailing_metadata() or ()}
    return error.code(), str(trailers["error-code"]).removeprefix("sfdc.platform.eventbus.grpc."), error.details() or ""


async def make_bench(**switches: Any) -> AsyncIterator[Bench]:
    clock = SimClock(start_ms=NOON_MS, frozen=True)
    limits = switches.pop("limits", "off")
    world = build(clock, people=0, limits=limits, switches=Switches(**switches))
    bus = EventBus(world.org, world.sessions)
    async with serving_bus(bus) as endpoint:
        bench = Bench(bus, clock, endpoint, world.sessions.token)
        yield bench
        await bench.channel.close()


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async for made in make_bench():
        yield made


async def test_a_topic_and_its_schema(bench: Bench) -> None:
    topic = await bench.stub.GetTopic(pb.TopicRequest(topic_name="/data/LeadChangeEvent"), metadata=bench.metadata)
    assert (topic.can_subscribe, topic.can_publish, topic.topic_name) == (True, False, "/data/LeadChangeEvent")
    schema = await bench.schema(topic.schema_id)
    assert (schema["name"], schema["namespace"]) == ("LeadChangeEvent", "com.sforce.eventbus")
    names = [field["name"] for field in schema["fields"]]
    assert names[:2] == ["ChangeEventHeader", "Name"]
    assert not {"Id", "IsDeleted", "SystemModstamp", "FirstName", "City"} & set(names)
    by_name = {field["name"]: field for field in schema["fields"]}
    assert by_name["Status"] == {
        "name": "Status",
        "type": ["null", "string"],
        "doc": "Data:DynamicEnum",
        "default": None,
    }
    assert [p["name"] for p in nested(schema, by_name["Name"])][:3] == ["Salutation", "FirstName", "LastName"]
    assert by_name["CreatedDate"]["doc"] == "CreatedDate:DateTime"


async def test_a_record_type_used_twice_is_named_the_second_time(bench: Bench) -> None:
    topic = await bench.stub.GetTopic(pb.TopicRequest(topic_name="/data/ContactChangeEvent"), metadata=bench.metadata)
    by_name = {field["name"]: field for field in (await bench.schema(topic.schema_id))["fields"]}
    kinds = [by_name[name]["type"][1] for name in ("OtherAddress", "MailingAddress")]
    assert {type(kind) for kind in kinds} == {dict, str}
    assert "Address" in kinds


async def test_a_company_has_a_plain_name(bench: Bench) -> None:
    account = bench.insert("Account", Name="Acme", BillingCity="Jaén")
    bench.update("Account", account, Name="Acme SA")
    created, renamed = await bench.read("/data/AccountChangeEvent")
    assert (created["Name"], created["BillingAddress"]["City"]) == ("Acme", "Jaén")
    assert (renamed["Name"], renamed["ChangeEventHeader"]["changedFields"]) == ("Acme SA", ["Name", "LastModifiedDate"])


async def test_lead_conversion_is_four_events_of_one_transaction(bench: Bench) -> None:
    lead = bench.insert("Lead", LastName="Lee", Company="Lco")
    status = next(row["MasterLabel"] for row in bench.org.table("LeadStatus").rows.values() if row.get("IsConverted"))
    bench.write(lambda w: convert_lead(w, Conversion(lead_id=lead, status=status)))
    events = (await bench.read("/data/ChangeEvents"))[1:]
    headers = [event["ChangeEventHeader"] for event in events]
    assert [(h["entityName"], h["changeType"], h["sequenceNumber"]) for h in headers if h["entityName"] != "OpportunityContactRole"] == [
        ("Account", "CREATE", 1), ("Contact", "CREATE", 2), ("Opportunity", "CREATE", 3), ("Lead", "UPDATE", 4),
    ]  # fmt: skip
    assert len({h["transactionKey"] for h in headers}) == 1
    told = next(h for h in headers if h["entityName"] == "Lead")["changedFields"]
    assert {
        "Status",
        "IsConverted",
        "ConvertedDate",
        "ConvertedAccountId",
        "ConvertedContactId",
        "ConvertedOpportunityId",
    } <= set(told)


async def test_creation_tells_all_fields(bench: Bench) -> None:
    contact = bench.insert("Contact", LastName="Roe", FirstName="Ada", MailingCity="Ávila", Birthdate="2000-01-02")
    (event,) = await bench.read("/data/ContactChangeEvent")
    header = event["ChangeEventHeader"]
    assert (header["entityName"], header["changeType"], header["recordIds"]) == ("Contact", "CREATE", [contact])
    assert (header["changeOrigin"], header["commitUser"]) == (ORIGIN, bench.org.integration_user_id)
    assert (header["sequenceNumber"], header["commitTimestamp"], header["changedFields"]) == (1, NOON_MS, [])
    assert (event["Name"]["FirstName"], event["Name"]["LastName"], event["MailingAddress"]["City"]) == (
        "Ada",
        "Roe",
        "Ávila",
    )
    assert (event["HasOptedOutOfEmail"], event["Birthdate"], event["Email"]) == (False, 946771200000, None)


async def test_an_update_tells_only_what_changed(bench: Bench) -> None:
    contact = bench.insert("Contact", LastName="Roe", FirstName="Ada", Title="Dr", MailingCity="Ávila")
    bench.clock.advance(60)
    bench.update("Contact", contact, FirstName="Eva", Title=None, MailingCity="Lugo")
    _, event = await bench.read("/data/ContactChangeEvent")
    header = event["ChangeEventHeader"]
    assert header["changeType"] == "UPDATE"
    assert set(header["changedFields"]) == {"Name.FirstName", "Title", "MailingAddress.City", "LastModifiedDate"}
    assert header["nulledFields"] == ["Title"]
    assert (event["Name"]["FirstName"], event["Name"]["LastName"]) == ("Eva", None)
    assert (event["MailingAddress"]["City"], event["Title"], event["LastModifiedDate"]) == (
        "Lugo",
        None,
        NOON_MS + 60_000,
    )


async def test_deletion_undeletion_and_purge(bench: Bench) -> None:
    contact = bench.insert("Contact", LastName="Roe")
    bench.write(lambda w: w.delete(bench.org.sobject("Contact"), contact))
    bench.write(lambda w: w.undelete(contact))
    bench.write(lambda w: w.delete(bench.org.sobject("Contact"), contact))
    bench.write(lambda w: w.purge(contact))
    events = await bench.read("/data/ContactChangeEvent")
    assert [event["ChangeEventHeader"]["changeType"] for event in events] == ["CREATE", "DELETE", "UNDELETE", "DELETE"]
    assert (events[1]["Name"], events[2]["Name"]["LastName"]) == (None, "Roe")


async def test_a_transaction_is_told_in_order_and_merged(bench: Bench) -> None:
    def act(writer: Writer) -> None:
        account = writer.insert(bench.org.sobject("Account"), {"Name": "Acme"})
        ids = [writer.insert(bench.org.sobject("Contact"), {"LastName": n, "AccountId": account}) for n in "ab"]
        writer.update(bench.org.sobject("Contact"), ids[0], {"Title": "set in the same transaction"})

    bench.write(act)
    contacts = [row["Id"] for row in bench.org.table("Contact").rows.values()]

    def edit(writer: Writer) -> None:
        for contact in contacts:
            writer.update(bench.org.sobject("Contact"), contact, {"Department": "R&D"})

    bench.write(edit)
    events = await bench.read("/data/ChangeEvents")
    headers = [event["ChangeEventHeader"] for event in events]
    assert [(h["entityName"], h["changeType"], h["sequenceNumber"]) for h in headers] == [
        ("Account", "CREATE", 1), ("Contact", "CREATE", 2), ("Contact", "CREATE", 3), ("Contact", "UPDATE", 1),
    ]  # fmt: skip
    assert len({h["transactionKey"] for h in headers[:3]}) == 1
    assert events[1]["Title"] == "set in the same transaction"
    assert headers[3]["recordIds"] == contacts


async def test_a_long_text_may_come_as_a_diff(bench: Bench) -> None:
    lead = bench.insert("Lead", LastName="L", Company="C", Description="\n".join(["line"] * 400))
    bench.update("Lead", lead, Description="\n".join(["line"] * 399 + ["last"]))
    _, event = await bench.read("/data/LeadChangeEvent")
    assert event["ChangeEventHeader"]["diffFields"] == ["Description"]
    assert event["Description"].startswith("--- \n+++ ") and event["Description"].endswith("-line\n+last")


async def test_formula_fields_are_told_only_where_the_switch_says_so(bench: Bench) -> None:
    async def names() -> list[str]:
        topic = await bench.stub.GetTopic(pb.TopicRequest(topic_name="/data/LeadChangeEvent"), metadata=bench.metadata)
        return [field["name"] for field in (await bench.schema(topic.schema_id))["fields"]]

    lead = bench.org.sobject("Lead")
    told = {"name": "Loud__c", "type": "string", "label": "Loud", "custom": True, "calculated": True}
    formula = make_field({**told, "calculatedFormula": "UPPER(LastName)", "length": 1300})
    bench.org.define([remake(lead, fields=[*lead.fields.values(), formula])])
    bench.insert("Lead", LastName="lee", Company="C")
    assert "Loud__c" in await names()
    (event,) = await bench.read("/data/LeadChangeEvent")
    assert event["Loud__c"] == "LEE"
    async for other in make_bench(formula_fields_in_events=False):
        other.org.define([remake(lead, fields=[*lead.fields.values(), formula])])
        topic = await other.stub.GetTopic(pb.TopicRequest(topic_name="/data/LeadChangeEvent"), metadata=other.metadata)
        assert "Loud__c" not in [field["name"] for field in (await other.schema(topic.schema_id))["fields"]]


async def test_gaps_are_told_without_a_body(bench: Bench) -> None:
    bench.bus.log.announce_gap(Gap("Contact", "GAP_UPDATE", ("0035g0000000001AAA",)))
    bench.bus.log.announce_gap(Gap("Lead", "GAP_OVERFLOW", ("000000000000000AAA",)))
    headers = [event["ChangeEventHeader"] for event in await bench.read("/data/ChangeEvents")]
    assert [(h["entityName"], h["changeType"], h["recordIds"]) for h in headers] == [
        ("Contact", "GAP_UPDATE", ["0035g0000000001AAA"]), ("Lead", "GAP_OVERFLOW", ["000000000000000AAA"]),
    ]  # fmt: skip


async def test_replay_goes_on_after_the_id_and_latest_after_everything(bench: Bench) -> None:
    for name in "abc":
        bench.insert("Lead", LastName=name, Company="C")
    call, first = bench.subscribe("/data/LeadChangeEvent", count=2)
    await call.write(first)
    response = await call.read()
    call.cancel()
    assert len(response.events) == 2 and response.pending_num_requested == 0
    assert response.latest_replay_id == response.events[-1].replay_id
    rest = await bench.read("/data/LeadChangeEvent", preset=pb.CUSTOM, replay=response.events[0].replay_id)
    assert [event["Name"]["LastName"] for event in rest] == ["b", "c"]

    call, first = bench.subscribe("/data/LeadChangeEvent", preset=pb.LATEST)
    await call.write(first)
    waiting = asyncio.ensure_future(call.read())
    await asyncio.sleep(0.05)
    bench.insert("Lead", LastName="d", Company="C")
    response = await asyncio.wait_for(waiting, 5)
    assert [(await bench.decode(event))["Name"]["LastName"] for event in response.events] == ["d"]
    call.cancel()


async def test_no_more_is_sent_than_was_asked_for_and_a_hundred_at_most(bench: Bench) -> None:
    for number in range(130):
        bench.insert("Lead", LastName=str(number), Company="C")
    call, first = bench.subscribe("/data/LeadChangeEvent", count=1000)
    await call.write(first)
    response = await call.read()
    assert (len(response.events), response.pending_num_requested) == (100, 0)
    again = pb.FetchRequest(topic_name="/data/LeadChangeEvent", replay_preset=pb.EARLIEST, num_requested=3)
    await call.write(again)
    response = await call.read()
    assert [(await bench.decode(e))["Name"]["LastName"] for e in response.events] == ["100", "101", "102"]
    call.cancel()


async def test_an_owing_stream_is_kept_alive_and_an_idle_one_closed(bench: Bench) -> None:
    call, first = bench.subscribe("/data/LeadChangeEvent", preset=pb.LATEST, count=1)
    await call.write(first)
    waiting = asyncio.ensure_future(call.read())
    await asyncio.sleep(0.05)
    for _ in range(53):
        bench.clock.advance(5)
        await call.write(pb.FetchRequest(topic_name="/data/LeadChangeEvent", num_requested=1))
    await asyncio.sleep(0.2)
    bench.clock.advance(6)
    response = await asyncio.wait_for(waiting, 5)
    assert (list(response.events), response.pending_num_requested) == ([], 54)
    assert response.latest_replay_id
    for number in range(54):
        bench.insert("Lead", LastName=f"{number}", Company="C")
    received = 0
    while received < 54:
        received += len((await asyncio.wait_for(call.read(), 5)).events)
    waiting = asyncio.ensure_future(call.read())
    await asyncio.sleep(0.05)
    bench.clock.advance(61)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await asyncio.wait_for(waiting, 5)
    assert told(error.value)[1] == "subscription.fetch.timeout"


async def test_events_are_kept_for_three_days(bench: Bench) -> None:
    bench.insert("Lead", LastName="old", Company="C")
    call, first = bench.subscribe("/data/LeadChangeEvent", count=1)
    await call.write(first)
    old = (await call.read()).events[0].replay_id
    call.cancel()
    bench.clock.advance(72 * 3600 + 1)
    bench.insert("Lead", LastName="new", Company="C")
    assert [e["Name"]["LastName"] for e in await bench.read("/data/LeadChangeEvent")] == ["new"]
    code, name, _ = await bench.failure("/data/LeadChangeEvent", preset=pb.CUSTOM, replay=old)
    assert (code, name) == (grpc.StatusCode.INVALID_ARGUMENT, "subscription.fetch.replayid.validation.failed")


@pytest.mark.parametrize(
    ("topic", "options", "status", "code"),
    [
        ("/data/NoChangeEvent", {}, "NOT_FOUND", "topic.not.found"),
        ("/data/leadchangeevent", {}, "NOT_FOUND", "topic.not.found"),
        ("/data/LeadChangeEvent", {"count": 0}, "INVALID_ARGUMENT", "subscription.fetch.requested.events.invalid"),
        ("/data/LeadChangeEvent", {"preset": pb.CUSTOM}, "INVALID_ARGUMENT", "subscription.fetch.replayid.validation.failed"),
        ("/data/LeadChangeEvent", {"preset": pb.CUSTOM, "replay": b"x"}, "INVALID_ARGUMENT", "subscription.fetch.replayid.corrupted"),
        ("/data/LeadChangeEvent", {"preset": pb.CUSTOM, "replay": b"\x7f" * 8 + b"\0\0"}, "INVALID_ARGUMENT", "subscription.fetch.replayid.validation.failed"),
    ],
)  # fmt: skip
async def test_errors_end_the_stream_with_a_status_and_trailers(
    bench: Bench, topic: str, options: dict[str, Any], status: str, code: str
) -> None:
    found, name, details = await bench.failure(topic, **options)
    assert (found.name, name) == (status, code)
    assert "rpcId: " in details


async def test_nobody_comes_in_without_the_three_headers(bench: Bench) -> None:
    for metadata in ((), bench.metadata[:2], (("accesstoken", "no"), *bench.metadata[1:])):
        bench.metadata = metadata
        assert (await bench.failure("/data/LeadChangeEvent"))[0] is grpc.StatusCode.UNAUTHENTICATED


async def test_another_topic_on_the_same_stream_is_refused(bench: Bench) -> None:
    call, first = bench.subscribe("/data/LeadChangeEvent", preset=pb.LATEST)
    await call.write(first)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await call.write(pb.FetchRequest(topic_name="/data/ContactChangeEvent", num_requested=1))
        await asyncio.wait_for(call.read(), 5)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_what_the_user_may_not_read_is_not_told(bench: Bench) -> None:
    bench.insert("Lead", LastName="a", Company="C")
    bench.insert("Contact", LastName="b", Email="b@x.example")
    bench.org.settings.permissions["Lead"] = Access(read=False)
    bench.org.settings.permissions["Contact"] = Access(hidden=frozenset({"Email"}))
    bench.org.changed()
    (event,) = await bench.read("/data/ChangeEvents")
    assert (event["ChangeEventHeader"]["entityName"], event["Email"]) == ("Contact", None)
    assert (await bench.failure("/data/LeadChangeEvent"))[:2] == (
        grpc.StatusCode.PERMISSION_DENIED, "topic.permission.denied",
    )  # fmt: skip


async def test_only_selected_objects_are_told_and_five_at_most() -> None:
    async for bench in make_bench(cdc_entity_limit=5):
        bench.insert("Lead", LastName="a", Company="C")
        bench.insert("Task", Subject="Call")
        assert [e["ChangeEventHeader"]["entityName"] for e in await bench.read("/data/ChangeEvents")] == ["Lead"]
        with pytest.raises(TooManyEntities):
            bench.bus.channels.define("Work__chn", frozenset({"Task"}))
        bench.bus.channels.select(frozenset({"Lead"}))
        bench.bus.channels.define("Work__chn", frozenset({"Task"}))
        assert [e["ChangeEventHeader"]["entityName"] for e in await bench.read("/data/Work__chn")] == ["Task"]


async def test_the_daily_allocation_ends_the_stream_once_it_is_spent() -> None:
    async for bench in make_bench(limits="real", daily_event_deliveries=2):
        for name in "abc":
            bench.insert("Lead", LastName=name, Company="C")
        assert len(await bench.read("/data/LeadChangeEvent", count=2)) == 2
        code, name, _ = await bench.failure("/data/LeadChangeEvent")
        assert (code, name) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "subscription.limit.exceeded")
        bench.clock.advance(24 * 3600 + 1)
        assert len(await bench.read("/data/LeadChangeEvent")) == 3


def test_bitmaps_as_recorded() -> None:
    assert spell_bitmaps([(11, None), (22, None)]) == ["0x400800"]
    assert spell_bitmaps([(22, None), (4, 0)]) == ["0x400000", "4-0x01"]
    assert spell_bitmaps([(16, None)]) == ["0x010000"]
    assert spell_bitmaps([(n, None) for n in (12, 19, 20, 21, 22, 23, 27)]) == ["0x08F81000"]
    assert spell_bitmaps([]) == []


@given(st.sets(st.tuples(st.integers(0, 90), st.none() | st.integers(0, 12))))
def test_bitmaps_hold_every_place_once(positions: set[tuple[int, int | None]]) -> None:
    found = set()
    for entry in spell_bitmaps(positions):
        index, _, digits = entry.rpartition("-")
        bits = int(digits, 16)
        assert len(digits) % 2 == 0 and digits[2:] == digits[2:].upper()
        places = [i for i in range(bits.bit_length()) if bits >> i & 1]
        found |= {(int(index), i) if index else (i, None) for i in places}
    assert found == positions


async def test_tls_is_spoken_with_a_certificate_made_at_start() -> None:
    world = build(SimClock(), people=0)
    with make_certificate() as made:
        async with serving_bus(world.events, certificate=(str(made.certificate), str(made.key))) as endpoint:
            credentials = grpc.ssl_channel_credentials(made.ca.read_bytes())
            async with grpc.aio.secure_channel(f"localhost:{endpoint.rpartition(':')[2]}", credentials) as channel:
                metadata = (
                    ("accesstoken", world.sessions.token),
                    ("instanceurl", "https://x"),
                    ("tenantid", world.org.id),
                )
                stub = pubsub_api_pb2_grpc.PubSubStub(channel)
                topic = await stub.GetTopic(pb.TopicRequest(topic_name="/data/ChangeEvents"), metadata=metadata)
    assert topic.can_subscribe
