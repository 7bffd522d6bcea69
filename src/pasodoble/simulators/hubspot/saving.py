"""Committing a drafted record together with the associations it asked for, and a contact's company by its domain.

Checking is `writing`'s; this room only puts writing and linking together.
"""

from __future__ import annotations

from typing import Final

from pasodoble.simulators.hubspot.changes import Actor
from pasodoble.simulators.hubspot.linking import link
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.writing import COMPANIES, CONTACTS, Draft, Writer

FREE_MAIL: Final = frozenset({"gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com"})
AUTO_ASSOCIATE: Final = Actor("AUTO_ASSOCIATE_BY_DOMAIN")


def save(writer: Writer, draft: Draft) -> Record:
    """Make a draft real, links and consequences included. Raises Refusal only for an association limit."""
    portal = writer.portal
    row = writer.commit(draft)
    for wish in draft.links:
        link(portal, writer.actor, draft.kind, row.id, portal.types[wish.to_type], wish.to_id, wish.types)
    if draft.kind.type_id == CONTACTS and portal.switches.company_auto_association and "email" in draft.values:
        _associate_company(portal, row)
    return row


def _associate_company(portal: Portal, contact: Record) -> None:
    """Find or make the company of the contact's email domain."""
    domain = contact.values.get("email", "").rpartition("@")[2]
    if not domain or domain in FREE_MAIL or portal.links.of(CONTACTS, contact.id, COMPANIES):
        return
    companies = portal.types[COMPANIES]
    holders = portal.tables[COMPANIES].index_of("domain").get(domain)
    if holders:
        company_id = min(holders)
    else:
        writer = Writer(portal, AUTO_ASSOCIATE)
        draft = writer.draft_creation(companies, {"name": domain.partition(".")[0].capitalize(), "domain": domain})
        company_id = writer.commit(draft).id
    link(portal, AUTO_ASSOCIATE, portal.types[CONTACTS], contact.id, companies, company_id, (1, 279))
