"""The pages' questions, answered from a real store; the two sides cannot be reached."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes.web_service import ANA, NOW, REFUSED, FixedClock, ago, hubspot

from pasodoble.engine.connected import Connected
from pasodoble.errors import Unreachable
from pasodoble.model.cause import Problem
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection, HubSpotAccess, ObjectSettings, SalesforceAccess
from pasodoble.model.side import Pair, Side
from pasodoble.model.signal import Urgency
from pasodoble.model.trace import Change, State
from pasodoble.ports import NewLink, NewMark, Store
from pasodoble.store import open_store, upgrade
from pasodoble.web.answers import Answers
from pasodoble.web.service import WebService

SETTINGS = Connection(
    name="acme",
    hubspot=HubSpotAccess(),
    salesforce=SalesforceAccess(login_url="https://acme.my.salesforce.com"),
    objects={
        "contacts": ObjectSettings(kind="contacts", hubspot_object="contacts", salesforce_objects=("Lead", "Contact"))
    },
)


@dataclass
class FakeKeeper:
    next_check_at: datetime | None = NOW + timedelta(minutes=5)
    trouble: str = "HubSpot gave no answer"
    asked: list[tuple[Kind, set[Ref]]] = field(default_factory=list)

    def ask(self, kind: Kind, refs: set[Ref]) -> None:
        self.asked.append((kind, refs))


@asynccontextmanager
async def unreachable() -> AsyncIterator[Connected]:
    raise Unreachable("HubSpot gave no answer")
    yield


@pytest.fixture
def keeper() -> FakeKeeper:
    return FakeKeeper()


@pytest.fixture
def service(tmp_path: Path, keeper: FakeKeeper) -> AsyncIterator[WebService]:
    """Ana is linked and in trouble, Li is marked, Jo has no address."""
    url = f"sqlite:///{tmp_path / 'pages.db'}"
    upgrade(url)
    store: Store = open_store(url)
    with store.transaction("acme") as tx:
        [link] = tx.links.make(
            [NewLink(kind="contacts", refs=ANA, key="k", label="Ana Ruiz", natural="ana@acme.example")], ago(90)
        )
        assert link is not None and ANA.salesforce is not None
        changes = [
            Change(
                side=side, key="phone", field="Phone", before="1", after="2", reason=Message("rule.changed"), at=ago(30)
            )
            for side in (Side.SALESFORCE, Side.SALESFORCE, Side.HUBSPOT)
        ]
        tx.history.append(1, link.id, ANA.salesforce, changes)
        tx.problems.open("contacts", {ANA.salesforce: (REFUSED, ago(-60))}, ago(50))
        tx.problems.open(
            "contacts", {hubspot(77): (Problem(cause="permission.field", side=Side.HUBSPOT), None)}, ago(50)
        )
        tx.problems.ignore([row.id for row in tx.problems.load(ref=hubspot(77))], ago(40))
        tx.marks.put(
            [NewMark(kind="contacts", ref=hubspot(88), trigger="periodic_check", urgency=Urgency.CHECK)], ago(20)
        )
        tx.left_out.put("contacts", {hubspot(91): Message("gate.no_email")}, ago(10), labels={hubspot(91): "Jo Brand"})
        tx.cursors.save("accounts", {"hubspot": "145"}, NOW)
    yield Answers(SETTINGS, store, FixedClock(), unreachable, keeper)  # type: ignore[misc, arg-type]
    store.close()


async def test_overview_counts_what_the_store_holds(service: WebService) -> None:
    overview = await service.read_overview()
    assert overview.counts == {State.NEEDS_ATTENTION: 1, State.WAITING: 1, State.LEFT_OUT: 2, State.IN_STEP: 0}
    assert overview.counts == await service.count_by_state()
    assert overview.carried == Pair([0] * 59 + [2], [0] * 59 + [1])
    assert overview.waiting_since == ago(20)
    assert overview.gates == {"gate.no_email": 1, "gate.put_aside": 1}
    assert overview.trouble == "HubSpot gave no answer"
    assert [item.label for item in overview.recent] == ["Ana Ruiz"] * 3


async def test_causes_are_summed_with_those_put_aside_last(service: WebService) -> None:
    causes = await service.count_causes()
    assert [(one.cause, one.count, one.ignored, one.fields) for one in causes] == [
        ("picklist.value_missing", 1, 0, ("Industry",)),
        ("permission.field", 0, 1, ()),
    ]
    assert [row.ref for row in await service.read_problems("picklist.value_missing", limit=9)] == [ANA.salesforce]


async def test_card_shows_what_is_known_when_the_sides_cannot_be_read(service: WebService) -> None:
    for ref in ANA:
        assert ref is not None
        card = await service.read_card(ref)
        assert card is not None
        assert (card.label, card.refs, card.state, card.lines, card.unread) == (
            "Ana Ruiz",
            ANA,
            State.NEEDS_ATTENTION,
            None,
            "HubSpot gave no answer",
        )
        assert len(card.history) == 3 and [row.problem for row in card.problems] == [REFUSED]
        assert card.urls.hubspot == "https://app.hubspot.com/contacts/145/record/0-1/51"


async def test_left_out_record_has_a_card_and_an_unknown_one_has_none(service: WebService) -> None:
    card = await service.read_card(hubspot(91))
    assert card is not None and card.state is State.LEFT_OUT
    assert await service.read_card(hubspot(999)) is None


async def test_pasted_address_names_a_record_and_a_name_does_not(service: WebService) -> None:
    assert await service.find("https://app.hubspot.com/contacts/145/record/0-1/51") == ANA.hubspot
    assert await service.find("Ana: Ruiz") is None


async def test_asking_for_a_sync_asks_the_keeper_for_both_sides(service: WebService, keeper: FakeKeeper) -> None:
    assert ANA.hubspot is not None
    await service.sync_now(ANA.hubspot)
    await service.sync_now(hubspot(999))
    assert keeper.asked == [("contacts", set(ANA))]


async def test_a_retry_asks_the_keeper_for_the_problems_that_are_still_open(
    service: WebService, keeper: FakeKeeper
) -> None:
    [row] = await service.read_problems("picklist.value_missing", limit=9)
    await service.retry_problems("picklist.value_missing", {row.id, 999})
    assert keeper.asked == [("contacts", {ANA.salesforce})]


async def test_what_is_put_aside_needs_nobody_any_more(service: WebService) -> None:
    await service.ignore_problems("picklist.value_missing", set())
    assert [(one.cause, one.count) for one in await service.count_causes()] == [
        ("permission.field", 0),
        ("picklist.value_missing", 0),
    ]


async def test_the_table_of_problems_holds_those_of_the_cause(service: WebService) -> None:
    assert (await service.export_problems("permission.field")).count("\r\n") == 2
    assert (await service.export_problems("")).count("\r\n") == 3


async def test_search_and_activity_come_from_the_store(service: WebService) -> None:
    rows, after = await service.search("jo", state=State.LEFT_OUT, kind=None, limit=5, after="")
    assert [row.label for row in rows] == ["Jo Brand"] and after == ""
    assert len(await service.read_activity(limit=2, before_id=None)) == 2
