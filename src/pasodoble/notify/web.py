"""Alerts over HTTP: a signed JSON document for programs, a Slack message for people.

One try, no redirects, ten seconds: what was not delivered is tried again after the next run, by the caller.
"""

from __future__ import annotations

import hashlib
import hmac

import httpx2
import orjson

from pasodoble.errors import Undelivered
from pasodoble.model.alert import Alert, Digest
from pasodoble.model.causes import get_cause
from pasodoble.notify.message import Letter, write_letter
from pasodoble.words.causes import describe_cause

TIMEOUT_S = 10.0
SIGNATURE = "x-pasodoble-signature"
"""`sha256=` and the hex HMAC of the body with the alert's secret."""
MOST_LINES = 40
"""Slack takes 50 blocks a message."""


def spell_digest(alert: Alert, digest: Digest) -> dict[str, object]:
    """The versioned document of a webhook alert."""
    return {
        "format_version": 1,
        "connection": digest.connection,
        "at": digest.at.isoformat(),
        "pace": alert.pace.value,
        "stopped": digest.stopped,
        "problems": [
            {
                "cause": trouble.cause,
                "category": get_cause(trouble.cause).category.value,
                "count": trouble.count,
                "told_before": trouble.told,
                "since": trouble.since.isoformat(),
                "side": trouble.side.value,
                "title": describe_cause(trouble.cause, alert.language).title,
                "fix": describe_cause(trouble.cause, alert.language).fix,
                "fixer": get_cause(trouble.cause).fixer.value,
            }
            for trouble in digest.troubles
        ],
        "address": digest.address,
    }


def spell_slack(letter: Letter) -> dict[str, object]:
    """A message in Slack's blocks; `text` is what a notification shows, and what other chats that take the same read."""
    texts = [f"*{_escape(letter.subject)}*", *(f"• {_escape(line)}" for line in letter.lines[:MOST_LINES])]
    if letter.address:
        texts.append(f"<{letter.address}>")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text[:2900]}} for text in texts]
    return {"text": _escape(letter.subject), "blocks": blocks}


def _escape(text: str) -> str:
    """Slack's three signs; without them nothing is a link, a channel or a person."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def post_webhook(alert: Alert, digest: Digest) -> None:
    """Raises Undelivered."""
    body = orjson.dumps(spell_digest(alert, digest))
    headers = {"content-type": "application/json"}
    if alert.secret:
        headers[SIGNATURE] = f"sha256={hmac.new(alert.secret.encode(), body, hashlib.sha256).hexdigest()}"
    await _post(alert.address, body, headers)


async def post_slack(alert: Alert, digest: Digest) -> None:
    """Raises Undelivered."""
    body = orjson.dumps(spell_slack(write_letter(digest, alert.language)))
    await _post(alert.address, body, {"content-type": "application/json"})


async def _post(address: str, body: bytes, headers: dict[str, str]) -> None:
    """The address itself may be a secret: it is in no message."""
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = await client.post(address, content=body, headers={**headers, "user-agent": "pasodoble"})
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise Undelivered(f"the address could not be reached ({type(error).__name__})") from None
    if not answer.is_success:
        raise Undelivered(f"the address answered {answer.status_code}")
