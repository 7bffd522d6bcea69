"""`pasodoble demo`: both simulated CRMs full of people, the sync and the pages, in one go; something keeps happening.

The two CRMs and the database live in `.pasodoble/demo` here, so that a second start goes on where the first one stopped.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.errors import Error

if TYPE_CHECKING:
    from pasodoble.cli.opening import Opened
    from pasodoble.simulators.life import Life
    from pasodoble.simulators.sandbox import Options, Sandbox

FOLDER = Path(".pasodoble") / "demo"
KEEP_EVERY_S = 20.0


def demo(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the web pages.")] = 8080,
    people: Annotated[int, typer.Option(min=0, help="How many people the two CRMs share.")] = 300,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    every: Annotated[float, typer.Option(min=0.2, help="Seconds between two things that happen.")] = 2.0,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the last demo and begin anew.")] = False,
) -> int:
    """Example: pasodoble demo

    HubSpot and Salesforce as simulators full of people, the sync between them, and its web pages. Needs no account.
    """
    from pasodoble.simulators.sandbox import HUBSPOT_PORT, PUBSUB_PORT, SALESFORCE_PORT, Options

    options = Options(
        people=people,
        seed=seed,
        hubspot_port=_prefer(HUBSPOT_PORT),
        salesforce_port=_prefer(SALESFORCE_PORT),
        pubsub_port=_prefer(PUBSUB_PORT),
    )
    if fresh:
        _forget()
    asyncio.run(_run(options, _prefer(port), every))
    return Exit.DONE


def _prefer(port: int) -> int:
    """This port if it is free, else any: a demo does not fail for something else that runs here."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port


def _forget() -> None:
    import shutil

    shutil.rmtree(FOLDER, ignore_errors=True)


async def _run(options: Options, port: int, every: float) -> None:
    from pasodoble.cli.serve import serving_pages
    from pasodoble.cli.stopping import until_stopped
    from pasodoble.simulators.life import Life
    from pasodoble.simulators.sandbox import running

    FOLDER.mkdir(parents=True, exist_ok=True)
    async with running(options) as sandbox:
        again = _load(sandbox)
        if not again:
            _forget_database()
        with _opened(sandbox) as with_:
            async with serving_pages(with_, "127.0.0.1", port, works=True) as address:
                talk.put(address)
                _greet(sandbox, again=again)
                seed = sandbox.clock.now_ms() if again else options.seed  # not the same newcomers twice
                happening = asyncio.create_task(_live(sandbox, Life(sandbox, seed=seed), every))
                try:
                    await until_stopped()
                finally:
                    happening.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await happening
                    talk.say("Stopping ...")
        _save(sandbox)


def _greet(sandbox: Sandbox, *, again: bool) -> None:
    talk.say("Pasodoble's pages are at the address above. The two CRMs to look at, and to edit by hand:")
    talk.say(f"  HubSpot     {sandbox.ready['hubspot']['base_url']}/")
    talk.say(f"  Salesforce  {sandbox.ready['salesforce']['instance_url']}/")
    talk.say("It goes on where the last demo stopped (--fresh begins anew)." if again else "A new world, just made.")
    talk.say("Every few seconds somebody does something. Ctrl-C stops it.")


@contextlib.contextmanager
def _opened(sandbox: Sandbox) -> Iterator[Opened]:
    """Settings that point at the sandbox, checked often, and the demo's own database."""
    import os

    from pasodoble.cli.opening import opened
    from pasodoble.config.starter import render_sandbox_config

    config = FOLDER / "pasodoble.yaml"
    config.write_text(render_sandbox_config(sandbox.ready).replace("check_every: 15m", "check_every: 3s"), "utf-8")
    os.environ["PASODOBLE_DATABASE_URL"] = f"sqlite:///{(FOLDER / 'pasodoble.db').resolve()}"
    with opened(config, works=True) as with_:
        yield with_


async def _live(sandbox: Sandbox, life: Life, every: float) -> None:
    loop = asyncio.get_running_loop()
    kept_at = loop.time()
    while True:
        await asyncio.sleep(every)
        await life.live()
        if loop.time() - kept_at > KEEP_EVERY_S:
            _save(sandbox)
            kept_at = loop.time()


def _load(sandbox: Sandbox) -> bool:
    """Put both CRMs where the last demo left them; False where there was none."""
    from pasodoble.simulators.hubspot.snapshot import SnapshotError, load_portal
    from pasodoble.simulators.salesforce.org_file import OrgFileError, load_org

    hubspot, salesforce = FOLDER / "hubspot.json", FOLDER / "salesforce.json"
    if not (hubspot.exists() and salesforce.exists() and (FOLDER / "pasodoble.db").exists()):
        return False
    try:
        load_portal(sandbox.hubspot.portal, hubspot)
        load_org(sandbox.salesforce.org, salesforce)
    except (SnapshotError, OrgFileError) as error:
        raise Error(f"the last demo cannot be read: {error}", next_step="pasodoble demo --fresh") from None
    return True


def _save(sandbox: Sandbox) -> None:
    from pasodoble.simulators.hubspot.snapshot import save_portal
    from pasodoble.simulators.salesforce.org_file import save_org

    save_portal(sandbox.hubspot.portal, FOLDER / "hubspot.json")
    save_org(sandbox.salesforce.org, FOLDER / "salesforce.json")


def _forget_database() -> None:
    for file in FOLDER.glob("pasodoble.db*"):
        file.unlink()
