"""Person accounts, in an org that has them."""

from __future__ import annotations

import pytest
from salesforce_client import Client

from pasodoble.simulators.salesforce import Switches


@pytest.fixture
def sf() -> Client:
    return Client(switches=Switches(person_accounts=True))


def test_a_person_account_has_a_contact_for_a_shadow(sf: Client) -> None:
    made = sf.create("Account", FirstName="Ana", LastName="Roe", PersonEmail="a@x.example", PersonMailingCity="León")
    account = sf.row("Account", made)
    assert (account["Name"], account["IsPersonAccount"]) == ("Ana Roe", True)
    assert account["PersonMailingAddress"]["city"] == "León"
    contact = sf.row("Contact", account["PersonContactId"])
    assert (contact["Email"], contact["MailingCity"], contact["AccountId"]) == ("a@x.example", "León", made)
    assert contact["IsPersonAccount"] is True
    sf.send("PATCH", f"/sobjects/Account/{made}", {"LastName": "Poe", "PersonTitle": "CTO"})
    contact = sf.row("Contact", account["PersonContactId"])
    assert (contact["Name"], contact["Title"]) == ("Ana Poe", "CTO")
    sf.send("PATCH", f"/sobjects/Contact/{contact['Id']}", {"Email": "b@x.example"})
    assert sf.row("Account", made)["PersonEmail"] == "b@x.example"
    sf.send("DELETE", f"/sobjects/Account/{made}")
    assert sf.query("SELECT Id FROM Contact") == []


def test_persons_are_named_by_their_parts_and_businesses_are_not(sf: Client) -> None:
    business = sf.create("Account", Name="Acme")
    assert sf.row("Account", business)["IsPersonAccount"] is False
    person = sf.create("Account", LastName="Roe")
    wrong = (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert sf.refusal("PATCH", f"/sobjects/Account/{person}", {"Name": "x"}) == wrong
    assert sf.refusal("PATCH", f"/sobjects/Account/{business}", {"LastName": "x"}) == wrong
    assert sf.refusal("POST", "/sobjects/Account", {"Site": "x"}) == (400, "REQUIRED_FIELD_MISSING")


def test_custom_fields_of_contacts_show_on_the_account(sf: Client) -> None:
    sf.set_up("Contact", fields={"Score__c": {"type": "double"}})
    person = sf.create("Account", LastName="Roe", Score__pc=7)
    assert sf.row("Contact", sf.row("Account", person)["PersonContactId"])["Score__c"] == 7.0
