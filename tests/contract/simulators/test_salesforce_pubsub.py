"""A stranger's Pub/Sub stubs beside REST writes: the event names its maker, and says what REST said."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import avro.io
import avro.schema
import grpc
import pytest
from salesforce_server import ServedOrg, ToSimulator
from sfprotostash import pubsub_api_pb2 as pb
from sfprotostash import pubsub_api_pb2_grpc
from simple_salesforce import Salesforce

TOPIC = "/data/ContactChangeEvent"


def test_a_rest_write_is_told_with_its_origin(salesforce: ServedOrg) -> None:
    metadata = (
        ("accesstoken", salesforce.token),
        ("instanceurl", salesforce.base_url),
        ("tenantid", salesforce.world.org.id),
    )
    with grpc.insecure_channel(salesforce.pubsub) as channel, ToSimulator(salesforce.base_url) as session:
        stub = pubsub_api_pb2_grpc.PubSubStub(channel)
        topic = stub.GetTopic(pb.TopicRequest(topic_name=TOPIC), metadata=metadata)
        schema = stub.GetSchema(pb.SchemaRequest(schema_id=topic.schema_id), metadata=metadata).schema_json
        sf = Salesforce(instance_url=salesforce.base_url, session_id=salesforce.token, version="66.0", session=session)

        over = threading.Event()

        def requests() -> Iterator[pb.FetchRequest]:
            yield pb.FetchRequest(topic_name=TOPIC, replay_preset=pb.EARLIEST, num_requested=5)
            over.wait(10)

        made = sf.Contact.create({"LastName": "Told"}, headers={"Sforce-Call-Options": "client=someone/2.0"})["id"]
        stream = stub.Subscribe(requests(), metadata=metadata)
        event = next(iter(stream)).events[0].event
        over.set()
        stream.cancel()
    body = avro.io.DatumReader(avro.schema.parse(schema)).read(avro.io.BinaryDecoder(io.BytesIO(event.payload)))
    header = body["ChangeEventHeader"]
    assert header["recordIds"] == [made]
    assert header["changeOrigin"] == "com/salesforce/api/rest/66.0;client=someone/2.0"
    assert body["Name"]["LastName"] == "Told"


def test_every_objects_schema_is_avro_to_a_strict_reader(salesforce: ServedOrg) -> None:
    metadata = (
        ("accesstoken", salesforce.token),
        ("instanceurl", salesforce.base_url),
        ("tenantid", salesforce.world.org.id),
    )
    names = "Account Contact Lead Opportunity Campaign CampaignMember Case Task Event User Product2".split()
    with grpc.insecure_channel(salesforce.pubsub) as channel:
        stub = pubsub_api_pb2_grpc.PubSubStub(channel)
        for topic_name in ["/data/ChangeEvents", *(f"/data/{name}ChangeEvent" for name in names)]:
            topic = stub.GetTopic(pb.TopicRequest(topic_name=topic_name), metadata=metadata)
            schema = stub.GetSchema(pb.SchemaRequest(schema_id=topic.schema_id), metadata=metadata).schema_json
            assert avro.schema.parse(schema).namespace == "com.sforce.eventbus"


def test_a_stale_token_is_not_let_in(salesforce: ServedOrg) -> None:
    metadata = (("accesstoken", "x"), ("instanceurl", salesforce.base_url), ("tenantid", salesforce.world.org.id))
    with grpc.insecure_channel(salesforce.pubsub) as channel:
        stub = pubsub_api_pb2_grpc.PubSubStub(channel)
        with pytest.raises(grpc.RpcError) as refused:
            stub.GetTopic(pb.TopicRequest(topic_name=TOPIC), metadata=metadata)
    assert refused.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert ("error-code", "sfdc.platform.eventbus.grpc.service.auth.error") in refused.value.trailing_metadata()
