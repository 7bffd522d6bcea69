"""Open problems, one a record and cause. What a cause means and who mends it is in the catalogue, not here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import case, delete, false, func, select, true, update
from sqlalchemy.sql.dml import Insert

from pasodoble.model.cause import Problem
from pasodoble.model.message import Message
from pasodoble.model.ref import Kind, Ref
from pasodoble.ports import CauseSum, ProblemRow
from pasodoble.store.columns import Json
from pasodoble.store.left_out import SqlLeftOut
from pasodoble.store.names import Owner, drop_names, put_names
from pasodoble.store.scope import AnyRow, Scope, chunks
from pasodoble.store.tables import problems
from pasodoble.store.things import Thing

PUT_ASIDE: Final = Message("gate.put_aside")
"""Why a record is left out: a person has put its problem aside."""

THING: Final = Thing.of(problems)

COLUMNS: Final = (
    problems.c.id,
    problems.c.kind,
    problems.c.ref,
    problems.c.cause,
    problems.c.side,
    problems.c.code,
    problems.c.text,
    problems.c.fields,
    problems.c.request_id,
    problems.c.first_at,
    problems.c.last_at,
    problems.c.attempts,
    problems.c.next_try_at,
    problems.c.ignored,
    case((problems.c.label != "", problems.c.label), else_=func.coalesce(THING.of_link("label"), "")).label("label"),
)


class SqlProblems:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._mine = problems.c.connection_id == scope.connection_id

    def open(
        self,
        kind: Kind,
        problems: Mapping[Ref, tuple[Problem, datetime | None]],
        now: datetime,
        *,
        labels: Mapping[Ref, str] | None = None,
    ) -> None:
        rows = [
            {
                "connection_id": self._scope.connection_id,
                "kind": kind,
                "ref": ref,
                "label": (labels or {}).get(ref, ""),
                "next_try_at": next_try_at,
                "first_at": now,
                "last_at": now,
                "attempts": 1,
                "ignored": False,
                **_spell_problem(problem),
            }
            for ref, (problem, next_try_at) in sorted(problems.items(), key=lambda item: item[0])
        ]
        if rows:
            self._bring_back(problems)
            self._scope.sql.execute(_or_again(self._scope), rows)
            put_names(self._scope, Owner.PROBLEM, self._load_names([row["ref"] for row in rows if row["label"]]))

    def _bring_back(self, problems_now: Mapping[Ref, tuple[Problem, datetime | None]]) -> None:
        """What was put aside and has got worse since is a problem again."""
        for piece in chunks(problems_now):
            rows = self._scope.sql.execute(
                select(*COLUMNS)
                .select_from(THING.joined)
                .where(self._mine, problems.c.ref.in_(piece), problems.c.ignored == true())
            )
            aside = [_read_row(row) for row in rows]
            worse = [row for row in aside if _is_worse(problems_now[row.ref][0], row.problem)]
            if not worse:
                continue
            ids = [row.id for row in worse]
            self._scope.sql.execute(
                update(problems).where(self._scope.owns(problems), problems.c.id.in_(ids)).values(ignored=false())
            )
            SqlLeftOut(self._scope).clear_gate({row.ref for row in worse}, PUT_ASIDE.id)

    def _load_names(self, refs: Collection[Ref]) -> dict[int, tuple[str, str]]:
        found: dict[int, tuple[str, str]] = {}
        for piece in chunks(refs):
            rows = self._scope.sql.execute(
                select(problems.c.id, problems.c.label).where(
                    self._mine, problems.c.ref.in_(piece), problems.c.label != ""
                )
            )
            found.update({id: (label, label if "@" in label else "") for id, label in rows})
        return found

    def close(self, refs: Collection[Ref], now: datetime, *, but: Collection[str] = ()) -> None:
        """Nothing of them stays but what the traces tell; `now` is there for those who would keep more."""
        for piece in chunks(refs):
            gone = self._scope.sql.execute(
                delete(problems)
                .where(self._mine, problems.c.ref.in_(piece), problems.c.cause.not_in(but))
                .returning(problems.c.id, problems.c.ref, problems.c.label, problems.c.ignored)
            ).all()
            drop_names(
                self._scope, Owner.PROBLEM, {id: (label, label if "@" in label else "") for id, _, label, _ in gone}
            )
            SqlLeftOut(self._scope).clear_gate({ref for _, ref, _, ignored in gone if ignored}, PUT_ASIDE.id)

    def load(self, *, ref: Ref | None = None, cause: str | None = None, limit: int = 500) -> list[ProblemRow]:
        """Newest first."""
        conditions = [self._mine]
        if ref is not None:
            conditions.append(problems.c.ref == ref)
        if cause is not None:
            conditions.append(problems.c.cause == cause)
        rows = self._scope.sql.execute(
            select(*COLUMNS).select_from(THING.joined).where(*conditions).order_by(problems.c.id.desc()).limit(limit)
        )
        return [_read_row(row) for row in rows]

    def count_by_cause(self) -> dict[str, int]:
        """Without those that a person has put aside; the most frequent cause first."""
        count = func.count()
        rows = self._scope.sql.execute(
            select(problems.c.cause, count)
            .where(self._mine, problems.c.ignored == false())
            .group_by(problems.c.cause)
            .order_by(count.desc(), problems.c.cause)
        )
        return dict(rows.all())

    def sum_by_cause(self) -> list[CauseSum]:
        open_ones = func.sum(case((problems.c.ignored, 0), else_=1))
        latest = (
            select(problems.c.cause, func.max(problems.c.id).label("id"), open_ones.label("open"))
            .add_columns(func.count().label("all"), func.min(problems.c.first_at).label("since"))
            .where(self._mine)
            .group_by(problems.c.cause)
            .subquery()
        )
        rows = self._scope.sql.execute(
            select(problems.c.cause, latest.c.open, latest.c.all, latest.c.since, problems.c.side)
            .join(latest, latest.c.id == problems.c.id)
            .order_by(latest.c.open.desc(), problems.c.cause)
        )
        return [
            CauseSum(cause=cause, count=int(count), ignored=all - int(count), since=since, side=side)
            for cause, count, all, since, side in rows
        ]

    def ignore(self, ids: Collection[int], now: datetime) -> int:
        """Their records count as left out on purpose from now on."""
        count = 0
        for piece in chunks(ids):
            rows = self._scope.sql.execute(
                update(problems)
                .where(self._scope.owns(problems), problems.c.id.in_(piece), problems.c.ignored == false())
                .values(ignored=true())
                .returning(problems.c.kind, problems.c.ref, problems.c.label)
            ).all()
            count += len(rows)
            self._put_aside({(kind, ref): label for kind, ref, label in rows}, now)
        return count

    def _put_aside(self, labels: Mapping[tuple[Kind, Ref], str], now: datetime) -> None:
        for kind in sorted({kind for kind, _ in labels}):
            of_kind = {ref: label for (its, ref), label in labels.items() if its == kind}
            SqlLeftOut(self._scope).put(kind, dict.fromkeys(of_kind, PUT_ASIDE), now, labels=of_kind)


def _is_worse(now: Problem, before: Problem) -> bool:
    return now.cause == before.cause and now.is_worse_than(before)


def _or_again(scope: Scope) -> Insert:
    """Insert, or count one more try of the problem that is open already."""
    new = scope.insert(problems)
    put = new.excluded
    again = {name: put[name] for name in ("side", "code", "text", "fields", "request_id", "last_at", "next_try_at")}
    return new.on_conflict_do_update(
        index_elements=[problems.c.connection_id, problems.c.ref, problems.c.cause],
        set_={
            **again,
            "attempts": problems.c.attempts + 1,
            "label": case((put.label != "", put.label), else_=problems.c.label),
        },
    )


def _spell_problem(problem: Problem) -> dict[str, Json]:
    return {
        "cause": problem.cause,
        "side": problem.side,
        "code": problem.code,
        "text": problem.text,
        "fields": problem.fields,
        "request_id": problem.request_id,
    }


def _read_row(row: AnyRow) -> ProblemRow:
    (
        id,
        kind,
        ref,
        cause,
        side,
        code,
        text,
        fields,
        request_id,
        first_at,
        last_at,
        attempts,
        next_try_at,
        ignored,
        label,
    ) = row
    problem = Problem(cause=cause, side=side, code=code, text=text, fields=tuple(fields), request_id=request_id)
    return ProblemRow(
        id=id,
        kind=kind,
        ref=ref,
        problem=problem,
        first_at=first_at,
        last_at=last_at,
        attempts=attempts,
        next_try_at=next_try_at,
        label=label,
        ignored=ignored,
    )
