"""What a command asks of the worker that holds the database, and how the worker answers: the report it would have printed.

A command that may work by itself does not come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Scope
from pasodoble.engine.service import finding, planning, syncing
from pasodoble.errors import Error
from pasodoble.planner.document import parse_document
from pasodoble.ports import Request

SYNC: Final = "sync"
APPLY: Final = "apply"


async def choose_scope(at: Connected, object: str = "", record: str = "", list_id: str = "") -> Scope:
    """Everything; or, for a record or a list that a person names, those records, marked as asked for. Raises Error."""
    if record:
        found = await finding.find_record(at, record)
        refs = {ref for ref in found.refs if ref is not None}
        syncing.ask_for(at, found.kind, refs)
        return Scope(kinds=(found.kind,), refs=refs)
    kind = finding.choose_kind(at.settings, object) if object or list_id else None
    if kind is not None and list_id:
        members = await finding.read_list(at, kind, list_id)
        syncing.ask_for(at, kind, members, "manual_list")
        return Scope(kinds=(kind,), refs=members)
    return Scope(kinds=None if kind is None else (kind,))


async def answer_request(at: Connected, request: Request) -> None:
    """Do what is asked and keep the answer: {"report": the run's document} or {"error", "next_step"}."""
    name, clock = at.settings.name, at.clock
    with at.store.transaction(name) as tx:
        tx.requests.begin(request.id, clock.now())
    try:
        answer: Mapping[str, Any] = {"report": dict(await _do(at, request))}
    except Error as error:
        answer = {"error": str(error), "next_step": error.next_step}
    with at.store.transaction(name) as tx:
        tx.requests.answer(request.id, answer, clock.now())


async def _do(at: Connected, request: Request) -> Mapping[str, object]:
    """Raises Error."""
    asked = request.document
    if request.what == APPLY:
        return (await planning.apply(at, parse_document(asked))).document
    scope = await choose_scope(at, asked["object"], asked["record"], asked["list"])
    scope.approved = bool(asked["approved"])
    return (await syncing.sync(at, scope)).document
