"""How HubSpot signs what it sends to an app: v1 over the body, v3 over method, address, body and time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from typing import Final

DECODED: Final = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
"""The only escapes that are undone in an address before it is signed."""
_ESCAPES: Final = re.compile("|".join(DECODED), re.IGNORECASE)


def decoded_uri(uri: str) -> str:
    return _ESCAPES.sub(lambda match: DECODED[match[0].upper()], uri)


def sign_v1(secret: str, body: bytes) -> str:
    return hashlib.sha256(secret.encode() + body).hexdigest()


def sign_v3(secret: str, method: str, uri: str, body: bytes, timestamp_ms: int) -> str:
    signed = method.encode() + decoded_uri(uri).encode() + body + str(timestamp_ms).encode()
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def signed_headers(secret: str, uri: str, body: bytes, timestamp_ms: int) -> dict[str, str]:
    """The headers of a webhook delivery."""
    return {
        "X-HubSpot-Signature": sign_v1(secret, body),
        "X-HubSpot-Signature-Version": "v1",
        "X-HubSpot-Signature-v3": sign_v3(secret, "POST", uri, body, timestamp_ms),
        "X-HubSpot-Request-Timestamp": str(timestamp_ms),
    }
