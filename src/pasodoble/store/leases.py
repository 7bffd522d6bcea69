"""Leases: who works on which link just now, so that two lanes or two workers never write the same pair at once.

A lease is held under a token and lapses by itself. Whoever records afterwards gives it back in the same transaction, and is
refused what it no longer holds: a worker that slept past its lease cannot record over its successor's work. How long a lease
lasts, and when it is asked for, is the engine's.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import delete

from pasodoble.model.ref import Ref
from pasodoble.store.columns import spell_moment, spell_ref
from pasodoble.store.scope import Keyed, Scope
from pasodoble.store.tables import leases

# CROSS JOIN: else SQLite goes through all links, and for each of them through all keys.
FIND: Final = Keyed(
    "SELECT w.value, l.id FROM {keys} CROSS JOIN links AS l"
    " WHERE l.connection_id = :connection AND l.hubspot_ref = w.value AND l.live = 1"
    " UNION ALL SELECT w.value, l.id FROM {keys} CROSS JOIN links AS l"
    " WHERE l.connection_id = :connection AND l.salesforce_ref = w.value AND l.live = 1"
)
CLAIM: Final = Keyed(
    "INSERT INTO leases (connection_id, key, token, expires_at)"
    " SELECT :connection, w.value, :token, :until FROM {keys} WHERE true"
    " ON CONFLICT (connection_id, key) DO UPDATE SET token = excluded.token, expires_at = excluded.expires_at"
    " WHERE leases.expires_at <= :now OR leases.token = excluded.token RETURNING key"
)
KEEP: Final = Keyed(
    "UPDATE leases SET expires_at = :until"
    " WHERE connection_id = :connection AND token = :token AND key IN (SELECT w.value FROM {keys}) RETURNING key"
)
RELEASE: Final = Keyed(
    "DELETE FROM leases"
    " WHERE connection_id = :connection AND token = :token AND key IN (SELECT w.value FROM {keys}) RETURNING key"
)


class SqlLeases:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def find_keys(self, refs: Collection[Ref]) -> dict[Ref, str]:
        """What to claim for each: its link, or the record by itself while it has none. In the order of the keys."""
        spelled = {spell_ref(ref): ref for ref in refs}
        keys = {ref: text for text, ref in spelled.items()}
        for found, id in FIND.run(self._scope, spelled):
            keys[spelled[found]] = str(id)
        return dict(sorted(keys.items(), key=lambda item: item[1]))

    def claim(self, keys: Collection[str], token: str, until: datetime, now: datetime) -> set[str]:
        """Take those that nobody holds, or whose holder's time is over; gives which. One's own are given again."""
        moments = {"until": spell_moment(until), "now": spell_moment(now)}
        return {key for (key,) in CLAIM.run(self._scope, keys, token=token, **moments)}

    def keep(self, keys: Collection[str], token: str, until: datetime) -> set[str]:
        """Hold on to one's own for longer; gives those that are still one's own."""
        return {key for (key,) in KEEP.run(self._scope, keys, token=token, until=spell_moment(until))}

    def release(self, keys: Collection[str], token: str) -> set[str]:
        """Give back; gives those that were still one's own."""
        return {key for (key,) in RELEASE.run(self._scope, keys, token=token)}

    def sweep(self, before: datetime) -> None:
        """Forget what lapsed long ago: of workers that died."""
        mine = leases.c.connection_id == self._scope.connection_id
        self._scope.sql.execute(delete(leases).where(mine, leases.c.expires_at < before))
