"""One connection, signed in on both sides: schemas read, mappings compiled, owners known. All that a cycle works with."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from pasodoble.engine.drift import Drift, load_baseline, notice_drift
from pasodoble.engine.lines import Asleep, notice_lines
from pasodoble.errors import ConfigError, MappingError, Unsupported
from pasodoble.mapping.apply import CompiledMapping, compile_mapping
from pasodoble.mapping.identity import Identity, identity_of
from pasodoble.model.record import Account, Owner
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.rule import Policy
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.ports import Budget, Clock, Connector, Store

ACCOUNTS = "accounts"
"""The cursor under which the two accounts' ids are kept, so that a connection is never quietly pointed elsewhere."""


@dataclass(slots=True)
class Directory:
    """Who answers to whom: owners by address, records by their links. The mapping's Lookup."""

    owners: dict[Side, dict[str, str]] = field(default_factory=lambda: {side: {} for side in SIDES})
    records: dict[Side, dict[str, str]] = field(default_factory=lambda: {side: {} for side in SIDES})

    def owner(self, side: Side, id: str) -> str | None:
        return self.owners[side].get(id)

    def record(self, side: Side, id: str) -> str | None:
        return self.records[side].get(id)


@dataclass(slots=True)
class Connected:
    """A connection ready for work. `mappings` are by kind and Salesforce object."""

    settings: Connection
    connectors: Pair[Connector]
    store: Store
    clock: Clock
    budget: Budget
    accounts: Pair[Account]
    schemas: Mapping[tuple[Side, str], ObjectSchema]
    mappings: Mapping[tuple[Kind, str], CompiledMapping]
    directory: Directory
    drift: Drift = field(default_factory=Drift)
    asleep: Asleep = field(default_factory=dict)
    dice: Callable[[], float] = random.random
    reported: dict[Side, int] = field(default_factory=dict)

    def count_calls(self) -> dict[Side, int]:
        """Calls by side since this was last asked: what a run cost, signing in included in the first."""
        used = self.budget.used()
        since = {side: used[side] - self.reported.get(side, 0) for side in SIDES}
        self.reported = dict(used)
        return since

    def objects(self, kind: Kind, side: Side) -> tuple[str, ...]:
        """The vendor's objects of that kind on that side that can be worked with."""
        of_kind = self.settings.objects[kind]
        if side is Side.HUBSPOT:
            return (of_kind.hubspot_object,)
        return tuple(name for name in of_kind.salesforce_objects if (kind, name) in self.mappings)

    def fields(self, kind: Kind, side: Side, object: str) -> tuple[str, ...]:
        """All fields to be read of an object: what is mapped, and what the record is known by. Sorted."""
        mapped = (
            mapping.read_fields[side]
            for (of, name), mapping in self.mappings.items()
            if of == kind and (side is Side.HUBSPOT or name == object)
        )
        known = self.schemas[side, object].fields
        wanted = {name for names in mapped for name in names} | set(identity_of(kind).fields(side))
        return tuple(sorted(name for name in wanted if name in known))

    def mapping(self, kind: Kind, refs: Pair[Ref | None]) -> CompiledMapping | None:
        """The mapping of a pair, by its Salesforce object; of what would be made, where there is none yet."""
        salesforce = refs.salesforce
        name = salesforce.object if salesforce is not None else self.settings.objects[kind].create_in_salesforce
        return self.mappings.get((kind, name))

    def identity(self, kind: Kind) -> Identity:
        return identity_of(kind)


async def connect(
    settings: Connection,
    connectors: Pair[Connector],
    store: Store,
    clock: Clock,
    budget: Budget,
    *,
    kinds: Collection[Kind] | None = None,
) -> Connected:
    """Sign in on both sides and read what does not change during a run.

    kinds   only these, instead of all that are enabled
    Raises ConfigError when the sign-ins lead to other accounts than before, or an object cannot be used; ConnectorError.
    """
    accounts = Pair(*[await connectors[side].identify() for side in SIDES])
    _ensure_same_accounts(settings, store, clock, accounts)
    wanted = [o for o in settings.enabled() if kinds is None or o.kind in kinds]
    schemas = await _read_schemas(settings, store, connectors, wanted)
    drift = notice_drift(settings, store, wanted, schemas, clock.now())
    settings = _switch_off(settings, drift.stopped())
    wanted = [of_kind for of_kind in wanted if of_kind.kind not in drift.stopped()]
    return Connected(
        settings=settings,
        connectors=connectors,
        store=store,
        clock=clock,
        budget=budget,
        accounts=accounts,
        schemas=schemas,
        mappings=_compile(settings, wanted, schemas, accounts, drift),
        drift=drift,
        asleep=notice_lines(settings, store, wanted, clock.now()),
        directory=Directory(owners=await _read_owners(connectors) if settings.owners else {s: {} for s in SIDES}),
    )


def _ensure_same_accounts(settings: Connection, store: Store, clock: Clock, accounts: Pair[Account]) -> None:
    """The first sign-in is remembered; a later one that leads elsewhere is a hard stop."""
    with store.transaction(settings.name) as tx:
        before = tx.cursors.load(ACCOUNTS)
        if before is None:
            tx.cursors.save(ACCOUNTS, {side.value: accounts[side].id for side in SIDES}, clock.now())
            return
    for side in SIDES:
        if before[side.value] != accounts[side].id:
            raise ConfigError(
                f"connection {settings.name}: {side} is another account ({accounts[side].id}) than before"
                f" ({before[side.value]}); nothing was read or written",
                next_step="restore the former sign-in, or give the new account a connection of its own name",
            )


def _switch_off(settings: Connection, stopped: Collection[Kind]) -> Connection:
    """Kinds of which an object is out of sight are left as they are."""
    if not stopped:
        return settings
    objects = {kind: replace(of, enabled=of.enabled and kind not in stopped) for kind, of in settings.objects.items()}
    return replace(settings, objects=objects)


async def _read_schemas(
    settings: Connection, store: Store, connectors: Pair[Connector], wanted: Collection[ObjectSettings]
) -> dict[tuple[Side, str], ObjectSchema]:
    """An object that was there before and is not any more is a finding, and no error."""
    with store.transaction(settings.name, read_only=True) as tx:
        known = {place for of_kind in wanted for place in load_baseline(tx, of_kind)}
    schemas: dict[tuple[Side, str], ObjectSchema] = {}
    for of_kind in wanted:
        for side, names in ((Side.HUBSPOT, (of_kind.hubspot_object,)), (Side.SALESFORCE, of_kind.salesforce_objects)):
            for name in names:
                try:
                    schemas[side, name] = await connectors[side].describe(name)
                except Unsupported as error:
                    if (side, name) in known:
                        continue
                    raise ConfigError(
                        f"{of_kind.kind}: {side} shows no object {name} to the signed-in user ({error})",
                        next_step="grant the user access to it, or switch the object off in pasodoble.yaml",
                    ) from error
    return schemas


def _compile(
    settings: Connection,
    wanted: Collection[ObjectSettings],
    schemas: Mapping[tuple[Side, str], ObjectSchema],
    accounts: Pair[Account],
    drift: Drift,
) -> dict[tuple[Kind, str], CompiledMapping]:
    mappings = {}
    for of_kind in wanted:
        hubspot = schemas[Side.HUBSPOT, of_kind.hubspot_object]
        lines = tuple(line for line in of_kind.fields if settings.owners or line.policy is not Policy.OWNER)
        rules = replace(of_kind, fields=lines)
        for name in of_kind.salesforce_objects:
            schema = Pair(hubspot, schemas[Side.SALESFORCE, name])
            zone = ZoneInfo(accounts.hubspot.time_zone)
            resting = drift.resting.get((of_kind.kind, name), frozenset())
            mapping = compile_mapping(rules, name, schema, zone=zone, resting=resting)
            mappings[of_kind.kind, name] = mapping
            if not mapping.lines and not mapping.resting:
                raise MappingError(
                    f"{of_kind.kind}: no line of the mapping can be used with {name}",
                    next_step="pasodoble mapping lint",
                )
    return mappings


async def _read_owners(connectors: Pair[Connector]) -> dict[Side, dict[str, str]]:
    """Active owners of one side by id, to the other's with the same address (O-01, O-03)."""
    owners = Pair(*[await connectors[side].read_owners() for side in SIDES])
    return {side: match_owners(owners[side], owners[side.other]) for side in SIDES}


def match_owners(own: Collection[Owner], others: Collection[Owner]) -> dict[str, str]:
    """By own id, the other side's id of the active person or queue with the same address (a queue: the same name).

    Who has left may still own records, but is given none (O-03). Of several with one address, the one of the same name.
    """
    by_key: dict[tuple[bool, str], list[Owner]] = defaultdict(list)
    for other in others:
        if other.active:
            by_key[_owner_key(other)].append(other)
    found = {owner.id: _choose_owner(owner, by_key[_owner_key(owner)]) for owner in own if _owner_key(owner)[1]}
    return {id: other for id, other in found.items() if other is not None}


def _choose_owner(owner: Owner, others: Sequence[Owner]) -> str | None:
    named = [other for other in others if other.name.strip().lower() == owner.name.strip().lower()]
    return next((chosen[0].id for chosen in (others, named) if len(chosen) == 1), None)


def _owner_key(owner: Owner) -> tuple[bool, str]:
    return owner.queue, (owner.name if owner.queue else owner.email).strip().lower()
