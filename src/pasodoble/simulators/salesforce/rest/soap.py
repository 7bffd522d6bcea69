"""The SOAP calls that REST has no counterpart for: login, convertLead, merge, undelete, and what sessions need.

Partner (`/services/Soap/u/`) and enterprise (`/services/Soap/c/`) alike. Rows and queries by SOAP are not served.
Source: SOAP API Developer Guide and the partner WSDL.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.sax.saxutils import escape

from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.salesforce.conversion import Conversion, convert_lead
from pasodoble.simulators.salesforce.errors import Refusal, WrongShape, call_refusal, refusal
from pasodoble.simulators.salesforce.merging import merge_records
from pasodoble.simulators.salesforce.org import Transaction
from pasodoble.simulators.salesforce.rest.frame import Instance, spell_origin
from pasodoble.simulators.salesforce.rest.oauth import OAuth, host_of
from pasodoble.simulators.salesforce.sessions import Session
from pasodoble.simulators.salesforce.writes import WriteOptions, Writer

URNS = {"u": "urn:partner.soap.sforce.com", "c": "urn:enterprise.soap.sforce.com"}
FAULT_URNS = {"u": "urn:fault.partner.soap.sforce.com", "c": "urn:fault.enterprise.soap.sforce.com"}
MAX_CONVERSIONS, MAX_MERGES, MAX_UNDELETES = 100, 200, 200
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


@dataclass(slots=True)
class SoapCall:
    """One call: its operation's element, and whose session it came with (None for login)."""

    request: Request
    kind: str
    version: str
    operation: Element
    header: dict[str, Element]
    session: Session | None = None


Pair = tuple[str, Any]
Operation = Callable[[SoapCall], list[list[Pair]]]
"""Gives the results, each as (name, value) pairs; a value is text, truth, None (nil) or nested pairs."""


# XML in and out


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def children(element: Element, name: str) -> list[Element]:
    return [child for child in element if local(child.tag) == name]


def text_at(element: Element, name: str) -> str | None:
    found = children(element, name)
    return (found[0].text or "").strip() or None if found else None


def is_true(element: Element, name: str, default: bool = False) -> bool:
    text = text_at(element, name)
    return default if text is None else text.lower() in ("true", "1")


def spell_pairs(pairs: list[Pair]) -> Iterator[str]:
    for name, value in pairs:
        if value is None:
            yield f'<{name} xsi:nil="true"/>'
        elif isinstance(value, list):
            yield f"<{name}>{''.join(spell_pairs(value))}</{name}>"
        else:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            yield f"<{name}>{escape(text)}</{name}>"


def envelope(kind: str, body: str, status: int = 200) -> Response:
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{URNS[kind]}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
    )
    return Response(status=status, body=text.encode(), content_type="text/xml;charset=UTF-8")


def fault(kind: str, code: str, message: str) -> Response:
    name = "LoginFault" if code == "INVALID_LOGIN" else "UnexpectedErrorFault"
    body = (
        f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{escape(f'{code}: {message}')}</faultstring>"
        f'<detail><sf:{name} xmlns:sf="{FAULT_URNS[kind]}" xsi:type="sf:{name}">'
        f"<sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{escape(message)}</sf:exceptionMessage>"
        f"</sf:{name}></detail></soapenv:Fault>"
    )
    return envelope(kind, body, 500)


def failed(error: Refusal | WrongShape) -> list[Pair]:
    """The error elements of a result."""
    wrongs = error.wrongs if isinstance(error, Refusal) else ()
    told: list[Pair] = [
        (
            "errors",
            [
                *(("fields", name) for name in wrong.fields or ()),
                ("message", wrong.message),
                ("statusCode", wrong.code),
            ],
        )
        for wrong in wrongs
    ]
    return told or [("errors", [("message", str(error)), ("statusCode", "INVALID_TYPE_ON_FIELD_IN_RECORD")])]


class Soap:
    """The operations."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._org = instance.org
        self._operations: dict[str, Operation] = {
            "login": self.login,
            "logout": self.logout,
            "getUserInfo": self.user_info,
            "getServerTimestamp": self.timestamp,
            "convertLead": self.convert,
            "merge": self.merge,
            "undelete": self.undelete,
        }

    def handle(self, request: Request) -> Response:
        kind, version = request.params["kind"], request.params["version"]
        if kind not in URNS:
            return Response(status=404)
        try:
            call = self._parse(request, kind, version)
            name = local(call.operation.tag)
            operation = self._operations.get(name)
            if operation is None:
                raise call_refusal("INVALID_OPERATION", f"No operation available for request {name}")
            if name != "login":
                self._instance.meter.count()
                call.session = self._session(call)
            results = operation(call)
        except Refusal as error:
            return fault(kind, error.wrongs[0].code, error.wrongs[0].message)
        spelled = "".join(f"<result>{''.join(spell_pairs(pairs))}</result>" for pairs in results)
        response = envelope(kind, f"<{name}Response>{spelled}</{name}Response>")
        response.records = response.writes = len(results) if name in ("convertLead", "merge", "undelete") else 0
        return response

    def _parse(self, request: Request, kind: str, version: str) -> SoapCall:
        if b"<!DOCTYPE" in request.body:
            raise call_refusal("UNKNOWN_EXCEPTION", "A SOAP message must not hold a document type declaration")
        try:
            root = fromstring(request.body)  # noqa: S314  document types, which carry entities, are refused above
        except ParseError as error:
            raise call_refusal("UNKNOWN_EXCEPTION", f"The message is no XML: {error}") from None
        bodies = children(root, "Body")
        if not bodies or not len(bodies[0]):
            raise call_refusal("UNKNOWN_EXCEPTION", "The message has no operation")
        headers = children(root, "Header")
        named = {local(element.tag): element for element in (headers[0] if headers else ())}
        return SoapCall(request, kind, version, bodies[0][0], named)

    def _session(self, call: SoapCall) -> Session:
        header = call.header.get("SessionHeader")
        token = text_at(header, "sessionId") if header is not None else None
        session = self._instance.sessions.find(token) if token else None
        if session is None:
            message = (
                "Invalid Session ID found in SessionHeader: Illegal Session. Session not found, missing session hash"
            )
            raise call_refusal("INVALID_SESSION_ID", message)
        return session

    def _writer(self, call: SoapCall, work: Transaction) -> Writer:
        assert call.session is not None
        rule = call.header.get("DuplicateRuleHeader")
        allow = rule is not None and is_true(rule, "allowSave")
        return Writer(work, self._org.view(call.session.user_id), WriteOptions(allow_save=allow))

    def _each(
        self, call: SoapCall, items: list[Any], most: int, do: Callable[[Writer, Any], list[Pair]]
    ) -> list[list[Pair]]:
        """Do each item; a refused one leaves no trace and tells why."""
        assert call.session is not None
        if len(items) > most:
            raise call_refusal(
                "EXCEEDED_ID_LIMIT", f"record limit reached. cannot submit more than {most} records into this call"
            )
        options = call.header.get("CallOptions")
        client = text_at(options, "client") if options is not None else None
        origin = spell_origin("soap", call.version, f"client={client}" if client else "")
        results = []
        with self._org.transaction(call.session.user_id, origin) as work:
            writer = self._writer(call, work)
            for item in items:
                mark = work.mark()
                try:
                    results.append(do(writer, item))
                except (Refusal, WrongShape) as error:
                    work.rollback(mark)
                    results.append([*failed(error), ("success", False)])
        return results

    # Sessions

    def login(self, call: SoapCall) -> list[list[Pair]]:
        user = OAuth(self._instance).find_user(text_at(call.operation, "username") or "")
        if user is None or text_at(call.operation, "password") is None:
            message = "Invalid username, password, security token; or user locked out."
            raise call_refusal("INVALID_LOGIN", message)
        session = self._instance.sessions.open(user["Id"])
        host = host_of(call.request)
        return [
            [
                ("metadataServerUrl", f"{host}/services/Soap/m/{call.version}/{self._org.id[:15]}"),
                ("passwordExpired", False),
                ("sandbox", True),
                ("serverUrl", f"{host}/services/Soap/{call.kind}/{call.version}/{self._org.id[:15]}"),
                ("sessionId", session.token),
                ("userId", user["Id"]),
                ("userInfo", self._told_user(user["Id"])),
            ]
        ]

    def _told_user(self, user_id: str) -> list[Pair]:
        user = self._org.get(user_id) or {}
        org = self._org.get(self._org.id) or {}
        return [
            ("accessibilityMode", False),
            ("currencySymbol", "€"),
            ("orgAttachmentFileSizeLimit", 5242880),
            ("orgDefaultCurrencyIsoCode", "EUR"),
            ("orgDisallowHtmlAttachments", False),
            ("orgHasPersonAccounts", self._org.switches.person_accounts),
            ("organizationId", self._org.id),
            ("organizationMultiCurrency", self._org.switches.multi_currency),
            ("organizationName", org.get("Name")),
            ("profileId", user.get("ProfileId")),
            ("roleId", user.get("UserRoleId")),
            ("sessionSecondsValid", self._org.switches.session_s),
            ("userDefaultCurrencyIsoCode", None),
            ("userEmail", user.get("Email")),
            ("userFullName", user.get("Name")),
            ("userId", user_id),
            ("userLanguage", user.get("LanguageLocaleKey")),
            ("userLocale", user.get("LocaleSidKey")),
            ("userName", user.get("Username")),
            ("userTimeZone", user.get("TimeZoneSidKey")),
            ("userType", "Standard"),
            ("userUiSkin", "Theme3"),
        ]

    def logout(self, call: SoapCall) -> list[list[Pair]]:
        assert call.session is not None
        self._instance.sessions.close(call.session.token)
        return []

    def user_info(self, call: SoapCall) -> list[list[Pair]]:
        assert call.session is not None
        return [self._told_user(call.session.user_id)]

    def timestamp(self, _call: SoapCall) -> list[list[Pair]]:
        return [[("timestamp", self._org.now().replace("+0000", "Z"))]]

    # Records

    def convert(self, call: SoapCall) -> list[list[Pair]]:
        return self._each(call, children(call.operation, "leadConverts"), MAX_CONVERSIONS, _convert)

    def merge(self, call: SoapCall) -> list[list[Pair]]:
        """The WSDL calls each merge a `request`, jsforce a `mergeRequests`."""
        asked = children(call.operation, "request") or children(call.operation, "mergeRequests")
        return self._each(call, asked, MAX_MERGES, _merge)

    def undelete(self, call: SoapCall) -> list[list[Pair]]:
        ids = [(element.text or "").strip() for element in children(call.operation, "ids")]
        return self._each(
            call, ids, MAX_UNDELETES, lambda writer, record_id: [("id", writer.undelete(record_id)), ("success", True)]
        )


def _convert(writer: Writer, item: Element) -> list[Pair]:
    lead_id, status = text_at(item, "leadId"), text_at(item, "convertedStatus")
    if lead_id is None or status is None:
        raise refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [leadId, convertedStatus]", ["leadId"])
    done = convert_lead(
        writer,
        Conversion(
            lead_id=lead_id,
            status=status,
            account_id=text_at(item, "accountId"),
            contact_id=text_at(item, "contactId"),
            opportunity_id=text_at(item, "opportunityId"),
            opportunity_name=text_at(item, "opportunityName"),
            create_opportunity=not is_true(item, "doNotCreateOpportunity"),
            owner_id=text_at(item, "ownerId"),
            overwrite_lead_source=is_true(item, "overwriteLeadSource"),
        ),
    )
    return [
        ("accountId", done.account_id),
        ("contactId", done.contact_id),
        ("leadId", done.lead_id),
        ("opportunityId", done.opportunity_id),
        ("success", True),
    ]


def _merge(writer: Writer, item: Element) -> list[Pair]:
    masters = children(item, "masterRecord")
    if not masters:
        raise refusal("MISSING_ARGUMENT", "masterRecord is missing", [])
    master = masters[0]
    name = text_at(master, "type") or master.get(XSI_TYPE, "").rpartition(":")[2]
    winner = text_at(master, "Id") or ""
    values = {
        local(child.tag): None if child.get(XSI_NIL) == "true" else child.text
        for child in master
        if local(child.tag) not in ("type", "Id", "fieldsToNull")
    }
    values |= {(child.text or "").strip(): None for child in children(master, "fieldsToNull")}
    losers = [(child.text or "").strip() for child in children(item, "recordToMergeIds")]
    moved = merge_records(writer, name, winner, losers, values)
    return [
        ("id", winner),
        *(("mergedRecordIds", loser) for loser in losers),
        ("success", True),
        *(("updatedRelatedIds", record_id) for record_id in moved),
    ]


def add_routes(instance: Instance) -> None:
    soap = Soap(instance)
    instance.router.add("POST", "/services/Soap/{kind}/{version}", soap.handle)
    instance.router.add("POST", "/services/Soap/{kind}/{version}/{org}", soap.handle)
