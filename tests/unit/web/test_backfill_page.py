"""The page of the initial load: how far it is, and the button; the overview's sentence where one is wanted first."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2
import pytest
from tests.fakes.web_service import NOW, FakeService

from pasodoble.model.backfill import Backfill, BackfillState, KindProgress, Progress

PROGRESS = Progress(
    kinds={"contacts": KindProgress(walked=9_000, marked=8_000, done=2_000, linked=1_900)},
    walked_at=NOW,
    samples=((NOW - timedelta(minutes=2), 0), (NOW, 2_000)),
)


@pytest.fixture
def backfill(service: FakeService) -> Backfill:
    service.backfill = Backfill(
        id=1, run_id=1, kinds=("contacts",), state=BackfillState.WORKING, started_at=NOW, progress=PROGRESS
    )
    return service.backfill


async def test_page_tells_how_far_it_is(browser: httpx2.AsyncClient, backfill: Backfill) -> None:
    text = (await browser.get("/backfill")).text
    assert re.search(r"2\W000 of 8\W000 records", text)
    assert re.search(r"1\W000 a minute", text)
    spanish = (await browser.get("/backfill?lang=es")).text
    assert "Carga inicial" in spanish


async def test_button_pauses_it_and_lets_it_go_on(
    browser: httpx2.AsyncClient, service: FakeService, backfill: Backfill
) -> None:
    for do, state in (("pause", BackfillState.PAUSED), ("resume", BackfillState.WORKING)):
        text = (await browser.get("/backfill")).text
        [(name, token)] = re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', text)
        headers = {"Origin": "http://127.0.0.1:8080"}
        answer = await browser.post("/backfill", data={name: token, "do": do}, headers=headers)
        assert answer.status_code == 303
        assert service.backfill is not None and service.backfill.state is state


async def test_strange_form_changes_nothing(
    browser: httpx2.AsyncClient, service: FakeService, backfill: Backfill
) -> None:
    assert (await browser.post("/backfill", data={"do": "pause"})).status_code == 403
    assert service.backfill is backfill


async def test_page_says_how_to_begin_where_there_was_none(browser: httpx2.AsyncClient) -> None:
    assert "pasodoble backfill start" in (await browser.get("/backfill")).text
