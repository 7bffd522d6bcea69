"""Is everything in order? Sign-ins, accounts, objects, key fields, clocks and mappings, without writing anything.

Each finding has a public id, a severity and what to do. What is wrong with a mapping is found by `mapping/check`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pasodoble.engine.connected import ACCOUNTS
from pasodoble.engine.drift import load_baseline
from pasodoble.errors import AuthLapsed, ConnectorError, Unsupported
from pasodoble.mapping.check import check_mapping
from pasodoble.mapping.drift import check_drift
from pasodoble.mapping.finding import Finding, Severity
from pasodoble.mapping.identity import KEY_FIELDS
from pasodoble.model.message import Message
from pasodoble.model.record import Account
from pasodoble.model.ref import Kind
from pasodoble.model.schema import ObjectSchema
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.ports import Clock, Connector, PushReader, Store

FORMAT_VERSION = 1
CLOCK_BOUND_S = 60
"""Sign-ins by signed token and webhook signatures allow minutes; a clock that is this far off is not kept at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One finding. `message` says what is the matter, `fix` what to do."""

    id: str
    severity: Severity
    message: Message
    fix: Message

    @classmethod
    def of(cls, id: str, severity: Severity, /, **params: object) -> Checked:
        message = Message.of(f"check.{id}", **params)
        return cls(id=id, severity=severity, message=message, fix=Message(f"{message.id}.fix", message.params))

    @classmethod
    def of_mapping(cls, found: Finding) -> Checked:
        return cls(id=found.id, severity=found.severity, message=found.message, fix=found.fix)


@dataclass(slots=True)
class Checkup:
    """All findings, and who was found at the other ends. `blocked`: nothing can be synced as it is."""

    accounts: dict[Side, Account] = field(default_factory=dict)
    schemas: dict[tuple[Side, str], ObjectSchema] = field(default_factory=dict)
    findings: list[Checked] = field(default_factory=list)
    blocked: bool = False


async def check(
    settings: Connection,
    connectors: Pair[Connector],
    store: Store,
    clock: Clock,
    *,
    push: PushReader | None = None,
) -> Checkup:
    """Both sides are asked; a side that cannot be spoken to is a finding. `push`: what Salesforce tells by itself, if asked to."""
    up = Checkup()
    for side in SIDES:
        await _check_side(settings, connectors[side], up)
    if not up.blocked:
        up.findings += _check_accounts(settings, store, up)
        await _check_clocks(settings, connectors, store, clock, up)
        up.findings += _check_keys(settings, up)
        up.findings += _check_inbox(settings, store)
        for of_kind in settings.enabled():
            up.findings += [Checked.of_mapping(found) for found in check_mapping(of_kind, up.schemas)]
            up.findings += [Checked.of_mapping(found) for found in _check_drift(settings, store, of_kind, up)]
        if push is not None:
            up.findings += await _check_push(settings, push)
    order = list(Severity)
    up.findings.sort(key=lambda found: order.index(found.severity))
    return up


async def lint(connectors: Pair[Connector], wanted: Sequence[ObjectSettings]) -> list[tuple[Kind, Finding]]:
    """The findings on these mappings. Raises ConnectorError."""
    up = Checkup()
    for of_kind in wanted:
        for side in SIDES:
            await _describe(of_kind, connectors[side], up)
    return [(of_kind.kind, found) for of_kind in wanted for found in check_mapping(of_kind, up.schemas)]


async def _check_side(settings: Connection, connector: Connector, up: Checkup) -> None:
    side = connector.side
    try:
        up.accounts[side] = await connector.identify()
        for of_kind in settings.enabled():
            await _describe(of_kind, connector, up)
    except AuthLapsed as error:
        up.blocked = True
        up.findings.append(Checked.of("sign_in_refused", Severity.ERROR, side=side, text=error, next=error.next_step))
    except ConnectorError as error:
        up.blocked = True
        up.findings.append(Checked.of("unreachable", Severity.ERROR, side=side, text=error))


async def _describe(of_kind: ObjectSettings, connector: Connector, up: Checkup) -> None:
    """An object that is not there is `check_mapping`'s finding."""
    hubspot = connector.side is Side.HUBSPOT
    for name in (of_kind.hubspot_object,) if hubspot else of_kind.salesforce_objects:
        try:
            up.schemas[connector.side, name] = await connector.describe(name)
        except Unsupported:
            continue


def _check_drift(settings: Connection, store: Store, of_kind: ObjectSettings, up: Checkup) -> tuple[Finding, ...]:
    """What has changed in the accounts since the schemas were last agreed on."""
    with store.transaction(settings.name, read_only=True) as tx:
        return check_drift(of_kind, load_baseline(tx, of_kind), up.schemas)


def _check_accounts(settings: Connection, store: Store, up: Checkup) -> Iterator[Checked]:
    """The accounts are those of the first sign-in."""
    with store.transaction(settings.name, read_only=True) as tx:
        before = tx.cursors.load(ACCOUNTS) or {}
    for side, account in up.accounts.items():
        if before.get(side.value, account.id) != account.id:
            up.blocked = True
            yield Checked.of("other_account", Severity.ERROR, side=side, account=account.id, before=before[side.value])


async def _check_clocks(
    settings: Connection, connectors: Pair[Connector], store: Store, clock: Clock, up: Checkup
) -> None:
    """By the vendor's own clock in the answer to a read; with nothing linked yet there is nothing to read."""
    with store.transaction(settings.name, read_only=True) as tx:
        rows, _ = tx.records.search(limit=1)
    for ref in (ref for row in rows for ref in row.refs if ref is not None):
        seen = (await connectors[ref.side].read([ref], ()))[ref]
        apart_s = round((seen.seen_at - clock.now()).total_seconds())
        if abs(apart_s) > CLOCK_BOUND_S:
            up.findings.append(Checked.of("clock", Severity.WARNING, side=ref.side, seconds=abs(apart_s)))


async def _check_push(settings: Connection, push: PushReader) -> list[Checked]:
    """Of what Salesforce does not tell by itself; one finding at most. Nothing is lost by it: the check finds all, later."""
    every = f"{settings.check_every.total_seconds() / 60:g}"
    try:
        hearing = await push.survey()
    except ConnectorError as error:
        severity = Severity.NOTE if settings.salesforce.pubsub == "auto" else Severity.WARNING
        return [Checked.of("push_unreachable", severity, text=error, minutes=every)]
    if hearing.refused:
        refused = ", ".join(hearing.refused)
        return [Checked.of("push_refused", Severity.WARNING, objects=refused, minutes=every)]
    if hearing.beyond:
        heard, beyond = ", ".join(hearing.heard), ", ".join(hearing.beyond)
        return [Checked.of("push_partial", Severity.NOTE, heard=heard, beyond=beyond, minutes=every)]
    return []


def _check_inbox(settings: Connection, store: Store) -> Iterator[Checked]:
    """Letters that nobody could read: what they told of is found by the next check."""
    with store.transaction(settings.name, read_only=True) as tx:
        aside = tx.inbox.load_aside()
    if aside:
        since = f"{aside[-1].at:%Y-%m-%d %H:%M}"
        yield Checked.of("inbox_unreadable", Severity.WARNING, count=len(aside), since=since, text=aside[0].trouble)


def _check_keys(settings: Connection, up: Checkup) -> Iterator[Checked]:
    """Without its key field a create whose answer was lost is found again by natural key only."""
    for side in SIDES:
        enabled = [(of.hubspot_object,) if side is Side.HUBSPOT else of.salesforce_objects for of in settings.enabled()]
        for name in dict.fromkeys(name for names in enabled for name in names):
            schema = up.schemas.get((side, name))
            key = schema.fields.get(KEY_FIELDS[side]) if schema is not None else None
            about = {"side": side, "object": name, "field": KEY_FIELDS[side], "command": f"pasodoble connect {side}"}
            if schema is not None and key is None:
                yield Checked.of("key_missing", Severity.WARNING, **about)
            elif key is not None and not key.unique:
                yield Checked.of("key_not_unique", Severity.ERROR, **about)
