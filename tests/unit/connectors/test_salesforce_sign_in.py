"""The ways into Salesforce, each against a scripted vendor."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from pasodoble.connectors.salesforce.connector import SalesforceConnector
from pasodoble.errors import AuthLapsed, ConfigError
from pasodoble.model.settings import SalesforceAccess

TOKEN = "00D000000000001!AQcAQabc"
USER = "005000000000001AAA"


class Vendor:
    """Knows one user, takes any sign-in, refuses tokens in `dead`."""

    def __init__(self) -> None:
        self.forms: list[dict[str, list[str]]] = []
        self.bearers: list[str] = []
        self.dead: set[str] = set()

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/services/oauth2/token":
            self.forms.append(parse_qs(request.content.decode()))
            id = f"https://login.test/id/00D000000000001EAA/{USER}"
            token = f"{TOKEN}{len(self.forms)}"
            return httpx2.Response(200, json={"access_token": token, "instance_url": "http://org.test", "id": id})
        bearer = request.headers["authorization"].removeprefix("Bearer ")
        self.bearers.append(f"{request.url.host} {bearer}")
        if bearer in self.dead:
            return httpx2.Response(
                401, json=[{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]
            )
        if request.url.path == "/services/oauth2/userinfo":
            return httpx2.Response(200, json={"user_id": USER, "organization_id": "00D000000000001EAA"})
        row = {"Id": "00D000000000001EAA", "Name": "Acme", "IsSandbox": False, "TimeZoneSidKey": "Europe/Madrid"}
        return httpx2.Response(200, json={"totalSize": 1, "done": True, "records": [row]})


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def connect(vendor: Vendor, clock: Any, budget: Any) -> Any:
    def make(auth: Mapping[str, str]) -> SalesforceConnector:
        access = SalesforceAccess(login_url="http://login.test", auth=auth)
        return SalesforceConnector(access, budget=budget, clock=clock, transport=httpx2.MockTransport(vendor))

    return make


async def test_signed_assertion_names_app_user_and_audience_and_lasts_minutes(
    connect: Any, vendor: Vendor, clock: Any
) -> None:
    key = RSAKey.generate_key(2048)
    auth = {"client_id": "app", "username": "sync@acme.example", "private_key": key.as_pem(private=True).decode()}
    account = await connect(auth).identify()
    assert (account.id, account.user_id, account.time_zone) == ("00D000000000001EAA", USER, "Europe/Madrid")
    (form,) = vendor.forms
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = jwt.decode(form["assertion"][0], key, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("app", "sync@acme.example", "http://login.test")
    assert 0 < claims["exp"] - clock.now().timestamp() <= 300


async def test_key_that_is_none_is_the_operators_to_mend(connect: Any) -> None:
    auth = {"client_id": "app", "username": "sync@acme.example", "private_key": "not a key"}
    with pytest.raises(ConfigError) as caught:
        await connect(auth).identify()
    assert "not a key" not in str(caught.value)


async def test_token_answer_says_where_to_send(connect: Any, vendor: Vendor, budget: Any) -> None:
    await connect({"client_id": "app", "client_secret": "s"}).identify()
    assert vendor.bearers == [f"org.test {TOKEN}1"]
    assert budget.taken == ["rest"]


async def test_many_calls_refused_at_once_sign_in_once(connect: Any, vendor: Vendor) -> None:
    connector = connect({"client_id": "app", "client_secret": "s"})
    await connector.identify()
    vendor.dead.add(f"{TOKEN}1")
    from asyncio import gather

    await gather(*(connector.identify() for _ in range(5)))
    assert len(vendor.forms) == 2


async def test_ready_token_that_has_ended_cannot_be_renewed(connect: Any, vendor: Vendor) -> None:
    vendor.dead.add(TOKEN)
    with pytest.raises(AuthLapsed) as caught:
        await connect({"access_token": TOKEN, "instance_url": "http://org.test"}).identify()
    assert TOKEN not in str(caught.value)


def _install_sf(folder: Path, script: str) -> None:
    command = folder / "sf"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(command.stat().st_mode | stat.S_IXUSR)


async def test_sign_in_of_the_sf_command_is_borrowed(
    connect: Any, vendor: Vendor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = f'{{"status":0,"result":{{"accessToken":"{TOKEN}","instanceUrl":"http://org.test"}}}}'
    _install_sf(tmp_path, f"test \"$4\" = 'my org; rm' && echo '{answer}'")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert (await connect({"sf_alias": "my org; rm"}).identify()).user_id == USER
    assert vendor.bearers[-1] == f"org.test {TOKEN}"


@pytest.mark.parametrize("script", ["echo '{\"status\":1}'; exit 1", "echo no json", "echo '[]'", None])
async def test_sf_without_a_sign_in_is_said_plainly(
    connect: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None
) -> None:
    if script is not None:
        _install_sf(tmp_path, script)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(AuthLapsed) as caught:
        await connect({"sf_alias": "mine"}).identify()
    assert caught.value.next_step


def test_settings_without_a_way_in_are_refused_at_once(connect: Any) -> None:
    with pytest.raises(ConfigError):
        connect({"client_id": "app"})
