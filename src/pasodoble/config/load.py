"""Finds the settings, reads them whole, and says all that is wrong at once, with the line it stands on.

Precedence: `--config`, then PASODOBLE_CONFIG, then `pasodoble.yaml` in the working directory. Nothing here is read on import,
and what is slow to import is imported when it is needed: the command line's help must not wait for it. Checks that need the
two accounts do not belong here (`mapping/check`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from pasodoble.config.document import Document, Place, parse_document
from pasodoble.errors import ConfigError
from pasodoble.model.settings import Settings

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

FILE_NAME = "pasodoble.yaml"
CONFIG_VARIABLE = "PASODOBLE_CONFIG"
DATABASE_VARIABLE = "PASODOBLE_DATABASE_URL"
DATABASE_FILE = ".pasodoble/pasodoble.db"
_EDIT = "mend the file, then: pasodoble config show"


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings, the document they were read from as it was written (references not replaced), and where it is."""

    settings: Settings
    document: str
    path: Path | None


def load_settings(path: Path | None, environ: Mapping[str, str], cwd: Path) -> LoadedSettings:
    """`path`: what `--config` says, if anything. Raises ConfigError with all problems."""
    found = find_file(path, environ, cwd)
    try:
        text = found.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(f"The settings file {found} cannot be read: {reason}.", next_step="pasodoble init") from None
    settings = parse_settings(
        text, environ, name=found.name, folder=found.parent, database_url=find_database(environ, cwd)
    )
    return LoadedSettings(settings, text, found)


def find_file(path: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """The settings file that is meant. Raises ConfigError if it is not there."""
    named = path or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    found = (cwd / (named or FILE_NAME)).absolute()
    if not found.is_file():
        source = "--config" if path else CONFIG_VARIABLE if named else ""
        said = f" ({source} names it)" if source else ""
        raise ConfigError(f"There is no settings file {found}{said}.", next_step="pasodoble init")
    return found


def find_database(environ: Mapping[str, str], cwd: Path) -> str:
    """Where the database is, as a URL; a SQLite file beside the working directory's own files if nobody says."""
    return environ.get(DATABASE_VARIABLE) or f"sqlite:///{(cwd / DATABASE_FILE).absolute()}"


def parse_settings(text: str, environ: Mapping[str, str], *, name: str, folder: Path, database_url: str) -> Settings:
    """The settings in a document. Raises ConfigError with all problems, each `name:line: key: what is wrong`."""
    from pydantic import ValidationError  # slow to import

    from pasodoble.config.build import build_settings, find_faults
    from pasodoble.config.file import SettingsFile
    from pasodoble.config.secrets import expand_references

    document = parse_document(text, name)
    data, missing = expand_references(document.data, environ)
    problems = {place: f"the environment has no {variable}" for place, variable in missing}
    try:
        written = SettingsFile.model_validate({} if data is None else data)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=False):
            problems.setdefault(_find_place(details, document), _word(details))
    else:
        for fault in find_faults(written):
            problems.setdefault(fault.place, fault.text)
        if not problems:
            return build_settings(written, database_url=database_url, folder=folder)
    lines = sorted((document.find_line(place) or 0, place, text) for place, text in problems.items())
    raise ConfigError(
        f"The settings in {name} cannot be used.",
        problems=tuple(f"{name}:{line or 1}: {_spell(place)}: {text}" for line, place, text in lines),
        next_step=_EDIT,
    )


def _find_place(details: ErrorDetails, document: Document) -> Place:
    """Where a fault stands: what the validator adds of its own (names of alternatives) is not in the document."""
    place: Place = ()
    for part in details["loc"]:
        if (*place, part) in document.lines:
            place = (*place, part)
    return (*place, details["loc"][-1]) if details["type"] == "missing" else place


_WORDS = {
    "missing": "is missing",
    "model_type": "keys and values are wanted here",
    "dict_type": "keys and values are wanted here",
    "list_type": "a list is wanted here",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "int_type": "a whole number is wanted",
    "int_parsing": "a whole number is wanted",
    "string_type": "a text is wanted",
    "string_too_short": "is empty",
    "dict_too_short": "is empty: at least one is wanted",
    "too_short": "is empty: at least one is wanted",
    "value_error": "{error}",
    "string_pattern_mismatch": "does not look like one (it must match {pattern})",
}
"""What is wrong, by the validator's type of error. Never the value itself: it may be a secret."""


def _word(details: ErrorDetails) -> str:
    if details["type"] == "extra_forbidden":
        return _suggest_key(details["loc"])
    said = _WORDS.get(details["type"])
    return said.format(**details.get("ctx", {})) if said else details["msg"]


def _suggest_key(place: Place) -> str:
    from pasodoble.config.file import find_keys

    known = find_keys(place[:-1])
    close = get_close_matches(str(place[-1]), known, n=1, cutoff=0.6)
    return f"unknown key; did you mean {close[0]!r}?" if close else f"unknown key; there are: {', '.join(known)}"


def _spell(place: Place) -> str:
    """`connections.acme.contacts.fields[0].rule`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".") or "the file"
