"""Answers the pages' questions from the engine's services. What a page looks like does not belong here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pasodoble.engine.connected import ACCOUNTS
from pasodoble.engine.keeper import Keeper, Open
from pasodoble.engine.service import backfilling, choosing, explaining, finding, mending, pairing, standing
from pasodoble.engine.service.finding import Found
from pasodoble.engine.service.standing import find_stopped
from pasodoble.engine.service.triggering import TriggerView, list_triggers
from pasodoble.engine.service.verifying import read_figure
from pasodoble.errors import Error
from pasodoble.model.backfill import Backfill
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import UpdateRule
from pasodoble.model.settings import Connection
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import State
from pasodoble.ports import ChangeRow, Clock, ConflictRow, LinkRow, ProblemRow, RunRow, Store, TraceRow, Transaction
from pasodoble.web.addresses import find_addresses
from pasodoble.web.service import ActivityRow, ApiUse, CauseCount, FieldLine, Overview, RecordCard

T = TypeVar("T")

PERSON = "person"
"""Who acts on a page, until there is a sign-in."""
AMBIGUOUS = "duplicate.ambiguous_match"


class Answers:
    """The WebService of one connection, over its store and its keeper."""

    def __init__(self, settings: Connection, store: Store, clock: Clock, open: Open, keeper: Keeper) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._open = open
        self._keeper = keeper

    @property
    def connection(self) -> str:
        return self._settings.name

    @property
    def kinds(self) -> Sequence[Kind]:
        return [of_kind.kind for of_kind in self._settings.enabled()]

    async def _read(self, question: Callable[[Transaction], T]) -> T:
        def ask() -> T:
            with self._store.transaction(self._settings.name, read_only=True) as tx:
                return question(tx)

        return await asyncio.to_thread(ask)

    async def read_overview(self) -> Overview:
        now = self._clock.now()

        def ask(tx: Transaction) -> Overview:
            recent = tx.history.load_recent(limit=12)
            runs = tx.runs.load(limit=1)
            return Overview(
                counts=tx.records.count_by_state(),
                causes=_count_causes(tx),
                gates=tx.left_out.count_by_gate(),
                carried=tx.history.count_by_minute(now).swapped(),
                api_uses=_api_uses(self._settings, tx.runs.load(limit=500), now),
                recent=_name_rows(tx, recent),
                waiting_since=_find_waiting_since(tx, now),
                last_run=runs[0] if runs else None,
                next_check_at=self._keeper.next_check_at,
                trouble=self._keeper.trouble,
                figure=read_figure(tx),
                stopped=find_stopped(tx),
                backfill=_find_running(tx),
            )

        return await self._read(ask)

    async def count_by_state(self, kind: Kind | None = None) -> Mapping[State, int]:
        return await self._read(lambda tx: tx.records.count_by_state(kind))

    async def search(
        self, text: str, *, state: State | None, kind: Kind | None, limit: int, after: str
    ) -> tuple[Sequence[LinkRow], str]:
        return await self._read(lambda tx: tx.records.search(text, state=state, kind=kind, limit=limit, after=after))

    async def find(self, text: str) -> Ref | None:
        if not list(finding.read_refs(self._settings, text.strip())):
            return None
        found = await asyncio.to_thread(finding.find_known, self._settings, self._store, text)
        return None if found is None else next((ref for ref in found.refs if ref is not None), None)

    async def read_card(self, ref: Ref) -> RecordCard | None:
        found = await asyncio.to_thread(finding.find_known, self._settings, self._store, str(ref))
        if found is None:
            return None
        explanation, unread = await self._explain(found)
        return await self._read(lambda tx: self._make_card(tx, explanation, unread))

    async def _explain(self, found: Found) -> tuple[explaining.Explanation, str]:
        """Both sides as they are now, or what was known last and why they could not be read."""
        try:
            async with self._open() as at:
                return await explaining.explain(at, found), ""
        except Error as error:
            known = await asyncio.to_thread(explaining.explain_known, self._settings, self._store, found)
            return known, str(error)

    def _make_card(self, tx: Transaction, told: explaining.Explanation, unread: str) -> RecordCard:
        refs = [ref for ref in told.refs if ref is not None]
        link = next(iter(tx.links.load(refs).values()), None)
        names = tx.links.load_names([link.id]) if link is not None else {}
        label, natural = next(iter(names.values()), ("", ""))
        told_of = TraceRow(
            refs=told.refs,
            kind=told.kind,
            state=told.state,
            reasons=told.reasons,
            steps=told.steps,
            at=told.steps[-1].at if told.steps else self._clock.now(),
        )
        return RecordCard(
            kind=told.kind,
            refs=told.refs,
            label=told.label or label or (refs[0].id if refs else ""),
            natural=natural,
            state=told.state,
            reasons=[_spell_reason(reason, told.state) for reason in told.reasons],
            lines=None if unread else [_spell_line(view) for view in told.fields],
            history=tx.history.load(link.id, limit=100) if link is not None else [],
            problems=list(told.problems),
            trace=told_of if told.steps else None,
            urls=find_addresses(self._settings, tx.cursors.load(ACCOUNTS) or {}, told.refs),
            next_try_at=told.next_try_at,
            unread=unread,
            conflicts=tx.conflicts.load([link.id]).get(link.id, ()) if link is not None else (),
            candidates=_find_candidates(self._settings, told.problems),
        )

    async def count_causes(self) -> Sequence[CauseCount]:
        return await self._read(_count_causes)

    async def read_problems(self, cause: str, *, limit: int) -> Sequence[ProblemRow]:
        return await asyncio.to_thread(standing.list_problems, self._settings, self._store, cause=cause, limit=limit)

    async def retry_problems(self, cause: str, ids: Collection[int]) -> None:
        refs = await asyncio.to_thread(self._retry, cause, ids)
        for kind, of_kind in refs.items():
            self._keeper.ask(kind, of_kind)

    def _retry(self, cause: str, ids: Collection[int]) -> dict[Kind, set[Ref]]:
        return mending.retry(self._settings, self._store, self._clock, self._choose_problems(cause, ids))

    async def ignore_problems(self, cause: str, ids: Collection[int]) -> None:
        await asyncio.to_thread(
            lambda: mending.ignore(self._settings, self._store, self._clock, self._choose_problems(cause, ids))
        )

    def _choose_problems(self, cause: str, ids: Collection[int]) -> list[ProblemRow]:
        """Those that are still open: a page may be older than the last run."""
        rows = standing.list_problems(self._settings, self._store, cause=cause, limit=mending.ALL)
        return [row for row in rows if not ids or row.id in ids]

    async def export_problems(self, cause: str) -> str:
        rows = await asyncio.to_thread(
            standing.list_problems, self._settings, self._store, cause=cause or None, limit=mending.ALL
        )
        return mending.render_csv(rows)

    async def read_activity(self, *, limit: int, before_id: int | None) -> Sequence[ActivityRow]:
        return await self._read(lambda tx: _name_rows(tx, tx.history.load_recent(limit=limit, before_id=before_id)))

    async def read_conflicts(self, *, limit: int, before_id: int | None) -> Sequence[ConflictRow]:
        return await asyncio.to_thread(
            choosing.list_conflicts, self._settings, self._store, limit=limit, before_id=before_id
        )

    async def choose_value(self, id: int, side: Side) -> None:
        rows = await self._read(lambda tx: tx.conflicts.load_recent(ids=[id]))
        asked = await asyncio.to_thread(choosing.keep_choice, self._settings, self._store, rows, side, actor=PERSON)
        for kind, refs in asked.items():
            self._keeper.ask(kind, refs)

    async def read_backfill(self) -> Backfill | None:
        return await self._read(lambda tx: tx.backfills.load())

    async def pause_backfill(self) -> str:
        return await self._tell_backfill(backfilling.pause)

    async def resume_backfill(self) -> str:
        return await self._tell_backfill(backfilling.resume)

    async def _tell_backfill(self, say: Callable[[Connection, Store, Clock], Backfill]) -> str:
        try:
            await asyncio.to_thread(say, self._settings, self._store, self._clock)
        except Error as error:
            return str(error)
        self._keeper.wake()
        return ""

    async def pair(self, ref: Ref, other: Ref) -> str:
        try:
            async with self._open() as at:
                wish = await pairing.read_wish(at, str(ref), str(other))
                await pairing.pair_up(at, wish, actor=PERSON)
        except Error as error:
            return str(error)
        return ""

    async def read_triggers(self) -> Sequence[TriggerView]:
        return await asyncio.to_thread(list_triggers, self._settings, self._store, self._clock.now())

    async def sync_now(self, ref: Ref) -> None:
        found = await asyncio.to_thread(finding.find_known, self._settings, self._store, str(ref))
        if found is not None:
            self._keeper.ask(found.kind, {known for known in found.refs if known is not None})


def _spell_reason(reason: str, state: State) -> Message:
    prefix = {State.LEFT_OUT: "gate.", State.WAITING: "trigger."}.get(state, "")
    return Message(reason if "." in reason else prefix + reason)


def _spell_line(view: explaining.FieldView) -> FieldLine:
    return FieldLine(
        key=view.key,
        names=view.names,
        label=view.label,
        rule=UpdateRule(view.rule),
        values=view.values,
        verdict=view.decided,
        problem=view.problem,
    )


def _find_candidates(settings: Connection, problems: Sequence[ProblemRow]) -> list[Ref]:
    """The records of the other side that an ambiguous match names."""
    named = [
        (row.ref, ref)
        for row in problems
        if row.problem.cause == AMBIGUOUS
        for text in row.problem.text.split()
        for _, ref in finding.read_refs(settings, text)
    ]
    return list(dict.fromkeys(ref for own, ref in named if ref.side is not own.side))


def _find_running(tx: Transaction) -> Backfill | None:
    backfill = tx.backfills.load()
    return backfill if backfill is not None and backfill.active else None


def _count_causes(tx: Transaction) -> list[CauseCount]:
    """Most frequent first. The fields are those of the latest problem."""
    return [
        CauseCount(
            cause=summed.cause,
            count=summed.count,
            ignored=summed.ignored,
            since=summed.since,
            side=summed.side,
            fields=next((row.problem.fields for row in tx.problems.load(cause=summed.cause, limit=1)), ()),
        )
        for summed in tx.problems.sum_by_cause()
    ]


def _find_waiting_since(tx: Transaction, now: datetime) -> datetime | None:
    """Since when the oldest work that could be done is not done."""
    due_at = tx.marks.next_due_at()
    return due_at if due_at is not None and due_at <= now else None


def _api_uses(settings: Connection, runs: Sequence[RunRow], now: datetime) -> list[ApiUse]:
    """Calls of all runs of the last 24 hours."""
    used = dict.fromkeys(SIDES, 0)
    for run in runs:
        calls = run.report.get("api_calls")
        if now - run.started_at < timedelta(hours=24) and isinstance(calls, dict):
            for side in SIDES:
                used[side] += int(calls.get(side.value, 0))
    limits = settings.limits
    allowed = Pair(limits.hubspot_calls_per_day, limits.salesforce_calls_per_day)
    return [ApiUse(side=side, api="REST", used=used[side], allowed=allowed[side]) for side in SIDES]


def _name_rows(tx: Transaction, rows: Sequence[ChangeRow]) -> list[ActivityRow]:
    names = tx.links.load_names({row.link_id for row in rows})
    return [ActivityRow(row=row, label=names.get(row.link_id, ("", ""))[0]) for row in rows]
