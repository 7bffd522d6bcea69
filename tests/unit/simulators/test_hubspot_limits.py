"""What may be called how often, and by whom: budgets, their headers and refusals; scopes of every path."""

from typing import Any

import orjson
import pytest
from hubspot_contract import contracts

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.hubspot import Switches, World, build
from pasodoble.simulators.hubspot.credentials import SCOPES
from pasodoble.simulators.hubspot.limits import family_of
from pasodoble.simulators.hubspot.scopes import required_scopes

START_MS = 1_777_888_800_000
CONTACTS = "/crm/v3/objects/contacts"


def world(**switches: Any) -> World:
    clock = SimClock(start_ms=START_MS, frozen=True)
    return build(clock, empty=True, limits="real", switches=Switches(**switches))


async def call(
    served: World, path: str, *, method: str = "GET", token: str = "", body: bytes = b""
) -> tuple[Response, dict[str, str]]:
    headers = {"authorization": f"Bearer {token or served.credentials['token']}"}
    response = await served.application.handle(Request(method, path, "", headers, body))
    return response, {name.lower(): value for name, value in response.headers}


async def exhaust(served: World, path: str, *, method: str = "GET", token: str = "", body: bytes = b"") -> int:
    """How many calls go through before the first 429."""
    for count in range(1000):
        response, _ = await call(served, path, method=method, token=token, body=body)
        if response.status == 429:
            return count
    raise AssertionError("never refused")


@pytest.mark.parametrize(
    ("switches", "burst"),
    [
        ({"tier": "starter"}, 100),
        ({"tier": "professional"}, 190),
        ({"tier": "enterprise"}, 190),
        ({"tier": "enterprise", "limit_increases": 1}, 250),
    ],
)
async def test_burst_of_a_private_app_by_plan(switches: dict[str, Any], burst: int) -> None:
    assert await exhaust(world(**switches), CONTACTS) == burst


async def test_burst_window_rolls() -> None:
    served = world()
    for _ in range(95):
        await call(served, CONTACTS)
    served.portal.clock.advance(6)
    assert await exhaust(served, CONTACTS) == 95
    served.portal.clock.advance(4.5)
    assert await exhaust(served, CONTACTS) == 95


async def test_an_oauth_app_has_its_own_burst_and_no_daily_headers() -> None:
    served = world()
    token = served.portal.credentials.add_token("oauth", SCOPES, life_ms=1_800_000).value
    _, headers = await call(served, CONTACTS, token=token)
    assert headers["x-hubspot-ratelimit-max"] == "110" and "x-hubspot-ratelimit-daily" not in headers
    assert await exhaust(served, CONTACTS, token=token) == 109
    assert (await call(served, CONTACTS))[0].status == 200


async def test_search_is_five_a_second_without_headers_and_outside_the_burst() -> None:
    served = world()
    assert await exhaust(served, f"{CONTACTS}/search", method="POST", body=b"{}") == 5
    response, headers = await call(served, f"{CONTACTS}/search", method="POST", body=b"{}")
    assert orjson.loads(response.body)["message"] == "You have reached your secondly limit."
    assert not any(name.startswith("x-hubspot-ratelimit") for name in headers)
    served.portal.clock.advance(1)
    assert (await call(served, f"{CONTACTS}/search", method="POST", body=b"{}"))[0].status == 200
    _, headers = await call(served, CONTACTS)
    assert headers["x-hubspot-ratelimit-remaining"] == "189"


async def test_associations_have_a_burst_of_their_own() -> None:
    served = world()
    assert await exhaust(served, "/crm/v4/associations/contacts/companies/labels") == 150
    assert (await call(served, CONTACTS))[0].status == 200


async def test_answers_tell_what_is_left() -> None:
    served = world()
    _, headers = await call(served, CONTACTS)
    assert {name: value for name, value in headers.items() if name.startswith("x-hubspot")} == {
        "x-hubspot-ratelimit-max": "190",
        "x-hubspot-ratelimit-remaining": "189",
        "x-hubspot-ratelimit-interval-milliseconds": "10000",
        "x-hubspot-ratelimit-secondly": "19",
        "x-hubspot-ratelimit-secondly-remaining": "19",
        "x-hubspot-ratelimit-daily": "625000",
        "x-hubspot-ratelimit-daily-remaining": "624999",
    }


async def test_refusal_names_its_policy_and_is_not_counted() -> None:
    served = world()
    await exhaust(served, CONTACTS)
    response, headers = await call(served, CONTACTS)
    body = orjson.loads(response.body)
    assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
    assert body["message"] == "You have reached your ten_secondly_rolling limit."
    assert "retry-after" not in headers
    usage = served.portal.limits.daily_used()
    await call(served, CONTACTS)
    assert served.portal.limits.daily_used() == usage == 190


async def test_retry_after_where_the_switch_says_so() -> None:
    served = world(retry_after=True)
    await exhaust(served, CONTACTS)
    served.portal.clock.advance(3)
    assert (await call(served, CONTACTS))[1]["retry-after"] == "7"


async def test_daily_budget_ends_at_midnight_of_the_account() -> None:
    served = world()
    served.portal.limits.daily.limit = 3
    assert await exhaust(served, CONTACTS) == 3
    response, _ = await call(served, CONTACTS)
    assert orjson.loads(response.body)["message"] == "You have reached your daily limit."
    # 10:00 UTC is noon in Madrid, so twelve hours are left of its day.
    served.portal.clock.advance(12 * 3600 - 1)
    assert (await call(served, CONTACTS))[0].status == 429
    served.portal.clock.advance(2)
    assert (await call(served, CONTACTS))[0].status == 200


async def test_with_limits_off_nothing_is_refused_and_headers_stay() -> None:
    served = build(SimClock(start_ms=START_MS, frozen=True), empty=True)
    for _ in range(300):
        response, headers = await call(served, CONTACTS)
        assert response.status == 200
    assert headers["x-hubspot-ratelimit-max"] == "190" and headers["x-hubspot-ratelimit-remaining"] == "190"


async def test_door_changes_the_plan_while_it_runs() -> None:
    served = build(SimClock(start_ms=START_MS, frozen=True), empty=True)

    async def order(**wanted: Any) -> tuple[int, Any]:
        answer = await served.application.handle(Request("POST", "/__sandbox__/limits", "", {}, orjson.dumps(wanted)))
        return answer.status, orjson.loads(answer.body)

    assert (await order(enforce=True, tier="starter"))[1]["burst"] == 100
    assert await exhaust(served, CONTACTS) == 100
    assert (await order(increases=1))[1]["daily"] == 1_250_000
    assert await exhaust(served, CONTACTS) == 250
    assert (await order(enforce=False))[1]["used_today"] == 350
    assert (await call(served, CONTACTS))[0].status == 200
    for senseless in ({"tier": "gold"}, {"increases": 9}, {"enforce": "yes"}, {"other": 1}):
        assert (await order(**senseless))[0] == 400


async def test_usage_counts_what_was_called() -> None:
    served = world()
    for _ in range(4):
        await call(served, CONTACTS)
    response, _ = await call(served, "/account-info/v3/api-usage/daily/private-apps")
    (usage,) = orjson.loads(response.body)["results"]
    assert (usage["currentUsage"], usage["usageLimit"], usage["fetchStatus"]) == (5, 625_000, "SUCCESS")
    assert usage["resetsAt"] == "2026-05-04T22:00:00.000Z"


async def test_account_details_know_the_summer_time() -> None:
    details = orjson.loads((await call(world(), "/account-info/2026-03/details"))[0].body)
    assert (details["portalId"], details["utcOffset"], details["utcOffsetMilliseconds"]) == (4242, "+02:00", 7_200_000)


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/crm/v3/objects/contacts/search", "search"),
        ("/crm/objects/2026-03/0-3/search", "search"),
        ("/crm/v3/lists/search", "core"),
        ("/crm/objects/2026-03/contacts/5/associations/companies", "associations"),
        ("/crm/associations/2026-03/contacts/companies/batch/read", "associations"),
        ("/webhooks-journal/journal/2026-03/earliest", "journal"),
        ("/webhooks-journal/subscriptions/2026-03", "journal_subscriptions"),
        ("/webhooks-journal/snapshots/2026-03/crm", "journal_snapshots"),
        ("/crm/v3/objects/contacts", "core"),
    ],
)
def test_each_path_has_its_budget(path: str, family: str) -> None:
    assert family_of(path) == family


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "/crm/v3/objects/contacts/5", ["crm.objects.contacts.read"]),
        ("POST", "/crm/v3/objects/0-1/batch/read", ["crm.objects.contacts.read"]),
        ("POST", "/crm/objects/2026-03/companies/search", ["crm.objects.companies.read"]),
        ("POST", "/crm/objects/2026-03/notes", ["crm.objects.contacts.write"]),
        ("PATCH", "/crm/objects/2026-03/0-3/5", ["crm.objects.deals.write"]),
        ("GET", "/crm/v3/objects/emails", ["sales-email-read"]),
        ("GET", "/crm/v3/objects/tickets", ["tickets"]),
        ("GET", "/crm/v3/objects/2-7", ["crm.objects.custom.read"]),
        ("POST", "/crm/v3/properties/contacts", ["crm.schemas.contacts.write"]),
        (
            "POST",
            "/crm/v4/associations/contacts/companies/batch/create",
            ["crm.objects.contacts.write", "crm.objects.companies.write"],
        ),
        (
            "GET",
            "/crm/objects/2026-03/deals/5/associations/contacts",
            ["crm.objects.deals.read", "crm.objects.contacts.read"],
        ),
        ("GET", "/crm/owners/2026-03", ["crm.objects.owners.read"]),
        ("POST", "/crm/v3/lists/search", ["crm.lists.read"]),
        ("PUT", "/crm/lists/2026-03/7/memberships/add", ["crm.lists.write"]),
        ("GET", "/email/public/v1/events", ["content"]),
        ("GET", "/form-integrations/v1/submissions/forms/x", ["forms"]),
        ("GET", "/account-info/v3/details", []),
    ],
)
def test_scopes_by_path(method: str, path: str, scopes: list[str]) -> None:
    assert list(required_scopes(method, path)) == scopes


def test_every_scope_that_a_path_asks_for_can_be_given() -> None:
    asked = {
        scope
        for contract in contracts()
        for operation in contract.operations
        for scope in required_scopes(operation.method, operation.path)
    }
    assert asked and asked <= set(SCOPES)
