"""Claims: the leases that one run holds on the links it works on, from before it reads them until it has recorded them.

What somebody else holds is left to them: its mark stays. Nothing is written later than a lease allows, and nothing recorded
that is no longer one's own. How leases are kept is the store's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.decide import Decision
from pasodoble.model.ref import Ref
from pasodoble.model.signal import Mark
from pasodoble.ports import MAY_SEND, Transaction

LEASE: Final = timedelta(seconds=120)
"""At least four times what a call may take (`connectors.http.TIMEOUT_S`): what is sent in the last quarter of a lease
could arrive after its end."""
LAST_SEND: Final = LEASE * 3 / 4
RENEWED_AFTER: Final = LEASE / 4


@dataclass(slots=True)
class Claims:
    """`token` is this run's alone. A key is a link's number, or a record that has no link."""

    at: Connected
    token: str
    _keys: dict[Ref, str] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)
    _writing: set[str] = field(default_factory=set)
    _since: datetime | None = None

    def take(self, marks: Sequence[Mark]) -> list[Mark]:
        """Claim what these are about; gives those that nobody else has, as they are by now."""
        now = self.at.clock.now()
        with self.at.store.transaction(self.at.settings.name) as tx:
            keys = tx.leases.find_keys([mark.ref for mark in marks])
            won = tx.leases.claim(set(keys.values()), self.token, now + LEASE, now)
            there = tx.marks.load([ref for ref, key in keys.items() if key in won])
        self._keys.update(keys)
        self._held |= won
        return [there[mark.ref] for mark in marks if mark.ref in there]

    def keep(self, tx: Transaction, decisions: Sequence[Decision]) -> list[Decision]:
        """Right before writing: hold on to them; gives the decisions on what is still one's own."""
        self._since = self.at.clock.now()
        wanted = {key for d in decisions for key in self._keys_of(d)}
        self._writing = tx.leases.keep(wanted, self.token, self._since + LEASE)
        self._held -= wanted - self._writing
        return [d for d in decisions if self._keys_of(d) <= self._writing]

    def add_made(self, tx: Transaction, decisions: Sequence[Decision]) -> None:
        """A link that was just made is one's own too, under its number."""
        made = {str(d.job.link.id) for d in decisions if d.new_link is not None and d.job.link is not None}
        if made:
            now = self.at.clock.now()
            self._writing |= tx.leases.claim(made, self.token, now + LEASE, now)
            self._held |= self._writing

    @contextmanager
    def sending(self) -> Iterator[None]:
        """While the block runs, a write is sent only as long as the leases hold."""
        before = MAY_SEND.set(self._may_send)
        try:
            yield
        finally:
            MAY_SEND.reset(before)

    def _may_send(self) -> bool:
        """Renews what is getting old. False: somebody else may be at work on it by now."""
        if self._since is None or not self._writing:
            return True
        now = self.at.clock.now()
        if now - self._since > RENEWED_AFTER:
            with self.at.store.transaction(self.at.settings.name) as tx:
                kept = tx.leases.keep(self._writing, self.token, now + LEASE)
            if kept == self._writing:
                self._since = now
        return now - self._since <= LAST_SEND

    def release(self, tx: Transaction, decisions: Sequence[Decision]) -> list[Decision]:
        """In the transaction that records: give them back; gives the decisions that may be recorded."""
        links = {str(d.job.link.id) for d in decisions if d.job.link is not None} & self._held
        wanted = links.union(*(self._keys_of(d) for d in decisions))
        given = tx.leases.release(wanted, self.token)
        self._held -= wanted
        self._writing = set()
        return [d for d in decisions if self._keys_of(d) <= given]

    def take_links(self, ids: Collection[int]) -> set[int]:
        """Claim links by their numbers, to write to them at once; gives those that nobody else has."""
        self._since = self.at.clock.now()
        with self.at.store.transaction(self.at.settings.name) as tx:
            won = tx.leases.claim({str(id) for id in ids}, self.token, self._since + LEASE, self._since)
        self._held |= won
        self._writing = set(won)
        return {int(key) for key in won}

    def release_links(self, tx: Transaction) -> set[int]:
        """In the transaction that records: give them back; gives those of which may be recorded."""
        given = tx.leases.release(self._writing, self.token)
        self._held -= self._writing
        self._writing = set()
        return {int(key) for key in given}

    def drop(self) -> None:
        """Give back whatever is left."""
        if self._held:
            with self.at.store.transaction(self.at.settings.name) as tx:
                tx.leases.release(self._held, self.token)
        self._held, self._keys, self._since = set(), {}, None

    def _keys_of(self, decision: Decision) -> set[str]:
        return {self._keys[mark.ref] for mark in decision.job.marks if mark.ref in self._keys}
