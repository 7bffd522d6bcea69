"""The account's users as owners of records: people and queues, active and archived.

Assigning one to a record does not belong here; that is a property like others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(slots=True, kw_only=True)
class Owner:
    """`id` is what records hold; `user_id` what history shows. A queue has neither names nor a user."""

    id: int
    user_id: int | None
    email: str
    first: str = ""
    last: str = ""
    type: str = "PERSON"
    archived: bool = False
    created_ms: int = 0
    updated_ms: int = 0
    teams: tuple[tuple[str, str, bool], ...] = ()
    """(team id, name, whether it is the main one) each."""


PEOPLE: Final = (
    ("ana.torres@pasodoble.example", "Ana", "Torres"),
    ("ben.clarke@pasodoble.example", "Ben", "Clarke"),
    ("carla.ruiz@pasodoble.example", "Carla", "Ruiz"),
    ("dev.patel@pasodoble.example", "Dev", "Patel"),
)
"""The four users of both simulated CRMs, the same addresses in each."""
FORMER: Final = ("eva.former@pasodoble.example", "Eva", "Former")
FIRST_OWNER_ID: Final = 7001
FIRST_USER_ID: Final = 77


def starting_owners(now_ms: int) -> dict[int, Owner]:
    """Four people, a queue, and somebody who left."""
    owners = [
        Owner(
            id=FIRST_OWNER_ID + number,
            user_id=FIRST_USER_ID + number,
            email=email,
            first=first,
            last=last,
            created_ms=now_ms,
            updated_ms=now_ms,
            teams=(("1", "Sales", True),) if number < 2 else (),
        )
        for number, (email, first, last) in enumerate(PEOPLE)
    ]
    queue_id, former_id = FIRST_OWNER_ID + len(PEOPLE), FIRST_OWNER_ID + len(PEOPLE) + 1
    owners.append(
        Owner(
            id=queue_id,
            user_id=None,
            email="",
            first="Inbound queue",
            type="QUEUE",
            created_ms=now_ms,
            updated_ms=now_ms,
        )
    )
    email, first, last = FORMER
    owners.append(
        Owner(
            id=former_id,
            user_id=FIRST_USER_ID + len(PEOPLE),
            email=email,
            first=first,
            last=last,
            archived=True,
            created_ms=now_ms,
            updated_ms=now_ms,
        )
    )
    return {owner.id: owner for owner in owners}
