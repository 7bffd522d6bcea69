"""Finding records by what a person types: the beginning of a name, of any word in it, or of an address.

Which record a name belongs to is its owner's matter (`links`, `left_out`, `problems`); here it is but a number.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Final

from sqlalchemy import bindparam, delete, select

from pasodoble.store.scope import Bulk, Scope
from pasodoble.store.tables import names

Name = tuple[str, str]
"""What a person calls the record, and its natural key: (label, natural)."""

LONGEST_TAIL: Final = 60
MOST_TAILS: Final = 5
LAST: Final = "\U0010ffff"


class Owner(IntEnum):
    LINK = 1
    LEFT_OUT = 2
    PROBLEM = 3


def fold(text: str) -> str:
    """As it is compared: small letters, no accents, single spaces, nothing that no database can hold."""
    if not text.isascii():
        parts = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in parts if not unicodedata.combining(c) and not 0xD800 <= ord(c) <= 0xDFFF)
    return " ".join(text.casefold().replace("\0", "").split())


def find_tails(name: Name) -> set[str]:
    """What the record is found by: for ("Ana María Ruiz", "ana@acme.example") the three tails of the name, and the address."""
    tails = {fold(name[1])[:LONGEST_TAIL]}
    label = fold(name[0])
    for _ in range(MOST_TAILS):
        if not label:
            break
        tails.add(label[:LONGEST_TAIL])
        label = label.partition(" ")[2]
    tails.discard("")
    return tails


PUT: Final = Bulk(
    lambda insert: insert(names).on_conflict_do_nothing(), parameters=("connection_id", "tail", "owner", "id")
)
DROP: Final = Bulk(
    lambda _: delete(names).where(
        names.c.connection_id == bindparam("its_connection"),
        names.c.tail == bindparam("its_tail"),
        names.c.owner == bindparam("its_owner"),
        names.c.id == bindparam("its_id"),
    ),
    parameters=("its_connection", "its_tail", "its_owner", "its_id"),
)


def put_names(scope: Scope, owner: Owner, by_id: Mapping[int, Name]) -> None:
    PUT.run(scope, _spell(scope, owner, by_id))


def drop_names(scope: Scope, owner: Owner, by_id: Mapping[int, Name]) -> None:
    """Forget the names as they were put."""
    DROP.run(scope, _spell(scope, owner, by_id))


def _spell(scope: Scope, owner: Owner, by_id: Mapping[int, Name]) -> list[tuple[int, str, int, int]]:
    """Sorted, as the index is: that is the quickest way into it, and no two workers deadlock."""
    its, number = scope.connection_id, owner.value
    return sorted((its, tail, number, id) for id, name in by_id.items() for tail in find_tails(name))


def find_names(scope: Scope, text: str, limit: int) -> Mapping[Owner, Collection[int]]:
    """Who is found by the text: at most `limit` in all, in the order of the alphabet."""
    start = fold(text)[:LONGEST_TAIL]
    rows = scope.sql.execute(
        select(names.c.owner, names.c.id)
        .where(names.c.connection_id == scope.connection_id, names.c.tail >= start, names.c.tail < start + LAST)
        .order_by(names.c.connection_id, names.c.tail)
        .limit(limit)
    )
    found: dict[Owner, set[int]] = defaultdict(set)
    for owner, id in rows:
        found[Owner(owner)].add(id)
    return found
