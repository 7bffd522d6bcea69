"""The records list: linked, left out, waiting and in trouble, in one view, those that want a look first.

A record's state is not stored but follows from what is: an open problem, else a mark, else a gate, else its link. So each
state is one question here. Only work that is under way is ever walked through; links are met by index.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, exists, false, func, select, type_coerce, union
from sqlalchemy.sql.selectable import CompoundSelect

from pasodoble.model.activity import BESIDE
from pasodoble.model.link import LinkState
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair
from pasodoble.model.trace import State
from pasodoble.ports import LinkRow
from pasodoble.store.links import LIVE
from pasodoble.store.names import LAST, Owner, find_names, fold
from pasodoble.store.scope import Scope, chunks
from pasodoble.store.tables import left_out, links, marks, problems
from pasodoble.store.things import Thing

MOST_FOUND: Final = 300
"""How many records one text is allowed to find by name, and by id on each side; whoever seeks one types another letter."""

ORDER: Final = (State.NEEDS_ATTENTION, State.WAITING, State.LEFT_OUT, State.IN_STEP)

IN_TROUBLE: Final = Thing.of(problems)
WAITING: Final = Thing.of(marks)
OUT: Final = Thing.of(left_out)
REFS: Final = (links.c.hubspot_ref, links.c.salesforce_ref)


@dataclass(frozen=True, slots=True)
class Found:
    """What a text found: records by ref, and the links that hold them."""

    refs: Collection[Ref]
    link_ids: Collection[int]


@dataclass(frozen=True, slots=True)
class Narrow:
    """What a search is narrowed to. `kind`: None for all records. `found`: only these records, None for all."""

    connection_id: int
    kind: Kind | None
    found: Found | None

    def to(self, table: Any) -> list[ColumnElement[bool]]:
        conditions = [table.c.connection_id == self.connection_id]
        if self.kind is not None:
            conditions.append(table.c.kind == self.kind)
        else:
            conditions.append(table.c.kind.not_in(BESIDE))
        if self.found is not None:
            by_id = table is links
            conditions.append(table.c.id.in_(self.found.link_ids) if by_id else table.c.ref.in_(self.found.refs))
        return conditions


class SqlRecords:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def search(
        self, text: str = "", *, state: State | None = None, kind: Kind | None = None, limit: int = 50, after: str = ""
    ) -> tuple[list[LinkRow], str]:
        """`after` is the state and the key of the last row seen, as this gave it; anything else begins at the top."""
        narrow = Narrow(self._scope.connection_id, kind, self._find(text) if text.strip() else None)
        start, key = _read_after(after)
        found: list[tuple[State, str, LinkRow]] = []
        for this in ORDER[ORDER.index(start) :]:
            if state in (None, this) and len(found) <= limit:
                query = QUESTIONS[this](narrow, key if this == start else "").limit(limit + 1 - len(found))
                found += [(this, str(row[0]), _read_row(this, *row[1:])) for row in self._scope.sql.execute(query)]
        page = found[:limit]
        more = f"{page[-1][0]} {page[-1][1]}" if len(found) > limit else ""
        return [row for _, _, row in page], more

    def _find(self, text: str) -> Found:
        """By name or by the beginning of an id; of what is linked, both sides."""
        refs = self._find_named(text)
        if " " not in fold(text):
            refs |= self._find_ids(text.strip())
        ids: set[int] = set()
        for column, other in (REFS, REFS[::-1]):
            query = select(links.c.id, other).where(
                links.c.connection_id == self._scope.connection_id, links.c.live == LIVE
            )
            for piece in chunks(tuple(refs)):
                for id, ref in self._scope.sql.execute(query.where(column.in_(piece))):
                    ids.add(id)
                    refs.update([ref] if ref else [])
        return Found(refs, ids)

    def _find_named(self, text: str) -> set[Ref]:
        found = find_names(self._scope, text, MOST_FOUND)
        queries = [
            select(ref).where(ref.table.c.id.in_(found.get(owner, ())))
            for owner, ref in (
                (Owner.LINK, links.c.hubspot_ref),
                (Owner.LINK, links.c.salesforce_ref),
                (Owner.LEFT_OUT, left_out.c.ref),
                (Owner.PROBLEM, problems.c.ref),
            )
        ]
        return {ref for query in queries for ref in self._scope.sql.execute(query).scalars() if ref is not None}

    def _find_ids(self, start: str) -> set[Ref]:
        found: set[Ref] = set()
        for column in (*REFS, left_out.c.ref, problems.c.ref, marks.c.ref):
            spelled = type_coerce(column, Text)
            query = (
                select(column)
                .where(column.table.c.connection_id == self._scope.connection_id)
                .where(spelled >= start, spelled < start + LAST)
                .limit(MOST_FOUND)
            )
            found.update(self._scope.sql.execute(query).scalars())
        return found

    def count_by_state(self, kind: Kind | None = None) -> dict[State, int]:
        """All four states, with 0 where there is none. Costs as much as there is work under way."""
        narrow = Narrow(self._scope.connection_id, kind, None)
        trouble, waiting = (self._count(QUESTIONS[s](narrow, "").order_by(None)) for s in ORDER[:2])
        out = self._count(select(left_out.c.id).where(*narrow.to(left_out)))
        out -= self._count(select(left_out.c.id).where(*narrow.to(left_out), left_out.c.ref.in_(_busy_refs(narrow))))
        linked = [*narrow.to(links), links.c.state == LinkState.LINKED]
        in_step = self._count(select(links.c.id).where(*linked))
        in_step -= self._count(select(links.c.id).where(*linked, links.c.id.in_(_held_links(narrow))))
        return dict(zip(ORDER, (trouble, waiting, out, in_step), strict=True))

    def _count(self, query: Select[Any]) -> int:
        return self._scope.sql.execute(select(func.count()).select_from(query.subquery())).scalar_one()


# --- one question a state: (key, link, kind, ref, hubspot, salesforce, label, natural, reason, at), by key ---------------


def _in_trouble(narrow: Narrow, after: str) -> Select[Any]:
    """The oldest open problem stands for all of the record's."""
    earlier = problems.alias()
    return (
        select(
            problems.c.id,
            *_columns(IN_TROUBLE),
            _or_else(problems.c.label, IN_TROUBLE.of_link("label")),
            func.coalesce(IN_TROUBLE.of_link("natural"), ""),
            problems.c.cause,
            problems.c.last_at,
        )
        .select_from(IN_TROUBLE.joined)
        .where(*narrow.to(problems), problems.c.ignored == false())
        .where(~_has_problem(IN_TROUBLE, narrow, earlier, earlier.c.id < problems.c.id))
        .where(*([problems.c.id > int(after)] if after else []))
        .order_by(problems.c.id)
    )


def _waiting(narrow: Narrow, after: str) -> Select[Any]:
    """Where both sides are marked, HubSpot's mark stands for the pair."""
    other = marks.alias()
    doubled = exists().where(
        other.c.connection_id == narrow.connection_id, other.c.ref == WAITING.by_salesforce.c.hubspot_ref
    )
    key = type_coerce(marks.c.ref, Text)
    return (
        select(
            key,
            *_columns(WAITING),
            func.coalesce(WAITING.of_link("label"), ""),
            func.coalesce(WAITING.of_link("natural"), ""),
            marks.c.triggers,
            marks.c.first_at,
        )
        .select_from(WAITING.joined)
        .where(*narrow.to(marks), ~_has_problem(WAITING, narrow, problems.alias()), ~doubled)
        .where(*([key > after] if after else []))
        .order_by(marks.c.ref)
    )


def _left_out(narrow: Narrow, after: str) -> Select[Any]:
    mark = marks.alias()
    marked = exists().where(mark.c.connection_id == narrow.connection_id, OUT.is_same(mark.c.ref))
    return (
        select(
            left_out.c.id,
            *_columns(OUT),
            _or_else(left_out.c.label, OUT.of_link("label")),
            func.coalesce(OUT.of_link("natural"), ""),
            left_out.c.gate,
            left_out.c.at,
        )
        .select_from(OUT.joined)
        .where(*narrow.to(left_out), ~_has_problem(OUT, narrow, problems.alias()), ~marked)
        .where(*([left_out.c.id > int(after)] if after else []))
        .order_by(left_out.c.id)
    )


def _in_step(narrow: Narrow, after: str) -> Select[Any]:
    """Newest link first."""
    problem, mark, gate = problems.alias(), marks.alias(), left_out.alias()
    held = [
        exists().where(held.c.connection_id == narrow.connection_id, held.c.ref.in_(REFS), *also)
        for held, also in ((problem, [problem.c.ignored == false()]), (mark, []), (gate, []))
    ]
    return (
        select(
            links.c.id,
            links.c.id,
            links.c.kind,
            links.c.hubspot_ref,
            *REFS,
            links.c.label,
            links.c.natural,
            links.c.why,
            links.c.linked_at,
        )
        .where(*narrow.to(links), links.c.state == LinkState.LINKED, *(~one for one in held))
        .where(*([links.c.id < int(after)] if after else []))
        .order_by(links.c.id.desc())
    )


QUESTIONS: Final[dict[State, Callable[[Narrow, str], Select[Any]]]] = {
    State.NEEDS_ATTENTION: _in_trouble,
    State.WAITING: _waiting,
    State.LEFT_OUT: _left_out,
    State.IN_STEP: _in_step,
}


# --- their parts ---------------------------------------------------------------------------------------------------------


def _columns(thing: Thing) -> tuple[ColumnElement[Any], ...]:
    table = thing.table.c
    return (
        thing.of_link("id"),
        table.kind,
        table.ref,
        thing.of_link("hubspot_ref"),
        thing.of_link("salesforce_ref"),
    )


def _or_else(label: ColumnElement[str], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.coalesce(func.nullif(label, ""), other, "")


def _has_problem(thing: Thing, narrow: Narrow, problem: Any, *also: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the thing, on either side, has a problem that nobody has put aside."""
    return exists().where(
        problem.c.connection_id == narrow.connection_id,
        thing.is_same(problem.c.ref),
        problem.c.ignored == false(),
        *also,
    )


def _busy(narrow: Narrow) -> Sequence[tuple[Thing, list[ColumnElement[bool]]]]:
    """What work is under way on, and how it is told."""
    return (
        (IN_TROUBLE, [*narrow.to(problems), problems.c.ignored == false()]),
        (WAITING, narrow.to(marks)),
    )


def _busy_refs(narrow: Narrow) -> CompoundSelect[Any]:
    queries = []
    for thing, conditions in _busy(narrow):
        queries += [
            select(column).select_from(thing.joined).where(*conditions) for column in (thing.table.c.ref, thing.other)
        ]
    return union(*queries)


def _held_links(narrow: Narrow) -> CompoundSelect[Any]:
    """Links that are not simply in step."""
    queries = [
        select(thing.of_link("id")).select_from(thing.joined).where(*conditions) for thing, conditions in _busy(narrow)
    ]
    return union(*queries, select(left_out.c.link_id).where(*narrow.to(left_out), left_out.c.link_id.is_not(None)))


def _read_after(after: str) -> tuple[State, str]:
    state, _, key = after.partition(" ")
    if state not in ORDER or (state != State.WAITING and not key.isdecimal()):
        return ORDER[0], ""
    return State(state), key


def _read_row(
    state: State,
    link_id: int | None,
    kind: Kind,
    ref: Ref,
    hubspot: Ref | None,
    salesforce: Ref | None,
    label: str,
    natural: str,
    reason: str,
    at: Any,
) -> LinkRow:
    """An unlinked record has but its own ref; of several triggers the first is the reason."""
    refs = Pair(hubspot, salesforce)
    if link_id is None:
        refs = Pair.of(ref.side, ref, None)
    return LinkRow(
        link_id=link_id,
        kind=kind,
        refs=refs,
        label=label,
        natural=natural,
        state=state,
        reason=reason.partition(",")[0],
        at=at,
    )
