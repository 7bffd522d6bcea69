"""What the control door can make people do: one function an action, in one table by name.

The consequences are `activities`', `writing`'s and `removing`'s; reading HTTP does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from pasodoble.simulators.door import DoorError
from pasodoble.simulators.hubspot import activities, removing
from pasodoble.simulators.hubspot.changes import Actor, person
from pasodoble.simulators.hubspot.event_model import Form, MarketingEmail
from pasodoble.simulators.hubspot.linking import link
from pasodoble.simulators.hubspot.lists import CrmList
from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.writing import CONTACTS, LinkRequest, Writer

Order = Mapping[str, Any]
Told = dict[str, Any]
HOUR_MS: Final = 3_600_000


class Desk:
    """Carries out one order. Raises DoorError for what makes no sense, Refusal for what HubSpot would refuse."""

    def __init__(self, portal: Portal, order: Order) -> None:
        self.portal = portal
        self.order = order

    # What an order names

    @property
    def actor(self) -> Actor:
        """The user at work: `user`, an owner's id, user id or address; the first one when none is named."""
        wanted = self.order.get("user")
        for owner in self.portal.owners.values():
            if owner.user_id is None:
                continue
            if wanted is None or str(wanted) in (str(owner.id), str(owner.user_id), owner.email):
                return person(owner.user_id)
        raise DoorError(f"user {wanted!r} is nobody here; give an owner's id, user id or email address")

    def kind(self, word: object) -> ObjectType:
        kind = self.portal.types.find(str(word))
        if kind is None:
            raise DoorError(f"object {word!r} is not known; give a name such as contacts, or a type id such as 0-1")
        return kind

    def target(self) -> tuple[ObjectType, str]:
        """The record meant: `object` and `id`, or the type's own word as in `{"contact": "101"}`."""
        if "object" in self.order and "id" in self.order:
            return self.kind(self.order["object"]), str(self.order["id"])
        for kind in self.portal.types:
            for word in (kind.singular, kind.name):
                if word in self.order:
                    return kind, str(self.order[word])
        raise DoorError('name the record: {"contact": id}, {"deal": id}, ... or {"object": type, "id": id}')

    def live(self, kind: ObjectType, id: object) -> Record:
        text = str(id)
        row = self.portal.tables[kind.type_id].find(int(text)) if text.isdecimal() else None
        if row is None and kind.type_id == CONTACTS:
            row = self.portal.find_unique(kind, "email", text)
        if row is None:
            raise DoorError(f"there is no {kind.singular} {text}")
        return row

    def contact(self) -> Record:
        if "contact" not in self.order:
            raise DoorError(f"action {self.order.get('action')} needs a contact: an id or an email address")
        return self.live(self.portal.types[CONTACTS], self.order["contact"])

    def text(self, name: str, default: str = "") -> str:
        return str(self.order.get(name, default))

    def moment(self, name: str, default_ms: int) -> str:
        """A moment of the order, ISO-8601 or milliseconds."""
        if name not in self.order:
            return iso(default_ms)
        ms = parse_moment(str(self.order[name]))
        if ms is None:
            raise DoorError(f"{name} is to be a moment, not {self.order[name]!r}")
        return iso(ms)

    def properties(self) -> dict[str, object]:
        properties = self.order.get("properties")
        if not isinstance(properties, dict):
            raise DoorError('this action needs {"properties": {name: value}}')
        return properties

    def form(self) -> Form:
        forms = self.portal.events.forms
        wanted = self.order.get("form")
        if wanted is None and not forms:
            return add_form(self.portal, None, "Contact us")
        for form in forms.values():
            if wanted in (None, form.id, form.name):
                return form
        raise DoorError(f"form {wanted!r} is not known; PATCH /__sandbox__/schema adds forms")

    def email(self) -> MarketingEmail:
        """The marketing email named by id or name, or else the contact's latest one, or a new one."""
        wanted, book = self.order.get("email"), self.portal.events
        for email in reversed(book.emails.values()):
            if wanted is not None and str(wanted) in (str(email.id), email.name, str(email.campaign_id)):
                return email
        if wanted is not None and str(wanted).isdecimal():
            raise DoorError(f"marketing email {wanted} is not known")
        if wanted is None:
            contact = self.contact()
            sent = [event.campaign_id for event in book.email_events if event.contact_id == contact.id]
            for email in reversed(book.emails.values()):
                if email.campaign_id in sent[-1:]:
                    return email
        return activities.make_email(self.portal, str(wanted or "Monthly news"), subject=self.text("subject"))

    def reachable(self) -> Record:
        contact = self.contact()
        if not contact.values.get("email"):
            raise DoorError(f"contact {contact.id} has no email address")
        return contact

    def list_meant(self) -> CrmList:
        one = self.portal.lists.find(self.text("list"))
        if one is None or one.deleted_ms:
            raise DoorError(f"list {self.order.get('list')!r} is not known")
        if one.is_dynamic:
            raise DoorError(f"list {one.id} finds its members by itself")
        return one


def add_form(portal: Portal, id: str | None, name: str) -> Form:
    """A new form, or an existing one by another name."""
    now = portal.now_ms()
    form = portal.events.forms.get(id or "")
    if form is None:
        form = Form(id=id or portal.new_guid(), name=name, created_ms=now)
        portal.events.forms[form.id] = form
    form.name, form.updated_ms = name, now
    return form


def told(kind: ObjectType, row: Record) -> Told:
    return {"object": kind.name, "id": str(row.id)}


# Records


def create(desk: Desk) -> Told:
    kind = desk.kind(desk.order.get("object"))
    links = []
    for entry in desk.order.get("associations") or ():
        other = desk.kind(entry.get("object"))
        default = desk.portal.link_types.default(kind.type_id, other.type_id)
        links.append(LinkRequest(other.type_id, desk.live(other, entry.get("id")).id, (default.id,)))
    writer = Writer(desk.portal, desk.actor)
    return told(kind, save(writer, writer.draft_creation(kind, desk.properties(), links)))


def edit(desk: Desk) -> Told:
    kind, id = desk.target()
    row, writer = desk.live(kind, id), Writer(desk.portal, desk.actor)
    return told(kind, save(writer, writer.draft_update(kind, row, desk.properties())))


def set_owner(desk: Desk) -> Told:
    kind, id = desk.target()
    wanted = str(desk.order.get("owner") or "")
    owners = desk.portal.owners.values()
    owner = next((one for one in owners if wanted in (str(one.id), one.email)), None)
    if owner is None and wanted:
        raise DoorError(f"owner {wanted!r} is not known; give an id or an email address")
    row, writer = desk.live(kind, id), Writer(desk.portal, desk.actor)
    draft = writer.draft_update(kind, row, {"hubspot_owner_id": "" if owner is None else str(owner.id)})
    return told(kind, save(writer, draft))


def delete(desk: Desk) -> Told:
    kind, id = desk.target()
    row = desk.live(kind, id)
    removing.archive(desk.portal, desk.actor, kind, row)
    return told(kind, row)


def restore(desk: Desk) -> Told:
    kind, id = desk.target()
    row = desk.portal.tables[kind.type_id].archived.get(int(id)) if id.isdecimal() else None
    if row is None:
        raise DoorError(f"there is no {kind.singular} {id} in the recycle bin")
    removing.restore(desk.portal, desk.actor, kind, row)
    return told(kind, row)


def merge(desk: Desk) -> Told:
    """`primary` and `other` are ids; `object` says of what (contacts when it says nothing)."""
    kind = desk.kind(desk.order.get("object", CONTACTS))
    primary, other = desk.live(kind, desk.order.get("primary")), desk.live(kind, desk.order.get("other"))
    if primary is other:
        raise DoorError(f"{kind.singular} {primary.id} cannot be merged with itself")
    return told(kind, removing.merge(desk.portal, desk.actor, kind, primary, other))


def purge(desk: Desk) -> Told:
    kind, row = desk.portal.types[CONTACTS], desk.contact()
    removing.purge(desk.portal, desk.actor, kind, row)
    return told(kind, row)


def _ends(desk: Desk) -> tuple[ObjectType, Record, ObjectType, Record]:
    ends = []
    for name in ("from", "to"):
        end = desk.order.get(name)
        if not isinstance(end, dict):
            raise DoorError('name both records: {"from": {"object", "id"}, "to": {"object", "id"}}')
        kind, id = Desk(desk.portal, end).target()
        ends.append((kind, desk.live(kind, id)))
    (from_kind, from_row), (to_kind, to_row) = ends
    return from_kind, from_row, to_kind, to_row


def _types(desk: Desk) -> list[int]:
    types = desk.order.get("types") or []
    if not isinstance(types, list) or any(not isinstance(id, int) for id in types):
        raise DoorError("types is to be a list of association type ids")
    return types


def associate(desk: Desk) -> Told:
    from_kind, from_row, to_kind, to_row = _ends(desk)
    link(desk.portal, desk.actor, from_kind, from_row.id, to_kind, to_row.id, _types(desk))
    return told(from_kind, from_row)


def disassociate(desk: Desk) -> Told:
    from_kind, from_row, to_kind, to_row = _ends(desk)
    types = _types(desk) or None
    removing.unlink_and_tidy(desk.portal, desk.actor, from_kind, from_row.id, to_kind, to_row.id, types)
    return told(from_kind, from_row)


def list_add(desk: Desk) -> Told:
    one, (kind, id) = desk.list_meant(), desk.target()
    desk.portal.lists.join(one, [desk.live(kind, id).id], desk.actor)
    return {"list": str(one.id), "size": len(one.members)}


def list_remove(desk: Desk) -> Told:
    one, (kind, id) = desk.list_meant(), desk.target()
    desk.portal.lists.leave(one, [desk.live(kind, id).id], desk.actor)
    return {"list": str(one.id), "size": len(one.members)}


# Visitors and recipients


def form_submitted(desk: Desk) -> Told:
    """`fields` go with the contact's address; without a `contact` they have to hold an email, and may make one."""
    fields = desk.order.get("fields") or {}
    if not isinstance(fields, dict):
        raise DoorError('fields is to be {"property": value}')
    values = {str(name): str(value) for name, value in fields.items()}
    if "contact" in desk.order:
        values.setdefault("email", desk.reachable().values["email"])
    if not values.get("email"):
        raise DoorError('form_submitted needs {"contact": id} or {"fields": {"email": ...}}')
    form = desk.form()
    contact = activities.submit_form(
        desk.portal,
        form,
        [(name, value, CONTACTS) for name, value in values.items()],
        page_url=desk.text("page_url", "https://www.pasodoble.example/contact"),
        page_name=desk.text("page_name"),
        salesforce_campaign_id=desk.order.get("salesforce_campaign_id"),
    )
    return {**told(desk.portal.types[CONTACTS], contact), "form": form.id}


def marketing_email_sent(desk: Desk) -> Told:
    contact, email = desk.reachable(), _named_or_new(desk)
    return _event(email, activities.send_email(desk.portal, contact, email).id)


def _named_or_new(desk: Desk) -> MarketingEmail:
    if "email" in desk.order:
        return desk.email()
    name = desk.text("name", "Monthly news")
    return activities.make_email(desk.portal, name, subject=desk.text("subject"))


def marketing_email_opened(desk: Desk) -> Told:
    contact, email = desk.reachable(), desk.email()
    return _event(email, activities.open_email(desk.portal, contact, email).id)


def marketing_email_clicked(desk: Desk) -> Told:
    contact, email = desk.reachable(), desk.email()
    url = desk.text("url", "https://www.pasodoble.example/offer")
    return _event(email, activities.click_email(desk.portal, contact, email, url).id)


def marketing_email_bounced(desk: Desk) -> Told:
    contact, email = desk.reachable(), desk.email()
    return _event(email, activities.bounce_email(desk.portal, contact, email).id)


def _event(email: MarketingEmail, event_id: str) -> Told:
    return {"email": str(email.id), "campaign": email.campaign_id, "event": event_id}


def unsubscribed(desk: Desk) -> Told:
    contact = desk.contact()
    activities.unsubscribe(desk.portal, contact, desk.email() if "email" in desk.order else None)
    return told(desk.portal.types[CONTACTS], contact)


def document_viewed(desk: Desk) -> Told:
    contact = desk.contact()
    activities.view_document(desk.portal, contact)
    return told(desk.portal.types[CONTACTS], contact)


def page_visited(desk: Desk) -> Told:
    contact = desk.contact()
    activities.visit_page(desk.portal, contact, desk.text("url", "https://www.pasodoble.example/"))
    return told(desk.portal.types[CONTACTS], contact)


# Sales people


def sales_email_sent(desk: Desk) -> Told:
    contact = desk.reachable()
    subject, body = desk.text("subject", "Following up"), desk.text("body", "Shall we talk this week?")
    row = activities.send_sales_email(desk.portal, desk.actor, contact, subject=subject, body=body)
    return told(desk.portal.types[activities.EMAILS], row)


def _tracked(word: str) -> Callable[[Desk], Told]:
    def act(desk: Desk) -> Told:
        contact, kind = desk.reachable(), desk.portal.types[activities.EMAILS]
        if "email" in desk.order:
            email = desk.live(kind, desk.order["email"])
        else:
            latest = activities.last_sales_email(desk.portal, contact)
            email = latest or desk.live(kind, sales_email_sent(desk)["id"])
        activities.track_sales_email(desk.portal, contact, email, word)
        return told(kind, email)

    return act


def meeting_scheduled(desk: Desk) -> Told:
    start = desk.moment("start", desk.portal.now_ms() + 24 * HOUR_MS)
    values = {
        "hs_meeting_title": desk.text("title", "Introduction"),
        "hs_meeting_body": desk.text("body"),
        "hs_meeting_start_time": start,
        "hs_meeting_end_time": desk.moment("end", (parse_moment(start) or 0) + HOUR_MS),
        "hs_meeting_outcome": desk.text("outcome", "SCHEDULED"),
        "hs_meeting_location": desk.text("location"),
        "hs_timestamp": start,
    }
    return _log(desk, "meetings", values)


def call_logged(desk: Desk) -> Told:
    values = {
        "hs_call_title": desk.text("title", "Call"),
        "hs_call_body": desk.text("body"),
        "hs_call_direction": desk.text("direction", "OUTBOUND"),
        "hs_call_duration": desk.text("duration_ms", "120000"),
        "hs_call_status": desk.text("status", "COMPLETED"),
        "hs_call_disposition": desk.text("disposition", "f240bbac-87c9-4f6e-bf70-924b57d47db7"),
        "hs_timestamp": desk.moment("at", desk.portal.now_ms()),
    }
    return _log(desk, "calls", values)


def note_created(desk: Desk) -> Told:
    at = desk.moment("at", desk.portal.now_ms())
    return _log(desk, "notes", {"hs_note_body": desk.text("body", "A note."), "hs_timestamp": at})


def task_created(desk: Desk) -> Told:
    values = {
        "hs_task_subject": desk.text("subject", "Follow up"),
        "hs_task_body": desk.text("body"),
        "hs_task_status": desk.text("status", "NOT_STARTED"),
        "hs_task_priority": desk.text("priority", "MEDIUM"),
        "hs_task_type": desk.text("type", "TODO"),
        "hs_timestamp": desk.moment("due", desk.portal.now_ms() + 24 * HOUR_MS),
    }
    return _log(desk, "tasks", values)


def _log(desk: Desk, name: str, values: dict[str, str]) -> Told:
    kind, actor = desk.kind(name), desk.actor
    owner = next((one for one in desk.portal.owners.values() if one.user_id == actor.user_id), None)
    if owner is not None:
        values["hubspot_owner_id"] = str(owner.id)
    values |= {key: str(value) for key, value in (desk.order.get("properties") or {}).items()}
    return told(kind, activities.log_activity(desk.portal, actor, kind.type_id, desk.contact(), values))


ACTIONS: Final[dict[str, Callable[[Desk], Told]]] = {
    "create": create,
    "edit": edit,
    "set_owner": set_owner,
    "delete": delete,
    "restore": restore,
    "merge": merge,
    "privacy_delete": purge,
    "associate": associate,
    "disassociate": disassociate,
    "list_add": list_add,
    "list_remove": list_remove,
    "form_submitted": form_submitted,
    "marketing_email_sent": marketing_email_sent,
    "marketing_email_opened": marketing_email_opened,
    "marketing_email_clicked": marketing_email_clicked,
    "marketing_email_bounced": marketing_email_bounced,
    "unsubscribed": unsubscribed,
    "document_viewed": document_viewed,
    "page_visited": page_visited,
    "sales_email_sent": sales_email_sent,
    "sales_email_opened": _tracked("opened"),
    "sales_email_clicked": _tracked("clicked"),
    "sales_email_replied": _tracked("replied"),
    "meeting_scheduled": meeting_scheduled,
    "call_logged": call_logged,
    "note_created": note_created,
    "task_created": task_created,
}
"""Action -> what carries it out. Each takes what its `Desk` look-ups name; all but the visitors' take a `user`."""


def act(portal: Portal, order: object) -> Told:
    """Carry out one order. Raises DoorError and Refusal."""
    if not isinstance(order, dict) or order.get("action") not in ACTIONS:
        named = order.get("action") if isinstance(order, dict) else order
        raise DoorError(f"unknown action {named!r}; one of {', '.join(ACTIONS)}")
    return {"action": order["action"], **ACTIONS[order["action"]](Desk(portal, order))}
