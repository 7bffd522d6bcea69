"""Records that are not synced on purpose, and the gate that says so. Which gates there are is the triggers' matter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import case, delete, func, select

from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.store.columns import Json, read_message, spell_message
from pasodoble.store.names import Owner, drop_names, put_names
from pasodoble.store.scope import Scope, chunks
from pasodoble.store.tables import left_out, links


class SqlLeftOut:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = left_out.c.connection_id == scope.connection_id

    def put(self, kind: Kind, gates: Mapping[Ref, Message], now: datetime, *, labels: Mapping[Ref, str]) -> None:
        """The moment of a record stays while its gate stays."""
        link_ids = self._find_links(gates)
        rows = [
            {
                "connection_id": self._scope.connection_id,
                "ref": ref,
                "kind": kind,
                "gate": message.id,
                "message": spell_message(message),
                "label": labels.get(ref, ""),
                "at": now,
                "link_id": link_ids.get(ref),
            }
            for ref, message in sorted(gates.items(), key=lambda gate: gate[0])
        ]
        for piece in chunks(rows):
            self._put(piece)

    def _put(self, rows: Collection[Mapping[str, Json]]) -> None:
        """The names go first and come back, for the labels may have changed."""
        refs = [row["ref"] for row in rows]
        drop_names(self._scope, Owner.LEFT_OUT, self._load_names(refs))
        new = self._scope.insert(left_out)
        put = new.excluded
        self._scope.sql.execute(
            new.on_conflict_do_update(
                index_elements=[left_out.c.connection_id, left_out.c.ref],
                set_={
                    "kind": put.kind,
                    "gate": put.gate,
                    "message": put.message,
                    "label": case((put.label != "", put.label), else_=left_out.c.label),
                    "at": case((put.gate == left_out.c.gate, left_out.c.at), else_=put.at),
                    "link_id": put.link_id,
                },
            ),
            list(rows),
        )
        put_names(self._scope, Owner.LEFT_OUT, self._load_names(refs))

    def _find_links(self, refs: Collection[Ref]) -> dict[Ref, int]:
        found: dict[Ref, int] = {}
        for column in (links.c.hubspot_ref, links.c.salesforce_ref):
            for piece in chunks(refs):
                rows = self._scope.sql.execute(
                    select(column, links.c.id).where(
                        links.c.connection_id == self._scope.connection_id, column.in_(piece), links.c.live == 1
                    )
                )
                found.update(rows.all())
        return found

    def _load_names(self, refs: Collection[Ref]) -> dict[int, tuple[str, str]]:
        rows = self._scope.sql.execute(
            select(left_out.c.id, left_out.c.label).where(self._mine, left_out.c.ref.in_(refs))
        )
        return {id: (label, label if "@" in label else "") for id, label in rows}

    def clear(self, refs: Collection[Ref]) -> None:
        for piece in chunks(refs):
            drop_names(self._scope, Owner.LEFT_OUT, self._load_names(piece))
            self._scope.sql.execute(delete(left_out).where(self._mine, left_out.c.ref.in_(piece)))

    def clear_gate(self, refs: Collection[Ref], gate: str) -> None:
        """Clear those that this gate, and no other, leaves out."""
        held = self.load(refs)
        self.clear({ref for ref, (message, _) in held.items() if message.id == gate})

    def load(self, refs: Collection[Ref]) -> dict[Ref, tuple[Message, datetime]]:
        found: dict[Ref, tuple[Message, datetime]] = {}
        for piece in chunks(refs):
            rows = self._scope.sql.execute(
                select(left_out.c.ref, left_out.c.message, left_out.c.at).where(self._mine, left_out.c.ref.in_(piece))
            )
            found.update({ref: (read_message(message), at) for ref, message, at in rows})
        return found

    def count_by_gate(self, kind: Kind | None = None) -> dict[str, int]:
        conditions = [self._mine] if kind is None else [self._mine, left_out.c.kind == kind]
        rows = self._scope.sql.execute(
            select(left_out.c.gate, func.count()).where(*conditions).group_by(left_out.c.gate).order_by(left_out.c.gate)
        )
        return dict(rows.all())
