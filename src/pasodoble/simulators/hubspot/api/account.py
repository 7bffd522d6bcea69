"""Account information: the account's details, what private apps spent today, and the (empty) security logs."""

from __future__ import annotations

from typing import Any

from pasodoble.simulators.door import DoorError, door_json, refuse
from pasodoble.simulators.http import DOOR, Request, Response, json_response
from pasodoble.simulators.hubspot.limits import BURST, zone_offset_ms
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

USER_EMAIL = "ana.torres@pasodoble.example"


def add_routes(portal: Portal, routes: Routes) -> None:
    info = AccountInfo(portal)
    rows = [
        ("GET", "/details", info.details),
        ("GET", "/api-usage/daily/private-apps", info.usage),
        ("GET", "/api-usage/daily", info.usage),
        ("GET", "/activity/audit-logs", info.no_activity),
        ("GET", "/activity/login", info.logins),
        ("GET", "/activity/security", info.no_activity),
    ]
    routes.add_table("account", ("/account-info/v3", "/account-info/{edition}"), rows)
    routes.open_add("GET", DOOR + "limits", info.show_plan)
    routes.open_add("POST", DOOR + "limits", info.set_plan)
    routes.add("GET", "/integrations/v1/me", info.legacy_me, area="account")


class AccountInfo:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def details(self, _request: Request) -> Response:
        account = self._portal.account
        offset_ms = zone_offset_ms(account.time_zone, self._portal.now_ms())
        minutes = abs(offset_ms) // 60_000
        return json_response(
            {
                "portalId": account.portal_id,
                "accountType": account.account_type,
                "timeZone": account.time_zone,
                "companyCurrency": account.currency,
                "additionalCurrencies": list(account.additional_currencies),
                "utcOffset": f"{'-' if offset_ms < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}",
                "utcOffsetMilliseconds": offset_ms,
                "uiDomain": account.ui_domain,
                "dataHostingLocation": account.hosting,
            }
        )

    def legacy_me(self, _request: Request) -> Response:
        """What older clients ask to learn the account they are in."""
        account = self._portal.account
        return json_response(
            {
                "portalId": account.portal_id,
                "timeZone": account.time_zone,
                "currency": account.currency,
                "utcOffset": "+00:00",
                "utcOffsetMilliseconds": zone_offset_ms(account.time_zone, self._portal.now_ms()),
            }
        )

    def usage(self, _request: Request) -> Response:
        limits, now = self._portal.limits, self._portal.now_ms()
        return json_response(
            {
                "results": [
                    {
                        "name": "private-apps-api-calls-daily",
                        "usageLimit": limits.daily.limit,
                        "currentUsage": limits.daily_used(),
                        "collectedAt": iso(now),
                        "fetchStatus": "SUCCESS",
                        "resetsAt": iso(limits.resets_at_ms()),
                    }
                ]
            }
        )

    def show_plan(self, _request: Request) -> Response:
        """What the control door tells of the budgets."""
        limits = self._portal.limits
        return json_response(
            {
                "enforce": limits.enforced,
                "tier": limits.tier,
                "increases": limits.increases,
                "burst": limits.burst,
                "daily": limits.daily.limit,
                "used_today": limits.daily_used(),
            }
        )

    def set_plan(self, request: Request) -> Response:
        """Change the plan, or whether it is enforced, while the sandbox runs."""
        limits = self._portal.limits
        usage = f'limits take {{"enforce": true|false, "tier": one of {", ".join(BURST)}, "increases": 0, 1 or 2}}'
        try:
            order = door_json(request)
        except DoorError as error:
            return refuse(str(error))
        if not isinstance(order, dict) or set(order) - {"enforce", "tier", "increases"}:
            return refuse(usage)
        enforce, tier = order.get("enforce", limits.enforced), order.get("tier", limits.tier)
        increases = order.get("increases", limits.increases)
        if not isinstance(enforce, bool) or tier not in BURST or increases not in (0, 1, 2):
            return refuse(usage)
        limits.enforced = enforce
        self._portal.set_switches({"tier": tier, "limit_increases": increases})
        return self.show_plan(request)

    def no_activity(self, _request: Request) -> Response:
        return json_response({"results": []})

    def logins(self, _request: Request) -> Response:
        """The one person who ever signed in is the one who connected the sandbox's app."""
        login: dict[str, Any] = {
            "id": "1",
            "userId": self._portal.credentials.installing_user_id,
            "email": USER_EMAIL,
            "loginAt": iso(self._portal.started_ms),
            "loginSucceeded": True,
        }
        return json_response({"results": [login]})
