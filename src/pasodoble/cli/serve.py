"""`pasodoble serve`: pages, schedule and one built-in worker, until Ctrl-C."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, Opened, opened
from pasodoble.errors import ConfigError, Error

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    *,
    host: Annotated[str, typer.Option(help="Loopback only, until there is a sign-in.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 8080,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Pages only.")] = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble serve --port 8080

    The web pages, the check every 15 minutes, and one built-in worker. Stops cleanly on Ctrl-C.
    """
    if host not in LOOPBACK:
        raise ConfigError(
            f"serve has no sign-in yet, so it listens on this machine only, not on {host}",
            next_step="pasodoble serve --host 127.0.0.1",
        )
    with opened(config, connection, works=not no_worker) as with_:
        asyncio.run(_serve(with_, host, port, works=not no_worker))
    return Exit.DONE


async def _serve(with_: Opened, host: str, port: int, *, works: bool) -> None:
    from pasodoble.cli.stopping import until_stopped

    async with serving_pages(with_, host, port, works=works) as address:
        talk.say(f"Pasodoble is at {address}   (Ctrl-C stops it)")
        await until_stopped()
        talk.say("Stopping ...")


@contextlib.asynccontextmanager
async def serving_pages(with_: Opened, host: str, port: int, *, works: bool) -> AsyncIterator[str]:
    """The pages and, if `works`, a worker of all connections, while the block runs; gives the pages' address. Raises Error."""
    from pasodoble.cli.worker import make_keepers, working
    from pasodoble.engine.service.receiving import Receiver
    from pasodoble.web.answers import Answers
    from pasodoble.web.app import create_app
    from pasodoble.wiring import seals

    keepers = make_keepers(with_)
    answers = Answers(with_.connection, with_.store, with_.clock, with_.connected, keepers[with_.connection.name])
    receiver = Receiver(
        with_.store, with_.clock, seals(with_.settings), told=lambda name: keepers[name].look_in_the_inbox()
    )
    app = create_app(answers, with_.clock, receiver=receiver, public_url=with_.settings.public_url)
    async with serving(app, host, port) as address, working(with_, keepers) if works else contextlib.nullcontext():
        yield address


@contextlib.asynccontextmanager
async def serving(app: object, host: str, port: int) -> AsyncIterator[str]:
    """An ASGI application on a port (0: any free one) while the block runs; gives its address."""
    import socket

    import uvicorn

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Error(
            f"port {port} is taken ({error.strerror})", next_step=f"pasodoble serve --port {port + 1}"
        ) from None
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment]  # Ctrl-C is the command's matter
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    name = f"[{host}]" if ":" in host else host
    try:
        yield f"http://{name}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task
