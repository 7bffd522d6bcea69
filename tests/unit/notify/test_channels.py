"""Alerts on their way: real servers on this machine hear them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from pasodoble.errors import Undelivered
from pasodoble.model.alert import Alert, Channel, Digest, MailServer, Trouble
from pasodoble.model.side import Side
from pasodoble.notify.notifier import AlertSender

NOW = datetime(2026, 5, 4, 10, tzinfo=UTC)
TROUBLE = Trouble(cause="value.too_long", count=4, since=NOW, side=Side.SALESFORCE, told=1)
DIGEST = Digest(connection="acme<!here>", at=NOW, troubles=[TROUBLE], address="https://sync.example.com/problems")


class Listener:
    """A server that hears one thing after the other, and answers by the script it is given."""

    def __init__(self) -> None:
        self.heard = b""
        self.status = 200
        self.port = 0

    async def answer_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        self.heard = head + await reader.readexactly(length)
        writer.write(b"HTTP/1.1 %d x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % self.status)
        writer.close()

    async def answer_mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                writer.write(b"354 go on\r\n")
                self.heard = await reader.readuntil(b"\r\n.\r\n")
            if word == b"QUIT":
                break
            writer.write(b"250 fine\r\n")
        writer.close()

    def body(self) -> bytes:
        return self.heard.partition(b"\r\n\r\n")[2]


@pytest.fixture
async def web() -> AsyncIterator[Listener]:
    listener = Listener()
    async with await asyncio.start_server(listener.answer_http, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


@pytest.fixture
async def post() -> AsyncIterator[Listener]:
    listener = Listener()
    async with await asyncio.start_server(listener.answer_mail, "127.0.0.1", 0) as server:
        listener.port = server.sockets[0].getsockname()[1]
        yield listener


def make_alert(channel: Channel, address: str, **more: str) -> Alert:
    return Alert(channel=channel, address=address, **more)  # type: ignore[arg-type]


async def test_a_webhook_carries_a_signed_document(web: Listener) -> None:
    alert = make_alert(Channel.WEBHOOK, f"http://127.0.0.1:{web.port}/x", secret="s3cret")
    await AlertSender().send(alert, DIGEST)
    document = json.loads(web.body())
    assert (document["format_version"], document["problems"][0]["count"]) == (1, 4)
    assert document["problems"][0]["fixer"] == "operator"
    signature = hmac.new(b"s3cret", web.body(), hashlib.sha256).hexdigest()
    assert f"x-pasodoble-signature: sha256={signature}".encode() in web.heard.lower()


async def test_slack_is_sent_no_markup_that_a_name_brings_along(web: Listener) -> None:
    await AlertSender().send(make_alert(Channel.SLACK, f"http://127.0.0.1:{web.port}/x"), DIGEST)
    message = json.loads(web.body())
    said = json.dumps(message["blocks"][:-1])
    assert "<" not in said
    assert "4 (3 new)" in said
    assert message["blocks"][-1]["text"]["text"] == "<https://sync.example.com/problems>"


async def test_an_address_that_refuses_is_told_without_the_address(web: Listener) -> None:
    web.status = 500
    with pytest.raises(Undelivered, match="answered 500") as caught:
        await AlertSender().send(make_alert(Channel.SLACK, f"http://127.0.0.1:{web.port}/secret"), DIGEST)
    assert "secret" not in str(caught.value)


async def test_an_address_that_nobody_is_at_is_undelivered() -> None:
    with pytest.raises(Undelivered):
        await AlertSender().send(make_alert(Channel.WEBHOOK, "http://127.0.0.1:9/"), DIGEST)


async def test_mail_is_plain_text_in_the_alerts_language(post: Listener) -> None:
    server = MailServer(host="127.0.0.1", port=post.port, security="none", sender="pasodoble@x.example")
    await AlertSender(server).send(make_alert(Channel.EMAIL, "ops@x.example", language="es"), DIGEST)
    mail = message_from_bytes(post.heard, policy=default)
    assert (mail["To"], mail["From"], mail.get_content_type()) == ("ops@x.example", "pasodoble@x.example", "text/plain")
    assert "requieren atención" in mail["Subject"]
    assert "https://sync.example.com/problems" in mail.get_content()


async def test_a_subject_with_line_ends_adds_no_header(post: Listener) -> None:
    server = MailServer(host="127.0.0.1", port=post.port, security="none", sender="pasodoble@x.example")
    forged = replace(DIGEST, connection="acme\r\nBcc: all@x.example")
    await AlertSender(server).send(make_alert(Channel.EMAIL, "ops@x.example"), forged)
    assert message_from_bytes(post.heard, policy=default)["Bcc"] is None


async def test_mail_without_a_server_says_what_to_do() -> None:
    with pytest.raises(Undelivered) as caught:
        await AlertSender().send(make_alert(Channel.EMAIL, "ops@x.example"), DIGEST)
    assert "mail:" in caught.value.next_step
