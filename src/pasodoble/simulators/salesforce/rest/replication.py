"""`/sobjects/{O}/updated` and `/deleted`: ids by the time of their last change.

Seconds are ignored, both ways at most some days back. Source: REST API Developer Guide, "sObject Get Updated" and
"sObject Get Deleted".
"""

from __future__ import annotations

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import call_refusal
from pasodoble.simulators.salesforce.moments import parse_ms, spell_second
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, reply
from pasodoble.simulators.salesforce.schema import Sobject

UPDATED_DAYS, DELETED_DAYS = 30, 15
MAX_IDS = 600_000
MINUTE_MS, DAY_MS = 60_000, 24 * 3600 * 1000


def _span(call: Call, sobject: Sobject, days: int) -> tuple[int, int]:
    """(start, end) in ms, seconds cut off. Raises Refusal."""
    if not sobject.having("replicateable"):
        message = f"object type '{sobject.name}' is not replicateable"
        raise call_refusal("INVALID_TYPE_FOR_OPERATION", message)
    edges = []
    for name in ("start", "end"):
        text = call.request.one(name)
        ms = parse_ms(text.replace(" ", "+")) if text else None
        if ms is None:
            message = f"The {name} parameter must be an ISO 8601 date and time, such as 2026-01-31T09:00:00+00:00"
            raise call_refusal("INVALID_REPLICATION_DATE" if text else "MISSING_ARGUMENT", message)
        edges.append(ms // MINUTE_MS * MINUTE_MS)
    start, end = edges
    if end - start < MINUTE_MS:
        raise call_refusal("INVALID_REPLICATION_DATE", "startDate before endDate by at least one minute is required")
    if start < call.org.clock.now_ms() - days * DAY_MS:
        raise call_refusal("INVALID_REPLICATION_DATE", f"startDate cannot be more than {days} days ago")
    return start, end


def _covered(call: Call, end: int) -> str:
    """How far the answer is complete: before the end while commits are still held back."""
    late = int(call.org.settings.late_visible_s * 1000) if call.org.unsettled else 0
    return spell_second((min(end, call.org.clock.now_ms()) - late) // 1000)


def updated(call: Call) -> Response:
    sobject = call.sobject()
    start, end = _span(call, sobject, UPDATED_DAYS)
    stamp = sobject.fields.get("SystemModstamp") or sobject.fields["LastModifiedDate"]
    rows = call.view.span(sobject, stamp, spell_second(start // 1000), spell_second(end // 1000))
    ids = [row["Id"] for row in rows or ()]
    if len(ids) > MAX_IDS:
        raise call_refusal("EXCEEDED_ID_LIMIT", "exceeded id limit: more than 600000 records changed in that time")
    return reply({"ids": ids, "latestDateCovered": _covered(call, end)}, records=len(ids))


def deleted(call: Call) -> Response:
    sobject = call.sobject()
    start, end = _span(call, sobject, DELETED_DAYS)
    stamp = sobject.fields["SystemModstamp"]
    low, high = spell_second(start // 1000), spell_second(end // 1000)
    rows = call.view.span(sobject, stamp, low, high, deleted=True) or ()
    gone = [{"deletedDate": r["SystemModstamp"], "id": r["Id"]} for r in rows if r.get("IsDeleted")]
    earliest = spell_second((call.org.clock.now_ms() - DELETED_DAYS * DAY_MS) // 1000)
    body = {
        "deletedRecords": gone,
        "earliestDateAvailable": earliest,
        "latestDateCovered": _covered(call, end),
    }
    return reply(body, records=len(gone))


def add_routes(instance: Instance) -> None:
    instance.serve("GET", "/sobjects/{sobject}/updated", updated)
    instance.serve("GET", "/sobjects/{sobject}/deleted", deleted)
