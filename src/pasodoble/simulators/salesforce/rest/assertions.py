"""Signatures of JWT bearer assertions, checked once the connected app has a certificate.

What the claims must say is `oauth`.
"""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate


def read_key(pem: str) -> RSAPublicKey:
    """The RSA key of a certificate or public key in PEM. Raises ValueError when it is neither."""
    data = pem.encode()
    key = load_pem_x509_certificate(data).public_key() if "CERTIFICATE" in pem else load_pem_public_key(data)
    if not isinstance(key, RSAPublicKey):
        raise ValueError("assertions are signed with RSA; this key is of another kind")
    return key


def is_signed(assertion: str, pem: str) -> bool:
    """Whether `header.claims.signature` was signed (RS256) with the key that belongs to `pem`."""
    signed, _, signature = assertion.rpartition(".")
    try:
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        read_key(pem).verify(raw, signed.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error):
        return False
    return True
