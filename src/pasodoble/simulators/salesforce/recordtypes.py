"""Record types: which one a record has, and the picklist values it leaves open.

How types are defined is `door.setup`; how they are told is `rest.describing`.
"""

from __future__ import annotations

from pasodoble.simulators.salesforce.errors import refusal
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject


def settle_record_type(sobject: Sobject, row: Row, before: Row | None) -> None:
    """Give a new record the default type, and check the type and what it narrows. Raises Refusal."""
    given = row.get("RecordTypeId")
    if given is None:
        default = next((kind for kind in sobject.record_types if kind.default and not kind.master), None)
        if before is None and default is not None:
            row["RecordTypeId"] = default.id
            given = default.id
    kind = next((kind for kind in sobject.record_types if kind.id == given), None)
    if given is None:
        return
    if kind is None or not kind.active:
        message = f"Record Type ID: this ID value isn't valid for the user: {given}"
        raise refusal("INVALID_CROSS_REFERENCE_KEY", message, ["RecordTypeId"])
    for name, values in kind.choices.items():
        value = row.get(name)
        if value is None or value in values or (before is not None and before.get(name) == value):
            continue
        field = sobject.fields.get(name)
        if field is not None and field.restricted:
            message = f"{field.label}: bad value for restricted picklist field: {value}"
            raise refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [name])
