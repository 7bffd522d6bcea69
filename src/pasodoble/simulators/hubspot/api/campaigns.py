"""Marketing campaigns: their properties, assets, budget and spend, and what they are credited with.

They have nothing to do with Salesforce campaigns, nor with the `emailCampaignId` of email events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.bodies import inputs, json_object, optional, page_of, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.event_model import Campaign
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

MAX_BATCH: Final = 50
READ_ONLY: Final = ("hs_object_id", "hs_created_by_user_id", "hs_budget_items_sum_amount", "hs_spend_items_sum_amount")
DEFAULT: Final = ("hs_name",)


def add_routes(portal: Portal, routes: Routes) -> None:
    area = Campaigns(portal)
    rows = [
        ("GET", "", area.page),
        ("POST", "", area.create),
        ("POST", "/batch/create", area.create_batch),
        ("POST", "/batch/read", area.read_batch),
        ("POST", "/batch/update", area.update_batch),
        ("POST", "/batch/archive", area.archive_batch),
        ("GET", "/{id}", area.show),
        ("PATCH", "/{id}", area.update),
        ("DELETE", "/{id}", area.archive),
        ("GET", "/{id}/assets/{type}", area.list_assets),
        ("PUT", "/{id}/assets/{type}/{asset}", area.add_asset),
        ("DELETE", "/{id}/assets/{type}/{asset}", area.remove_asset),
        ("GET", "/{id}/budget/totals", area.totals),
        ("GET", "/{id}/reports/metrics", area.metrics),
        ("GET", "/{id}/reports/revenue", area.revenue),
        ("GET", "/{id}/reports/contacts/{type}", area.contacts),
        *area.item_rows("budget", lambda campaign: campaign.budget),
        *area.item_rows("spend", lambda campaign: campaign.spend),
    ]
    routes.add_table("campaigns", ("/marketing/v3/campaigns", "/marketing/campaigns/{edition}"), rows)


class Campaigns:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._campaigns = portal.events.campaigns

    def _find(self, request: Request) -> Campaign:
        return self._get(request.params["id"])

    def _get(self, id: str) -> Campaign:
        if id not in self._campaigns:
            raise missing(f"Campaign {id} not found")
        return self._campaigns[id]

    # -- campaigns ------------------------------------------------------------------------------------------------

    def page(self, request: Request) -> Response:
        name = (request.one("name") or "").lower()
        campaigns = [row for row in self._campaigns.values() if name in row.properties.get("hs_name", "").lower()]
        sort = request.one("sort") or "hs_name"
        campaigns.sort(key=lambda row: _sort_key(row, sort.lstrip("-")), reverse=sort.startswith("-"))
        shown, paging = page_of(campaigns, request, default=50, largest=100)
        return json_response({"results": [_spell(row, request.many("properties")) for row in shown], **paging})

    def create(self, request: Request) -> Response:
        return json_response(_spell(self._create(json_object(request)), None), 201)

    def _create(self, body: dict[str, Any]) -> Campaign:
        properties = _properties(body)
        if not properties.get("hs_name"):
            raise Refusal("hs_name is required to create a campaign")
        if any(row.properties.get("hs_name") == properties["hs_name"] for row in self._campaigns.values()):
            raise Refusal(f"A campaign named {properties['hs_name']} already exists", status=409, category="CONFLICT")
        now = self._portal.now_ms()
        campaign = Campaign(self._portal.new_guid(), now, now, properties)
        campaign.properties["hs_object_id"] = str(self._portal.next_id("campaigns"))
        self._campaigns[campaign.id] = campaign
        return campaign

    def show(self, request: Request) -> Response:
        return json_response(self._spell_whole(self._find(request), request))

    def _spell_whole(self, campaign: Campaign, request: Request) -> dict[str, Any]:
        assets = {kind: {"results": [{"id": id} for id in ids]} for kind, ids in campaign.assets.items() if ids}
        return {**_spell(campaign, request.many("properties")), "assets": assets}

    def update(self, request: Request) -> Response:
        return json_response(_spell(self._update(self._find(request), json_object(request)), None))

    def _update(self, campaign: Campaign, body: dict[str, Any]) -> Campaign:
        campaign.properties |= _properties(body)
        campaign.updated_ms = self._portal.now_ms()
        return campaign

    def archive(self, request: Request) -> Response:
        self._campaigns.pop(request.params["id"], None)
        return Response(status=204)

    # -- batches --------------------------------------------------------------------------------------------------

    def create_batch(self, request: Request) -> Response:
        return self._batch([_spell(self._create(row), None) for row in inputs(request, limit=MAX_BATCH)], 201)

    def read_batch(self, request: Request) -> Response:
        ids = [required(row, "id", str) for row in inputs(request, limit=MAX_BATCH)]
        found = [self._campaigns[id] for id in ids if id in self._campaigns]
        return self._batch([self._spell_whole(campaign, request) for campaign in found])

    def update_batch(self, request: Request) -> Response:
        rows = [(self._get(required(row, "id", str)), row) for row in inputs(request, limit=MAX_BATCH)]
        return self._batch([_spell(self._update(campaign, row), None) for campaign, row in rows])

    def archive_batch(self, request: Request) -> Response:
        for row in inputs(request, limit=MAX_BATCH):
            self._campaigns.pop(required(row, "id", str), None)
        return Response(status=204)

    def _batch(self, results: list[dict[str, Any]], status: int = 200) -> Response:
        now = iso(self._portal.now_ms())
        return json_response({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now}, status)

    # -- assets ---------------------------------------------------------------------------------------------------

    def list_assets(self, request: Request) -> Response:
        ids = self._find(request).assets.get(request.params["type"].upper(), [])
        shown, paging = page_of(ids, request, default=10, largest=100)
        return json_response({"results": [{"id": id} for id in shown], **paging})

    def add_asset(self, request: Request) -> Response:
        ids = self._find(request).assets.setdefault(request.params["type"].upper(), [])
        if request.params["asset"] not in ids:
            ids.append(request.params["asset"])
        return Response(status=204)

    def remove_asset(self, request: Request) -> Response:
        ids = self._find(request).assets.get(request.params["type"].upper(), [])
        if request.params["asset"] in ids:
            ids.remove(request.params["asset"])
        return Response(status=204)

    # -- budget and spend -----------------------------------------------------------------------------------------

    def item_rows(self, name: str, items: Callable[[Campaign], dict[str, dict[str, Any]]]) -> list[Any]:
        """The four routes of budget items, or of spend items."""

        def find(request: Request) -> dict[str, Any]:
            found = items(self._find(request)).get(request.params["item"])
            if found is None:
                raise missing(f"{name} item {request.params['item']} not found")
            return found

        def create(request: Request) -> Response:
            item = {"id": str(self._portal.next_id("campaign_items")), "createdAt": self._portal.now_ms()}
            item |= self._item(json_object(request))
            items(self._find(request))[str(item["id"])] = item
            return json_response(item, 201)

        def replace(request: Request) -> Response:
            found = find(request)
            found |= self._item(json_object(request))
            return json_response(found)

        def delete(request: Request) -> Response:
            items(self._find(request)).pop(request.params["item"], None)
            return Response(status=204)

        one = f"/{{id}}/{name}/{{item}}"
        return [
            ("POST", f"/{{id}}/{name}", create),
            ("GET", one, lambda request: json_response(find(request))),
            ("PUT", one, replace),
            ("DELETE", one, delete),
        ]

    def _item(self, body: dict[str, Any]) -> dict[str, Any]:
        item = {
            "name": required(body, "name", str),
            "amount": required(body, "amount", float),
            "order": required(body, "order", int),
            "updatedAt": self._portal.now_ms(),
        }
        description = optional(body, "description", str)
        return item if description is None else {**item, "description": description}

    def totals(self, request: Request) -> Response:
        campaign = self._find(request)
        budget = sum(item["amount"] for item in campaign.budget.values())
        spend = sum(item["amount"] for item in campaign.spend.values())
        return json_response(
            {
                "budgetItems": list(campaign.budget.values()),
                "spendItems": list(campaign.spend.values()),
                "budgetTotal": budget,
                "spendTotal": spend,
                "remainingBudget": budget - spend,
                "currencyCode": self._portal.account.currency,
            }
        )

    # -- reports --------------------------------------------------------------------------------------------------

    def metrics(self, request: Request) -> Response:
        self._find(request)
        counters = ("influencedContacts", "newContactsFirstTouch", "newContactsLastTouch", "sessions")
        return json_response(dict.fromkeys(counters, 0))

    def revenue(self, request: Request) -> Response:
        self._find(request)
        currency = self._portal.account.currency
        return json_response(
            {"contactsNumber": 0, "dealsNumber": 0, "dealAmount": 0, "revenueAmount": 0, "currencyCode": currency}
        )

    def contacts(self, request: Request) -> Response:
        self._find(request)
        return json_response({"results": []})


def _properties(body: dict[str, Any]) -> dict[str, str]:
    given = required(body, "properties", dict)
    if refused := [name for name in given if name in READ_ONLY]:
        raise Refusal(f'"{refused[0]}" is a read only property; its value cannot be set.')
    return {name: str(value) for name, value in given.items() if value is not None}


def _sort_key(campaign: Campaign, name: str) -> str:
    moments = {"createdAt": campaign.created_ms, "updatedAt": campaign.updated_ms}
    return f"{moments[name]:015}" if name in moments else campaign.properties.get(name, "").lower()


def _spell(campaign: Campaign, names: list[str] | None) -> dict[str, Any]:
    """`names` are the properties to show: None for all, none for the default ones."""
    shown = (
        campaign.properties
        if names is None
        else {n: v for n, v in campaign.properties.items() if n in (names or DEFAULT)}
    )
    return {
        "id": campaign.id,
        "properties": dict(shown),
        "createdAt": iso(campaign.created_ms),
        "updatedAt": iso(campaign.updated_ms),
        "businessUnits": [],
    }
