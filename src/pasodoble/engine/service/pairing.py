"""Two records that a person says are one thing: linked, whatever the evidence, and then kept in step like any pair.

Which records are paired without being asked is `reconcile/pairing`'s; nothing is guessed here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pasodoble.engine.connected import Connected
from pasodoble.engine.cycle import Cycle, Scope
from pasodoble.engine.decide import UNPAIRED
from pasodoble.engine.service.finding import find_record, read_refs
from pasodoble.engine.service.syncing import RunResult, ask_for, finish_run
from pasodoble.errors import Error
from pasodoble.model.link import Link, LinkState
from pasodoble.model.message import Message
from pasodoble.model.record import Snapshot
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.model.trace import Change
from pasodoble.planner.plan import make_key
from pasodoble.ports import NewLink, Transaction

PAIRED = Message("person.paired")


class NotPaired(Error):
    """The two cannot be paired as they are: nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Two records of one kind that are to be one."""

    kind: Kind
    refs: Pair[Ref]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedUp:
    """They are a pair now, and were synced. `let_go`: records that had one of the two as their partner before."""

    wish: Wish
    result: RunResult
    let_go: tuple[Ref, ...]

    def document(self) -> dict[str, object]:
        """The versioned document of `problems pair --json`."""
        records = {side.value: str(self.wish.refs[side]) for side in SIDES}
        return {**self.result.document, "paired": records, "let_go": [str(ref) for ref in self.let_go]}


async def read_wish(at: Connected, record: str, other: str) -> Wish:
    """Which two records are meant, however they are spelled. Raises NotFound, NotPaired, ConnectorError."""
    found = [await find_record(at, text) for text in (record, other)]
    named = [next((ref for _, ref in read_refs(at.settings, text.strip())), None) for text in (record, other)]
    own = next((ref.side for ref in named[:1] if ref is not None), None)
    own = own or next((ref.side.other for ref in named[1:] if ref is not None), Side.HUBSPOT)
    refs = found[0].refs[own], found[1].refs[own.other]
    if found[0].kind != found[1].kind or refs[0] is None or refs[1] is None:
        raise NotPaired(
            f"{record} and {other} cannot be one: a pair is a HubSpot record and a Salesforce record of the same kind",
            next_step="name them as hubspot:contact:101 and salesforce:Lead:00Q…",
        )
    return Wish(kind=found[0].kind, refs=Pair.of(own, refs[0], refs[1]))


async def pair_up(at: Connected, wish: Wish, *, actor: str, repoint: bool = False) -> PairedUp:
    """Link the two, and sync them. A stronger word than any evidence, so nothing asks for it but a person.

    repoint   a partner that one of them has already is let go; it stays as it is, and is left out until a person pairs it
    Raises NotPaired, ConnectorError.
    """
    snapshots = await _read_both(at, wish)
    with at.store.transaction(at.settings.name) as tx:
        former = _find_former(tx, wish, repoint=repoint)
        let_go = tuple(sorted(ref for link in former for ref in link.refs if ref is not None and ref not in wish.refs))
        tx.links.retire([link.id for link in former], UNPAIRED.id, at.clock.now())
        run_id = tx.runs.begin("pair", at.clock.now())
        link_id = _link(at, tx, wish, snapshots)
        tx.history.append(run_id, link_id, wish.refs.hubspot, [_tell(at, wish, actor, let_go)])
        tx.problems.close([*wish.refs, *let_go], at.clock.now())
        tx.left_out.clear(tuple(wish.refs))
    ask_for(at, wish.kind, [*wish.refs, *let_go])
    report = await Cycle(at, run_id).run(Scope(kinds=(wish.kind,), refs={*wish.refs, *let_go}))
    return PairedUp(wish=wish, result=finish_run(at, run_id, report), let_go=let_go)


async def _read_both(at: Connected, wish: Wish) -> Pair[Snapshot]:
    seen = []
    for side in SIDES:
        ref = wish.refs[side]
        answer = (await at.connectors[side].read([ref], at.fields(wish.kind, side, ref.object)))[ref]
        if not isinstance(answer, Snapshot):
            raise NotPaired(f"{ref} is not there any more, so nothing can be paired with it", next_step="pasodoble why")
        seen.append(answer)
    return Pair(*seen)


def _find_former(tx: Transaction, wish: Wish, *, repoint: bool) -> Collection[Link]:
    """The live links of the two. Raises NotPaired where they may not be given up."""
    links = {link.id: link for link in tx.links.load(tuple(wish.refs)).values() if link.state is not LinkState.RETIRED}
    for link in links.values():
        partners = " and ".join(str(ref) for ref in link.refs if ref is not None)
        if link.state is not LinkState.LINKED:
            raise NotPaired(f"{partners} is just being carried over", next_step="pasodoble sync --once, then try again")
        if link.refs == wish.refs:
            raise NotPaired(f"{partners} are a pair already", next_step=f"pasodoble why {wish.refs.hubspot}")
        if not repoint:
            raise NotPaired(
                f"{partners} are a pair; to pair one of them with another record would part them",
                next_step="add --repoint, if that is what you want",
            )
    return list(links.values())


def _link(at: Connected, tx: Transaction, wish: Wish, snapshots: Pair[Snapshot]) -> int:
    identity, own = at.identity(wish.kind), snapshots.hubspot
    new = NewLink(
        kind=wish.kind,
        refs=Pair(wish.refs.hubspot, wish.refs.salesforce),
        key=make_key(own.ref, at.accounts.hubspot.id),
        why=PAIRED.id,
        label=identity.label(Side.HUBSPOT, own.fields),
        natural=identity.natural_key(Side.HUBSPOT, own.fields),
    )
    [link] = tx.links.make([new], at.clock.now())
    assert link is not None, "the former links were given up in this very transaction"
    return link.id


def _tell(at: Connected, wish: Wish, actor: str, let_go: Collection[Ref]) -> Change:
    """Who paired them, for the history."""
    return Change(
        side=Side.HUBSPOT,
        key="",
        field="partner",
        before=" ".join(str(ref) for ref in let_go) or None,
        after=str(wish.refs.salesforce),
        reason=PAIRED,
        at=at.clock.now(),
        actor=actor,
    )
