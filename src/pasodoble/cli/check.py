"""`pasodoble check` and `mapping lint`: what is wrong or doubtful, and what to do about it. Writes nothing anywhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pasodoble.cli import talk
from pasodoble.cli.exits import Exit
from pasodoble.cli.opening import ConfigOption, ConnectionOption, JsonOption, ObjectOption, Opened, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pasodoble.engine.service.checking import Checked, Checkup


def check(*, json: JsonOption = False, config: ConfigOption = None, connection: ConnectionOption = "") -> int:
    """Example: pasodoble check

    Sign-ins, accounts, rights, key fields, clocks and mappings: what is wrong, and what to do about it.
    """
    from pasodoble.words.names import name_side

    with opened(config, connection) as with_:
        up = asyncio.run(_check(with_))
    if json:
        accounts = {side.value: {"id": a.id, "name": a.name, "sandbox": a.sandbox} for side, a in up.accounts.items()}
        talk.put_json({"format_version": 1, "accounts": accounts, "findings": _spell(up.findings)})
    else:
        screen = talk.page()
        for side, account in up.accounts.items():
            screen.print(f"[green]✓[/] {name_side(side)}: signed in to {talk.clean(account.name)} ({account.id})")
        _show(up.findings)
    return Exit.CONFIGURATION if up.blocked else _exit_of(up.findings)


async def _check(with_: Opened) -> Checkup:
    from pasodoble.engine.service.checking import check
    from pasodoble.wiring import connectors, opened_push

    async with (
        connectors(with_.connection, with_.store, with_.clock) as (both, _),
        opened_push(with_.connection, both) as push,
    ):
        with talk.working("Asking both sides"):
            return await check(with_.connection, both, with_.store, with_.clock, push=push)


def lint(
    *,
    object: ObjectOption = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    connection: ConnectionOption = "",
) -> int:
    """Example: pasodoble mapping lint --object contacts

    Hold the mappings against what both accounts have now: what does not sync, what may surprise, and what to do.
    """
    with opened(config, connection) as with_:
        findings = asyncio.run(_lint(with_, object))
    if json:
        talk.put_json({"format_version": 1, "findings": _spell(findings)})
    else:
        _show(findings)
    return _exit_of(findings)


async def _lint(with_: Opened, object: str) -> list[Checked]:
    from pasodoble.engine.service import checking, finding
    from pasodoble.wiring import connectors

    wanted = with_.connection.enabled()
    if object:
        wanted = (with_.connection.objects[finding.choose_kind(with_.connection, object)],)
    async with connectors(with_.connection, with_.store, with_.clock) as (both, _):
        with talk.working("Reading both schemas"):
            return [checking.Checked.of_mapping(found) for _kind, found in await checking.lint(both, wanted)]


def _exit_of(findings: Sequence[Checked]) -> Exit:
    return Exit.NEEDS_ATTENTION if any(found.severity == "error" for found in findings) else Exit.DONE


def _spell(findings: Sequence[Checked]) -> list[dict[str, object]]:
    from pasodoble.words import say

    return [
        {
            "id": found.id,
            "severity": found.severity.value,
            "detail": dict(found.message.params),
            "text": say(found.message),
            "fix": say(found.fix),
        }
        for found in findings
    ]


def _show(findings: Sequence[Checked]) -> None:
    from pasodoble.words import say

    screen = talk.page()
    signs = {"error": "[red]✗[/]", "warning": "[yellow]![/]", "note": "·"}
    for found in findings:
        screen.print(f"{signs[found.severity]} {talk.clean(say(found.message), limit=400)}  [dim]{found.id}[/]")
        talk.put_indented(talk.clean(say(found.fix), limit=400), 4)
    if not findings:
        talk.say("Everything is in order.")
