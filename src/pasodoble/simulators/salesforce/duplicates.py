"""Duplicate rules: find records that match the one being saved, and refuse it, or warn, as the rule says.

Unique fields (DUPLICATE_VALUE) are another matter and live in `writes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pasodoble.simulators.salesforce.errors import Refusal, Wrong
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.settings import DuplicateRule

if TYPE_CHECKING:
    from pasodoble.simulators.salesforce.writes import Writer


def check_duplicates(writer: Writer, sobject: Sobject, row: Row, before: Row | None) -> None:
    """Raises Refusal with DUPLICATES_DETECTED. Alerts give way to a caller that allows the save; blocks do not."""
    for rule in writer.org.settings.duplicate_rules[sobject.name]:
        runs = rule.on_create if before is None else rule.on_update
        if not rule.active or not runs or rule.action == "report":
            continue
        if rule.action == "alert" and writer.options.allow_save:
            continue
        found = find_duplicates(writer, sobject, rule, row)
        if found:
            extra = (("duplicateResut", describe_result(writer, sobject, rule, found)),)
            raise Refusal((Wrong("DUPLICATES_DETECTED", rule.message, None, extra),))


def find_duplicates(writer: Writer, sobject: Sobject, rule: DuplicateRule, row: Row) -> list[tuple[str, Row]]:
    """(object name, row) of all live records that agree in every field of the rule; empty fields never match."""
    target = writer.org.find_sobject(rule.match_object or sobject.name)
    if target is None or any(row.get(name) is None for name in rule.match):
        return []
    first, *rest = rule.match
    return [
        (target.name, other)
        for other in writer.org.tables[target.name].find(target.fields[first], (row[first],))
        if other["Id"] != row["Id"]
        and not other.get("IsDeleted")
        and all(_same(other.get(name), row[name]) for name in rest)
    ]


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.strip().lower() == right.strip().lower()
    return bool(left == right)


def _describe_match(writer: Writer, name: str, row: Row) -> dict[str, Any]:
    """The record found: its id, or with `includeRecordDetails` all that the user may read of it."""
    url = f"/services/data/v{writer.options.version}/sobjects/{name}/{row['Id']}"
    told: dict[str, Any] = {"attributes": {"type": name, "url": url}, "Id": row["Id"]}
    if writer.options.record_details:
        sobject, view = writer.org.sobject(name), writer.view
        told |= {field.name: view.reader(sobject, field)(row) for field in view.fields(sobject)}
    return told


def describe_result(
    writer: Writer, sobject: Sobject, rule: DuplicateRule, found: list[tuple[str, Row]]
) -> dict[str, Any]:
    """The list of matches as the API gives it, under a key that it misspells itself."""
    entity = found[0][0]
    return {
        "allowSave": rule.action == "alert",
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": sobject.name,
        "errorMessage": rule.message,
        "matchResults": [
            {
                "entityType": entity,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [
                    {
                        "additionalInformation": [],
                        "fieldDiffs": [],
                        "matchConfidence": 100.0,
                        "record": _describe_match(writer, name, row),
                    }
                    for name, row in found
                ],
                "rule": rule.name,
                "size": len(found),
                "success": True,
            }
        ],
    }
