"""Properties that HubSpot works out from other things: times, sources, counts, a deal's probability.

They are computed when read and stored nowhere. What an activity leaves behind on a contact is stored, and so does not
belong here (see `engagements`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import orjson

from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.property_tables import LIFECYCLE
from pasodoble.simulators.hubspot.records import Record

if TYPE_CHECKING:
    from pasodoble.simulators.hubspot.portal import Portal

Reader = Callable[["Portal", ObjectType, Record], str | None]
TAG = re.compile(r"<[^>]+>")


def _object_id(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return str(row.id)


def _created(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return iso(row.created_ms)


def _modified(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return iso(row.updated_ms)


def _merged_ids(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return ";".join(map(str, row.merged_ids)) or None


def _source(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return row.history[0].actor.source if row.history else None


def _source_id(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return (row.history[0].actor.source_id or None) if row.history else None


def _source_user(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    user_id = row.history[0].actor.user_id if row.history else None
    return None if user_id is None else str(user_id)


def _updated_by(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    user_id = row.history[-1].actor.user_id if row.history else None
    return None if user_id is None else str(user_id)


def _owner_assigned(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    if "hubspot_owner_id" not in row.values:
        return None
    return _last_set(row, "hubspot_owner_id")


def _last_set(row: Record, name: str) -> str | None:
    for change in reversed(row.history):
        if name in change.values:
            return iso(change.at_ms)
    return None


def _all_owners(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return row.values.get("hubspot_owner_id")


def _stage_entered(stage: str) -> Reader:
    def read(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
        for change in reversed(row.history):
            if change.values.get("lifecyclestage") == stage:
                return iso(change.at_ms)
        return None

    return read


def _email_domain(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    email = row.values.get("email")
    return email.rpartition("@")[2] if email else None


def _marketable(_portal: Portal, _kind: ObjectType, _row: Record) -> str | None:
    return "true"


def _linked_count(to_type: str) -> Reader:
    def read(portal: Portal, kind: ObjectType, row: Record) -> str | None:
        return str(len(portal.links.of(kind.type_id, row.id, to_type)))

    return read


def primary_company(portal: Portal, kind: ObjectType, row: Record) -> str | None:
    """Id of the record's primary company."""
    primary = portal.link_types.primary(kind.type_id, "0-2")
    if primary is None:
        return None
    for company_id, types in portal.links.of(kind.type_id, row.id, "0-2").items():
        if primary.id in types:
            return str(company_id)
    return None


def _parent_company(portal: Portal, kind: ObjectType, row: Record) -> str | None:
    for company_id, types in portal.links.of(kind.type_id, row.id, "0-2").items():
        if 14 in types:
            return str(company_id)
    return None


def _probability(portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    pipeline = portal.pipelines["0-3"].get(row.values.get("pipeline", ""))
    stage = pipeline.stages.get(row.values.get("dealstage", "")) if pipeline else None
    return stage.metadata.get("probability") if stage else None


def _closed(*probabilities: str) -> Reader:
    wanted = {float(text) for text in probabilities}

    def read(portal: Portal, kind: ObjectType, row: Record) -> str | None:
        probability = _probability(portal, kind, row)
        return str(probability is not None and float(probability) in wanted).lower()

    return read


def _amount(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return row.values.get("amount")


def _weighted(portal: Portal, kind: ObjectType, row: Record) -> str | None:
    amount, probability = row.values.get("amount"), _probability(portal, kind, row)
    if amount is None or probability is None:
        return None
    return _spell(float(amount) * float(probability))


def _closed_amount(portal: Portal, kind: ObjectType, row: Record) -> str | None:
    probability = _probability(portal, kind, row)
    return row.values.get("amount", "0") if probability and float(probability) == 1 else "0"


def _days_to_close(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    close_ms = parse_moment(row.values.get("closedate", ""))
    return None if close_ms is None else str(max(0, (close_ms - row.created_ms) // 86_400_000))


def _line_amount(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    price = row.values.get("price")
    if price is None:
        return None
    quantity, discount = float(row.values.get("quantity", "1")), float(row.values.get("discount", "0"))
    return _spell(quantity * (float(price) - discount))


def _spell(number: float) -> str:
    return format(number, ".6f").rstrip("0").rstrip(".")


BODIES: Final = ("hs_note_body", "hs_task_body", "hs_call_body", "hs_meeting_body", "hs_email_text", "hs_email_html")


def _preview(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    body = next((row.values[name] for name in BODIES if name in row.values), None)
    return TAG.sub("", body)[:200] if body else None


def _header(side: str, part: str) -> Reader:
    """A member of the email's headers: `from` is one person, `to` several."""

    def read(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
        try:
            headers = orjson.loads(row.values.get("hs_email_headers", "{}"))
            found = headers.get(side) or []
            people = found if isinstance(found, list) else [found]
            return ";".join(person.get(part) or "" for person in people) or None
        except (orjson.JSONDecodeError, AttributeError):
            return None

    return read


def _completed(_portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    return _last_set(row, "hs_task_status") if row.values.get("hs_task_status") == "COMPLETED" else None


def _ticket_closed(portal: Portal, _kind: ObjectType, row: Record) -> str | None:
    pipeline = portal.pipelines["0-5"].get(row.values.get("hs_pipeline", ""))
    stage = pipeline.stages.get(row.values.get("hs_pipeline_stage", "")) if pipeline else None
    return _last_set(row, "hs_pipeline_stage") if stage and stage.metadata.get("ticketState") == "CLOSED" else None


COMMON: Final[Mapping[str, Reader]] = {
    "hs_object_id": _object_id,
    "hs_createdate": _created,
    "createdate": _created,
    "hs_lastmodifieddate": _modified,
    "hs_merged_object_ids": _merged_ids,
    "hs_object_source": _source,
    "hs_object_source_label": _source,
    "hs_object_source_id": _source_id,
    "hs_object_source_user_id": _source_user,
    "hs_created_by_user_id": _source_user,
    "hs_updated_by_user_id": _updated_by,
    "hubspot_owner_assigneddate": _owner_assigned,
    "hs_all_owner_ids": _all_owners,
}
_STAGE_DATES = {f"hs_lifecyclestage_{stage}_date": _stage_entered(stage) for stage, _ in LIFECYCLE}
_EMAIL_HEADERS = {
    f"hs_email_{side}_{name}": _header(side, part)
    for side in ("from", "to")
    for name, part in (("email", "email"), ("firstname", "firstName"), ("lastname", "lastName"))
}

BY_TYPE: Final[Mapping[str, Mapping[str, Reader]]] = {
    "0-1": {
        "lastmodifieddate": _modified,
        "hs_email_domain": _email_domain,
        "hs_marketable_status": _marketable,
        "associatedcompanyid": primary_company,
        "num_associated_deals": _linked_count("0-3"),
        **_STAGE_DATES,
    },
    "0-2": {
        "num_associated_contacts": _linked_count("0-1"),
        "num_associated_deals": _linked_count("0-3"),
        "hs_parent_company_id": _parent_company,
        **_STAGE_DATES,
    },
    "0-3": {
        "hs_deal_stage_probability": _probability,
        "hs_is_closed": _closed("0.0", "1.0"),
        "hs_is_closed_won": _closed("1.0"),
        "hs_is_closed_lost": _closed("0.0"),
        "hs_projected_amount": _weighted,
        "hs_closed_amount": _closed_amount,
        "amount_in_home_currency": _amount,
        "days_to_close": _days_to_close,
        "num_associated_contacts": _linked_count("0-1"),
    },
    "0-5": {"closed_date": _ticket_closed},
    "0-8": {"amount": _line_amount},
    "0-27": {"hs_task_completion_date": _completed},
    "0-49": _EMAIL_HEADERS,
}
_ACTIVITY = {"hs_body_preview": _preview}


def readers_of(kind: ObjectType) -> dict[str, Reader]:
    """Property name -> how to work it out, for one object type."""
    return {**COMMON, **(_ACTIVITY if kind.is_activity else {}), **BY_TYPE.get(kind.type_id, {})}
