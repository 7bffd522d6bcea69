"""The simulated CRM for the eye: people, companies, deals, the story of each, and a person's hand to change them.

What is done here is done as a user in the browser (`CRM_UI`). Looks are in `html`; this module has no scripts to offer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.hubspot.activities import (
    click_email,
    make_email,
    open_email,
    send_email,
    submit_form,
    unsubscribe,
)
from pasodoble.simulators.hubspot.changes import person
from pasodoble.simulators.hubspot.errors import Refusal
from pasodoble.simulators.hubspot.html import document, esc
from pasodoble.simulators.hubspot.linking import link
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.property_model import Property
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.routes import Routes
from pasodoble.simulators.hubspot.saving import save
from pasodoble.simulators.hubspot.searching import Query, Searcher
from pasodoble.simulators.hubspot.showing import view_of
from pasodoble.simulators.hubspot.timeline import moments, say, who
from pasodoble.simulators.hubspot.writing import Writer

PAGE: Final = 25
TABS: Final = (("contacts", "People"), ("companies", "Companies"), ("deals", "Deals"), ("tickets", "Tickets"))
COLUMNS: Final = {
    "contacts": ("email", "phone", "lifecyclestage"),
    "companies": ("domain", "industry", "city"),
    "deals": ("amount", "dealstage", "closedate"),
    "tickets": ("hs_pipeline_stage", "hs_ticket_priority", "createdate"),
}
NAMES: Final = {
    "contacts": ("firstname", "lastname"),
    "companies": ("name",),
    "deals": ("dealname",),
    "tickets": ("subject",),
}
HEADERS: Final = [
    (
        "Content-Security-Policy",
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
]
EMAIL_ACTS: Final = (
    ("open", "Opened"),
    ("click", "Clicked"),
    ("send", "Sent"),
    ("unsubscribe", "Unsubscribed"),
)
LATEST: Final = 20


def add_routes(portal: Portal, routes: Routes) -> None:
    pages = Pages(portal)
    routes.open_add("GET", "/", pages.home)
    routes.open_add("GET", "/records/{type}", pages.table)
    routes.open_add("GET", "/records/{type}/{id}", pages.record)
    routes.open_add("POST", "/records/{type}/{id}/{act}", pages.act)


class Pages:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._user = portal.owners[min(portal.owners)]
        self._acts: dict[str, Callable[[ObjectType, Record, dict[str, str]], str]] = {
            "edit": self._edit,
            "note": self._note,
            "form": self._form,
            "email": self._email,
        }

    # -- reading --------------------------------------------------------------------------------------------------

    def home(self, _request: Request) -> Response:
        portal = self._portal
        counts = "".join(
            f'<tr><td><a href="/records/{name}">{label}</a></td><td class="num">{self._count(name):,}</td></tr>'
            for name, label in TABS
        )
        newest = [change for change in portal.changes.journal[-LATEST * 3 :][::-1] if change.values][:LATEST]
        items = "".join(
            f"<li>{self._link(change.type_id, change.record_id)} {esc(say(portal, change))}"
            f'<div class="when">{_when(change.at_ms)} · {esc(who(portal, change.actor))}</div></li>'
            for change in newest
        )
        feed = f'<ol class="time">{items}</ol>' if items else '<p class="empty">Nothing has changed yet.</p>'
        body = (
            f'<p class="sub">Account {portal.account.portal_id}, as {esc(self._user.first)} {esc(self._user.last)} sees it. '
            f"It is {_when(portal.now_ms())} here.</p>"
            f'<div class="split"><section class="card"><h2>Records</h2><table>{counts}</table></section>'
            f'<section class="card"><h2>Latest changes</h2>{feed}</section></div>'
        )
        return self._page("Overview", body)

    def _count(self, name: str) -> int:
        kind = self._portal.types.find(name)
        return 0 if kind is None else len(self._portal.tables[kind.type_id].rows)

    def table(self, request: Request) -> Response:
        kind = self._kind(request)
        if kind is None:
            return self._missing("There is no such kind of record.")
        text, start = request.one("q") or "", _position(request)
        hits = Searcher(self._portal, kind).search(Query((), text)) if text else None
        ids = self._portal.tables[kind.type_id].ids
        rows = hits[start : start + PAGE] if hits is not None else self._page_of(kind, start)
        total = len(hits) if hits is not None else len(ids)
        columns = COLUMNS.get(kind.name, ())
        head = "".join(f"<th>{esc(self._label(kind, name))}</th>" for name in ("", *columns))
        view = view_of(self._portal, kind, properties=columns)
        body = "".join(self._table_row(kind, row, view.show(row)["properties"], columns) for row in rows)
        search = (
            f'<form class="row" method="get"><label>Search<input name="q" value="{esc(text)}" '
            'placeholder="Name, email, phone"></label><button>Search</button></form>'
        )
        shown = (
            f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>'
            if body
            else '<p class="empty">Nothing here.</p>'
        )
        card = f'<section class="card">{search}{shown}{_pager(text, start, total)}</section>'
        return self._page(dict(TABS).get(kind.name, kind.name.capitalize()), card, current=kind.name)

    def _page_of(self, kind: ObjectType, start: int) -> list[Record]:
        table = self._portal.tables[kind.type_id]
        return [table.rows[id] for id in islice(table.ids, start, start + PAGE)]

    def _table_row(self, kind: ObjectType, row: Record, values: dict[str, str | None], columns: tuple[str, ...]) -> str:
        cells = "".join(f"<td>{self._value(kind, name, values.get(name))}</td>" for name in columns)
        return f'<tr><td><a href="/records/{kind.name}/{row.id}">{esc(self._name(kind, row))}</a></td>{cells}</tr>'

    def record(self, request: Request, *, said: str = "") -> Response:
        kind, row = self._kind(request), self._row(request)
        if kind is None or row is None:
            return self._missing("There is no such record; it may have been deleted or merged away.")
        said = said or request.one("said") or ""
        note = f'<p class="note" role="status">{esc(said)}</p>' if said else ""
        body = (
            f'<p class="sub">{esc(kind.singular.replace("_", " ").capitalize())} {row.id}, '
            f"last changed {_when(row.updated_ms)}</p>{note}"
            f'<div class="split"><div>{self._properties_card(kind, row)}{self._links_card(kind, row)}</div>'
            f"<div>{self._hand_card(kind, row)}{self._story_card(kind, row)}</div></div>"
        )
        return self._page(self._name(kind, row), body, current=kind.name)

    def _properties_card(self, kind: ObjectType, row: Record) -> str:
        live = self._portal.properties[kind.type_id].live
        rows = "".join(
            f"<dt>{esc(live[name].label if name in live else name)}</dt><dd>{self._value(kind, name, value)}</dd>"
            for name, value in sorted(row.values.items(), key=lambda item: _rank(kind, item[0]))
        )
        return f'<section class="card"><h2>Properties</h2><dl>{rows}</dl></section>'

    def _links_card(self, kind: ObjectType, row: Record) -> str:
        items = "".join(
            f"<li>{self._link(to_type, to_id)}</li>"
            for to_type, to_id, _ in self._portal.links.neighbours(kind.type_id, row.id)
            if not self._portal.types[to_type].is_activity
        )
        return f'<section class="card"><h2>Associated with</h2><ul>{items}</ul></section>' if items else ""

    def _hand_card(self, kind: ObjectType, row: Record) -> str:
        here = f"/records/{kind.name}/{row.id}"
        options = "".join(
            f'<option value="{esc(definition.name)}">{esc(definition.label)}</option>'
            for definition in self._editable(kind)
        )
        forms = [
            f'<form class="row" method="post" action="{here}/edit"><label>Property<select name="property">{options}</select>'
            '</label><label>New value<input name="value"></label><button>Save</button></form>',
            f'<form class="row" method="post" action="{here}/note"><label>Note<input name="body" required></label>'
            "<button>Add note</button></form>",
        ]
        if kind.type_id == "0-1":
            forms += [self._form_form(here), self._email_form(here)]
        return f'<section class="card"><h2>Do by hand</h2>{"".join(forms)}</section>'

    def _form_form(self, here: str) -> str:
        live = [form for form in self._portal.events.forms.values() if not form.archived_ms]
        options = "".join(f'<option value="{esc(form.id)}">{esc(form.name)}</option>' for form in live)
        if not options:
            return '<p class="empty">There is no form to submit yet.</p>'
        return (
            f'<form class="row" method="post" action="{here}/form"><label>Form<select name="form">{options}</select></label>'
            "<button>Submit as this person</button></form>"
        )

    def _email_form(self, here: str) -> str:
        emails = [email for email in self._portal.events.emails.values() if not email.archived_ms]
        options = "".join(f'<option value="{email.id}">{esc(email.name)}</option>' for email in emails)
        verbs = "".join(f'<option value="{verb}">{label}</option>' for verb, label in EMAIL_ACTS)
        return (
            f'<form class="row" method="post" action="{here}/email"><label>Marketing email'
            f'<select name="email">{options}<option value="">A new one</option></select></label>'
            f'<label>What happens<select name="verb">{verbs}</select></label><button>Do it</button></form>'
        )

    def _editable(self, kind: ObjectType) -> list[Property]:
        live = self._portal.properties[kind.type_id].live.values()
        writable = [definition for definition in live if not definition.read_only and not definition.hidden]
        return sorted(writable, key=lambda definition: _rank(kind, definition.name))

    def _story_card(self, kind: ObjectType, row: Record) -> str:
        items = "".join(
            f'<li><span class="tag">{esc(moment.tag)}</span> {esc(moment.text)}'
            f'<div class="when">{_when(moment.at_ms)}{" · " + esc(moment.by) if moment.by else ""}</div></li>'
            for moment in moments(self._portal, kind, row)
        )
        return f'<section class="card"><h2>Timeline</h2><ol class="time">{items}</ol></section>'

    # -- acting ---------------------------------------------------------------------------------------------------

    def act(self, request: Request) -> Response:
        """Do as the form says, then show the record again with what came of it."""
        if not _is_from_here(request):
            return self._page("Refused", "<p>This form was not sent from a page of this account.</p>", status=403)
        kind, row, act = self._kind(request), self._row(request), self._acts.get(request.params["act"])
        if kind is None or row is None or act is None:
            return self._missing("There is no such record, or nothing of this name can be done with it.")
        try:
            said = act(kind, row, request.form())
        except Refusal as refusal:
            return self.record(request, said=f"Not saved. {_plain(refusal)}")
        target = f"/records/{kind.name}/{row.id}?{urlencode({'said': said})}"
        return Response(status=303, headers=[("Location", target)])

    def _edit(self, kind: ObjectType, row: Record, form: dict[str, str]) -> str:
        name = form.get("property", "")
        writer = self._writer()
        save(writer, writer.draft_update(kind, row, {name: form.get("value", "")}))
        return f"{self._label(kind, name)} is now {row.values.get(name) or 'empty'}."

    def _note(self, kind: ObjectType, row: Record, form: dict[str, str]) -> str:
        writer, notes = self._writer(), self._portal.types["0-46"]
        values = {"hs_note_body": form.get("body", ""), "hs_timestamp": iso(self._portal.now_ms())}
        made = save(writer, writer.draft_creation(notes, values))
        link(self._portal, writer.actor, notes, made.id, kind, row.id)
        return "The note was added."

    def _form(self, _kind: ObjectType, row: Record, form: dict[str, str]) -> str:
        found = self._portal.events.forms.get(form.get("form", ""))
        if found is None:
            raise Refusal("There is no such form.")
        submit_form(
            self._portal,
            found,
            [("email", row.values.get("email", ""), "0-1")],
            page_url="https://www.pasodoble.example/",
        )
        return f"{found.name} was submitted."

    def _email(self, _kind: ObjectType, row: Record, form: dict[str, str]) -> str:
        if not row.values.get("email"):
            raise Refusal("This person has no email address.")
        text, verb = form.get("email", ""), form.get("verb", "")
        email = self._portal.events.emails.get(int(text) if text.isdecimal() else 0)
        email = email or make_email(self._portal, f"Newsletter {len(self._portal.events.emails) + 1}")
        done = dict(EMAIL_ACTS).get(verb)
        if done is None:
            raise Refusal("There is nothing of this name that can happen to an email.")
        if verb == "click":
            click_email(self._portal, row, email, "https://www.pasodoble.example/offer")
        elif verb == "unsubscribe":
            unsubscribe(self._portal, row, email)
        else:
            (open_email if verb == "open" else send_email)(self._portal, row, email)
        return f"{email.name}: {done[0].lower()}{done[1:]}."

    def _writer(self) -> Writer:
        assert self._user.user_id is not None
        return Writer(self._portal, person(self._user.user_id))

    # -- spelling -------------------------------------------------------------------------------------------------

    def _kind(self, request: Request) -> ObjectType | None:
        return self._portal.types.find(request.params["type"])

    def _row(self, request: Request) -> Record | None:
        kind, id = self._kind(request), request.params["id"]
        if kind is None or not id.isdecimal() or len(id) > 18:
            return None
        return self._portal.tables[kind.type_id].find(int(id))

    def _name(self, kind: ObjectType, row: Record) -> str:
        parts = [row.values[name] for name in NAMES.get(kind.name, kind.searchable[:1]) if row.values.get(name)]
        return " ".join(parts) or row.values.get("email") or f"{kind.singular.capitalize()} {row.id}"

    def _link(self, type_id: str, record_id: int) -> str:
        kind = self._portal.types[type_id]
        row = self._portal.tables[type_id].find(record_id)
        if row is None:
            return f"{esc(kind.singular)} {record_id}"
        return f'<a href="/records/{quote(kind.name)}/{row.id}">{esc(self._name(kind, row))}</a>'

    def _label(self, kind: ObjectType, name: str) -> str:
        if not name:
            return "Name"
        definition = self._portal.properties[kind.type_id].get(name)
        return name if definition is None else definition.label

    def _value(self, kind: ObjectType, name: str, value: str | None) -> str:
        """A value as a user reads it: options and stages by their labels, moments without the milliseconds."""
        if not value:
            return '<span class="empty">–</span>'
        definition = self._portal.properties[kind.type_id].get(name)
        if definition is None:
            return esc(value)
        if name == kind.stage:
            return esc(self._stage(kind, value))
        if definition.references == "OWNER":
            return esc(self._owner(value))
        if definition.type == "datetime":
            return esc(value[:16].replace("T", " "))
        label = next((option.label for option in definition.options if option.value == value), value)
        return f'<span class="tag">{esc(label)}</span>' if definition.options else esc(value)

    def _stage(self, kind: ObjectType, value: str) -> str:
        for pipeline in self._portal.pipelines.get(kind.type_id, {}).values():
            if value in pipeline.stages:
                return pipeline.stages[value].label
        return value

    def _owner(self, value: str) -> str:
        owner = self._portal.owners.get(int(value)) if value.isdecimal() else None
        return value if owner is None else f"{owner.first} {owner.last}".strip()

    def _missing(self, text: str) -> Response:
        return self._page("Not found", f"<p>{esc(text)}</p>", status=404)

    def _page(self, title: str, body: str, *, current: str = "", status: int = 200) -> Response:
        tabs = "".join(
            f'<a href="/records/{name}"{" aria-current=page" if name == current else ""}>{label}</a>'
            for name, label in TABS
        )
        page = document(title, body, header=f"<nav>{tabs}</nav>")
        return Response(status=status, body=page, content_type="text/html;charset=utf-8", headers=list(HEADERS))


def _rank(kind: ObjectType, name: str) -> tuple[int, str]:
    """Names first, then what the tables show, then the rest by name."""
    known = [*NAMES.get(kind.name, ()), *COLUMNS.get(kind.name, ())]
    return (known.index(name) if name in known else len(known), name)


def _when(ms: int) -> str:
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return f'<time datetime="{moment.isoformat()}">{moment:%d %b %Y %H:%M} UTC</time>'


def _plain(refusal: Refusal) -> str:
    return " ".join(str(error.get("message", "")) for error in refusal.errors) or refusal.message


def _position(request: Request) -> int:
    text = request.one("start") or "0"
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _pager(text: str, start: int, total: int) -> str:
    if total <= PAGE:
        return ""

    def step(label: str, to: int, *, there: bool) -> str:
        query = esc(urlencode({"q": text, "start": to} if text else {"start": to}))
        return f'<a href="?{query}">{label}</a>' if there else "<span></span>"

    last = min(start + PAGE, total)
    return (
        f'<div class="pager">{step("← Back", max(0, start - PAGE), there=start > 0)}'
        f"<span>{start + 1}–{last} of {total:,}</span>{step('Next →', start + PAGE, there=last < total)}</div>"
    )


def _is_from_here(request: Request) -> bool:
    """Whether a form was sent from a page of this server; programs send no origin and are let through."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
