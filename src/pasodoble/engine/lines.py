"""Which lines of the mappings are new: they carry nothing for pairs that are older, until a person has seen what they would do.

Pairs that are linked later know nothing else, so for them such a line is awake. What a line says of one value is
`reconcile`'s; the preview and the waking are `service/waking`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

import orjson

from pasodoble.model.link import Link
from pasodoble.model.ref import Kind
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.ports import Store, Transaction

Asleep = Mapping[Kind, Mapping[str, datetime]]
"""By kind, the keys of the lines that sleep, and since when."""
WOKEN = "mapping_woken"
"""The trigger of a mark for a pair for which a line was woken."""


def name_lines(kind: Kind) -> str:
    return f"lines:{kind}"


def notice_lines(
    settings: Connection, store: Store, wanted: Collection[ObjectSettings], now: datetime
) -> dict[Kind, dict[str, datetime]]:
    """Hold the mappings against those of the last time: a line that is new or points elsewhere falls asleep (TN-06).

    A line whose rule alone has changed stays awake and keeps its base. With nothing to hold against, all are awake.
    """
    with store.transaction(settings.name) as tx:
        return {of_kind.kind: _notice(tx, of_kind, now) for of_kind in wanted}


def _notice(tx: Transaction, of_kind: ObjectSettings, now: datetime) -> dict[str, datetime]:
    lines = {rule.key: dict(rule.salesforce) for rule in of_kind.fields}
    kept = tx.cursors.load(name_lines(of_kind.kind))
    known = lines if kept is None else orjson.loads(str(kept["lines"]))
    slept = {} if kept is None else _read_asleep(kept)
    asleep = {key: slept.get(key, now) for key in lines if key in slept or known.get(key) != lines[key]}
    asleep |= {key: now for key in asleep if key in known and known[key] != lines[key]}
    _save(tx, of_kind.kind, kept, lines, asleep, now)
    return asleep


def _save(
    tx: Transaction,
    kind: Kind,
    kept: Mapping[str, object] | None,
    lines: Mapping[str, Mapping[str, str]],
    asleep: Mapping[str, datetime],
    now: datetime,
) -> None:
    sleeping = {key: since.isoformat() for key, since in asleep.items()}
    after = {"lines": orjson.dumps(lines).decode(), "asleep": orjson.dumps(sleeping).decode()}
    if after != kept:
        tx.cursors.save(name_lines(kind), after, now)


def _read_asleep(kept: Mapping[str, object]) -> dict[str, datetime]:
    return {key: datetime.fromisoformat(since) for key, since in orjson.loads(str(kept["asleep"])).items()}


def load_asleep(settings: Connection, store: Store, kind: Kind) -> dict[str, datetime]:
    """The lines of that kind that sleep, as of the last time both sides were signed in to."""
    with store.transaction(settings.name, read_only=True) as tx:
        kept = tx.cursors.load(name_lines(kind))
    return {} if kept is None else _read_asleep(kept)


def wake_lines(tx: Transaction, kind: Kind, keys: Collection[str], now: datetime) -> None:
    """These lines sleep no longer."""
    kept = tx.cursors.load(name_lines(kind))
    if kept is not None:
        asleep = {key: since for key, since in _read_asleep(kept).items() if key not in keys}
        _save(tx, kind, kept, orjson.loads(str(kept["lines"])), asleep, now)


def find_asleep(asleep: Mapping[str, datetime], link: Link | None) -> frozenset[str]:
    """The lines that carry nothing for this pair: those that fell asleep after it was linked."""
    if link is None or link.missing_side() is not None or not asleep:
        return frozenset()
    return frozenset(key for key, since in asleep.items() if link.linked_at < since)
