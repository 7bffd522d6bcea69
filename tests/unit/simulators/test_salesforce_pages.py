"""The pages for the eye: every one is drawn, hostile values stay text, buttons do what they say."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from salesforce_client import Client

from pasodoble.simulators.http import Response

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def sf() -> Client:
    return Client()


def press(sf: Client, path: str, *, headers: dict[str, str] | None = None, **values: str) -> Response:
    return sf.send("POST", path, urlencode(values).encode(), headers={**FORM, **(headers or {})})


def location(response: Response) -> str:
    return dict(response.headers)["Location"]


def test_every_object_and_kind_of_record_is_drawn() -> None:
    sf = Client(people=40)
    assert location(sf.send("GET", "/")) == "/ui/Contact"
    assert sf.send("GET", "/ui").status == 200
    for name, table in sf.world.org.tables.items():
        assert sf.send("GET", f"/ui/{name}").status == 200, name
        for record_id in list(table.rows)[:2]:
            assert sf.send("GET", f"/ui/record/{record_id}").status == 200, record_id
        if table.sobject.having("createable"):
            assert sf.send("GET", f"/ui/new/{name}").status == 200, name


def test_what_is_not_there_says_so(sf: Client) -> None:
    for path in ("/ui/Nope", "/ui/record/0035g0000000099AAA", "/ui/record/x", "/ui/new/Profile"):
        assert sf.send("GET", path).status == 404


def test_hostile_values_stay_text(sf: Client) -> None:
    made = sf.create("Lead", LastName="<script>alert(1)</script>", Company="a\"b'c")
    for path in ("/ui/Lead", f"/ui/record/{made}"):
        assert b"<script>" not in sf.send("GET", path).body


def test_only_what_was_changed_in_the_form_is_written(sf: Client) -> None:
    made = sf.create("Lead", LastName="Roe", Company="Acme", Title="Old")
    saved = press(sf, f"/ui/record/{made}/edit", **{"Title": "New", "~Title": "Old", "City": "x", "~City": "x"})
    assert saved.status == 303 and location(saved).startswith(f"/ui/record/{made}")
    row = sf.row("Lead", made)
    assert (row["Title"], row["City"]) == ("New", None)
    refused = press(sf, f"/ui/record/{made}/edit", **{"Email": "bad", "~Email": ""})
    assert refused.status == 400 and b"invalid email address" in refused.body


def test_buttons_convert_delete_and_bring_back(sf: Client) -> None:
    made = sf.create("Lead", LastName="Roe", Company="Acme")
    done = press(sf, f"/ui/record/{made}/convert_lead", create_opportunity="true")
    assert location(done).startswith("/ui/record/003")
    other = sf.create("Contact", LastName="Poe")
    assert press(sf, f"/ui/record/{other}/delete").status == 303
    assert b"Undelete" in sf.send("GET", f"/ui/record/{other}").body
    assert press(sf, f"/ui/record/{other}/undelete").status == 303
    assert sf.row("Contact", other)["LastName"] == "Poe"


def test_a_record_is_made_from_its_form(sf: Client) -> None:
    made = press(sf, "/ui/new/Account", **{"Name": "Acme", "~Name": ""})
    assert made.status == 303 and location(made).startswith("/ui/record/001")
    assert press(sf, "/ui/new/Account", **{"Site": "x", "~Site": ""}).status == 400


def test_a_form_from_another_site_is_not_obeyed(sf: Client) -> None:
    made = sf.create("Contact", LastName="Poe")
    assert press(sf, f"/ui/record/{made}/delete", headers={"origin": "https://evil.example"}).status == 400
    assert sf.row("Contact", made)["IsDeleted"] is False
