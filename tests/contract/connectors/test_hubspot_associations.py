"""Associations between HubSpot's records, as its associations API keeps them."""

from __future__ import annotations

from sides import HubSpotWorld

from pasodoble.model.operation import Associate, Operation
from pasodoble.model.outcome import Applied, Refused
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side


async def test_association_is_made_labelled_and_removed(portal: HubSpotWorld) -> None:
    people = [portal.put() for _ in range(3)]
    company = portal.put_other("companies", name="Acme", domain="acme.example")

    def tied() -> list[str]:
        links = portal.portal.links
        return [ref.id for ref in people if links.of("0-1", int(ref.id), "0-2")]

    ops: list[Operation] = [Associate(ref=ref, to=company) for ref in people]
    used = portal.calls
    assert await portal.connector.write(ops) == [Applied(ref=ref) for ref in people]
    assert portal.calls - used == 1
    assert tied() == [ref.id for ref in people]
    (primary,) = await portal.connector.write([Associate(ref=people[0], to=company, label="primary")])
    assert primary == Applied(ref=people[0])
    removed = await portal.connector.write([Associate(ref=ref, to=company, remove=True) for ref in people[1:]])
    assert removed == [Applied(ref=ref) for ref in people[1:]]
    assert tied() == [people[0].id]


async def test_association_with_what_is_not_there_is_refused_alone(portal: HubSpotWorld) -> None:
    one, company = portal.put(), portal.put_other("companies", name="Acme")
    nobody = Ref(Side.HUBSPOT, "companies", "99999")
    good, bad, odd = await portal.connector.write(
        [Associate(ref=one, to=company), Associate(ref=one, to=nobody), Associate(ref=one, to=company, label="friend")]
    )
    assert good == Applied(ref=one)
    assert isinstance(bad, Refused)
    assert isinstance(odd, Refused)
    assert odd.problem.cause == "association.wrong_type"
