"""What a look at Salesforce finds, loses and says of records that went, came back, or were changed at an awkward moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sides import SalesforceWorld

from pasodoble.connectors.salesforce.changes import OVERLAP
from pasodoble.model.record import Gone, Loss
from pasodoble.model.ref import Ref
from pasodoble.ports import Cursor
from pasodoble.simulators.salesforce.writes import WriteOptions
from pasodoble.simulators.salesforce.writes import Writer as OrgWriter

FIELDS = ("LastName", "Title")
PAST_OVERLAP_S = OVERLAP / timedelta(seconds=1) + 120


@pytest.fixture
async def org() -> AsyncIterator[SalesforceWorld]:
    made = SalesforceWorld("Contact")
    yield made
    await made.connector.close()


async def look(org: SalesforceWorld, cursor: Cursor | None) -> tuple[set[Ref], Cursor]:
    """Refs that a whole look gives, and the cursor after it."""
    seen: set[Ref] = set()
    async for page in org.connector.read_changes("Contact", FIELDS, cursor):
        seen |= {snap.ref for snap in page.snapshots} | {gone.ref for gone in page.gone}
        cursor = page.cursor
    assert cursor is not None
    return seen, cursor


async def settle(org: SalesforceWorld, cursor: Cursor | None = None) -> Cursor:
    """Look until nothing of what is there now lies in the overlap any more."""
    _, cursor = await look(org, cursor)
    org.sim.advance(PAST_OVERLAP_S)
    _, cursor = await look(org, cursor)
    org.sim.advance(PAST_OVERLAP_S)
    seen, cursor = await look(org, cursor)
    assert seen == set()
    return cursor


def purge(org: SalesforceWorld, ref: Ref) -> None:
    with org.org.transaction(org.user_id) as work:
        writer = OrgWriter(work, org.org.view(org.user_id), WriteOptions(hard_delete=True))
        writer.delete(org.org.sobject(ref.object), ref.id)


async def test_a_deletion_is_no_find_of_the_look_and_is_proved_by_id(org: SalesforceWorld) -> None:
    ref = org.put(last="Ruiz")
    cursor = await settle(org)
    org.remove(ref)
    assert (await look(org, cursor))[0] == set()
    seen = (await org.connector.read([ref], FIELDS))[ref]
    assert isinstance(seen, Gone)
    assert seen.how is Loss.DELETED


async def test_a_record_that_was_purged_is_never_called_deleted(org: SalesforceWorld) -> None:
    ref = org.put(last="Ruiz")
    cursor = await settle(org)
    purge(org, ref)
    assert (await look(org, cursor))[0] == set()
    seen = (await org.connector.read([ref], FIELDS))[ref]
    assert isinstance(seen, Gone)
    assert seen.how is Loss.UNSEEN


async def test_a_record_that_came_back_is_found_by_the_look(org: SalesforceWorld) -> None:
    ref = org.put(last="Ruiz")
    org.remove(ref)
    cursor = await settle(org)
    with org.org.transaction(org.user_id) as work:
        OrgWriter(work, org.org.view(org.user_id)).undelete(ref.id)
    assert (await look(org, cursor))[0] == {ref}


async def test_the_mark_stays_behind_a_transaction_that_is_still_open(org: SalesforceWorld) -> None:
    """A commit that becomes visible long after its stamp, longer than any overlap: only the vendor can tell of it."""
    cursor = await settle(org)
    org.org.settings.late_visible_s = 3 * PAST_OVERLAP_S
    late = org.put(last="Late")
    found: set[Ref] = set()
    for _ in range(6):
        org.sim.advance(PAST_OVERLAP_S)
        seen, cursor = await look(org, cursor)
        found |= seen
    assert found == {late}


@pytest.mark.parametrize("status", [400, 404])
async def test_where_the_replication_call_does_not_serve_the_overlap_does(org: SalesforceWorld, status: int) -> None:
    """More ids than it gives, an object that has no replication: the call is refused, and the look goes on."""
    cursor = await settle(org)
    path = "/services/data/v66.0/sobjects/Contact/updated"
    org.fault(fault="status", status=status, match={"path": path})
    started = org.sim.now()
    ref = org.put(last="Ruiz")
    seen, cursor = await look(org, cursor)
    assert seen == {ref}
    assert datetime.fromisoformat(str(cursor["since"])) <= started - OVERLAP + timedelta(seconds=1)


async def test_a_look_after_months_asks_no_further_back_than_the_call_allows(org: SalesforceWorld) -> None:
    cursor = await settle(org)
    org.sim.advance(100 * 24 * 3600)
    ref = org.put(last="Ruiz")
    seen, cursor = await look(org, cursor)
    assert seen == {ref}
    assert datetime.fromisoformat(str(cursor["since"])) > org.sim.now() - timedelta(hours=1)


async def test_pages_are_asked_for_anew_so_that_no_locator_can_expire(org: SalesforceWorld) -> None:
    cursor = await settle(org)
    refs = {org.put(last=f"N{number}") for number in range(2_100)}
    pages = org.connector.read_changes("Contact", FIELDS, cursor)
    first = await anext(pages)
    org.sim.advance(3 * 24 * 3600)
    seen = {snap.ref for snap in first.snapshots}
    async for page in pages:
        seen |= {snap.ref for snap in page.snapshots}
    assert seen == refs
    assert not any("/query/01g" in call for call in org.sent())
