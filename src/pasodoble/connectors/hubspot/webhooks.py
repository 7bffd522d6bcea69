"""Whether a webhook request is HubSpot's: its v3 signature over method, address, body and time.

Source: developer docs, "Validating requests" (v3). What the events in it mean does not belong here.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from pasodoble.ports import Sent

SIGNATURE: Final = "x-hubspot-signature-v3"
TIMESTAMP: Final = "x-hubspot-request-timestamp"
WINDOW: Final = timedelta(minutes=5)

_DECODED: Final = re.compile("%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.I)
"""The only escapes that are undone before signing: `: / ? @ ! $ ' ( ) * , ;`."""


@dataclass(frozen=True, slots=True)
class HubSpotSeal:
    """The Seal port: requests signed with our app's client secret."""

    secret: str = field(repr=False)
    window: timedelta = WINDOW

    def holds(self, sent: Sent, now: datetime) -> bool:
        return is_signed(
            method=sent.method, url=sent.url, body=sent.body, headers=sent.headers, secret=self.secret, now=now
        )

    def identify(self, sent: Sent) -> bytes:
        """Address, time and body go into the signature, so it names the request."""
        return hashlib.blake2b(sent.headers.get(SIGNATURE, "").encode(), digest_size=16).digest()


def is_signed(*, method: str, url: str, body: bytes, headers: Mapping[str, str], secret: str, now: datetime) -> bool:
    """Whether the request carries our app's signature and is at most five minutes old. Never raises.

    url      as HubSpot called it: the public address with path and query, not what a proxy made of it
    headers  lower-case names
    """
    stamp, given = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not secret or not given or not _is_fresh(stamp, now):
        return False
    return hmac.compare_digest(given.encode(), _sign(method, url, body, stamp, secret))


def _is_fresh(stamp: str, now: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 14):
        return False
    sent_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(stamp))
    return abs(now - sent_at) <= WINDOW


def _sign(method: str, url: str, body: bytes, stamp: str, secret: str) -> bytes:
    decoded = _DECODED.sub(lambda escape: chr(int(escape[0][1:], 16)), url)
    message = method.upper().encode() + decoded.encode() + body + stamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest())
