"""Turning a dynamic list into a static one on a day, or after a time in which its size did not change.

Lists themselves do not belong here (see `lists`).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from pasodoble.simulators.hubspot.bodies import required
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.lists import CrmList
from pasodoble.simulators.hubspot.moments import DAY_MS
from pasodoble.simulators.hubspot.portal import Portal

SPANS_MS: Final = {"DAY": DAY_MS, "WEEK": 7 * DAY_MS, "MONTH": 30 * DAY_MS}


def schedule_conversion(portal: Portal, one: CrmList, body: dict[str, Any]) -> None:
    """Raises Refusal."""
    if not one.is_dynamic:
        raise Refusal(f"Only DYNAMIC lists can be converted, not {one.processing} ones")
    match required(body, "conversionType", str):
        case "CONVERSION_DATE":
            due_ms = _day_ms(body)
        case "INACTIVITY":
            unit = required(body, "timeUnit", str)
            if unit not in SPANS_MS:
                raise Refusal(f"timeUnit {unit} is not one of {', '.join(SPANS_MS)}")
            due_ms = portal.now_ms() + required(body, "offset", int) * SPANS_MS[unit]
        case other:
            raise Refusal(f"conversionType {other} is not CONVERSION_DATE or INACTIVITY")
    one.conversion = body
    portal.clock.call_at(due_ms, lambda: _fall_due(portal, one, body))


def _day_ms(body: dict[str, Any]) -> int:
    year, month, day = (required(body, name, int) for name in ("year", "month", "day"))
    try:
        return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000
    except ValueError:
        raise Refusal(f"{year}-{month}-{day} is no date") from None


def _fall_due(portal: Portal, one: CrmList, order: dict[str, Any]) -> None:
    """Convert, unless another order took this one's place; an inactivity starts anew with each change of size."""
    if one.conversion is not order or not one.is_dynamic:
        return
    if order["conversionType"] == "INACTIVITY":
        span = order["offset"] * SPANS_MS[order["timeUnit"]]
        changed_ms = one.sizes[-1][0] if one.sizes else one.created_ms
        if changed_ms + span > portal.now_ms():
            portal.clock.call_at(changed_ms + span, lambda: _fall_due(portal, one, order))
            return
    one.processing = "MANUAL"
    one.converted_ms = portal.now_ms()
    portal.lists.mark_edited(one, None)


def cancel_conversion(one: CrmList) -> None:
    one.conversion = None
