"""The check-up over two CRMs of dictionaries: each finding once, and none where all is well."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.small_world import HUBSPOT_FIELDS, SmallWorld, choose_rules, make_settings

from pasodoble.engine.service.checking import Checkup, check
from pasodoble.errors import AuthLapsed, ConnectorError, Unreachable
from pasodoble.mapping.finding import Severity
from pasodoble.model.record import Account
from pasodoble.model.settings import SalesforceAccess
from pasodoble.model.side import Side
from pasodoble.ports import Cursor, Heard, Hearing
from pasodoble.words import say


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SmallWorld]:
    there = {field.name for field in HUBSPOT_FIELDS}
    rules = tuple(rule for rule in choose_rules() if rule.hubspot in there)
    made = SmallWorld(f"sqlite:///{tmp_path / 'small.db'}", make_settings(fields=rules))
    yield made
    made.close()


class Ahead:
    """A clock that is off."""

    def __init__(self, world: SmallWorld, off: timedelta) -> None:
        self._world = world
        self._off = off

    def now(self):  # type: ignore[no-untyped-def]
        return self._world.clock.now() + self._off

    async def sleep(self, seconds: float) -> None: ...


async def look(world: SmallWorld, off: timedelta = timedelta()) -> Checkup:
    return await check(world.settings, world.faults, world.store, Ahead(world, off))


def ids(up: Checkup) -> list[str]:
    assert all(say(found.message) and "…" not in say(found.fix) + say(found.message) for found in up.findings)
    return [found.id for found in up.findings]


async def test_where_all_is_well_nothing_is_found(world: SmallWorld) -> None:
    up = await look(world)
    assert (ids(up), up.blocked) == ([], False)
    assert set(up.accounts) == set(Side)


class Push:
    """What Salesforce tells by itself, or why it does not."""

    def __init__(self, hearing: Hearing | ConnectorError) -> None:
        self._hearing = hearing

    async def survey(self) -> Hearing:
        if isinstance(self._hearing, ConnectorError):
            raise self._hearing
        return self._hearing

    async def signals(self, position: Cursor | None) -> AsyncGenerator[Heard, None]:
        return
        yield

    async def close(self) -> None: ...


@pytest.mark.parametrize(
    ("hearing", "enabled", "found"),
    [
        (Hearing(heard=("Lead",)), "auto", []),
        (Hearing(heard=("Lead",), beyond=("CampaignMember",)), "auto", [("push_partial", Severity.NOTE)]),
        (Hearing(heard=("Lead",), refused=("Case",), beyond=("X__c",)), "auto", [("push_refused", Severity.WARNING)]),
        (Unreachable("nobody there"), "auto", [("push_unreachable", Severity.NOTE)]),
        (Unreachable("nobody there"), "on", [("push_unreachable", Severity.WARNING)]),
    ],
)
async def test_what_salesforce_does_not_tell_by_itself_is_one_finding(
    world: SmallWorld, hearing: Hearing | ConnectorError, enabled: str, found: list[tuple[str, Severity]]
) -> None:
    settings = replace(world.settings, salesforce=SalesforceAccess(pubsub=enabled))
    up = await check(settings, world.faults, world.store, world.clock, push=Push(hearing))
    assert [(one.id, one.severity) for one in up.findings] == found
    assert ids(up) == [id for id, _ in found]


async def test_a_refused_sign_in_blocks(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse() -> Account:
        raise AuthLapsed("expired", next_step="pasodoble connect hubspot")

    monkeypatch.setattr(world.faults.hubspot, "identify", refuse)
    up = await look(world)
    assert (ids(up), up.blocked) == (["sign_in_refused"], True)


async def test_another_account_than_before_blocks(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    await world.sync()

    async def another() -> Account:
        return Account(id="other", name="Other", user_id="u")

    monkeypatch.setattr(world.faults.salesforce, "identify", another)
    up = await look(world)
    assert (ids(up), up.blocked) == (["other_account"], True)


async def test_a_missing_key_field_is_told_with_what_to_do(world: SmallWorld) -> None:
    schema = world.hubspot.schemas["contacts"]
    fields = {name: field for name, field in schema.fields.items() if name != "pasodoble_key"}
    world.hubspot.schemas["contacts"] = replace(schema, fields=fields)
    up = await look(world)
    assert ids(up) == ["key_missing"]
    assert say(up.findings[0].fix) == "pasodoble connect hubspot"


async def test_a_field_that_is_not_there_is_a_finding_of_the_mapping(world: SmallWorld) -> None:
    schema = world.hubspot.schemas["contacts"]
    fields = {name: field for name, field in schema.fields.items() if name != "jobtitle"}
    world.hubspot.schemas["contacts"] = replace(schema, fields=fields)
    before = ids(await look(world))
    assert "field_missing" in before


async def test_a_clock_that_is_off_is_told(world: SmallWorld) -> None:
    world.hubspot.put("contacts", {"email": "a@x.example", "lastname": "A", "company": "X"})
    await world.sync()
    assert ids(await look(world)) == []
    assert set(ids(await look(world, timedelta(minutes=5)))) == {"clock"}
