"""Schemas that change under a mapping: held against what was last agreed on, and what of it rests until it is as it was.

A line that lost its field, its type or its right carries nothing: no value is written or blanked because of it, its base is
kept, and it goes on by itself once the field is back, with all that was edited meanwhile. What counts as a change is decided
in `mapping/drift`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import orjson

from pasodoble.mapping.check import Schemas
from pasodoble.mapping.drift import check_drift, keep_baseline, list_resting
from pasodoble.mapping.finding import Finding, Severity, Stops
from pasodoble.mapping.schema_document import parse_schema, render_schema
from pasodoble.model.ref import Kind
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import Side
from pasodoble.ports import Store, Transaction

LOOKS = "look:"


@dataclass(slots=True)
class Drift:
    """What has changed in the two accounts. `resting`: by kind and Salesforce object, the keys of lines that carry nothing."""

    findings: list[Finding] = field(default_factory=list)
    resting: dict[tuple[Kind, str], frozenset[str]] = field(default_factory=dict)

    def stopped(self) -> set[Kind]:
        """Kinds of which a whole object is out of sight: nothing of them is read, written or forgotten."""
        return {finding.kind for finding in self.findings if finding.stops is Stops.OBJECT}


def name_baseline(side: Side, object: str) -> str:
    return f"schema:{side}:{object}"


def name_findings(kind: Kind) -> str:
    return f"drift:{kind}"


def load_baseline(tx: Transaction, of_kind: ObjectSettings) -> dict[tuple[Side, str], ObjectSchema]:
    """The schemas that were last agreed on; an object that was never looked at has none."""
    found = {}
    for side, object in _list_objects(of_kind):
        if (kept := tx.cursors.load(name_baseline(side, object))) is not None:
            found[side, object] = parse_schema(str(kept["schema"]))
    return found


def _list_objects(of_kind: ObjectSettings) -> list[tuple[Side, str]]:
    objects = [(Side.SALESFORCE, name) for name in of_kind.salesforce_objects]
    return [(Side.HUBSPOT, of_kind.hubspot_object), *objects]


def notice_drift(
    settings: Connection, store: Store, wanted: Collection[ObjectSettings], schemas: Schemas, now: datetime
) -> Drift:
    """Hold the schemas against those agreed on, and keep what is found until it is as it was, or a person accepts it."""
    drift = Drift()
    with store.transaction(settings.name) as tx:
        for of_kind in wanted:
            old = load_baseline(tx, of_kind)
            found = check_drift(of_kind, old, schemas)
            for side_object, schema in keep_baseline(of_kind, old, schemas, found).items():
                if old.get(side_object) != schema:
                    tx.cursors.save(name_baseline(*side_object), {"schema": render_schema(schema)}, now)
            for object, keys in list_resting(of_kind, found).items():
                drift.resting[of_kind.kind, object] = keys
            drift.findings += found
            _keep(tx, of_kind, found, now)
    return drift


def _keep(tx: Transaction, of_kind: ObjectSettings, found: Collection[Finding], now: datetime) -> None:
    """Store the findings that stay open; where a line rests no longer, both sides are looked at from where it began to."""
    kind = of_kind.kind
    before = tx.cursors.load(name_findings(kind)) or {}
    rest = sorted({f"{f.side} {f.object} {f.key}" for f in found if f.stops is Stops.LINE and f.key})
    rested = str(before.get("rest") or "").splitlines()
    since: dict[str, Any] = orjson.loads(str(before.get("since") or "{}"))
    if rest and not rested:
        since = {name: cursor for name in _list_looks(of_kind) if (cursor := tx.cursors.load(name)) is not None}
    if set(rested) - set(rest):
        for name, cursor in since.items():
            tx.cursors.save(name, cursor, now)
    after = {
        "rest": "\n".join(rest),
        "since": orjson.dumps(since if rest else {}).decode(),
        "findings": orjson.dumps([asdict(f) for f in found if f.severity is not Severity.NOTE]).decode(),
    }
    if after != before and (before or found):
        tx.cursors.save(name_findings(kind), after, now)


def _list_looks(of_kind: ObjectSettings) -> list[str]:
    """Where each look at the kind's objects left off (`look.name_cursor`)."""
    return [f"{LOOKS}{of_kind.kind}:{side}:{object}" for side, object in _list_objects(of_kind)]


def load_findings(settings: Connection, store: Store) -> list[Finding]:
    """What was open when both sides were last signed in to. Asks neither."""
    with store.transaction(settings.name, read_only=True) as tx:
        kept = [tx.cursors.load(name_findings(of_kind.kind)) or {} for of_kind in settings.enabled()]
    return [_parse_finding(one) for document in kept for one in orjson.loads(str(document.get("findings") or "[]"))]


def _parse_finding(kept: Mapping[str, Any]) -> Finding:
    detail = tuple((str(name), str(text)) for name, text in kept["detail"])
    parsed = {"severity": Severity(kept["severity"]), "stops": Stops(kept["stops"]), "side": Side(kept["side"])}
    return Finding(**{**kept, **parsed, "detail": detail})


def accept_drift(settings: Connection, store: Store, kind: Kind) -> None:
    """The schemas as they are now are what later ones are held against: a person has seen what changed."""
    with store.transaction(settings.name) as tx:
        for side, object in _list_objects(settings.objects[kind]):
            tx.cursors.clear(name_baseline(side, object))
