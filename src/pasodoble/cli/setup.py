"""`pasodoble init`, `db upgrade` and `completion`: what is done once on a machine, before and beside the sync."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit

SCHEMA_FILE = "pasodoble.schema.json"
SHELLS = ("bash", "zsh", "fish")
PROGRAM = "pasodoble"
COMPLETE_VARIABLE = "_PASODOBLE_COMPLETE"
"""Set by the shell's script when it wants to know what may follow."""


def init(
    *,
    config: Annotated[Path | None, typer.Option("--config", help="Write this file instead of pasodoble.yaml.")] = None,
    name: Annotated[str, typer.Option(help="What the connection is called.")] = "main",
    salesforce_sandbox: Annotated[
        bool, typer.Option("--salesforce-sandbox", help="Sign in to a sandbox organization of Salesforce.")
    ] = False,
    create: Annotated[str, typer.Option(help="What a new HubSpot contact becomes: lead, contact or never.")] = "lead",
) -> int:
    """Example: pasodoble init --name acme

    Write a commented pasodoble.yaml to start from. A file that is there is never overwritten.
    """
    from pasodoble.config.load import FILE_NAME
    from pasodoble.config.reference import render_schema
    from pasodoble.config.starter import render_starter
    from pasodoble.errors import ConfigError

    if create not in ("lead", "contact", "never"):
        raise typer.BadParameter("lead, contact or never", param_hint="--create")
    file = config or Path(FILE_NAME)
    login_url = f"https://{'test' if salesforce_sandbox else 'login'}.salesforce.com"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(render_starter(name, login_url=login_url, created=create))
        (file.parent / SCHEMA_FILE).write_text(render_schema(), encoding="utf-8")
    except FileExistsError:
        raise ConfigError(f"{file} is there already; it was left as it is", next_step="pasodoble config show") from None
    except OSError as error:
        raise ConfigError(
            f"{file} cannot be written: {error.strerror}", next_step="pasodoble init --config OTHER_FILE"
        ) from None
    talk.say(f"Wrote {file}, and {SCHEMA_FILE} beside it for editors that complete and check YAML.")
    talk.say("Put HUBSPOT_KEY, SF_ID and SF_SECRET into the environment; secrets do not belong in the file.")
    named = f" --config {config}" if config else ""
    talk.say(f"Next: pasodoble connect hubspot{named}   then: pasodoble check{named}")
    return Exit.DONE


def upgrade() -> int:
    """Example: pasodoble db upgrade

    Bring the database to this version's tables. Without anything to do it says so, and changes nothing.
    """
    import os

    from pasodoble.config.load import find_database
    from pasodoble.wiring import upgrade_database

    url = find_database(os.environ, Path.cwd())
    changed = upgrade_database(url)
    talk.say(f"{'Upgraded' if changed else 'Already up to date'}: {hide_password(url)}")
    return Exit.DONE


def hide_password(url: str) -> str:
    import re

    return re.sub(r"(://[^:/@]*):[^@]+@", r"\1:***@", url)


def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish.")],
) -> int:
    """Example: pasodoble completion bash >> ~/.bashrc

    Print the script by which a shell completes commands and options.
    """
    from typer._completion_shared import get_completion_script

    if shell not in SHELLS:
        raise typer.BadParameter(", ".join(SHELLS), param_hint="SHELL")
    talk.put(get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell))
    where = {
        "bash": "~/.bashrc",
        "zsh": "~/.zshrc, after compinit",
        "fish": "~/.config/fish/completions/pasodoble.fish",
    }[shell]
    talk.say(f"Put this into {where}; it works in the next shell.")
    return Exit.DONE
