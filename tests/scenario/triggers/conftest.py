"""One sandbox in a process of its own, and one store of the product, for all stories of this folder."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import socket
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.acceptance.conftest import PASODOBLE, Sandbox, start_sandbox, stop
from tests.scenario.triggers.served import Door, Product, PushedProduct, Served

from pasodoble.config.load import load_settings
from pasodoble.model.settings import Connection
from pasodoble.model.side import Pair, Side
from pasodoble.ports import Store
from pasodoble.wiring import opened_store, system_clock

TAGS = itertools.count(1)


@dataclass
class Stage:
    """What all stories share."""

    doors: Pair[Door]
    settings: Connection
    store: Store


@contextlib.contextmanager
def staged(folder: Path, *options: str) -> Iterator[tuple[Stage, Sandbox]]:
    """An empty sandbox while the block runs."""
    process, sandbox = start_sandbox(folder, "--empty", *options)
    try:
        hub, org = sandbox.ready["hubspot"], sandbox.ready["salesforce"]
        doors = Pair(
            Door(Side.HUBSPOT, hub["base_url"], hub["token"]),
            Door(Side.SALESFORCE, org["instance_url"], org["token"]),
        )
        settings = load_settings(sandbox.config, {"PASODOBLE_DATABASE_URL": database_of(folder)}, folder).settings
        with opened_store(settings) as store:
            yield Stage(doors, next(iter(settings.connections.values())), store), sandbox
        for door in doors:
            door.close()
    finally:
        stop(process)


def database_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'triggers.db'}"


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("polled")) as (made, _):
        asyncio.run(install(made))
        yield made


@pytest.fixture(scope="session")
def pushed_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """With `pasodoble serve` between the two, told by webhooks and change events."""
    folder = tmp_path_factory.mktemp("pushed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with staged(folder, "--webhook-target", f"http://127.0.0.1:{port}/webhooks/hubspot/sandbox") as (made, sandbox):
        process = subprocess.Popen(
            [*PASODOBLE, "serve", "--port", str(port)],
            cwd=folder,
            env={
                **os.environ,
                "PASODOBLE_CONFIG": str(sandbox.config),
                "PASODOBLE_DATABASE_URL": database_of(folder),
            },
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stderr is not None
            assert "Pasodoble is at" in process.stderr.readline()
            asyncio.run(wait_for_first_check(made))
            yield made
        finally:
            stop(process)


async def wait_for_first_check(stage: Stage) -> None:
    for _ in range(600):
        with stage.store.transaction(stage.settings.name, read_only=True) as tx:
            if any(run.ended_at is not None for run in tx.runs.load(limit=1)):
                return
        await asyncio.sleep(0.1)
    raise AssertionError("serve made no check")


async def install(stage: Stage) -> None:
    """The first check, over empty CRMs: what comes after it is news."""
    product = Product(stage.settings, stage.store, system_clock())
    await product.run()
    await product.close()


@pytest.fixture
async def room(stage: Stage) -> AsyncIterator[Served]:
    product = Product(stage.settings, stage.store, system_clock())
    yield Served(stage.doors, product, f"s{next(TAGS)}")
    await product.close()


@pytest.fixture
async def pushed_room(pushed_stage: Stage) -> AsyncIterator[Served]:
    product = PushedProduct(pushed_stage.settings, pushed_stage.store, system_clock())
    yield Served(pushed_stage.doors, product, f"p{next(TAGS)}")
