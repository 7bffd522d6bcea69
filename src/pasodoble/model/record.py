"""Records as we saw them, and what is left of them when they are gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pasodoble.model.ref import Ref
from pasodoble.model.value import Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One past value of a field, as the vendor's own history has it. `by_us`: written by our app or user."""

    value: Raw
    at: datetime
    by_us: bool
    author: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A record as one read gave it.

    fields       the vendor's own values by field name; a name that is absent was not given (MISSING), None is a blank
    modified_at  the vendor's stamp of the last change
    seen_at      the vendor's clock at that read, not ours
    by_us        whether the record's last change is known to be ours; evidence only, never proof
    modified_by  the vendor's id of whoever made that change, "" where it is not told
    history      past versions by field name, newest first; only where they were asked for
    """

    ref: Ref
    fields: Mapping[str, Raw]
    modified_at: datetime
    seen_at: datetime
    created_at: datetime | None = None
    by_us: bool = False
    modified_by: str = ""
    history: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)


class Loss(StrEnum):
    """How a record came to be gone, as far as a read by its id can tell."""

    DELETED = "deleted"
    MERGED = "merged"
    CONVERTED = "converted"
    UNSEEN = "unseen"
    """Not found, without any proof of a deletion: it may be hidden from us. Never a reason to delete anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A record that a read by its id did not give. `into` is the survivor of a merge, or the contact of a lead."""

    ref: Ref
    how: Loss
    seen_at: datetime
    into: Ref | None = None


Seen = Snapshot | Gone


class Tied(NamedTuple):
    """A record that another is tied to. `label` is the vendor's: a role, an association type, "" for the plain one."""

    to: Ref
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Someone who may own records. `queue`: a queue, not a person."""

    id: str
    email: str
    name: str
    active: bool = True
    queue: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is at the other end: HubSpot's portal or Salesforce's organization. `user_id` is what we write as."""

    id: str
    name: str
    user_id: str
    time_zone: str = "UTC"
    sandbox: bool = False
