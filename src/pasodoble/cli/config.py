"""`pasodoble config show / diff / schema`: the settings as they are read, and as they were at the last start."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, JsonOption

if TYPE_CHECKING:
    from pasodoble.config.load import LoadedSettings


def show(*, json: JsonOption = False, config: ConfigOption = None) -> int:
    """Example: pasodoble config show

    Check the settings file and print it as it is in use. Secrets that are written into it are struck out.
    """
    from pasodoble.cli.setup import hide_password
    from pasodoble.config.document import parse_document
    from pasodoble.config.secrets import collect_secrets
    from pasodoble.engine.service.versions import strike_out

    loaded = _load(config)
    text = strike_out(loaded.document, collect_secrets(loaded.settings))
    if json:
        settings = parse_document(text, str(loaded.path)).data
        talk.put_json({"format_version": 1, "file": str(loaded.path), "settings": settings})
        return Exit.DONE
    talk.put(text.rstrip("\n"))
    names = ", ".join(sorted(loaded.settings.connections))
    talk.say(f"{loaded.path} can be used. Connections: {names}.")
    talk.say(f"Database: {hide_password(loaded.settings.database_url)}")
    return Exit.DONE


def diff(
    *,
    detailed_exitcode: Annotated[bool, typer.Option("--detailed-exitcode", help="Exit with 2 if they differ.")] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
) -> int:
    """Example: pasodoble config diff

    How the settings file differs from the newest version in the database, which is what the last start used.
    """
    from pasodoble.config.secrets import collect_secrets
    from pasodoble.engine.service.versions import compare_settings
    from pasodoble.wiring import opened_store

    loaded = _load(config)
    with opened_store(loaded.settings) as store:
        found = compare_settings(store, loaded.document, str(loaded.path), secrets=collect_secrets(loaded.settings))
    if json:
        talk.put_json(found.document())
    else:
        _show_difference(found.version, found.lines)
    return Exit.CHANGES_PENDING if detailed_exitcode and found.lines else Exit.DONE


def _show_difference(version: int | None, lines: tuple[str, ...]) -> None:
    from rich.text import Text

    if version is None:
        talk.say(
            "No version is stored yet. Next: pasodoble plan   (any command that works with the settings stores one)"
        )
    elif not lines:
        talk.say(f"The file is version {version}, word for word.")
    screen = talk.page()
    for line in lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        screen.print(Text(line, style=style), soft_wrap=True)


def schema() -> int:
    """Example: pasodoble config schema > pasodoble.schema.json

    Print the JSON Schema of pasodoble.yaml, for editors.
    """
    from pasodoble.config.reference import render_schema

    talk.put(render_schema().rstrip("\n"))
    return Exit.DONE


def _load(config: Path | None) -> LoadedSettings:
    from pasodoble.config.load import load_settings

    return load_settings(config, os.environ, Path.cwd())
