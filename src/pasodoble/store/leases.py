"""Leases: who works on which link just now, so that two lanes or two workers never write the same pair at once.

A lease is held under a token and lapses by itself. Whoever records afterwards gives it back in the same transaction, and is
refused what it no longer holds: a worker that slept past its lease cannot record over its successor's work. How long a lease
lasts, and when it is asked for, is the engine's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, cast, delete, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from pasodoble.model.link import LinkState
from pasodoble.model.ref import Ref
from pasodoble.store.columns import dump, spell_ref
from pasodoble.store.scope import Scope, chunks
from pasodoble.store.tables import leases, links


class SqlLeases:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = leases.c.connection_id == scope.connection_id

    def find_keys(self, refs: Collection[Ref]) -> dict[Ref, str]:
        """What to claim for each: its link, or the record by itself while it has none. In the order of the keys."""
        keys = {ref: spell_ref(ref) for ref in refs}
        for piece in chunks(refs):
            rows = self._scope.sql.execute(
                select(links.c.id, links.c.hubspot_ref, links.c.salesforce_ref).where(
                    links.c.connection_id == self._scope.connection_id,
                    links.c.state != LinkState.RETIRED,
                    or_(links.c.hubspot_ref.in_(piece), links.c.salesforce_ref.in_(piece)),
                )
            )
            for id, *ends in rows:
                keys.update((ref, str(id)) for ref in ends if ref in keys)
        return dict(sorted(keys.items(), key=lambda item: item[1]))

    def claim(self, keys: Collection[str], token: str, until: datetime, now: datetime) -> set[str]:
        """Take those that nobody holds, or whose holder's time is over; gives which. One's own are given again."""
        if not keys:
            return set()
        wanted = self._spread(sorted(set(keys)))
        columns = ["connection_id", "key", "token", "expires_at"]
        rows = select(literal(self._scope.connection_id), wanted.c.value, literal(token), _moment(until))
        insert: Any = self._scope.insert(leases)
        put = insert.from_select(columns, rows.where(wanted.c.value.is_not(None)))
        taken = put.on_conflict_do_update(
            index_elements=[leases.c.connection_id, leases.c.key],
            set_={"token": put.excluded.token, "expires_at": put.excluded.expires_at},
            where=or_(leases.c.expires_at <= now, leases.c.token == token),
        ).returning(leases.c.key)
        return set(self._scope.sql.execute(taken).scalars())

    def keep(self, keys: Collection[str], token: str, until: datetime) -> set[str]:
        """Hold on to one's own for longer; gives those that are still one's own."""
        held: set[str] = set()
        for piece in chunks(sorted(set(keys))):
            kept = update(leases).where(self._mine, leases.c.token == token, leases.c.key.in_(piece))
            held.update(self._scope.sql.execute(kept.values(expires_at=until).returning(leases.c.key)).scalars())
        return held

    def release(self, keys: Collection[str], token: str) -> set[str]:
        """Give back; gives those that were still one's own."""
        held: set[str] = set()
        for piece in chunks(sorted(set(keys))):
            gone = delete(leases).where(self._mine, leases.c.token == token, leases.c.key.in_(piece))
            held.update(self._scope.sql.execute(gone.returning(leases.c.key)).scalars())
        return held

    def sweep(self, before: datetime) -> None:
        """Forget what lapsed long ago: of workers that died."""
        self._scope.sql.execute(delete(leases).where(self._mine, leases.c.expires_at < before))

    def _spread(self, keys: list[str]) -> Any:
        """The keys as rows with one column, `value`, in one parameter."""
        if self._scope.dialect == "postgresql":
            return func.unnest(cast(bindparam(None, keys), ARRAY(Text))).table_valued("value").render_derived()
        return func.json_each(dump(keys)).table_valued("value")


def _moment(moment: datetime) -> Any:
    return literal(moment, leases.c.expires_at.type)
