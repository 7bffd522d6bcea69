"""The pages' routes: lists, records, forms, and the actions behind their buttons.

How a page looks is in `templates/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from math import ceil
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from pasodoble.simulators.door import DoorError
from pasodoble.simulators.http import Request, Response, Router
from pasodoble.simulators.salesforce.door.actions import Desk, act, default_user
from pasodoble.simulators.salesforce.errors import Refusal, WrongShape
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.journal import Journal
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Child, Field, Sobject
from pasodoble.simulators.salesforce.view import View

TABS = ("Lead", "Contact", "Account", "Opportunity", "Campaign", "Case", "Task")
COLUMNS = {
    "Lead": ("Name", "Company", "Email", "Phone", "Status"),
    "Contact": ("Name", "AccountId", "Email", "Phone", "Title"),
    "Account": ("Name", "Industry", "Website", "BillingCity"),
    "Opportunity": ("Name", "AccountId", "StageName", "Amount", "CloseDate"),
    "Campaign": ("Name", "Type", "Status", "IsActive"),
    "CampaignMember": ("Name", "CampaignId", "Status", "HasResponded"),
    "Case": ("CaseNumber", "Subject", "Status", "ContactId"),
    "Task": ("Subject", "WhoId", "Status", "ActivityDate"),
    "Event": ("Subject", "WhoId", "StartDateTime"),
    "OpportunityContactRole": ("ContactId", "OpportunityId", "Role", "IsPrimary"),
    "User": ("Name", "Username", "IsActive"),
}
PAGE, RELATED, STORY = 50, 8, 30
HTML = "text/html;charset=utf-8"
HEADERS = [
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
]
DETAILS_LEFT_OUT = frozenset(("Id", "IsDeleted", "SystemModstamp", "LastModifiedById", "LastModifiedDate"))


class Pages:
    """All handlers."""

    def __init__(self, desk: Desk, journal: Journal) -> None:
        self._desk = desk
        self._org = desk.org
        self._journal = journal
        loader = PackageLoader("pasodoble.simulators.salesforce.ui", "templates")
        self._jinja = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    # Drawing

    def _view(self) -> View:
        return self._org.view(default_user(self._org), unlimited=True)

    def _draw(self, template: str, title: str, current: str | None, status: int = 200, **values: Any) -> Response:
        tabs = [self._org.sobject(name) for name in TABS]
        frame = {"tabs": tabs, "title": title, "current": current, "problem": "", "note": ""}
        body = self._jinja.get_template(template).render({**frame, **values})
        return Response(status=status, body=body.encode(), content_type=HTML, headers=list(HEADERS))

    def _missing(self, what: str) -> Response:
        problem = f"There is no {what} in this org."
        return self._objects(status=404, problem=problem)

    def _users(self) -> list[dict[str, str]]:
        rows = self._org.table("User").rows.values()
        people = [{"id": r["Id"], "name": r.get("Name", "")} for r in rows if r.get("IsActive")]
        return sorted(people, key=lambda person: person["id"] == self._org.integration_user_id)

    def _text(self, sobject: Sobject, row: Row, name: str) -> str:
        """A field for the eye: references by name, booleans as words."""
        field = sobject.fields.get(name)
        if field is None:
            return ""
        value = self._view().reader(sobject, field)(row)
        if field.type == "reference" and value:
            return self._name_of(value)
        if isinstance(value, dict):
            return ", ".join(str(part) for part in value.values() if part)
        if isinstance(value, bool):
            return "yes" if value else ""
        return "" if value is None else str(value)

    def _name_of(self, record_id: str) -> str:
        sobject, row = self._org.sobject_of(record_id), self._org.get(record_id)
        if sobject is None or row is None:
            return record_id
        name = sobject.name_field
        return self._text(sobject, row, name.name) or record_id if name else record_id

    def _columns(self, sobject: Sobject) -> tuple[str, ...]:
        name = sobject.name_field
        return COLUMNS.get(sobject.name) or ((name.name if name else "Id"), "CreatedDate")

    def _line(self, sobject: Sobject, row: Row) -> dict[str, Any]:
        return {"id": row["Id"], "cells": [self._text(sobject, row, name) for name in self._columns(sobject)]}

    # Lists

    def home(self, _request: Request) -> Response:
        return Response(status=302, headers=[("Location", "/ui/Contact")])

    def objects(self, _request: Request) -> Response:
        return self._objects()

    def _objects(self, status: int = 200, problem: str = "") -> Response:
        listed = []
        for sobject in self._view().sobjects():
            rows = self._org.table(sobject.name).rows
            gone = sum(1 for row in rows.values() if row.get("IsDeleted"))
            told = {"name": sobject.name, "label": sobject.label_plural, "live": len(rows) - gone, "gone": gone}
            listed.append(told)
        return self._draw(
            "objects.html",
            "All objects",
            "",
            status,
            objects=listed,
            users=len(self._org.table("User")),
            now=self._org.now(),
            frozen=self._org.clock.frozen,
            problem=problem,
        )

    def listing(self, request: Request) -> Response:
        sobject = self._org.find_sobject(request.params["sobject"])
        if sobject is None:
            return self._missing(f"object {request.params['sobject']}")
        q = (request.one("q") or "").strip()
        rows = self._matching(sobject, q)
        pages = max(1, ceil(len(rows) / PAGE))
        asked = request.one("page") or "1"
        page = min(max(int(asked) if asked.isdigit() else 1, 1), pages)
        shown = rows[(page - 1) * PAGE : page * PAGE]
        return self._draw(
            "list.html",
            sobject.label_plural,
            sobject.name,
            label=sobject.label,
            q=q,
            total=len(rows),
            page=page,
            pages=pages,
            previous=urlencode({"q": q, "page": page - 1}),
            following=urlencode({"q": q, "page": page + 1}),
            creatable=sobject.having("createable"),
            columns=[
                sobject.fields[name].label.removesuffix(" ID")
                for name in self._columns(sobject)
                if name in sobject.fields
            ],
            rows=[self._line(sobject, row) for row in shown],
        )

    def _matching(self, sobject: Sobject, q: str) -> list[Row]:
        rows = list(self._view().rows(sobject))
        if not q:
            return rows
        names = [
            name for name in ("Name", "Email", "Subject", "CaseNumber", "Company", "Username") if name in sobject.fields
        ]
        wanted = q.lower()
        return [
            r for r in rows if r["Id"].startswith(q) or any(wanted in str(r.get(name) or "").lower() for name in names)
        ]

    # One record

    def record(self, request: Request) -> Response:
        return self._record(request, note=request.one("note") or "")

    def _record(self, request: Request, *, note: str = "", problem: str = "", status: int = 200) -> Response:
        record_id = full_id(request.params["id"]) or ""
        sobject, row = self._org.sobject_of(record_id), self._org.get(record_id)
        if sobject is None or row is None:
            return self._missing(f"record {request.params['id']}")
        person = sobject.name in ("Lead", "Contact")
        return self._draw(
            "record.html",
            self._name_of(record_id),
            sobject.name,
            status,
            id=record_id,
            kind=sobject.name,
            label=sobject.label,
            gone=bool(row.get("IsDeleted")),
            converted=bool(row.get("IsConverted")),
            mergeable=sobject.having("mergeable"),
            owned="OwnerId" in sobject.fields,
            changed=row.get("LastModifiedDate") or row.get("SystemModstamp", ""),
            changer=self._name_of(row.get("LastModifiedById") or ""),
            fields=self._controls(sobject, row) if sobject.having("updateable") else [],
            details=self._details(sobject, row),
            related=self._related(sobject, row),
            story=self._story(record_id),
            campaigns=self._campaigns() if person else [],
            users=self._users(),
            owners=self._users() + self._queues(),
            user=default_user(self._org),
            note=note,
            problem=problem,
        )

    def _controls(self, sobject: Sobject, row: Row, *, creating: bool = False) -> list[dict[str, Any]]:
        return [
            {
                "name": field.name,
                "label": field.label,
                "type": field.type,
                "length": field.length,
                "required": field.required,
                "choices": field.choices,
                "value": row.get(field.name),
            }
            for field in sobject.fields.values()
            if (field.createable if creating else field.updateable)
        ]

    def _details(self, sobject: Sobject, row: Row) -> list[dict[str, str]]:
        told = []
        for field in sobject.fields.values():
            text = self._text(sobject, row, field.name)
            if field.updateable or not text or field.name in DETAILS_LEFT_OUT:
                continue
            link = row.get(field.name, "") if field.type == "reference" else ""
            told.append({"label": field.label.removesuffix(" ID"), "text": text, "link": link})
        return told

    def _related(self, sobject: Sobject, row: Row) -> list[dict[str, Any]]:
        lists = (self._related_list(child, row) for child in sobject.children if child.relationship)
        return [found for found in lists if found["count"]]

    def _related_list(self, child: Child, row: Row) -> dict[str, Any]:
        target = self._org.sobject(child.sobject)
        rows = list(self._view().find(target, target.fields[child.key], [row["Id"]]) or ())
        lines = [self._line(target, item) for item in islice(reversed(rows), RELATED)]
        return {"title": target.label_plural, "count": len(rows), "rows": lines}

    def _campaigns(self) -> list[dict[str, str]]:
        rows = self._view().rows(self._org.sobject("Campaign"))
        return [{"id": row["Id"], "name": row.get("Name", "")} for row in islice(rows, 100)]

    def _queues(self) -> list[dict[str, str]]:
        rows = self._org.table("Group").rows.values()
        return [{"id": r["Id"], "name": f"{r.get('Name')} (queue)"} for r in rows if r.get("Type") == "Queue"]

    def _story(self, record_id: str) -> list[dict[str, str]]:
        entries = list(self._journal.entries(record=record_id))[-STORY:]
        return [{**entry, "text": _say(self._org.sobject(entry["object"]), entry)} for entry in reversed(entries)]

    # Doing

    def new(self, request: Request) -> Response:
        return self._new(request, {})

    def _new(self, request: Request, row: Row, problem: str = "") -> Response:
        sobject = self._org.find_sobject(request.params["sobject"])
        if sobject is None or not sobject.having("createable"):
            return self._missing(f"object {request.params['sobject']} to make records of")
        fields = sorted(self._controls(sobject, row, creating=True), key=lambda control: not control["required"])
        return self._draw(
            "new.html",
            f"New {sobject.label}",
            sobject.name,
            400 if problem else 200,
            fields=fields,
            users=self._users(),
            user=default_user(self._org),
            problem=problem,
        )

    def create(self, request: Request) -> Response:
        form = read_form(request)
        sobject = self._org.find_sobject(request.params["sobject"])
        if sobject is None:
            return self._missing(f"object {request.params['sobject']}")
        values = changed_values(sobject, form)
        order = {"action": "create", "object": sobject.name, "values": values, "user": form.get("_user")}
        problem, done = self._try(request, order)
        return self._new(request, values, problem) if problem else _to_record(done["id"], "Saved.")

    def do(self, request: Request) -> Response:
        form = read_form(request)
        record_id = full_id(request.params["id"]) or ""
        sobject = self._org.sobject_of(record_id)
        make = ORDERS.get(request.params["action"])
        if sobject is None or make is None:
            return self._missing(f"record {request.params['id']}")
        order = {"action": request.params["action"], "user": form.get("_user"), **make(sobject, record_id, form)}
        problem, done = self._try(request, order)
        if problem:
            return self._record(request, problem=problem, status=400)
        return _to_record(done.get("contact") or record_id, "Done.")

    def _try(self, request: Request, order: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """(what is wrong, nothing) or ("", what was done). A form sent from elsewhere is not obeyed."""
        origin = request.headers.get("origin")
        if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
            return "This form was sent from another site.", {}
        try:
            return "", act(self._desk, dict(order))
        except Refusal as error:
            return " ".join(wrong.message for wrong in error.wrongs), {}
        except (DoorError, WrongShape) as error:
            return str(error), {}


def read_form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def changed_values(sobject: Sobject, form: Mapping[str, str]) -> dict[str, Any]:
    """The fields whose control was changed: each control comes with its first value under `~name`."""
    values: dict[str, Any] = {}
    for name, first in form.items():
        field = sobject.fields.get(name[1:]) if name.startswith("~") else None
        if field is None:
            continue
        given = form.get(field.name, "").replace("\r\n", "\n")
        if given != first.replace("\r\n", "\n"):
            values[field.name] = _typed(field, given)
    return values


def _typed(field: Field, text: str) -> Any:
    return text == "true" if field.type == "boolean" else text or None


def _say(sobject: Sobject, entry: Mapping[str, Any]) -> str:
    if entry["field"] == "IsDeleted":
        return "Deleted" if entry["new"] else "Restored"
    field = sobject.fields.get(entry["field"])
    label = field.label if field else entry["field"]
    return f"{label}: {_shown(entry['old'])} → {_shown(entry['new'])}"


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)


def _to_record(record_id: str, note: str) -> Response:
    query = urlencode({"note": note})
    return Response(status=303, headers=[("Location", f"/ui/record/{record_id}?{query}")])


def _given(form: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: form[name].strip() for name in names if form.get(name, "").strip()}


ORDERS: dict[str, Any] = {
    "edit": lambda sobject, i, form: {"record": i, "values": changed_values(sobject, form)},
    "delete": lambda _sobject, i, _form: {"record": i},
    "undelete": lambda _sobject, i, _form: {"record": i},
    "change_owner": lambda _sobject, i, form: {"record": i, "owner": form.get("owner")},
    "merge": lambda _sobject, i, form: {"winner": i, "losers": [form.get("loser", "").strip()]},
    "add_to_campaign": lambda _sobject, i, form: {"person": i, "campaign": form.get("campaign")},
    "log_call": lambda _sobject, i, form: {"person": i, "values": {"Subject": form.get("subject") or "Call"}},
    "convert_lead": lambda _sobject, i, form: {
        "lead": i,
        "create_opportunity": form.get("create_opportunity") == "true",
        **_given(form, "account", "contact"),
    },
}
"""Button -> what its form orders at the door: from the object, the record's id and the form."""


def add_routes(router: Router, desk: Desk, journal: Journal) -> None:
    pages = Pages(desk, journal)
    router.add("GET HEAD", "/", pages.home)
    router.add("GET HEAD", "/ui", pages.objects)
    router.add("GET HEAD", "/ui/{sobject}", pages.listing)
    router.add("GET HEAD", "/ui/record/{id}", pages.record)
    router.add("GET HEAD", "/lightning/r/{sobject}/{id}/view", pages.record)  # the address that people paste
    router.add("POST", "/ui/record/{id}/{action}", pages.do)
    router.add("GET HEAD", "/ui/new/{sobject}", pages.new)
    router.add("POST", "/ui/new/{sobject}", pages.create)
