"""Courses of events that are too important to be left to chance: each is run clean, then killed at every point of its sync.

`before` is played and synced in peace; `then` is what the sync that is killed has to deal with. How a sync is killed is in
`sweep`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.machine.deeds import add_record, edit
from tests.machine.simulation import Simulation

from pasodoble.connectors.memory import Row
from pasodoble.model.cause import Problem
from pasodoble.model.operation import Operation
from pasodoble.model.outcome import Outcome, Refused
from pasodoble.model.settings import OnDelete
from pasodoble.model.side import SIDES, Side

VALUES = {"firstname": "f", "lastname": "l", "jobtitle": "j", "city": "c"}
Deed = Callable[[Simulation], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """before: each is followed by syncs in peace. settings: of the contacts."""

    name: str
    before: tuple[Deed, ...] = ()
    then: Deed
    settings: dict[str, object] = field(default_factory=dict)


def meet(sim: Simulation, *sides: Side, object: str = "Lead") -> int:
    """A new person with all values, on these sides; where on both, with the same."""
    person = sim.people.new()
    for side in sides:
        values = {key: f"{letter}{person}" for key, letter in VALUES.items()}
        add_record(sim, side, "contacts" if side is Side.HUBSPOT else object, person, values)
    return person


def row_of(sim: Simulation, side: Side, person: int) -> Row:
    [row] = sim.people.rows(side, person)
    return row


def meet_some(count: int, *sides: Side) -> Deed:
    def deed(sim: Simulation) -> None:
        for _ in range(count):
            meet(sim, *sides)

    return deed


def edit_on(*sides: Side) -> Deed:
    """Everybody is edited: another field on each side, and one field on both where both are named."""

    def deed(sim: Simulation) -> None:
        for person in sim.people.all():
            for side in sides:
                edit(sim, row_of(sim, side, person), "jobtitle", sim.new_value("jobtitle"))
                edit(sim, row_of(sim, side, person), "city", None)
                sim.world.clock.advance(3)

    return deed


def delete_on(side: Side) -> Deed:
    def deed(sim: Simulation) -> None:
        row = row_of(sim, side, 1)
        sim.people.deleted[1] = sim.world.clock.now()
        sim.people.tombs[row.ref] = row_of(sim, side.other, 1).ref
        sim.people.memories[side].remove(row.ref)
        edit(sim, row_of(sim, side.other, 2), "jobtitle", sim.new_value("jobtitle"))

    return deed


def merge_on(side: Side) -> Deed:
    def deed(sim: Simulation) -> None:
        loser, into = (row_of(sim, side, person) for person in (1, 2))
        sim.people.memories[side].merge(loser.ref, into.ref)
        sim.people.join(1, 2)

    return deed


def convert(sim: Simulation) -> None:
    lead = row_of(sim, Side.SALESFORCE, 1)
    names = {
        "Email": "Email",
        "FirstName": "FirstName",
        "LastName": "LastName",
        "Title": "Title",
        "City": "MailingCity",
    }
    fields = {new: lead.fields.get(old) for old, new in names.items()}
    fields["Pasodoble_Key__c"] = lead.fields.get("Pasodoble_Key__c")
    sim.people.ghosts[sim.people.memories[Side.SALESFORCE].convert(lead.ref, fields)] = 1
    edit(sim, row_of(sim, Side.HUBSPOT, 1), "jobtitle", sim.new_value("jobtitle"))


def one_bad_of(count: int) -> Deed:
    """Many new people, one of whom Salesforce refuses."""

    def deed(sim: Simulation) -> None:
        meet_some(count, Side.HUBSPOT)(sim)
        problem = Problem(cause="salesforce.validation_rule", side=Side.SALESFORCE, text="No")

        def refuse(operation: Operation) -> Outcome | None:
            return Refused(problem=problem) if getattr(operation, "fields", {}).get("LastName") == "l7" else None

        sim.people.memories[Side.SALESFORCE].refuse = refuse

    return deed


def change_address(sim: Simulation) -> None:
    memory = sim.people.memories[Side.SALESFORCE]
    memory.edit(row_of(sim, Side.SALESFORCE, 1).ref, {"Email": "new@y.example"})


def restore_deleted(sim: Simulation) -> None:
    [ref] = sim.people.tombs
    sim.people.memories[ref.side].restore(ref)
    sim.people.tombs.clear()
    edit(sim, sim.people.row(ref), "jobtitle", sim.new_value("jobtitle"))


def both(*deeds: Deed) -> Deed:
    def deed(sim: Simulation) -> None:
        for one in deeds:
            one(sim)

    return deed


DELETE = {"when_deleted_in_hubspot": OnDelete.DELETE, "when_deleted_in_salesforce": OnDelete.DELETE}
LINKED = meet_some(3, *SIDES)

SCENARIOS = (
    Scenario(name="first sync", then=both(LINKED, meet_some(2, Side.HUBSPOT), meet_some(2, Side.SALESFORCE))),
    Scenario(name="update to Salesforce", before=(LINKED,), then=edit_on(Side.HUBSPOT)),
    Scenario(name="update to HubSpot", before=(LINKED,), then=edit_on(Side.SALESFORCE)),
    Scenario(name="update both", before=(LINKED,), then=edit_on(*SIDES)),
    Scenario(name="create in Salesforce", before=(LINKED,), then=meet_some(3, Side.HUBSPOT)),
    Scenario(name="create in HubSpot", before=(LINKED,), then=meet_some(3, Side.SALESFORCE)),
    Scenario(name="deletion in Salesforce", before=(LINKED,), then=delete_on(Side.SALESFORCE)),
    Scenario(name="deletion in HubSpot", before=(LINKED,), then=delete_on(Side.HUBSPOT)),
    Scenario(name="deletion that follows", before=(LINKED,), then=delete_on(Side.HUBSPOT), settings=DELETE),
    Scenario(name="merge in HubSpot", before=(LINKED,), then=merge_on(Side.HUBSPOT)),
    Scenario(name="merge in Salesforce", before=(LINKED,), then=merge_on(Side.SALESFORCE)),
    Scenario(name="lead conversion", before=(LINKED,), then=convert),
    Scenario(name="200 of which one is bad", then=one_bad_of(200)),
    Scenario(name="change of address", before=(LINKED,), then=change_address),
    Scenario(name="restored record", before=(LINKED, delete_on(Side.SALESFORCE)), then=restore_deleted),
)
