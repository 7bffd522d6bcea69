"""Merging: up to two losers go into one winner of the same object, with all that hung on them.

Source: SOAP API Developer Guide, "merge()".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pasodoble.simulators.salesforce.errors import Refusal, refusal
from pasodoble.simulators.salesforce.writes import Writer

MAX_LOSERS = 2


def merge_records(
    writer: Writer, name: str, winner_id: str, loser_ids: Sequence[str], values: Mapping[str, Any] | None = None
) -> list[str]:
    """Merge; gives the ids of the children that moved to the winner. Raises Refusal and then has changed nothing.

    values   what the merging person chose for the winner's fields.
    """
    mark = writer.work.mark()
    try:
        return _merge(writer, name, winner_id, loser_ids, values or {})
    except Refusal:
        writer.work.rollback(mark)
        raise


def _merge(writer: Writer, name: str, winner_id: str, loser_ids: Sequence[str], values: Mapping[str, Any]) -> list[str]:
    sobject = writer.org.find_sobject(name)
    if sobject is None or not sobject.having("mergeable"):
        raise refusal("INVALID_OPERATION", f"{name} cannot be merged; Lead, Contact and Account can", [])
    if not 1 <= len(set(loser_ids)) <= MAX_LOSERS:
        raise refusal("INVALID_NUMBER_OF_ARGUMENTS", "merge takes one or two records to merge into the master", [])
    winner = writer.existing(sobject, winner_id)
    losers = [writer.existing(sobject, loser_id) for loser_id in loser_ids]
    if any(loser["Id"] == winner["Id"] for loser in losers):
        raise refusal("INVALID_ID_FIELD", "a record cannot be merged into itself", [])
    if sobject.name == "Lead" and any(row.get("IsConverted") for row in (winner, *losers)):
        raise refusal("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", [])
    moved = [child for loser in losers for child in _reparent(writer, sobject.name, loser["Id"], winner["Id"])]
    for loser in losers:
        fresh = writer.org.table(sobject.name).get(loser["Id"]) or loser
        swept: list[str] = []
        writer.sweep(sobject, fresh, swept, {"MasterRecordId": winner["Id"]})
        writer.org.bins[loser["Id"]] = tuple(swept)
    writer.update(sobject, winner["Id"], values)
    return moved


def _reparent(writer: Writer, name: str, loser_id: str, winner_id: str) -> list[str]:
    """Point every record that looks at the loser to the winner; a second membership of one campaign stays behind."""
    moved = []
    for table in writer.org.tables.values():
        for field in table.sobject.fields.values():
            if name not in field.refers_to or field.name == "MasterRecordId" or field.calculated:
                continue
            for row in writer.children(table.sobject.name, field.name, loser_id):
                if table.sobject.name == "CampaignMember" and _is_member(writer, row["CampaignId"], winner_id):
                    continue
                writer.amend(table.sobject.name, row["Id"], {field.name: winner_id}, touch="user")
                moved.append(row["Id"])
    return list(dict.fromkeys(moved))


def _is_member(writer: Writer, campaign_id: str, person_id: str) -> bool:
    key = "LeadId" if person_id.startswith("00Q") else "ContactId"
    return any(row.get("CampaignId") == campaign_id for row in writer.children("CampaignMember", key, person_id))
