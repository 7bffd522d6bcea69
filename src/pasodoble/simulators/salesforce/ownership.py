"""Who owns a record: assignment rules that give it away, and the check that the owner can hold it.

Record access by sharing is settled in `view`, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pasodoble.simulators.salesforce.errors import refusal
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.writes import Writer


def assign_owner(writer: Writer, sobject: Sobject, row: Row, before: Row | None, changes: Mapping[str, Any]) -> None:
    """Let the active assignment rule, or the one the call names, choose the owner.

    The API runs the active rule unless the call's Sforce-Auto-Assign header says FALSE, updates included.
    """
    rules = writer.org.settings.assignment_rules.get(sobject.name)
    wanted = writer.options.auto_assign
    if not rules or wanted is False:
        return
    for rule in rules:
        if rule.active if wanted is True else rule.id == full_id(str(wanted)):
            for formula, owner_id in rule.entries:
                if not formula or writer.condition(sobject, formula)(row, before):
                    row["OwnerId"] = owner_id
                    return
            return
    if wanted is not True:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", f"Invalid assignment rule id: {wanted}", [])


def check_owner(writer: Writer, sobject: Sobject, row: Row, before: Row | None) -> None:
    """A new owner is an active user, or a queue that takes such records."""
    owner_id = row.get("OwnerId")
    if owner_id is None or (before is not None and before.get("OwnerId") == owner_id):
        return
    owner = writer.org.get(owner_id) or {}
    if owner_id.startswith("005"):
        if not owner.get("IsActive"):
            message = f"operation performed with inactive user [{owner_id[:15]}] as owner of {sobject.label.lower()}"
            raise refusal("INACTIVE_OWNER_OR_USER", message, [])
        return
    if owner_id.startswith("00G") and owner.get("Type") == "Queue":
        takes = writer.children("QueueSobject", "QueueId", owner_id)
        if not any(item.get("SobjectType") == sobject.name for item in takes):
            message = "Queue not associated with this SObject type"
            raise refusal("INVALID_OPERATION", message, ["OwnerId"])
