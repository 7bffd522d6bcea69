"""Asking the worker that holds the database: a command puts its request there, follows it, and gets the same report."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pasodoble.cli import talk
from pasodoble.cli.opening import Opened, opened
from pasodoble.errors import Error, Locked

if TYPE_CHECKING:
    from pasodoble.engine.service.syncing import RunResult
    from pasodoble.ports import Request

LOOKS_EVERY_S: Final = 0.2
BEGINS_WITHIN_S: Final = 30.0
"""A worker that takes requests begins one at once; any other holder lets go of the database when it is done."""


def ask_worker(config: Path | None, connection: str, what: str, document: Mapping[str, Any]) -> RunResult | None:
    """What the worker answers; None: nobody holds the database any more, do it yourself. Raises Error."""
    from pasodoble.engine.report import read_report
    from pasodoble.engine.service.syncing import RunResult

    with opened(config, connection) as with_:
        with talk.working("The worker does it"):
            request = _follow(with_, what, document)
        answer = None if request is None else request.answer
        if answer is None:
            return None
        if "error" in answer:
            raise Error(answer["error"], next_step=answer["next_step"])
        report = answer["report"]
        started_at = request.begun_at or request.asked_at if request is not None else with_.clock.now()
        return RunResult(run_id=report["run"], report=read_report(report, started_at), document=report)


def _follow(with_: Opened, what: str, document: Mapping[str, Any]) -> Request | None:
    """The request once it has been answered; None if the worker has gone before it began. Raises Error."""
    name = with_.connection.name
    with with_.store.transaction(name) as tx:
        id = tx.requests.put(what, document, with_.clock.now())
    until = time.monotonic() + BEGINS_WITHIN_S
    try:
        while True:
            with with_.store.transaction(name, read_only=True) as tx:
                request = tx.requests.load(id)
            if request is None or request.ended_at is not None:
                return request
            if request.begun_at is None and _is_free(with_):
                return None
            if request.begun_at is None and time.monotonic() > until:
                raise Error(
                    "the process that holds the database takes no requests",
                    next_step="wait until it has ended, or stop it and type the command again",
                )
            time.sleep(LOOKS_EVERY_S)
    finally:
        _withdraw(with_, id)


def _is_free(with_: Opened) -> bool:
    from pasodoble.wiring import worker_lock

    with contextlib.suppress(Locked), worker_lock(with_.settings, with_.clock):
        return True
    return False


def _withdraw(with_: Opened, id: int) -> None:
    """Nobody waits for it any more. One that is under way goes on."""
    with with_.store.transaction(with_.connection.name) as tx:
        request = tx.requests.load(id)
        if request is not None and request.begun_at is None:
            tx.requests.answer(id, {"error": "withdrawn", "next_step": ""}, with_.clock.now())
