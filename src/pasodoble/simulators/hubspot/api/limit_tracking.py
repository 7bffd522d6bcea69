"""Limits tracking: how much of each thing an account may hold, and how much of it is there.

The figures of the plan are round ones: HubSpot's depend on the contract. Call budgets do not belong here (see `limits`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.errors import missing
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

RECORDS: Final = 15_000_000
CUSTOM_RECORDS: Final = 1_500_000
CUSTOM_PROPERTIES: Final = 1_000
CALCULATED_PROPERTIES: Final = 200
CUSTOM_OBJECT_TYPES: Final = 10
PIPELINES: Final = 100
ASSOCIATION_LABELS: Final = 50
ASSOCIATIONS_PER_RECORD: Final = 50_000


def add_routes(portal: Portal, routes: Routes) -> None:
    tracking = LimitTracking(portal)
    rows = [
        ("GET", "/records", tracking.records),
        ("GET", "/pipelines", tracking.pipelines),
        ("GET", "/custom-properties", tracking.custom_properties),
        ("GET", "/calculated-properties", tracking.calculated_properties),
        ("GET", "/custom-object-types", tracking.custom_object_types),
        ("GET", "/associations/labels", tracking.association_labels),
        ("GET", "/associations/records/from", tracking.nothing_near),
        ("GET", "/associations/records/{from_type}/to", tracking.nothing_near),
        ("GET", "/associations/records/{from_type}/{to_type}", tracking.association_records),
    ]
    routes.add_table("limits", ("/crm/v3/limits", "/crm/limits/{edition}"), rows)
    routes.add_table(
        "object-library",
        ("/crm/v3/object-library", "/crm/object-library/{edition}"),
        [("GET", "/enablement", tracking.enablement), ("GET", "/enablement/{type}", tracking.enablement_of)],
    )


class LimitTracking:
    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def _types(self, *, custom: bool) -> list[ObjectType]:
        return [kind for kind in self._portal.types if kind.custom == custom]

    def _record_count(self, kind: ObjectType) -> int:
        return len(self._portal.tables[kind.type_id].rows)

    def records(self, _request: Request) -> Response:
        return json_response(
            {
                "hubspotDefinedObjectTypes": [
                    _limited(kind, self._record_count(kind), RECORDS) for kind in self._types(custom=False)
                ],
                "customObjectTypes": self._custom(self._record_count, CUSTOM_RECORDS),
            }
        )

    def pipelines(self, _request: Request) -> Response:
        return json_response(
            {
                "hubspotDefinedObjectTypes": [
                    _limited(kind, self._pipeline_count(kind), PIPELINES)
                    for kind in self._types(custom=False)
                    if kind.pipeline
                ],
                "customObjectTypes": self._custom(self._pipeline_count, PIPELINES),
            }
        )

    def _pipeline_count(self, kind: ObjectType) -> int:
        return len(self._portal.pipelines.get(kind.type_id, {}))

    def _custom(self, count: Callable[[ObjectType], int], limit: int) -> dict[str, Any]:
        used = [_counted(kind, count(kind)) for kind in self._types(custom=True)]
        return _overall(used, limit)

    def custom_properties(self, _request: Request) -> Response:
        used = [_limited(kind, len(self._own_properties(kind)), CUSTOM_PROPERTIES) for kind in self._portal.types]
        return json_response(_overall(used, CUSTOM_PROPERTIES * len(used)))

    def _own_properties(self, kind: ObjectType) -> list[str]:
        live = self._portal.properties[kind.type_id].live
        return [name for name, definition in live.items() if not definition.hubspot_defined]

    def calculated_properties(self, _request: Request) -> Response:
        used = [
            _counted(kind, sum(1 for p in self._portal.properties[kind.type_id].live.values() if p.formula))
            for kind in self._portal.types
        ]
        return json_response(_overall(used, CALCULATED_PROPERTIES))

    def custom_object_types(self, _request: Request) -> Response:
        usage = len(self._types(custom=True))
        return json_response(
            {"limit": CUSTOM_OBJECT_TYPES, "usage": usage, "percentage": _percentage(usage, CUSTOM_OBJECT_TYPES)}
        )

    def association_labels(self, request: Request) -> Response:
        """Label use of the pair of types that was asked for; without a pair, nothing is near its limit."""
        asked = [self._portal.types.find(request.one(name) or "") for name in ("fromObjectTypeId", "toObjectTypeId")]
        if None in asked:
            return json_response({"results": []})
        from_type, to_type = (kind for kind in asked if kind is not None)
        return json_response(
            {
                "results": [
                    {
                        "fromObjectType": _named(from_type),
                        "toObjectType": _named(to_type),
                        "allLabels": [],
                        "limit": ASSOCIATION_LABELS,
                        "usage": 0,
                        "percentage": 0.0,
                    }
                ]
            }
        )

    def nothing_near(self, _request: Request) -> Response:
        return json_response({"results": []})

    def association_records(self, _request: Request) -> Response:
        return json_response(
            {
                "atLimitFromRecordSamples": [],
                "nearLimitFromRecordSamples": [],
                "limit": ASSOCIATIONS_PER_RECORD,
                "totalRecordsAtLimit": 0,
                "totalRecordsNearLimit": 0,
            }
        )

    def enablement(self, _request: Request) -> Response:
        return json_response({"enablementByObjectTypeId": {kind.type_id: True for kind in self._portal.types}})

    def enablement_of(self, request: Request) -> Response:
        if self._portal.types.find(request.params["type"]) is None:
            raise missing()
        return json_response({"enablement": True})


def _percentage(usage: int, limit: int) -> float:
    return round(100 * usage / limit, 2) if limit else 0.0


def _named(kind: ObjectType) -> dict[str, Any]:
    singular, plural = kind.labels if kind.labels != ("", "") else (kind.singular, kind.name)
    return {"objectTypeId": kind.type_id, "singularLabel": singular, "pluralLabel": plural}


def _counted(kind: ObjectType, usage: int) -> dict[str, Any]:
    return {**_named(kind), "usage": usage}


def _limited(kind: ObjectType, usage: int, limit: int) -> dict[str, Any]:
    return {**_counted(kind, usage), "limit": limit, "percentage": _percentage(usage, limit)}


def _overall(used: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    usage = sum(row["usage"] for row in used)
    return {
        "byObjectType": used,
        "overallLimit": limit,
        "overallUsage": usage,
        "overallPercentage": _percentage(usage, limit),
    }
