"""The one way to send: what is repeated, what is not, and what a broken answer is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from pasodoble.connectors.http import LONGEST_PAUSE_S, TRIES, Answer, Request, Sender
from pasodoble.errors import AuthLapsed, ConnectorError, RateLimited, Unreachable
from pasodoble.model.side import Side
from pasodoble.ports import Usage

READ = Request(method="GET", path="/things", safe=True, purpose="read")
WRITE = Request(method="POST", path="/things", body={"a": 1}, purpose="write")
OK = httpx2.Response(200, json={"ok": True}, headers={"X-Left": "7", "Date": "Mon, 04 May 2026 09:59:58 GMT"})


def judge(answer: Answer) -> ConnectorError | None:
    if answer.status == 401:
        return AuthLapsed("no")
    if answer.status == 429:
        return RateLimited("slow down", retry_after_s=answer.retry_after_s or 1.0)
    if answer.status >= 500:
        return Unreachable("down", sent=answer.status != 503)
    return None


@pytest.fixture
def sender(clock: Any, budget: Any) -> Callable[[Any], Sender]:
    def make(script: Any) -> Sender:
        return Sender(
            side=Side.HUBSPOT,
            base_url="http://vendor.test",
            budget=budget,
            read_usage=lambda _status, headers: (
                [Usage(window="day", left=int(headers["x-left"]))] if "x-left" in headers else []
            ),
            clock=clock,
            judge=judge,
            transport=script.transport,
            jitter=lambda: 0.5,
        )

    return make


async def test_answer_carries_status_body_and_the_vendors_clock(sender: Any, script: Any, budget: Any) -> None:
    answer = await sender(script(OK)).send(READ)
    assert (answer.status, answer.body) == (200, {"ok": True})
    assert answer.at.isoformat() == "2026-05-04T09:59:58+00:00"
    assert budget.taken == ["rest"]
    assert budget.noted == [Usage(window="day", left=7)]


async def test_call_that_the_vendor_does_not_count_takes_nothing(sender: Any, script: Any, budget: Any) -> None:
    await sender(script(OK)).send(Request(method="POST", path="/token", form={"a": "b"}, api=""))
    assert (budget.taken, budget.noted) == ([], [])


@pytest.mark.parametrize(
    "broken",
    [
        httpx2.ReadTimeout("late"),
        httpx2.ReadError("reset"),
        httpx2.RemoteProtocolError("peer closed"),
        httpx2.Response(200, text="<html>maintenance</html>"),
        httpx2.Response(200, content=b'{"results":[{"id"'),
        httpx2.Response(502, json={}),
    ],
    ids=repr,
)
async def test_read_is_repeated_and_write_is_not_when_the_outcome_is_unknown(
    sender: Any, script: Any, clock: Any, budget: Any, broken: Any
) -> None:
    assert (await sender(script(broken, broken, OK)).send(READ)).status == 200
    assert len(clock.slept) == 2
    assert budget.taken == ["rest"] * 3
    written = script(broken, OK)
    with pytest.raises(Unreachable) as caught:
        await sender(written).send(WRITE)
    assert caught.value.sent
    assert len(written.requests) == 1


@pytest.mark.parametrize("broken", [httpx2.ConnectError("no route"), httpx2.ConnectTimeout(""), httpx2.Response(503)])
async def test_what_never_got_there_is_repeated_even_if_it_writes(sender: Any, script: Any, broken: Any) -> None:
    assert (await sender(script(broken, OK)).send(WRITE)).status == 200


async def test_gives_up_after_a_few_tries(sender: Any, script: Any, clock: Any) -> None:
    dead = script(httpx2.ConnectError("no route"))
    with pytest.raises(Unreachable) as caught:
        await sender(dead).send(WRITE)
    assert not caught.value.sent
    assert len(dead.requests) == TRIES
    assert clock.slept == sorted(clock.slept)


async def test_waits_as_long_as_the_vendor_asks_and_once_for_a_write(sender: Any, script: Any, clock: Any) -> None:
    busy = httpx2.Response(429, json={}, headers={"Retry-After": "7"})
    assert (await sender(script(busy, OK)).send(WRITE)).status == 200
    assert clock.slept == [7.5]
    with pytest.raises(RateLimited):
        await sender(script(busy)).send(WRITE)
    assert len(clock.slept) == 2


async def test_does_not_wait_longer_than_a_call_may_take(sender: Any, script: Any, clock: Any) -> None:
    patience = httpx2.Response(429, json={}, headers={"Retry-After": str(LONGEST_PAUSE_S + 1)})
    with pytest.raises(RateLimited):
        await sender(script(patience)).send(READ)
    assert clock.slept == []


async def test_redirect_is_not_followed(sender: Any, script: Any) -> None:
    there = script(httpx2.Response(302, headers={"Location": "http://elsewhere.test/"}))
    assert (await sender(there).send(READ)).status == 302
    assert len(there.requests) == 1


async def test_refused_sign_in_is_not_repeated(sender: Any, script: Any) -> None:
    refused = script(httpx2.Response(401, json={}))
    with pytest.raises(AuthLapsed):
        await sender(refused).send(READ)
    assert len(refused.requests) == 1


async def test_nothing_that_is_searched_for_is_logged(
    sender: Any, script: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await sender(script(OK)).send(Request(method="GET", path="/query", params={"q": "ana@acme.example"}, safe=True))
    assert "acme" not in caplog.text


def test_secrets_do_not_show() -> None:
    request = Request(method="GET", path="/x", headers={"authorization": "Bearer secret-token"})
    assert "secret-token" not in repr(request)
