"""OAuth flows, tokens around them, identity; and searches, which have no better place."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from salesforce_client import START_MS, Client, read

from pasodoble.simulators.http import Response

JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@pytest.fixture
def sf() -> Client:
    return Client()


def form(sf: Client, path: str, *, headers: dict[str, str] | None = None, **values: Any) -> Response:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    return sf.send("POST", f"/services/oauth2/{path}", urlencode(values).encode(), headers={**kind, **(headers or {})})


def app(sf: Client) -> dict[str, str]:
    return {name: sf.world.credentials[name] for name in ("client_id", "client_secret")}


def basic(sf: Client) -> dict[str, str]:
    pair = ":".join(app(sf).values())
    return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def test_client_credentials_by_form_or_basic(sf: Client) -> None:
    by_form = read(form(sf, "token", grant_type="client_credentials", **app(sf)))
    by_basic = read(form(sf, "token", grant_type="client_credentials", headers=basic(sf)))
    for answer in (by_form, by_basic):
        assert answer["token_type"] == "Bearer" and answer["instance_url"] == "http://sim.example"
        assert answer["access_token"].startswith(sf.world.org.id[:15] + "!") and answer["issued_at"].isdigit()
        assert "expires_in" not in answer and "refresh_token" not in answer
        sf.token = answer["access_token"]
        assert sf.send("GET", "/limits").status == 200
    assert answer["id"].endswith(f"/id/{sf.world.org.id}/{sf.world.org.integration_user_id}")


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"grant_type": "nope"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, "invalid_client_id"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_client_id"),
        ({"grant_type": "authorization_code", "code": "x"}, "invalid_grant"),
        ({"grant_type": JWT, "assertion": "x.y"}, "invalid_grant"),
    ],
)
def test_bad_token_requests_are_refused_in_oauths_shape(sf: Client, values: dict[str, str], error: str) -> None:
    answer = form(sf, "token", **values)
    assert answer.status == 400 and read(answer)["error"] == error and read(answer)["error_description"]


def test_jwt_bearer_takes_exp_as_text_or_number(sf: Client) -> None:
    def assertion(**claims: Any) -> str:
        given = {
            "iss": app(sf)["client_id"],
            "aud": "https://login.salesforce.com",
            "sub": "dev.patel@pasodoble.example",
        }
        payload = orjson.dumps({**given, "exp": START_MS // 1000 + 180, **claims})
        return ".".join(
            base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (b'{"alg":"RS256"}', payload, b"s")
        )

    for exp in (START_MS // 1000 + 60, str(START_MS // 1000 + 60)):
        answer = read(form(sf, "token", grant_type=JWT, assertion=assertion(exp=exp)))
        sf.token = answer["access_token"]
        assert read(sf.send("GET", "/services/oauth2/userinfo"))["preferred_username"] == "dev.patel@pasodoble.example"
    assert read(form(sf, "token", grant_type=JWT, assertion=assertion(exp=1)))["error"] == "invalid_grant"
    refused = read(form(sf, "token", grant_type=JWT, assertion=assertion(sub="nobody@x.example")))
    assert refused["error_description"] == "user hasn't approved this consumer"


def test_an_assertion_must_be_signed_with_the_apps_key_once_it_has_one(sf: Client) -> None:
    key, other = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    public = key.public_key().public_bytes(serialization.Encoding.PEM, spki).decode()
    assert sf.send("PATCH", "/__sandbox__/schema", {"settings": {"jwt_certificate": public}}).status == 200
    claims = {
        "iss": app(sf)["client_id"],
        "aud": "https://login.salesforce.com",
        "sub": "dev.patel@pasodoble.example",
        "exp": START_MS // 1000 + 180,
    }

    def signed_by(signer: rsa.RSAPrivateKey) -> dict[str, str]:
        parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (b'{"alg":"RS256"}', orjson.dumps(claims))]
        signature = signer.sign(b".".join(parts), padding.PKCS1v15(), hashes.SHA256())
        assertion = b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()
        answer: dict[str, str] = read(form(sf, "token", grant_type=JWT, assertion=assertion))
        return answer

    assert signed_by(key)["token_type"] == "Bearer"
    assert signed_by(other) == {"error": "invalid_grant", "error_description": "invalid assertion"}


def test_the_web_server_flow_with_pkce_and_refresh(sf: Client) -> None:
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "response_type": "code",
        "client_id": app(sf)["client_id"],
        "redirect_uri": "http://127.0.0.1/cb?x=1",
        "scope": "api refresh_token",
        "state": "s",
        "code_challenge": challenge,
    }
    page = sf.send("GET", "/services/oauth2/authorize", **asked)
    assert page.status == 200 and b"<form" in page.body and b"Allow" in page.body
    user = sf.query("SELECT Id FROM User WHERE FirstName = 'Ana'")[0]["Id"]
    back = urlsplit(dict(form(sf, "authorize", answer="allow", user=user, **asked).headers)["Location"])
    code = parse_qs(back.query)["code"][0]
    assert parse_qs(back.query)["state"] == ["s"] and parse_qs(back.query)["x"] == ["1"]
    cash = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked["redirect_uri"], **app(sf)}
    answer = read(form(sf, "token", **cash, code_verifier=verifier))
    assert read(form(sf, "token", **cash, code_verifier=verifier))["error"] == "invalid_grant"
    again = read(form(sf, "token", grant_type="refresh_token", refresh_token=answer["refresh_token"], **app(sf)))
    sf.token = again["access_token"]
    assert sf.send("GET", "/limits").status == 200
    assert form(sf, "revoke", token=answer["refresh_token"]).status == 200
    assert sf.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")
    refused = form(sf, "token", grant_type="refresh_token", refresh_token=answer["refresh_token"], **app(sf))
    assert read(refused)["error_description"] == "expired access/refresh token"


def test_a_wrong_verifier_or_a_denial_gives_nothing(sf: Client) -> None:
    asked = {"client_id": app(sf)["client_id"], "redirect_uri": "http://127.0.0.1/cb", "code_challenge": "abc"}
    code = dict(form(sf, "authorize", answer="allow", **asked).headers)["Location"].partition("code=")[2]
    cash = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1/cb", **app(sf)}
    assert read(form(sf, "token", **cash, code_verifier="wrong"))["error"] == "invalid_grant"
    assert "error=access_denied" in dict(form(sf, "authorize", answer="deny", **asked).headers)["Location"]
    assert sf.send("GET", "/services/oauth2/authorize", client_id="x", redirect_uri="y").status == 400


def test_sessions_end_without_use_and_the_sandbox_token_does_not(sf: Client) -> None:
    lasting = sf.token
    sf.token = read(form(sf, "token", grant_type="client_credentials", **app(sf)))["access_token"]
    sf.clock.advance(7000)
    assert sf.send("GET", "/limits").status == 200
    sf.clock.advance(7201)
    assert sf.refusal("GET", "/limits") == (401, "INVALID_SESSION_ID")
    sf.token = lasting
    assert sf.send("GET", "/limits").status == 200


def test_introspection_tells_a_live_token_from_a_dead_one(sf: Client) -> None:
    live = read(form(sf, "introspect", token=sf.token, headers=basic(sf)))
    assert live["active"] is True and live["exp"] > START_MS // 1000
    assert read(form(sf, "introspect", token="x", headers=basic(sf))) == {"active": False}
    assert form(sf, "introspect", token="x", client_id="no").status == 401


def test_user_info_and_identity_have_the_whole_set(sf: Client) -> None:
    told = read(sf.send("GET", "/services/oauth2/userinfo"))
    names = "user_id organization_id name email email_verified given_name family_name zoneinfo photos profile picture address active user_type language locale utcOffset updated_at".split()
    assert set(names) <= set(told)
    identity = read(sf.send("GET", f"/id/{told['organization_id']}/{told['user_id']}"))
    assert identity["username"] == told["preferred_username"]
    assert sf.send("GET", f"/id/{told['organization_id']}/005000000000000").status == 404
    sf.token = "x"
    assert sf.send("GET", "/services/oauth2/userinfo").status == 403


def test_searches_by_language_and_by_parameters(sf: Client) -> None:
    made = sf.create("Contact", LastName="Quixada", Email="q@x.example")
    found = sf.get("/search", q="FIND {Quixada} IN NAME FIELDS RETURNING Contact(Id, LastName)")["searchRecords"]
    assert [row["Id"] for row in found] == [made]
    posted = sf.post(
        "/parameterizedSearch", {"q": "Quixada", "sobjects": [{"name": "Contact", "fields": ["LastName"]}]}
    )
    assert posted["searchRecords"][0]["LastName"] == "Quixada"
    asked = sf.get("/parameterizedSearch", **{"q": "Quixada", "sobject": "Contact", "Contact.fields": "Id,Email"})
    assert asked["searchRecords"][0]["Email"] == "q@x.example"
    assert sf.refusal("GET", "/search?q=nonsense") == (400, "MALFORMED_SEARCH")
