"""Who is in a kind's inclusion list: what joining it starts, and who is inside of the records at hand.

What being inside or outside allows is decided in `reconcile/gates`, and does not belong here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from pasodoble.engine.connected import Connected
from pasodoble.engine.intake import take_in
from pasodoble.errors import ConfigError, Unsupported
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind, Urgency
from pasodoble.ports import Cursor, ListInfo, MemberPage, Transaction

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
MOST_HELD: Final = 200_000
"""Members that are held in memory at a time; of a longer list, only those are asked about that are at hand."""

DEARER: Final = 2.5
"""How much more it costs to ask about a record than to read a member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a list's members have been looked at: all that joined up to `last`, who joined at `last_at`.

    page       leads to the page on which the last one stood
    chosen_at  when this list was first looked at: choosing it started nothing (TN-05)
    """

    list_id: str
    chosen_at: datetime
    page: Cursor | None = None
    last: str = ""
    last_at: datetime = LONG_AGO

    def after(self, page: MemberPage) -> Place:
        if not page.members:
            return replace(self, page=page.cursor)
        last, last_at = list(page.members.items())[-1]
        return replace(self, page=page.cursor, last=last, last_at=last_at)

    def find_newcomers(self, members: Mapping[str, datetime]) -> list[str]:
        """Those behind the last one; where that one has left or joined anew, those who did not join before it."""
        if members.get(self.last) == self.last_at:
            ids = list(members)
            return ids[ids.index(self.last) + 1 :]
        return [id for id, joined_at in members.items() if joined_at >= self.last_at]

    def render(self) -> Cursor:
        return {
            "list": self.list_id,
            "chosen_at": self.chosen_at.isoformat(),
            "page": None if self.page is None else str(self.page["after"]),
            "last": self.last,
            "last_at": self.last_at.isoformat(),
        }


def load_place(tx: Transaction, kind: Kind) -> Place | None:
    kept = tx.cursors.load(_name_cursor(kind))
    if kept is None:
        return None
    return Place(
        list_id=str(kept["list"]),
        chosen_at=datetime.fromisoformat(str(kept["chosen_at"])),
        page=None if kept["page"] is None else {"after": kept["page"]},
        last=str(kept["last"]),
        last_at=datetime.fromisoformat(str(kept["last_at"])),
    )


def _name_cursor(kind: Kind) -> str:
    return f"members:{kind}"


async def look_at_members(at: Connected, kind: Kind) -> int:
    """Mark the records that joined the inclusion list since the last look (T-21); gives how many.

    The first look at a list marks none, however many are in it: choosing a list is no trigger.
    Raises ConfigError where the list cannot be used, ConnectorError.
    """
    marked = 0
    async for signals, place in find_joined(at, kind):
        with at.store.transaction(at.settings.name) as tx:
            marked += len(take_in(at, tx, signals, no_sooner=Urgency.CHECK))
            tx.cursors.save(_name_cursor(kind), place.render(), at.clock.now())
    return marked


async def find_joined(at: Connected, kind: Kind) -> AsyncIterator[tuple[list[Signal], Place]]:
    """Page by page, who joined, and how far the list has then been looked at. Writes nothing."""
    list_id = at.settings.objects[kind].inclusion_list
    if list_id is None:
        return
    await _describe(at, kind, list_id)
    with at.store.transaction(at.settings.name, read_only=True) as tx:
        place = load_place(tx, kind)
    is_new = place is None or place.list_id != list_id
    if place is None or is_new:
        place = Place(list_id=list_id, chosen_at=at.clock.now())
    async for page in at.connectors[Side.HUBSPOT].read_members(list_id, place.page):
        joined = [] if is_new else place.find_newcomers(page.members)
        place = place.after(page)
        yield [_tell_joined(at, kind, list_id, id, page.members[id]) for id in joined], place


def _tell_joined(at: Connected, kind: Kind, list_id: str, id: str, joined_at: datetime) -> Signal:
    ref = Ref(Side.HUBSPOT, at.settings.objects[kind].hubspot_object, id)
    detail = {"list": list_id}
    return Signal(kind=SignalKind.LIST_JOINED, side=Side.HUBSPOT, ref=ref, at=joined_at, detail=detail)


async def _describe(at: Connected, kind: Kind, list_id: str) -> ListInfo:
    try:
        return await at.connectors[Side.HUBSPOT].describe_list(list_id, at.settings.objects[kind].hubspot_object)
    except Unsupported as error:
        raise ConfigError(
            f"{kind}: the inclusion list cannot be used: {error}; no {kind} were synced", next_step=error.next_step
        ) from error


@dataclass(slots=True)
class Membership:
    """Who is in the inclusion list, of the records that were asked about last. For one run.

    Asks about the records at hand; once that has cost what reading all members would, they are read and kept.
    """

    at: Connected
    about: ListInfo
    of_object: str
    _inside: Collection[str] = field(default_factory=frozenset)
    _asked_count: int = 0
    _is_whole: bool = False

    def __contains__(self, id: object) -> bool:
        return id in self._inside

    async def ask(self, ids: Collection[str]) -> None:
        """Raises ConnectorError."""
        if self._is_whole or not ids:
            return
        self._asked_count += len(ids)
        hubspot, size = self.at.connectors[Side.HUBSPOT], self.about.size
        if size is not None and size <= min(self._asked_count * DEARER, MOST_HELD):
            self._inside = {id async for page in hubspot.read_members(self.about.id) for id in page.members}
            self._is_whole = True
        else:
            self._inside = await hubspot.find_members(self.about.id, self.of_object, ids)


async def open_membership(at: Connected, kind: Kind) -> Membership | None:
    """None where no list is set. Raises ConfigError where it cannot be used, ConnectorError."""
    of_kind = at.settings.objects[kind]
    if of_kind.inclusion_list is None:
        return None
    return Membership(at, await _describe(at, kind, of_kind.inclusion_list), of_kind.hubspot_object)
