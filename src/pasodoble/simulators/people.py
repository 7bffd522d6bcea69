"""Lifelike people and companies for both simulated CRMs, the same ones for the same seed.

Spanish and English names, companies with sites, phones in every state of disorder, e-mail addresses in odd case, people
known to one side only. Each simulator puts them into its own shape; what a CRM does with a person does not belong here.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

GIVEN = (
    "Ana María José Lucía Javier Carmen Álvaro Inés Rodrigo Sofía Miguel Elena Pablo Nuria Andrés Marta Iñaki Begoña "
    "Hugo Pilar Sergio Rocío Joaquín Valentina Diego Camila Mateo Ximena Emma Oliver Grace Liam Charlotte Noah Amelia "
    "Jack Chloe Owen Zoë Ethan Maeve Declan Priya Wei Aisha Tomasz Renée François Håkon Siobhán"
).split()
FAMILY = (
    "García López Martínez Sánchez Pérez Fernández Gómez Ruiz Muñoz Álvarez Romero Navarro Domínguez Ibáñez Núñez Peña "
    "Cortés Vázquez Castaño Güell Smith Jones Taylor Brown Wilson Evans Walker Wright Robinson Thompson Hughes Edwards "
    "Clarke O'Brien O'Neill McGregor Fitzgerald Van-Dijk Schröder Novák Kowalski Nguyễn Patel Okafor Haddad Ferrari"
).split()
FIRMS = (
    "Aurora Cantera Delta Espiga Faro Granito Horizonte Iberia Jacaranda Kilate Lince Marea Norte Olivo Puente Quijote "
    "Ribera Sierra Trigal Umbral Vega Acme Beacon Copper Drift Ember Foundry Glacier Harbor Ironwood Juniper Kestrel "
    "Lantern Meridian Northwind Orchard Pinnacle Quarry Redwood Summit Tidewater Vanguard Willow"
).split()
TRADES = (
    "Software Logistics Foods Energía Salud Textiles Robotics Capital Media Farma Hoteles Seguros Labs Systems".split()
)
FORMS = ("S.A.", "S.L.", "Ltd", "Inc.", "GmbH", "& Hijos", "Group", "")
TITLES = (
    "Head of Operations",
    "Directora de Marketing",
    "CTO",
    "Account Executive",
    "Responsable de Compras",
    "VP Sales",
    "Data Engineer",
    "Gerente",
    "RevOps Manager",
    "CEO & Founder",
    "Analista Sénior",
    "",
)
SALUTATIONS = ("Ms.", "Mr.", "Dr.", "", "", "")
STREETS = (
    "Calle Mayor",
    "Gran Vía",
    "Avenida del Puerto",
    "Carrer de Balmes",
    "High Street",
    "Market Street",
    "Elm Road",
)
PLACES = (
    ("Madrid", "Madrid", "28013", "Spain", "+34", "Europe/Madrid"),
    ("Barcelona", "Barcelona", "08007", "Spain", "+34", "Europe/Madrid"),
    ("Valencia", "Valencia", "46002", "Spain", "+34", "Europe/Madrid"),
    ("Sevilla", "Sevilla", "41001", "Spain", "+34", "Europe/Madrid"),
    ("Ciudad de México", "CDMX", "06000", "Mexico", "+52", "America/Mexico_City"),
    ("Buenos Aires", "Buenos Aires", "C1002", "Argentina", "+54", "America/Argentina/Buenos_Aires"),
    ("London", "Greater London", "EC1A 1BB", "United Kingdom", "+44", "Europe/London"),
    ("Dublin", "Leinster", "D02 X285", "Ireland", "+353", "Europe/Dublin"),
    ("Boston", "Massachusetts", "02108", "United States", "+1", "America/New_York"),
    ("Austin", "Texas", "73301", "United States", "+1", "America/Chicago"),
)
INDUSTRIES = ("Technology", "Transportation", "Food & Beverage", "Energy", "Healthcare", "Apparel", "Finance", "Media")
SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")

KNOWN_TO_BOTH = 0.55
"""Share of people whom both CRMs know from the start; the rest are about evenly known to one of them."""


@dataclass(frozen=True, slots=True)
class Company:
    number: int
    name: str
    domain: str
    industry: str
    street: str
    city: str
    state: str
    zip: str
    country: str
    phone: str
    employees: int
    revenue: int


@dataclass(frozen=True, slots=True)
class Person:
    """One person, before any CRM has spelled them. `email` is "" for a few, whom no sync may carry."""

    number: int
    first: str
    last: str
    salutation: str
    email: str
    phone: str
    mobile: str
    title: str
    company: Company
    source: str
    in_hubspot: bool
    in_salesforce: bool
    is_lead: bool
    """Whether Salesforce holds the person as a Lead rather than a Contact."""
    differs: bool = field(default=False)
    """Whether Salesforce's copy was edited on its own: another title, an upper-case e-mail address."""


def spell_plain(text: str) -> str:
    """Lower case without accents, for addresses: `Núñez` gives `nunez`."""
    folded = unicodedata.normalize("NFKD", text.replace("ø", "o").replace("ß", "ss"))
    return "".join(c for c in folded.lower() if c.isascii() and (c.isalnum() or c in "-."))


def iter_companies(count: int, seed: int) -> Iterator[Company]:
    dice = random.Random(f"companies-{seed}")
    for number in range(count):
        firm = dice.choice(FIRMS)
        trade = dice.choice(TRADES)
        city, state, code, country, dial, _zone = dice.choice(PLACES)
        name = f"{firm} {trade} {dice.choice(FORMS)}".strip()
        yield Company(
            number=number,
            name=name,
            domain=f"{spell_plain(firm)}-{spell_plain(trade)}-{number}.example",
            industry=dice.choice(INDUSTRIES),
            street=f"{dice.choice(STREETS)} {dice.randrange(1, 190)}",
            city=city,
            state=state,
            zip=code,
            country=country,
            phone=spell_phone(dice, dial),
            employees=dice.choice((3, 12, 40, 85, 240, 900, 4200)),
            revenue=dice.randrange(1, 900) * 100_000,
        )


def iter_people(count: int, seed: int) -> Iterator[Person]:
    """`count` people at about a quarter as many companies. The same seed gives the same people, in the same order."""
    companies = list(iter_companies(max(1, count // 4), seed)) if count else []
    dice = random.Random(f"people-{seed}")
    for number in range(count):
        first, last = dice.choice(GIVEN), dice.choice(FAMILY)
        if dice.random() < 0.25:
            last = f"{last} {dice.choice(FAMILY)}"
        company = dice.choice(companies)
        dial = next(place[4] for place in PLACES if place[0] == company.city)
        known = dice.random()
        yield Person(
            number=number,
            first=first,
            last=last,
            salutation=dice.choice(SALUTATIONS),
            email="" if dice.random() < 0.02 else spell_email(dice, first, last, number, company.domain),
            phone=spell_phone(dice, dial) if dice.random() < 0.8 else "",
            mobile=spell_phone(dice, dial) if dice.random() < 0.4 else "",
            title=dice.choice(TITLES),
            company=company,
            source=dice.choice(SOURCES),
            in_hubspot=known < KNOWN_TO_BOTH or known >= (1 + KNOWN_TO_BOTH) / 2,
            in_salesforce=known < (1 + KNOWN_TO_BOTH) / 2,
            is_lead=dice.random() < 0.5,
            differs=dice.random() < 0.1,
        )


def spell_email(dice: random.Random, first: str, last: str, number: int, domain: str) -> str:
    """One address a person: the number keeps namesakes at one company apart."""
    given, family = spell_plain(first), spell_plain(last.split()[0])
    local = dice.choice((f"{given}.{family}", f"{given[0]}{family}", f"{given}_{family[0]}"))
    return f"{local}{number}@{domain}".replace("'", "")


def spell_phone(dice: random.Random, dial: str) -> str:
    """A number as people type it: with and without the country code, dots, dashes, brackets, stray blanks."""
    digits = f"{dice.randrange(600_000_000, 999_999_999)}"
    return dice.choice(
        (
            f"{dial}{digits}",
            f"{dial} {digits[:3]} {digits[3:6]} {digits[6:]}",
            f"{digits[:3]}.{digits[3:6]}.{digits[6:]}",
            f"({digits[:3]}) {digits[3:6]}-{digits[6:]}",
            f"00{dial[1:]} {digits}",
            f" {digits[:3]} {digits[3:]}",
        )
    )
