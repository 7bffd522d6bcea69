"""What nearly every command begins with: settings read, the database opened, a connection chosen, both sides signed in."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.errors import ConfigError

if TYPE_CHECKING:
    from pasodoble.engine.connected import Connected
    from pasodoble.model.settings import Connection, Settings
    from pasodoble.ports import Clock, PushReader, Store

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file; else $PASODOBLE_CONFIG, else pasodoble.yaml here.")
]
ConnectionOption = Annotated[str, typer.Option("--connection", help="Which connection, where there is more than one.")]
LanguageOption = Annotated[str, typer.Option("--lang", help="en or es.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One versioned JSON document on stdout.")]
ObjectOption = Annotated[str, typer.Option("--object", help="One object only, by its key in the settings: contacts.")]


class Opened:
    """Settings, store and one connection of a running command."""

    def __init__(self, settings: Settings, store: Store, connection: Connection, clock: Clock) -> None:
        self.settings = settings
        self.store = store
        self.connection = connection
        self.clock = clock

    def of(self, name: str) -> Opened:
        """The same, for another of the connections."""
        return Opened(self.settings, self.store, self.settings.connections[name], self.clock)

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[Connected]:
        from pasodoble.wiring import connected

        async with connected(self.connection, self.store, self.clock) as at:
            yield at

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[tuple[Connected, PushReader | None]]:
        from pasodoble.wiring import listening

        async with listening(self.connection, self.store, self.clock) as heard:
            yield heard

    @contextlib.asynccontextmanager
    async def reading_journal(self) -> AsyncIterator[tuple[Connected, PushReader | None]]:
        from pasodoble.wiring import reading_journal

        async with reading_journal(self.connection, self.store, self.clock) as heard:
            yield heard


def load(config: Path | None) -> Settings:
    """Raises ConfigError."""
    from pasodoble.config.load import load_settings

    return load_settings(config, os.environ, Path.cwd()).settings


@contextlib.contextmanager
def opened(
    config: Path | None, connection: str = "", *, works: bool = False, any_connection: bool = False
) -> Iterator[Opened]:
    """Everything a command needs but the two CRMs. Raises ConfigError, StoreError.

    works            the command writes: it is the one worker of a SQLite database while it runs
    any_connection   it is about all of them
    """
    from pasodoble.config.load import load_settings
    from pasodoble.wiring import forget_leases, opened_store, system_clock, worker_lock

    loaded = load_settings(config, os.environ, Path.cwd())
    clock = system_clock()
    with contextlib.ExitStack() as stack:
        if works:
            stack.enter_context(worker_lock(loaded.settings, clock))
        store = stack.enter_context(opened_store(loaded.settings))
        if works:
            forget_leases(loaded.settings, store)
        store.save_settings(loaded.document, clock.now())
        name = next(iter(loaded.settings.connections)) if any_connection else connection
        yield Opened(loaded.settings, store, choose(loaded.settings, name), clock)


def choose(settings: Settings, name: str) -> Connection:
    """The connection of that name; without a name, the only one. Raises ConfigError."""
    names = ", ".join(sorted(settings.connections))
    if not name and len(settings.connections) == 1:
        return next(iter(settings.connections.values()))
    if not name:
        raise ConfigError(
            f"there are several connections: {names}", next_step=f"add --connection {min(settings.connections)}"
        )
    if name not in settings.connections:
        raise ConfigError(
            f"no connection {name!r}; there are: {names}", next_step=f"add --connection {min(settings.connections)}"
        )
    return settings.connections[name]
