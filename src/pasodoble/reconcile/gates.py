"""Who is left out on purpose, and by which gate: eligibility as data, in the order in which the gates are asked.

A closed gate is no error. Which partner an eligible record has is decided in `pairing`, and does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pasodoble.model.message import Message
from pasodoble.model.ref import Ref
from pasodoble.model.settings import ExistingRecords, ObjectSettings
from pasodoble.model.side import Side


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """A record that wants to sync, with all that the gates ask.

    linked          it has a partner already
    email           its e-mail address, None where it has none; asked only for kinds that are matched by it
    in_list         whether it is in the inclusion list; None where no list is set, or where it cannot be
    woken           something happened to it besides its being there: an edit since the installation, a form, a person
    asked           a person asked for this very record
    installed_at    when this object's sync was switched on
    converted       a lead that has become a contact
    people          companies: how many of its people are synced with contacts; None where that is not asked
    """

    settings: ObjectSettings
    ref: Ref
    linked: bool
    email: str | None = None
    in_list: bool | None = None
    created_at: datetime | None = None
    installed_at: datetime | None = None
    existing: ExistingRecords = ExistingRecords.SYNC
    woken: bool = False
    asked: bool = False
    converted: bool = False
    people: int | None = None
    pipeline_synced: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`key` is public and stable. `rules` name the native behaviour; `closed` says whether the gate is shut for a record."""

    key: str
    rules: tuple[str, ...]
    closed: Callable[[Applicant], bool]

    @property
    def message(self) -> Message:
        return Message(f"gate.{self.key}")


def _has_no_email(who: Applicant) -> bool:
    return not who.linked and "email" in who.settings.match and not (who.email or "").strip()


def _is_outside_list(who: Applicant) -> bool:
    """A new Salesforce record comes in once even so (I-05); after that, outside is outside, both ways (I-06)."""
    return who.in_list is False and (who.linked or who.ref.side is Side.HUBSPOT)


def _waits_for_edit(who: Applicant) -> bool:
    if who.linked or who.woken or who.asked or who.existing is ExistingRecords.SYNC:
        return False
    return who.created_at is None or who.installed_at is None or who.created_at < who.installed_at


GATES: Final[tuple[Gate, ...]] = (
    Gate(key="object_off", rules=("M-14", "A-01", "D-04"), closed=lambda who: not who.settings.enabled),
    Gate(key="converted_lead", rules=("C-10", "C-11"), closed=lambda who: who.converted),
    Gate(key="no_email", rules=("N-01", "N-02"), closed=_has_no_email),
    Gate(key="not_in_list", rules=("N-03", "I-02", "I-05", "I-06"), closed=_is_outside_list),
    Gate(key="pipeline_not_synced", rules=("N-07", "D-07"), closed=lambda who: not who.pipeline_synced),
    Gate(key="waits_for_edit", rules=("TN-07", "TN-12", "C-19"), closed=_waits_for_edit),
)
"""Asked of every record, linked or not."""


def _may_not_create(who: Applicant) -> bool:
    settings = who.settings
    return not (settings.create_in_salesforce if who.ref.side is Side.HUBSPOT else settings.create_in_hubspot)


CREATE_GATES: Final[tuple[Gate, ...]] = (
    Gate(key="create_off", rules=("T-18", "T-19", "C-05", "C-06"), closed=_may_not_create),
    Gate(key="no_people", rules=("N-06", "A-06", "A-07", "A-08"), closed=lambda who: who.people == 0 and not who.asked),
)
"""Asked besides when a record has no partner, before one is made."""


def find_gate(who: Applicant) -> Gate | None:
    """The first gate that is closed for this record; None where it may sync."""
    return next((gate for gate in GATES if gate.closed(who)), None)


def find_create_gate(who: Applicant) -> Gate | None:
    """The first gate that forbids making a partner for this record; None where one may be made."""
    return next((gate for gate in CREATE_GATES if gate.closed(who)), None)
