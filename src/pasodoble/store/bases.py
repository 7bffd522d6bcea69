"""What both sides held at the last agreement: one row a link, one compact document. Comparing belongs to `reconcile`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import ClauseElement, Table, select

from pasodoble.model.link import Base, Tie
from pasodoble.model.message import Message
from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.trace import Change
from pasodoble.model.value import MISSING, Value
from pasodoble.store.columns import Json, dump, read_moment, read_value, spell_moment, spell_value
from pasodoble.store.scope import Bulk, Scope, chunks
from pasodoble.store.tables import bases, links


def _save(insert: Callable[[Table], Any]) -> ClauseElement:
    new = insert(bases)
    saved: ClauseElement = new.on_conflict_do_update(
        index_elements=[bases.c.link_id], set_={"document": new.excluded.document}
    )
    return saved


SAVE: Final = Bulk(_save, parameters=("link_id", "document"))


class SqlBases:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def load(self, link_ids: Collection[int]) -> dict[int, Base]:
        found: dict[int, Base] = {}
        for piece in chunks(link_ids):
            rows = self._scope.sql.execute(
                select(bases.c.link_id, bases.c.document)
                .join(links, links.c.id == bases.c.link_id)
                .where(bases.c.link_id.in_(piece), self._scope.owns(links))
            )
            found.update({link_id: read_base(document) for link_id, document in rows})
        return found

    def save(self, bases: Mapping[int, Base]) -> None:
        SAVE.run(self._scope, sorted((link_id, spell_base(base)) for link_id, base in bases.items()))


def spell_base(base: Base) -> str:
    """Compact: a value that both sides spell alike is written once, else as the two."""
    fields: dict[str, Json] = {}
    for key, pair in base.fields.items():
        hubspot, salesforce = pair.hubspot, pair.salesforce
        if hubspot == salesforce and hubspot is not MISSING:
            fields[key] = hubspot
        else:
            fields[key] = [spell_value(hubspot), spell_value(salesforce)]
    intent = [spell_change(change) for change in base.intent]
    ties: list[Json] = [[_spell_ref(tie.to.hubspot), _spell_ref(tie.to.salesforce), tie.label] for tie in base.ties]
    waiting: list[Json] = [[ref.side.value, *_spell_ref(ref)] for ref in base.waiting]
    more: list[Json] = [intent, ties, waiting]
    while more and not more[-1]:
        more.pop()
    return dump([fields, [*base.seen], [_spell(at) for at in base.read_at], *more])


def _spell_ref(ref: Ref) -> list[Json]:
    return [ref.object, ref.id]


class StoredFields(Mapping[str, Pair[Value]]):
    """A base's fields as they are stored, read one by one: most records have not changed, and nobody asks for theirs."""

    __slots__ = ("_held",)

    def __init__(self, held: Mapping[str, Json]) -> None:
        self._held = held

    def __getitem__(self, key: str) -> Pair[Value]:
        held = self._held[key]
        return Pair(read_value(held[0]), read_value(held[1])) if type(held) is list else Pair(held, held)

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __repr__(self) -> str:
        return repr(dict(self))


def read_base(document: str) -> Base:
    fields, (hubspot_seen, salesforce_seen), (hubspot_at, salesforce_at), *more = orjson.loads(document)
    more += [[]] * (3 - len(more))
    intent, ties, waiting = more
    return Base(
        fields=StoredFields(fields),
        seen=Pair(hubspot_seen, salesforce_seen),
        read_at=Pair(_read(hubspot_at), _read(salesforce_at)),
        intent=tuple(read_change(change) for change in intent),
        ties=tuple(
            Tie(Pair(Ref(Side.HUBSPOT, *hubspot), Ref(Side.SALESFORCE, *salesforce)), label)
            for hubspot, salesforce, label in ties
        ),
        waiting=tuple(Ref(Side(side), object, id) for side, object, id in waiting),
    )


def _spell(moment: datetime | None) -> int | None:
    return None if moment is None else spell_moment(moment)


def _read(number: int | None) -> datetime | None:
    return None if number is None else read_moment(number)


def spell_change(change: Change) -> list[Json]:
    return [
        change.side.value,
        change.key,
        change.field,
        spell_value(change.before),
        spell_value(change.after),
        change.reason.id,
        [list(param) for param in change.reason.params],
        spell_moment(change.at),
        change.actor,
        change.contested,
    ]


def read_change(spelled: list[Any]) -> Change:
    side, key, field, before, after, reason, params, at, actor, contested = spelled
    return Change(
        side=Side(side),
        key=key,
        field=field,
        before=read_value(before),
        after=read_value(after),
        reason=Message(reason, tuple((name, text) for name, text in params)),
        at=read_moment(at),
        actor=actor,
        contested=contested,
    )
