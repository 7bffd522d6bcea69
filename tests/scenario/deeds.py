"""What `given` and `when` may say in a story: settings, people's deeds in either CRM, and syncs.

What may be expected is in `checks`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.fakes.small_world import make_field, make_schema
from tests.scenario.room import NUMERIC, SIDE_NAMES, Room, Words, read_names

from pasodoble.engine.cycle import Scope
from pasodoble.engine.service import waking
from pasodoble.engine.service.pairing import Wish, pair_up
from pasodoble.engine.service.syncing import ask_for
from pasodoble.mapping.identity import KEY_FIELDS
from pasodoble.mapping.spec import make_rule
from pasodoble.mapping.transfer import parse_rule
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome, Refused
from pasodoble.model.record import Loss
from pasodoble.model.ref import Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.schema import Family, FieldSchema, Option
from pasodoble.model.settings import (
    Duplicates,
    ExistingRecords,
    Limits,
    ObjectSettings,
    OnDelete,
    SalesforceActivities,
)
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Urgency
from pasodoble.ports import NewMark

DEEDS = Words()
say = DEEDS.say

NAMES = {"lead": "Lead", "contact": "Contact", "never": ""}
OF_COMPANIES: dict[str, dict[str, Any]] = {
    "always": {"create_in_salesforce": "Account", "needs_people": False},
    "with_people": {"create_in_salesforce": "Account", "needs_people": True},
}
"""What the settings file's words for new companies come to."""
SETTINGS_OF_KIND: dict[str, Any] = {
    "create_in_salesforce": lambda text: NAMES.get(text, text),
    "create_in_hubspot": lambda text: text == "always",
    "inclusion_list": str,
    "when_deleted_in_salesforce": OnDelete,
    "when_deleted_in_hubspot": OnDelete,
    "match": lambda text: tuple(read_names(text)),
    "placeholder": lambda text: dict([text.split(" = ")]),
}
SETTINGS: dict[str, Any] = {
    "existing_records": ExistingRecords,
    "owners": lambda text: text == "on",
    "duplicates": Duplicates,
    "max_deletes_per_run": lambda text: Limits(max_deletes_per_run=int(text)),
    "max_creates_per_run": lambda text: Limits(max_creates_per_run=int(text)),
}


def read_rule(text: str) -> UpdateRule:
    rule = parse_rule(text)
    assert rule is not None, f"there is no rule {text}"
    return rule


# --- settings --------------------------------------------------------------------------------------------------------


@say("{kinds} are synced too")
async def switch_on(room: Room, kinds: str) -> None:
    room.world.switch_on(*read_names(kinds))


@say("{kind} are switched off")
async def switch_off(room: Room, kind: str) -> None:
    room.change_kind(kind, enabled=False)


@say("{kind} are switched on again")
async def switch_on_again(room: Room, kind: str) -> None:
    room.change_kind(kind, enabled=True)


@say("the setting {name} of {kind} is {value}")
async def set_of_kind(room: Room, name: str, kind: str, value: str) -> None:
    words = OF_COMPANIES.get(value) if (kind, name) == ("companies", "create_in_salesforce") else None
    room.change_kind(kind, **(words or {name: SETTINGS_OF_KIND[name](value)}))


@say("the setting {name} is {value}")
async def set_of_connection(room: Room, name: str, value: str) -> None:
    field = "limits" if name.startswith("max_") else name
    room.world.settings = replace(room.world.settings, **{field: SETTINGS[name](value)})


@say("the rule of {key} of {kind} is {rule}")
async def set_rule_of(room: Room, key: str, kind: str, rule: str) -> None:
    room.change_lines(kind, lambda line: replace(line, rule=read_rule(rule)), key)


@say("the rule of {key} is {rule}")
async def set_rule(room: Room, key: str, rule: str) -> None:
    await set_rule_of(room, key, "contacts", rule)


@say("{kind} join {key} to {field} with {rule} and the values {values}")
async def add_line_with_values(room: Room, kind: str, key: str, field: str, rule: str, values: str) -> None:
    pairs = dict(pair.split(" = ") for pair in values.split(", "))
    of_kind = room.kind(kind)
    line = make_rule(key, field, of_kind.salesforce_objects, read_rule(rule), values=pairs)
    room.change_kind(kind, fields=(*(old for old in of_kind.fields if old.key != key), line))


@say("{kind} join {key} to {field} with {rule}")
async def add_line(room: Room, kind: str, key: str, field: str, rule: str) -> None:
    of_kind = room.kind(kind)
    line = make_rule(key, field, of_kind.salesforce_objects, read_rule(rule))
    room.change_kind(kind, fields=(*of_kind.fields, line))


@say("{kind} no longer join {key}")
async def drop_line(room: Room, kind: str, key: str) -> None:
    room.change_kind(kind, fields=tuple(line for line in room.kind(kind).fields if line.key != key))


@say("tasks of Salesforce are told in HubSpot")
async def tell_tasks(room: Room) -> None:
    room.world.settings = replace(room.world.settings, salesforce_activities=SalesforceActivities(kinds=("tasks",)))


@say("a deleted task is deleted in HubSpot too")
async def delete_tasks(room: Room) -> None:
    told = SalesforceActivities(kinds=("tasks",), when_deleted=OnDelete.DELETE)
    room.world.settings = replace(room.world.settings, salesforce_activities=told)


@say("campaigns are joined by forms")
async def join_campaigns(room: Room) -> None:
    room.world.settings = replace(room.world.settings, campaign_of_form={"f-1": "701000000000001AAA"})


@say("{kind} are a custom object of {hubspot} and {salesforce}")
async def make_custom(room: Room, kind: str, hubspot: str, salesforce: str) -> None:
    line = make_rule("name", "Name", (salesforce,), UpdateRule.TWO_WAY)
    of_kind = ObjectSettings(
        kind=kind,
        hubspot_object=hubspot,
        salesforce_objects=(salesforce,),
        create_in_salesforce=salesforce,
        fields=(line,),
    )
    for side, object, name in ((Side.HUBSPOT, hubspot, "name"), (Side.SALESFORCE, salesforce, "Name")):
        fields = [make_field(name), make_field(KEY_FIELDS[side], unique=True)]
        room.crm(side).schemas[object] = make_schema(side, object, fields)
    room.world.settings = replace(room.world.settings, objects={**room.world.settings.objects, kind: of_kind})


@say("{kind} are tied to {other} by {field}")
async def tie_custom(room: Room, kind: str, other: str, field: str) -> None:
    objects = room.world.settings.objects
    of_kind = replace(objects[kind], lookups={**objects[kind].lookups, other: field})
    room.world.settings = replace(room.world.settings, objects={**objects, kind: of_kind})


# --- what the CRMs are like --------------------------------------------------------------------------------------------


@say("in {side} an {noun} has a field {name}: {what}")
@say("in {side} a {noun} has a field {name}: {what}")
async def make_custom_field(room: Room, side: str, noun: str, name: str, what: str) -> None:
    crm = room.crm(SIDE_NAMES[side])
    schema = crm.schemas[room.object_of(SIDE_NAMES[side], noun)]
    crm.schemas[schema.object] = replace(schema, fields={**schema.fields, name: read_field(name, what)})


def read_field(name: str, what: str) -> FieldSchema:
    """`required text of 10 characters`, `choice of a; b`, `calculated number`, `read-only text`, `number of 2 decimals`"""
    *marks, family = (what.partition(" of ")[0]).split()
    more: dict[str, Any] = {
        "calculated": {"calculated": True, "writable": False},
        "required": {"required": True},
        "read-only": {"writable": False},
        "listed": {"restricted": True},
    }
    given: dict[str, Any] = {key: value for mark in marks for key, value in more[mark].items()}
    size = what.partition(" of ")[2]
    if size.endswith(" characters"):
        given["length"] = int(size.split()[0])
    elif size.endswith(" decimals"):
        given["scale"] = int(size.split()[0])
    elif size:
        given["options"] = tuple(Option(value=option, label=option) for option in size.split("; "))
    return make_field(name, Family(family), **given)


@say("in {side} nobody may see the {noun} field {name}")
async def hide_field(room: Room, side: str, noun: str, name: str) -> None:
    crm = room.crm(SIDE_NAMES[side])
    schema = crm.schemas[room.object_of(SIDE_NAMES[side], noun)]
    fields = {key: field for key, field in schema.fields.items() if key != name}
    crm.schemas[schema.object] = replace(schema, fields=fields)


@say("in {side} nobody may see {object}")
async def hide_object(room: Room, side: str, object: str) -> None:
    del room.crm(SIDE_NAMES[side]).schemas[object]


@say("{side} refuses {text} for {cause} of {field}")
async def refuse_field(room: Room, side: str, text: str, cause: str, field: str) -> None:
    await _refuse(room, SIDE_NAMES[side], text, cause, (field,))


@say("{side} refuses {text} for {cause}")
async def refuse(room: Room, side: str, text: str, cause: str) -> None:
    await _refuse(room, SIDE_NAMES[side], text, cause, ())


async def _refuse(room: Room, side: Side, text: str, cause: str, fields: tuple[str, ...]) -> None:
    problem = Problem(cause=cause, side=side, fields=fields)

    def answer(operation: Operation) -> Outcome | None:
        values = getattr(operation, "fields", {}).values()
        return Refused(problem=problem, fields=fields) if text in map(str, values) else None

    room.crm(side).refuse = answer


@say("Salesforce trims what it is given")
async def trim(room: Room) -> None:
    room.world.salesforce.reshape = lambda _object, _field, value: value.strip() if isinstance(value, str) else value


@say("the list {id} holds {names}")
async def fill_list(room: Room, id: str, names: str) -> None:
    members = [] if names == "nobody" else [room.get(Side.HUBSPOT, name) for name in read_names(names)]
    room.world.hubspot.lists[id] = {ref.id: room.world.clock.now() for ref in members}


# --- what people do ----------------------------------------------------------------------------------------------------


@say("{name} is an {noun} in {side} with {fields}")
@say("{name} is a {noun} in {side} with {fields}")
async def put(room: Room, name: str, noun: str, side: str, fields: str) -> None:
    at = SIDE_NAMES[side]
    object = room.object_of(at, noun)
    room.names[at, name] = room.crm(at).put(object, room.read_fields(at, object, fields))


@say("in {side} {name} gets {fields}")
async def edit(room: Room, side: str, name: str, fields: str) -> None:
    at = SIDE_NAMES[side]
    ref = room.get(at, name)
    room.world.clock.advance(5)
    room.crm(at).edit(ref, room.read_fields(at, ref.object, fields))


@say("the formula field {field} of {name} becomes {value} by itself")
async def recalculate(room: Room, field: str, name: str, value: str) -> None:
    """No stamp moves when a formula's result does."""
    row = room.world.salesforce.rows[room.get(Side.SALESFORCE, name)]
    schema = room.world.salesforce.schemas[row.ref.object].fields[field]
    row.fields[field] = float(value) if schema.family in NUMERIC else value


@say("in Salesforce {name} has a task with {fields}")
async def log_task(room: Room, name: str, fields: str) -> None:
    who = room.get(Side.SALESFORCE, name)
    room.world.clock.advance(5)
    values = room.read_fields(Side.SALESFORCE, "Task", fields)
    room.names[Side.SALESFORCE, "the task"] = room.world.salesforce.put("Task", values | {"WhoId": who.id})


@say("the task in Salesforce is deleted")
async def delete_task(room: Room) -> None:
    room.world.salesforce.remove(room.names[Side.SALESFORCE, "the task"])


@say("in {side} {name} is deleted")
async def delete(room: Room, side: str, name: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    room.crm(ref.side).remove(ref)
    _tell(room, ref, "record_deleted")


@say("in {side} {name} is hidden from us")
async def hide(room: Room, side: str, name: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    room.crm(ref.side).remove(ref, Loss.UNSEEN)


@say("in {side} {name} is restored")
async def restore(room: Room, side: str, name: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    room.crm(ref.side).restore(ref)
    _tell(room, ref, "record_restored")


@say("in {side} {name} is merged into {winner}")
async def merge(room: Room, side: str, name: str, winner: str) -> None:
    loser, into = (room.get(SIDE_NAMES[side], one) for one in (name, winner))
    room.crm(loser.side).merge(loser, into)
    _tell(room, loser, "records_merged")


@say("in Salesforce {name} is converted to a contact with {fields}")
async def convert(room: Room, name: str, fields: str) -> None:
    lead = room.get(Side.SALESFORCE, name)
    contact = room.world.salesforce.convert(lead, room.read_fields(Side.SALESFORCE, "Contact", fields))
    room.names[Side.SALESFORCE, name] = contact


@say("in {side} {name} is tied to {other} as {label}")
async def tie_as(room: Room, side: str, name: str, other: str, label: str) -> None:
    at = SIDE_NAMES[side]
    room.world.clock.advance(5)
    room.crm(at).tie(room.get(at, name), room.get(at, other), label)


@say("in {side} {name} is tied to {other}")
async def tie(room: Room, side: str, name: str, other: str) -> None:
    await tie_as(room, side, name, other, "")


@say("in {side} {name} is untied from {other}")
async def untie(room: Room, side: str, name: str, other: str) -> None:
    at = SIDE_NAMES[side]
    room.world.clock.advance(5)
    room.crm(at).untie(room.get(at, name), room.get(at, other))


def _tell(room: Room, ref: Ref, trigger: str) -> None:
    """As the vendor's push does: a deletion, a restore and a merge are not seen by a look."""
    mark = NewMark(kind=room.kind_of(ref), ref=ref, trigger=trigger, urgency=Urgency.CHECK)
    with room.world.store.transaction("small") as tx:
        tx.marks.put([mark], room.world.clock.now())


# --- syncs -------------------------------------------------------------------------------------------------------------


@say("they sync")
async def sync(room: Room) -> None:
    await room.sync()


@say("they sync twice")
async def sync_twice(room: Room) -> None:
    await room.sync()
    await room.sync()


@say("a person asks for {names}")
async def ask(room: Room, names: str) -> None:
    refs = [next(ref for ref in room.found(name).refs if ref is not None) for name in read_names(names)]
    ask_for(await room.world.connect(), room.kind_of(refs[0]), refs)
    await room.sync(Scope(kinds=(room.kind_of(refs[0]),), refs=refs))


@say("a person releases the brakes")
async def release(room: Room) -> None:
    await room.sync(Scope(approved=True))


@say("a day passes")
async def wait(room: Room) -> None:
    room.world.clock.advance(86_400)


@say("a person pairs HubSpot's {name} with Salesforce's {other}")
async def pair(room: Room, name: str, other: str) -> None:
    refs = Pair(room.get(Side.HUBSPOT, name), room.get(Side.SALESFORCE, other))
    wish = Wish(kind=room.kind_of(refs.hubspot), refs=refs)
    await pair_up(await room.world.connect(), wish, actor="a person")


@say("a person wakes {key} of {kind}")
async def wake(room: Room, key: str, kind: str) -> None:
    """Sees the preview, and says yes."""
    at = await room.world.connect()
    lines = waking.choose_lines(at, kind, [key])
    assert (await waking.preview(at, kind, lines)).pairs > 0
    await waking.wake(at, kind, lines)
