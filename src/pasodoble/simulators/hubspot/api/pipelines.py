"""The pipelines API: pipelines, their stages, and the audit trail of both.

Which record is in which stage does not belong here; that is a property of records.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.objects import flag, kind_of
from pasodoble.simulators.hubspot.bodies import json_object, optional, required
from pasodoble.simulators.hubspot.errors import Refusal, conflict, missing
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.pipelines import Audit, Pipeline, Stage
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, actor_of

BASES = ("/crm/v3/pipelines", "/crm/pipelines/{edition}")
STATES: Final = {"0-5": "ticketState", "0-136": "leadState"}
"""Stage metadata that a type's stages carry beside `isClosed`; those of deals need a probability."""


class PipelinesApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def _pipelines(self, kind: ObjectType) -> dict[str, Pipeline]:
        if kind.pipeline is None:
            raise Refusal(f"{kind.constant} has no pipelines")
        return self.portal.pipelines.setdefault(kind.type_id, {})

    def _find(self, request: Request) -> Pipeline:
        id = request.params["pipeline"]
        pipeline = self._pipelines(kind_of(self.portal, request)).get(id)
        if pipeline is None or pipeline.archived_ms:
            raise missing(f"Pipeline {id} does not exist", pipelineId=id)
        return pipeline

    def list_pipelines(self, request: Request) -> Response:
        pipelines = self._pipelines(kind_of(self.portal, request)).values()
        live = sorted((pipeline for pipeline in pipelines if not pipeline.archived_ms), key=lambda one: one.order)
        return json_response({"results": [show_pipeline(pipeline) for pipeline in live]})

    def get_pipeline(self, request: Request) -> Response:
        return json_response(show_pipeline(self._find(request)))

    def create_pipeline(self, request: Request) -> Response:
        kind, body = kind_of(self.portal, request), json_object(request)
        pipelines = self._pipelines(kind)
        label, order = required(body, "label", str), required(body, "displayOrder", int)
        id = optional(body, "pipelineId", str) or str(self.portal.next_id("pipelines", first=5001))
        if id in pipelines or any(other.label == label for other in pipelines.values() if not other.archived_ms):
            raise conflict(f"Pipeline {label} (id {id}) already exists")
        now = self.portal.now_ms()
        pipeline = Pipeline(id=id, label=label, order=order, created_ms=now, updated_ms=now)
        pipeline.stages = self._stages(kind, required(body, "stages", list))
        pipelines[id] = pipeline
        self._audit(request, pipeline, "CREATE", id, body)
        return json_response(show_pipeline(pipeline), 201, writes=1)

    def _stages(self, kind: ObjectType, entries: list[Any]) -> dict[str, Stage]:
        stages: dict[str, Stage] = {}
        for entry in entries:
            if not isinstance(entry, dict):
                raise Refusal("A stage is an object with label, displayOrder and metadata")
            stage = self._make_stage(kind, entry, stages.values())
            stages[stage.id] = stage
        if not stages:
            raise Refusal("A pipeline needs at least one stage")
        return stages

    def _make_stage(self, kind: ObjectType, body: dict[str, Any], others: Iterable[Stage]) -> Stage:
        label, order = required(body, "label", str), required(body, "displayOrder", int)
        id = optional(body, "stageId", str) or str(self.portal.next_id("stages", first=90001))
        if any(stage.label == label or stage.id == id for stage in others):
            raise conflict(f"Stage {label} (id {id}) already exists in this pipeline")
        metadata = read_metadata(kind, optional(body, "metadata", dict) or {})
        now = self.portal.now_ms()
        return Stage(id=id, label=label, order=order, metadata=metadata, created_ms=now, updated_ms=now)

    def replace_pipeline(self, request: Request) -> Response:
        kind, pipeline, body = kind_of(self.portal, request), self._find(request), json_object(request)
        label, order = required(body, "label", str), required(body, "displayOrder", int)
        self._check_unused(request, kind, pipeline, set(pipeline.stages))
        pipeline.stages = self._stages(kind, required(body, "stages", list))
        pipeline.label, pipeline.order, pipeline.updated_ms = label, order, self.portal.now_ms()
        self._audit(request, pipeline, "UPDATE", pipeline.id, body)
        return json_response(show_pipeline(pipeline), writes=1)

    def update_pipeline(self, request: Request) -> Response:
        pipeline, body = self._find(request), json_object(request)
        pipeline.label = optional(body, "label", str) or pipeline.label
        order = optional(body, "displayOrder", int)
        pipeline.order = pipeline.order if order is None else order
        pipeline.updated_ms = self.portal.now_ms()
        self._audit(request, pipeline, "UPDATE", pipeline.id, body)
        return json_response(show_pipeline(pipeline), writes=1)

    def delete_pipeline(self, request: Request) -> Response:
        kind, pipeline = kind_of(self.portal, request), self._find(request)
        live = [other for other in self._pipelines(kind).values() if not other.archived_ms]
        if len(live) == 1:
            raise Refusal(f"{kind.constant} needs at least one pipeline")
        self._check_unused(request, kind, pipeline, set(pipeline.stages))
        self._audit(request, pipeline, "DELETE", pipeline.id, {})
        del self._pipelines(kind)[pipeline.id]
        return Response(status=204, writes=1)

    def _check_unused(self, request: Request, kind: ObjectType, pipeline: Pipeline, stages: set[str]) -> None:
        """Whether the stages may go, when the request asks to look. Raises Refusal."""
        checks = ("validateReferencesBeforeDelete", "validateDealStageUsagesBeforeDelete")
        if not any(flag(request, name) for name in checks) or kind.stage is None:
            return
        index = self.portal.tables[kind.type_id].index_of(kind.stage)
        used = [id for id in sorted(stages) if index.get(id)]
        if used:
            raise Refusal(
                f"Stage IDs: {used} are being referenced by object IDs: {sorted(index.get(used[0]))[:20]}",
                sub_category="PipelineError.STAGE_ID_IN_USE",
                context={"stageIds": used, "objectIds": [str(id) for id in sorted(index.get(used[0]))[:20]]},
            )

    # Stages

    def list_stages(self, request: Request) -> Response:
        return json_response({"results": show_pipeline(self._find(request))["stages"]})

    def get_stage(self, request: Request) -> Response:
        return json_response(show_stage(self._find_stage(request)[1]))

    def _find_stage(self, request: Request) -> tuple[Pipeline, Stage]:
        pipeline, id = self._find(request), request.params["stage"]
        stage = pipeline.stages.get(id)
        if stage is None:
            raise missing(f"Stage {id} does not exist in pipeline {pipeline.id}", stageId=id)
        return pipeline, stage

    def create_stage(self, request: Request) -> Response:
        kind, pipeline, body = kind_of(self.portal, request), self._find(request), json_object(request)
        stage = self._make_stage(kind, body, pipeline.stages.values())
        pipeline.stages[stage.id] = stage
        self._audit(request, pipeline, "CREATE", stage.id, body)
        return json_response(show_stage(stage), 201, writes=1)

    def replace_stage(self, request: Request) -> Response:
        body = json_object(request)
        required(body, "label", str)
        required(body, "displayOrder", int)
        return self._change_stage(request, body, replace=True)

    def update_stage(self, request: Request) -> Response:
        return self._change_stage(request, json_object(request), replace=False)

    def _change_stage(self, request: Request, body: dict[str, Any], *, replace: bool) -> Response:
        kind = kind_of(self.portal, request)
        pipeline, stage = self._find_stage(request)
        given = optional(body, "metadata", dict)
        if given is not None or replace:
            stage.metadata = read_metadata(kind, (given or {}) if replace else {**stage.metadata, **(given or {})})
        stage.label = optional(body, "label", str) or stage.label
        order = optional(body, "displayOrder", int)
        stage.order = stage.order if order is None else order
        stage.updated_ms = pipeline.updated_ms = self.portal.now_ms()
        self._audit(request, pipeline, "UPDATE", stage.id, body)
        return json_response(show_stage(stage), writes=1)

    def delete_stage(self, request: Request) -> Response:
        kind = kind_of(self.portal, request)
        pipeline, stage = self._find_stage(request)
        if len(pipeline.stages) == 1:
            raise Refusal(f"Pipeline {pipeline.id} needs at least one stage")
        self._check_unused(request, kind, pipeline, {stage.id})
        del pipeline.stages[stage.id]
        self._audit(request, pipeline, "DELETE", stage.id, {})
        return Response(status=204, writes=1)

    # Audit

    def _audit(self, request: Request, pipeline: Pipeline, action: str, id: str, raw: dict[str, Any]) -> None:
        pipeline.audits.append(Audit(self.portal.now_ms(), action, id, actor_of(request).user_id, raw))

    def pipeline_audit(self, request: Request) -> Response:
        pipeline = self._find(request)
        return self._audits(pipeline, pipeline.id)

    def stage_audit(self, request: Request) -> Response:
        pipeline, stage = self._find_stage(request)
        return self._audits(pipeline, stage.id)

    def _audits(self, pipeline: Pipeline, id: str) -> Response:
        rows = [self._show_audit(audit) for audit in reversed(pipeline.audits) if audit.identifier == id]
        return json_response({"results": rows})

    def _show_audit(self, audit: Audit) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "portalId": self.portal.account.portal_id,
            "identifier": audit.identifier,
            "action": audit.action,
            "timestamp": iso(audit.at_ms),
            "rawObject": audit.raw,
        }
        if audit.user_id is not None:
            shown["fromUserId"] = audit.user_id
        return shown


def read_metadata(kind: ObjectType, given: dict[str, Any]) -> dict[str, str]:
    """A stage's metadata, completed. Raises Refusal."""
    metadata = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
    if kind.type_id == "0-3":
        try:
            probability = float(metadata["probability"])
        except (KeyError, ValueError):
            raise Refusal("The metadata of a deal stage needs a probability from 0.0 to 1.0") from None
        if not 0 <= probability <= 1:
            raise Refusal(f"The probability of a deal stage goes from 0.0 to 1.0, not {probability}")
        metadata["isClosed"] = str(probability in (0.0, 1.0)).lower()
    elif kind.type_id in STATES:
        metadata.setdefault(STATES[kind.type_id], "OPEN")
    return metadata


def show_pipeline(pipeline: Pipeline) -> dict[str, Any]:
    stages = sorted(pipeline.stages.values(), key=lambda stage: stage.order)
    return {
        "id": pipeline.id,
        "label": pipeline.label,
        "displayOrder": pipeline.order,
        "stages": [show_stage(stage) for stage in stages],
        "createdAt": iso(pipeline.created_ms),
        "updatedAt": iso(pipeline.updated_ms),
        "archived": False,
    }


def show_stage(stage: Stage) -> dict[str, Any]:
    return {
        "id": stage.id,
        "label": stage.label,
        "displayOrder": stage.order,
        "metadata": stage.metadata,
        "createdAt": iso(stage.created_ms),
        "updatedAt": iso(stage.updated_ms),
        "archived": False,
        "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
    }


def add_routes(portal: Portal, routes: Routes) -> None:
    api = PipelinesApi(portal)
    routes.add_table(
        "pipelines",
        BASES,
        [
            ("GET", "/{type}", api.list_pipelines),
            ("POST", "/{type}", api.create_pipeline),
            ("GET", "/{type}/{pipeline}", api.get_pipeline),
            ("PUT", "/{type}/{pipeline}", api.replace_pipeline),
            ("PATCH", "/{type}/{pipeline}", api.update_pipeline),
            ("DELETE", "/{type}/{pipeline}", api.delete_pipeline),
            ("GET", "/{type}/{pipeline}/audit", api.pipeline_audit),
            ("GET", "/{type}/{pipeline}/stages", api.list_stages),
            ("POST", "/{type}/{pipeline}/stages", api.create_stage),
            ("GET", "/{type}/{pipeline}/stages/{stage}", api.get_stage),
            ("PUT", "/{type}/{pipeline}/stages/{stage}", api.replace_stage),
            ("PATCH", "/{type}/{pipeline}/stages/{stage}", api.update_stage),
            ("DELETE", "/{type}/{pipeline}/stages/{stage}", api.delete_stage),
            ("GET", "/{type}/{pipeline}/stages/{stage}/audit", api.stage_audit),
        ],
    )
