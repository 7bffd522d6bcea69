"""The walk over a large object: by a job, with the same records and values as the walk by id, whatever becomes of the job."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sides import SalesforceWorld

from pasodoble.connectors.salesforce.bulk import read_csv
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Ref
from pasodoble.ports import Cursor, Page

FIELDS = (
    "LastName",
    "Title",
    "Email",
    "Description",
    "DoNotCall",
    "Birthdate",
    "MailingLatitude",
    "OwnerId",
    "CreatedDate",
)
PEOPLE = 4_100


@pytest.fixture
async def org(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SalesforceWorld]:
    made = SalesforceWorld("Contact")
    for i in range(PEOPLE - 3):
        made.put_other("Contact", LastName=f"P{i}")
    made.put_other("Contact", LastName='a "quote", a comma', Title="two\nlines", Description=" kept ", DoNotCall=True)
    made.put_other("Contact", LastName="Ñandú", Birthdate="1980-02-29", Email="n@x.example", MailingLatitude=40.5)
    made.put_other("Contact", LastName="null")
    yield made
    await made.connector.close()


def use_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pasodoble.connectors.salesforce.changes.LARGE", 3_000)
    monkeypatch.setattr("pasodoble.connectors.salesforce.bulk.ROWS", 1_500)


async def walk(org: SalesforceWorld, cursor: Cursor | None = None, *, most: int = 1_000) -> list[Page]:
    pages: list[Page] = []
    async for page in org.connector.read_changes("Contact", FIELDS, cursor):
        pages.append(page)
        if len(pages) == most:
            break
    return pages


def by_ref(pages: list[Page]) -> dict[Ref, Snapshot]:
    return {snap.ref: snap for page in pages for snap in page.snapshots}


def values(pages: list[Page]) -> dict[Ref, object]:
    return {
        ref: (dict(snap.fields), snap.modified_at, snap.created_at, snap.by_us) for ref, snap in by_ref(pages).items()
    }


async def test_job_gives_what_the_walk_by_id_gives(org: SalesforceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = await walk(org)
    use_jobs(monkeypatch)
    pages = await walk(org)
    assert len(by_ref(pages)) == PEOPLE
    assert values(pages) == values(plain)
    assert all(page.walk for page in pages)
    assert pages[0].total == plain[0].total == PEOPLE
    assert set(pages[-1].cursor) == set(plain[-1].cursor) == {"since"}


async def test_job_goes_on_from_the_page_that_was_kept(org: SalesforceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    use_jobs(monkeypatch)
    for stop in (1, 2, 3):
        first = await walk(org, most=stop)
        rest = await walk(org, first[-1].cursor)
        assert len(by_ref(first)) + len(by_ref(rest)) == PEOPLE


async def test_job_that_is_gone_is_made_up_for_by_id(org: SalesforceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    use_jobs(monkeypatch)
    [begun] = await walk(org, most=1)
    pages = await walk(org, {**begun.cursor, "job": "750000000000000AAA"})
    assert len(by_ref(pages)) == PEOPLE


async def test_aborted_job_is_made_up_for_by_id(org: SalesforceWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    use_jobs(monkeypatch)
    [begun] = await walk(org, most=1)
    client = org.connector._client
    await client.call("PATCH", f"/jobs/query/{begun.cursor['job']}", body={"state": "Aborted"}, purpose="read")
    assert len(by_ref(await walk(org, begun.cursor))) == PEOPLE


async def test_small_object_costs_no_job(org: SalesforceWorld) -> None:
    pages = await walk(org)
    assert "job" not in pages[0].cursor


def test_table_is_read_as_the_other_answers_spell_it() -> None:
    types = {"On": "boolean", "N": "double", "I": "int", "At": "datetime", "D": "date"}
    text = '"On","N","I","At","D","T"\n"true","1.5","7","2026-01-02T03:04:05.000Z","2026-01-02","a ""b""\nc"\n"false","","","","",""\n'
    first, blank = read_csv(text, types)
    assert first == {
        "On": True, "N": 1.5, "I": 7, "At": "2026-01-02T03:04:05.000+0000", "D": "2026-01-02", "T": 'a "b"\nc'
    }  # fmt: skip
    assert blank == {"On": False, "N": None, "I": None, "At": None, "D": None, "T": None}
