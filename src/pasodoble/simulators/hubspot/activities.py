"""What visitors, recipients and users do outside the API, with all that HubSpot makes of it.

A form is submitted, an email opened, a meeting booked: the event is recorded, activity records are made, the contact's
calculated properties move. The door that orders these does not belong here (see `api.door`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pasodoble.simulators.hubspot.changes import Actor
from pasodoble.simulators.hubspot.engagements import count_up, latest
from pasodoble.simulators.hubspot.event_model import (
    AnalyticsEvent,
    EmailEvent,
    Form,
    FormSubmission,
    MarketingEmail,
)
from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.writing import CONTACTS, LinkRequest, Writer

EMAILS: Final = "0-49"
EMAIL_TRACKING: Final = Actor("EMAIL", "email-tracking")
SALES: Final = Actor("SALES", "sales-tracking")
FIRST_CAMPAIGN_ID: Final = 310_001
FIRST_EMAIL_ID: Final = 510_001
USER_AGENT: Final = "Mozilla/5.0 (Sandbox) Mail"


def submit_form(
    portal: Portal,
    form: Form,
    values: Sequence[tuple[str, str, str]],
    *,
    submitted_ms: int | None = None,
    page_url: str = "",
    page_name: str = "",
    salesforce_campaign_id: str | None = None,
) -> Record:
    """Record a visitor's submission and write it to the contact of its email address, who is made when unknown.

    values   (property, value, object type id) each; those of contacts that exist and may be written are kept.
    Raises Refusal without a valid address.
    """
    at_ms = portal.now_ms() if submitted_ms is None else submitted_ms
    writer = Writer(portal, Actor("FORM", form.id, None, form.name))
    kind = portal.types[CONTACTS]
    live = portal.properties[CONTACTS].live
    wanted = {
        name: value
        for name, value, type_id in values
        if type_id == CONTACTS and name in live and not live[name].read_only
    }
    contact = portal.find_unique(kind, "email", wanted.get("email", ""))
    wanted.setdefault("lifecyclestage", "lead" if contact is None else contact.values.get("lifecyclestage", "lead"))
    if contact is None:
        contact = save(writer, writer.draft_creation(kind, wanted))
    else:
        if not portal.switches.form_promotes_email:
            wanted.pop("email", None)
        save(writer, writer.draft_update(kind, contact, {name: value for name, value in wanted.items() if value}))
    portal.events.submissions.append(
        FormSubmission(
            form_id=form.id,
            submitted_ms=at_ms,
            values=tuple(values),
            contact_id=contact.id,
            page_url=page_url,
            page_name=page_name,
            salesforce_campaign_id=salesforce_campaign_id,
        )
    )
    writer.apply(kind, contact, _conversion_marks(portal, form, contact, at_ms, page_name))
    return contact


def _conversion_marks(portal: Portal, form: Form, contact: Record, at_ms: int, page_name: str) -> dict[str, str]:
    title = f"{page_name}: {form.name}" if page_name else form.name
    forms = {submission.form_id for submission in portal.events.submissions if submission.contact_id == contact.id}
    marks = {
        "num_conversion_events": count_up(contact, "num_conversion_events"),
        "num_unique_conversion_events": str(len(forms)),
    }
    if at_ms >= (parse_moment(contact.values.get("recent_conversion_date", "")) or 0):
        marks |= {"recent_conversion_date": iso(at_ms), "recent_conversion_event_name": title}
    if "first_conversion_date" not in contact.values:
        marks |= {"first_conversion_date": iso(at_ms), "first_conversion_event_name": title}
    return marks


# Marketing email


def make_email(portal: Portal, name: str, *, subject: str = "") -> MarketingEmail:
    """A new marketing email, as somebody would write it in the browser."""
    email = MarketingEmail(
        id=portal.next_id("marketing emails", first=FIRST_EMAIL_ID),
        campaign_id=portal.next_id("email campaigns", first=FIRST_CAMPAIGN_ID),
        name=name,
        subject=subject or name,
        created_ms=portal.now_ms(),
        updated_ms=portal.now_ms(),
    )
    portal.events.emails[email.id] = email
    return email


def send_email(portal: Portal, contact: Record, email: MarketingEmail) -> EmailEvent:
    """Send it to one contact: SENT and DELIVERED, and the contact's marks. The contact needs an address."""
    sent = _record_event(portal, "SENT", contact, email, None)
    _record_event(portal, "DELIVERED", contact, email, sent)
    now = iso(portal.now_ms())
    marks = {
        "hs_email_delivered": count_up(contact, "hs_email_delivered"),
        "hs_email_last_send_date": now,
        "hs_email_last_email_name": email.name,
    }
    if "hs_email_first_send_date" not in contact.values:
        marks["hs_email_first_send_date"] = now
    _mark(portal, EMAIL_TRACKING, contact, marks)
    return sent


def open_email(portal: Portal, contact: Record, email: MarketingEmail) -> EmailEvent:
    """An open of an email that was sent (it is sent first when it was not)."""
    return _react(portal, contact, email, "OPEN", "open")


def click_email(portal: Portal, contact: Record, email: MarketingEmail, url: str) -> EmailEvent:
    """A click on a link; an email that was not opened before counts as opened by it."""
    if not any(
        event.type == "OPEN" and event.contact_id == contact.id and event.campaign_id == email.campaign_id
        for event in portal.events.email_events
    ):
        open_email(portal, contact, email)
    return _react(portal, contact, email, "CLICK", "click", url)


def bounce_email(portal: Portal, contact: Record, email: MarketingEmail) -> EmailEvent:
    """An email that never arrived."""
    sent = _record_event(portal, "SENT", contact, email, None)
    event = _record_event(portal, "BOUNCE", contact, email, sent)
    _mark(portal, EMAIL_TRACKING, contact, {"hs_email_bounce": count_up(contact, "hs_email_bounce")})
    return event


def _react(
    portal: Portal, contact: Record, email: MarketingEmail, type_: str, word: str, url: str | None = None
) -> EmailEvent:
    sent = _sent_to(portal, contact, email) or send_email(portal, contact, email)
    event = _record_event(portal, type_, contact, email, sent, url)
    now = iso(portal.now_ms())
    marks = {
        f"hs_email_{word}": count_up(contact, f"hs_email_{word}"),
        f"hs_email_last_{word}_date": now,
        "hs_email_last_email_name": email.name,
    }
    if f"hs_email_first_{word}_date" not in contact.values:
        marks[f"hs_email_first_{word}_date"] = now
    _mark(portal, EMAIL_TRACKING, contact, marks)
    return event


def _sent_to(portal: Portal, contact: Record, email: MarketingEmail) -> EmailEvent | None:
    for event in reversed(portal.events.email_events):
        if event.type == "SENT" and event.contact_id == contact.id and event.campaign_id == email.campaign_id:
            return event
    return None


def _record_event(
    portal: Portal,
    type_: str,
    contact: Record,
    email: MarketingEmail,
    sent: EmailEvent | None,
    url: str | None = None,
) -> EmailEvent:
    event = EmailEvent(
        id=portal.new_guid(),
        type=type_,
        created_ms=portal.now_ms(),
        recipient=contact.values.get("email", ""),
        campaign_id=email.campaign_id,
        contact_id=contact.id,
        sent_by=(sent.id, sent.created_ms) if sent is not None else None,
        url=url,
        user_agent=USER_AGENT if type_ in ("OPEN", "CLICK") else None,
    )
    portal.events.email_events.append(event)
    return event


def unsubscribe(portal: Portal, contact: Record, email: MarketingEmail | None) -> None:
    """The contact opts out of all email."""
    if email is not None:
        _record_event(portal, "STATUSCHANGE", contact, email, _sent_to(portal, contact, email))
    _mark(portal, EMAIL_TRACKING, contact, {"hs_email_optout": "true"})


# One-to-one email


def send_sales_email(portal: Portal, actor: Actor, contact: Record, *, subject: str, body: str) -> Record:
    """An email of a user to a contact, logged as an email record that is linked to the contact."""
    address = contact.values.get("email", "")
    headers = f'{{"from":{{"email":"{_address_of(portal, actor)}"}},"to":[{{"email":"{address}"}}]}}'
    values = {
        "hs_timestamp": iso(portal.now_ms()),
        "hs_email_direction": "EMAIL",
        "hs_email_status": "SENT",
        "hs_email_subject": subject,
        "hs_email_text": body,
        "hs_email_headers": headers,
    }
    return log_activity(portal, actor, EMAILS, contact, values)


def _address_of(portal: Portal, actor: Actor) -> str:
    owners = portal.owners.values()
    return next((owner.email for owner in owners if owner.user_id == actor.user_id), "sales@pasodoble.example")


def track_sales_email(portal: Portal, contact: Record, email: Record, word: str) -> None:
    """`word` is opened, clicked or replied: the email's counter and the contact's date move."""
    now_ms = portal.now_ms()
    counter = {"opened": "open", "clicked": "click", "replied": "reply"}[word]
    values = {f"hs_email_{counter}_count": count_up(email, f"hs_email_{counter}_count")}
    if word == "opened":
        values["hs_email_last_open_date"] = iso(now_ms)
    Writer(portal, SALES).apply(portal.types[EMAILS], email, values)
    marks = {
        f"hs_sales_email_last_{word}": latest(contact, f"hs_sales_email_last_{word}", now_ms),
        "hs_last_sales_activity_timestamp": latest(contact, "hs_last_sales_activity_timestamp", now_ms),
        "hs_last_sales_activity_type": f"EMAIL_{counter.upper()}",
    }
    _mark(portal, SALES, contact, marks)


def last_sales_email(portal: Portal, contact: Record) -> Record | None:
    """The newest email record that went to the contact."""
    ids = portal.links.of(CONTACTS, contact.id, EMAILS)
    rows = portal.tables[EMAILS].rows
    return rows.get(max((id for id in ids if id in rows), default=0))


# Other things people do


def log_activity(portal: Portal, actor: Actor, type_id: str, contact: Record, values: dict[str, str]) -> Record:
    """A new note, task, call, meeting or email that a user links to a contact. Raises Refusal."""
    kind = portal.types[type_id]
    writer = Writer(portal, actor)
    link = portal.link_types.default(type_id, CONTACTS)
    return save(writer, writer.draft_creation(kind, values, [LinkRequest(CONTACTS, contact.id, (link.id,))]))


def view_document(portal: Portal, contact: Record) -> None:
    """The contact opens a sales document; which one is not visible outside."""
    now_ms = portal.now_ms()
    marks = {
        "hs_document_last_revisited": iso(now_ms),
        "hs_last_sales_activity_timestamp": latest(contact, "hs_last_sales_activity_timestamp", now_ms),
        "hs_last_sales_activity_type": "DOCUMENT_VIEW",
    }
    _mark(portal, SALES, contact, marks)
    record_occurrence(portal, contact, "e_document_viewed_v2", {})


def visit_page(portal: Portal, contact: Record, url: str) -> None:
    """The contact, known by a cookie, visits a page of the website."""
    record_occurrence(portal, contact, "e_visited_page", {"hs_url": url})


def record_occurrence(portal: Portal, contact: Record, event_type: str, properties: dict[str, str]) -> None:
    portal.events.analytics.append(
        AnalyticsEvent(
            id=portal.new_guid(),
            event_type=event_type,
            type_id=CONTACTS,
            record_id=contact.id,
            occurred_ms=portal.now_ms(),
            properties=properties,
        )
    )


def _mark(portal: Portal, actor: Actor, contact: Record, values: dict[str, str]) -> None:
    Writer(portal, actor).apply(portal.types[CONTACTS], contact, values)
