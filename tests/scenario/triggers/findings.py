"""What `then` may say in a story over HTTP: what both sides hold, what started it, and where a record stands."""

from __future__ import annotations

from tests.scenario.room import BLANK, Words
from tests.scenario.triggers.served import Served, side_of, spell

from pasodoble.model.link import LinkState
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Effect
from pasodoble.model.trace import State

FINDINGS = Words()
say = FINDINGS.say


@say("in {side} {name} has {fields}")
async def holds(room: Served, side: str, name: str, fields: str) -> None:
    at = side_of(side)
    ref, wanted = room.get(at, name), room.read_fields(at, fields)
    held = room.doors[at].get(ref, tuple(wanted))
    assert held is not None, f"{ref} is not there"
    assert {key: spell(held[key]) for key in wanted} == {key: spell(value) for key, value in wanted.items()}


@say("in {side} {name} is a {noun}")
async def is_a(room: Served, side: str, name: str, noun: str) -> None:
    at = side_of(side)
    ref = room.get(at, name)
    assert ref.object == room.object_of(at, noun), f"it is a {ref.object}"
    assert room.doors[at].get(ref, ()) is not None, "it is not there"


@say("{name} is nowhere in {side}")
async def is_nowhere(room: Served, name: str, side: str) -> None:
    """Not linked, and nothing there answers to the name's other record."""
    at = side_of(side)
    ref = room.find(at, name)
    assert ref is None or room.doors[at].get(ref, ()) is None, f"there is {ref}"


@say("in {side} {name} is gone")
async def is_gone(room: Served, side: str, name: str) -> None:
    at = side_of(side)
    assert room.doors[at].get(room.get(at, name), ()) is None


@say("in {side} {name} is still there")
async def is_there(room: Served, side: str, name: str) -> None:
    at = side_of(side)
    assert room.doors[at].get(room.get(at, name), ()) is not None


@say("HubSpot's {name} and Salesforce's {other} are a pair")
async def are_a_pair(room: Served, name: str, other: str) -> None:
    here, there = (room.get(side, one) for side, one in zip(SIDES, (name, other), strict=True))
    assert room.partner(here) == there, f"the partner is {room.partner(here)}"


@say("{name} is not paired")
async def is_not_paired(room: Served, name: str) -> None:
    with room.product.store.transaction(room.product.settings.name, read_only=True) as tx:
        links = tx.links.load([room.get(Side.HUBSPOT, name)]).values()
    assert all(link.state is not LinkState.LINKED for link in links)


@say("it is found that {side} lacks a record")
async def is_missing(room: Served, side: str) -> None:
    assert room.verified is not None
    assert sum(found.sides[side_of(side)].missing for found in room.verified.kinds) == 1


@say("it was started by {key} of {name}")
async def was_started(room: Served, key: str, name: str) -> None:
    """In the record's own trace, and in the count of all that fired."""
    assert key in room.triggers_of(name), f"the trace says {sorted(room.triggers_of(name))}"


@say("{key} fired")
async def fired(room: Served, key: str) -> None:
    assert room.counts.get(key), f"what fired: { {k: n for k, n in room.counts.items() if n} }"


@say("{key} of {name} is told as no trigger")
async def is_told_silent(room: Served, key: str, name: str) -> None:
    _ensure_silence(room, key, name, Effect.SILENT)


@say("{key} of {name} is told as switched off")
async def is_told_off(room: Served, key: str, name: str) -> None:
    _ensure_silence(room, key, name, Effect.OFF)


def _ensure_silence(room: Served, key: str, name: str, effect: Effect) -> None:
    refs = [ref for ref in room.found(name).refs if ref is not None]
    with room.product.store.transaction(room.product.settings.name, read_only=True) as tx:
        told = {(silence.key, silence.effect) for silence in tx.firings.load_silences(refs).values()}
    assert (key, effect) in told, f"it is told {sorted(told)}"


@say("why says {key} of {name}")
async def why_says(room: Served, key: str, name: str) -> None:
    said = [step.reason.id for step in room.explain(name).steps]
    assert any(id.endswith(f".{key}") for id in said), f"it says {said}"


@say("{name} is in step")
async def is_in_step(room: Served, name: str) -> None:
    _ensure_state(room, name, State.IN_STEP)


@say("{name} is left out: {gate}")
async def is_left_out(room: Served, name: str, gate: str) -> None:
    _ensure_state(room, name, State.LEFT_OUT, gate)


@say("{name} needs attention: {cause}")
async def needs_attention(room: Served, name: str, cause: str) -> None:
    _ensure_state(room, name, State.NEEDS_ATTENTION, cause)


def _ensure_state(room: Served, name: str, state: State, reason: str = "") -> None:
    known = room.explain(name)
    assert known.state is state, f"it is {known.state}: {known.reasons}"
    assert not reason or reason in known.reasons, f"the reasons are {known.reasons}"


@say("the owners of {name} are {address}")
async def are_owners(room: Served, name: str, address: str) -> None:
    for side in ("HubSpot", "Salesforce"):
        await is_owner(room, side, name, address)


@say("in {side} the owner of {name} is {address}")
async def is_owner(room: Served, side: str, name: str, address: str) -> None:
    at, field = side_of(side), {"HubSpot": "hubspot_owner_id", "Salesforce": "OwnerId"}[side]
    held = room.doors[at].get(room.get(at, name), (field,))
    assert held is not None and room.address_of(at, held[field]) == address, f"it is {held}"


@say("the stage of {name} is not {stage}")
async def is_not_stage(room: Served, name: str, stage: str) -> None:
    held = room.doors.hubspot.get(room.get(Side.HUBSPOT, name), ("lifecyclestage",))
    assert held is not None and held["lifecyclestage"] != stage


@say("in Salesforce there is one lead of {name}")
async def is_one_lead(room: Served, name: str) -> None:
    lead = room.get(Side.SALESFORCE, name)
    held = room.doors.salesforce.get(lead, ("Email",))
    assert held is not None
    soql = f"SELECT+COUNT()+FROM+Lead+WHERE+Email='{held['Email']}'"
    found = room.doors.salesforce.call("GET", f"/services/data/v66.0/query?q={soql}")
    assert found["totalSize"] == 1, f"there are {found['totalSize']}"


@say("nothing was started by the last sync of {name}")
async def was_not_started(room: Served, name: str) -> None:
    last_at = room.explain(name).last_at
    assert last_at is not None and room.synced_at is not None
    assert last_at < room.synced_at, f"it was looked at, for {sorted(room.triggers_of(name))}"


@say("it says {words}")
async def says(room: Served, words: str) -> None:
    assert words in room.refusal, f"it says {room.ids['refusal'] or BLANK}"


@say("{kind} could not be synced: {words}")
async def is_misset(room: Served, kind: str, words: str) -> None:
    assert room.last_run is not None
    misset = {k: str(error) for k, error in room.last_run.report.misset.items()}
    assert words in misset.get(kind, ""), f"it says {misset}"
