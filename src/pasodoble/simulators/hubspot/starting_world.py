"""The world a new portal starts with: the product's key property, and the people both simulated CRMs know.

Owners, pipelines and HubSpot's own properties come with the portal itself and do not belong here.
"""

from __future__ import annotations

import contextlib
import gc
import random
from collections.abc import Iterator
from typing import Final

from pasodoble.simulators.hubspot.changes import NOTHING, Actor, Change, person
from pasodoble.simulators.hubspot.event_model import Form
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.owners import FIRST_OWNER_ID, FIRST_USER_ID, PEOPLE
from pasodoble.simulators.hubspot.pipelines import DEAL_STAGES, TICKET_STAGES
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.property_model import Property
from pasodoble.simulators.hubspot.property_tables import LIFECYCLE
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.people import Company, Person, iter_people

KEY: Final = "pasodoble_key"
USERS: Final = "0-115"
SETTINGS: Final = Actor("SETTINGS")
DAY_MS: Final = 86_400_000
HISTORY_DAYS: Final = 180
"""The seeded records came into being over so many days before the portal's start."""
INDUSTRIES: Final = {
    "Technology": "COMPUTER_SOFTWARE",
    "Transportation": "TRANSPORTATION_TRUCKING_RAILROAD",
    "Food & Beverage": "FOOD_BEVERAGES",
    "Energy": "OIL_ENERGY",
    "Healthcare": "HOSPITAL_HEALTH_CARE",
    "Apparel": "APPAREL_FASHION",
    "Finance": "FINANCIAL_SERVICES",
    "Media": "MEDIA_PRODUCTION",
}
FORMS: Final = (("Contact us", "contact"), ("Newsletter", "newsletter"), ("Book a demo", "demo"))
STAGES: Final = tuple(stage for stage, _label in LIFECYCLE[:6])


def add_key_property(portal: Portal) -> None:
    """Give every object the unique property that the product writes its links' keys to."""
    for kind in portal.types:
        book = portal.properties[kind.type_id]
        key = Property(
            name=KEY,
            label="Pasodoble key",
            group=next(iter(book.groups)),
            unique=True,
            hubspot_defined=False,
            form_field=False,
            created_ms=portal.now_ms(),
            updated_ms=portal.now_ms(),
        )
        book.add(key)


def add_users(portal: Portal) -> None:
    """Every active owner with a sign-in is a record of the type `users` too."""
    table, now = portal.tables[USERS], portal.now_ms()
    for owner in portal.owners.values():
        if owner.user_id is None or owner.archived:
            continue
        values = {
            "hs_email": owner.email,
            "hs_given_name": owner.first,
            "hs_family_name": owner.last,
            "hs_internal_user_id": str(owner.user_id),
            "hubspot_owner_id": str(owner.id),
            "hs_deactivated": "false",
        }
        row = Record(table.take_id(), now, values)
        row.history.append(Change(now, "creation", SETTINGS, USERS, row.id, values, NOTHING))
        table.insert(row)


class Sower:
    """Puts records into an empty portal, quickly: no checks, nothing announced, each in the history of its maker."""

    def __init__(self, portal: Portal, seed: int, count: int) -> None:
        self.portal = portal
        self._dice = random.Random(f"hubspot-world-{seed}")
        self._start_ms = portal.now_ms() - HISTORY_DAYS * DAY_MS
        self._step_ms = HISTORY_DAYS * DAY_MS // max(1, count * 2)
        self._now_ms = self._start_ms
        self._makers = [person(FIRST_USER_ID + number) for number in range(len(PEOPLE))]
        self._importer = Actor("IMPORT", "1", FIRST_USER_ID, "People of both CRMs")
        self._companies: dict[int, int] = {}

    def sow(self, person_: Person) -> None:
        """A person, their company when it is new, and sometimes a deal, a ticket, a note."""
        self._now_ms += self._step_ms
        company_id = self._companies.get(person_.company.number)
        if company_id is None:
            company_id = self._companies[person_.company.number] = self._add("0-2", company_values(person_.company))
        contact_id = self._add("0-1", self._contact_values(person_), self._importer)
        self._link("0-1", contact_id, "0-2", company_id, (1, 279))
        luck = self._dice.random()
        if luck < 0.15:
            self._add_deal(person_, contact_id, company_id)
        elif luck < 0.22:
            self._add_ticket(person_, contact_id, company_id)
        elif luck < 0.35:
            self._add_note(person_, contact_id)

    def _contact_values(self, person_: Person) -> dict[str, str]:
        company = person_.company
        values = {
            "email": person_.email.lower(),
            "firstname": person_.first,
            "lastname": person_.last,
            "salutation": person_.salutation,
            "phone": person_.phone,
            "mobilephone": person_.mobile,
            "jobtitle": person_.title,
            "company": company.name,
            "website": f"https://www.{company.domain}",
            "address": company.street,
            "city": company.city,
            "state": company.state,
            "zip": company.zip,
            "country": company.country,
            "industry": company.industry,
            "leadsource": person_.source,
            "lifecyclestage": self._dice.choice(STAGES),
            "hubspot_owner_id": self._owner(),
        }
        return {name: value for name, value in values.items() if value}

    def _owner(self) -> str:
        return str(FIRST_OWNER_ID + self._dice.randrange(len(PEOPLE)))

    def _add_deal(self, person_: Person, contact_id: int, company_id: int) -> None:
        stage = self._dice.choice(DEAL_STAGES)[0]
        values = {
            "dealname": f"{person_.company.name} - {self._dice.choice(('renewal', 'new business', 'upgrade'))}",
            "amount": str(self._dice.randrange(1, 200) * 500),
            "pipeline": "default",
            "dealstage": stage,
            "closedate": iso(self._now_ms // DAY_MS * DAY_MS + self._dice.randrange(10, 120) * DAY_MS),
            "dealtype": "newbusiness",
            "hubspot_owner_id": self._owner(),
        }
        deal_id = self._add("0-3", values)
        self._link("0-3", deal_id, "0-1", contact_id, (3,))
        self._link("0-3", deal_id, "0-2", company_id, (5, 341))

    def _add_ticket(self, person_: Person, contact_id: int, company_id: int) -> None:
        values = {
            "subject": self._dice.choice(("Cannot sign in", "Question about the invoice", "Export is slow")),
            "content": f"{person_.first} asks for help.",
            "hs_pipeline": "0",
            "hs_pipeline_stage": self._dice.choice(TICKET_STAGES)[0],
            "hs_ticket_priority": self._dice.choice(("LOW", "MEDIUM", "HIGH")),
        }
        ticket_id = self._add("0-5", values)
        self._link("0-5", ticket_id, "0-1", contact_id, (16,))
        self._link("0-5", ticket_id, "0-2", company_id, (26, 339))

    def _add_note(self, person_: Person, contact_id: int) -> None:
        body = f"<p>Spoke with {person_.first} about next steps.</p>"
        note_id = self._add("0-46", {"hs_note_body": body, "hs_timestamp": iso(self._now_ms)})
        self._link("0-46", note_id, "0-1", contact_id, (202,))

    def _add(self, type_id: str, values: dict[str, str], actor: Actor | None = None) -> int:
        table, kind = self.portal.tables[type_id], self.portal.types[type_id]
        row = Record(table.take_id(), self._now_ms, values)
        maker = actor or self._makers[row.id % len(self._makers)]
        row.history.append(Change(self._now_ms, "creation", maker, type_id, row.id, values, NOTHING))
        table.insert(row)
        self.portal.claim_unique(kind, row, ("email",) if type_id == "0-1" else ())
        return row.id

    def _link(self, from_type: str, from_id: int, to_type: str, to_id: int, types: tuple[int, ...]) -> None:
        inverse = [self.portal.link_types.find(from_type, to_type, id) for id in types]
        self.portal.links.set(from_type, from_id, to_type, to_id, types)
        self.portal.links.set(to_type, to_id, from_type, from_id, [kind.inverse for kind in inverse if kind])


def company_values(company: Company) -> dict[str, str]:
    return {
        "name": company.name,
        "domain": company.domain,
        "website": f"https://www.{company.domain}",
        "phone": company.phone.strip(),
        "industry": INDUSTRIES[company.industry],
        "address": company.street,
        "city": company.city,
        "state": company.state,
        "zip": company.zip,
        "country": company.country,
        "numberofemployees": str(company.employees),
        "annualrevenue": str(company.revenue),
        "lifecyclestage": "lead",
    }


def add_forms(portal: Portal) -> None:
    """Three forms, their ids the same in every world."""
    dice = random.Random("hubspot-forms")
    for name, _purpose in FORMS:
        digits = f"{dice.getrandbits(128):032x}"
        id = f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
        portal.events.forms[id] = Form(id=id, name=name, created_ms=portal.now_ms(), updated_ms=portal.now_ms())


def populate(portal: Portal, *, people: int, seed: int) -> None:
    """Fill an empty portal with those of `people` whom HubSpot knows, in the order of the seeded population."""
    add_forms(portal)
    sower = Sower(portal, seed, people)
    with _no_collecting():
        for person_ in iter_people(people, seed):
            if person_.in_hubspot:
                sower.sow(person_)


@contextlib.contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the garbage collector, which would walk all records again and again and find nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
