"""What stands of records after a batch - left out, in trouble, or nothing - put down in as few statements as the order allows.

Nearly all records of a batch have nothing against them: those are cleared together, when something else must be put down or
at the end. What is to be said of a record is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pasodoble.model.cause import Problem
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.ports import Transaction


class Filing:
    """Of one batch, in its transaction. The outcome is as if each call was carried out at once."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx = tx
        self._now = now
        self._let_in: dict[Ref, None] = {}
        self._well: dict[Ref, None] = {}

    def let_in(self, refs: Collection[Ref]) -> None:
        """No gate leaves them out."""
        self._let_in.update(dict.fromkeys(refs))

    def leave_out(self, kind: Kind, ref: Ref, gate: Message, *, label: str) -> None:
        self.save()
        self._tx.left_out.put(kind, {ref: gate}, self._now, labels={ref: label})

    def close_problems(self, refs: Collection[Ref]) -> None:
        self._well.update(dict.fromkeys(refs))

    def open_problem(self, kind: Kind, ref: Ref, problem: Problem, next_try_at: datetime | None, *, label: str) -> None:
        self.save()
        self._tx.problems.open(kind, {ref: (problem, next_try_at)}, self._now, labels={ref: label})

    def save(self) -> None:
        if self._let_in:
            self._tx.left_out.clear(list(self._let_in))
        if self._well:
            self._tx.problems.close(list(self._well), self._now)
        self._let_in.clear()
        self._well.clear()
