"""`pasodoble connect hubspot` and `connect salesforce`: the key fields on both sides. Signing in is by the settings."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, Opened, opened


def hubspot(*, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble connect hubspot

    Sign in to HubSpot, and make the unique property pasodoble_key on each synced object where it is missing.
    """
    with opened(config, connection) as with_:
        made = asyncio.run(_make(with_))
    for name, new in made.items():
        talk.say(f"{name}: pasodoble_key {'made' if new else 'is there'}")
    talk.say("Next: pasodoble connect salesforce")
    return Exit.DONE


async def _make(with_: Opened) -> dict[str, bool]:
    from pasodoble.wiring import make_hubspot_keys

    return await make_hubspot_keys(with_.connection, with_.store, with_.clock)


def salesforce(
    *,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")] = Path("pasodoble-salesforce"),
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble connect salesforce --out pasodoble-salesforce

    Write the metadata of the field Pasodoble_Key__c, for an administrator to deploy.
    """
    from pasodoble.config.salesforce import render_project
    from pasodoble.errors import Error

    with opened(config, connection) as with_:
        objects = [name for of_kind in with_.connection.enabled() for name in of_kind.salesforce_objects]
    try:
        for path, text in render_project(objects).items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Error(
            f"{out} cannot be written: {error.strerror}", next_step="pasodoble connect salesforce --out OTHER"
        ) from None
    talk.say(f"Wrote {out}: Pasodoble_Key__c for {', '.join(sorted(set(objects)))}.")
    talk.say("Give the integration user the right to read and edit it.")
    talk.say(f"Next: (cd {out} && sf project deploy start)   then: pasodoble check")
    return Exit.DONE
