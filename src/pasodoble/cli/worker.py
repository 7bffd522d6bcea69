"""`pasodoble worker`: one more worker on the same database, without pages; and the work that `serve` does beside its pages."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Mapping
from typing import TYPE_CHECKING

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, Opened, opened

if TYPE_CHECKING:
    from pasodoble.engine.keeper import Keeper
    from pasodoble.engine.service.syncing import RunResult


def worker(*, config: ConfigOption = None) -> int:
    """Example: pasodoble worker

    Work on all connections of the settings until Ctrl-C. As many as you like on PostgreSQL; on SQLite one, and serve has it built in.
    """
    with opened(config, "", works=True, any_connection=True) as with_:
        asyncio.run(_work(with_))
    return Exit.DONE


async def _work(with_: Opened) -> None:
    from pasodoble.cli.stopping import until_stopped

    async with working(with_, make_keepers(with_)):
        talk.say("Working   (Ctrl-C stops it)")
        await until_stopped()
        talk.say("Finishing what is under way ...")


def make_keepers(with_: Opened) -> dict[str, Keeper]:
    """By connection, in the order of the settings."""
    return {name: _make_keeper(with_.of(name)) for name in with_.settings.connections}


def _make_keeper(of: Opened) -> Keeper:
    from pasodoble.cli.sync import send_alerts
    from pasodoble.engine.keeper import Keeper
    from pasodoble.engine.service.verifying import verify_nightly
    from pasodoble.engine.upkeep import tidy

    async def tell(result: RunResult) -> None:
        from pasodoble.words import say

        for failure in result.report.failures:
            talk.say(f"pasodoble: {failure}")
        for brake in result.report.brakes:
            talk.say(f"Stopped by a brake: {say(brake.message)}. Next: pasodoble plan")
        await send_alerts(of)

    return Keeper(
        of.connection, of.store, of.clock, of.connected, told=tell, nightly={"upkeep": tidy, "verify": verify_nightly}
    )


@contextlib.asynccontextmanager
async def working(with_: Opened, keepers: Mapping[str, Keeper]) -> AsyncIterator[None]:
    """All that a worker does, while the block runs: errands, and listening to what vendors tell by themselves."""
    from pasodoble import __version__
    from pasodoble.engine.listening import JOURNAL, POSITION, Listener
    from pasodoble.engine.worker import Worker
    from pasodoble.wiring import make_runner

    jobs = [
        Worker(
            list(keepers.values()), make_runner(with_.settings), with_.store, with_.clock, version=__version__
        ).work()
    ]
    for name, keeper in keepers.items():
        of = with_.of(name)
        opens = {POSITION: of.listening} | (
            {JOURNAL: of.reading_journal} if of.connection.hubspot.reads_journal else {}
        )
        jobs += [
            Listener(of.connection, of.store, of.clock, open, wake=keeper.hear, position=position).listen()
            for position, open in opens.items()
        ]
    async with running(*jobs):
        yield


@contextlib.asynccontextmanager
async def running(*jobs: Coroutine[object, object, None]) -> AsyncIterator[None]:
    """These run while the block does, and are cancelled with it. Raises what one of them has failed with."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
