"""A plan as a document that a person can keep, read and hand back: what was seen, what is to be done, and for which settings.

The same plan is applied exactly, or refused as stale; it is never mended. Reading and writing files does not belong here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from pasodoble.errors import Error
from pasodoble.model.message import Message
from pasodoble.model.operation import Associate, Brake, Create, Delete, Operation, Step, Update
from pasodoble.model.ref import Ref
from pasodoble.model.side import Pair, Side
from pasodoble.model.value import Raw
from pasodoble.planner.cost import Cost
from pasodoble.planner.plan import Plan

FORMAT_VERSION: Final = 1

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A plan with all that it rests on.

    config_hash  of the settings it was made with
    read_at      each vendor's clock at the latest read
    versions     of every record that was read for it, the vendor's stamp of its last change
    """

    connection: str
    config_hash: str
    made_at: datetime
    read_at: Pair[datetime | None]
    versions: Mapping[Ref, datetime]
    plan: Plan


def check_stale(
    document: Document, *, connection: str, config_hash: str, versions: Mapping[Ref, datetime | None]
) -> tuple[Message, ...]:
    """Why the plan must not be applied any more; empty where it may.

    versions   the stamps of the document's records now; None, or no entry, for one that is gone
    """
    reasons = []
    if document.connection != connection:
        reasons.append(Message.of("stale.other_connection", connection=document.connection))
    if document.config_hash != config_hash:
        reasons.append(Message("stale.settings_changed"))
    for ref, stamp in sorted(document.versions.items()):
        now = versions.get(ref)
        if now is None:
            reasons.append(Message.of("stale.record_gone", ref=ref))
        elif now != stamp:
            reasons.append(Message.of("stale.record_changed", ref=ref, at=now.isoformat()))
    return tuple(reasons)


# --- to JSON ---------------------------------------------------------------------------------------------------------


def render_document(document: Document) -> Json:
    """The document as JSON values. The same document always gives the same ones, in the same order."""
    plan = document.plan
    return {
        "format_version": FORMAT_VERSION,
        "connection": document.connection,
        "config_hash": document.config_hash,
        "made_at": document.made_at.isoformat(),
        "read_at": {
            side.value: moment and moment.isoformat() for side, moment in zip(Side, document.read_at, strict=True)
        },
        "records": [{"ref": str(ref), "modified_at": at.isoformat()} for ref, at in sorted(document.versions.items())],
        "steps": [_render_step(step) for step in plan.steps],
        "brakes": [_render_brake(brake) for brake in plan.brakes],
        "cost": {"calls": {side.value: plan.cost.calls[side] for side in Side}, "by_step": dict(plan.cost.by_step)},
    }


def _render_step(step: Step) -> Json:
    return {
        "kind": step.kind,
        **_render_operation(step.operation),
        "why": {key: _render_message(message) for key, message in step.why.items()},
        "before": dict(step.before),
    }


def _render_operation(operation: Operation) -> Json:
    match operation:
        case Create():
            return {
                "do": "create",
                "side": operation.side,
                "object": operation.object,
                "fields": dict(operation.fields),
                "key": operation.key,
                "of": str(operation.of),
                "natural": operation.natural and list(operation.natural),
                "ties": [str(ref) for ref in operation.ties],
            }
        case Update(ref=ref, fields=fields, unless_modified_since=moment):
            return {
                "do": "update",
                "ref": str(ref),
                "fields": dict(fields),
                "unless_modified_since": moment and moment.isoformat(),
            }
        case Delete(ref=ref):
            return {"do": "delete", "ref": str(ref)}
        case Associate(ref=ref, to=to, label=label, remove=remove):
            return {"do": "associate", "ref": str(ref), "to": str(to), "label": label, "remove": remove}


def _render_message(message: Message) -> Json:
    return {"id": message.id, "params": dict(message.params)}


def _render_brake(brake: Brake) -> Json:
    return {"what": brake.what, "kind": brake.kind, "side": brake.side, "count": brake.count, "allowed": brake.allowed}


# --- from JSON -------------------------------------------------------------------------------------------------------


def parse_document(raw: object) -> Document:
    """The document of JSON values that `render_document` gave. Raises Error, with the next step, for anything else."""
    if not isinstance(raw, dict) or "format_version" not in raw:
        raise Error("This is not a plan of Pasodoble.", next_step="pasodoble plan --out FILE")
    version = raw["format_version"]
    if version != FORMAT_VERSION:
        message = f"The plan has format version {version}; this Pasodoble reads version {FORMAT_VERSION}."
        raise Error(message, next_step="pasodoble plan --out FILE")
    try:
        return _parse(cast(Json, raw))
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        message = f"The plan cannot be read: {type(wrong).__name__} at {wrong}."
        raise Error(message, next_step="pasodoble plan --out FILE") from wrong


def parse_ref(text: str) -> Ref:
    """The ref whose text this is (`hubspot:contacts:101`). Raises ValueError."""
    side, object, id = text.split(":", 2)
    return Ref(Side(side), object, id)


def _parse(raw: Json) -> Document:
    cost = raw["cost"]
    return Document(
        connection=raw["connection"],
        config_hash=raw["config_hash"],
        made_at=datetime.fromisoformat(raw["made_at"]),
        read_at=Pair(*(_parse_moment(raw["read_at"][side]) for side in Side)),
        versions={parse_ref(r["ref"]): datetime.fromisoformat(r["modified_at"]) for r in raw["records"]},
        plan=Plan(
            steps=tuple(_parse_step(step) for step in raw["steps"]),
            brakes=tuple(Brake(**{**brake, "side": Side(brake["side"])}) for brake in raw["brakes"]),
            cost=Cost(calls=Pair(*(cost["calls"][side] for side in Side)), by_step=cost["by_step"]),
        ),
    )


def _parse_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _parse_step(raw: Json) -> Step:
    return Step(
        kind=raw["kind"],
        operation=_parse_operation(raw),
        why={key: _parse_message(message) for key, message in raw["why"].items()},
        before=raw["before"],
    )


def _parse_operation(raw: Json) -> Operation:
    match raw["do"]:
        case "create":
            natural = raw["natural"]
            return Create(
                side=Side(raw["side"]),
                object=raw["object"],
                fields=_parse_fields(raw["fields"]),
                key=raw["key"],
                of=parse_ref(raw["of"]),
                natural=natural and (natural[0], natural[1]),
                ties=tuple(parse_ref(ref) for ref in raw.get("ties", ())),
            )
        case "update":
            return Update(
                ref=parse_ref(raw["ref"]),
                fields=_parse_fields(raw["fields"]),
                unless_modified_since=_parse_moment(raw["unless_modified_since"]),
            )
        case "delete":
            return Delete(ref=parse_ref(raw["ref"]))
        case "associate":
            return Associate(
                ref=parse_ref(raw["ref"]), to=parse_ref(raw["to"]), label=raw["label"], remove=bool(raw["remove"])
            )
        case other:
            raise ValueError(f"an unknown operation {other!r}")


def _parse_fields(raw: Mapping[str, object]) -> dict[str, Raw]:
    fields = dict(raw)
    if not all(value is None or isinstance(value, str | bool | int | float) for value in fields.values()):
        raise TypeError("a field that holds neither text, number, truth value nor nothing")
    return cast(dict[str, Raw], fields)


def _parse_message(raw: Json) -> Message:
    return Message(raw["id"], tuple(raw["params"].items()))


def refs_of(plan: Plan) -> Iterator[Ref]:
    """The records that the plan writes, or makes others from."""
    for step in plan.steps:
        match step.operation:
            case Create(of=ref) | Update(ref=ref) | Delete(ref=ref):
                yield ref
            case Associate(ref=ref, to=to):
                yield ref
                yield to
