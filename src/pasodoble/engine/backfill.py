"""A backfill, step by step: all records of its kinds are walked by id and marked, then the marks are worked on in batches.

Where each walk has come to, what is marked and what is done stand in the journal, so that a step may be the last one of its
process. What people and vendors tell meanwhile is more urgent, and not dealt with here: that is the cycle's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import BATCH, Cycle
from pasodoble.engine.decide import Decision, Judge
from pasodoble.engine.judging import decide_batch, make_judge, plan_of
from pasodoble.engine.look import compare, name_cursor
from pasodoble.engine.report import Report
from pasodoble.errors import ConfigError
from pasodoble.model.backfill import RUNNING, SAMPLES, Backfill, BackfillState, KindProgress, Progress
from pasodoble.model.link import LinkState
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Side
from pasodoble.model.signal import Mark, Urgency
from pasodoble.ports import NewMark, Page, Transaction
from pasodoble.words import say

TRIGGER: Final = "backfill"
SLACK: Final = timedelta(minutes=15)
"""How far before the walk the checks begin: longer than a change takes to become visible to them."""
PAGES_A_STEP: Final = 20
TURNS_A_MINUTE: Final = 12
"""A throttled backfill works in so many small batches, not in one a minute."""
REST_S: Final = 5.0
PATIENCE: Final = timedelta(minutes=15)
"""Retries that come due within this time are waited for; what takes longer is left to the checks."""
JUDGES_FOR: Final = timedelta(minutes=5)

Walk = tuple[Kind, Side, str]


def place_checks(at: Connected, kinds: Collection[Kind]) -> None:
    """Checks see what changes from now on: all that there is already is the walk's, which must not hold them up."""
    now = at.clock.now()
    with at.store.transaction(at.settings.name) as tx:
        for kind, side, object in _list_walks(at, kinds):
            name = name_cursor(kind, side, object)
            if tx.cursors.load(name) is None:
                tx.cursors.save(name, at.connectors[side].place_at(object, now - SLACK), now)


def _list_walks(at: Connected, kinds: Collection[Kind]) -> Iterator[Walk]:
    for of_kind in at.settings.enabled():
        if of_kind.kind in kinds:
            for side in SIDES:
                for object in at.objects(of_kind.kind, side):
                    yield of_kind.kind, side, object


def choose_marks(at: Connected, kind: Kind, page: Page, tx: Transaction) -> list[NewMark]:
    """Of a page of the walk, what needs work: what has no partner, and pairs in which something differs from the base.

    What a gate has left out, and has not changed since, is not judged again.
    """
    refs = [snap.ref for snap in page.snapshots]
    links = tx.links.load(refs)
    bases = tx.bases.load([link.id for link in links.values()])
    judged = tx.left_out.load([ref for ref in refs if ref not in links])
    marks = []
    for snap in page.snapshots:
        link = links.get(snap.ref)
        if link is None:
            needs_work = snap.ref not in judged or snap.modified_at >= judged[snap.ref][1]
        elif link.state is LinkState.RETIRED:
            continue
        else:
            compared = compare(at, link, bases.get(link.id), snap)
            needs_work = compared.base is None or bool(compared.fields)
        if needs_work:
            marks.append(NewMark(kind=kind, ref=snap.ref, trigger=TRIGGER, urgency=Urgency.BACKFILL))
    return marks


@dataclass(slots=True)
class Backfiller:
    """Does the steps of a connection's backfill. What it keeps in memory only saves reading a list of members again."""

    at: Connected
    judges: dict[Kind, tuple[Judge, datetime]] = field(default_factory=dict)

    def load(self) -> Backfill | None:
        with self.at.store.transaction(self.at.settings.name, read_only=True) as tx:
            return tx.backfills.load()

    async def step(self) -> bool:
        """Some pages, or a batch; gives whether there is more to do. Raises ConnectorError: the step is done again later."""
        of = self.load()
        if of is None or of.state not in RUNNING:
            return False
        before = self.at.budget.used()
        try:
            return await self._step(of)
        except ConfigError as error:
            self._move(of, BackfillState.FAILED, str(error))
            return False
        finally:
            self._note_calls(before)

    async def _step(self, of: Backfill) -> bool:
        if of.progress.walked_at is None:
            walk = next((one for one in _list_walks(self.at, of.kinds) if _name(one) not in of.progress.walks), None)
            if walk is not None:
                await self._walk(of, walk)
            else:
                self._note(of, replace(of.progress, walked_at=self.at.clock.now()))
            return True
        if of.state is BackfillState.WALKING:
            return self._move(of, BackfillState.WORKING)
        return await self._work(of)

    # --- walking --------------------------------------------------------------------------------------------------------

    async def _walk(self, of: Backfill, walk: Walk) -> None:
        """Some pages of one object. Marks, numbers and the place go in together: nothing is walked or counted twice."""
        at, (kind, side, object) = self.at, walk
        name = f"backfill:{of.id}:{_name(walk)}"
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            cursor = tx.cursors.load(name)
        progress, pages = of.progress, 0
        async with aclosing(at.connectors[side].read_changes(object, at.fields(kind, side, object), cursor)) as reading:  # type: ignore[type-var]  # every connector's is a generator
            async for page in reading:
                if (
                    not page.walk
                ):  # the last step ended with the walk's last page: what has changed since is the checks'
                    break
                with at.store.transaction(at.settings.name) as tx:
                    marks = choose_marks(at, kind, page, tx)
                    tx.marks.put(marks, at.clock.now())
                    progress = _add(progress, kind, KindProgress(walked=len(page.snapshots), marked=len(marks)))
                    tx.cursors.save(name, page.cursor, at.clock.now())
                    tx.backfills.note(of.id, progress)
                pages += 1
                if pages == PAGES_A_STEP:
                    return
        with at.store.transaction(at.settings.name) as tx:
            tx.backfills.note(of.id, replace(progress, walks=progress.walks | {_name(walk)}))
            tx.cursors.clear(name)

    # --- working --------------------------------------------------------------------------------------------------------

    async def _work(self, of: Backfill) -> bool:
        started_at = self.at.clock.now()
        for of_kind in self.at.settings.enabled():
            kind = of_kind.kind
            if kind in of.kinds and (marks := self._take(of, kind, timedelta())):
                goes_on = await self._work_batch(of, kind, marks)
                await self._hold_back(of, len(marks), (self.at.clock.now() - started_at).total_seconds())
                return goes_on
        if any(self._take(of, kind, PATIENCE) for kind in of.kinds):
            await self.at.clock.sleep(REST_S)
            return True
        self._end(of)
        return False

    def _take(self, of: Backfill, kind: Kind, ahead: timedelta) -> list[Mark]:
        """This backfill's marks: none that was put after the walk, so that it comes to an end."""
        size = BATCH if of.per_minute is None else max(1, min(BATCH, ceil(of.per_minute / TURNS_A_MINUTE)))
        with self.at.store.transaction(self.at.settings.name, read_only=True) as tx:
            marks = tx.marks.take(kind, size, self.at.clock.now() + ahead, most_urgent=Urgency.BACKFILL)
        walked_at = of.progress.walked_at
        return [mark for mark in marks if walked_at is not None and mark.first_at <= walked_at]

    async def _work_batch(self, of: Backfill, kind: Kind, marks: Sequence[Mark]) -> bool:
        """Gives whether to go on: a brake pauses the backfill, with nothing of the batch written."""
        at, cycle = self.at, Cycle(self.at, of.run_id)
        judge = await self._judge(kind)
        try:
            own = cycle.claims.take(marks)
            decisions = await decide_batch(at, kind, own, judge)
            done = len(own) + self._join_partners(decisions)
            brakes = plan_of(at, kind, decisions, backfill=True).brakes
            if brakes and not of.progress.released:
                self._move(of, BackfillState.PAUSED, "; ".join(say(brake.message) for brake in brakes))
                return False
            await cycle.carry_out(decisions)
        finally:
            cycle.claims.drop()
        if not own:  # somebody else is at them just now
            await at.clock.sleep(REST_S)
        self._note_done(of, kind, done, cycle.report)
        return True

    async def _judge(self, kind: Kind) -> Judge:
        """The same for a while, so that a list of members is not read for each batch."""
        now = self.at.clock.now()
        if kind not in self.judges or now - self.judges[kind][1] > JUDGES_FOR:
            self.judges[kind] = await make_judge(self.at, kind, asked=False), now
        return self.judges[kind][0]

    def _join_partners(self, decisions: Sequence[Decision]) -> int:
        """Of a new pair, both records were read just now: the partner's own mark is done with too. Gives how many.

        Not where anybody has told of it meanwhile: such a mark is more urgent than a backfill's.
        """
        partners: dict[Ref, Decision] = {}
        for decision in decisions:
            known = {mark.ref for mark in decision.job.marks}
            if decision.new_link is not None:
                partners |= {ref: decision for ref in decision.job.refs if ref is not None and ref not in known}
        with self.at.store.transaction(self.at.settings.name, read_only=True) as tx:
            marks = tx.marks.load(partners)
        joined = [mark for mark in marks.values() if mark.urgency is Urgency.BACKFILL]
        for mark in joined:
            partners[mark.ref].job.marks.append(mark)
        return len(joined)

    async def _hold_back(self, of: Backfill, count: int, spent_s: float) -> None:
        """Keeps to the throttle: what a batch of that many may take at least."""
        if of.per_minute is not None and (rest_s := count * 60 / of.per_minute - spent_s) > 0:
            await self.at.clock.sleep(rest_s)

    # --- writing it down ------------------------------------------------------------------------------------------------

    def _note_done(self, of: Backfill, kind: Kind, done: int, report: Report) -> None:
        tally = report.of(kind)
        written = {
            f"{side.value}.{word}": count for side in SIDES for word, count in tally.written[side].items() if count
        }
        problems = sum(tally.problems.values())
        more = KindProgress(done=done, linked=tally.linked, problems=problems, written=written)
        progress = _add(of.progress, kind, more)
        samples = (*progress.samples, (self.at.clock.now(), progress.done))[-SAMPLES:]
        self._note(of, replace(progress, samples=samples))

    def _note(self, of: Backfill, progress: Progress) -> None:
        with self.at.store.transaction(self.at.settings.name) as tx:
            tx.backfills.note(of.id, progress)

    def _note_calls(self, before: Mapping[Side, int]) -> None:
        used = self.at.budget.used()
        spent = {side.value: used[side] - before[side] for side in SIDES}
        with self.at.store.transaction(self.at.settings.name) as tx:
            if (of := tx.backfills.load()) is not None:
                tx.backfills.note(of.id, replace(of.progress, calls=_sum(of.progress.calls, spent)))

    def _move(self, of: Backfill, state: BackfillState, trouble: str = "") -> bool:
        """Gives whether it did: a person may have paused it meanwhile."""
        with self.at.store.transaction(self.at.settings.name) as tx:
            return tx.backfills.move(of.id, state, self.at.clock.now(), only_from=RUNNING, trouble=trouble)

    def _end(self, of: Backfill) -> None:
        """Whatever was carried by others is done as well."""
        kinds = {kind: replace(one, done=one.marked) for kind, one in of.progress.kinds.items()}
        report = Report(of.started_at)
        for kind, one in kinds.items():
            _fill(report, kind, one)
        now = self.at.clock.now()
        document = report.document(of.run_id, self.at.count_calls(), (now - of.started_at).total_seconds())
        with self.at.store.transaction(self.at.settings.name) as tx:
            tx.backfills.note(of.id, replace(of.progress, kinds=kinds))
            if tx.backfills.move(of.id, BackfillState.DONE, now, only_from=RUNNING):
                tx.runs.finish(of.run_id, report.outcome, document, now)


def _name(walk: Walk) -> str:
    kind, side, object = walk
    return f"{kind} {side} {object}"


def _add(progress: Progress, kind: Kind, more: KindProgress) -> Progress:
    before = progress.kinds.get(kind, KindProgress())
    after = KindProgress(
        walked=before.walked + more.walked,
        marked=before.marked + more.marked,
        done=before.done + more.done,
        linked=before.linked + more.linked,
        problems=before.problems + more.problems,
        written=_sum(before.written, more.written),
    )
    return replace(progress, kinds={**progress.kinds, kind: after})


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def _fill(report: Report, kind: Kind, progress: KindProgress) -> None:
    tally = report.of(kind)
    tally.linked = progress.linked
    for name, count in progress.written.items():
        side, _, word = name.partition(".")
        tally.written[Side(side)][word] += count
