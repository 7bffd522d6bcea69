"""`/jobs/ingest`: Bulk API 2.0 ingest jobs over HTTP. What a job does is `bulk`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.bulk import (
    BATCH,
    DELIMITERS,
    LINE_ENDINGS,
    OPERATIONS,
    Ingest,
    IngestJob,
    spell_csv,
)
from pasodoble.simulators.salesforce.errors import Refusal, call_refusal
from pasodoble.simulators.salesforce.moments import spell_ms
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, empty, reply, spell_origin
from pasodoble.simulators.salesforce.rest.jobs import find_job, list_jobs, read_parts

CSV_TYPE = "text/csv"
CONTENT_TYPES = ("CSV",)
MAX_MULTIPART = 100_000
MAX_CONTENT = 150 * 1024 * 1024


def wrong_state(message: str) -> Refusal:
    return call_refusal("INVALIDJOBSTATE", message)


@dataclass(slots=True)
class IngestJobs:
    """The handlers and the jobs they keep."""

    instance: Instance
    work: Ingest
    jobs: dict[str, IngestJob] = field(default_factory=dict)

    # Making

    def create(self, call: Call) -> Response:
        kind = call.request.headers.get("content-type", "")
        if kind.startswith("multipart/form-data"):
            return self._create_with_content(call, kind)
        job = self._make(call, call.mapping())
        return reply(self._told(job, whole=False))

    def _create_with_content(self, call: Call, kind: str) -> Response:
        """Job and content in one call; the job is closed at once."""
        parts = read_parts(kind, call.request.body)
        if "job" not in parts or "content" not in parts:
            raise call_refusal("INVALID_MULTIPART_REQUEST", "The request needs a job part and a content part")
        try:
            asked = orjson.loads(parts["job"])
        except orjson.JSONDecodeError as error:
            raise call_refusal("JSON_PARSER_ERROR", f"The job part is not JSON: {error}") from None
        if len(parts["content"]) > MAX_MULTIPART:
            raise call_refusal("INVALID_MULTIPART_REQUEST", f"The content is longer than {MAX_MULTIPART} characters")
        job = self._make(call, asked)
        job.content = parts["content"]
        self._close(job)
        return reply(self._told(job, whole=False))

    def _make(self, call: Call, asked: dict[str, Any]) -> IngestJob:
        name, operation = asked.get("object"), asked.get("operation")
        if operation not in OPERATIONS:
            raise call_refusal("INVALIDJOB", f"InvalidJob : Operation {operation} is not supported")
        sobject = call.view.find_sobject(name) if isinstance(name, str) else None
        if sobject is None:
            message = f"InvalidEntity : '{name}' is not supported by the Bulk API"
            raise call_refusal("INVALIDENTITY", message)
        key = asked.get("externalIdFieldName")
        if operation == "upsert":
            item = call.view.find_field(sobject, str(key)) if key else None
            if item is None or not (item.external_id or item.id_lookup):
                message = f"InvalidJob : Field name provided, {key} does not match an External ID, Salesforce Id, or indexed field for {sobject.name}"
                raise call_refusal("INVALIDJOB", message)
        for given, known in (
            (asked.get("columnDelimiter"), DELIMITERS),
            (asked.get("lineEnding"), LINE_ENDINGS),
            (asked.get("contentType"), CONTENT_TYPES),
        ):
            if given is not None and str(given) not in known:
                raise call_refusal("INVALIDJOB", f"InvalidJob : {given} is none of {', '.join(known)}")
        rule = asked.get("assignmentRuleId")
        options = replace(call.options(), auto_assign=rule or False, hard_delete=operation == "hardDelete")
        now = call.org.clock.now_ms()
        job = IngestJob(
            id=call.org.next_spelled_id("750"),
            sobject=sobject.name,
            operation=operation,
            user_id=call.user_id,
            version=call.version,
            origin=spell_origin("bulkapi", call.version, call.request.headers.get("sforce-call-options", "")),
            created_ms=now,
            changed_ms=now,
            external_id=key,
            delimiter=asked.get("columnDelimiter") or "COMMA",
            line_ending=asked.get("lineEnding") or "LF",
            options=options,
        )
        self.jobs[job.id] = job
        return job

    def upload(self, call: Call) -> Response:
        job = self._find(call)
        if job.state != "Open":
            raise wrong_state(f"InvalidJobState : Job is not open: its state is {job.state}")
        if job.content is not None:
            message = f"Found multiple contents for job: <{job.id}>, please 'Close' / 'Abort' / 'Delete' the current Job then create a new Job and make sure you only do 'PUT' once on a given Job."
            raise call_refusal("MULTIPLE_CONTENTS", message)
        if len(call.request.body) > MAX_CONTENT:
            raise call_refusal("INVALIDBATCH", "InvalidBatch : The file exceeds 150 MB")
        job.content = call.request.body
        return empty(201)

    def change(self, call: Call) -> Response:
        job, state = self._find(call), call.mapping().get("state")
        if state == "UploadComplete" and job.state == "Open":
            self._close(job)
        elif state == "Aborted" and job.state in ("Open", "UploadComplete", "InProgress"):
            job.state, job.changed_ms = "Aborted", call.org.clock.now_ms()
        else:
            raise wrong_state(f"InvalidJobState : a job that is {job.state} cannot become {state}")
        return reply(self._told(job, whole=False))

    def _close(self, job: IngestJob) -> None:
        org = self.instance.org
        job.state = "UploadComplete"
        job.changed_ms = org.clock.now_ms()
        job.due_ms = org.clock.now_ms() + int(org.settings.bulk_delay_s * 1000)
        self.instance.meter.note("DailyBulkApiBatches", 1 + (job.content or b"").count(b"\n") // BATCH)

    # Looking

    def _find(self, call: Call) -> IngestJob:
        return find_job(self.jobs, call)

    def _settled(self, call: Call) -> IngestJob:
        job = self._find(call)
        before = len(job.done)
        self.work.settle(job)
        call.request.params["written"] = str(len(job.done) - before)
        return job

    def show(self, call: Call) -> Response:
        job = self._settled(call)
        return reply(self._told(job, whole=True), writes=int(call.params["written"]))

    def listing(self, call: Call) -> Response:
        return list_jobs(self.jobs, call, lambda job: self._told(job, whole=False), "ingest")

    def _told(self, job: IngestJob, *, whole: bool) -> dict[str, Any]:
        told: dict[str, Any] = {
            "id": job.id,
            "operation": job.operation,
            "object": job.sobject,
            "createdById": job.user_id,
            "createdDate": spell_ms(job.created_ms),
            "systemModstamp": spell_ms(job.changed_ms),
            "state": job.state,
            **({"externalIdFieldName": job.external_id} if job.external_id else {}),
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(job.version),
            "contentUrl": f"services/data/v{job.version}/jobs/ingest/{job.id}/batches",
            "lineEnding": job.line_ending,
            "columnDelimiter": job.delimiter,
        }
        if not whole:
            return told
        if job.state != "Open":
            del told["contentUrl"]
        return told | {
            "jobType": "V2Ingest",
            "numberRecordsProcessed": len(job.done) + len(job.failed),
            "numberRecordsFailed": len(job.failed),
            "retries": 0,
            "totalProcessingTime": 2 * (len(job.done) + len(job.failed)),
            "apiActiveProcessingTime": len(job.done) + len(job.failed),
            "apexProcessingTime": 0,
            **({"errorMessage": job.error} if job.error else {}),
        }

    # Results

    def _csv(self, job: IngestJob, extra: Sequence[str], rows: Iterator[Sequence[str]]) -> Response:
        delimiter, ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
        body = spell_csv([*extra, *job.header], rows, delimiter=delimiter, ending=ending)
        return Response(body=body, content_type=CSV_TYPE)

    def successes(self, call: Call) -> Response:
        job = self._settled(call)
        rows = ([o.record_id, str(o.created).lower(), *o.cells] for o in job.done)
        return self._csv(job, ("sf__Id", "sf__Created"), rows)

    def failures(self, call: Call) -> Response:
        job = self._settled(call)
        rows = ([o.record_id, o.error, *o.cells] for o in job.failed)
        return self._csv(job, ("sf__Id", "sf__Error"), rows)

    def unprocessed(self, call: Call) -> Response:
        job = self._settled(call)
        return self._csv(job, (), iter(job.unprocessed))

    def delete(self, call: Call) -> Response:
        job = self._settled(call)
        if job.state in ("Open", "InProgress"):
            raise wrong_state(f"InvalidJobState : a job that is {job.state} cannot be deleted")
        del self.jobs[job.id]
        return empty()


def add_routes(instance: Instance) -> None:
    jobs = IngestJobs(instance, Ingest(instance.org))
    serve = instance.serve
    serve("POST", "/jobs/ingest", jobs.create)
    serve("GET", "/jobs/ingest", jobs.listing)
    serve("GET", "/jobs/ingest/{id}", jobs.show)
    serve("PATCH", "/jobs/ingest/{id}", jobs.change)
    serve("DELETE", "/jobs/ingest/{id}", jobs.delete)
    serve("PUT", "/jobs/ingest/{id}/batches", jobs.upload)
    serve("GET", "/jobs/ingest/{id}/successfulResults", jobs.successes)
    serve("GET", "/jobs/ingest/{id}/failedResults", jobs.failures)
    serve("GET", "/jobs/ingest/{id}/unprocessedrecords", jobs.unprocessed)
