"""`/composite/sobjects`: up to 200 records written in one call, 2,000 read.

Source: REST API Developer Guide, "sObject Collections". A malformed request is refused whole; in a well-formed one each
record has its own result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import Refusal, Wrong, call_refusal, refusal
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, attributes_of, reply
from pasodoble.simulators.salesforce.rest.rows import render_row, some_readers
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.writes import Writer

MAX_WRITTEN, MAX_READ, MAX_CHUNKS = 200, 2000, 10
ROLLED_BACK = Wrong(
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
)

Result = dict[str, Any]
WriteOne = Callable[[Writer, Any], Result]


def failure(error: Refusal) -> Result:
    return {"success": False, "errors": error.results()}


def write_each(call: Call, records: list[Any], write_one: WriteOne, *, all_or_none: bool) -> Response:
    """Write record by record in one transaction; with `all_or_none`, one bad record takes all back."""
    results: list[Result] = []
    failed = False
    with call.writing() as writer:
        start = writer.work.mark()
        for record in records:
            mark = writer.work.mark()
            try:
                results.append(write_one(writer, record))
            except Refusal as error:
                writer.work.rollback(mark)
                results.append(failure(error))
                failed = True
        if failed and all_or_none:
            writer.work.rollback(start)
            results = [_taken_back(result) for result in results]
    written = sum(result["success"] for result in results)
    return reply(results, records=len(results), writes=written)


def _taken_back(result: Result) -> Result:
    return {"success": False, "errors": [ROLLED_BACK.result()]} if result["success"] else result


def _records(call: Call) -> tuple[list[Any], bool]:
    body = call.mapping()
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        message = "Cannot deserialize instance of list from VALUE_NULL value null or request may be missing a required field at [line:1, column:1]"
        raise call_refusal("JSON_PARSER_ERROR", message)
    if len(records) > MAX_WRITTEN:
        raise _too_many(MAX_WRITTEN)
    return records, body.get("allOrNone") is True


def _too_many(most: int) -> Refusal:
    return call_refusal("INVALID_INPUT", f"The number of records exceeds the maximum of {most} of one call")


class _Types:
    """The objects of a call's records; more than ten runs of one type are refused."""

    def __init__(self, call: Call, records: list[Any]) -> None:
        self._view = call.view
        names = [self._name(record) for record in records]
        runs = sum(1 for at, name in enumerate(names) if at == 0 or name != names[at - 1])
        if runs > MAX_CHUNKS:
            message = f"Cannot have more than {MAX_CHUNKS} chunks in a single operation. Please rearrange the data to reduce chunking."
            raise call_refusal("INVALID_FIELD", message)
        self._known: dict[str, Sobject | None] = {name: self._view.find_sobject(name) for name in set(names)}

    @staticmethod
    def _name(record: Mapping[str, Any]) -> str:
        name = attributes_of(record).get("type")
        if not isinstance(name, str):
            message = "Each record needs attributes with its type"
            raise call_refusal("INVALID_FIELD", message)
        return name

    def of(self, record: Mapping[str, Any]) -> Sobject:
        name = self._name(record)
        sobject = self._known[name]
        if sobject is None:
            raise refusal("INVALID_TYPE", f"sObject type '{name}' is not supported.", [])
        return sobject


def create(call: Call) -> Response:
    records, all_or_none = _records(call)
    types = _Types(call, records)

    def create_one(writer: Writer, record: Any) -> Result:
        _id, given = split_id(record)
        if _id is not None:
            raise refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])
        return {"id": writer.insert(types.of(record), given), "success": True, "errors": []}

    return write_each(call, records, create_one, all_or_none=all_or_none)


def split_id(record: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    """The record's id, under any spelling of the key, and the rest. Null counts as none."""
    for spelled in ("id", "Id", "ID"):
        if spelled in record:
            return record[spelled], {k: v for k, v in record.items() if k != spelled}
    return None, record


def update(call: Call) -> Response:
    records, all_or_none = _records(call)
    types = _Types(call, records)

    def update_one(writer: Writer, record: Any) -> Result:
        record_id, given = split_id(record)
        if not record_id:
            raise refusal("MISSING_ARGUMENT", "Id not specified in an update call", ["Id"])
        sobject = types.of(record)
        row = find_row(call, writer, sobject, record_id)
        writer.update(sobject, row, given)
        return {"id": row, "success": True, "errors": []}

    return write_each(call, records, update_one, all_or_none=all_or_none)


def find_row(call: Call, writer: Writer, sobject: Sobject, record_id: Any) -> str:
    """The whole id of a live record, or the refusal that collections and Bulk give for others."""
    row = call.view.get(sobject, record_id, deleted=True) if isinstance(record_id, str) else None
    if row is not None and not row.get("IsDeleted"):
        found: str = row["Id"]
        return found
    if row is not None:
        raise refusal("ENTITY_IS_DELETED", "entity is deleted", [])
    if not isinstance(record_id, str) or len(record_id) not in (15, 18):
        raise refusal("MALFORMED_ID", f"malformed id {record_id}", ["Id"])
    raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])


def upsert(call: Call) -> Response:
    records, all_or_none = _records(call)
    sobject = call.sobject()
    item = call.view.find_field(sobject, call.params["key"])
    if item is None or not (item.external_id or item.id_lookup):
        message = f"Provided external ID field does not exist or is not accessible: {call.params['key']}"
        raise call_refusal("NOT_FOUND", message)
    for record in records:
        named = attributes_of(record).get("type", sobject.name)
        if str(named).lower() != sobject.name.lower():
            raise call_refusal("INVALID_TYPE", f"All records must be of type {sobject.name}, one is of type {named}")

    def upsert_one(writer: Writer, record: Any) -> Result:
        key = next((name for name in record if name.lower() == item.name.lower()), None)
        given = {name: value for name, value in record.items() if name != key}
        value = record[key] if key else None
        if item.type != "id":
            if key is None or value in (None, ""):
                raise refusal("MISSING_ARGUMENT", f"{item.name} not specified", [])
        elif value is not None:
            value = find_row(call, writer, sobject, value)
        record_id, created = writer.upsert(sobject, item, value, given)
        return {"id": record_id, "success": True, "errors": [], "created": created}

    return write_each(call, records, upsert_one, all_or_none=all_or_none)


def delete(call: Call) -> Response:
    ids = call.request.many("ids")
    if not ids:
        raise call_refusal("MISSING_ARGUMENT", "The ids parameter is required")
    if len(ids) > MAX_WRITTEN:
        raise _too_many(MAX_WRITTEN)

    def delete_one(writer: Writer, record_id: Any) -> Result:
        sobject = call.org.sobject_of(record_id)
        if sobject is None or call.view.find_sobject(sobject.name) is None:
            raise refusal("MALFORMED_ID", f"malformed id {record_id}", [])
        whole = find_row(call, writer, sobject, record_id)
        writer.delete(sobject, whole)
        return {"id": whole, "success": True, "errors": []}

    all_or_none = (call.request.one("allOrNone") or "").lower() == "true"
    return write_each(call, ids, delete_one, all_or_none=all_or_none)


def read(call: Call) -> Response:
    return _read(call, call.request.many("ids"), call.request.many("fields"))


def read_posted(call: Call) -> Response:
    body = call.mapping()
    ids, fields = body.get("ids"), body.get("fields")
    if not isinstance(ids, list) or not isinstance(fields, list):
        raise call_refusal("JSON_PARSER_ERROR", "ids and fields are both required, each a list")
    return _read(call, ids, fields)


def _read(call: Call, ids: list[str], fields: list[str]) -> Response:
    sobject = call.sobject()
    if not ids or not fields:
        raise call_refusal("MISSING_ARGUMENT", "ids and fields are both required")
    if len(ids) > MAX_READ:
        raise _too_many(MAX_READ)
    view = call.view
    readers = some_readers(view, sobject, map(str, fields))
    if all(name != "Id" for name, _ in readers):
        readers.append(("Id", lambda row: row["Id"]))
    rows = (view.get(sobject, record_id) for record_id in map(str, ids))
    found = [None if row is None else render_row(view, sobject, row, readers, call.root) for row in rows]
    return reply(found, records=len(found))


def add_routes(instance: Instance) -> None:
    serve = instance.serve
    serve("POST", "/composite/sobjects", create)
    serve("PATCH", "/composite/sobjects", update)
    serve("DELETE", "/composite/sobjects", delete)
    serve("GET", "/composite/sobjects/{sobject}", read)
    serve("POST", "/composite/sobjects/{sobject}", read_posted)
    serve("PATCH", "/composite/sobjects/{sobject}/{key}", upsert)
