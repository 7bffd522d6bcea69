"""The Runner port over DBOS Transact: the only file that names it. What an errand does does not belong here.

A run is a DBOS workflow, its steps call back into the worker's event loop, and only "is there more" is checkpointed: the
journal holds the truth, so every row of DBOS may be deleted. Measured traps that this file works around (DBOS 3.4): a dead
worker's runs wait for ever, runs of another version are never taken up, finished runs are never deleted, SQLite is used
without WAL, values are pickled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus
from sqlalchemy.exc import SQLAlchemyError

from pasodoble.errors import StoreError
from pasodoble.model.errand import PRIORITY, Errand, Lane, parse_errand
from pasodoble.ports import Perform

NAME: Final = "pasodoble"
MOST_STEPS: Final = 50
"""Checkpoints of one run: then it ends, and whatever is more urgent goes first."""
CHECKPOINT_EVERY_S: Final = 0.2
"""Also how long a run may go on with quick steps that another process has cancelled."""
QUEUES: Final = {Lane.MANUAL: "now", Lane.LIVE: "now", Lane.BACKFILL: "later"}
"""By lane. A queue has slots of its own, so that long errands leave those of the short ones free."""
POLLED_EVERY_S: Final = {"now": 0.2, "later": 1.0}
SLOTS: Final = {"now": 8, "later": 4}
ACTIVE: Final = ["ENQUEUED", "DELAYED", "PENDING"]
ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
SWEPT_AT_ONCE: Final = 500
PRAGMAS: Final = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON")


class DbosRunner:
    """One process's share in the errands of a database.

    worker   a name that no other living process has; on SQLite always the same, so that a restarted worker finds its runs
    version  errands of other versions are never run here, and are cancelled by `start`
    """

    def __init__(self, url: sa.URL, *, worker: str, version: str, polled_every_s: float | None = None) -> None:
        self._worker = worker
        self._version = version
        self._polled_every_s = polled_every_s
        self._engine = _make_engine(url)
        self._client: DBOSClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = False
        self._stopping = False
        self._cancelled: set[Errand] = set()

    @property
    def worker(self) -> str:
        return self._worker

    async def start(self, perform: Perform, tick: Callable[[], Awaitable[None]], *, every_s: int) -> None:
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._launch, perform, tick, every_s)
        self._started = True

    def _launch(self, perform: Perform, tick: Callable[[], Awaitable[None]], every_s: int) -> None:
        logging.getLogger("dbos").setLevel(logging.ERROR)
        DBOS(
            config={
                "name": NAME,
                "system_database_url": self._engine.url.render_as_string(hide_password=False),
                "system_database_engine": self._engine,
                "executor_id": self._worker,
                "application_version": self._version,
                "serializer": DBOSPortableJSONSerializer(),
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": 1.0,  # how long a stop may hang on it
                "log_level": "ERROR",
            }
        )

        @DBOS.step(name="step")
        def step(name: str) -> bool:
            return bool(self._call(self._go_on(perform, parse_errand(name))))

        @DBOS.workflow(name="errand")
        def run(name: str) -> None:
            for _ in range(MOST_STEPS):
                if self._stopping or not step(name):
                    return

        @DBOS.workflow(name="tick")
        def run_tick(_at: datetime, _context: Any) -> None:
            self._call(tick())

        DBOS.launch()
        for queue, slots in SLOTS.items():
            every = self._polled_every_s or POLLED_EVERY_S[queue]
            DBOS.register_queue(
                queue, worker_concurrency=slots, polling_interval_sec=every, on_conflict="always_update"
            )
        DBOS.apply_schedules([{"schedule_name": "tick", "workflow_fn": run_tick, "schedule": f"*/{every_s} * * * * *"}])
        self._cancel_strangers()

    async def _go_on(self, perform: Perform, errand: Errand) -> bool:
        """Steps of a moment share a checkpoint, which costs as much as they do and says no more than the journal."""
        until = asyncio.get_running_loop().time() + CHECKPOINT_EVERY_S
        self._cancelled.discard(errand)
        while await perform(errand):
            if self._stopping or errand in self._cancelled or asyncio.get_running_loop().time() >= until:
                return True
        return False

    def _call(self, work: Awaitable[Any]) -> Any:
        """Have the worker's event loop do it, and wait. Runs in a thread of DBOS."""
        assert self._loop is not None
        try:
            return asyncio.run_coroutine_threadsafe(_as_coroutine(work), self._loop).result()
        except CancelledError:
            return False  # the loop is closing: the step was not done, and whoever comes next does it

    def _cancel_strangers(self) -> None:
        """Runs of another version would never be taken up, and bar the way to new ones: the tick begins them afresh."""
        strange = [run.workflow_id for run in self._list(ACTIVE) if run.app_version != self._version]
        if strange:
            self._open().cancel_workflows(strange)

    async def submit(self, errand: Errand, *, delay_s: float = 0.0) -> None:
        options: EnqueueOptions = {
            "workflow_name": "errand",
            "queue_name": QUEUES[errand.lane],
            "app_version": self._version,
            "deduplication_id": str(errand),
            "duplication_policy": "return-existing",
            "priority": PRIORITY[errand.lane],
        }
        if delay_s > 0:
            options["delay_seconds"] = delay_s
        await asyncio.to_thread(self._open().enqueue, options, str(errand))

    async def cancel(self, errand: Errand) -> bool:
        return await asyncio.to_thread(self._cancel, str(errand))

    def _cancel(self, name: str) -> bool:
        ids = [run.workflow_id for run in self._list(ACTIVE) if run.deduplication_id == name]
        if ids:
            self._cancelled.add(parse_errand(name))
            self._open().cancel_workflows(ids)
        return bool(ids)

    async def list_active(self) -> list[Errand]:
        runs = await asyncio.to_thread(self._list, ACTIVE)
        return sorted(parse_errand(run.deduplication_id) for run in runs if run.deduplication_id)

    async def adopt(self, dead: Collection[str]) -> int:
        others = sorted(set(dead) - {self._worker})
        return await asyncio.to_thread(self._adopt, others) if others and self._started else 0

    def _adopt(self, dead: Sequence[str]) -> int:
        strange = [
            run.workflow_id
            for run in self._list(["PENDING"])
            if run.executor_id in dead and run.app_version != self._version
        ]
        if strange:
            self._open().cancel_workflows(strange)
        # Private in 3.4, and what its own paid service calls; the contract test holds it.
        return len(strange) + len(DBOS._recover_pending_workflows(list(dead)))

    async def sweep(self, before: datetime) -> int:
        return await asyncio.to_thread(self._sweep, before.astimezone(UTC).isoformat())

    def _sweep(self, before: str) -> int:
        client, swept = self._open(), 0
        while ids := [run.workflow_id for run in self._list(ENDED, completed_before=before, limit=SWEPT_AT_ONCE)]:
            client.delete_workflows(ids)
            swept += len(ids)
        return swept

    async def stop(self, *, patience_s: float = 30.0) -> None:
        self._stopping = True
        await asyncio.to_thread(self._close, int(patience_s))

    def _close(self, patience_s: int) -> None:
        if self._started:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience_s)
        if self._client is not None:
            self._client.destroy()
        self._engine.dispose()

    def _list(self, status: list[str], **more: Any) -> list[WorkflowStatus]:
        return self._open().list_workflows(status=status, load_input=False, load_output=False, **more)

    def _open(self) -> DBOSClient:
        """Raises StoreError where no worker has ever started on this database."""
        if self._client is None:
            try:
                self._client = DBOSClient(
                    system_database_engine=self._engine,
                    serializer=DBOSPortableJSONSerializer(),
                    application_name=NAME,
                )
            except SQLAlchemyError as error:
                raise StoreError("the worker's tables cannot be reached", next_step="pasodoble worker") from error
        return self._client


async def _as_coroutine(work: Awaitable[Any]) -> Any:
    return await work


def _make_engine(url: sa.URL) -> sa.Engine:
    """DBOS would make its own: in rollback-journal mode on SQLite, which costs half the speed and long stalls."""
    if url.get_backend_name() != "sqlite":
        return sa.create_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    engine = sa.create_engine(url, pool_size=10, max_overflow=10)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine
