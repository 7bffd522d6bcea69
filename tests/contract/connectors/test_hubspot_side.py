"""What only HubSpot does: trace ids and 207s, search lag, history, associations, lists, tokens that end by the clock."""

from __future__ import annotations

from typing import Any

import pytest
from sides import HubSpotWorld, InProcess, OpenBudget

from pasodoble.connectors.hubspot.changes import FAST_HOLD_MS, SLOW_HOLD_MS
from pasodoble.connectors.hubspot.connector import HubSpotConnector
from pasodoble.errors import AuthLapsed, ConfigError, Unsupported
from pasodoble.model.operation import Create, Delete, Operation, Update
from pasodoble.model.outcome import Applied, Exists, Refused
from pasodoble.model.record import Gone, Loss, Snapshot
from pasodoble.model.ref import Ref
from pasodoble.model.schema import Family
from pasodoble.model.settings import HubSpotAccess
from pasodoble.model.side import Side
from pasodoble.model.value import Raw
from pasodoble.ports import Cursor
from pasodoble.simulators.hubspot import removing
from pasodoble.simulators.hubspot.switches import Switches


def person(key: str, **fields: Raw) -> Create:
    natural = ("email", str(fields["email"])) if "email" in fields else None
    of = Ref(Side.SALESFORCE, "Lead", key)
    return Create(
        side=Side.HUBSPOT, object="contacts", fields={"lastname": "Roe"} | fields, key=key, of=of, natural=natural
    )


async def look(portal: HubSpotWorld, cursor: Cursor | None, *fields: str) -> tuple[list[Snapshot], Cursor]:
    seen: list[Snapshot] = []
    async for page in portal.connector.read_changes("contacts", fields or ("jobtitle",), cursor):
        seen += page.snapshots
        cursor = page.cursor
    assert cursor is not None
    return seen, cursor


@pytest.fixture(params=["id", "input", "shuffled"])
async def disorderly(request: pytest.FixtureRequest) -> Any:
    world = HubSpotWorld(switches=Switches(batch_order=request.param))
    yield world
    await world.connector.close()


async def test_answers_are_joined_to_operations_in_whatever_order_they_come(disorderly: HubSpotWorld) -> None:
    outcomes = await disorderly.connector.write([person(f"k{i}", jobtitle=str(i)) for i in range(150)])
    refs = [outcome.ref for outcome in outcomes if isinstance(outcome, Applied)]
    seen = await disorderly.connector.read(refs, ["jobtitle"])
    titles = [found.fields["jobtitle"] for ref in refs if isinstance(found := seen[ref], Snapshot)]
    assert titles == [str(i) for i in range(150)]
    shown = [outcome.snapshot for outcome in outcomes if isinstance(outcome, Applied)]
    assert [snap.fields["jobtitle"] for snap in shown if snap] == titles


@pytest.mark.parametrize("partial", [True, False], ids=["207", "all or nothing"])
@pytest.mark.parametrize(
    ("fields", "cause", "named"),
    [
        ({"email": "nobody"}, "value.invalid_email", ("email",)),
        ({"nothing": "x"}, "mapping.field_missing", ("nothing",)),
        ({"hs_object_id": "7"}, "mapping.read_only", ("hs_object_id",)),
        ({"lifecyclestage": "no such stage"}, "picklist.value_missing", ("lifecyclestage",)),
        ({"numemployees": "many"}, None, ("numemployees",)),
    ],
)
async def test_bad_value_is_named_and_its_neighbours_are_written(
    partial: bool, fields: dict[str, Raw], cause: str | None, named: tuple[str, ...]
) -> None:
    world = HubSpotWorld(switches=Switches(partial_batches=partial))
    ops: list[Operation] = [person(f"key-{i}") for i in range(8)]
    ops.insert(3, person("bad", **fields))
    outcomes = await world.connector.write(ops)
    assert [type(outcome) for i, outcome in enumerate(outcomes) if i != 3] == [Applied] * 8
    refused = outcomes[3]
    assert isinstance(refused, Refused)
    assert cause is None or refused.problem.cause == cause
    assert refused.fields == named
    ours = next(outcome.ref for outcome in outcomes if isinstance(outcome, Applied))
    (update,) = await world.connector.write([Update(ref=ours, fields=fields)])
    assert isinstance(update, Refused)
    assert update.fields == named
    await world.connector.close()


async def test_field_that_is_not_there_costs_two_calls_and_no_halving(portal: HubSpotWorld) -> None:
    world = HubSpotWorld(switches=Switches(partial_batches=False))
    refs = [world.put() for _ in range(100)]
    used = world.calls
    ops = [Update(ref=ref, fields={"nothing": "x"} if i % 2 else {"jobtitle": "x"}) for i, ref in enumerate(refs)]
    outcomes = await world.connector.write(ops)
    assert [type(outcome) for outcome in outcomes] == [Applied, Refused] * 50
    assert world.calls - used == 2
    await world.connector.close()


async def test_email_in_use_names_the_holder_and_a_secondary_address_counts(portal: HubSpotWorld) -> None:
    there = portal.put(email="ana@acme.example")
    (exists,) = await portal.connector.write([person("a", email="Ana@Acme.example")])
    assert isinstance(exists, Exists)
    assert exists.refs == (there,)
    other = portal.put(email="leo@acme.example")
    (refused,) = await portal.connector.write([Update(ref=other, fields={"email": "ana@acme.example"})])
    assert isinstance(refused, Refused)
    assert refused.problem.cause == "duplicate.email_in_use"


async def test_without_the_key_property_creates_still_work_and_email_finds_them() -> None:
    world = HubSpotWorld(bare=True)
    op = person("a", email="ana@acme.example")
    (made,) = await world.connector.write([op])
    (again,) = await world.connector.write([op])
    assert isinstance(made, Applied)
    assert isinstance(again, Exists)
    assert again.refs == (made.ref,)
    await world.connector.close()


async def test_history_is_newest_first_and_tells_us_from_others(portal: HubSpotWorld) -> None:
    ref = portal.put(title="one")
    for title in ("two", "three"):
        portal.sim.advance(1)
        portal.edit(ref, title=title)
    portal.sim.advance(1)
    await portal.connector.write([Update(ref=ref, fields={"jobtitle": None})])
    seen = (await portal.connector.read([ref], ["jobtitle"], history=["jobtitle"]))[ref]
    assert isinstance(seen, Snapshot)
    assert [(v.value, v.by_us) for v in seen.history["jobtitle"]] == [
        (None, True),
        ("three", False),
        ("two", False),
        ("one", False),
    ]
    ages = [version.at for version in seen.history["jobtitle"]]
    assert ages == sorted(ages, reverse=True)


async def test_purged_record_is_unseen(portal: HubSpotWorld) -> None:
    ref = portal.put(email="ana@acme.example")
    removing.purge(portal.portal, portal.user, *portal._row(ref))
    seen = (await portal.connector.read([ref], []))[ref]
    assert isinstance(seen, Gone)
    assert seen.how is Loss.UNSEEN


async def test_change_that_the_index_shows_late_is_seen_by_the_fast_lane() -> None:
    world = HubSpotWorld(switches=Switches(search_lag_s=120.0))
    ref = world.put(title="old")
    world.sim.advance(3600)
    _, cursor = await look(world, None)
    world.sim.advance(3600)
    _, cursor = await look(world, cursor)
    world.edit(ref, title="new")
    world.sim.advance(5)
    seen, cursor = await look(world, cursor)
    assert "new" not in [snap.fields["jobtitle"] for snap in seen]
    world.sim.advance(900)
    seen, cursor = await look(world, cursor)
    assert [snap.fields["jobtitle"] for snap in seen] == ["new"]
    await world.connector.close()


async def test_change_that_the_index_shows_very_late_is_seen_by_the_slow_lane() -> None:
    lag_s = 50 * 60.0
    world = HubSpotWorld(switches=Switches(search_lag_s=lag_s))
    ref = world.put(title="old")
    world.sim.advance(2 * lag_s)
    _, cursor = await look(world, None)
    world.edit(ref, title="new")
    seen: list[Snapshot] = []
    for _ in range(10):
        world.sim.advance(900)
        found, cursor = await look(world, cursor)
        seen += found
    assert seen[-1].ref == ref
    assert seen[-1].fields == {"jobtitle": "new"}
    assert lag_s * 1000 < SLOW_HOLD_MS
    assert lag_s * 1000 > FAST_HOLD_MS + 900_000
    await world.connector.close()


async def test_after_a_long_pause_nothing_is_read_twice(portal: HubSpotWorld) -> None:
    _, cursor = await look(portal, None)
    portal.sim.advance(600)
    refs = {portal.put(title="new") for _ in range(400)}
    portal.sim.advance(24 * 3600)
    seen, cursor = await look(portal, cursor)
    assert len(seen) == len(refs)
    portal.sim.advance(900)
    assert (await look(portal, cursor))[0] == []


async def test_changes_go_on_from_where_a_page_ends_in_the_middle_of_a_moment(portal: HubSpotWorld) -> None:
    _, cursor = await look(portal, None)
    portal.sim.advance(7200)
    refs = set()
    for size in (150, 450, 1, 250):
        refs |= {portal.put(title="new") for _ in range(size)}
        portal.sim.advance(0.5)
    seen, _ = await look(portal, cursor)
    assert {snap.ref for snap in seen} == refs


async def test_moment_that_holds_more_than_a_query_gives_is_walked_by_id(
    portal: HubSpotWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pasodoble.connectors.hubspot.changes._LAST_OFFSET", 500)
    _, cursor = await look(portal, None)
    portal.sim.advance(7200)
    refs = []
    for size in (30, 1300, 40):
        refs += [portal.put(title="new") for _ in range(size)]
        portal.sim.advance(0.5)
    seen, cursor = await look(portal, cursor)
    assert {snap.ref for snap in seen} == set(refs)
    for stop in range(1, 9):
        pages = [page async for page in portal.connector.read_changes("contacts", ["jobtitle"], cursor)][:stop]
        rest, _ = await look(portal, pages[-1].cursor)
        assert {snap.ref for page in pages for snap in page.snapshots} | {snap.ref for snap in rest} == set(refs)


async def test_records_that_change_while_they_are_paged_push_no_other_out_of_sight(portal: HubSpotWorld) -> None:
    refs = []
    _, cursor = await look(portal, None)
    portal.sim.advance(7200)
    for _ in range(650):
        refs.append(portal.put(title="new"))
        portal.sim.advance(0.01)
    seen: set[Ref] = set()
    async for page in portal.connector.read_changes("contacts", ["jobtitle"], cursor):
        seen |= {snap.ref for snap in page.snapshots}
        portal.sim.advance(1)
        for ref in refs[:100]:
            portal.edit(ref, title=f"again {len(seen)}")
    assert set(refs[100:]) <= seen


async def test_records_of_one_moment_that_change_while_they_are_paged_hide_no_other(portal: HubSpotWorld) -> None:
    _, cursor = await look(portal, None)
    portal.sim.advance(7200)
    refs = [portal.put(title="new") for _ in range(450)]
    portal.sim.advance(1)
    seen: set[Ref] = set()
    async for page in portal.connector.read_changes("contacts", ["jobtitle"], cursor):
        seen |= {snap.ref for snap in page.snapshots}
        portal.sim.advance(1)
        for ref in refs[:50]:
            portal.edit(ref, title=f"again {len(seen)}")
    assert set(refs[50:]) <= seen


async def test_very_many_properties_still_fit(portal: HubSpotWorld) -> None:
    ref = portal.put(title="CTO")
    names = [*(f"a_property_with_a_rather_long_name_{i}" for i in range(200)), "jobtitle"]
    seen, cursor = await look(portal, None, *names)
    assert seen[0].fields == {"jobtitle": "CTO"}
    portal.sim.advance(600)
    portal.edit(ref, title="CEO")
    seen, _ = await look(portal, cursor, *names)
    assert seen[0].fields == {"jobtitle": "CEO"}


async def test_refresh_token_is_traded_by_the_clock_and_not_by_a_refusal(portal: HubSpotWorld) -> None:
    credentials = portal.portal.credentials
    code = credentials.issue_code("http://localhost/", ["oauth", "crm.objects.contacts.read"])
    _, grant = credentials.exchange_code(code, "http://localhost/", "")
    auth = {
        "client_id": portal.world.credentials["client_id"],
        "client_secret": portal.world.credentials["client_secret"],
        "refresh_token": grant.refresh_token,
    }
    access = HubSpotAccess(base_url="http://hubspot.test", auth=auth)
    transport = InProcess(portal.world.application)
    connector = HubSpotConnector(access, budget=OpenBudget(), clock=portal.clock, transport=transport)
    ref = portal.put(title="CTO")
    for _ in range(3):
        for _ in range(3):
            assert isinstance((await connector.read([ref], ["jobtitle"]))[ref], Snapshot)
        portal.sim.advance(1750)
    tokens = [call for call in portal.sent() if "oauth" in call]
    assert tokens == ["POST /oauth/2026-03/token"] * 3
    await connector.close()


async def test_scope_that_was_not_granted_is_said_so(portal: HubSpotWorld) -> None:
    token = portal.portal.credentials.add_token("private_app", ["crm.objects.contacts.read"])
    access = HubSpotAccess(base_url="http://hubspot.test", auth={"service_key": token.value})
    transport = InProcess(portal.world.application)
    connector = HubSpotConnector(access, budget=OpenBudget(), clock=portal.clock, transport=transport)
    with pytest.raises(AuthLapsed) as caught:
        await connector.read_owners()
    assert caught.value.code == "MISSING_SCOPES"
    ref = portal.put(title="CTO")
    (refused,) = await connector.write([Update(ref=ref, fields={"jobtitle": "x"})])
    assert isinstance(refused, Refused)
    assert refused.problem.cause == "permission.scope"
    await connector.close()


def test_settings_without_a_way_in_are_refused_at_once(portal: HubSpotWorld) -> None:
    with pytest.raises(ConfigError):
        HubSpotConnector(HubSpotAccess(auth={"client_id": "x"}), budget=OpenBudget(), clock=portal.clock)


async def test_describe_tells_families_choices_and_what_may_be_written(portal: HubSpotWorld) -> None:
    fields = (await portal.connector.describe("contacts")).fields
    names = ("email", "phone", "lifecyclestage", "hubspot_owner_id", "annualrevenue", "createdate", "lastname")
    assert [fields[name].family for name in names[:4]] == [Family.EMAIL, Family.PHONE, Family.CHOICE, Family.OWNER]
    assert "lead" in [option.value for option in fields["lifecyclestage"].options]
    assert not fields["createdate"].writable
    assert fields["lastname"].writable
    assert fields["pasodoble_key"].unique
    with pytest.raises(Unsupported):
        await portal.connector.describe("nothings")


async def test_owners_are_told_by_id_with_those_who_left(portal: HubSpotWorld) -> None:
    owners = await portal.connector.read_owners()
    assert len({owner.id for owner in owners}) == len(owners) > 1
    assert all(owner.id.isdigit() and "@" in owner.email for owner in owners if not owner.queue)


async def test_identify_names_the_portal(portal: HubSpotWorld) -> None:
    account = await portal.connector.identify()
    assert account.id == str(portal.portal.account.portal_id)


async def test_members_of_a_list_with_the_moment_each_joined(portal: HubSpotWorld) -> None:
    refs = [portal.put() for _ in range(3)]
    client = portal.connector._client  # type: ignore[attr-defined]
    body = {"name": "Friends", "objectTypeId": "0-1", "processingType": "MANUAL"}
    made = await client.write("lists", "", body)
    list_id = str(made.body["list"]["listId"])
    await client._call("PUT", "lists", f"/{list_id}/memberships/add", body=[ref.id for ref in refs], purpose="write")
    assert (await portal.connector.describe_list(list_id, "contacts")).size == 3
    [page] = [page async for page in portal.connector.read_members(list_id)]
    assert set(page.members) == {ref.id for ref in refs}
    assert set(page.members.values()) == {portal.clock.now()}
    [again] = [page async for page in portal.connector.read_members(list_id, page.cursor)]
    assert again.members == page.members
    outside = portal.put()
    ids = [outside.id, refs[0].id, "999999"]
    assert await portal.connector.find_members(list_id, "contacts", ids) == {refs[0].id}
    with pytest.raises(Unsupported, match="no list"):
        await portal.connector.describe_list("999999", "contacts")
    with pytest.raises(Unsupported, match="holds contacts, not companies"):
        await portal.connector.describe_list(list_id, "companies")


async def test_opting_out_goes_by_an_api_of_its_own_and_leaves_the_rest_of_the_update_alone(
    portal: HubSpotWorld,
) -> None:
    ana, ben = portal.put(email="ana@acme.example"), portal.put(email="ben@acme.example")
    await look(portal, None)
    out = [
        Update(ref=ana, fields={"hs_email_optout": True}),
        Update(ref=ben, fields={"hs_email_optout": True, "jobtitle": "CEO"}),
    ]
    assert [type(outcome) for outcome in await portal.connector.write(out)] == [Applied, Applied]
    seen = await portal.connector.read([ana, ben], ["hs_email_optout", "jobtitle"])
    held = {ref: snap.fields for ref, snap in seen.items() if isinstance(snap, Snapshot)}
    assert held == {
        ana: {"hs_email_optout": "true", "jobtitle": None},
        ben: {"hs_email_optout": "true", "jobtitle": "CEO"},
    }


async def test_nobody_is_opted_in_and_nobody_without_an_address_out(portal: HubSpotWorld) -> None:
    ana, nobody = portal.put(email="ana@acme.example"), portal.put(first="Nobody")
    await look(portal, None)
    for op in (
        Update(ref=ana, fields={"hs_email_optout": False}),
        Update(ref=nobody, fields={"hs_email_optout": True}),
    ):
        (refused,) = await portal.connector.write([op])
        assert isinstance(refused, Refused)
        assert refused.fields == ("hs_email_optout",)


@pytest.mark.parametrize(
    ("object", "fields"),
    [
        ("companies", {"name": "Acme"}),
        ("deals", {"dealname": "Big", "dealstage": "appointmentscheduled", "pipeline": "default"}),
        ("tickets", {"subject": "Help", "hs_pipeline": "0", "hs_pipeline_stage": "1"}),
    ],
)
async def test_other_objects_are_made_found_by_key_changed_looked_up_and_deleted(
    portal: HubSpotWorld, object: str, fields: dict[str, Raw]
) -> None:
    name = next(iter(fields))
    await look(portal, None)
    op = Create(side=Side.HUBSPOT, object=object, fields=fields, key="key-1", of=Ref(Side.SALESFORCE, "Account", "001"))
    (made,) = await portal.connector.write([op])
    assert isinstance(made, Applied)
    (again,) = await portal.connector.write([op])
    assert isinstance(again, Exists)
    assert again.refs == (made.ref,)
    assert isinstance((await portal.connector.write([Update(ref=made.ref, fields={name: "New"})]))[0], Applied)
    pages = [page async for page in portal.connector.read_changes(object, [name], None)]
    assert [snap.fields for page in pages for snap in page.snapshots] == [{name: "New"}]
    assert isinstance((await portal.connector.write([Delete(ref=made.ref)]))[0], Applied)
    seen = (await portal.connector.read([made.ref], []))[made.ref]
    assert isinstance(seen, Gone)
    assert seen.how is Loss.DELETED


async def test_custom_object_is_spoken_to_by_its_type_id(portal: HubSpotWorld) -> None:
    client = portal.connector._client  # type: ignore[attr-defined]
    body = {
        "name": "boat",
        "labels": {"singular": "Boat", "plural": "Boats"},
        "primaryDisplayProperty": "boat_name",
        "requiredProperties": ["boat_name"],
        "searchableProperties": [],
        "properties": [{"name": "boat_name", "label": "Name", "type": "string", "fieldType": "text"}],
        "associatedObjects": ["CONTACT"],
    }
    object = (await client.write("schemas", "", body)).body["objectTypeId"]
    assert "boat_name" in (await portal.connector.describe(object)).fields
    of = Ref(Side.SALESFORCE, "Boat__c", "1")
    op = Create(side=Side.HUBSPOT, object=object, fields={"boat_name": "Ana"}, key="key-1", of=of)
    (made,) = await portal.connector.write([op])
    assert isinstance(made, Applied)
    assert made.ref.object == object
    cursor: Cursor | None = None
    async for page in portal.connector.read_changes(object, ["boat_name"], cursor):
        cursor = page.cursor
    portal.sim.advance(3600)
    assert isinstance((await portal.connector.write([Update(ref=made.ref, fields={"boat_name": "Bea"})]))[0], Applied)
    seen = [
        snap async for page in portal.connector.read_changes(object, ["boat_name"], cursor) for snap in page.snapshots
    ]
    assert [snap.fields for snap in seen] == [{"boat_name": "Bea"}]
