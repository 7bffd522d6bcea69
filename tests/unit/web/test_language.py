"""Two languages that say the same things."""

from __future__ import annotations

import string
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from tests.fakes.web_service import NOW

from pasodoble.model.cause import Category, Fixer
from pasodoble.model.rule import UpdateRule
from pasodoble.model.trace import State, StepKind
from pasodoble.web.chart import find_top
from pasodoble.web.language import LANGUAGES, PAGES, Language
from pasodoble.web.render import FOLDER


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    gaps = {
        code: {key: {name for _, name, _, _ in string.Formatter().parse(text) if name} for key, text in pages.items()}
        for code, pages in PAGES.items()
    }
    assert gaps["en"] == gaps["es"]
    assert set(PAGES) == set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_member_that_a_page_may_meet_has_a_word(code: str) -> None:
    keys = (
        [f"state.{one}" for one in State]
        + [f"update_rule.{one}" for one in UpdateRule]
        + [f"step.{one}" for one in StepKind]
    )
    keys += (
        [f"category.{one}" for one in Category]
        + [f"fixer.{one}" for one in Fixer]
        + [f"month.{one}" for one in range(1, 13)]
    )
    assert [key for key in keys if key not in PAGES[code]] == []


def test_no_word_is_left_that_no_page_uses() -> None:
    """Words with a part that varies (a state, a count) are used by their stem."""
    source = "".join(path.read_text() for path in (*FOLDER.glob("templates/*.html"), *FOLDER.glob("*.py")))
    stems = {key for key in PAGES["en"] if f"'{key}'" not in source and f'"{key}"' not in source}
    varying = tuple(
        "month. state. count. gate. nav. step. update_rule. category. fixer. error. direction. page.theme. record.kind. kinds. problems.done.".split()
    )
    columns = {f"record.{column}" for column in ("when", "direction", "field", "before", "after", "reason")}
    columns |= {f"backfill.{state}" for state in ("walking", "working", "paused", "done", "failed")}
    columns |= {f"backfill.{number}" for number in ("read", "to_do", "carried", "paired", "problems")}
    assert [
        key for key in stems - columns if not key.startswith(varying) and not key.endswith((".one", ".other"))
    ] == []


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fr, es;q=0.2, en;q=0.5", "en"),
        ("de", "en"),
        ("", "en"),
        ("es;q=nonsense", "en"),
        ("EN-gb", "en"),
    ],
)
async def test_browser_is_answered_in_the_language_it_asks_for(
    browser: httpx2.AsyncClient, header: str, code: str
) -> None:
    answer = await browser.get("/", headers={"Accept-Language": header})
    assert answer.headers["content-language"] == code


async def test_chosen_language_and_theme_are_remembered(browser: httpx2.AsyncClient) -> None:
    await browser.get("/?lang=es&theme=dark")
    answer = await browser.get("/", headers={"Accept-Language": "en"})
    assert '<html lang="es" data-theme="dark">' in answer.text


async def test_unknown_language_and_theme_fall_back(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get('/?lang="><script>&theme=x')
    assert '<html lang="en" data-theme="auto">' in answer.text


async def test_switch_keeps_what_is_being_looked_at(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/records?q=ana&state=waiting")
    assert 'href="/records?q=ana&amp;state=waiting&amp;lang=es"' in answer.text


def test_numbers_and_times_are_short() -> None:
    english, spanish = Language("en"), Language("es")
    assert english.number(1_234_567) == "1\u202f234\u202f567"
    assert (english.percent(9_999_999, 10_000_000), spanish.percent(1, 8), english.percent(0, 0)) == (
        "99.99\u202f%",
        "12,5\u202f%",
        "0\u202f%",
    )
    assert [english.span(seconds) for seconds in (-1, 59, 60, 7200, 200_000)] == [
        "0\u202fs",
        "59\u202fs",
        "1\u202fmin",
        "2\u202fh",
        "2\u202fd",
    ]
    assert len(english.clock(NOW, NOW)) == len("10:42:09")
    assert spanish.clock(NOW - timedelta(days=20), NOW).split()[1] == "nov"


def test_scale_of_the_picture_is_round_and_high_enough() -> None:
    for highest in range(0, 3_000, 7):
        top = find_top(highest)
        assert top >= highest and top % 4 == 0 and (highest < 4 or top <= 2.5 * highest)


def test_style_and_script_come_from_this_machine_alone() -> None:
    for path in Path(FOLDER / "static").iterdir():
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in text and "https:" not in text and "url(" not in text
