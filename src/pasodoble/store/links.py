"""Which records are one thing. What they held at the last agreement is in `bases`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Final

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update

from pasodoble.model.link import Link, LinkState
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair, Side
from pasodoble.ports import NewLink
from pasodoble.store.columns import Json, clean, dump, spell_moment, spell_ref
from pasodoble.store.names import Name, Owner, drop_names, put_names
from pasodoble.store.scope import AnyRow, Bulk, Scope, chunks
from pasodoble.store.tables import links

COLUMNS: Final = (
    links.c.id,
    links.c.kind,
    links.c.hubspot_ref,
    links.c.salesforce_ref,
    links.c.state,
    links.c.key,
    links.c.linked_at,
    links.c.payload,
    links.c.why,
)
REF_COLUMN: Final = Pair(links.c.hubspot_ref, links.c.salesforce_ref)
LIVE: Final = 1

PARAMETERS: Final = (
    "id connection_id kind hubspot_ref salesforce_ref state live key linked_at payload why label natural".split()
)
INSERT: Final = Bulk(
    lambda insert: (
        insert(links)
        .values({name: func.nullif(bindparam(name), "") for name in ("hubspot_ref", "salesforce_ref", "key")})
        .on_conflict_do_nothing()
    ),
    PARAMETERS,
)
"""An open side and a missing key come as "" (which sorts) and are stored as NULL (which collides with nothing)."""


class SqlLinks:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = links.c.connection_id == scope.connection_id
        self._owned = scope.owns(links)

    def load(self, refs: Collection[Ref]) -> dict[Ref, Link]:
        """Where a ref was in several links, the live one, else the newest."""
        found: dict[Ref, Link] = {}
        for side in Side:
            wanted = {ref for ref in refs if ref.side is side}
            for piece in chunks(wanted):
                for link in self._select(self._mine, REF_COLUMN[side].in_(piece)):
                    _keep_live(found, link, link.refs[side])
        return found

    def load_by_id(self, ids: Collection[int]) -> dict[int, Link]:
        return {link.id: link for piece in chunks(ids) for link in self._select(self._owned, links.c.id.in_(piece))}

    def walk(self, kind: Kind, *, after_id: int = 0, limit: int = 1_000) -> list[Link]:
        return self._select(
            self._mine, links.c.kind == kind, links.c.state == LinkState.LINKED, links.c.id > after_id, limit=limit
        )

    def _select(self, *conditions: ColumnElement[bool], limit: int | None = None) -> list[Link]:
        rows = self._scope.sql.execute(select(*COLUMNS).where(*conditions).order_by(links.c.id).limit(limit))
        return [_read_link(row) for row in rows]

    def make(self, links: Sequence[NewLink], now: datetime) -> list[Link | None]:
        numbered = list(zip(self._next_ids(len(links)), links, strict=True))
        made = self._insert(numbered, now)
        put_names(self._scope, Owner.LINK, {id: (new.label, new.natural) for id, new in numbered if id in made})
        return [_make_link(id, new, now) if id in made else None for id, new in numbered]

    def _next_ids(self, count: int) -> Sequence[int]:
        return self._scope.next_ids(links, count) if count else ()

    def _insert(self, numbered: Sequence[tuple[int, NewLink]], now: datetime) -> Collection[int]:
        """Which were made. Sorted, so that two workers with the same records wait for each other and never deadlock."""
        at = spell_moment(now)
        rows = sorted(
            (_spell_link(self._scope.connection_id, id, new, at) for id, new in numbered), key=itemgetter(3, 4, 7)
        )
        ids = [id for id, _ in numbered]
        if INSERT.run(self._scope, rows) == len(rows):
            return set(ids)
        made: set[int] = set()
        for piece in chunks(ids):
            made.update(self._scope.sql.execute(select(links.c.id).where(links.c.id.in_(piece))).scalars())
        return made

    def mark_sent(self, ids: Collection[int]) -> None:
        for piece in chunks(ids):
            self._scope.sql.execute(
                update(links)
                .where(self._owned, links.c.id.in_(piece), links.c.state == LinkState.RESERVED)
                .values(state=LinkState.SENT)
            )

    def confirm(self, refs: Mapping[int, Ref], now: datetime) -> None:
        for side in Side:
            rows = [{"this": id, "ref": ref} for id, ref in refs.items() if ref.side is side]
            if rows:
                self._scope.sql.execute(
                    update(links)
                    .where(
                        self._owned,
                        links.c.id == bindparam("this"),
                        or_(links.c.state == LinkState.RESERVED, links.c.state == LinkState.SENT),
                    )
                    .values(
                        {
                            REF_COLUMN[side]: bindparam("ref", type_=REF_COLUMN[side].type),
                            links.c.state: LinkState.LINKED,
                            links.c.linked_at: now,
                            links.c.payload: None,
                        }
                    ),
                    rows,
                )

    def repoint(self, link_id: int, ref: Ref, why: str, now: datetime) -> None:
        self._scope.sql.execute(
            update(links)
            .where(self._owned, links.c.id == link_id)
            .values({REF_COLUMN[ref.side]: ref, links.c.why: why, links.c.linked_at: now})
        )

    def retire(self, ids: Collection[int], why: str, now: datetime) -> None:
        for piece in chunks(ids):
            self._drop_names(piece)
            self._scope.sql.execute(
                update(links)
                .where(self._owned, links.c.id.in_(piece))
                .values(state=LinkState.RETIRED, live=None, why=why, linked_at=now, payload=None)
            )

    def reopen(self, link_id: int, why: str, now: datetime) -> bool:
        [link] = self._select(self._owned, links.c.id == link_id)
        known = self.load([ref for ref in link.refs if ref is not None])
        if any(other.id != link_id and other.state is not LinkState.RETIRED for other in known.values()):
            return False
        self._scope.sql.execute(
            update(links)
            .where(self._owned, links.c.id == link_id)
            .values(state=LinkState.LINKED, live=LIVE, why=why, linked_at=now)
        )
        put_names(self._scope, Owner.LINK, self.load_names([link_id]))
        return True

    def release(self, ids: Collection[int]) -> None:
        for piece in chunks(ids):
            self._drop_names(piece)
            self._scope.sql.execute(
                delete(links).where(
                    self._owned, links.c.id.in_(piece), links.c.state.in_((LinkState.RESERVED, LinkState.SENT))
                )
            )

    def name(self, labels: Mapping[int, Name]) -> None:
        """Only what is new is written: most names stay for good."""
        old = self.load_names(labels)
        new = {id: name for id, name in labels.items() if id in old and old[id] != name}
        if new:
            drop_names(self._scope, Owner.LINK, {id: old[id] for id in new})
            put_names(self._scope, Owner.LINK, new)
            self._scope.sql.execute(
                update(links)
                .where(self._owned, links.c.id == bindparam("this"))
                .values(label=bindparam("new_label"), natural=bindparam("new_natural")),
                [{"this": id, "new_label": label, "new_natural": natural} for id, (label, natural) in new.items()],
            )

    def load_names(self, ids: Collection[int]) -> dict[int, Name]:
        """By live link; a retired one has no names any more."""
        found: dict[int, Name] = {}
        for piece in chunks(ids):
            rows = self._scope.sql.execute(
                select(links.c.id, links.c.label, links.c.natural).where(
                    self._owned, links.c.id.in_(piece), links.c.live == LIVE
                )
            )
            found.update({id: (label, natural) for id, label, natural in rows})
        return found

    def _drop_names(self, ids: Collection[int]) -> None:
        drop_names(self._scope, Owner.LINK, self.load_names(ids))

    def count(self, kind: Kind | None = None) -> int:
        """Links in step or on their way, retired ones not counted."""
        conditions = [self._mine, links.c.state != LinkState.RETIRED]
        if kind is not None:
            conditions.append(links.c.kind == kind)
        return self._scope.sql.execute(select(func.count()).select_from(links).where(*conditions)).scalar_one()


def _spell_link(connection_id: int, id: int, new: NewLink, at: int) -> tuple[Json, ...]:
    """In the order of INSERT's parameters."""
    hubspot, salesforce = new.refs
    return (
        id,
        connection_id,
        new.kind,
        "" if hubspot is None else spell_ref(hubspot),
        "" if salesforce is None else spell_ref(salesforce),
        _first_state(new).value,
        LIVE,
        new.key,
        at,
        dump(dict(new.payload)) if new.payload else None,
        new.why,
        clean(new.label),
        clean(new.natural),
    )


def _first_state(new: NewLink) -> LinkState:
    hubspot, salesforce = new.refs
    return LinkState.RESERVED if hubspot is None or salesforce is None else LinkState.LINKED


def _make_link(id: int, new: NewLink, now: datetime) -> Link:
    return Link(
        id=id,
        kind=new.kind,
        refs=new.refs,
        state=_first_state(new),
        key=new.key,
        linked_at=now,
        payload=dict(new.payload),
        why=new.why,
    )


def _keep_live(found: dict[Ref, Link], link: Link, ref: Ref | None) -> None:
    """Links come oldest first: a later one takes an earlier one's place, a retired one never a live one's."""
    if ref is None:
        return
    before = found.get(ref)
    if before is None or before.state is LinkState.RETIRED or link.state is not LinkState.RETIRED:
        found[ref] = link


def _read_link(row: AnyRow) -> Link:
    id, kind, hubspot, salesforce, state, key, linked_at, payload, why = row
    return Link(
        id=id,
        kind=kind,
        refs=Pair(hubspot, salesforce),
        state=state,
        key=key or "",
        linked_at=linked_at,
        payload=payload or {},
        why=why,
    )
