"""`/sobjects/{O}/...`: one record by id or external id, in all its forms.

Many records in one call are `collections`; describes are `describing`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import call_refusal, not_found, refusal
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rest.frame import ApiHandler, Call, Instance, answer_unknown, empty, reply
from pasodoble.simulators.salesforce.rest.preconditions import (
    check_unchanged,
    is_unchanged,
    spell_row_headers,
)
from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Field, Sobject
from pasodoble.simulators.salesforce.view import Reader, View
from pasodoble.simulators.salesforce.writes import Writer


def render_row(
    view: View, sobject: Sobject, row: Row, readers: Iterable[tuple[str, Reader]], root: str
) -> dict[str, Any]:
    """A record as REST gives it: `attributes` first, then the fields asked for."""
    out: dict[str, Any] = {"attributes": {"type": sobject.name, "url": f"{root}/sobjects/{sobject.name}/{row['Id']}"}}
    for name, read in readers:
        out[name] = read(row)
    return out


def all_readers(view: View, sobject: Sobject) -> list[tuple[str, Reader]]:
    made: list[tuple[str, Reader]] | None = view.kept.get(("readers", sobject.name))
    if made is None:
        made = view.kept["readers", sobject.name] = [(f.name, view.reader(sobject, f)) for f in view.fields(sobject)]
    return made


def some_readers(view: View, sobject: Sobject, names: Iterable[str]) -> list[tuple[str, Reader]]:
    """Readers of the named fields. Raises Refusal for a name that the user cannot see."""
    readers = []
    for name in names:
        field = view.find_field(sobject, name.strip())
        if field is None:
            message = f"No such column '{name}' on sobject of type {sobject.name}"
            raise call_refusal("INVALID_FIELD", message)
        readers.append((field.name, view.reader(sobject, field)))
    return readers


def wanted_readers(call: Call, sobject: Sobject) -> list[tuple[str, Reader]]:
    names = call.request.many("fields")
    if not names:
        return all_readers(call.view, sobject)
    readers = some_readers(call.view, sobject, names)
    if all(name != "Id" for name, _ in readers):
        readers.append(("Id", lambda row: row["Id"]))
    return readers


# By id


def read(call: Call) -> Response:
    sobject = call.sobject()
    row = _row_of(call, sobject, call.params["id"])
    return _answer_row(call, sobject, row)


def _row_of(call: Call, sobject: Sobject, record_id: str) -> Row:
    row = call.view.get(sobject, record_id, deleted=True)
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise refusal("ENTITY_IS_DELETED", "entity is deleted", [])
    return row


def _answer_row(call: Call, sobject: Sobject, row: Row) -> Response:
    readers = wanted_readers(call, sobject)
    if is_unchanged(call.request, sobject, row):
        return empty(304)
    response = reply(render_row(call.view, sobject, row, readers, call.root), records=1)
    response.headers += spell_row_headers(sobject, row)
    return response


def create(call: Call) -> Response:
    sobject = call.sobject()
    given = call.mapping()
    if any(name.lower() == "id" for name in given):
        message = "cannot specify Id in an insert call"
        raise refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, ["Id"])
    with call.writing() as writer:
        record_id = writer.insert(sobject, given)
    return _created(call, sobject, record_id, {"id": record_id, "success": True, "errors": []})


def _created(call: Call, sobject: Sobject, record_id: str, body: dict[str, Any]) -> Response:
    response = reply(body, 201, records=1, writes=1)
    response.headers.append(("Location", f"{call.root}/sobjects/{sobject.name}/{record_id}"))
    return response


def update(call: Call) -> Response:
    sobject = call.sobject()
    given = call.mapping()
    _refuse_id(given)
    record_id = call.params["id"]
    if full_id(record_id) is None:
        raise not_found()
    with call.writing() as writer:
        check_unchanged(call.request, sobject, writer.existing(sobject, record_id))
        writer.update(sobject, record_id, given)
    return empty(writes=1)


def _refuse_id(given: dict[str, Any]) -> None:
    if any(name.lower() == "id" for name in given):
        message = "The Id field should not be specified in the sobject data."
        raise call_refusal("INVALID_FIELD", message)


def delete(call: Call) -> Response:
    sobject = call.sobject()
    with call.writing() as writer:
        check_unchanged(call.request, sobject, writer.existing(sobject, call.params["id"]), etag=False)
        writer.delete(sobject, call.params["id"])
    return empty(writes=1)


# By external id


def _key_field(call: Call, sobject: Sobject) -> Field:
    item = call.view.find_field(sobject, call.params["key"])
    if item is None or not (item.external_id or item.id_lookup):
        message = f"Provided external ID field does not exist or is not accessible: {call.params['key']}"
        raise call_refusal("NOT_FOUND", message)
    return item


def _matches(call: Call, sobject: Sobject, item: Field) -> list[Row]:
    value = call.params["value"]
    if item.type == "id":
        row = call.view.get(sobject, value)
        return [row] if row else []
    found = call.view.find(sobject, item, [_typed(item, value)])
    return list(found or ())


def _typed(item: Field, value: str) -> Any:
    """A value from the path as the rows hold it."""
    if item.type in ("int", "double", "currency", "percent"):
        try:
            return float(value)
        except ValueError:
            return value
    return value


def _several(call: Call, sobject: Sobject, rows: list[Row]) -> Response:
    return reply([f"{call.root}/sobjects/{sobject.name}/{row['Id']}" for row in rows], 300)


def read_by_key(call: Call) -> Response:
    """A record by external id, or what hangs on a record: `/{id}/{relationship}`."""
    sobject = call.sobject()
    if full_id(call.params["key"]) is not None and call.view.find_field(sobject, call.params["key"]) is None:
        return _read_relationship(call, sobject)
    item = _key_field(call, sobject)
    rows = _matches(call, sobject, item)
    if len(rows) > 1:
        return _several(call, sobject, rows)
    if not rows:
        raise not_found()
    return _answer_row(call, sobject, rows[0])


def _read_relationship(call: Call, sobject: Sobject) -> Response:
    row = _row_of(call, sobject, call.params["key"])
    name = call.params["value"]
    parent, child = sobject.find_parent(name), sobject.find_child(name)
    if parent is not None:
        found = call.view.related(parent, row)
        if found is None:
            raise not_found()
        return _answer_row(call, *found)
    target = call.view.find_sobject(child.sobject) if child else None
    if child is None or target is None:
        raise not_found()
    rows = list(call.view.find(target, target.fields[child.key], [row["Id"]]) or ())
    readers = wanted_readers(call, target)
    records = [render_row(call.view, target, item, readers, call.root) for item in rows]
    return reply({"done": True, "totalSize": len(records), "records": records}, records=len(records))


def upsert(call: Call) -> Response:
    sobject = call.sobject()
    given = call.mapping()
    item = _key_field(call, sobject)
    _refuse_id(given)
    if any(name.lower() == item.name.lower() for name in given):
        message = f"The {item.name} field should not be specified in the sobject data."
        raise call_refusal("INVALID_FIELD", message)
    rows = _matches(call, sobject, item)
    if len(rows) > 1:
        return _several(call, sobject, rows)
    with call.writing() as writer:
        if rows:
            check_unchanged(call.request, sobject, rows[0])
        record_id, created = _upsert(call, writer, sobject, item, rows, given)
    body = {"id": record_id, "success": True, "errors": [], "created": created}
    if created:
        return _created(call, sobject, record_id, body)
    if float(call.version) < 46:
        return empty(writes=1)
    return reply(body, 200, records=1, writes=1)


def _upsert(
    call: Call, writer: Writer, sobject: Sobject, item: Field, rows: list[Row], given: dict[str, Any]
) -> tuple[str, bool]:
    if rows:
        writer.update(sobject, rows[0]["Id"], given)
        return rows[0]["Id"], False
    if item.type == "id" or (call.request.one("updateOnly") or "").lower() == "true":
        raise not_found()
    return writer.insert(sobject, {**given, item.name: call.params["value"]}), True


def create_by_id(call: Call) -> Response:
    """`POST /sobjects/{O}/Id`: an upsert without a key, hence a creation."""
    sobject = call.sobject()
    if call.request.params["id"].lower() != "id":
        return _tunnelled(call, update)
    given = {name: value for name, value in call.mapping().items() if name.lower() != "id"}
    with call.writing() as writer:
        record_id = writer.insert(sobject, given)
    return _created(call, sobject, record_id, {"id": record_id, "success": True, "errors": [], "created": True})


def _tunnelled(call: Call, handler: ApiHandler) -> Response:
    """`?_HttpMethod=PATCH` on a POST, for clients that cannot send PATCH."""
    if (call.request.one("_HttpMethod") or "").upper() != "PATCH":
        return answer_unknown(call.request, ("DELETE", "GET", "HEAD", "PATCH"))
    return handler(call)


def upsert_tunnelled(call: Call) -> Response:
    return _tunnelled(call, upsert)


def delete_by_key(call: Call) -> Response:
    sobject = call.sobject()
    rows = _matches(call, sobject, _key_field(call, sobject))
    if len(rows) > 1:
        return _several(call, sobject, rows)
    if not rows:
        raise not_found()
    with call.writing() as writer:
        writer.delete(sobject, rows[0]["Id"])
    return empty(writes=1)


def add_routes(instance: Instance) -> None:
    serve = instance.serve
    serve("POST", "/sobjects/{sobject}", create)
    serve("GET HEAD", "/sobjects/{sobject}/{id}", read)
    serve("PATCH", "/sobjects/{sobject}/{id}", update)
    serve("DELETE", "/sobjects/{sobject}/{id}", delete)
    serve("POST", "/sobjects/{sobject}/{id}", create_by_id)
    serve("GET HEAD", "/sobjects/{sobject}/{key}/{value}", read_by_key)
    serve("PATCH", "/sobjects/{sobject}/{key}/{value}", upsert)
    serve("POST", "/sobjects/{sobject}/{key}/{value}", upsert_tunnelled)
    serve("DELETE", "/sobjects/{sobject}/{key}/{value}", delete_by_key)
