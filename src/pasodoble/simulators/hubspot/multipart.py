"""Reading a multipart/form-data body: its fields, and the files among them by name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesParser
from email.policy import HTTP
from typing import Final

_BOUNDARY: Final = re.compile(r"boundary=", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    file_name: str
    content: bytes


def read_parts(content_type: str, body: bytes) -> list[Part]:
    """The parts in order. Raises ValueError for a body of another kind."""
    if not content_type.lower().startswith("multipart/") or not _BOUNDARY.search(content_type):
        raise ValueError("the body is to be multipart/form-data")
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name = part.get_param("name", "", header="content-disposition")
        parts.append(Part(str(name), part.get_filename("") or "", content if isinstance(content, bytes) else b""))
    return parts
