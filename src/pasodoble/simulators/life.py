"""People at work in both simulated CRMs: something keeps happening, so that there is something to watch.

Everything goes through the control doors, as what people do in a browser; the same seed gives the same deeds in the same
order. The product is not known here.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import orjson

from pasodoble.simulators.http import DOOR, Application, Request
from pasodoble.simulators.people import TITLES, Person, iter_people, spell_phone
from pasodoble.simulators.sandbox import Sandbox

CONTACTS = "0-1"

Deed = Callable[[], "tuple[str, dict[str, Any]] | None"]


class Life:
    """One deed at a time. `newcomers` are people whom neither CRM knows yet."""

    def __init__(self, sandbox: Sandbox, *, seed: int = 1) -> None:
        self._sandbox = sandbox
        self._dice = random.Random(f"life-{seed}")
        self._newcomers = iter_people(100_000, seed + 7_919)
        self._deeds: tuple[tuple[int, Deed], ...] = (
            (6, self._edit_contact),
            (6, self._edit_lead),
            (2, self._submit_form),
            (2, self._make_lead),
            (1, self._make_contact),
            (2, self._open_email),
            (1, self._convert_lead),
        )

    async def live(self) -> str:
        """Do one thing; gives what was done, "" if nothing came of it."""
        [(_, deed)] = self._dice.choices(self._deeds, weights=[weight for weight, _ in self._deeds])
        order = deed()
        if order is None:
            return ""
        side, what = order
        application = self._sandbox.hubspot.application if side == "hubspot" else self._sandbox.salesforce.application
        answer = await _post(application, DOOR + "actions", what)
        return f"{side}: {what['action']}" if answer else ""

    # --- in HubSpot ---------------------------------------------------------------------------------------------------

    def _edit_contact(self) -> tuple[str, dict[str, Any]] | None:
        contact = self._pick(self._contacts())
        if contact is None:
            return None
        change = self._dice.choice(({"jobtitle": self._title()}, {"phone": spell_phone(self._dice, "+34")}))
        return "hubspot", {"action": "edit", "contact": contact, "properties": change}

    def _submit_form(self) -> tuple[str, dict[str, Any]] | None:
        person = self._newcomer()
        fields = {
            "email": person.email,
            "firstname": person.first,
            "lastname": person.last,
            "company": person.company.name,
        }
        return "hubspot", {"action": "form_submitted", "fields": fields}

    def _make_contact(self) -> tuple[str, dict[str, Any]]:
        person = self._newcomer()
        properties = {
            "email": person.email,
            "firstname": person.first,
            "lastname": person.last,
            "company": person.company.name,
            "city": person.company.city,
        }
        return "hubspot", {"action": "create", "object": "contacts", "properties": properties}

    def _open_email(self) -> tuple[str, dict[str, Any]] | None:
        contact = self._pick(self._contacts())
        return None if contact is None else ("hubspot", {"action": "marketing_email_opened", "contact": contact})

    # --- in Salesforce ------------------------------------------------------------------------------------------------

    def _edit_lead(self) -> tuple[str, dict[str, Any]] | None:
        name = self._dice.choice(("Lead", "Contact"))
        record = self._pick(self._people(name))
        if record is None:
            return None
        city = "City" if name == "Lead" else "MailingCity"
        change = self._dice.choice(({"Title": self._title()}, {city: self._newcomer().company.city}))
        return "salesforce", {"action": "edit", "record": record, "values": change}

    def _make_lead(self) -> tuple[str, dict[str, Any]]:
        person = self._newcomer()
        values = {
            "FirstName": person.first,
            "LastName": person.last,
            "Company": person.company.name,
            "Email": person.email,
            "Phone": person.phone.strip(),
            "Title": person.title,
            "LeadSource": person.source,
        }
        return "salesforce", {"action": "create", "object": "Lead", "values": values}

    def _convert_lead(self) -> tuple[str, dict[str, Any]] | None:
        """Into the account of that name where there is one, as a salesperson would."""
        lead = self._pick(self._people("Lead"))
        if lead is None:
            return None
        org = self._sandbox.salesforce.org
        company = org.table("Lead").rows[lead].get("Company")
        accounts = [row["Id"] for row in org.table("Account").rows.values() if row.get("Name") == company]
        order = {"action": "convert_lead", "lead": lead}
        return "salesforce", order | ({"account": accounts[0]} if accounts else {})

    # --- who ----------------------------------------------------------------------------------------------------------

    def _contacts(self) -> list[str]:
        return [str(id) for id in self._sandbox.hubspot.portal.tables[CONTACTS].rows]

    def _people(self, name: str) -> list[str]:
        rows = self._sandbox.salesforce.org.table(name).rows.values()
        return [row["Id"] for row in rows if not row.get("IsDeleted") and not row.get("IsConverted")]

    def _pick(self, ids: list[str]) -> str | None:
        return self._dice.choice(ids) if ids else None

    def _title(self) -> str:
        return self._dice.choice([title for title in TITLES if title])

    def _newcomer(self) -> Person:
        return next(person for person in self._newcomers if person.email)


async def _post(application: Application, path: str, body: dict[str, Any]) -> Any:
    """The door's answer; None where it refused (a rule of the CRM holds for people too)."""
    request = Request(
        method="POST",
        path=path,
        raw_query="",
        headers={"content-type": "application/json"},
        body=orjson.dumps(body),
    )
    response = await application.handle(request)
    return orjson.loads(response.body) if response.status < 400 else None
