"""`POST /__sandbox__/actions`: what a person does in the browser, one action a call or a list of them.

    {"action": "convert_lead", "lead": "00Q..."}
    {"action": "edit", "record": "003...", "values": {"Title": "CTO"}, "user": "ben.clarke@pasodoble.example"}

The acting user is a person with all rights, the first administrator unless `user` names another by address or id. All
rules of the org hold for people too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pasodoble.simulators.door import DoorError
from pasodoble.simulators.salesforce.conversion import Conversion, convert_lead
from pasodoble.simulators.salesforce.custom import with_fields
from pasodoble.simulators.salesforce.ids import EMPTY_ID, full_id
from pasodoble.simulators.salesforce.merging import merge_records
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.pubsub import EventBus, Gap, TooManyEntities
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject, make_field
from pasodoble.simulators.salesforce.sessions import Sessions
from pasodoble.simulators.salesforce.writes import WriteOptions, Writer

Done = dict[str, Any]
Action = Callable[["Person", Mapping[str, Any]], Done]
GAPS = ("GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE", "GAP_OVERFLOW")


@dataclass(frozen=True, slots=True)
class Desk:
    """What there is to act upon."""

    org: Org
    sessions: Sessions
    events: EventBus


class Person:
    """A person at work: a writer with the org, and what else an administrator may touch."""

    def __init__(self, writer: Writer, desk: Desk) -> None:
        self.writer = writer
        self.org = desk.org
        self.sessions = desk.sessions
        self.events = desk.events

    def record(
        self, order: Mapping[str, Any], key: str, *, of: str | None = None, deleted: bool = False
    ) -> tuple[Sobject, Row]:
        """The record that `order[key]` names. Raises DoorError."""
        given = order.get(key)
        if not isinstance(given, str):
            raise DoorError(f"{order['action']} needs {key}, the id of a record")
        sobject, row = self.org.sobject_of(given), self.org.get(given)
        if sobject is None or row is None or (of and sobject.name not in of.split("|")):
            raise DoorError(f"{key}: {given} is no {(of or 'record').replace('|', ' or ')} of this org")
        if row.get("IsDeleted") and not deleted:
            raise DoorError(f"{key}: {given} is in the Recycle Bin")
        return sobject, row

    def optional(self, order: Mapping[str, Any], key: str, of: str) -> str | None:
        if order.get(key) is None:
            return None
        record_id: str = self.record(order, key, of=of)[1]["Id"]
        return record_id


def find_user(org: Org, named: object) -> str:
    """A user's id by id, user name or e-mail. Raises DoorError."""
    row = org.get(named) if isinstance(named, str) else None
    if row is not None and row["Id"].startswith("005"):
        return str(row["Id"])
    for user in org.table("User").rows.values():
        if isinstance(named, str) and named.lower() in (
            user.get("Username", "").lower(),
            user.get("Email", "").lower(),
        ):
            return str(user["Id"])
    raise DoorError(f"user: {named!r} is no user of this org; name one by id or user name")


def default_user(org: Org) -> str:
    """The first active user who is a person."""
    users = org.table("User").rows.values()
    people = (r["Id"] for r in users if r.get("IsActive") and r["Id"] != org.integration_user_id)
    return next(people, org.integration_user_id)


# Records


def _values(order: Mapping[str, Any]) -> Mapping[str, Any]:
    values = order.get("values", {})
    if not isinstance(values, dict):
        raise DoorError("values is an object of field names and values")
    return values


def create(person: Person, order: Mapping[str, Any]) -> Done:
    return {"id": person.writer.insert(_named_object(person, order), _values(order))}


def edit(person: Person, order: Mapping[str, Any]) -> Done:
    sobject, row = person.record(order, "record")
    person.writer.update(sobject, row["Id"], _values(order))
    return {"id": row["Id"]}


def delete(person: Person, order: Mapping[str, Any]) -> Done:
    sobject, row = person.record(order, "record")
    person.writer.delete(sobject, row["Id"])
    return {"id": row["Id"]}


def hard_delete(person: Person, order: Mapping[str, Any]) -> Done:
    """Delete, or what is in the bin already empty out of it."""
    sobject, row = person.record(order, "record", deleted=True)
    if not row.get("IsDeleted"):
        person.writer.delete(sobject, row["Id"])
    person.writer.purge(row["Id"])
    return {"id": row["Id"]}


def undelete(person: Person, order: Mapping[str, Any]) -> Done:
    _sobject, row = person.record(order, "record", deleted=True)
    return {"id": person.writer.undelete(row["Id"])}


def empty_bin(person: Person, _order: Mapping[str, Any]) -> Done:
    roots = list(person.org.bins)
    for record_id in roots:
        person.writer.purge(record_id)
    return {"purged": len(roots)}


def change_owner(person: Person, order: Mapping[str, Any]) -> Done:
    sobject, row = person.record(order, "record")
    named = order.get("owner")
    queue = full_id(named) if isinstance(named, str) and named.startswith("00G") else None
    person.writer.update(sobject, row["Id"], {"OwnerId": queue or find_user(person.org, named)})
    return {"id": row["Id"]}


# Leads, duplicates, campaigns


def convert(person: Person, order: Mapping[str, Any]) -> Done:
    _sobject, lead = person.record(order, "lead", of="Lead")
    name = order.get("opportunity_name")
    done = convert_lead(
        person.writer,
        Conversion(
            lead_id=lead["Id"],
            status=order.get("status"),
            account_id=person.optional(order, "account", "Account"),
            contact_id=person.optional(order, "contact", "Contact"),
            opportunity_id=person.optional(order, "opportunity", "Opportunity"),
            opportunity_name=name,
            create_opportunity=bool(order.get("create_opportunity", True)),
            owner_id=find_user(person.org, order["owner"]) if order.get("owner") else None,
            overwrite_lead_source=bool(order.get("overwrite_lead_source", False)),
        ),
    )
    return {
        "lead": done.lead_id,
        "account": done.account_id,
        "contact": done.contact_id,
        "opportunity": done.opportunity_id,
    }


def merge(person: Person, order: Mapping[str, Any]) -> Done:
    sobject, winner = person.record(order, "winner")
    given = order.get("losers", order.get("loser"))
    losers = [given] if isinstance(given, str) else given
    if not isinstance(losers, list) or not losers:
        raise DoorError("merge needs losers, a list of one or two ids")
    ids = [person.record({"action": "merge", "losers": loser}, "losers", of=sobject.name)[1]["Id"] for loser in losers]
    moved = merge_records(person.writer, sobject.name, winner["Id"], ids, _values(order))
    return {"id": winner["Id"], "merged": ids, "moved": moved}


def add_to_campaign(person: Person, order: Mapping[str, Any]) -> Done:
    _sobject, campaign = person.record(order, "campaign", of="Campaign")
    sobject, row = person.record(order, "person", of="Lead|Contact")
    values: dict[str, Any] = {"CampaignId": campaign["Id"], f"{sobject.name}Id": row["Id"]}
    if order.get("status"):
        values["Status"] = order["status"]
    return {"id": person.writer.insert(person.org.sobject("CampaignMember"), values)}


def _member(person: Person, order: Mapping[str, Any]) -> Row:
    _sobject, campaign = person.record(order, "campaign", of="Campaign")
    sobject, row = person.record(order, "person", of="Lead|Contact")
    for member in person.writer.children("CampaignMember", f"{sobject.name}Id", row["Id"]):
        if member.get("CampaignId") == campaign["Id"]:
            return member
    raise DoorError(f"{row['Id']} is no member of campaign {campaign['Id']}")


def remove_from_campaign(person: Person, order: Mapping[str, Any]) -> Done:
    member = _member(person, order)
    person.writer.delete(person.org.sobject("CampaignMember"), member["Id"])
    return {"id": member["Id"]}


def set_member_status(person: Person, order: Mapping[str, Any]) -> Done:
    member = _member(person, order)
    person.writer.update(person.org.sobject("CampaignMember"), member["Id"], {"Status": order.get("status")})
    return {"id": member["Id"]}


# Activities


def log_activity(person: Person, order: Mapping[str, Any], subtype: str) -> Done:
    _sobject, row = person.record(order, "person", of="Lead|Contact")
    values = {"Status": "Completed", "ActivityDate": person.org.now()[:10], "Subject": subtype, "TaskSubtype": subtype}
    given = {**values, "WhoId": row["Id"], **_values(order)}
    return {"id": person.writer.insert(person.org.sobject("Task"), given)}


def log_call(person: Person, order: Mapping[str, Any]) -> Done:
    return log_activity(person, order, "Call")


def send_email(person: Person, order: Mapping[str, Any]) -> Done:
    return log_activity(person, order, "Email")


# The administrator's


def lock(person: Person, order: Mapping[str, Any]) -> Done:
    _sobject, row = person.record(order, "record")
    person.org.settings.locked_records.add(row["Id"])
    return {"locked": sorted(person.org.settings.locked_records)}


def unlock(person: Person, order: Mapping[str, Any]) -> Done:
    _sobject, row = person.record(order, "record")
    person.org.settings.locked_records.discard(row["Id"])
    return {"locked": sorted(person.org.settings.locked_records)}


def hide(person: Person, order: Mapping[str, Any]) -> Done:
    """Take a record out of the integration user's sight, as sharing rules would."""
    _sobject, row = person.record(order, "record", deleted=True)
    person.org.settings.hidden_records.add(row["Id"])
    person.org.changed()
    return {"hidden": sorted(person.org.settings.hidden_records)}


def show(person: Person, order: Mapping[str, Any]) -> Done:
    _sobject, row = person.record(order, "record", deleted=True)
    person.org.settings.hidden_records.discard(row["Id"])
    person.org.changed()
    return {"hidden": sorted(person.org.settings.hidden_records)}


def set_active(person: Person, order: Mapping[str, Any], *, active: bool) -> Done:
    user_id = find_user(person.org, order.get("who"))
    person.writer.update(person.org.sobject("User"), user_id, {"IsActive": active})
    return {"id": user_id}


def deactivate_user(person: Person, order: Mapping[str, Any]) -> Done:
    return set_active(person, order, active=False)


def activate_user(person: Person, order: Mapping[str, Any]) -> Done:
    return set_active(person, order, active=True)


def expire_sessions(person: Person, _order: Mapping[str, Any]) -> Done:
    person.sessions.expire_all()
    return {}


def system_touch(person: Person, order: Mapping[str, Any]) -> Done:
    """Move only SystemModstamp, of one record or of all of an object, as work inside Salesforce does."""
    if order.get("record") is not None:
        sobject, row = person.record(order, "record")
        ids = [row["Id"]]
    else:
        sobject = _named_object(person, order)
        ids = [row["Id"] for row in person.org.table(sobject.name).rows.values() if not row.get("IsDeleted")]
    for record_id in ids:
        person.writer.amend(sobject.name, record_id, {})
    return {"touched": len(ids)}


def _named_object(person: Person, order: Mapping[str, Any]) -> Sobject:
    sobject = person.org.find_sobject(str(order.get("object", "")))
    if sobject is None:
        raise DoorError(f"{order['action']} needs object, the name of an object; there is no {order.get('object')!r}")
    return sobject


def rename_picklist_value(person: Person, order: Mapping[str, Any]) -> Done:
    """`old` becomes `new`, in the field's list and in every record, whose SystemModstamp alone moves."""
    sobject = _named_object(person, order)
    field = sobject.find_field(str(order.get("field", "")))
    old, new = order.get("old"), order.get("new")
    if field is None or not isinstance(new, str) or all(choice.value != old for choice in field.choices):
        raise DoorError("rename_picklist_value needs object, field, old (a value of its list) and new")
    choices = tuple(replace(c, value=new, label=new) if c.value == old else c for c in field.choices)
    told = [{"value": c.value, "label": c.label, "active": c.active, "defaultValue": c.default} for c in choices]
    person.org.define([with_fields(sobject, [make_field({**field.told, "picklistValues": told})])])
    rows = [row["Id"] for row in person.org.table(sobject.name).rows.values() if row.get(field.name) == old]
    for record_id in rows:
        person.writer.amend(sobject.name, record_id, {field.name: new})
    return {"renamed": len(rows)}


def announce_gap(person: Person, order: Mapping[str, Any]) -> Done:
    """A change event without its body: `kind` is GAP_CREATE, GAP_UPDATE, ... or GAP_OVERFLOW for a whole object."""
    kind = str(order.get("kind", "GAP_UPDATE"))
    if kind not in GAPS:
        raise DoorError(f"kind: {kind!r} is none of {', '.join(GAPS)}")
    if kind == "GAP_OVERFLOW":
        sobject = _named_object(person, order)
        ids: tuple[str, ...] = (EMPTY_ID,)
    else:
        sobject, row = person.record(order, "record", deleted=True)
        ids = (row["Id"],)
    person.events.log.announce_gap(Gap(sobject.name, kind, ids))
    return {"kind": kind, "records": ids}


def select_for_events(person: Person, order: Mapping[str, Any]) -> Done:
    """Choose the objects that change data capture tells of; with `channel`, those of a custom channel (`X__chn`)."""
    names = order.get("objects")
    if not isinstance(names, list) or any(person.org.find_sobject(str(name)) is None for name in names):
        raise DoorError("select_for_events needs objects, a list of names of objects")
    chosen = frozenset(map(str, names))
    try:
        if order.get("channel"):
            person.events.channels.define(str(order["channel"]), chosen)
        else:
            person.events.channels.select(chosen)
    except TooManyEntities as error:
        raise DoorError(str(error)) from None
    return {"objects": sorted(chosen)}


ACTIONS: dict[str, Action] = {
    "create": create,
    "edit": edit,
    "delete": delete,
    "hard_delete": hard_delete,
    "undelete": undelete,
    "empty_bin": empty_bin,
    "change_owner": change_owner,
    "convert_lead": convert,
    "merge": merge,
    "add_to_campaign": add_to_campaign,
    "remove_from_campaign": remove_from_campaign,
    "set_member_status": set_member_status,
    "log_call": log_call,
    "send_email": send_email,
    "lock": lock,
    "unlock": unlock,
    "hide": hide,
    "show": show,
    "deactivate_user": deactivate_user,
    "activate_user": activate_user,
    "expire_sessions": expire_sessions,
    "system_touch": system_touch,
    "rename_picklist_value": rename_picklist_value,
    "announce_gap": announce_gap,
    "select_for_events": select_for_events,
}


def act(desk: Desk, order: object) -> Done:
    """Do one action in a transaction of its own. Raises DoorError, Refusal, WrongShape."""
    if not isinstance(order, dict) or not isinstance(order.get("action"), str):
        raise DoorError('an action is an object such as {"action":"convert_lead","lead":"00Q..."}')
    action = ACTIONS.get(order["action"])
    if action is None:
        raise DoorError(f"unknown action {order['action']!r}; one of {', '.join(sorted(ACTIONS))}")
    org = desk.org
    user_id = find_user(org, order["user"]) if order.get("user") else default_user(org)
    with org.transaction(user_id) as work:
        view = org.view(user_id, unlimited=True)
        writer = Writer(work, view, WriteOptions(allow_save=True, auto_assign=False))
        return {"action": order["action"], **action(Person(writer, desk), order)}
