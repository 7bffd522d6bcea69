"""`?columns=true`: what columns a query would give, as command-line clients ask before they draw a table.

Running queries is `queries`.
"""

from __future__ import annotations

from typing import Any

from pasodoble.simulators.salesforce.schema import NUMBER_TYPES, Field, Sobject
from pasodoble.simulators.salesforce.soql import Answer
from pasodoble.simulators.salesforce.soql.syntax import Call, Child, Column, FieldSet, Path, Query, TypeOf
from pasodoble.simulators.salesforce.view import View

APEX_TYPES = {
    "id": "Id",
    "reference": "Id",
    "boolean": "Boolean",
    "int": "Integer",
    "double": "Double",
    "currency": "Double",
    "percent": "Double",
    "date": "Date",
    "datetime": "Datetime",
    "time": "Time",
}


def describe_columns(answer: Answer, view: View) -> dict[str, Any]:
    columns = _columns(answer.query, answer.sobject, view)
    return {
        "columnMetadata": columns,
        "entityName": answer.sobject.name,
        "groupBy": answer.query.grouping is not None,
        "idSelected": any(column["columnName"] == "Id" for column in columns),
        "keyPrefix": answer.sobject.key_prefix,
    }


def _column(name: str, field: Field | None, **values: Any) -> dict[str, Any]:
    kind = field.type if field else ""
    return {
        "aggregate": False,
        "apexType": APEX_TYPES.get(kind, "String"),
        "booleanType": kind == "boolean",
        "columnName": name,
        "custom": bool(field and field.custom),
        "displayName": name,
        "foreignKeyName": field.relationship if field and kind == "reference" else None,
        "insertable": bool(field and field.createable),
        "joinColumns": [],
        "numberType": kind in NUMBER_TYPES,
        "textType": kind not in NUMBER_TYPES and kind != "boolean",
        "updatable": bool(field and field.updateable),
        **values,
    }


def _columns(query: Query, sobject: Sobject, view: View) -> list[dict[str, Any]]:
    """One entry a column; those of one parent or one sub-query are joined below it."""
    out: list[dict[str, Any]] = []
    unnamed = 0
    for item in query.items:
        match item:
            case Column(expression=Call() as call, alias=alias):
                name = alias or f"expr{unnamed}"
                unnamed += alias is None
                out.append(_column(name, None, aggregate=True, displayName=alias or call.name.lower()))
            case Column(expression=Path(names=names)):
                _add_path(out, _plain(names, query, sobject), sobject, view)
            case FieldSet(group=group):
                wanted = {"STANDARD": (False,), "CUSTOM": (True,)}.get(group, (False, True))
                out += [_column(f.name, f) for f in view.fields(sobject) if f.custom in wanted]
            case TypeOf(path=path):
                out.append(_column(str(path), None))
            case Child(query=inner):
                out.append(_child_column(inner, sobject, view))
    return out


def _plain(names: tuple[str, ...], query: Query, sobject: Sobject) -> tuple[str, ...]:
    """The path without the object's own name or alias before it."""
    own = {sobject.name.lower(), (query.alias or "").lower()}
    return names[1:] if len(names) > 1 and names[0].lower() in own else names


def _add_path(out: list[dict[str, Any]], names: tuple[str, ...], sobject: Sobject, view: View) -> None:
    if len(names) == 1:
        field = view.find_field(sobject, names[0])
        out.append(_column(field.name if field else names[0], field))
        return
    parent = sobject.find_parent(names[0])
    target = view.find_sobject(parent.refers_to[0]) if parent else None
    label = parent.relationship if parent and parent.relationship else names[0]
    known = next((column for column in out if column["columnName"] == label and column["joinColumns"]), None)
    if known is None:
        known = _column(label, None)
        out.append(known)
    if target is None:
        known["joinColumns"].append(_column(names[-1], None))
    else:
        _add_path(known["joinColumns"], names[1:], target, view)


def _child_column(inner: Query, sobject: Sobject, view: View) -> dict[str, Any]:
    name = str(inner.source)
    child = sobject.find_child(name)
    target = view.find_sobject(child.sobject) if child else None
    joined = _columns(inner, target, view) if target else []
    label = child.relationship if child and child.relationship else name
    return _column(label, None, aggregate=True, joinColumns=joined)
