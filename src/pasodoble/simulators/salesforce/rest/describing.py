"""`/sobjects` and describes: the frozen definitions told in all their attributes, with conditional answers.

What objects and fields there are is `schema` and `view`. Layouts, list views and actions, which this org has none of, are
answered by empty lists.
"""

from __future__ import annotations

from email.utils import formatdate
from hashlib import blake2b
from typing import Any

import orjson

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import not_found
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rest.frame import JSON, Call, Instance, empty, reply
from pasodoble.simulators.salesforce.rest.preconditions import read_http_date
from pasodoble.simulators.salesforce.schema import (
    TEXT_TYPES,
    Child,
    Choice,
    Field,
    RecordType,
    Sobject,
    usual_attributes,
)
from pasodoble.simulators.salesforce.view import View

OBJECT_FLAGS = (
    "createable deletable layoutable mergeable queryable replicateable retrieveable searchable triggerable undeletable "
    "updateable feedEnabled mruEnabled"
).split()
URLS = {
    "compactLayouts": "/describe/compactLayouts",
    "rowTemplate": "/{ID}",
    "approvalLayouts": "/describe/approvalLayouts",
    "listviews": "/listviews",
    "describe": "/describe",
    "quickActions": "/quickActions",
    "layouts": "/describe/layouts",
    "sobject": "",
}
_OWN = frozenset(("picklistValues", "rollup", "autoNumberFormat"))


def tell_choice(choice: Choice) -> dict[str, Any]:
    return {
        "active": choice.active,
        "defaultValue": choice.default,
        "label": choice.label,
        "validFor": choice.valid_for,
        "value": choice.value,
    }


def tell_field(view: View, sobject: Sobject, field: Field) -> dict[str, Any]:
    """All attributes of a field, writability as this user has it, in alphabetical order as Salesforce sends them."""
    access = view.access(sobject)
    writable = field.name not in access.locked
    told: dict[str, Any] = {
        "compoundFieldName": None,
        "extraTypeInfo": None,
        "aiPredictionField": False,
        "formulaTreatNullNumberAsZero": False,
        **usual_attributes(field.type),
        **{key: value for key, value in field.told.items() if key not in _OWN},
        "length": field.length,
        "precision": field.precision,
        "scale": field.scale,
        "digits": field.digits,
        "byteLength": _byte_length(field),
        "type": field.type,
        "picklistValues": [tell_choice(choice) for choice in field.choices],
        "referenceTo": list(field.refers_to),
        "relationshipName": field.relationship,
    }
    told["createable"] = field.createable and writable and access.create
    told["updateable"] = field.updateable and writable and access.edit
    return dict(sorted(told.items()))


def _byte_length(field: Field) -> int:
    if field.type in ("id", "reference"):
        return 18
    return field.length * 3 if field.type in TEXT_TYPES else 0


def tell_child(child: Child) -> dict[str, Any]:
    return {
        "cascadeDelete": child.cascade_delete,
        "childSObject": child.sobject,
        "deprecatedAndHidden": False,
        "field": child.key,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.relationship,
        "restrictedDelete": False,
    }


def tell_record_type(kind: RecordType, root: str) -> dict[str, Any]:
    return {
        "active": kind.active,
        "available": kind.active,
        "defaultRecordTypeMapping": kind.default,
        "developerName": kind.developer_name,
        "master": kind.master,
        "name": kind.name,
        "recordTypeId": kind.id,
        "urls": {"layout": f"{root}/describe/layouts/{kind.id}"},
    }


def tell_sobject(view: View, sobject: Sobject, root: str) -> dict[str, Any]:
    """An object as describeGlobal lists it."""
    access = view.access(sobject)
    flags = {flag: sobject.having(flag) for flag in OBJECT_FLAGS}
    flags["createable"] &= access.create
    flags["updateable"] &= access.edit
    flags["deletable"] &= access.delete
    told = {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "custom": sobject.custom,
        "customSetting": False,
        "deepCloneable": False,
        "deprecatedAndHidden": False,
        "hasSubtypes": sobject.name == "Account" and "IsPersonAccount" in sobject.fields,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.key_prefix,
        "label": sobject.label,
        "labelPlural": sobject.label_plural,
        "name": sobject.name,
        **flags,
        "urls": {name: f"{root}{tail}" for name, tail in URLS.items()},
    }
    return dict(sorted(told.items()))


def tell_whole(view: View, sobject: Sobject, root: str) -> dict[str, Any]:
    """The whole describe of an object."""
    told = {
        **tell_sobject(view, sobject, root),
        "actionOverrides": [],
        "childRelationships": [tell_child(child) for child in sobject.children if view.find_sobject(child.sobject)],
        "compactLayoutable": sobject.having("compactLayoutable") or sobject.custom,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [tell_field(view, sobject, field) for field in view.fields(sobject)],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [tell_record_type(kind, root) for kind in sobject.record_types],
        "searchLayoutable": sobject.having("searchLayoutable") or sobject.custom,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [dict(scope) for scope in sobject.scopes],
    }
    return dict(sorted(told.items()))


# Routes


def _conditional(call: Call, key: tuple[Any, ...], make: Any) -> Response:
    """A described thing with ETag and Last-Modified, or 304. Kept as bytes until the schema changes."""
    made: tuple[bytes, str] | None = call.view.kept.get(key)
    if made is None:
        body = orjson.dumps(make())
        made = call.view.kept[key] = (body, f'"{blake2b(body, digest_size=8).hexdigest()}"')
    body, tag = made
    changed_at = call.org.schema_changed_at
    headers = [("ETag", tag), ("Last-Modified", formatdate(changed_at, usegmt=True))]
    known = call.request.headers.get("if-none-match")
    since = read_http_date(call.request.headers.get("if-modified-since"))
    fresh = tag in known.replace("--gzip", "") if known is not None else since is not None and changed_at <= since
    response = empty(304) if fresh else Response(body=body, content_type=JSON)
    response.headers += headers
    return response


def list_sobjects(call: Call) -> Response:
    def make() -> dict[str, Any]:
        told = [tell_sobject(call.view, s, f"{call.root}/sobjects/{s.name}") for s in call.view.sobjects()]
        return {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": told}

    return _conditional(call, ("global", call.version), make)


def describe(call: Call) -> Response:
    sobject = call.sobject()
    root = f"{call.root}/sobjects/{sobject.name}"
    return _conditional(call, ("describe", sobject.name, call.version), lambda: tell_whole(call.view, sobject, root))


def basic(call: Call) -> Response:
    sobject = call.sobject()
    root = f"{call.root}/sobjects/{sobject.name}"

    def make() -> dict[str, Any]:
        return {"objectDescribe": tell_sobject(call.view, sobject, root), "recentItems": []}

    return _conditional(call, ("basic", sobject.name, call.version), make)


def layouts(call: Call) -> Response:
    """No layouts are drawn here; the object's record types are all a client may learn from the list."""
    kinds = [
        {"available": kind.active, "master": kind.master, "name": kind.name, "recordTypeId": kind.id}
        for kind in call.sobject().record_types
    ]
    return reply({"layouts": [], "recordTypeMappings": kinds, "recordTypeSelectorRequired": [False]})


def layout(call: Call) -> Response:
    if all(kind.id != full_id(call.params["id"]) for kind in call.sobject().record_types):
        raise not_found()
    return reply({"buttonLayoutSection": None, "detailLayoutSections": [], "editLayoutSections": [], "id": None})


def compact_layouts(call: Call) -> Response:
    call.sobject()
    told: dict[str, Any] = {"compactLayouts": [], "defaultCompactLayoutId": None, "recordTypeCompactLayoutMappings": []}
    return reply({**told, "urls": {}})


def approval_layouts(call: Call) -> Response:
    call.sobject()
    return reply({"approvalLayouts": []})


def list_views(call: Call) -> Response:
    name = call.sobject().name
    return reply({"done": True, "listviews": [], "nextRecordsUrl": None, "size": 0, "sobjectType": name})


def quick_actions(call: Call) -> Response:
    call.sobject()
    return reply([])


def recent(_call: Call) -> Response:
    """Nobody views records here, so that none is recent."""
    return reply([])


def add_routes(instance: Instance) -> None:
    serve = instance.serve
    serve("GET HEAD", "/sobjects", list_sobjects)
    serve("GET HEAD", "/sobjects/{sobject}", basic)
    serve("GET HEAD", "/sobjects/{sobject}/describe", describe)
    serve("GET", "/sobjects/{sobject}/describe/layouts", layouts)
    serve("GET", "/sobjects/{sobject}/describe/layouts/{id}", layout)
    serve("GET", "/sobjects/{sobject}/describe/compactLayouts", compact_layouts)
    serve("GET", "/sobjects/{sobject}/describe/approvalLayouts", approval_layouts)
    serve("GET", "/sobjects/{sobject}/listviews", list_views)
    serve("GET", "/sobjects/{sobject}/quickActions", quick_actions)
    serve("GET", "/recent", recent)
