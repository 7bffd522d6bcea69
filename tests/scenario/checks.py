"""What `then` may say in a story: what both sides hold, where a record stands, and what was not written."""

from __future__ import annotations

import re

from tests.fakes.wide_world import find_families
from tests.scenario.room import SIDE_NAMES, Room, Words

from pasodoble.engine.service.explaining import Explanation, explain_known
from pasodoble.engine.service.standing import list_problems
from pasodoble.errors import ConfigError, MappingError
from pasodoble.mapping.check import check_mapping
from pasodoble.mapping.convert.catalogue import FITTING
from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.transfer import parse_csv, render_csv
from pasodoble.model.record import Tied
from pasodoble.model.ref import Ref
from pasodoble.model.rule import Policy
from pasodoble.model.schema import Family
from pasodoble.model.side import SIDES, Side
from pasodoble.model.trace import State

CHECKS = Words()
say = CHECKS.say

NUMBERS = {"no": 0, "one": 1, "two": 2, "three": 3}


# --- what is there -----------------------------------------------------------------------------------------------------


@say("in {side} {name} has {fields}")
async def holds(room: Room, side: str, name: str, fields: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    row = room.crm(ref.side).rows[ref]
    wanted = room.read_fields(ref.side, ref.object, fields)
    held = {
        field: row.fields.get(field) or None if value is None else row.fields.get(field)
        for field, value in wanted.items()
    }
    assert held == wanted, f"it has {held}"


@say("in {side} there is {count} {noun}")
async def counts_one(room: Room, side: str, count: str, noun: str) -> None:
    await counts(room, side, count, noun)


@say("in {side} there are {count} {noun}")
async def counts(room: Room, side: str, count: str, noun: str) -> None:
    at = SIDE_NAMES[side]
    live = room.crm(at).live(room.object_of(at, noun))
    assert len(live) == NUMBERS[count], f"there are {len(live)}"


@say("in {side} {name} is gone")
async def is_gone(room: Room, side: str, name: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    assert room.crm(ref.side).rows[ref].loss is not None


@say("in {side} {name} is still there")
async def is_there(room: Room, side: str, name: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    assert room.crm(ref.side).rows[ref].loss is None


@say("in {side} {name} is tied to no {noun}")
async def is_tied_to_none(room: Room, side: str, name: str, noun: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    assert await _ties(room, ref, room.object_of(ref.side, noun)) == set()


@say("in {side} {name} is tied to {other} as {label}")
async def is_tied_as(room: Room, side: str, name: str, other: str, label: str) -> None:
    ref, to = (room.get(SIDE_NAMES[side], one) for one in (name, other))
    assert Tied(to, label) in await _ties(room, ref, to.object)


@say("in {side} {name} is tied to {other}")
async def is_tied(room: Room, side: str, name: str, other: str) -> None:
    ref, to = (room.get(SIDE_NAMES[side], one) for one in (name, other))
    assert to in {tied.to for tied in await _ties(room, ref, to.object)}


@say("in {side} {name} is not tied to {other}")
async def is_not_tied(room: Room, side: str, name: str, other: str) -> None:
    ref, to = (room.get(SIDE_NAMES[side], one) for one in (name, other))
    assert to not in {tied.to for tied in await _ties(room, ref, to.object)}


async def _ties(room: Room, ref: Ref, to: str) -> set[Tied]:
    return set((await room.crm(ref.side).read_ties([ref], to))[ref])


@say("HubSpot's task has {fields}")
async def task_has(room: Room, fields: str) -> None:
    [task] = room.world.hubspot.live("tasks")
    wanted = room.read_fields(Side.HUBSPOT, "tasks", fields)
    assert {name: task.fields.get(name) for name in wanted} == wanted, f"it has {task.fields}"


@say("HubSpot's task is on {name}")
async def task_is_on(room: Room, name: str) -> None:
    [task] = room.world.hubspot.live("tasks")
    assert room.get(Side.HUBSPOT, name) in {tied.to for tied in await _ties(room, task.ref, "contacts")}


@say("in {side} {name} is a {noun}")
async def is_a(room: Room, side: str, name: str, noun: str) -> None:
    ref = room.get(SIDE_NAMES[side], name)
    assert ref.object == room.object_of(ref.side, noun), f"it is a {ref.object}"


# --- where records stand -----------------------------------------------------------------------------------------------


@say("HubSpot's {name} and Salesforce's {other} are a pair")
async def are_a_pair(room: Room, name: str, other: str) -> None:
    partner = room.partner(room.get(Side.HUBSPOT, name))
    assert partner == room.get(Side.SALESFORCE, other), f"the partner is {partner}"


@say("{name} is in step")
async def is_in_step(room: Room, name: str) -> None:
    _ensure_state(_explain(room, name), State.IN_STEP)


@say("{name} is left out: {gate}")
async def is_left_out(room: Room, name: str, gate: str) -> None:
    _ensure_state(_explain(room, name), State.LEFT_OUT, gate)


@say("{name} needs attention: {cause}")
async def needs_attention(room: Room, name: str, cause: str) -> None:
    _ensure_state(_explain(room, name), State.NEEDS_ATTENTION, cause)


def _explain(room: Room, name: str) -> Explanation:
    return explain_known(room.world.settings, room.world.store, room.found(name))


def _ensure_state(known: Explanation, state: State, reason: str = "") -> None:
    assert known.state is state, f"it is {known.state}: {known.reasons}"
    assert not reason or reason in known.reasons, f"the reasons are {known.reasons}"


@say("the problem of {name} names {field}")
async def problem_names(room: Room, name: str, field: str) -> None:
    named = [field for row in _explain(room, name).problems for field in row.problem.fields]
    assert field in named, f"named are {named}"


@say("there is no problem")
async def no_problem(room: Room) -> None:
    rows = list_problems(room.world.settings, room.world.store)
    assert not rows, [f"{row.ref}: {row.problem.cause}" for row in rows]


@say("a person is asked first: {brake}")
async def brake_is_on(room: Room, brake: str) -> None:
    assert room.last_run is not None
    assert [one.what for one in room.last_run.report.brakes] == [brake]


@say("the lost value {value} of {name} is kept in its history")
async def keeps_lost(room: Room, value: str, name: str) -> None:
    [ref, *_] = [ref for ref in room.found(name).refs if ref is not None]
    with room.world.store.transaction("small", read_only=True) as tx:
        rows = tx.history.load(tx.links.load([ref])[ref].id)
    lost = [row.change.before for row in rows if row.change.contested]
    assert value in lost, f"lost are {lost}"


# --- what was not written ----------------------------------------------------------------------------------------------


@say("nothing was written")
async def nothing_written(room: Room) -> None:
    assert room.written == 0, f"{room.written} writes"


@say("the next syncs write nothing")
async def quiet(room: Room) -> None:
    for _ in range(2):
        await room.sync()
        await nothing_written(room)


# --- mappings ----------------------------------------------------------------------------------------------------------


def _lint(room: Room, kind: str, key: str) -> list[str]:
    schemas = {(side, name): schema for side in SIDES for name, schema in room.crm(side).schemas.items()}
    return [found.id for found in check_mapping(room.kind(kind), schemas) if found.key == key]


@say("mapping lint says {finding} of {key} of {kind}")
async def lint_says(room: Room, finding: str, key: str, kind: str) -> None:
    found = _lint(room, kind, key)
    assert finding in found, f"it says {found}"


@say("the settings are refused")
async def settings_refused(room: Room) -> None:
    try:
        await room.world.connect()
    except (ConfigError, MappingError):
        return
    raise AssertionError("they are taken")


@say("a HubSpot {hubspot} may be mapped to a Salesforce {families}")
async def fits(room: Room, hubspot: str, families: str) -> None:
    for family in re.split(r", | or ", families):
        assert (Family(hubspot), Family(family)) in FITTING, f"{hubspot} and {family} do not fit"


@say("a HubSpot {hubspot} may not be mapped to a Salesforce {families}")
async def does_not_fit(room: Room, hubspot: str, families: str) -> None:
    for family in re.split(r", | or ", families):
        assert (Family(hubspot), Family(family)) not in FITTING, f"{hubspot} and {family} fit"


@say("the shipped lines of {kind} join {pairs}")
async def shipped(room: Room, kind: str, pairs: str) -> None:
    lines = {
        (rule.hubspot, name) for rule in KINDS[kind].rules for name in rule.salesforce.values() if find_families(rule)
    }
    wanted = {tuple(pair.split(" to ")) for pair in pairs.split(", ")}
    assert wanted <= lines, f"not joined: {wanted - lines}"


@say("no shipped line of {kind} joins {key}")
async def not_shipped(room: Room, kind: str, key: str) -> None:
    assert key not in {rule.hubspot for rule in KINDS[kind].rules}


@say("the line {key} of {kind} keeps its law whatever its rule: {policy}")
async def keeps_law(room: Room, key: str, kind: str, policy: str) -> None:
    [line] = [line for line in room.kind(kind).fields if line.key == key]
    assert line.policy is Policy(policy)


@say("the mapping of {kind} is exported as {columns}")
async def exported(room: Room, kind: str, columns: str) -> None:
    assert render_csv(room.kind(kind)).splitlines()[0] == columns.replace(", ", ",")


@say("its export says {cells}")
async def export_says(room: Room, cells: str) -> None:
    assert cells.replace(", ", ",") in render_csv(room.kind("contacts")).splitlines()


@say("the exported mapping of {kind} comes back as it was")
async def comes_back(room: Room, kind: str) -> None:
    of_kind = room.kind(kind)
    back = parse_csv(render_csv(of_kind), of_kind.salesforce_objects)
    assert [(line.key, line.salesforce, line.rule) for line in back.rules] == [
        (line.key, line.salesforce, line.rule) for line in of_kind.fields
    ]


@say("the settings have no lines for {kind}")
async def has_no_lines(room: Room, kind: str) -> None:
    assert kind not in room.world.settings.objects and kind not in KINDS
