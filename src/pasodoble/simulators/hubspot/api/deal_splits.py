"""Deal splits: how the credit for a deal is shared among owners.

Deals themselves do not belong here; they are objects like others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.batches import envelope
from pasodoble.simulators.hubspot.bodies import inputs, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

DEALS: Final = "0-3"
MAX_INPUTS: Final = 100
BASES: Final = ("/crm/v3/objects/deals/splits", "/crm/objects/{edition}/deals/splits")
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Split:
    """One owner's share of a deal, from 0 to 1."""

    id: int
    owner_id: int
    share: float
    created_ms: int


class DealSplitsApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self._splits: dict[int, list[Split]] = {}

    def read(self, request: Request) -> Response:
        results, errors = [], []
        for entry in inputs(request, limit=MAX_INPUTS):
            try:
                deal_id = self._deal(entry)
            except Refusal as refusal:
                errors.append(refusal.batch_error())
                continue
            results.append(self._show(deal_id))
        return json_response(envelope(self.portal, results, errors), 207 if errors else 200, records=len(results))

    def upsert(self, request: Request) -> Response:
        results, errors = [], []
        for entry in inputs(request, limit=MAX_INPUTS):
            try:
                deal_id = self._deal(entry)
                self._splits[deal_id] = self._read_splits(required(entry, "splits", list))
            except Refusal as refusal:
                errors.append(refusal.batch_error())
                continue
            results.append(self._show(deal_id))
        body = envelope(self.portal, results, errors)
        return json_response(body, 207 if errors else 200, records=len(results), writes=len(results))

    def _deal(self, entry: Shown) -> int:
        id = str(entry.get("id", ""))
        row = self.portal.tables[DEALS].find(int(id)) if id.isdecimal() else None
        if row is None:
            raise missing(f"DEAL {id} does not exist", id=id)
        return row.id

    def _read_splits(self, entries: list[Any]) -> list[Split]:
        """Shares of one deal, which add up to all of it. Raises Refusal."""
        splits = []
        for entry in entries:
            if not isinstance(entry, dict):
                raise Refusal("A split is an object with ownerId and percentage")
            owner_id, share = required(entry, "ownerId", int), float(required(entry, "percentage", float))
            if owner_id not in self.portal.owners:
                raise Refusal(f"{owner_id} is not the id of an owner of this account")
            id = self.portal.next_id("deal splits", first=101)
            splits.append(Split(id, owner_id, share, self.portal.now_ms()))
        if abs(sum(split.share for split in splits) - 1) > 1e-6:
            raise Refusal("The percentages of a deal's splits have to add up to 1")
        return splits

    def _show(self, deal_id: int) -> Shown:
        return {"id": str(deal_id), "splits": [show_split(split) for split in self._splits.get(deal_id, ())]}


def show_split(split: Split) -> Shown:
    at = iso(split.created_ms)
    properties = {
        "hs_object_id": str(split.id),
        "hubspot_owner_id": str(split.owner_id),
        "hs_deal_split_percentage": format(split.share, "g"),
        "hs_createdate": at,
        "hs_lastmodifieddate": at,
    }
    return {"id": str(split.id), "properties": properties, "createdAt": at, "updatedAt": at, "archived": False}


def add_routes(portal: Portal, routes: Routes) -> None:
    api = DealSplitsApi(portal)
    routes.add_table("objects", BASES, [("POST", "/batch/read", api.read), ("POST", "/batch/upsert", api.upsert)])
