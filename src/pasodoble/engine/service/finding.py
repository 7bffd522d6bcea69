"""Which record a person means: an e-mail address, `hubspot:contact:101`, a bare Salesforce id, or a pasted URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pasodoble.engine.connected import Connected
from pasodoble.errors import ConfigError, Error, Unsupported
from pasodoble.mapping.identity import to_18
from pasodoble.model.ref import Kind, Ref
from pasodoble.model.settings import Connection, ObjectSettings
from pasodoble.model.side import SIDES, Pair, Side
from pasodoble.ports import Store

SALESFORCE_ID = re.compile(r"^[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?$")
HUBSPOT_URL = re.compile(
    r"/(?:contacts|companies|deals|tickets)/\d+/(?:record/(?P<type>[\d-]+)|(?P<word>\w+))/(?P<id>\d+)"
)
SALESFORCE_URL = re.compile(
    r"/(?:lightning/r/(?P<object>\w+)/|sobjects/\w+/|)(?P<id>[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?)(?:/|$)"
)
HUBSPOT_TYPES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets"}


class NotFound(Error):
    """No record answers to what was typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A record and, as far as it is linked, its partner."""

    kind: Kind
    refs: Pair[Ref | None]


def choose_kind(settings: Connection, name: str) -> Kind:
    """The kind of that name, `contacts` without one. Raises ConfigError if it is not switched on."""
    kind = name or "contacts"
    on = [o.kind for o in settings.enabled()]
    if kind not in on:
        raise ConfigError(
            f"no object {kind!r} is switched on; there are: {', '.join(on)}", next_step="pasodoble config show"
        )
    return kind


def read_refs(settings: Connection, text: str) -> Iterator[tuple[Kind, Ref]]:
    """The records that the text may name by id, most likely first; nothing for an e-mail address."""
    parts = text.split(":")
    if len(parts) == 3 and parts[0].lower() in tuple(Side):
        yield from _read_spelled(settings, Side(parts[0].lower()), parts[1], parts[2])
    elif "://" in text:
        yield from _read_url(settings, urlsplit(text).path)
    elif SALESFORCE_ID.match(text):
        yield from _every_object(settings, to_18(text))
    elif text.isdigit():
        yield from ((o.kind, Ref(Side.HUBSPOT, o.hubspot_object, text)) for o in settings.enabled())


def _read_spelled(settings: Connection, side: Side, word: str, id: str) -> Iterator[tuple[Kind, Ref]]:
    for of_kind in settings.enabled():
        for object in _objects(of_kind, side):
            if _same_word(object, word) or _same_word(of_kind.kind, word):
                yield of_kind.kind, Ref(side, object, to_18(id) if side is Side.SALESFORCE else id)


def _read_url(settings: Connection, path: str) -> Iterator[tuple[Kind, Ref]]:
    if match := HUBSPOT_URL.search(path):
        word = HUBSPOT_TYPES.get(match["type"] or "", match["word"] or match["type"] or "")
        yield from _read_spelled(settings, Side.HUBSPOT, word, match["id"])
    elif match := SALESFORCE_URL.search(path):
        if match["object"]:
            yield from _read_spelled(settings, Side.SALESFORCE, match["object"], match["id"])
        else:
            yield from _every_object(settings, to_18(match["id"]))


def _every_object(settings: Connection, id: str) -> Iterator[tuple[Kind, Ref]]:
    for of_kind in settings.enabled():
        yield from ((of_kind.kind, Ref(Side.SALESFORCE, object, id)) for object in of_kind.salesforce_objects)


def _objects(of_kind: ObjectSettings, side: Side) -> tuple[str, ...]:
    return (of_kind.hubspot_object,) if side is Side.HUBSPOT else of_kind.salesforce_objects


def _same_word(name: str, word: str) -> bool:
    """`contact` names `contacts`, `company` names `companies`, whatever the case."""
    name, word = name.lower(), word.lower()
    return word in (name, name.removesuffix("s"), name.removesuffix("ies") + "y")


def find_known(settings: Connection, store: Store, text: str) -> Found | None:
    """The record among those we know (linked, left out, in trouble), without asking either side."""
    text = text.strip()
    with store.transaction(settings.name, read_only=True) as tx:
        named = list(read_refs(settings, text))
        links = tx.links.load([ref for _, ref in named])
        for kind, ref in named:
            if ref in links:
                return Found(kind=kind, refs=links[ref].refs)
        for kind, ref in named:
            if tx.traces.load(ref) is not None or ref in tx.left_out.load([ref]):
                return Found(kind=kind, refs=Pair.of(ref.side, ref, None))
        if not named:
            rows, _ = tx.records.search(text, limit=2)
            exact = [row for row in rows if row.natural == text.lower()] or rows[:1]
            if exact:
                return Found(kind=exact[0].kind, refs=exact[0].refs)
    return None


async def find_record(at: Connected, text: str) -> Found:
    """The record that a person means, asked of both sides if we do not know it yet. Raises NotFound, ConnectorError."""
    known = find_known(at.settings, at.store, text)
    if known is not None:
        return known
    for kind, ref in read_refs(at.settings, text.strip()):
        if (kind, ref.object) in at.mappings or ref.side is Side.HUBSPOT:
            seen = await at.connectors[ref.side].read([ref], at.fields(kind, ref.side, ref.object))
            if hasattr(seen.get(ref), "fields"):
                return Found(kind=kind, refs=Pair.of(ref.side, ref, None))
    if "@" in text:
        for of_kind in at.settings.enabled():
            natural = at.identity(of_kind.kind).natural
            if "email" not in of_kind.match or natural is None:
                continue
            for side in SIDES:
                for object in at.objects(of_kind.kind, side):
                    rows = await at.connectors[side].find(object, natural.fields[side], [text.strip().lower()], ())
                    if rows:
                        return Found(kind=of_kind.kind, refs=Pair.of(side, rows[0].ref, None))
    raise NotFound(
        f"no record answers to {text!r} on either side",
        next_step="try its email address, hubspot:contact:ID, salesforce:Lead:ID, or paste its URL",
    )


async def read_list(at: Connected, kind: Kind, list_id: str) -> set[Ref]:
    """The members of a HubSpot list as records of that kind.

    Raises NotFound where there is no such list, it holds other records or none; ConnectorError.
    """
    hubspot, object = at.connectors[Side.HUBSPOT], at.settings.objects[kind].hubspot_object
    try:
        found = await hubspot.describe_list(list_id, object)
    except Unsupported as error:
        raise NotFound(str(error), next_step=error.next_step) from error
    refs = {Ref(Side.HUBSPOT, object, id) async for page in hubspot.read_members(list_id) for id in page.members}
    if not refs:
        raise NotFound(f"list {list_id} ({found.name}) is empty", next_step="put records into it in HubSpot")
    return refs
