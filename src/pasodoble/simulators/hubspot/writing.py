"""Writing records by the portal's rules: every creation and every change of a value goes through a `Writer`.

A write is first drafted, which checks everything and changes nothing, and then committed, which cannot fail; so a batch
can be all or nothing. Links between records are in `linking`, deletion in `removing`, merging in `merging`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from pasodoble.simulators.hubspot.changes import NOTHING, Actor, Change, Kind
from pasodoble.simulators.hubspot.errors import Refusal, conflict
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal, unique_keys
from pasodoble.simulators.hubspot.property_model import Property
from pasodoble.simulators.hubspot.records import Record
from pasodoble.simulators.hubspot.rules import check_rules
from pasodoble.simulators.hubspot.values import Problem, clean_email, plain, store

CONTACTS: Final = "0-1"
COMPANIES: Final = "0-2"
LEADS: Final = "0-136"
API_SOURCES: Final = frozenset({"INTEGRATION", "API", "IMPORT", "FORM"})
"""Writers whom the lifecycle's order binds; people may set any stage."""


@dataclass(frozen=True, slots=True)
class LinkRequest:
    """One association asked for together with a record: to whom, by which types (none: the default one)."""

    to_type: str
    to_id: int
    types: tuple[int, ...] = ()


@dataclass(slots=True)
class Draft:
    """A write that passed all checks. `row` is None for a creation; `values` are changes, "" clearing."""

    kind: ObjectType
    row: Record | None
    values: dict[str, str]
    links: list[LinkRequest] = field(default_factory=list)


class Writer:
    """Writes on behalf of one actor during one request.

    admin_rules   whether validation rules of administrators bind (dated paths from 2026-09 on).
    Values that two drafts of one request both claim are a conflict, as they are with stored records.
    """

    def __init__(self, portal: Portal, actor: Actor, *, admin_rules: bool = False) -> None:
        self.portal = portal
        self.actor = actor
        self._admin_rules = admin_rules
        self._claims: dict[tuple[str, str, str], int] = {}

    # Drafting

    def draft_creation(
        self, kind: ObjectType, properties: Mapping[str, object], links: Iterable[LinkRequest] = ()
    ) -> Draft:
        """Raises Refusal."""
        wanted = list(links)
        values = self._check(kind, properties, None, wanted)
        values = {name: value for name, value in values.items() if value != ""}
        _default_pipeline(self.portal, kind, values)
        self._require(kind, values, wanted)
        self._claim(kind, values, None)
        return Draft(kind, None, values, wanted)

    def draft_update(self, kind: ObjectType, row: Record, properties: Mapping[str, object]) -> Draft:
        """Raises Refusal."""
        links: list[LinkRequest] = []
        values = self._check(kind, properties, row, links)
        values = {name: value for name, value in values.items() if row.values.get(name, "") != value}
        self._claim(kind, values, row)
        return Draft(kind, row, values, links)

    def _check(
        self, kind: ObjectType, properties: Mapping[str, object], row: Record | None, links: list[LinkRequest]
    ) -> dict[str, str]:
        old = row.values if row is not None else NOTHING
        live = self.portal.properties[kind.type_id].live
        truncate = self.portal.switches.date_off_midnight == "truncate"
        values: dict[str, str] = {}
        problems: list[Problem] = []
        for name, raw in properties.items():
            definition = live.get(name)
            if definition is None or definition.read_only:
                if not kind.lenient:
                    problems.append(_not_writable(name, known=definition is not None))
                continue
            try:
                text = store(definition, plain(definition, raw), old.get(name, ""), truncate_dates=truncate)
                kept = self._check_meaning(kind, definition, text, links)
                if kept is not None:
                    values[definition.name] = kept
            except Problem as problem:
                problems.append(problem)
        problems += _pipeline_problems(self.portal, kind, values, old)
        if problems:
            raise invalid_values(self.portal, problems)
        self._keep_lifecycle_order(kind, values, old)
        return values

    def _check_meaning(self, kind: ObjectType, definition: Property, text: str, links: list[LinkRequest]) -> str | None:
        """Rules that look beyond the value; None when it is not kept as a value. Raises Problem."""
        if definition.references == "OWNER" and text:
            return _check_owner(self.portal, definition, text)
        if definition.name == "hs_additional_emails" and text:
            return ";".join(clean_email(email) for email in text.split(";"))
        if definition.name == "associatedcompanyid" and kind.type_id == CONTACTS:
            if text:
                links.append(_company_link(self.portal, text))
            return None
        if self._admin_rules and text:
            rules = self.portal.rules.get((kind.type_id, definition.name))
            return check_rules(rules.values(), definition.name, text) if rules else text
        return text

    def _keep_lifecycle_order(self, kind: ObjectType, values: dict[str, str], old: Mapping[str, str]) -> None:
        new, was = values.get("lifecyclestage"), old.get("lifecyclestage")
        if not new or not was or self.actor.source not in API_SOURCES:
            return
        definition = self.portal.properties[kind.type_id].live["lifecyclestage"]
        order = [option.value for option in definition.options]
        if was not in order or order.index(new) >= order.index(was):
            return
        if self.portal.switches.lifecycle_backward == "refuse":
            message = f"lifecyclestage cannot move back from {was} to {new}; clear it first."
            raise invalid_values(self.portal, [Problem("lifecyclestage", "INVALID_LIFECYCLE_STAGE", message)])
        del values["lifecyclestage"]

    def _require(self, kind: ObjectType, values: Mapping[str, str], links: Sequence[LinkRequest]) -> None:
        absent = [name for name in kind.required if name not in values]
        if kind.any_of and not any(name in values for name in kind.any_of):
            absent.append(kind.any_of[0])
        if absent:
            message = f"Error creating {kind.constant}. Some required properties were not set."
            error = {"message": message, "code": "REQUIRED_PROPERTY_MISSING", "context": {"properties": absent}}
            raise Refusal(message, errors=[error], context={"properties": absent})
        if kind.type_id == LEADS and not any(link.to_type in (CONTACTS, COMPANIES) for link in links):
            message = "A lead has to be associated with an existing contact or company when it is created."
            raise Refusal(message, errors=[{"message": message, "code": "MISSING_ASSOCIATION"}])

    def _claim(self, kind: ObjectType, values: Mapping[str, str], row: Record | None) -> None:
        """See to it that unique values are free, and that nobody else in this request wants them."""
        holder = row.id if row is not None else -len(self._claims) - 1
        wanted = [(name, key) for name in self.portal.unique_names(kind) for key in unique_keys(name, values.get(name))]
        for name, key in wanted:
            group = "email" if name == "hs_additional_emails" else name
            stored = self.portal.find_unique(kind, group, key)
            taken = self._claims.get((kind.type_id, group, key)) if stored is None else stored.id
            if taken is not None and taken != holder:
                raise _taken(self.portal, kind, group, key, taken, row)
            if group == "email" and key in self.portal.blocklist:
                raise Refusal(f"{key} was deleted for privacy reasons and may not be added again.")
        for name, key in wanted:
            self._claims[kind.type_id, "email" if name == "hs_additional_emails" else name, key] = holder

    # Committing

    def commit(self, draft: Draft) -> Record:
        """Make a draft real, its associations aside (see `saving`)."""
        return self._insert(draft) if draft.row is None else self._change(draft.kind, draft.row, draft.values)

    def _insert(self, draft: Draft) -> Record:
        portal, type_id = self.portal, draft.kind.type_id
        table = portal.tables[type_id]
        row = Record(table.take_id(), portal.now_ms(), draft.values)
        change = Change(row.created_ms, "creation", self.actor, type_id, row.id, draft.values, NOTHING)
        row.history.append(change)
        portal.claim_unique(draft.kind, row, draft.values)
        table.insert(row)
        portal.changes.announce(change)
        return row

    def _change(self, kind: ObjectType, row: Record, values: dict[str, str]) -> Record:
        if values:
            _promote_email(kind, row, values)
            self.apply(kind, row, values)
        return row

    def apply(
        self, kind: ObjectType, row: Record, values: dict[str, str], *, announce: Kind = "propertyChange"
    ) -> None:
        """Write checked or calculated values, read-only ones too, and announce them. "" clears."""
        portal = self.portal
        table = portal.tables[kind.type_id]
        now = portal.now_ms()
        before = {name: row.values[name] for name in values if name in row.values}
        merged = {**row.values, **values}
        for name, value in values.items():
            if value == "":
                merged.pop(name, None)
        change = Change(now, announce, self.actor, kind.type_id, row.id, values, before)
        portal.release_unique(kind, row, values)
        table.replace_values(row, merged, values)
        portal.claim_unique(kind, row, values)
        row.history.append(change)
        table.touch(row, now)
        portal.changes.announce(change)


def _not_writable(name: str, *, known: bool) -> Problem:
    if known:
        return Problem(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    return Problem(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')


def invalid_values(portal: Portal, problems: Sequence[Problem]) -> Refusal:
    """The 400 that lists all that is wrong with a record's values, in the text and in `errors`."""
    listed: list[dict[str, Any]] = [
        {
            "isValid": False,
            "message": problem.message,
            "error": problem.code,
            "name": problem.name,
            "localizedErrorMessage": problem.message,
            "portalId": portal.account.portal_id,
        }
        for problem in problems
    ]
    errors = [
        {"message": problem.message, "code": problem.code, "context": {"propertyName": [problem.name]}}
        for problem in problems
    ]
    return Refusal(f"Property values were not valid: {orjson.dumps(listed).decode()}", errors=errors)


def _check_owner(portal: Portal, definition: Property, text: str) -> str:
    owner = portal.owners.get(int(text)) if text.isdecimal() else None
    if owner is None or owner.archived:
        raise Problem(definition.name, "INVALID_OWNER_ID", f"{text} is not the id of an active owner of this account.")
    return text


def _company_link(portal: Portal, text: str) -> LinkRequest:
    company = portal.tables[COMPANIES].find(int(text)) if text.isdecimal() else None
    if company is None:
        raise Problem("associatedcompanyid", "INVALID_COMPANY_ID", f"{text} is not the id of a company.")
    return LinkRequest(COMPANIES, company.id, (1,))


def _default_pipeline(portal: Portal, kind: ObjectType, values: dict[str, str]) -> None:
    pipelines = portal.pipelines.get(kind.type_id)
    if kind.pipeline is None or kind.stage is None or not pipelines:
        return
    if kind.pipeline not in values:
        values[kind.pipeline] = next(iter(pipelines))
    if kind.type_id == LEADS and kind.stage not in values:
        values[kind.stage] = next(iter(pipelines[values[kind.pipeline]].stages))


def _pipeline_problems(
    portal: Portal, kind: ObjectType, values: Mapping[str, str], old: Mapping[str, str]
) -> list[Problem]:
    """A stage has to belong to the pipeline the record is in, or moves to."""
    pipelines = portal.pipelines.get(kind.type_id)
    if not pipelines or kind.pipeline is None or kind.stage is None:
        return []
    if kind.pipeline not in values and kind.stage not in values:
        return []
    pipeline_id = values.get(kind.pipeline) or old.get(kind.pipeline) or next(iter(pipelines))
    pipeline = pipelines.get(pipeline_id)
    if pipeline is None or pipeline.archived_ms:
        options = ", ".join(pipelines)
        return [
            Problem(kind.pipeline, "INVALID_OPTION", f"{pipeline_id} was not one of the allowed options: [{options}]")
        ]
    stage_id = values.get(kind.stage) or old.get(kind.stage, "")
    if stage_id and stage_id not in pipeline.stages:
        options = ", ".join(pipeline.stages)
        return [Problem(kind.stage, "INVALID_OPTION", f"{stage_id} was not one of the allowed options: [{options}]")]
    return []


def _taken(portal: Portal, kind: ObjectType, name: str, key: str, holder: int, row: Record | None) -> Refusal:
    if kind.type_id == CONTACTS and name == "email":
        if holder < 0:
            return conflict(f"Contact already exists. The email address {key} appears more than once in this request.")
        return conflict(f"Contact already exists. Existing ID: {holder}")
    owner = "Another record of this request" if holder < 0 else str(holder)
    message = (
        f"Cannot set PropertyValueCoordinates{{portalId={portal.account.portal_id}, objectTypeId={kind.type_id}, "
        f"propertyName={name}, value={key}}}{'' if row is None else f' on {row.id}'}. {owner} already has that value."
    )
    refusal = conflict(message)
    refusal.errors = [{"message": message, "code": "CONFLICTING_UNIQUE_VALUE", "context": {"propertyName": [name]}}]
    return refusal


def _promote_email(kind: ObjectType, row: Record, values: dict[str, str]) -> None:
    """A secondary address that becomes the primary one changes places with it."""
    if kind.type_id != CONTACTS or "email" not in values or "hs_additional_emails" in values:
        return
    secondary = [email for email in row.values.get("hs_additional_emails", "").split(";") if email]
    if values["email"] in secondary:
        secondary.remove(values["email"])
        secondary.append(row.values["email"])
        values["hs_additional_emails"] = ";".join(secondary)
