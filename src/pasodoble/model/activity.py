"""What people do on HubSpot's timeline, as one occurrence each: a note, a click, a form that was submitted.

How a sort of activity is read is the connector's matter; how it is told in Salesforce, `mapping/telling`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pasodoble.model.ref import Kind, Ref
from pasodoble.model.side import Side
from pasodoble.model.value import Raw

ACTIVITIES: Final[Kind] = "activities"
"""The kind of links between an activity and the task or event that tells of it."""
MEMBERSHIPS: Final[Kind] = "campaign_members"
"""The kind of links between a form's submission and the campaign membership that it led to."""
LOGGED: Final[Kind] = "salesforce_activities"
"""The kind of links between a Salesforce task or event and what tells of it in HubSpot."""
BESIDE: Final = (ACTIVITIES, MEMBERSHIPS, LOGGED)
"""Kinds that are no records of their own: they stand on the timeline of one, and are not listed among them."""

SORT: Final = "timeline"
"""Where a record's object would stand, in the mark of a sort of activity: something of that sort happened."""

_VALUE: Final = "="
"""Before the names of an activity's own values, where it is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One occurrence, which never changes.

    name      the key of its trigger: `note_created`
    ref       names it for good: the vendor's record, or what stands for an event that is none
    at        when it came about, by the vendor's clock
    contact   whom it concerns; None where `record`'s associations or `address` tell
    record    the HubSpot record whose associations say whom it concerns, and what it is about
    address   the e-mail address of whom it concerns
    about     companies, deals and tickets that it is associated with
    fields    the vendor's own values, and what else is known of it, by name
    """

    name: str
    ref: Ref
    at: datetime
    contact: Ref | None = None
    record: Ref | None = None
    address: str = ""
    about: tuple[Ref, ...] = ()
    fields: Mapping[str, Raw] = field(default_factory=dict)

    def render(self) -> dict[str, Raw]:
        """All of it as one flat document. Only of one whose contact is known."""
        assert self.contact is not None
        about = " ".join(f"{ref.object}:{ref.id}" for ref in self.about)
        own = {_VALUE + name: value for name, value in self.fields.items() if value is not None}
        return {
            "name": self.name,
            "at": self.at.isoformat(),
            "contact": f"{self.contact.object}:{self.contact.id}",
            "about": about,
            **own,
        }

    @classmethod
    def parse(cls, ref: Ref, document: Mapping[str, Raw]) -> Activity:
        """The activity of that document, which `render` made."""
        about = tuple(_parse_ref(one) for one in str(document["about"]).split())
        return cls(
            name=str(document["name"]),
            ref=ref,
            at=datetime.fromisoformat(str(document["at"])),
            contact=_parse_ref(str(document["contact"])),
            about=about,
            fields={key.removeprefix(_VALUE): value for key, value in document.items() if key.startswith(_VALUE)},
        )


def _parse_ref(text: str) -> Ref:
    object, _, id = text.partition(":")
    return Ref(Side.HUBSPOT, object, id)
