"""`POST /composite/tree/{O}`: records with their children, up to 200 in all, made together or not at all.

Source: REST API Developer Guide, "sObject Tree".
"""

from __future__ import annotations

from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import Refusal, call_refusal, refusal
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, attributes_of, reply
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.writes import Writer

MAX_RECORDS, MAX_LEVELS, MAX_TYPES = 200, 5, 5


class _Tree:
    """One tree on its way in."""

    def __init__(self, call: Call, writer: Writer) -> None:
        self._call = call
        self._writer = writer
        self.results: list[dict[str, Any]] = []
        self.failed: list[dict[str, Any]] = []

    def insert(self, sobject: Sobject, records: Any, parent: dict[str, str], level: int) -> None:
        if level > MAX_LEVELS:
            raise call_refusal("INVALID_INPUT", f"A tree is at most {MAX_LEVELS} levels deep")
        for record in records:
            if not isinstance(record, dict):
                raise call_refusal("JSON_PARSER_ERROR", "records must be a list of records")
            reference = attributes_of(record).get("referenceId")
            if not reference:
                raise call_refusal("INVALID_INPUT", "Include a reference ID for each record in the request.")
            if len(self.results) + len(self.failed) >= MAX_RECORDS:
                raise call_refusal("INVALID_INPUT", f"A tree takes at most {MAX_RECORDS} records")
            children = {name: value["records"] for name, value in record.items() if _is_children(value)}
            given = {name: value for name, value in record.items() if name not in children and name != "attributes"}
            try:
                record_id = self._writer.insert(sobject, {**given, **parent})
            except Refusal as error:
                self.failed.append({"referenceId": reference, "errors": error.results()})
                continue
            self.results.append({"referenceId": reference, "id": record_id})
            for name, below in children.items():
                self._insert_children(sobject, name, below, record_id, level)

    def _insert_children(self, sobject: Sobject, name: str, below: Any, record_id: str, level: int) -> None:
        child = sobject.find_child(name)
        target = self._call.view.find_sobject(child.sobject) if child else None
        if child is None or target is None:
            raise refusal("INVALID_FIELD", f"No such relationship '{name}' on sobject of type {sobject.name}", [])
        self.insert(target, below, {child.key: record_id}, level + 1)


def _is_children(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("records"), list)


class _TakenBack(Exception):
    pass


def create(call: Call) -> Response:
    sobject = call.sobject()
    records = call.mapping().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records) or not records:
        raise call_refusal("JSON_PARSER_ERROR", "records must be a list of records")
    tree: _Tree | None = None
    try:
        with call.writing() as writer:
            tree = _Tree(call, writer)
            tree.insert(sobject, records, {}, 1)
            if tree.failed:
                raise _TakenBack
    except _TakenBack:
        assert tree is not None
        return reply({"hasErrors": True, "results": tree.failed}, 400)
    count = len(tree.results)
    return reply({"hasErrors": False, "results": tree.results}, 201, records=count, writes=count)


def add_routes(instance: Instance) -> None:
    instance.serve("POST", "/composite/tree/{sobject}", create)
