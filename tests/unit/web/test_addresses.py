from __future__ import annotations

from pasodoble.model.ref import Ref
from pasodoble.model.settings import Connection, HubSpotAccess, SalesforceAccess
from pasodoble.model.side import Pair, Side
from pasodoble.web.addresses import find_addresses

REFS: Pair[Ref | None] = Pair(
    Ref(Side.HUBSPOT, "contacts", "51"), Ref(Side.SALESFORCE, "Contact", "003Ax00000Q1wYzIAJ")
)


def settings(
    hubspot: str = "https://api.hubapi.com", login: str = "https://login.salesforce.com", **auth: str
) -> Connection:
    return Connection(
        name="acme",
        hubspot=HubSpotAccess(base_url=hubspot),
        salesforce=SalesforceAccess(login_url=login, auth=auth),
        objects={},
    )


def test_record_is_looked_at_in_its_own_account() -> None:
    found = find_addresses(settings(login="https://acme.my.salesforce.com/"), {"hubspot": "145"}, REFS)
    assert found.hubspot == "https://app.hubspot.com/contacts/145/record/0-1/51"
    assert found.salesforce == "https://acme.my.salesforce.com/lightning/r/Contact/003Ax00000Q1wYzIAJ/view"


def test_where_the_account_is_not_known_there_is_no_address() -> None:
    assert find_addresses(settings(), {}, REFS) == Pair("", "")


def test_instance_of_the_sign_in_is_where_the_org_is() -> None:
    found = find_addresses(settings(instance_url="https://acme.my.salesforce.com"), {}, REFS)
    assert found.salesforce.startswith("https://acme.my.salesforce.com/lightning/")


def test_sandbox_is_looked_at_where_it_runs() -> None:
    found = find_addresses(settings("http://127.0.0.1:8091", "http://127.0.0.1:8092"), {"hubspot": "1"}, REFS)
    assert found.hubspot == "http://127.0.0.1:8091/records/contacts/51"


def test_custom_object_and_missing_side_have_theirs() -> None:
    refs: Pair[Ref | None] = Pair(Ref(Side.HUBSPOT, "2-77/x", "9"), None)
    assert find_addresses(settings(), {"hubspot": "145"}, refs) == Pair(
        "https://app.hubspot.com/contacts/145/record/2-77%2Fx/9", ""
    )
