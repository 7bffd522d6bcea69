"""Problems one by one: choosing some by id or cause, another try, putting them aside, and all of them as a table."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Collection, Sequence
from io import StringIO

from pasodoble.engine.intake import put_asked
from pasodoble.engine.service.finding import NotFound
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection
from pasodoble.model.signal import Urgency
from pasodoble.ports import Clock, NewMark, ProblemRow, Store

ALL = 1_000_000
COLUMNS = "id kind label record cause side code text fields first_at last_at attempts next_try_at ignored".split()
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What makes a spreadsheet take a cell for a formula."""


def choose_problems(
    settings: Connection, store: Store, *, ids: Collection[int] = (), cause: str = ""
) -> list[ProblemRow]:
    """The open problems of these ids, or all of a cause (of it, only these ids). Raises NotFound where there is none."""
    with store.transaction(settings.name, read_only=True) as tx:
        rows = tx.problems.load(cause=cause or None, limit=ALL)
    chosen = [row for row in rows if not ids or row.id in ids]
    unknown = sorted(set(ids) - {row.id for row in chosen})
    if unknown or not chosen:
        what = f"number {unknown[0]}" if unknown else f"of cause {cause!r}"
        raise NotFound(f"there is no open problem {what}", next_step="pasodoble problems")
    return chosen


def retry(settings: Connection, store: Store, clock: Clock, rows: Sequence[ProblemRow]) -> dict[Kind, set[Ref]]:
    """Mark their records for another try, ahead of everything else; gives the records by kind."""
    refs: dict[Kind, set[Ref]] = defaultdict(set)
    for row in rows:
        refs[row.kind].add(row.ref)
    marks = [
        NewMark(kind=kind, ref=ref, trigger="manual_retry", urgency=Urgency.MANUAL)
        for kind, of_kind in refs.items()
        for ref in sorted(of_kind)
    ]
    with store.transaction(settings.name) as tx:
        put_asked(tx, marks, clock.now())
    return dict(refs)


def ignore(settings: Connection, store: Store, clock: Clock, rows: Sequence[ProblemRow]) -> int:
    """Put them aside; gives how many were not aside already."""
    with store.transaction(settings.name) as tx:
        return tx.problems.ignore([row.id for row in rows], clock.now())


def render_csv(rows: Sequence[ProblemRow]) -> str:
    """As a table for spreadsheets. No cell can be taken for a formula, whatever a CRM put into it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        document = spell_problem(row)
        document["fields"] = " ".join(row.problem.fields)
        writer.writerow([_defuse(document[name]) for name in COLUMNS])
    return out.getvalue()


def _defuse(cell: object) -> object:
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def spell_problem(row: ProblemRow) -> dict[str, object]:
    """The versioned document of one problem, in `problems --json`."""
    return {
        "format_version": 1,
        "id": row.id,
        "kind": row.kind,
        "record": str(row.ref),
        "label": row.label,
        "cause": row.problem.cause,
        "side": row.problem.side.value,
        "code": row.problem.code,
        "text": row.problem.text,
        "fields": list(row.problem.fields),
        "first_at": row.first_at.isoformat(),
        "last_at": row.last_at.isoformat(),
        "attempts": row.attempts,
        "next_try_at": None if row.next_try_at is None else row.next_try_at.isoformat(),
        "ignored": row.ignored,
    }
