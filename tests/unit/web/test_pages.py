"""What each page says."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx2
import pytest
from tests.fakes.web_service import ANA, CARD, CLASHED, FakeService, hubspot

from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import State

ANA_PAGE = "/records/hubspot/contacts/51"
EVERY_PAGE = [
    "/",
    "/records",
    ANA_PAGE,
    "/problems",
    "/problems/picklist.value_missing",
    "/activity",
    "/triggers",
    "/conflicts",
]


async def read(browser: httpx2.AsyncClient, address: str, status: int = 200) -> str:
    """The page's text, tags and doubled spaces taken out."""
    answer = await browser.get(address)
    assert answer.status_code == status, answer.text
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", answer.text))


@pytest.mark.parametrize("address", EVERY_PAGE)
@pytest.mark.parametrize("language", ["en", "es"])
async def test_every_page_says_its_language_and_theme_and_where_one_is(
    browser: httpx2.AsyncClient, address: str, language: str
) -> None:
    answer = await browser.get(address, params={"lang": language, "theme": "dark"})
    assert answer.status_code == 200
    assert f'<html lang="{language}" data-theme="dark">' in answer.text
    assert answer.text.count('aria-current="page"') == 1
    assert len(re.findall("<h1", answer.text)) == 1


@pytest.mark.parametrize(
    ("counts", "sentence"),
    [
        ((48_210, 4, 9, 37), "The two CRMs are in step, except for 37 records"),
        ((48_210, 4, 9, 1), "The two CRMs are in step, except for 1 record"),
        ((5, 1, 0, 0), "In step, with 1 record on its way"),
        ((5, 0, 3, 0), "The two CRMs are in step"),
        ((0, 0, 0, 0), "Nothing has been synced yet"),
    ],
)
async def test_overview_is_one_sentence(
    browser: httpx2.AsyncClient, service: FakeService, counts: tuple[int, ...], sentence: str
) -> None:
    service.counts = dict(
        zip((State.IN_STEP, State.WAITING, State.LEFT_OUT, State.NEEDS_ATTENTION), counts, strict=True)
    )
    answer = await browser.get("/")
    assert f"<h1>{sentence}</h1>" in answer.text


async def test_overview_shows_numbers_causes_and_what_just_happened(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, "/")
    for shown in (
        "48\u202f210",
        "99.91\u202f%",
        "oldest 6\u202fs",
        "31\u202f480 of 100\u202f000",
        "A value is not among the options",
        "99\u202f214 records compared one by one, 3 findings",
        "Globex S.A. industry → MANUFACTURING",
    ):
        assert shown in text


async def test_overview_says_when_nothing_can_be_carried(browser: httpx2.AsyncClient, service: FakeService) -> None:
    service.trouble = "HubSpot gave no answer {x}"
    assert "so nothing is carried: HubSpot gave no answer {x}" in await read(browser, "/")


async def test_cause_that_was_put_aside_is_a_problem_but_needs_nobody(
    browser: httpx2.AsyncClient, service: FakeService
) -> None:
    service.causes = [replace(service.causes[0], count=0, ignored=3)]
    assert "0 causes" in await read(browser, "/") and "Nothing needs you" in await read(browser, "/")
    assert "3 of them put aside" in await read(browser, "/problems")


async def test_picture_of_the_hour_is_said_in_words_and_as_a_table(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/")
    assert 'role="img" aria-label="In the last hour ' in answer.text
    assert answer.text.count("<tr>") == 61


async def test_records_are_searched_with_what_the_address_says(
    browser: httpx2.AsyncClient, service: FakeService
) -> None:
    text = await read(browser, "/records?q=li&state=waiting&kind=contacts&after=waiting+5")
    assert service.searched == [
        {"text": "li", "state": State.WAITING, "kind": "contacts", "limit": 50, "after": "waiting 5"}
    ]
    assert "Li Wei" in text and "Ana Ruiz" not in text


async def test_next_page_keeps_search_and_state(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/records?q=ana&state=needs_attention")
    assert 'href="/records?q=ana&amp;state=needs_attention&amp;after=in_step+7"' in answer.text


async def test_unknown_state_or_object_is_no_filter(browser: httpx2.AsyncClient, service: FakeService) -> None:
    await read(browser, "/records?state=nonsense&kind=nonsense")
    assert service.searched[0]["state"] is service.searched[0]["kind"] is None


async def test_records_are_narrowed_by_object_and_state_at_once(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/records?state=waiting&kind=deals")
    assert 'href="/records?state=waiting&amp;kind=2-77"' in answer.text
    assert 'href="/records?state=in_step&amp;kind=deals"' in answer.text
    assert answer.text.count('aria-current="true"') == 2


@pytest.mark.parametrize("typed", ["https://app.hubspot.com/contacts/1/record/0-1/51", "hubspot:contact:51"])
async def test_pasted_address_leads_to_the_record(browser: httpx2.AsyncClient, typed: str) -> None:
    answer = await browser.get("/records", params={"q": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, ANA_PAGE)


async def test_nothing_found_says_what_to_try(browser: httpx2.AsyncClient) -> None:
    assert "No record matches. Try the beginning of a name" in await read(browser, "/records?q=zzz")


async def test_record_card_tells_field_by_field_what_happens_and_why(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, ANA_PAGE)
    fields = text[text.index("Field by field") : text.index("How it was decided")]
    assert fields.index("Industry") < fields.index("Phone") < fields.index("Job title") < fields.index("Email")
    for shown in (
        "Blocked: A value is not among the options.",
        "Will be written to Salesforce. Both sides changed; HubSpot did later.",
        "Prefer Salesforce unless blank",
        "not shown to us",
        "1 more field, blank on both sides",
        "blank",
    ):
        assert shown in fields


async def test_record_card_tells_the_decision_the_problem_and_the_history(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, ANA_PAGE)
    for shown in (
        "Trigger: A mapped property changed in HubSpot",
        "How to fix: Add the option on the other side",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST Industry: bad value",
        "Salesforce did later · by marta",
        "pasodoble why hubspot:contact:51",
    ):
        assert shown in text


async def test_record_card_leads_to_both_crms_but_to_nothing_else(
    browser: httpx2.AsyncClient, service: FakeService
) -> None:
    answer = await browser.get(ANA_PAGE)
    assert 'href="https://app.hubspot.com/contacts/1/record/0-1/51"' in answer.text
    service.card = replace(CARD, urls=Pair("javascript:alert(1)", "data:text/html,x"))
    answer = await browser.get(ANA_PAGE)
    assert "javascript:" not in answer.text and "data:text" not in answer.text


async def test_unlinked_record_whose_sides_cannot_be_read_still_has_a_card(
    browser: httpx2.AsyncClient, service: FakeService
) -> None:
    service.card = replace(
        CARD,
        refs=Pair(hubspot(51), None),
        lines=None,
        unread="HubSpot gave no answer.",
        trace=None,
        history=(),
        problems=(),
        state=State.LEFT_OUT,
    )
    text = await read(browser, ANA_PAGE)
    for shown in (
        "there",
        "could not be read just now. HubSpot gave no answer.",
        "No decision has been made",
        "We have written nothing here yet",
    ):
        assert shown in text


async def test_command_to_copy_is_safe_to_paste(browser: httpx2.AsyncClient, service: FakeService) -> None:
    odd = Ref(Side.HUBSPOT, "contacts", "5;rm -rf ~")
    service.card = replace(CARD, refs=Pair(odd, ANA.salesforce))
    assert "pasodoble why &#39;hubspot:contact:5;rm -rf ~&#39;" in await read(
        browser, "/records/hubspot/contacts/5%3Brm%20-rf%20~"
    )


async def test_problems_are_grouped_by_cause_with_the_remedy_and_who_has_it(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, "/problems")
    for shown in (
        "37 records, 4 causes",
        "Fields: Industry",
        "How to fix:",
        "Who can: a Salesforce admin",
        "2 of them put aside",
    ):
        assert shown in text


async def test_cause_leads_to_its_records(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, "/problems/picklist.value_missing")
    assert "Ana Ruiz" in text and "put aside" in text and "pasodoble problems --cause picklist.value_missing" in text


async def test_each_cause_has_its_page_though_no_record_has_it_now(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, "/problems/suspension.quota")
    assert "How to fix:" in text and "0 records" in text


async def test_problems_can_be_taken_along_as_a_table(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/problems.csv?cause=permission.field")
    assert answer.text == "id,cause\r\n1,permission.field\r\n"
    assert (
        answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    )


async def test_triggers_say_whether_they_are_on_and_what_they_did(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, "/triggers")
    for shown in (
        "A contact submitted a form",
        "1\u202f204",
        "31 more while off",
        "activities. call_ logged",
        "No trigger 88\u202f210",
        "not yet",
    ):
        assert shown in text


async def test_conflicts_show_both_values_and_which_counts(browser: httpx2.AsyncClient, service: FakeService) -> None:
    text = await read(browser, "/conflicts")
    for shown in ("Ana Ruiz", "Head of Ops", "VP Operations", "counts for now", "marta@acme.example", "Keep what Sal"):
        assert shown in text
    service.conflicts = False
    assert "No conflicts are open" in await read(browser, "/conflicts")


async def test_a_records_own_conflicts_and_candidates_are_on_its_page(
    browser: httpx2.AsyncClient, service: FakeService
) -> None:
    other = Ref(Side.SALESFORCE, "Lead", "00QAx00000R7xYzIAJ")
    service.card = replace(CARD, conflicts=[CLASHED], candidates=[other])
    text = await read(browser, ANA_PAGE)
    assert "Keep what HubSpot has" in text and "Lead 00QAx00000R7xYzIAJ" in text and "Pair with this one" in text


async def test_activity_goes_on_from_where_it_ended(browser: httpx2.AsyncClient) -> None:
    text = await read(browser, "/activity?before=104")
    assert "Renewal 2027" in text and "Globex" not in text
    assert "Globex" in await read(browser, "/activity?before=" + "9" * 40)


async def test_healthy_pages_say_so(browser: httpx2.AsyncClient, service: FakeService) -> None:
    service.causes, service.activity = (), ()
    assert "Nothing needs attention" in await read(browser, "/problems")
    assert "Nothing has been carried yet" in await read(browser, "/activity")
    assert "Nothing needs you" in await read(browser, "/")


@pytest.mark.parametrize(
    "address", ["/nothing", "/records/hubspot/contacts/999", "/records/mars/contacts/1", "/problems/nothing"]
)
async def test_what_is_not_there_is_said_in_the_same_look(browser: httpx2.AsyncClient, address: str) -> None:
    assert "There is nothing here" in await read(browser, address, 404)


async def test_failure_is_told_without_its_innards(browser: httpx2.AsyncClient, service: FakeService) -> None:
    service.broken = RuntimeError("password=s3cret")
    text = await read(browser, "/", 500)
    assert "Something broke on our side" in text and "s3cret" not in text
