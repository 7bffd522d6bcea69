"""How failures of the Pub/Sub API are judged, how long we stay away after them, and whether we go there at all."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration

from pasodoble.connectors.salesforce import pubsub_pb2 as pb
from pasodoble.connectors.salesforce.pubsub import ENDPOINT, choose_endpoint, is_lost, judge
from pasodoble.connectors.salesforce.push import pause_s
from pasodoble.errors import AuthLapsed, ConnectorError, RateLimited, Unreachable, Unsupported
from pasodoble.model.settings import SalesforceAccess

CODES = "sfdc.platform.eventbus.grpc."
SANDBOX = "http://127.0.0.1:8092"


def failure(status: grpc.StatusCode, code: str = "", wait_s: float | None = None) -> Any:
    trailers: list[tuple[str, Any]] = [("error-code", CODES + code)] if code else []
    if wait_s is not None:
        delay = Duration(seconds=int(wait_s), nanos=round(wait_s % 1 * 1e9))
        wish = AnyMessage(
            type_url="type.googleapis.com/google.rpc.RetryInfo",
            value=pb.RetryInfo(retry_delay=delay).SerializeToString(),
        )
        trailers.append(("grpc-status-details-bin", pb.Failure(code=14, details=[wish]).SerializeToString()))
    return grpc.aio.AioRpcError(status, grpc.aio.Metadata(), grpc.aio.Metadata(*trailers), details="rpcId: 1")


@pytest.mark.parametrize(
    ("status", "code", "becomes"),
    [
        (grpc.StatusCode.UNAUTHENTICATED, "service.auth.error", AuthLapsed),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "subscription.limit.exceeded", RateLimited),
        (grpc.StatusCode.INVALID_ARGUMENT, "subscription.fetch.replayid.corrupted", Unsupported),
        (grpc.StatusCode.NOT_FOUND, "topic.not.found", Unsupported),
        (grpc.StatusCode.PERMISSION_DENIED, "topic.permission.denied", Unsupported),
        (grpc.StatusCode.UNAVAILABLE, "service.unavailable", Unreachable),
        (grpc.StatusCode.INTERNAL, "", Unreachable),
    ],
)
def test_every_status_is_one_of_our_errors_and_keeps_salesforces_code(
    status: grpc.StatusCode, code: str, becomes: type[ConnectorError]
) -> None:
    fault = judge(failure(status, code))
    assert type(fault) is becomes
    assert fault.code == code


@pytest.mark.parametrize("code", ["replayid.corrupted", "replayid.validation.failed"])
def test_only_a_replay_id_that_is_no_good_means_a_lost_place(code: str) -> None:
    assert is_lost(judge(failure(grpc.StatusCode.INVALID_ARGUMENT, f"subscription.fetch.{code}")))
    assert not is_lost(judge(failure(grpc.StatusCode.INVALID_ARGUMENT, "subscription.fetch.topic.invalid")))


def test_a_server_that_says_when_to_come_back_is_obeyed() -> None:
    fault = judge(failure(grpc.StatusCode.UNAVAILABLE, "service.unavailable", wait_s=7.5))
    assert isinstance(fault, RateLimited)
    assert pause_s(fault, 1, 0.0) == 7.5
    assert pause_s(fault, 9, 0.5) == 8.0


def test_details_that_make_no_sense_are_no_wish() -> None:
    broken = grpc.aio.AioRpcError(
        grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata(("grpc-status-details-bin", b"\xff"))
    )
    assert isinstance(judge(broken), Unreachable)


def test_pauses_grow_to_a_bound_and_differ_between_readers() -> None:
    error = Unreachable("gone")
    grown = [pause_s(error, failures, 0.5) for failures in range(1, 20)]
    assert grown[:4] == [0.5, 1.0, 2.0, 4.0]
    assert grown == sorted(grown)
    assert grown[-1] == 120.0
    assert pause_s(error, 3, 0.0) < pause_s(error, 3, 1.0)


def test_a_renewed_session_is_tried_at_once_and_only_once() -> None:
    assert pause_s(AuthLapsed("ended"), 1, 0.9) == 0.0
    assert pause_s(AuthLapsed("ended"), 2, 0.9) > 0.0


def test_a_topic_that_is_refused_is_left_alone_for_minutes() -> None:
    assert pause_s(Unsupported("no", code="topic.permission.denied"), 1, 0.5) == 900.0


@pytest.mark.parametrize(
    ("access", "endpoint"),
    [
        ({}, ENDPOINT),
        ({"pubsub": "off"}, ""),
        ({"pubsub": "off", "pubsub_endpoint": "127.0.0.1:8093"}, ""),
        ({"pubsub_endpoint": "127.0.0.1:8093"}, "127.0.0.1:8093"),
        ({"login_url": SANDBOX}, ""),
        ({"login_url": SANDBOX, "pubsub_endpoint": "127.0.0.1:8093"}, "127.0.0.1:8093"),
        ({"auth": {"access_token": "x", "instance_url": SANDBOX}}, ""),
    ],
)
def test_we_listen_where_the_settings_say_and_never_at_salesforce_for_a_sandbox(
    access: dict[str, Any], endpoint: str
) -> None:
    assert choose_endpoint(SalesforceAccess(**access)) == endpoint
