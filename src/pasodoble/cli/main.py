"""The `pasodoble` command: which commands there are, and what becomes of an error.

Command modules import what is heavy inside their functions, so that `--help` and completion stay quick.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from typer._click.exceptions import ClickException, UsageError
from typer.core import TyperGroup

from pasodoble import __version__
from pasodoble.cli import talk
from pasodoble.cli.exits import Exit

app = typer.Typer(
    name="pasodoble",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="Example: pasodoble demo\n\nKeeps HubSpot and Salesforce in step, both ways, on your own machines.",
    epilog="Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 changes pending, 3 some records need"
    " attention, 4 configuration or sign-in wrong, 64 usage, 130 interrupted.",
)


def _show_version(*, wanted: bool) -> None:
    if wanted:
        talk.put(f"pasodoble {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    plain: Annotated[bool, typer.Option("--plain", help="No colour, no bars.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=lambda value: _show_version(wanted=value), is_eager=True)
    ] = False,
) -> None:
    talk.set_plain(plain=plain)


def _register() -> None:
    """The commands, in the order in which `--help` lists them."""
    from pasodoble.cli import alerts, backfill, config, conflicts, connect, mapping, problems
    from pasodoble.cli.check import check, lint
    from pasodoble.cli.demo import demo
    from pasodoble.cli.limits import limits
    from pasodoble.cli.plan import apply, plan
    from pasodoble.cli.sandbox import sandbox
    from pasodoble.cli.serve import serve
    from pasodoble.cli.setup import completion, init, upgrade
    from pasodoble.cli.status import activity, history, status
    from pasodoble.cli.suggest import suggest
    from pasodoble.cli.sync import sync
    from pasodoble.cli.triggers import triggers
    from pasodoble.cli.undo import undo
    from pasodoble.cli.verify import verify
    from pasodoble.cli.why import why
    from pasodoble.cli.worker import worker

    for command in (
        demo,
        init,
        check,
        plan,
        apply,
        sync,
        status,
        why,
        activity,
        history,
        triggers,
        undo,
        limits,
        verify,
        serve,
        worker,
        sandbox,
    ):
        _add(app, command)
    _add_group(
        "problems",
        "What needs attention. A bare call lists it.",
        *(problems.list_, problems.show, problems.retry, problems.ignore, problems.pair, problems.export),
        cls=problems.ListsByItself,
    )
    _add_group(
        "conflicts",
        "Where two people's values met, and whose counts. A bare call lists it.",
        *(conflicts.list_, conflicts.resolve),
        cls=problems.ListsByItself,
    )
    _add_group(
        "backfill",
        "The initial load: all records there are, resumable, behind everything more urgent.",
        *(backfill.start, backfill.pause, backfill.resume, backfill.throttle, backfill.status),
    )
    _add_group("connect", "The key fields on both sides.", connect.hubspot, connect.salesforce)
    _add_group(
        "mapping",
        "The mappings: which field answers to which.",
        lint,
        suggest,
        mapping.accept,
        mapping.wake,
        mapping.export,
        mapping.import_,
    )
    _add_group("config", "The settings: what is in use, and what has changed.", config.show, config.diff, config.schema)
    _add_group("alerts", "Who is told of trouble.", alerts.test)
    _add_group("db", "The database.", upgrade)
    _add(app, completion)


def _add(group: typer.Typer, command: Callable[..., object]) -> None:
    group.command(command.__name__.rstrip("_"), short_help=_summarize(command.__doc__))(command)


def _add_group(name: str, about: str, *commands: Callable[..., object], cls: type[TyperGroup] | None = None) -> None:
    first = commands[0].__name__.rstrip("_")
    example = f"pasodoble {name}" if cls is not None else f"pasodoble {name} {first}"
    help_text = f"Example: {example}\n\n{about}"
    group = typer.Typer(cls=cls, no_args_is_help=cls is None, rich_markup_mode=None, help=help_text, short_help=about)
    for command in commands:
        _add(group, command)
    app.add_typer(group, name=name, short_help=about)


def _summarize(docstring: str | None) -> str:
    """What the command does: the docstring's second paragraph, its first sentence. The first one is an example."""
    paragraphs = (docstring or "").split("\n\n")
    return " ".join(paragraphs[1].split()).partition(". ")[0].rstrip(".") if len(paragraphs) > 1 else ""


def main(arguments: Sequence[str]) -> int:
    """Run one command; gives its exit code."""
    from pasodoble.cli.setup import COMPLETE_VARIABLE
    from pasodoble.errors import AuthLapsed, ConfigError, Error, MappingError

    _register()
    if COMPLETE_VARIABLE in os.environ:
        from typer._completion_classes import completion_init

        completion_init()
    command = typer.main.get_command(app)
    try:
        result = command.main(list(arguments), prog_name="pasodoble", standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.DONE
    except UsageError as error:
        error.show()
        return Exit.USAGE
    except ClickException as error:
        error.show()
        return Exit.FAILED
    except (KeyboardInterrupt, typer.Abort):
        talk.say("Stopped.")
        return Exit.INTERRUPTED
    except Error as error:
        if "--json" in arguments:
            talk.put_json(talk.spell_error(error))
        talk.complain(error)
        return Exit.CONFIGURATION if isinstance(error, ConfigError | MappingError | AuthLapsed) else Exit.FAILED
    except Exception as error:
        if os.environ.get("PASODOBLE_DEBUG"):
            raise
        talk.say(f"pasodoble: a fault of Pasodoble itself: {type(error).__name__}: {talk.clean(error)}")
        talk.say("Next: run it again with PASODOBLE_DEBUG=1 in front, and report what it prints")
        return Exit.FAILED
