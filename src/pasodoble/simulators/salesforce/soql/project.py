"""What the answer says of each row: the SELECT list as a function from a row to a JSON-ready record.

Aggregate results have no rows behind them and belong in `aggregate`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pasodoble.simulators.salesforce.rows import Row
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.soql.bind import NAME, WRAPPERS, Place, Scope, stay
from pasodoble.simulators.salesforce.soql.errors import SoqlError, malformed, unknown_entity, unknown_parent
from pasodoble.simulators.salesforce.soql.syntax import Call, Child, Column, FieldSet, Path, Query, TypeOf

Render = Callable[[Row], Any]
RunChild = Callable[[Scope, Child], tuple[str, Render]]


def duplicate_field(name: str) -> SoqlError:
    return SoqlError("INVALID_FIELD", f"duplicate field selected: {name}")


class Node:
    """One level of the answer: a record's attributes, its values, and the parents below it."""

    def __init__(self, scope: Scope, sobject: Sobject, url_root: str) -> None:
        self._scope = scope
        self._place = Place(sobject, stay)
        self._url_root = url_root
        self._slots: dict[str, Render] = {}
        self._parents: dict[str, Node] = {}

    def add(self, key: str, render: Render) -> None:
        if key in self._slots:
            raise duplicate_field(key)
        self._slots[key] = render

    def add_path(self, names: tuple[str, ...], at: int | None) -> None:
        """A field of this record or, through its relationships, of a parent."""
        if len(names) > 1:
            self.parent(names[0], at).add_path(names[1:], at)
            return
        term = self._scope.end_term(self._place, names[0], at)
        self.add(term.name, term.read)

    def add_wrapped(self, call: Call, names: tuple[str, ...]) -> None:
        """`toLabel(Account.Type)` stands where `Account.Type` would."""
        if len(names) > 1:
            self.parent(names[0], call.at).add_wrapped(call, names[1:])
            return
        term = self._scope.wrap(call, self._scope.end_term(self._place, names[0], call.at))
        self.add(term.name, term.read)

    def parent(self, name: str, at: int | None) -> Node:
        """The node of a parent record, made when first named."""
        field = self._place.sobject.find_parent(name)
        relationship = field.relationship if field else None
        if relationship is None:
            raise unknown_parent(name, at)
        node = self._parents.get(relationship)
        if node is None:
            place = self._scope.follow(self._place, (name,), at)
            node = self._parents[relationship] = Node(self._scope, place.sobject, self._url_root)
            self.add(relationship, node.reached_by(place.reach))
        return node

    def reached_by(self, reach: Callable[[Row], Row | None]) -> Render:
        render = self.render

        def render_parent(row: Row) -> Any:
            record = reach(row)
            return None if record is None else render(record)

        return render_parent

    def render(self, row: Row) -> dict[str, Any]:
        out: dict[str, Any] = {"attributes": self.attributes(row)}
        for key, read in self._slots.items():
            out[key] = read(row)
        return out

    def attributes(self, row: Row) -> dict[str, str]:
        """`type` is the record's own object, also behind a reference to several."""
        sobject = self._place.sobject
        if sobject is NAME:
            sobject = self._scope.view.org.sobject_of(row["Id"]) or NAME
        return {"type": sobject.name, "url": f"{self._url_root}{sobject.name}/{row['Id']}"}


def make_render(scope: Scope, query: Query, url_root: str, run_child: RunChild) -> Render:
    """The SELECT list of a query without aggregates."""
    node = Node(scope, scope.sobject, url_root)
    for item in query.items:
        match item:
            case Column(Path() as path, alias):
                if alias is not None:
                    raise malformed("only aggregate expressions use field aliasing", path.at)
                node.add_path(scope.names_from_row(path), path.at)
            case Column(Call(arguments=(Path() as path,)) as call, None) if call.function in WRAPPERS:
                node.add_wrapped(call, scope.names_from_row(path))
            case Column(Call() as call, alias):
                term = scope.call_term(call)
                node.add(alias or term.name, term.read)
            case FieldSet():
                _add_field_set(node, scope, query, item)
            case TypeOf():
                _add_type_of(node, scope, item, url_root)
            case Child():
                node.add(*run_child(scope, item))
    return node.render


def _add_field_set(node: Node, scope: Scope, query: Query, item: FieldSet) -> None:
    if item.group != "STANDARD" and (query.limit is None or query.limit > 200):
        raise malformed("The SOQL FIELDS function must have a LIMIT of at most 200", item.at)
    for field in scope.view.fields(scope.sobject):
        if item.group == "ALL" or field.custom is (item.group == "CUSTOM"):
            node.add_path((field.name,), item.at)


def _add_type_of(node: Node, scope: Scope, item: TypeOf, url_root: str) -> None:
    place = scope.place(item.path)
    if not place.hops or len(place.hops[-1].refers_to) < 2:
        raise malformed(f"TYPEOF can only be used with a polymorphic relationship: {item.path}", item.at)
    branches: dict[str, Node] = {}
    for kind, paths in item.branches:
        sobject = scope.view.find_sobject(str(kind))
        if sobject is None:
            raise unknown_entity(str(kind), kind.at)
        branches[sobject.name] = _branch(scope, sobject, paths, url_root)
    otherwise = _branch(scope, NAME, item.otherwise, url_root) if item.otherwise else None
    view, reach = scope.view, place.reach

    def render(row: Row) -> Any:
        record = reach(row)
        sobject = view.org.sobject_of(record["Id"]) if record else None
        branch = branches.get(sobject.name, otherwise) if sobject else None
        return None if record is None or branch is None else branch.render(record)

    node.add(place.hops[-1].relationship or str(item.path), render)


def _branch(scope: Scope, sobject: Sobject, paths: tuple[Path, ...], url_root: str) -> Node:
    node = Node(scope, sobject, url_root)
    for path in paths:
        node.add_path(path.names, path.at)
    return node
