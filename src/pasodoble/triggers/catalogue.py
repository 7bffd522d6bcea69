"""All triggers and all non-triggers, in the order in which they are shown. The only list there is.

A declaration itself does not belong here, but in the file of its family.
"""

from __future__ import annotations

from typing import Final

from pasodoble.triggers import activities, manual, membership, ownership, records, schedule
from pasodoble.triggers.spec import NonTrigger, Trigger

TRIGGERS: Final[tuple[Trigger, ...]] = (
    *activities.TRIGGERS,
    *records.TRIGGERS,
    *membership.TRIGGERS,
    *ownership.TRIGGERS,
    *records.TIES,
    *records.LOSSES,
    *manual.TRIGGERS,
    *schedule.TRIGGERS,
)
NON_TRIGGERS: Final[tuple[NonTrigger, ...]] = (
    *records.NON_TRIGGERS,
    *membership.NON_TRIGGERS,
    schedule.OWN_ECHO,
)

KEYS: Final = tuple(dict.fromkeys(trigger.key for trigger in TRIGGERS))
"""Public keys of the triggers; a trigger that is seen in two ways stands once."""
NON_KEYS: Final = tuple(trigger.key for trigger in NON_TRIGGERS)
