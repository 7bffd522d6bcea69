"""The timeline within a run: looked at before its people are synced, told once they are.

In one place the order of what stands beside records: activities, what is logged in Salesforce, campaigns. How each is read
and told is said in its own room.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

from pasodoble.engine.activities import PEOPLE, look_at_activities, read_options, take_hints
from pasodoble.engine.campaigns import join_campaigns
from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.engine.logged import decide_logged, look_at_logged
from pasodoble.engine.pending import MOST_TRIES, work_off
from pasodoble.engine.report import Report
from pasodoble.engine.telling import tell_activities
from pasodoble.model.activity import ACTIVITIES, BESIDE, MEMBERSHIPS
from pasodoble.model.ref import Kind
from pasodoble.model.side import Side


def has_timeline(at: Connected, kinds: Collection[Kind] | None, *, asked: bool) -> bool:
    """Whether a run over these kinds (None: all) deals with it: it is people's. `asked`: a person chose single records."""
    if not read_options(at):
        return False
    chosen = set(kinds or (PEOPLE,))
    return bool(chosen & set(BESIDE)) or (PEOPLE in chosen and not asked)


async def look_at_timeline(at: Connected, report: Report, *, looks: bool) -> None:
    """Put down what happened, so that its people are synced in this very run. `looks`: ask, instead of being told only."""
    await take_hints(at, report)
    if looks:
        await look_at_activities(at, report)
        await look_at_logged(at)


async def tell_timeline(
    at: Connected, run_id: int, report: Report, carry_out: Callable[[Sequence[Decision]], Awaitable[None]]
) -> set[Kind]:
    """Tell all that is due, on both sides; gives the kinds that have work again. Raises ConnectorError."""
    await work_off(at, ACTIVITIES, report, lambda some: tell_activities(at, run_id, report, some))
    for _ in range(MOST_TRIES):
        if logged := await decide_logged(at):
            await carry_out(logged)
    if not at.settings.campaign_of_form:
        return set()
    await work_off(at, MEMBERSHIPS, report, lambda some: join_campaigns(at, run_id, report, some))
    return {PEOPLE} if report.of(MEMBERSHIPS).written[Side.SALESFORCE]["created"] else set()
