"""OAuth and tokens: what a client must present, what it gets, and how it is refused."""

from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import pytest

from pasodoble.simulators.clock import SimClock
from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.hubspot import Switches, World, build

BACK = "http://localhost:9/back?x=1"


@pytest.fixture
def world() -> World:
    return build(SimClock(start_ms=1_777_888_800_000, frozen=True), empty=True, switches=Switches(access_token_s=1800))


async def call(
    world: World,
    method: str,
    path: str,
    *,
    query: str = "",
    form: dict[str, str] | None = None,
    token: str = "",
    accept: str = "*/*",
) -> Response:
    headers = {"accept": accept}
    if token:
        headers["authorization"] = f"Bearer {token}"
    body = urlencode(form or {}).encode()
    return await world.application.handle(Request(method, path, query, headers, body))


async def consent(world: World, **asked: str) -> dict[str, list[str]]:
    query = {
        "client_id": world.credentials["client_id"],
        "redirect_uri": BACK,
        "scope": "crm.objects.contacts.read",
        **asked,
    }
    answer = await call(world, "POST", "/oauth/authorize", form=query)
    assert answer.status == 302
    location = dict(answer.headers)["Location"]
    assert location.startswith("http://localhost:9/back?x=1&")
    return parse_qs(urlsplit(location).query)


def client(world: World, **more: str) -> dict[str, str]:
    return {"client_id": world.credentials["client_id"], "client_secret": world.credentials["client_secret"], **more}


async def token_for(world: World, version: str = "v3") -> dict[str, object]:
    code = (await consent(world))["code"][0]
    form = client(world, grant_type="authorization_code", code=code, redirect_uri=BACK)
    answer = await call(world, "POST", f"/oauth/{version}/token", form=form)
    assert answer.status == 200, answer.body
    return orjson.loads(answer.body)


async def test_consent_page_escapes_what_the_address_brings(world: World) -> None:
    query = urlencode({"client_id": world.credentials["client_id"], "redirect_uri": BACK, "scope": "<script>"})
    page = await call(world, "GET", "/oauth/authorize", query=query, accept="text/html,*/*")
    assert page.status == 200
    assert b"<script>" not in page.body and b"&lt;script&gt;" in page.body


async def test_consent_gives_back_state_and_a_code_that_works_once(world: World) -> None:
    answer = await consent(world, state="a b")
    assert answer["state"] == ["a b"]
    form = client(world, grant_type="authorization_code", code=answer["code"][0], redirect_uri=BACK)
    assert (await call(world, "POST", "/oauth/v1/token", form=form)).status == 200
    again = await call(world, "POST", "/oauth/v1/token", form=form)
    assert again.status == 400
    assert orjson.loads(again.body)["status"] == "BAD_AUTH_CODE"


async def test_denied_consent_comes_back_without_a_code(world: World) -> None:
    assert (await consent(world, decision="deny"))["error"] == ["access_denied"]


@pytest.mark.parametrize(
    ("version", "members"),
    [
        ("v1", set()),
        ("v3", {"hub_id", "scopes"}),
        ("2026-03", {"hub_id", "scopes", "token_use", "user_id"}),
    ],
)
async def test_each_version_says_more_about_the_token(world: World, version: str, members: set[str]) -> None:
    token = await token_for(world, version)
    assert set(token) == {"token_type", "access_token", "refresh_token", "expires_in"} | members
    assert token["expires_in"] == 1800


async def test_access_token_expires_by_the_clock_and_is_refreshed_with_the_same_refresh_token(world: World) -> None:
    token = await token_for(world)
    world.portal.clock.advance(1801 + 3600)
    late = await call(world, "GET", "/account-info/v3/details", token=str(token["access_token"]))
    assert late.status == 401
    assert orjson.loads(late.body)["message"] == "The OAuth token used to make this call expired 1 hour(s) ago."
    form = client(world, grant_type="refresh_token", refresh_token=str(token["refresh_token"]))
    fresh = orjson.loads((await call(world, "POST", "/oauth/2026-03/token", form=form)).body)
    assert fresh["refresh_token"] == token["refresh_token"]
    assert (await call(world, "GET", "/account-info/v3/details", token=fresh["access_token"])).status == 200


async def test_unknown_refresh_token_is_refused_in_the_words_of_the_vendor(world: World) -> None:
    form = client(world, grant_type="refresh_token", refresh_token="nope")
    answer = await call(world, "POST", "/oauth/v1/token", form=form)
    assert answer.status == 400
    assert orjson.loads(answer.body) == {
        "error": "invalid_grant",
        "error_description": "refresh token is invalid, expired or revoked",
        "status": "BAD_REFRESH_TOKEN",
        "message": "refresh token is invalid, expired or revoked",
    }


async def test_client_credentials_are_for_the_dated_version_only(world: World) -> None:
    form = client(world, grant_type="client_credentials", scope="developer.webhooks_journal.read")
    assert (await call(world, "POST", "/oauth/v1/token", form=form)).status == 400
    token = orjson.loads((await call(world, "POST", "/oauth/2026-03/token", form=form)).body)
    assert token["token_use"] == "client_credentials" and "refresh_token" not in token


async def test_all_three_introspections_tell_of_the_same_token(world: World) -> None:
    token = await token_for(world)
    value = str(token["access_token"])
    v1 = orjson.loads((await call(world, "GET", f"/oauth/v1/access-tokens/{value}")).body)
    v3 = orjson.loads(
        (await call(world, "POST", "/oauth/v3/token/introspect", form=client(world, access_token=value))).body
    )
    dated = orjson.loads(
        (await call(world, "POST", "/oauth/2026-03/token/introspect", form=client(world, token=value))).body
    )
    assert v1["hub_id"] == v3["hub_id"] == dated["hub_id"] == world.portal.account.portal_id
    assert v1["scopes"] == v3["scopes"] == dated["scopes"] == ["crm.objects.contacts.read", "oauth"]
    assert v3["active"] and dated["active"] and dated["signed_access_token"]["hubId"] == v1["hub_id"]


async def test_revoking_the_refresh_token_ends_its_access_tokens(world: World) -> None:
    token = await token_for(world)
    answer = await call(world, "POST", "/oauth/v3/token/revoke", form=client(world, token=str(token["refresh_token"])))
    assert answer.status == 200
    late = await call(world, "GET", "/account-info/v3/details", token=str(token["access_token"]))
    assert late.status == 401
    shown = await call(
        world, "POST", "/oauth/v3/token/introspect", form=client(world, token=str(token["refresh_token"]))
    )
    assert orjson.loads(shown.body) == {"active": False}
    dated = await call(world, "POST", "/oauth/2026-03/token/introspect", form=client(world, token="nonsense"))
    assert orjson.loads(dated.body)["active"] is False


async def test_private_app_token_tells_about_itself(world: World) -> None:
    answer = await call(
        world, "POST", "/oauth/v2/private-apps/get/access-token-info", form={"tokenKey": world.credentials["token"]}
    )
    assert orjson.loads(answer.body)["appId"] == world.portal.account.app_id


async def test_same_seed_same_secrets() -> None:
    clock = SimClock(start_ms=1_777_888_800_000, frozen=True)
    assert build(clock, empty=True, seed=5).credentials == build(clock, empty=True, seed=5).credentials
    assert build(clock, empty=True, seed=5).credentials != build(clock, empty=True, seed=6).credentials


async def door(world: World, **order: object) -> Response:
    return await world.application.handle(Request("POST", "/__sandbox__/tokens", "", {}, orjson.dumps(order)))


@pytest.mark.parametrize("kind", ["private_app", "service_key", "oauth", "client_credentials"])
async def test_door_makes_tokens_of_each_kind_with_the_scopes_that_are_wanted(world: World, kind: str) -> None:
    made = orjson.loads((await door(world, kind=kind, scopes=["crm.objects.contacts.read"], expires_s=60)).body)
    assert (await call(world, "GET", "/crm/v3/objects/contacts", token=made["token"])).status == 200
    assert (await call(world, "GET", "/crm/v3/objects/deals", token=made["token"])).status == 403
    world.portal.clock.advance(61)
    assert (await call(world, "GET", "/crm/v3/objects/contacts", token=made["token"])).status == 401


@pytest.mark.parametrize("order", [{"kind": "magic"}, {"scopes": ["everything"]}, {"expires_s": "soon"}])
async def test_door_refuses_tokens_that_make_no_sense(world: World, order: dict[str, object]) -> None:
    assert (await door(world, **order)).status == 400
