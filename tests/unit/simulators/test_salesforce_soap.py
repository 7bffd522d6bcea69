"""SOAP: login and the record calls that REST has not."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from salesforce_client import Client

from pasodoble.simulators.http import Response

URN = "urn:partner.soap.sforce.com"


@pytest.fixture
def sf() -> Client:
    return Client()


def soap(sf: Client, operation: str, *, session: str | None = None) -> Response:
    header = f"<u:SessionHeader><u:sessionId>{session or sf.token}</u:sessionId></u:SessionHeader>"
    text = (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:u="{URN}"><soapenv:Header>{header}</soapenv:Header><soapenv:Body>{operation}</soapenv:Body>'
        "</soapenv:Envelope>"
    )
    return sf.send("POST", "/services/Soap/u/66.0", text.encode(), headers={"content-type": "text/xml"})


def values(response: Response, name: str) -> list[str | None]:
    return [e.text for e in ElementTree.fromstring(response.body).iter() if e.tag.rpartition("}")[2] == name]


def test_login_gives_a_session_that_works(sf: Client) -> None:
    answer = soap(
        sf, "<u:login><u:username>ana.torres@pasodoble.example</u:username><u:password>p</u:password></u:login>"
    )
    (sf.token,) = values(answer, "sessionId")
    assert values(answer, "serverUrl") == [f"http://sim.example/services/Soap/u/66.0/{sf.world.org.id[:15]}"]
    made = sf.create("Lead", LastName="x", Company="y")
    assert sf.query(f"SELECT CreatedBy.Name FROM Lead WHERE Id = '{made}'")[0]["CreatedBy"]["Name"] == "Ana Torres"


def test_a_wrong_login_or_session_is_a_fault(sf: Client) -> None:
    answer = soap(sf, "<u:login><u:username>nobody</u:username><u:password>p</u:password></u:login>")
    assert answer.status == 500 and values(answer, "exceptionCode") == ["INVALID_LOGIN"]
    assert values(soap(sf, "<u:getUserInfo/>", session="x"), "exceptionCode") == ["INVALID_SESSION_ID"]
    assert values(soap(sf, "<u:getUserInfo/>"), "userName") == ["integration@pasodoble.example"]


def test_convert_lead_answers_and_refuses_item_by_item(sf: Client) -> None:
    lead = sf.create("Lead", LastName="Roe", Company="Acme")
    one = f"<u:leadConverts><u:convertedStatus>Closed - Converted</u:convertedStatus><u:leadId>{lead}</u:leadId></u:leadConverts>"
    answer = soap(sf, f"<u:convertLead>{one}{one}</u:convertLead>")
    assert values(answer, "success") == ["true", "false"]
    assert values(answer, "statusCode") == ["CANNOT_UPDATE_CONVERTED_LEAD"]
    (contact,) = values(answer, "contactId")
    assert sf.row("Lead", lead)["ConvertedContactId"] == contact


def test_merge_and_undelete(sf: Client) -> None:
    winner, loser = (sf.create("Contact", LastName=name) for name in "ab")
    request = (
        f"<u:request><u:masterRecord><type>Contact</type><Id>{winner}</Id><Title>Boss</Title></u:masterRecord>"
        f"<u:recordToMergeIds>{loser}</u:recordToMergeIds></u:request>"
    )
    assert values(soap(sf, f"<u:merge>{request}</u:merge>"), "mergedRecordIds") == [loser]
    assert sf.row("Contact", winner)["Title"] == "Boss"
    other = sf.create("Contact", LastName="c")
    sf.send("DELETE", f"/sobjects/Contact/{other}")
    answer = soap(sf, f"<u:undelete><u:ids>{other}</u:ids><u:ids>{winner}</u:ids></u:undelete>")
    assert values(answer, "success") == ["true", "false"]
    assert sf.row("Contact", other)["IsDeleted"] is False


def test_document_types_are_refused(sf: Client) -> None:
    body = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert sf.send("POST", "/services/Soap/u/66.0", body).status == 500
