"""What a change event means: Salesforce's words turned into signals, and which objects it can tell us of.

A change without its body (a gap) is still a signal where it names its records, for every record is read again anyway. Merges
are not told: the losers are deleted, and reading them by id finds who survived. Whether a signal starts anything is decided
by `triggers/`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pasodoble.connectors.salesforce.change_events import ChangeEvent
from pasodoble.connectors.salesforce.client import CLIENT
from pasodoble.connectors.salesforce.ids import is_id, to_18
from pasodoble.model.ref import Ref
from pasodoble.model.side import Side
from pasodoble.model.signal import Signal, SignalKind
from pasodoble.model.value import Raw

ENTITIES_ALLOWED: Final = 5
"""Objects with change events that an org may select without the add-on. Source: CDC guide, "Allocations"."""

OBSERVED: Final[Mapping[str, tuple[str, str]]] = {
    "salesforce_field_changed": ("`UPDATE`", "rows by (SystemModstamp, Id), compared with the base"),
    "salesforce_record_created": ("`CREATE`", "rows by (SystemModstamp, Id): a record that is not known"),
    "owner_changed": ("`UPDATE` of `OwnerId`", "rows by (SystemModstamp, Id), compared with the base"),
    "lifecycle_stage_changed": (
        "`UPDATE` of an opportunity, `CREATE` of an `OpportunityContactRole`",
        "opportunities and their roles by SystemModstamp",
    ),
    "association_changed": ("`CREATE` of an `OpportunityContactRole`", "roles and lookups of records that changed"),
    "record_deleted": ("`DELETE`", "reading the record by its id"),
    "record_restored": ("`UNDELETE`", "rows by (SystemModstamp, Id)"),
    "records_merged": ("`DELETE` of the losers", "reading the record by its id: it names its master"),
    "lead_converted": ("`UPDATE` of `IsConverted`", "rows by (SystemModstamp, Id), converted leads among them"),
    "periodic_check": ("", "rows by (SystemModstamp, Id) up to `latestDateCovered`; the first time, all rows by Id"),
    "formula_result_changed": ("", "a record that changed otherwise, compared with the base"),
    "campaign_left": ("`DELETE` of a `CampaignMember`", ""),
    "unmapped_field_changed": ("`UPDATE` of another field", "a change that left all mapped ones alone"),
    "own_echo": ("`changeOrigin` and `commitUser` are ours", "LastModifiedById is ours and it holds what we wrote"),
}
"""By trigger: (push, as a change event; poll). What is not named here does not happen in Salesforce."""

_FIRST: Final = ("Lead", "Contact", "Account", "Opportunity", "Case")
_BETWEEN: Final[Mapping[str, Sequence[Collection[str]]]] = {
    "CampaignMember": (("Lead", "Contact"),),
    "OpportunityContactRole": (("Opportunity",), ("Contact",)),
}
"""Rows between records, each with what must be synced for it to matter: one of each of these."""
_EMPTY_ID: Final = "000000000000000AAA"

_KINDS: Final[Mapping[str, SignalKind]] = {
    "CREATE": SignalKind.CREATED,
    "UPDATE": SignalKind.CHANGED,
    "DELETE": SignalKind.DELETED,
    "UNDELETE": SignalKind.RESTORED,
    "GAP_CREATE": SignalKind.CREATED,
    "GAP_UPDATE": SignalKind.CHANGED,
    "GAP_DELETE": SignalKind.DELETED,
    "GAP_UNDELETE": SignalKind.RESTORED,
}
_OVERFLOW: Final = "GAP_OVERFLOW"
"""More than 100,000 changes in one transaction: the whole object has to be looked at."""


def choose_entities(
    objects: Collection[str], room: int | None = ENTITIES_ALLOWED
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(objects we ask to be told of, those that only the look finds), in the order in which they are to be selected.

    Rows between synced records come last: what they tell, the look finds too.
    room   how many the org may select; None: as many as there are
    """
    between = [name for name, ends in _BETWEEN.items() if all(any(end in objects for end in some) for some in ends)]
    wanted = (*(n for n in _FIRST if n in objects), *sorted({*objects} - {*_FIRST}), *between)
    return wanted[:room], () if room is None else wanted[room:]


def topic_of(object: str) -> str:
    """`/data/LeadChangeEvent`, `/data/Thing__ChangeEvent`."""
    return f"/data/{object.removesuffix('c') if object.endswith('__c') else object}ChangeEvent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an event comes to. `missed`: it says that more has changed than it tells, so that only a look helps."""

    signals: tuple[Signal, ...] = ()
    missed: bool = False


def read_event(event: ChangeEvent, me: str) -> Told:
    """`me`: the user we write as, "" if that is not known."""
    ids = [id for id in event.ids if is_id(id) and id != _EMPTY_ID]
    missed = event.change == _OVERFLOW or len(ids) < len(event.ids)
    special = _SPECIAL.get((event.object, event.change), _read_plain)
    return Told(signals=tuple(signal for id in ids for signal in special(event, id, is_ours(event, me))), missed=missed)


def is_ours(event: ChangeEvent, me: str) -> bool:
    """Whether we made the change: by the name we call ourselves in every call, and by the user.

    Neither alone will do: other programs sign in as the same user, and another installation calls itself the same.
    """
    return event.origin.endswith(f";{CLIENT}") and me in ("", event.user_id)


def _read_plain(event: ChangeEvent, id: str, by_us: bool) -> Iterable[Signal]:
    kind = _KINDS.get(event.change)
    if kind is not None:
        yield _signal(kind, event, Ref(Side.SALESFORCE, event.object, id), by_us, fields=event.fields)


def _read_lead(event: ChangeEvent, id: str, by_us: bool) -> Iterable[Signal]:
    if event.values.get("IsConverted") is not True or "IsConverted" not in event.fields:
        yield from _read_plain(event, id, by_us)
        return
    made = {name: _id_in(event, f"Converted{name}Id") for name in ("Account", "Contact", "Opportunity")}
    detail: dict[str, Raw] = {name.lower(): made_id for name, made_id in made.items() if made_id}
    yield _signal(SignalKind.CONVERTED, event, Ref(Side.SALESFORCE, "Lead", id), by_us, detail=detail)


def _read_member(kind: SignalKind) -> Callable[[ChangeEvent, str, bool], Iterable[Signal]]:
    """Joining concerns the person, who is named in the body; a deletion has none, and names only the membership."""

    def read(event: ChangeEvent, id: str, by_us: bool) -> Iterable[Signal]:
        detail: dict[str, Raw] = {
            "member": id,
            "campaign": _id_in(event, "CampaignId"),
            "status": event.values.get("Status"),
        }
        person = next(((o, p) for o in ("Contact", "Lead") if (p := _id_in(event, f"{o}Id"))), (event.object, id))
        yield _signal(kind, event, Ref(Side.SALESFORCE, *person), by_us, detail=detail)

    return read


def _read_role(event: ChangeEvent, id: str, by_us: bool) -> Iterable[Signal]:
    """A part in an opportunity concerns the person, whose stage it moves, and the opportunity."""
    ends = {object: _id_in(event, f"{object}Id") for object in ("Contact", "Opportunity")}
    for object, its_id in ends.items():
        if its_id:
            detail: dict[str, Raw] = {"role": True} if object == "Contact" else {}
            yield _signal(SignalKind.ASSOCIATED, event, Ref(Side.SALESFORCE, object, its_id), by_us, detail=detail)


_SPECIAL: Final[Mapping[tuple[str, str], Callable[[ChangeEvent, str, bool], Iterable[Signal]]]] = {
    ("Lead", "UPDATE"): _read_lead,
    ("CampaignMember", "CREATE"): _read_member(SignalKind.CAMPAIGN_JOINED),
    ("CampaignMember", "DELETE"): _read_member(SignalKind.CAMPAIGN_LEFT),
    ("OpportunityContactRole", "CREATE"): _read_role,
}


def _signal(
    kind: SignalKind,
    event: ChangeEvent,
    ref: Ref,
    by_us: bool,
    *,
    fields: tuple[str, ...] = (),
    detail: Mapping[str, Raw] | None = None,
) -> Signal:
    return Signal(
        kind=kind, side=Side.SALESFORCE, ref=ref, at=event.at, fields=fields, by_us=by_us, detail=detail or {}
    )


def _id_in(event: ChangeEvent, name: str) -> str:
    value: Any = event.values.get(name)
    return to_18(value) if isinstance(value, str) else ""
