"""Companies by their people: which ones the other side ties to the same persons (A-04), and how many persons count (A-06).

Two persons are the same where they are linked, or where they are not linked yet and answer to one address. So companies are
paired on the very first sync, before their people are, and nobody waits for anybody. Which of several companies is the
partner is `reconcile/pairing`'s to say.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.membership import open_membership
from pasodoble.mapping.identity import EVIDENCE
from pasodoble.model.link import Link, LinkState
from pasodoble.model.record import Snapshot, Tied
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Pair, Side
from pasodoble.reconcile.ties import PRIMARY

PEOPLE: Final[Kind] = "contacts"
PERSON: Final = Pair("contacts", "Contact")
COMPANY: Final = Pair("companies", "Account")
"""A lead belongs to no account, so leads are nobody here (A-07)."""
ADDRESS: Final = EVIDENCE["email"]


def has_people(at: Connected, kind: Kind) -> bool:
    """Whether records of this kind are companies, and people are synced beside them."""
    return kind == "companies" and any(of.kind == PEOPLE for of in at.settings.enabled())


@dataclass(frozen=True, slots=True)
class _Crowd:
    """The people of some companies, and their links."""

    of: Mapping[Ref, frozenset[Ref]]
    links: Mapping[Ref, Link]

    @property
    def all(self) -> set[Ref]:
        return {person for people in self.of.values() for person in people}


async def _gather(at: Connected, companies: Collection[Ref]) -> _Crowd:
    ties = await _read_ties(at, companies, PERSON)
    of = {company: frozenset(tied.to for tied in ties.get(company, ())) for company in companies}
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        links = tx.links.load({person for people in of.values() for person in people})
    return _Crowd(of, {ref: link for ref, link in links.items() if link.state is not LinkState.RETIRED})


async def _read_ties(at: Connected, refs: Collection[Ref], to: Pair[str]) -> dict[Ref, frozenset[Tied]]:
    by_side = {side: sorted(ref for ref in refs if ref.side is side) for side in Side}
    answers = await asyncio.gather(
        *(at.connectors[side].read_ties(own, to[side]) for side, own in by_side.items() if own)
    )
    return {ref: tied for answer in answers for ref, tied in answer.items()}


async def find_sharers(at: Connected, companies: Collection[Ref]) -> dict[Ref, frozenset[Ref]]:
    """Of each of these companies, those on the other side that share people with it. Raises ConnectorError."""
    crowd = await _gather(at, companies)
    bound = {ref: link for ref, link in crowd.links.items() if _is_bound(link)}
    same = await _find_by_address(at, crowd.all - bound.keys())
    same |= {ref: {other} for ref, link in bound.items() if (other := link.refs[ref.side.other]) is not None}
    theirs = await _read_ties(at, {ref for others in same.values() for ref in others if _is_person(ref)}, COMPANY)
    return {
        company: frozenset(
            far
            for person in people
            for other in same.get(person, ())
            for far in _choose_companies(theirs.get(other, frozenset()))
        )
        for company, people in crowd.of.items()
    }


def _is_person(ref: Ref) -> bool:
    return ref.object == PERSON[ref.side]


def _is_bound(link: Link) -> bool:
    """Whether both may belong to a company. Who is linked with a lead is looked for by address: it may have been converted."""
    return link.state is not LinkState.RETIRED and all(ref is None or _is_person(ref) for ref in link.refs)


def _choose_companies(tied: Collection[Tied]) -> set[Ref]:
    """A person's primary company where one is named: that is the one which an account answers to."""
    primary = {one.to for one in tied if one.label == PRIMARY}
    return primary or {one.to for one in tied}


async def _find_by_address(at: Connected, people: Collection[Ref]) -> dict[Ref, set[Ref]]:
    """Of people without a partner yet, the unlinked ones of the other side with the same address."""
    found: dict[Ref, set[Ref]] = defaultdict(set)
    for side in Side:
        own = sorted(ref for ref in people if ref.side is side)
        seen = await at.connectors[side].read(own, (ADDRESS.fields[side],)) if own else {}
        by_key: dict[str, set[Ref]] = defaultdict(set)
        for ref, snap in seen.items():
            if isinstance(snap, Snapshot) and (key := ADDRESS.key(side, snap.fields)):
                by_key[key].add(ref)
        if not by_key:
            continue
        name = ADDRESS.fields[side.other]
        others = await at.connectors[side.other].find(PERSON[side.other], name, sorted(by_key), (name,))
        with at.store.transaction(at.settings.name, read_only=True) as tx:
            links = tx.links.load({snap.ref for snap in others})
        for snap in others:
            if snap.ref not in links or not _is_bound(links[snap.ref]):
                for ref in by_key.get(ADDRESS.key(side.other, snap.fields), ()):
                    found[ref].add(snap.ref)
    return found


async def count_people(at: Connected, companies: Collection[Ref]) -> dict[Ref, int]:
    """Of each of these HubSpot companies, the people who are synced with a Salesforce contact, or will be (N-06, A-06, A-07).

    Raises ConnectorError.
    """
    crowd = await _gather(at, companies)
    inside = await open_membership(at, PEOPLE)
    if inside is not None:
        await inside.ask({ref.id for ref in crowd.all})
    joined = {ref for ref in crowd.all if inside is None or ref.id in inside}
    made = at.settings.objects[PEOPLE].create_in_salesforce == PERSON.salesforce
    loose = await _find_addressed(at, joined - crowd.links.keys()) if made else set()
    contacts = {ref for ref, link in crowd.links.items() if (sf := link.refs.salesforce) is not None and _is_person(sf)}
    counted = joined & (contacts | loose)
    return {company: len(people & counted) for company, people in crowd.of.items()}


async def _find_addressed(at: Connected, people: Collection[Ref]) -> set[Ref]:
    """Those who have an address, without which nobody is synced (N-01)."""
    name = ADDRESS.fields.hubspot
    seen = await at.connectors[Side.HUBSPOT].read(sorted(people), (name,)) if people else {}
    return {ref for ref, snap in seen.items() if isinstance(snap, Snapshot) and snap.fields.get(name)}
