"""A template and what it is told become a page, with the words, the look and the cookies that every page shares."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.trace import State
from pasodoble.ports import Clock
from pasodoble.web.guard import TOKEN_COOKIE, TOKEN_FIELD, protect, read_token
from pasodoble.web.language import LANGUAGES, choose_language
from pasodoble.web.service import WebService

FOLDER: Final = Path(__file__).parent
THEMES: Final = ("auto", "light", "dark")
A_YEAR_S: Final = 365 * 86_400
BREAKS: Final = re.compile(r"(@|_|\.(?=\w))")
SINGULAR: Final = {"contacts": "contact", "companies": "company", "deals": "deal", "tickets": "ticket"}


def link_to(ref: Ref) -> str:
    """The record's page."""
    return f"/records/{ref.side}/{quote(ref.object, safe='')}/{quote(ref.id, safe='')}"


def spell_for_shell(ref: Ref) -> str:
    """The record as the command line takes it, safe to paste."""
    return shlex.quote(f"{ref.side}:{SINGULAR.get(ref.object, ref.object)}:{ref.id}")


def safe_url(url: str) -> str:
    """The URL if it leads to a web page, else ""."""
    return url if urlsplit(url).scheme in ("http", "https") else ""


def breakable(text: str) -> Markup:
    """The text, escaped, with places where a long address or name may be broken between two lines."""
    return Markup(BREAKS.sub(r"\1<wbr>", str(escape(text))))  # noqa: S704 - what goes in has just been escaped


class Renderer:
    """Makes pages. `service` tells what the frame around each page shows, `clock` what "today" is."""

    def __init__(self, service: WebService, clock: Clock) -> None:
        self._service = service
        self._clock = clock
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(
            link_to=link_to, for_shell=spell_for_shell, safe_url=safe_url, breakable=breakable
        )
        self._templates.globals.update(State=State, Side=Side, TOKEN_FIELD=TOKEN_FIELD, LANGUAGES=LANGUAGES)

    async def page(
        self, request: Request, template: str, /, *, known: Mapping[State, int] | None = None, **told: Any
    ) -> HTMLResponse:
        """`known`: how many records are in each state, if the caller has asked already."""
        states = known or await self._service.count_by_state()
        return self.bare(request, template, attention=states[State.NEEDS_ATTENTION], **told)

    def bare(self, request: Request, template: str, /, *, status: int = 200, **told: Any) -> HTMLResponse:
        """A page that asks the service nothing, so that it can be shown when the service fails."""
        language, theme, token = choose_language(request), _choose_theme(request), read_token(request)
        frame: dict[str, Any] = {
            "t": language,
            "now": self._clock.now(),
            "theme": theme,
            "next_theme": THEMES[(THEMES.index(theme) + 1) % len(THEMES)],
            "token": token,
            "path": request.url.path,
            "connection": self._service.connection,
            "with_query": lambda **changes: _with_query(request, changes),
            "attention": 0,
            "query": "",
        }
        html = self._templates.get_template(template).render(frame | told)
        response = HTMLResponse(html, status_code=status, headers={"Content-Language": language.code})
        protect(response.headers)
        self._keep(request, response, {"lang": language.code, "theme": theme})
        response.set_cookie(TOKEN_COOKIE, token, httponly=True, samesite="strict")
        return response

    def _keep(self, request: Request, response: HTMLResponse, chosen: Mapping[str, str]) -> None:
        """What was chosen by a link holds for a year."""
        for name, value in chosen.items():
            if name in request.query_params:
                response.set_cookie(name, value, max_age=A_YEAR_S, httponly=True, samesite="strict")


def _choose_theme(request: Request) -> str:
    asked = (request.query_params.get("theme", ""), request.cookies.get("theme", ""))
    return next((theme for theme in asked if theme in THEMES), "auto")


def _with_query(request: Request, changes: Mapping[str, str]) -> str:
    """This page's address with some parameters changed, and those that are "" left out."""
    merged = {**request.query_params, **changes}
    kept = {
        name: value for name, value in merged.items() if value and (name in changes or name not in ("lang", "theme"))
    }
    return f"{request.url.path}?{urlencode(kept)}" if kept else request.url.path
