"""The pages, one function each: read what was asked, ask the service, show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pasodoble.model.causes import CAUSES
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.trace import State
from pasodoble.model.verdict import Take
from pasodoble.web.chart import draw
from pasodoble.web.guard import read_our_form
from pasodoble.web.render import Renderer, link_to
from pasodoble.web.service import CauseCount, FieldLine, WebService

ROWS_A_PAGE: Final = 50
BLANKS: Final = (None, "")
DULL: Final = (True, True)
ID_SIGNS: Final = (":", "/")
SAFE_BACK: Final = re.compile(r"/records/[\w%.-]+/[\w%.-]+/[\w%.-]+")
"""A record's page, and no other host's."""
Choice = TypeVar("Choice", bound=StrEnum)


class Deed(StrEnum):
    """What a person can do about problems."""

    RETRY = "retry"
    IGNORE = "ignore"


class Pages:
    """All pages. Reading never changes anything; what does is a POST from a form of ours."""

    def __init__(self, service: WebService, renderer: Renderer) -> None:
        self._service = service
        self._renderer = renderer

    def routes(self) -> APIRouter:
        router = APIRouter(include_in_schema=False)
        for method, path, page in (
            ("GET", "/", self.show_overview),
            ("GET", "/records", self.show_records),
            ("GET", "/records/{side}/{object}/{id}", self.show_record),
            ("POST", "/records/{side}/{object}/{id}/sync", self.sync_record),
            ("POST", "/records/{side}/{object}/{id}/pair", self.pair_record),
            ("GET", "/conflicts", self.show_conflicts),
            ("POST", "/conflicts/{id}", self.choose_value),
            ("GET", "/backfill", self.show_backfill),
            ("POST", "/backfill", self.tell_backfill),
            ("GET", "/problems", self.show_problems),
            ("GET", "/problems.csv", self.export_problems),
            ("GET", "/problems/{cause}", self.show_cause),
            ("POST", "/problems/{cause}", self.mend_cause),
            ("GET", "/activity", self.show_activity),
            ("GET", "/triggers", self.show_triggers),
        ):
            router.add_api_route(path, page, methods=[method], response_model=None)
        return router

    async def show_overview(self, request: Request) -> Response:
        overview = await self._service.read_overview()
        chart = draw(overview.carried)
        return await self._renderer.page(
            request, "overview.html", known=overview.counts, overview=overview, chart=chart
        )

    async def show_records(self, request: Request) -> Response:
        asked = request.query_params
        text = asked.get("q", "").strip()
        if any(sign in text for sign in ID_SIGNS) and (ref := await self._service.find(text)):
            return RedirectResponse(link_to(ref), 303)
        state = _choose(State, asked.get("state", ""))
        kind = next((known for known in self._service.kinds if known == asked.get("kind")), None)
        rows, after = await self._service.search(
            text, state=state, kind=kind, limit=ROWS_A_PAGE, after=asked.get("after", "")
        )
        return await self._renderer.page(
            request,
            "records.html",
            rows=rows,
            after=after,
            query=text,
            state=state,
            kind=kind,
            kinds=self._service.kinds,
            begun="after" in asked,
            counts=await self._service.count_by_state(kind),
        )

    async def show_record(self, request: Request, side: str, object: str, id: str) -> Response:
        card = await self._service.read_card(_read_ref(side, object, id))
        if card is None:
            raise HTTPException(404)
        ref = card.refs.hubspot or card.refs.salesforce
        return await self._renderer.page(
            request,
            "record.html",
            card=card,
            lines=_sort_lines(card.lines),
            ref=ref,
            asked="asked" in request.query_params,
        )

    async def sync_record(self, request: Request, side: str, object: str, id: str) -> Response:
        ref = _read_ref(side, object, id)
        if await read_our_form(request) is None:
            raise HTTPException(403)
        await self._service.sync_now(ref)
        return RedirectResponse(f"{link_to(ref)}?asked=1", 303)

    async def pair_record(self, request: Request, side: str, object: str, id: str) -> Response:
        """Pair the record with the one that was chosen among its candidates."""
        ref, form = _read_ref(side, object, id), await read_our_form(request)
        if form is None:
            raise HTTPException(403)
        card = await self._service.read_card(ref)
        other = next((c for c in (card.candidates if card else ()) if str(c) in form.get("other", ())), None)
        if other is None:
            raise HTTPException(400)
        failure = await self._service.pair(ref, other)
        if failure:
            return await self._renderer.page(request, "refused.html", failure=failure, back=link_to(ref))
        return RedirectResponse(link_to(ref), 303)

    async def show_conflicts(self, request: Request) -> Response:
        before_id = _read_number(request.query_params.get("before", ""))
        rows = await self._service.read_conflicts(limit=ROWS_A_PAGE + 1, before_id=before_id)
        shown = rows[:ROWS_A_PAGE]
        before_next = shown[-1].id if len(rows) > ROWS_A_PAGE else None
        return await self._renderer.page(
            request, "conflicts.html", rows=shown, before=before_next, asked="asked" in request.query_params
        )

    async def choose_value(self, request: Request, id: str) -> Response:
        """A person says whose value counts; back to where it was said."""
        form = await read_our_form(request)
        if form is None:
            raise HTTPException(403)
        number, side = _read_number(id), _choose(Side, next(iter(form.get("keep", ())), ""))
        if number is None or side is None:
            raise HTTPException(400)
        await self._service.choose_value(number, side)
        back = next(iter(form.get("back", ())), "")
        return RedirectResponse(f"{back if SAFE_BACK.fullmatch(back) else '/conflicts'}?asked=1", 303)

    async def show_backfill(self, request: Request) -> Response:
        return await self._renderer.page(request, "backfill.html", backfill=await self._service.read_backfill())

    async def tell_backfill(self, request: Request) -> Response:
        """Pause it, or let it go on."""
        form = await read_our_form(request)
        if form is None:
            raise HTTPException(403)
        say = {"pause": self._service.pause_backfill, "resume": self._service.resume_backfill}
        do = next(iter(form.get("do", ())), "")
        if do not in say:
            raise HTTPException(400)
        if failure := await say[do]():
            return await self._renderer.page(request, "refused.html", failure=failure, back="/backfill")
        return RedirectResponse("/backfill", 303)

    async def show_problems(self, request: Request) -> Response:
        causes = await self._service.count_causes()
        return await self._renderer.page(request, "problems.html", causes=causes, catalogue=CAUSES)

    async def show_cause(self, request: Request, cause: str) -> Response:
        """What the cause means, and the records that have it; a cause of the catalogue has its page without any, too."""
        counted = next((count for count in await self._service.count_causes() if count.cause == cause), None)
        if counted is None and cause not in CAUSES:
            raise HTTPException(404)
        return await self._renderer.page(
            request,
            "cause.html",
            counted=counted or CauseCount(cause=cause, count=0),
            rows=await self._service.read_problems(cause, limit=ROWS_A_PAGE * 4),
            catalogue=CAUSES,
            done=_choose(Deed, request.query_params.get("done", "")),
        )

    async def mend_cause(self, request: Request, cause: str) -> Response:
        """Another try for, or putting aside, the ticked problems of the cause; all of them where none is ticked."""
        form = await read_our_form(request)
        if form is None:
            raise HTTPException(403)
        deed = _choose(Deed, next(iter(form.get("do", ())), ""))
        if deed is None:
            raise HTTPException(400)
        ids = {number for id in form.get("id", ()) if (number := _read_number(id)) is not None}
        mend = self._service.retry_problems if deed is Deed.RETRY else self._service.ignore_problems
        await mend(cause, ids)
        return RedirectResponse(f"{request.url.path}?done={deed}", 303)

    async def export_problems(self, request: Request) -> Response:
        """As a table for spreadsheets; of one cause with `?cause=`."""
        table = await self._service.export_problems(request.query_params.get("cause", ""))
        named = {"Content-Disposition": 'attachment; filename="problems.csv"'}
        return Response(table, media_type="text/csv; charset=utf-8", headers=named)

    async def show_activity(self, request: Request) -> Response:
        before_id = _read_number(request.query_params.get("before", ""))
        rows = await self._service.read_activity(limit=ROWS_A_PAGE + 1, before_id=before_id)
        shown = rows[:ROWS_A_PAGE]
        before_next = shown[-1].row.id if len(rows) > ROWS_A_PAGE else None
        return await self._renderer.page(
            request, "activity.html", rows=shown, before=before_next, begun=before_id is not None
        )

    async def show_triggers(self, request: Request) -> Response:
        return await self._renderer.page(request, "triggers.html", views=await self._service.read_triggers())


def _choose(choices: type[Choice], text: str) -> Choice | None:
    """The member of that value, None for any other text."""
    return next((choice for choice in choices if choice.value == text), None)


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _read_ref(side: str, object: str, id: str) -> Ref:
    known = _choose(Side, side)
    if known is None:
        raise HTTPException(404)
    return Ref(known, object, id)


@dataclass(frozen=True, slots=True)
class Lines:
    """A card's lines in the order of interest; those that are blank on both sides, and stay so, apart."""

    told: Sequence[FieldLine]
    blank: Sequence[FieldLine]


def _sort_lines(lines: Sequence[FieldLine] | None) -> Lines | None:
    if lines is None:
        return None
    blank = [line for line in lines if all(held in BLANKS for held in line.values) and _by_interest(line) == DULL]
    return Lines(sorted((line for line in lines if line not in blank), key=_by_interest), blank)


def _by_interest(line: FieldLine) -> tuple[bool, bool]:
    """What is in trouble first, then what is about to change, then the rest in the mapping's order."""
    return not line.problem, not isinstance(line.verdict, Take)
