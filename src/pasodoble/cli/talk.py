"""How the command line speaks: people read stderr, programs read stdout.

Colour and bars appear only on a terminal that wants them (`NO_COLOR`, `--plain` and pipes do without). Text that comes
from a CRM passes `clean` before it reaches a terminal.
"""

from __future__ import annotations

import contextlib
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from pasodoble.errors import Error

_plain = False


def set_plain(*, plain: bool) -> None:
    global _plain
    _plain = plain or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def console() -> Console:
    """For people: on stderr, without colour where none is wanted."""
    from rich.console import Console

    return Console(stderr=True, no_color=_plain, highlight=False, soft_wrap=True)


def page() -> Console:
    """For what a person asked to read: on stdout, at the width of the terminal."""
    from rich.console import Console

    return Console(no_color=_plain, highlight=False)


def put_indented(text: str, indent: int, *, style: str = "") -> None:
    """A line to read on stdout that keeps its indent where the terminal makes it wrap."""
    from rich.padding import Padding

    page().print(Padding(text, (0, 0, 0, indent), style=style, expand=False))


def shows_progress() -> bool:
    return sys.stderr.isatty() and not _plain


@contextlib.contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something is going on while the block runs, on a terminal that wants to see it."""
    if not shows_progress():
        yield
        return
    with console().status(what):
        yield


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - this is the one place that talks


def put(text: str) -> None:
    """Data, on stdout."""
    print(text, flush=True)  # noqa: T201


def put_json(document: Mapping[str, object] | Sequence[object]) -> None:
    import orjson

    put(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str).decode())


def put_json_lines(documents: Iterable[Mapping[str, object]]) -> None:
    import orjson

    for document in documents:
        put(orjson.dumps(document, default=str).decode())


def clean(text: object, *, limit: int = 120) -> str:
    """A CRM's value made harmless for a terminal: no control or direction characters, no markup, not endless."""
    flat = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in str(text))
    return (flat if len(flat) <= limit else flat[: limit - 1] + "…").replace("[", r"\[")


def spell_error(error: Error) -> dict[str, object]:
    """The document that `--json` prints where a command failed before it had anything else to say."""
    from pasodoble.errors import ConfigError

    problems = [str(problem) for problem in error.problems] if isinstance(error, ConfigError) else []
    told = {"message": str(error), "problems": problems, "next_step": error.next_step}
    return {"format_version": 1, "outcome": "failed", "error": told}


def complain(error: Error) -> None:
    """What happened, all problems of it, and the next command to type."""
    from pasodoble.errors import ConfigError

    say(f"pasodoble: {error}")
    if isinstance(error, ConfigError):
        for problem in error.problems:
            say(f"  - {problem}")
    if error.next_step:
        say(f"Next: {error.next_step}")
