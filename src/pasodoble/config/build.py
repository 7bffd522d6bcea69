"""From the file as written to the settings as used: defaults filled in, names spelled out, parts checked against each other.

Reading the file does not belong here (`load`), nor do checks that need the two accounts (`mapping/check`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pasodoble.config import file
from pasodoble.config.document import Place
from pasodoble.mapping.convert.catalogue import CODECS
from pasodoble.mapping.presets import KINDS
from pasodoble.mapping.spec import KindSpec, make_rule
from pasodoble.model.alert import Alert, Channel, MailServer
from pasodoble.model.ref import Kind
from pasodoble.model.rule import FieldRule, Policy
from pasodoble.model.settings import (
    Association,
    Connection,
    HubSpotAccess,
    Limits,
    ObjectSettings,
    Retention,
    SalesforceAccess,
    SalesforceActivities,
    Settings,
)
from pasodoble.model.side import Side

_HUBSPOT_SIGN_INS = (
    {"service_key"},
    {"access_token"},
    {"client_id", "client_secret", "refresh_token"},
)
_SALESFORCE_SIGN_INS = (
    {"client_id", "client_secret"},
    {"client_id", "username", "private_key"},
    {"access_token"},
    {"access_token", "instance_url"},
    {"sf_alias"},
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where."""

    place: Place
    text: str


def build_settings(written: file.SettingsFile, *, database_url: str, folder: Path) -> Settings:
    """`folder`: where the settings file is; paths in it are relative to that. Ask `find_faults` first."""
    connections = {name: _build_connection(name, part, folder) for name, part in written.connections.items()}
    return Settings(
        connections=connections,
        public_url=written.public_url.rstrip("/"),
        database_url=database_url,
        mail=None if written.mail is None else MailServer(**written.mail.model_dump()),
    )


def _build_connection(name: str, part: file.ConnectionPart, folder: Path) -> Connection:
    return Connection(
        name=name,
        hubspot=_build_hubspot(part.hubspot),
        salesforce=_build_salesforce(part.salesforce, folder),
        objects=_build_objects(part),
        check_every=part.check_every,
        activities={key: _build_activity(getattr(part.activities, key)) for key in file.Activities.model_fields},
        guard=part.guard,
        existing_records=part.existing_records,
        conflict_winner=None if part.conflict_winner == "ask" else Side(part.conflict_winner),
        duplicates=part.duplicates,
        associations={
            key: _build_association(getattr(part.associations, key)) for key in file.Associations.model_fields
        },
        salesforce_activities=_build_salesforce_activities(part.salesforce_activities),
        campaign_of_form=part.campaigns.forms,
        member_status=part.campaigns.member_status,
        automatic_lifecycle=part.lifecycle.automatic,
        company_stages=part.lifecycle.companies,
        owners=part.owners.enabled,
        limits=Limits(**part.limits.model_dump()),
        retention=Retention(history=part.retention.history, traces=part.retention.traces),
        alerts=tuple(_build_alert(alert) for alert in part.alerts),
    )


def _build_association(part: file.AssociationOptions) -> Association:
    return Association(enabled=part.enabled, labels=getattr(part, "labels", {}))


def _build_hubspot(part: file.HubSpot) -> HubSpotAccess:
    return HubSpotAccess(
        base_url=part.base_url.rstrip("/"),
        auth=part.auth.model_dump(exclude_none=True),
        client_secret=part.webhooks.client_secret if part.webhooks else "",
        app_id=part.webhooks.app_id if part.webhooks else "",
        client_id=part.webhooks.client_id if part.webhooks else "",
        journal=part.webhooks.journal if part.webhooks else "off",
        api_version=part.api_version,
    )


def _build_salesforce(part: file.Salesforce, folder: Path) -> SalesforceAccess:
    return SalesforceAccess(
        login_url=part.login_url.rstrip("/"),
        auth=part.auth.model_dump(exclude_none=True),
        pubsub=part.pubsub.enabled,
        pubsub_endpoint=part.pubsub.endpoint,
        pubsub_entities=part.pubsub.entities,
        api_version=part.api_version,
        ca_file=str(folder / part.ca_file) if part.ca_file else "",
    )


def _build_alert(part: file.AlertPart) -> Alert:
    return Alert(
        channel=part.to,
        address=part.address,
        pace=part.when,
        categories=tuple(part.categories),
        language=part.language,
        secret=part.secret,
    )


def _build_activity(part: file.ActivityOptions) -> Mapping[str, object]:
    return {"on": part.enabled, **part.model_dump(exclude={"enabled"}, exclude_defaults=True)}


def _build_salesforce_activities(part: file.SalesforceActivities) -> SalesforceActivities:
    kinds = tuple(name for name, on in part.model_dump(exclude={"when_deleted"}).items() if on)
    return SalesforceActivities(kinds=kinds, when_deleted=part.when_deleted)


# --- objects ---------------------------------------------------------------------------------------------------------


def iter_objects(part: file.ConnectionPart) -> Iterator[tuple[Place, file.ObjectPart, KindSpec]]:
    """Every object of a connection, in the order in which they are synced: its place in the file, the part, the defaults."""
    for kind, spec in KINDS.items():
        yield (kind,), getattr(part, kind), spec
    for position, custom in enumerate(part.custom):
        spec = KindSpec(
            kind=custom.name or custom.hubspot.lower(),
            hubspot_object=custom.hubspot,
            salesforce_objects=(custom.salesforce,),
        )
        yield ("custom", position), custom, spec


def _build_objects(part: file.ConnectionPart) -> dict[Kind, ObjectSettings]:
    return {
        spec.kind: _build_object(written, spec, owners=part.owners.enabled) for _, written, spec in iter_objects(part)
    }


def _build_object(part: file.ObjectPart, spec: KindSpec, *, owners: bool) -> ObjectSettings:
    rules = build_rules(part, spec)
    return ObjectSettings(
        kind=spec.kind,
        hubspot_object=spec.hubspot_object,
        salesforce_objects=spec.salesforce_objects,
        enabled=part.enabled,
        create_in_salesforce=_find_created(part, spec),
        create_in_hubspot=part.create_in_hubspot == "always",
        needs_people=getattr(part, "create_in_salesforce", "") == "with_people",
        inclusion_list=part.inclusion_list,
        when_deleted_in_salesforce=part.when_deleted_in_salesforce,
        when_deleted_in_hubspot=part.when_deleted_in_hubspot,
        fields=tuple(rule for rule in rules if owners or rule.policy is not Policy.OWNER),
        lookups=getattr(part, "associations", {}),
        placeholder=part.placeholder,
        match=tuple(getattr(part, "match", spec.match)),
    )


def build_rules(part: file.ObjectPart, spec: KindSpec) -> tuple[FieldRule, ...]:
    """The lines as written, or the kind's default list."""
    if part.fields is None:
        return spec.rules
    return tuple(_build_rule(line, spec) for line in part.fields)


def _build_rule(line: file.Line, spec: KindSpec) -> FieldRule:
    return make_rule(
        line.hubspot,
        line.salesforce,
        spec.salesforce_objects,
        line.rule,
        values=line.values,
        values_back=line.values_back,
        converter=line.converter,
    )


def _find_created(part: file.ObjectPart, spec: KindSpec) -> str:
    """The Salesforce object that is made of a new HubSpot record; "" for none."""
    wanted = getattr(part, "create_in_salesforce", "never")
    named = {name.lower(): name for name in spec.salesforce_objects}
    return spec.salesforce_objects[0] if wanted in ("always", "with_people") else named.get(wanted, "")


# --- what a single value cannot show ---------------------------------------------------------------------------------


def find_faults(written: file.SettingsFile) -> list[Fault]:
    """All that is wrong between parts that are each right."""
    return [
        Fault(("connections", name, *fault.place), fault.text)
        for name, part in written.connections.items()
        for fault in (*_iter_faults(part), *_check_alerts(part.alerts, mails=written.mail is not None))
    ]


def _check_alerts(alerts: list[file.AlertPart], *, mails: bool) -> Iterator[Fault]:
    for position, alert in enumerate(alerts):
        place: Place = ("alerts", position, "address")
        if alert.to is Channel.EMAIL:
            if alert.address.count("@") != 1 or any(sign.isspace() for sign in alert.address):
                yield Fault(place, "an email address is wanted")
            if not mails:
                yield Fault(("alerts", position, "to"), "alerts by email need a mail server: add mail: to the file")
        elif not re.match(file.ADDRESS, alert.address):
            yield Fault(place, "an address that begins with http:// or https:// is wanted")


def _iter_faults(part: file.ConnectionPart) -> Iterator[Fault]:
    yield from _check_sign_in(("hubspot", "auth"), part.hubspot.auth, _HUBSPOT_SIGN_INS)
    hooks = part.hubspot.webhooks
    if hooks is not None and hooks.journal == "on" and not (hooks.client_id or part.hubspot.auth.client_id):
        yield Fault(
            ("hubspot", "webhooks", "journal"), "the journal is read by the app: its client_id is wanted beside it"
        )
    yield from _check_sign_in(("salesforce", "auth"), part.salesforce.auth, _SALESFORCE_SIGN_INS)
    for key in file.Activities.model_fields:
        if getattr(part.activities, key).salesforce == "event" and key != "meeting_scheduled":
            yield Fault(("activities", key, "salesforce"), "only a meeting can become an event")
    kinds: set[Kind] = set()
    for place, written, spec in iter_objects(part):
        if spec.kind in kinds:
            yield Fault(place, f"there is already an object {spec.kind!r}: give this one another name")
        kinds.add(spec.kind)
        yield from (Fault((*place, "fields", *f.place), f.text) for f in _check_lines(written.fields or [], spec))
    yield from _check_lookups(part, kinds)


def _check_lookups(part: file.ConnectionPart, kinds: set[Kind]) -> Iterator[Fault]:
    """Custom objects are tied to others of the file, each by a field of its own (X-04)."""
    for position, custom in enumerate(part.custom):
        for kind, name in custom.associations.items():
            place = ("custom", position, "associations", kind)
            if kind not in kinds:
                yield Fault(place, f"there is no object {kind!r}; there are {', '.join(sorted(kinds))}")
            if list(custom.associations.values()).count(name) > 1:
                yield Fault(place, f"{name!r} ties more than one object: each needs a lookup of its own")


def _check_sign_in(place: Place, auth: file.Part, sign_ins: tuple[set[str], ...]) -> Iterator[Fault]:
    given = set(auth.model_dump(exclude_none=True))
    if given not in sign_ins:
        ways = "; or ".join(" and ".join(sorted(way)) for way in sign_ins)
        yield Fault(place, f"one way to sign in is wanted: {ways}")


def _check_lines(lines: list[file.Line], spec: KindSpec) -> Iterator[Fault]:
    """One-to-one on both sides (M-11); known objects; known converters."""
    taken: dict[tuple[str, str], int] = {}
    for position, line in enumerate(lines):
        rule = _build_rule(line, spec)
        if line.converter and line.converter not in CODECS:
            yield Fault(
                (position, "converter"), f"there is no converter {line.converter!r}; there are {', '.join(CODECS)}"
            )
        for name in sorted(set(rule.salesforce) - set(spec.salesforce_objects)):
            known = ", ".join(spec.salesforce_objects)
            yield Fault((position, "salesforce"), f"{name!r} is no Salesforce object of {spec.kind}; there is {known}")
        for key in (("HubSpot", line.hubspot), *((object, name) for object, name in rule.salesforce.items())):
            if key in taken:
                text = f"{key[0]}'s {key[1]!r} is mapped already, by the line at position {taken[key] + 1} (one to one)"
                yield Fault((position,), text)
            taken.setdefault(key, position)
