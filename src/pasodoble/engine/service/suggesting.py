"""Which lines a mapping seems to lack: both schemas and a sample of real pairs are read, and `mapping/suggest` weighs them.

Nothing is written anywhere, and nothing is added to the settings: a person chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pasodoble.mapping.identity import identity_of
from pasodoble.mapping.suggest import Sample, Suggestion, suggest_rules
from pasodoble.mapping.transfer import render_lines
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import FieldRule
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import State
from pasodoble.model.value import Raw
from pasodoble.ports import Connector, Store

FORMAT_VERSION = 1
SAMPLE_COUNT = 200
"""Pairs that are read, on both sides by id: two calls to HubSpot, one an object to Salesforce."""

Fields = Mapping[str, Raw]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A line that might be wanted, for all Salesforce objects that it fits.

    labels      per side, what the users of that side call the field
    compared    pairs of the sample in which both sides had a value
    agreeing    those of them in which both sides say the same
    """

    rule: FieldRule
    labels: Pair[str]
    codec: str
    score: float
    name_ratio: float
    compared: int
    agreeing: int

    @property
    def agreement(self) -> float | None:
        """0 to 1; None where no pair could be compared."""
        return self.agreeing / self.compared if self.compared else None

    def document(self, objects: tuple[str, ...]) -> dict[str, object]:
        [line] = render_lines([self.rule], objects)
        return {
            "format_version": FORMAT_VERSION,
            "line": line,
            "labels": {side.value: self.labels[side] for side in SIDES},
            "converter": self.codec,
            "score": self.score,
            "names_alike": self.name_ratio,
            "compared": self.compared,
            "agreeing": self.agreeing,
        }


@dataclass(slots=True)
class _Line:
    """What is suggested for one property, object by object. `rule` joins them, the best object first."""

    best: Suggestion
    rule: FieldRule
    found: list[Suggestion] = field(default_factory=list)


async def suggest(settings: Connection, connectors: Pair[Connector], store: Store, kind: Kind) -> list[Suggested]:
    """The lines that an object seems to lack, best first. Raises ConnectorError, ConfigError for an object that is not there."""
    of_kind = settings.objects[kind]
    hubspot = await connectors.hubspot.describe(of_kind.hubspot_object)
    lines: dict[str, _Line] = {}
    labels: dict[tuple[str, str], str] = {}
    for object in of_kind.salesforce_objects:
        schemas = Pair(hubspot, await connectors.salesforce.describe(object))
        sample = await read_sample(settings, connectors, store, of_kind, schemas)
        for one in suggest_rules(schemas, sample, taken=of_kind.fields):
            _join(lines, one)
        labels |= {(object, name): f.label for name, f in schemas.salesforce.fields.items()}
    found = [_sum_up(line, hubspot, labels) for line in lines.values()]
    return sorted(found, key=lambda s: (-s.score, s.rule.key))


def _join(lines: dict[str, _Line], one: Suggestion) -> None:
    """One line covers Lead and Contact (M-13), unless the two would be said differently."""
    line = lines.setdefault(one.rule.key, _Line(best=one, rule=one.rule))
    known = line.rule
    if (one.codec, one.rule.rule, dict(one.rule.values)) != (line.best.codec, known.rule, dict(known.values)):
        return
    line.found.append(one)
    line.rule = FieldRule(
        hubspot=known.hubspot,
        salesforce={**known.salesforce, **one.rule.salesforce},
        rule=known.rule,
        policy=known.policy,
        values=known.values,
    )


def _sum_up(line: _Line, hubspot: ObjectSchema, labels: Mapping[tuple[str, str], str]) -> Suggested:
    return Suggested(
        rule=line.rule,
        labels=Pair(hubspot.fields[line.rule.hubspot].label, labels[next(iter(line.rule.salesforce.items()))]),
        codec=line.best.codec,
        score=max(one.score for one in line.found),
        name_ratio=max(one.name_ratio for one in line.found),
        compared=sum(one.compared for one in line.found),
        agreeing=sum(one.agreeing for one in line.found),
    )


# --- the sample ------------------------------------------------------------------------------------------------------


async def read_sample(
    settings: Connection,
    connectors: Pair[Connector],
    store: Store,
    of_kind: ObjectSettings,
    schemas: Pair[ObjectSchema],
) -> Sample:
    """All fields of pairs that are linked; before any is, of records that answer to the same natural key."""
    names = Pair(*(tuple(sorted(schemas[side].fields)) for side in SIDES))
    refs = _find_linked(settings, store, of_kind.kind, schemas.salesforce.object)
    if not refs:
        return await _pair_by_key(connectors, of_kind, schemas, names)
    seen = Pair(*[await connectors[side].read([pair[side] for pair in refs], names[side]) for side in SIDES])
    pairs = (Pair(seen.hubspot[pair.hubspot], seen.salesforce[pair.salesforce]) for pair in refs)
    return [
        Pair(hubspot.fields, salesforce.fields)
        for hubspot, salesforce in pairs
        if isinstance(hubspot, Snapshot) and isinstance(salesforce, Snapshot)
    ]


def _find_linked(settings: Connection, store: Store, kind: Kind, object: str) -> list[Pair[Ref]]:
    with store.transaction(settings.name, read_only=True) as tx:
        rows, _ = tx.records.search(kind=kind, state=State.IN_STEP, limit=2 * SAMPLE_COUNT)
    pairs = (Pair(row.refs.hubspot, row.refs.salesforce) for row in rows if row.refs.hubspot and row.refs.salesforce)
    return [pair for pair in pairs if pair.salesforce.object == object][:SAMPLE_COUNT]


async def _pair_by_key(
    connectors: Pair[Connector], of_kind: ObjectSettings, schemas: Pair[ObjectSchema], names: Pair[tuple[str, ...]]
) -> Sample:
    """The first records of HubSpot, each with the only one in Salesforce that has its address or domain."""
    natural = identity_of(of_kind.kind).natural
    if natural is None or natural.fields.salesforce not in schemas.salesforce.fields:
        return []
    ours: dict[str, Fields] = {}
    async for page in connectors.hubspot.read_changes(of_kind.hubspot_object, names.hubspot, None):
        ours |= {key: snap.fields for snap in page.snapshots if (key := natural.key(Side.HUBSPOT, snap.fields))}
        if len(ours) >= SAMPLE_COUNT:
            break
    wanted = {text for key in list(ours)[:SAMPLE_COUNT] for text in natural.search_for(Side.SALESFORCE, key)}
    object, by = schemas.salesforce.object, natural.fields.salesforce
    found = await connectors.salesforce.find(object, by, sorted(wanted), names.salesforce) if wanted else []
    theirs = _keep_single((natural.key(Side.SALESFORCE, snap.fields), snap.fields) for snap in found)
    return [Pair(ours[key], fields) for key, fields in theirs.items() if key in ours]


def _keep_single(found: Iterable[tuple[str, Fields]]) -> dict[str, Fields]:
    """Two of one address may be two people."""
    by_key: dict[str, list[Fields]] = {}
    for key, fields in found:
        by_key.setdefault(key, []).append(fields)
    return {key: many[0] for key, many in sorted(by_key.items()) if len(many) == 1}
