"""Who may talk to the pages, and what a hostile value, page or name cannot do."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import quote

import httpx2
import pytest
from tests.fakes.web_service import ANA, CARD, LINES, NOW, OPEN, FakeService
from tests.unit.web.test_pages import ANA_PAGE, EVERY_PAGE

from pasodoble.model.message import Message
from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.verdict import Keep
from pasodoble.ports import LinkRow

OURS = set(
    "html head meta title link script body a div header img span nav ul li svg path form input button label main h1 h2 h3 p "
    "strong section figure line text polyline details summary table thead tr th tbody td rect ol time b i code pre footer wbr br".split()
)
"""Elements that pages are made of. None of them has an event handler."""


def read_elements(html: str) -> set[str]:
    """What a browser would make of the page: its elements, and as names any handler that one has or script within."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)
            found.update(name for name, _ in attrs if name.startswith("on") or name in ("style", "autofocus", "srcdoc"))
            if tag in ("script", "img") and not (dict(attrs).get("src") or "").startswith("/static/"):
                found.add(f"foreign {tag}")

    Reader().feed(html)
    return found


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{ 7*7 }}{% raise %}",
    "</title><svg/onload=alert(1)>",
    "<wbr>&lt;b&gt;\u202e\u0000",
]


@pytest.mark.parametrize("address", [*EVERY_PAGE, "/nothing", "/static/pasodoble.css", "/static/pasodoble.js"])
async def test_security_headers_are_on_every_answer(browser: httpx2.AsyncClient, address: str) -> None:
    headers = (await browser.get(address)).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("no-cache" if address.startswith("/static") else "no-store")


async def test_security_headers_are_on_a_failure_too(browser: httpx2.AsyncClient, service: FakeService) -> None:
    service.broken = RuntimeError()
    answer = await browser.get("/")
    assert answer.status_code == 500 and "content-security-policy" in answer.headers


@pytest.mark.parametrize("address", EVERY_PAGE)
async def test_pages_hold_nothing_that_the_policy_forbids(browser: httpx2.AsyncClient, address: str) -> None:
    html = (await browser.get(address)).text
    assert not re.search(r"\sstyle=|\son\w+=|<style|javascript:|<script>|//cdn|@import", html)
    assert set(re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', html)) <= {
        "/static/pasodoble.css",
        "/static/pasodoble.js",
        "/static/mark.svg",
    }


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_hostile_values_from_a_crm_stay_text(
    browser: httpx2.AsyncClient, service: FakeService, payload: str
) -> None:
    hostile = replace(
        LINES[0],
        label=payload,
        names=Pair(payload, payload),
        values=Pair(payload, payload),
        verdict=Keep(Message.of("rule.newer", side=payload)),
    )
    problem = replace(
        OPEN, label=payload, problem=replace(OPEN.problem, code=payload, text=payload, request_id=payload)
    )
    service.card = replace(CARD, label=payload, natural=payload, lines=[hostile], problems=[problem], unread=payload)
    service.rows = [
        LinkRow(
            link_id=1,
            kind=payload,
            refs=ANA,
            label=payload,
            natural=payload + "x",
            state=CARD.state,
            reason=payload,
            at=NOW,
        )
    ]
    service.activity = [replace(row, label=payload) for row in service.activity]
    service.causes = [replace(cause, fields=(payload,)) for cause in service.causes]
    for address in (*EVERY_PAGE, f"/records?q={quote(payload)}"):
        assert read_elements((await browser.get(address)).text) <= OURS


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8080",
        "",
        "[::1",
        "10.0.0.1",
        "@127.0.0.1@evil.example",
    ],
)
async def test_foreign_name_is_refused_before_anything_is_read(
    browser: httpx2.AsyncClient, service: FakeService, host: str
) -> None:
    answer = await browser.get("/", headers={"Host": host})
    assert answer.status_code == 421 and "Ana" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8080", "LOCALHOST:80"])
async def test_own_names_are_answered(browser: httpx2.AsyncClient, host: str) -> None:
    assert (await browser.get("/", headers={"Host": host})).status_code == 200


async def ask(browser: httpx2.AsyncClient, token: str | None = None, **headers: str) -> httpx2.Response:
    """Press "Sync now" on Ana's page; with another token or other headers than a browser would send."""
    page = (await browser.get(ANA_PAGE)).text
    shown = re.search(r'name="token" value="([^"]+)"', page)
    assert shown is not None
    body = {"token": shown[1] if token is None else token}
    return await browser.post(f"{ANA_PAGE}/sync", data=body, headers=headers)


async def test_sync_now_asks_and_comes_back_to_the_record(browser: httpx2.AsyncClient, service: FakeService) -> None:
    answer = await ask(browser, **{"Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ANA_PAGE}?asked=1")
    assert service.asked == [ANA.hubspot]
    assert "It was asked for" in (await browser.get(f"{ANA_PAGE}?asked=1")).text


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("guessed", {}),
        (None, {"Origin": "http://evil.example"}),
        (None, {"Origin": "null"}),
        (None, {"Origin": "http://127.0.0.1:9999"}),
        (None, {"Sec-Fetch-Site": "cross-site"}),
        (None, {"Sec-Fetch-Site": "same-site"}),
    ],
)
async def test_form_of_a_foreign_page_does_nothing(
    browser: httpx2.AsyncClient, service: FakeService, token: str | None, headers: dict[str, str]
) -> None:
    answer = await ask(browser, token, **headers)
    assert answer.status_code == 403 and "That did not come from this page" in answer.text
    assert service.asked == []


async def test_without_the_cookie_the_token_is_worth_nothing(browser: httpx2.AsyncClient, service: FakeService) -> None:
    answer = await browser.post(f"{ANA_PAGE}/sync", data={"token": ""})
    assert answer.status_code == 403 and service.asked == []


async def test_endless_form_is_not_read_to_its_end(browser: httpx2.AsyncClient, service: FakeService) -> None:
    await browser.get("/")
    answer = await browser.post(f"{ANA_PAGE}/sync", content=b"token=" + b"x" * 1_000_000)
    assert answer.status_code == 403 and service.asked == []


CAUSE_PAGE = "/problems/picklist.value_missing"


async def mend(browser: httpx2.AsyncClient, token: str | None = None, **fields: object) -> httpx2.Response:
    """Press a button of the cause's page."""
    shown = re.search(r'name="token" value="([^"]+)"', (await browser.get(CAUSE_PAGE)).text)
    assert shown is not None
    return await browser.post(CAUSE_PAGE, data={"token": shown[1] if token is None else token, **fields})


@pytest.mark.parametrize("deed", ["retry", "ignore"])
async def test_ticked_problems_are_mended_and_no_others(
    browser: httpx2.AsyncClient, service: FakeService, deed: str
) -> None:
    answer = await mend(browser, do=deed, id=["1", "2", "no number"])
    assert (answer.status_code, answer.headers["location"]) == (303, f"{CAUSE_PAGE}?done={deed}")
    assert service.mended == [(deed, "picklist.value_missing", {1, 2})]
    assert 'role="status"' in (await browser.get(answer.headers["location"])).text


async def test_without_a_tick_the_whole_cause_is_meant(browser: httpx2.AsyncClient, service: FakeService) -> None:
    await mend(browser, do="retry")
    assert service.mended == [("retry", "picklist.value_missing", set())]


@pytest.mark.parametrize(("token", "deed", "status"), [("guessed", "retry", 403), (None, "drop", 400)])
async def test_neither_a_foreign_form_nor_an_unknown_deed_mends_anything(
    browser: httpx2.AsyncClient, service: FakeService, token: str | None, deed: str, status: int
) -> None:
    assert (await mend(browser, token, do=deed)).status_code == status
    assert service.mended == []


async def press(browser: httpx2.AsyncClient, address: str, **fields: object) -> httpx2.Response:
    """A form of ours, sent to any address."""
    shown = re.search(r'name="token" value="([^"]+)"', (await browser.get(ANA_PAGE)).text)
    assert shown is not None
    return await browser.post(address, data={"token": shown[1], **fields})


async def test_a_choice_is_kept_and_leads_back_to_where_it_was_made(
    browser: httpx2.AsyncClient, service: FakeService
) -> None:
    answer = await press(browser, "/conflicts/12", keep="salesforce", back=ANA_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ANA_PAGE}?asked=1")
    assert service.chosen == [(12, Side.SALESFORCE)]


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example/records/a/b/c", "/records/a/b/c//evil", ""])
async def test_a_choice_never_leads_to_a_foreign_page(browser: httpx2.AsyncClient, back: str) -> None:
    assert (await press(browser, "/conflicts/12", keep="hubspot", back=back)).headers[
        "location"
    ] == "/conflicts?asked=1"


@pytest.mark.parametrize("address", ["/conflicts/12", "/conflicts/x", "/conflicts/99999999999999999999"])
async def test_a_choice_that_names_no_side_or_no_conflict_is_none(
    browser: httpx2.AsyncClient, service: FakeService, address: str
) -> None:
    assert (await press(browser, address, keep="mars")).status_code == 400
    assert (await browser.post(address, data={"keep": "hubspot"})).status_code == 403
    assert service.chosen == []


async def test_only_a_candidate_that_was_shown_can_be_paired(browser: httpx2.AsyncClient, service: FakeService) -> None:
    other = Ref(Side.SALESFORCE, "Lead", "00QAx00000R7xYzIAJ")
    service.card = replace(CARD, candidates=[other])
    assert (await press(browser, f"{ANA_PAGE}/pair", other="salesforce:Lead:00QAx00000R7xZzIAJ")).status_code == 400
    assert service.paired == []
    assert (await press(browser, f"{ANA_PAGE}/pair", other=str(other))).status_code == 303
    assert service.paired == [(ANA.hubspot, other)]
    service.trouble = "the lead belongs to another pair"
    assert "belongs to another pair" in (await press(browser, f"{ANA_PAGE}/pair", other=str(other))).text


async def test_reading_asks_for_nothing(browser: httpx2.AsyncClient, service: FakeService) -> None:
    for address in (*EVERY_PAGE, f"{ANA_PAGE}/sync"):
        await browser.get(address)
    assert service.asked == []


async def test_cookies_are_kept_from_scripts_and_from_foreign_pages(browser: httpx2.AsyncClient) -> None:
    for cookie in (await browser.get("/?lang=es&theme=dark")).headers.get_list("set-cookie"):
        assert "httponly" in cookie.lower() and "samesite=strict" in cookie.lower()
