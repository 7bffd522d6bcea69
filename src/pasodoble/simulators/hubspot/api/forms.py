"""Forms over HTTP: definitions, the listing of submissions, and the door through which a visitor submits one.

What a submission does to the contact does not belong here (see `activities`).
"""

from __future__ import annotations

from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.activities import submit_form
from pasodoble.simulators.hubspot.bodies import json_object, optional, page_of, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.event_model import Form, FormSubmission
from pasodoble.simulators.hubspot.moments import DAY_MS, iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

MAX_FIELDS: Final = 1_000
BACKDATING_MS: Final = 31 * DAY_MS


def add_routes(portal: Portal, routes: Routes) -> None:
    area = Forms(portal)
    rows = [
        ("GET", "", area.page),
        ("POST", "", area.create),
        ("GET", "/{id}", area.show),
        ("PUT", "/{id}", area.replace),
        ("PATCH", "/{id}", area.update),
        ("DELETE", "/{id}", area.archive),
    ]
    routes.add_table(
        "forms", ("/marketing/v3/forms", "/marketing/forms/{edition}", "/marketing/forms/2026-09-beta"), rows
    )
    routes.add("GET", "/form-integrations/v1/submissions/forms/{id}", area.submissions, area="forms")
    routes.add("POST", "/submissions/v3/integration/secure/submit/{portal_id}/{id}", area.submit, area="forms")
    routes.open_add("POST", "/submissions/v3/integration/submit/{portal_id}/{id}", area.submit)


class Forms:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._forms = portal.events.forms

    def _find(self, request: Request, *, archived: bool | None = None) -> Form:
        form = self._forms.get(request.params["id"])
        if form is None or (archived is not None and bool(form.archived_ms) != archived):
            raise missing(f"Form with guid {request.params['id']} not found")
        return form

    # -- definitions ----------------------------------------------------------------------------------------------

    def page(self, request: Request) -> Response:
        archived = (request.one("archived") or "").lower() == "true"
        kinds = request.many("formTypes")
        if kinds and not {"hubspot", "all"} & set(kinds):
            return json_response({"results": []})
        forms = [form for form in self._forms.values() if bool(form.archived_ms) == archived]
        shown, paging = page_of(forms, request, default=20, largest=500)
        return json_response({"results": [_spell(form) for form in shown], **paging})

    def show(self, request: Request) -> Response:
        archived = (request.one("archived") or "").lower() == "true"
        return json_response(_spell(self._find(request, archived=archived)))

    def create(self, request: Request) -> Response:
        body = json_object(request)
        now = self._portal.now_ms()
        form = Form(id=self._portal.new_guid(), name=required(body, "name", str), created_ms=now, updated_ms=now)
        _take(form, body)
        self._forms[form.id] = form
        return json_response(_spell(form), 201)

    def replace(self, request: Request) -> Response:
        form, body = self._find(request, archived=False), json_object(request)
        form.name, form.extra = required(body, "name", str), {}
        return self._changed(form, body)

    def update(self, request: Request) -> Response:
        form, body = self._find(request, archived=False), json_object(request)
        form.name = optional(body, "name", str) or form.name
        return self._changed(form, body)

    def _changed(self, form: Form, body: dict[str, Any]) -> Response:
        _take(form, body)
        form.updated_ms = self._portal.now_ms()
        if optional(body, "archived", bool):
            form.archived_ms = form.updated_ms
        return json_response(_spell(form))

    def archive(self, request: Request) -> Response:
        form = self._find(request)
        form.archived_ms = form.archived_ms or self._portal.now_ms()
        return Response(status=204)

    # -- submissions ----------------------------------------------------------------------------------------------

    def submissions(self, request: Request) -> Response:
        """Newest first, 50 a page at most."""
        form = self._find(request)
        newest_first = self._portal.events.submissions_of(form.id)[::-1]
        shown, paging = page_of(newest_first, request, default=20, largest=50)
        return json_response({"results": [_spell_submission(submission) for submission in shown], **paging})

    def submit(self, request: Request) -> Response:
        if request.params["portal_id"] != str(self._portal.account.portal_id):
            raise missing(f"Portal {request.params['portal_id']} not found")
        form, body = self._find(request, archived=False), json_object(request)
        fields = required(body, "fields", list)
        if len(fields) > MAX_FIELDS:
            raise Refusal(f"A submission has at most {MAX_FIELDS} fields")
        values = [_field(field) for field in fields]
        if not any(name == "email" and value.strip() for name, value, _ in values):
            message = "Error in 'fields.email'. Required field 'email' is missing"
            raise Refusal("The request is not valid", errors=[{"message": message, "errorType": "REQUIRED_FIELD"}])
        context = optional(body, "context", dict) or {}
        submit_form(
            self._portal,
            form,
            values,
            submitted_ms=self._submitted_ms(body),
            page_url=str(context.get("pageUri") or ""),
            page_name=str(context.get("pageName") or ""),
            salesforce_campaign_id=optional(context, "sfdcCampaignId", str),
        )
        return json_response({"inlineMessage": "Thanks for submitting the form."})

    def _submitted_ms(self, body: dict[str, Any]) -> int:
        now = self._portal.now_ms()
        submitted = body.get("submittedAt")
        if submitted is None:
            return now
        try:
            at_ms = int(submitted)
        except (TypeError, ValueError):
            raise Refusal(f"submittedAt is to be milliseconds since 1970, not {submitted!r}") from None
        if not now - BACKDATING_MS <= at_ms <= now:
            raise Refusal("submittedAt is to be within the last month")
        return at_ms


def _field(field: object) -> tuple[str, str, str]:
    if not isinstance(field, dict):
        raise Refusal("fields is to be a list of objects")
    value = field.get("value")
    return required(field, "name", str), "" if value is None else str(value), str(field.get("objectTypeId") or "0-1")


def _take(form: Form, body: dict[str, Any]) -> None:
    """Keep the members that only travel through, and the names of the fields. Raises Refusal."""
    kinds: dict[str, type] = {
        "fieldGroups": list,
        "configuration": dict,
        "displayOptions": dict,
        "legalConsentOptions": dict,
    }
    kept = {name: body[name] for name, kind in kinds.items() if optional(body, name, kind) is not None}
    names = [name for group in kept.get("fieldGroups", ()) for name in _field_names(group)]
    form.extra |= kept
    form.fields = names if "fieldGroups" in kept else form.fields


def _field_names(group: object) -> list[str]:
    fields = optional(group, "fields", list) or [] if isinstance(group, dict) else None
    if fields is None or any(not isinstance(field, dict) for field in fields):
        raise Refusal("fieldGroups is to be a list of groups, each with a list of fields")
    return [str(field["name"]) for field in fields if "name" in field]


def _spell(form: Form) -> dict[str, Any]:
    """Field groups are shown only where the form's maker gave them: the official Python client knows but one kind of
    field and refuses the others."""
    spelled: dict[str, Any] = {
        "id": form.id,
        "name": form.name,
        "formType": "hubspot",
        "createdAt": iso(form.created_ms),
        "updatedAt": iso(form.updated_ms or form.created_ms),
        "archived": bool(form.archived_ms),
        "fieldGroups": [],
        "configuration": CONFIGURATION,
        "displayOptions": DISPLAY,
        "legalConsentOptions": CONSENT,
    } | form.extra
    return spelled | {"archivedAt": iso(form.archived_ms)} if form.archived_ms else spelled


def _spell_submission(submission: FormSubmission) -> dict[str, Any]:
    spelled: dict[str, Any] = {
        "submittedAt": submission.submitted_ms,
        "values": [
            {"name": name, "value": value, "objectTypeId": type_id} for name, value, type_id in submission.values
        ],
    }
    return spelled | {"pageUrl": submission.page_url} if submission.page_url else spelled


CONFIGURATION: Final[dict[str, Any]] = {
    "language": "en",
    "cloneable": True,
    "postSubmitAction": {"type": "thank_you", "value": "Thanks for submitting the form."},
    "editable": True,
    "archivable": True,
    "recaptchaEnabled": False,
    "notifyContactOwner": False,
    "notifyRecipients": [],
    "createNewContactForNewEmail": True,
    "prePopulateKnownValues": True,
    "allowLinkToResetKnownValues": False,
    "lifecycleStages": [],
}
DISPLAY: Final[dict[str, Any]] = {
    "renderRawHtml": False,
    "theme": "default_style",
    "submitButtonText": "Submit",
    "style": {
        "fontFamily": "arial, helvetica, sans-serif",
        "backgroundWidth": "100%",
        "labelTextColor": "#33475b",
        "labelTextSize": "11px",
        "helpTextColor": "#7C98B6",
        "helpTextSize": "11px",
        "legalConsentTextColor": "#33475b",
        "legalConsentTextSize": "14px",
        "submitColor": "#ff7a59",
        "submitAlignment": "left",
        "submitFontColor": "#ffffff",
        "submitSize": "12px",
    },
}
CONSENT: Final[dict[str, Any]] = {
    "type": "implicit_consent_to_process",
    "lawfulBasis": "lead",
    "subscriptionTypeIds": [],
    "communicationsCheckboxes": [],
    "privacyText": "We process your data to answer you.",
}
