"""`pasodoble sandbox`: the two simulated CRMs alone, until Ctrl-C."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit

if TYPE_CHECKING:
    from pasodoble.simulators.sandbox import Options


def sandbox(
    *,
    hubspot_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the simulated HubSpot.")] = 8091,
    salesforce_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the simulated Salesforce.")] = 8092,
    pubsub_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of its Pub/Sub API (gRPC).")] = 8093,
    people: Annotated[int, typer.Option(min=0, help="How many people the two share.")] = 200,
    seed: Annotated[int, typer.Option(help="The same seed gives the same world.")] = 1,
    empty: Annotated[bool, typer.Option("--empty", help="No records: users, pipelines, properties only.")] = False,
    limits: Annotated[str, typer.Option(help="real: enforce the vendors' limits; off: only count.")] = "off",
    tls: Annotated[bool, typer.Option("--tls", help="https, by a certificate made at start.")] = False,
    bare: Annotated[bool, typer.Option("--bare", help="Without Pasodoble's own key fields.")] = False,
    webhook_target: Annotated[str, typer.Option(help="Send every webhook to this URL.")] = "",
    write_config: Annotated[Path | None, typer.Option(help="Write a pasodoble.yaml that points here.")] = None,
) -> None:
    """Example: pasodoble sandbox --people 500 --write-config pasodoble.yaml

    HubSpot and Salesforce as local servers, for trials and tests. Prints one JSON line on stdout when both are ready.
    """
    from pasodoble.simulators.sandbox import Options

    if limits not in ("real", "off"):
        raise typer.BadParameter("real or off", param_hint="--limits")
    options = Options(
        hubspot_port=hubspot_port,
        salesforce_port=salesforce_port,
        pubsub_port=pubsub_port,
        people=people,
        seed=seed,
        empty=empty,
        limits=limits,
        tls=tls,
        bare=bare,
        webhook_target=webhook_target,
    )
    try:
        asyncio.run(_serve(options, write_config))
    except OSError as error:
        talk.say(f"pasodoble: the sandbox could not start: {error.strerror or error}")
        talk.say("Next: pasodoble sandbox --hubspot-port 0 --salesforce-port 0 --pubsub-port 0   (takes free ports)")
        raise typer.Exit(Exit.FAILED) from None


async def _serve(options: Options, write_config: Path | None) -> None:
    import orjson

    from pasodoble.cli.stopping import until_stopped
    from pasodoble.config.starter import render_sandbox_config
    from pasodoble.simulators.sandbox import running

    async with running(options) as sandbox:
        if write_config is not None:
            _write(write_config, render_sandbox_config(sandbox.ready))
        talk.put(orjson.dumps(sandbox.ready).decode())
        await until_stopped()


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    talk.say(f"Wrote {path}. Next: pasodoble sync --once --config {path}")
