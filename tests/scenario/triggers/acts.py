"""What `given` and `when` may say in a story over HTTP: settings, people's deeds in either CRM, and checks.

What may be expected is in `findings`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from tests.scenario.room import Words, read_names
from tests.scenario.triggers.served import Served, side_of

from pasodoble.engine.cycle import Scope
from pasodoble.engine.service import finding, mending
from pasodoble.engine.service.syncing import ask_for
from pasodoble.engine.service.verifying import verify
from pasodoble.errors import Error
from pasodoble.mapping.spec import make_rule
from pasodoble.mapping.transfer import parse_rule
from pasodoble.model.ref import Ref
from pasodoble.model.settings import CompanyStages, ExistingRecords, OnDelete
from pasodoble.model.side import Side

ACTS = Words()
say = ACTS.say

OF_KIND: dict[str, Any] = {
    "create_in_salesforce": lambda text: {"lead": "Lead", "contact": "Contact", "never": ""}.get(text, text),
    "create_in_hubspot": lambda text: text == "always",
    "when_deleted_in_salesforce": OnDelete,
    "when_deleted_in_hubspot": OnDelete,
}
OF_ALL: dict[str, Any] = {
    "existing_records": ExistingRecords,
    "owners": lambda text: text == "on",
    "automatic_lifecycle": lambda text: text == "on",
    "company_stages": CompanyStages,
}
OR = {"filterBranchType": "OR", "filterBranchOperator": "OR", "filters": []}
AND = {"filterBranchType": "AND", "filterBranchOperator": "AND", "filterBranches": []}
REFUSAL = "Refusal"
TYPES = {"contacts": "0-1", "companies": "0-2", "deals": "0-3", "tickets": "0-5"}


# --- settings --------------------------------------------------------------------------------------------------------


@say("the setting {name} of {kind} is {value}")
async def set_of_kind(room: Served, name: str, kind: str, value: str) -> None:
    if value == "with_people":
        room.change_kind(kind, needs_people=True)
        return
    room.change_kind(kind, **{name: OF_KIND[name](value)})


@say("the setting {name} is {value}")
async def set_of_all(room: Served, name: str, value: str) -> None:
    room.change(**{name: OF_ALL[name](value)})


@say("the inclusion list of {kind} is {name}")
async def choose_list(room: Served, kind: str, name: str) -> None:
    room.change_kind(kind, inclusion_list=None if name == "none" else room.lists.get(name, name))


@say("{kind} join {key} to {field} with {rule} and the values {values}")
async def add_line_with_values(room: Served, kind: str, key: str, field: str, rule: str, values: str) -> None:
    pairs = dict(pair.split(" = ") for pair in values.split(", "))
    await add_line(room, kind, key, field, rule, pairs)


@say("{kind} join {key} to {field} with {rule}")
async def add_line(
    room: Served, kind: str, key: str, field: str, rule: str, values: Mapping[str, str] | None = None
) -> None:
    of_kind, parsed = room.product.settings.objects[kind], parse_rule(rule)
    assert parsed is not None, f"there is no rule {rule}"
    line = make_rule(key, field, of_kind.salesforce_objects, parsed, values=values or {})
    kept = (old for old in of_kind.fields if old.hubspot != key)
    room.change_kind(kind, fields=(*kept, line))


# --- what the CRMs are like ------------------------------------------------------------------------------------------


@say("in Salesforce {object} has a formula {name} of {family}: {formula}")
async def add_formula(room: Served, object: str, name: str, family: str, formula: str) -> None:
    field = {"type": family, "formula": formula, "length": 80}
    if family == "double":
        field = {"type": family, "formula": formula, "precision": 12, "scale": 2}
    _set_up(room, Side.SALESFORCE, {"objects": {object: {"fields": {name: field}}}})


@say("in Salesforce {object} has a field {name} of {family}")
async def add_field(room: Served, object: str, name: str, family: str) -> None:
    size = {"length": 80} if family == "string" else {"precision": 12, "scale": 2} if family == "double" else {}
    _set_up(room, Side.SALESFORCE, {"objects": {object: {"fields": {name: {"type": family, **size}}}}})


@say("in Salesforce {object} has a record type {name}")
async def add_record_type(room: Served, object: str, name: str) -> None:
    _set_up(room, Side.SALESFORCE, {"objects": {object: {"record_types": [{"name": name}]}}})


@say("in Salesforce {object} refuses {formula}, saying {message}")
async def add_validation_rule(room: Served, object: str, formula: str, message: str) -> None:
    rule = {"name": REFUSAL, "formula": formula, "message": message}
    _set_up(room, Side.SALESFORCE, {"objects": {object: {"validation_rules": [rule]}}})


@say("in Salesforce every new {object} is assigned to {owner}")
async def add_assignment_rule(room: Served, object: str, owner: str) -> None:
    rule = {"name": "All", "entries": [{"formula": "", "owner": owner}]}
    _set_up(room, Side.SALESFORCE, {"objects": {object: {"assignment_rules": [rule]}}})


@say("in Salesforce {object} {what} no more")
async def drop_rule(room: Served, object: str, what: str) -> None:
    rules, name = {"refuses": ("validation_rules", REFUSAL), "assigns": ("assignment_rules", "All")}[what]
    _set_up(room, Side.SALESFORCE, {"objects": {object: {rules: [{"name": name, "delete": True}]}}})


@say("in Salesforce {name} is hidden from us")
async def hide(room: Served, name: str) -> None:
    ref = room.get(Side.SALESFORCE, name)
    _set_up(room, Side.SALESFORCE, {"objects": {ref.object: {"hidden": [ref.id]}}})


@say("in HubSpot {kind} have a property {name}")
async def add_property(room: Served, kind: str, name: str) -> None:
    spec = {"name": name, "label": name, "type": "string", "fieldType": "text", "groupName": f"{kind[:-1]}information"}
    room.doors.hubspot.call("POST", f"/crm/v3/properties/{kind}", spec)


@say("in HubSpot {kind} have a pipeline {name}")
async def add_pipeline(room: Served, kind: str, name: str) -> None:
    stages = [{"label": "First", "displayOrder": 0, "metadata": {"probability": "0.5"}}]
    spec = {"label": f"{name} {room.tag}", "displayOrder": 9, "stages": stages}
    made = room.doors.hubspot.call("POST", f"/crm/v3/pipelines/{kind}", spec)
    room.pipelines[name] = (made["id"], made["stages"][0]["id"])


@say("in HubSpot there is an owner {address}")
async def add_owner(room: Served, address: str) -> None:
    first, _, last = address.partition("@")[0].partition(".")
    owner = {"email": address, "first": first.title(), "last": last.title()}
    _set_up(room, Side.HUBSPOT, {"owners": [owner]})


def _set_up(room: Served, side: Side, changes: Any) -> None:
    room.doors[side].call("PATCH", "/__sandbox__/schema", changes)
    room.change()  # signed in anew, the product sees it


# --- people's deeds --------------------------------------------------------------------------------------------------


@say("{name} is an {noun} in {side} with {fields}")
@say("{name} is a {noun} in {side} with {fields}")
async def make(room: Served, name: str, noun: str, side: str, fields: str) -> None:
    at = side_of(side)
    object, values = room.object_of(at, noun), room.read_fields(at, fields)
    told = room.doors[at].act("create", object=object, **{"properties" if at is Side.HUBSPOT else "values": values})
    room.names[at, name] = Ref(at, object, told["id"])


@say("in {side} {name} gets {fields}")
async def edit(room: Served, side: str, name: str, fields: str) -> None:
    at = side_of(side)
    ref, values = room.get(at, name), room.read_fields(at, fields)
    if at is Side.HUBSPOT:
        room.doors[at].act("edit", object=ref.object, id=ref.id, properties=values)
    else:
        room.doors[at].act("edit", record=ref.id, values=values)


@say("in {side} the owner of {name} becomes {owner}")
async def give(room: Served, side: str, name: str, owner: str) -> None:
    at = side_of(side)
    ref = room.get(at, name)
    if at is Side.HUBSPOT:
        room.doors[at].act("set_owner", object=ref.object, id=ref.id, owner="" if owner == "nobody" else owner)
    else:
        room.doors[at].act("change_owner", record=ref.id, owner=owner)


@say("in {side} {name} is deleted")
async def delete(room: Served, side: str, name: str) -> None:
    at = side_of(side)
    ref = room.names[at, name] = room.get(at, name)
    room.doors[at].act("delete", **({"object": ref.object, "id": ref.id} if at is Side.HUBSPOT else {"record": ref.id}))


@say("in {side} {name} is restored")
async def restore(room: Served, side: str, name: str) -> None:
    at = side_of(side)
    ref = room.get(at, name)
    if at is Side.HUBSPOT:
        room.doors[at].act("restore", object=ref.object, id=ref.id)
    else:
        room.doors[at].act("undelete", record=ref.id)


@say("in {side} {name} is merged into {other}")
async def merge(room: Served, side: str, name: str, other: str) -> None:
    at = side_of(side)
    loser, winner = room.get(at, name), room.get(at, other)
    room.names[at, name] = loser
    if at is Side.HUBSPOT:
        told = room.doors[at].act("merge", object=loser.object, primary=winner.id, other=loser.id)
        room.names[at, other] = Ref(at, loser.object, told["id"])
    else:
        room.doors[at].act("merge", winner=winner.id, losers=[loser.id])


@say("in Salesforce {name} is converted")
async def convert(room: Served, name: str) -> None:
    lead = room.get(Side.SALESFORCE, name)
    done = room.doors.salesforce.act("convert_lead", lead=lead.id, create_opportunity=False)
    room.names[Side.SALESFORCE, name] = Ref(Side.SALESFORCE, "Contact", done["contact"])


@say("in Salesforce {name} has a role on {deal}")
async def add_role(room: Served, name: str, deal: str) -> None:
    person, on = room.get(Side.SALESFORCE, name), room.get(Side.SALESFORCE, deal)
    values = {"OpportunityId": on.id, "ContactId": person.id}
    room.doors.salesforce.act("create", object="OpportunityContactRole", values=values)


@say("in HubSpot {name} belongs to {company}")
async def associate(room: Served, name: str, company: str) -> None:
    person, to = room.get(Side.HUBSPOT, name), room.get(Side.HUBSPOT, company)
    path = f"/crm/v4/objects/{person.object}/{person.id}/associations/default/{to.object}/{to.id}"
    room.doors.hubspot.call("PUT", path)


@say("in Salesforce {name} is put into {campaign}")
async def add_member(room: Served, name: str, campaign: str) -> None:
    person, of = room.get(Side.SALESFORCE, name), room.get(Side.SALESFORCE, campaign)
    room.doors.salesforce.act("add_to_campaign", campaign=of.id, person=person.id)


@say("in Salesforce {name} is taken out of {campaign}")
async def remove_member(room: Served, name: str, campaign: str) -> None:
    person, of = room.get(Side.SALESFORCE, name), room.get(Side.SALESFORCE, campaign)
    room.doors.salesforce.act("remove_from_campaign", campaign=of.id, person=person.id)


@say("{name} unsubscribes from all email")
async def unsubscribe(room: Served, name: str) -> None:
    room.doors.hubspot.act("unsubscribed", contact=room.get(Side.HUBSPOT, name).id)


@say("HubSpot's own lead {name} is made of {contact}")
async def make_hubspot_lead(room: Served, name: str, contact: str) -> None:
    """The object of sales people in HubSpot, which has only the name in common with Salesforce's."""
    of = room.get(Side.HUBSPOT, contact)
    room.doors.hubspot.act(
        "create",
        object="leads",
        properties={"hs_lead_name": f"{name} {room.tag}"},
        associations=[{"object": of.object, "id": of.id}],
    )


# --- lists -----------------------------------------------------------------------------------------------------------


@say("{name} is a static list of {kind}")
async def make_static(room: Served, name: str, kind: str) -> None:
    _make_list(room, name, {"objectTypeId": TYPES[kind], "processingType": "MANUAL"})


@say("{name} is a list of {kind} where {property} is {value}")
async def make_dynamic(room: Served, name: str, kind: str, property: str, value: str) -> None:
    operation = {"operationType": "MULTISTRING", "operator": "IS_EQUAL_TO", "values": [value]}
    filters = [{"filterType": "PROPERTY", "property": property, "operation": operation}]
    branch = {**OR, "filterBranches": [{**AND, "filters": filters}]}
    _make_list(room, name, {"objectTypeId": TYPES[kind], "processingType": "DYNAMIC", "filterBranch": branch})


def _make_list(room: Served, name: str, spec: dict[str, Any]) -> None:
    made = room.doors.hubspot.call("POST", "/crm/v3/lists", {"name": f"{name} {room.tag}", **spec})
    room.lists[name] = str(made["list"]["listId"])


@say("{name} joins {list_name}")
async def join(room: Served, name: str, list_name: str) -> None:
    ref = room.get(Side.HUBSPOT, name)
    room.doors.hubspot.act("list_add", list=room.lists[list_name], object=ref.object, id=ref.id)


@say("{name} leaves {list_name}")
async def leave(room: Served, name: str, list_name: str) -> None:
    ref = room.get(Side.HUBSPOT, name)
    room.doors.hubspot.act("list_remove", list=room.lists[list_name], object=ref.object, id=ref.id)


# --- syncs -----------------------------------------------------------------------------------------------------------


@say("a moment passes")
async def let_pass(room: Served) -> None:
    """Longer than the second to which Salesforce tells its times."""
    await asyncio.sleep(1.2)


@say("they sync for the first time")
async def sync_first(room: Served) -> None:
    """With a store that knows nothing yet, for contacts alone."""
    for kind in room.product.settings.objects:
        room.change_kind(kind, enabled=kind == "contacts")
    await room.product.start_anew()
    await room.sync()


@say("they sync twice")
async def sync_twice(room: Served) -> None:
    await room.sync()
    await room.sync()


@say("they sync")
async def sync(room: Served) -> None:
    await room.sync()


@say("both sides are compared")
async def compare(room: Served) -> None:
    """What runs every night: all records of both sides."""
    room.verified = await verify(await room.product.connect())


@say("a person syncs the list {name} of {kind}")
async def sync_list(room: Served, name: str, kind: str) -> None:
    at = await room.product.connect()
    refs = await finding.read_list(at, kind, room.lists[name])
    ask_for(at, kind, refs, "manual_list")
    await room.sync(Scope(kinds=(kind,), refs=refs))


@say("a person syncs {name}")
async def sync_record(room: Served, name: str) -> None:
    """By the record's own id, as `sync --record` does."""
    at = await room.product.connect()
    ref = next(ref for ref in room.found(name).refs if ref is not None)
    found = await finding.find_record(at, str(ref))
    refs = {ref for ref in found.refs if ref is not None}
    ask_for(at, found.kind, refs)
    await room.sync(Scope(kinds=(found.kind,), refs=refs))


@say("a person retries the problems of {names}")
async def retry(room: Served, names: str) -> None:
    settings, store = room.product.settings, room.product.store
    rows = [row for name in read_names(names) for row in room.explain(name).problems]
    chosen = mending.choose_problems(settings, store, ids=[row.id for row in rows])
    refs = mending.retry(settings, store, room.product.clock, chosen)
    await room.sync(Scope(kinds=tuple(refs), refs=set().union(*refs.values())))


@say("a sync that is refused: {what}")
async def sync_refused(room: Served, what: str) -> None:
    """`the list Friends of companies`, `the record x@y.example`: what a person types and cannot be done."""
    at = await room.product.connect()
    room.refusal = ""
    try:
        if what.startswith("the list "):
            name, _, kind = what.removeprefix("the list ").partition(" of ")
            await finding.read_list(at, kind, room.lists.get(name, name))
        else:
            await finding.find_record(at, what.removeprefix("the record "))
    except Error as error:
        room.refusal = f"{error} | {error.next_step}"
