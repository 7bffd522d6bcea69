"""Imports and exports: what rows of a file become, what goes wrong with them, and what a file of records holds."""

import csv
import io
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request
from pasodoble.simulators.hubspot import Switches, World, build

BOUNDARY = "x-boundary"


@pytest.fixture
def world() -> World:
    return build(SimClock(start_ms=1_777_888_800_000, frozen=True), empty=True)


async def call(world: World, method: str, path: str, body: bytes = b"", content_type: str = "") -> tuple[int, Any]:
    path, _, query = path.partition("?")
    headers = {
        "authorization": f"Bearer {world.credentials['token']}",
        "content-type": content_type,
        "host": "hub.test",
    }
    response = await world.application.handle(Request(method, path, query, headers, body))
    return response.status, orjson.loads(response.body) if response.body else None


def part(name: str, content: bytes, file_name: str = "") -> bytes:
    extra = f'; filename="{file_name}"' if file_name else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{extra}\r\n\r\n'.encode() + content + b"\r\n"


def columns(**mapping: str) -> list[dict[str, str]]:
    """Column name -> `0-1 email`, or `0-1 id` for record ids."""
    made = []
    for name, target in mapping.items():
        type_id, _, property_name = target.partition(" ")
        column = {"columnObjectTypeId": type_id, "columnName": name, "propertyName": property_name}
        if property_name == "id":
            column = {"columnObjectTypeId": type_id, "columnName": name, "columnType": "HUBSPOT_OBJECT_ID"}
        made.append(column)
    return made


async def start(world: World, text: str, mapping: list[dict[str, str]], **operations: str) -> dict[str, Any]:
    wanted = {
        "name": "Test",
        "importOperations": {type_id.replace("_", "-"): how for type_id, how in operations.items()},
        "files": [
            {"fileName": "a.csv", "fileFormat": "CSV", "fileImportPage": {"hasHeader": True, "columnMappings": mapping}}
        ],
    }
    body = (
        part("importRequest", orjson.dumps(wanted)) + part("files", text.encode(), "a.csv") + f"--{BOUNDARY}--".encode()
    )
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    status, started = await call(world, "POST", "/crm/v3/imports", body, kind)
    assert status == 200, started
    assert isinstance(started, dict)
    return started


async def run(world: World, text: str, mapping: list[dict[str, str]], **operations: str) -> dict[str, Any]:
    started = await start(world, text, mapping, **operations)
    assert started["state"] == "STARTED"
    _, done = await call(world, "GET", f"/crm/v3/imports/{started['id']}")
    assert done["state"] == "DONE"
    _, errors = await call(world, "GET", f"/crm/imports/2026-03/{started['id']}/errors")
    return {**done["metadata"]["counters"], "errors": errors["results"]}


async def test_rows_become_contacts_and_a_second_run_changes_them(world: World) -> None:
    mapping = columns(Mail="0-1 email", City="0-1 city")
    first = await run(world, "Mail,City\na@x.test,Oslo\nb@x.test,Rome\n", mapping)
    assert (first["CREATED_OBJECTS"], first["TOTAL_ROWS"]) == (2, 2)
    second = await run(world, "Mail,City\nA@X.test,Bern\nc@x.test,\n", mapping)
    assert (second["CREATED_OBJECTS"], second["UPDATED_OBJECTS"]) == (1, 1)
    rows = {row.values["email"]: row for row in world.portal.tables["0-1"].rows.values()}
    assert rows["a@x.test"].values["city"] == "Bern" and len(rows) == 3
    assert (rows["a@x.test"].history[-1].actor.source, rows["a@x.test"].history[-1].actor.source_id) == ("IMPORT", "2")


async def test_records_of_one_row_are_linked(world: World) -> None:
    mapping = columns(Firm="0-2 name", Web="0-2 domain", Mail="0-1 email")
    await run(world, "Firm;Web;Mail\nAcme;acme.test;a@acme.test\nAcme;acme.test;b@acme.test\n", mapping)
    (company,) = world.portal.tables["0-2"].rows
    assert sorted(world.portal.links.of("0-2", company, "0-1")) == sorted(world.portal.tables["0-1"].rows)


async def test_record_ids_and_operations_are_heeded(world: World) -> None:
    await run(world, "Mail\na@x.test\n", columns(Mail="0-1 email"))
    (id,) = world.portal.tables["0-1"].rows
    by_id = await run(world, f"Id,City\n{id},Oslo\n999,Rome\n", columns(Id="0-1 id", City="0-1 city"))
    assert by_id["UPDATED_OBJECTS"] == 1 and [error["sourceData"]["lineNumber"] for error in by_id["errors"]] == [3]
    only_new = await run(world, "Mail\na@x.test\n", columns(Mail="0-1 email"), **{"0_1": "CREATE"})
    assert only_new["errors"][0]["errorType"] == "CREATE_ONLY_IMPORT"
    only_old = await run(world, "Mail\nz@x.test\n", columns(Mail="0-1 email"), **{"0_1": "UPDATE"})
    assert only_old["errors"][0]["errorType"] == "UPDATE_ONLY_IMPORT"


async def test_bad_rows_are_told_and_the_others_written(world: World) -> None:
    mapping = columns(Mail="0-1 email", Stage="0-1 lifecyclestage", Odd="0-1 no_such")
    told = await run(
        world, "Mail,Stage,Odd\nok@x.test,lead,\nnope,lead,\nc@x.test,royalty,\nd@x.test,lead,1\n", mapping
    )
    assert told["CREATED_OBJECTS"] == 1 and told["ERRORS"] == 3
    assert [(error["errorType"], error["sourceData"]["lineNumber"]) for error in told["errors"]] == [
        ("INVALID_EMAIL", 3),
        ("INVALID_ENUMERATION_OPTION", 4),
        ("PROPERTY_DEFINITION_NOT_FOUND", 5),
    ]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (part("files", b"x", "a.csv") + b"--x-boundary--", f"multipart/form-data; boundary={BOUNDARY}"),
        (part("importRequest", b"{nope") + b"--x-boundary--", f"multipart/form-data; boundary={BOUNDARY}"),
        (
            part("importRequest", b'{"files":[{"fileName":"b.csv","fileImportPage":{"columnMappings":[]}}]}'),
            "multipart/form-data; boundary=x-boundary",
        ),
    ],
)
async def test_senseless_imports_are_refused(world: World, body: bytes, content_type: str) -> None:
    assert (await call(world, "POST", "/crm/v3/imports", body, content_type))[0] == 400
    assert (await call(world, "GET", "/crm/v3/imports"))[1] == {"results": []}


async def export(world: World, **changes: Any) -> tuple[int, Any]:
    wanted = {
        "exportType": "VIEW",
        "exportName": "All",
        "format": "CSV",
        "objectType": "CONTACT",
        "objectProperties": ["email", "lifecyclestage", "createdate"],
        "language": "EN",
        "exportInternalValuesOptions": ["NAMES", "VALUES"],
        **changes,
    }
    return await call(world, "POST", "/crm/exports/2026-03/export/async", orjson.dumps(wanted))


async def table(world: World, id: str) -> list[list[str]]:
    _, done = await call(world, "GET", f"/crm/exports/2026-03/export/async/tasks/{id}/status")
    parts = urlsplit(done["result"])
    response = await world.application.handle(Request("GET", parts.path, parts.query, {}, b""))
    assert response.content_type.startswith("text/csv")
    return list(csv.reader(io.StringIO(response.body.decode())))


async def test_an_export_holds_what_the_search_finds(world: World) -> None:
    await run(
        world, "Mail,Stage\na@x.test,lead\nb@x.test,customer\n", columns(Mail="0-1 email", Stage="0-1 lifecyclestage")
    )
    only = {"filterGroups": [{"filters": [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "lead"}]}]}
    status, started = await export(world, publicCrmSearchRequest={**only, "filters": [], "sorts": []})
    assert status == 202
    head, row = await table(world, started["id"])
    assert head == ["Record ID", "Email", "Lifecycle Stage", "Create Date"]
    assert row[1:] == ["a@x.test", "Lead", "2026-05-04T10:00:00.000Z"]
    _, everything = await export(world, exportInternalValuesOptions=["VALUES"])
    rows = await table(world, everything["id"])
    assert rows[0][1:] == ["email", "lifecyclestage", "createdate"] and len(rows) == 3


@pytest.mark.parametrize(
    "changes",
    [{"objectType": "UNICORN"}, {"format": "PDF"}, {"objectProperties": []}, {"exportType": "GIFT"}],
)
async def test_senseless_exports_are_refused(world: World, changes: dict[str, Any]) -> None:
    assert (await export(world, **changes))[0] == 400


async def test_the_file_of_an_export_needs_its_signature(world: World) -> None:
    _, started = await export(world)
    response = await world.application.handle(Request("GET", f"/crm/exports/files/{started['id']}", "", {}, b""))
    assert response.status == 403


async def test_three_imports_run_at_once_and_others_wait_their_turn() -> None:
    clock = SimClock(start_ms=1_777_888_800_000, frozen=True)
    world = build(clock, empty=True, switches=Switches(import_s=60))

    async def states() -> list[str]:
        _, page = await call(world, "GET", "/crm/v3/imports")
        return [job["state"] for job in reversed(page["results"])]

    mapping = columns(Mail="0-1 email")
    ids = [(await start(world, f"Mail\nn{number}@x.test\n", mapping))["id"] for number in range(5)]
    assert await states() == ["STARTED"] * 3 + ["DEFERRED"] * 2
    assert not world.portal.tables["0-1"].rows
    clock.advance(30)
    await call(world, "POST", f"/crm/v3/imports/{ids[1]}/cancel")
    assert await states() == ["STARTED", "CANCELED", "STARTED", "STARTED", "DEFERRED"]
    await call(world, "POST", f"/crm/v3/imports/{ids[4]}/cancel")
    clock.advance(30)
    assert await states() == ["DONE", "CANCELED", "DONE", "STARTED", "CANCELED"]
    clock.advance(30)
    assert await states() == ["DONE", "CANCELED", "DONE", "DONE", "CANCELED"]
    emails = [row.values["email"] for row in world.portal.tables["0-1"].rows.values()]
    assert emails == ["n0@x.test", "n2@x.test", "n3@x.test"]
