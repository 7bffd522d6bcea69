"""Conditional calls on one record: `If-Modified-Since`, `If-Unmodified-Since`, and on accounts entity tags.

Both dates are weak: whole seconds of LastModifiedDate. Entity tags are known to Account alone. Source: REST API
Developer Guide, "Conditional Request Headers". Conditional describes are `describing`.
"""

from __future__ import annotations

import re
from email.utils import format_datetime, parsedate_to_datetime

from pasodoble.simulators.http import Request
from pasodoble.simulators.salesforce.errors import Refusal, call_refusal
from pasodoble.simulators.salesforce.moments import parse_moment
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject

_TAGS = re.compile(r'\*|(?:(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*)\Z')


def read_http_date(text: str | None) -> float | None:
    """Unix seconds of an HTTP date; None when there is none or it cannot be read."""
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, IndexError):
        return None


def modified_at(row: Row) -> float:
    moment = parse_moment(row.get("LastModifiedDate") or row.get("SystemModstamp") or "")
    return moment.timestamp() if moment else 0.0


def spell_tag(row: Row) -> str:
    stamp = parse_moment(row["SystemModstamp"])
    return f'"r2-{int(stamp.timestamp()) if stamp else 0:x}-{row["Id"][3:15]}"'


def spell_row_headers(sobject: Sobject, row: Row) -> list[tuple[str, str]]:
    moment = parse_moment(row.get("LastModifiedDate") or "")
    headers = [("Last-Modified", format_datetime(moment, usegmt=True))] if moment else []
    return [*headers, ("ETag", spell_tag(row))] if sobject.name == "Account" else headers


def _tags(text: str) -> set[str]:
    if not _TAGS.match(text.strip()):
        raise call_refusal("INVALID_HEADER", f"Invalid entity tag: {text}")
    return {tag.strip().removeprefix("W/").replace("--gzip", "") for tag in text.split(",")}


def is_unchanged(request: Request, sobject: Sobject, row: Row) -> bool:
    """Whether a read is answered by 304. Raises Refusal (412) for an If-Match that does not match."""
    headers = request.headers
    if sobject.name == "Account":
        wanted = headers.get("if-match")
        if wanted is not None and not {"*", spell_tag(row)} & _tags(wanted):
            raise _failed()
        known = headers.get("if-none-match")
        if known is not None:
            return bool({"*", spell_tag(row)} & _tags(known))
    limit = read_http_date(headers.get("if-unmodified-since"))
    if limit is not None and modified_at(row) > limit:
        raise _failed()
    since = read_http_date(headers.get("if-modified-since"))
    return since is not None and modified_at(row) <= since


def check_unchanged(request: Request, sobject: Sobject, row: Row, *, etag: bool = True) -> None:
    """Refuse a write whose condition does not hold. Raises Refusal (412; 400 for an unreadable entity tag)."""
    headers = request.headers
    if etag and sobject.name == "Account":
        wanted, known = headers.get("if-match"), headers.get("if-none-match")
        if wanted is not None and not {"*", spell_tag(row)} & _tags(wanted):
            raise _failed()
        if known is not None and {"*", spell_tag(row)} & _tags(known):
            raise _failed()
    limit = read_http_date(headers.get("if-unmodified-since"))
    if limit is not None and modified_at(row) > limit:
        raise _failed()
    since = read_http_date(headers.get("if-modified-since"))
    if since is not None and modified_at(row) <= since:
        raise _failed()


def _failed() -> Refusal:
    return call_refusal("PRECONDITION_FAILED", "The condition of the request does not hold for the record", 412)
