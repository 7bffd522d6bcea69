"""`/jobs/query`: Bulk API 2.0 query jobs, their CSV results by locator. The query language is `soql`."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.bulk import DELIMITERS, LINE_ENDINGS, spell_csv
from pasodoble.simulators.salesforce.errors import Refusal, call_refusal
from pasodoble.simulators.salesforce.moments import spell_ms
from pasodoble.simulators.salesforce.rest.bulk_ingest import CSV_TYPE, wrong_state
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, empty, reply
from pasodoble.simulators.salesforce.rest.jobs import find_job, list_jobs
from pasodoble.simulators.salesforce.schema import COMPOUND_TYPES
from pasodoble.simulators.salesforce.soql import Answer, run_query
from pasodoble.simulators.salesforce.soql.syntax import Call as FunctionCall
from pasodoble.simulators.salesforce.soql.syntax import Child, Column, Path, TypeOf

DEFAULT_PAGE = 100_000
PAGE_LINKS = 5
PAGES_SINCE = 58.0


@dataclass(slots=True)
class QueryJob:
    """One query job. `answer` is there once it has run; `columns` are the header and how to reach each value."""

    id: str
    operation: str
    query: str
    user_id: str
    version: str
    created_ms: int
    due_ms: int
    sobject: str
    delimiter: str
    line_ending: str
    state: str = "UploadComplete"
    changed_ms: int = 0
    answer: Answer | None = None
    columns: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


def _not_supported(what: str) -> Refusal:
    return call_refusal("API_ERROR", f"{what} not supported in Bulk Query")


def check_bulk_query(answer: Answer) -> None:
    """Refuse what a query job cannot do. Raises Refusal."""
    query = answer.query
    if query.grouping is not None:
        raise _not_supported("GROUP BY")
    if query.offset is not None:
        raise _not_supported("OFFSET")
    for item in query.items:
        if isinstance(item, TypeOf):
            raise _not_supported("TYPEOF")
        if isinstance(item, Child):
            raise _not_supported("Aggregate Relationships")
        if isinstance(item, Column) and isinstance(item.expression, FunctionCall):
            raise _not_supported(f"Function {item.expression.name}")
        if isinstance(item, Column) and isinstance(item.expression, Path) and len(item.expression.names) == 1:
            found = answer.sobject.find_field(item.expression.names[0])
            if found is not None and found.type in COMPOUND_TYPES:
                raise _not_supported("Compound field")


def _columns(answer: Answer, call: Call) -> list[tuple[str, tuple[str, ...]]]:
    """Header and path of every column, in the order of the query."""
    out: list[tuple[str, tuple[str, ...]]] = []
    for item in answer.query.items:
        if isinstance(item, Column) and isinstance(item.expression, Path):
            names = item.expression.names
            own = {answer.sobject.name.lower(), (answer.query.alias or "").lower()}
            names = names[1:] if len(names) > 1 and names[0].lower() in own else names
            out.append((".".join(names), names))
        else:
            fields = call.view.fields(answer.sobject)
            out += [(f.name, (f.name,)) for f in fields if f.type not in COMPOUND_TYPES]
    return out


def _reach(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    value: Any = record
    for name in names:
        if not isinstance(value, dict):
            return None
        value = value[name] if name in value else next((v for k, v in value.items() if k.lower() == name.lower()), None)
    return value


def spell_cell(value: Any) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text.removesuffix("+0000") + "Z" if text.endswith(".000+0000") and text[10:11] == "T" else text


def spell_locator(start: int) -> str:
    return base64.urlsafe_b64encode(str(start).encode()).decode().rstrip("=")


def read_locator(text: str) -> int:
    """Raises Refusal."""
    try:
        return int(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error):
        raise call_refusal("INVALID_QUERY_LOCATOR", f"invalid query locator: {text}") from None


@dataclass(slots=True)
class QueryJobs:
    """The handlers and the jobs they keep."""

    instance: Instance
    jobs: dict[str, QueryJob] = field(default_factory=dict)

    def create(self, call: Call) -> Response:
        asked = call.mapping()
        operation, query = asked.get("operation"), asked.get("query")
        if operation not in ("query", "queryAll") or not isinstance(query, str):
            raise call_refusal("INVALIDJOB", "InvalidJob : A query job needs operation (query or queryAll) and query")
        for given, known in ((asked.get("columnDelimiter"), DELIMITERS), (asked.get("lineEnding"), LINE_ENDINGS)):
            if given is not None and str(given) not in known:
                raise call_refusal("INVALIDJOB", f"InvalidJob : {given} is none of {', '.join(known)}")
        answer = run_query(query, call.view, version=call.version, deleted=operation == "queryAll")
        check_bulk_query(answer)
        now = call.org.clock.now_ms()
        job = QueryJob(
            id=call.org.next_spelled_id("750"),
            operation=operation,
            query=query,
            user_id=call.user_id,
            version=call.version,
            created_ms=now,
            due_ms=now + int(call.org.settings.bulk_delay_s * 1000),
            sobject=answer.sobject.name,
            delimiter=asked.get("columnDelimiter") or "COMMA",
            line_ending=asked.get("lineEnding") or "LF",
            changed_ms=now,
            columns=_columns(answer, call),
        )
        self.jobs[job.id] = job
        self.instance.meter.note("DailyBulkV2QueryJobs")
        return reply(_told(job, whole=False))

    def _settled(self, call: Call) -> QueryJob:
        """The job, run if its moment has come."""
        job = find_job(self.jobs, call)
        now = call.org.clock.now_ms()
        if job.state in ("UploadComplete", "InProgress"):
            job.state = "InProgress"
            if now >= job.due_ms:
                view = call.org.view(job.user_id)
                job.answer = run_query(job.query, view, version=job.version, deleted=job.operation == "queryAll")
                job.state, job.changed_ms = "JobComplete", now
        return job

    def show(self, call: Call) -> Response:
        return reply(_told(self._settled(call), whole=True))

    def listing(self, call: Call) -> Response:
        return list_jobs(self.jobs, call, lambda job: _told(job, whole=False), "query")

    def change(self, call: Call) -> Response:
        job = find_job(self.jobs, call)
        if call.mapping().get("state") != "Aborted" or job.state not in ("UploadComplete", "InProgress"):
            raise wrong_state(f"InvalidJobState : a query job that is {job.state} can only be deleted")
        job.state = "Aborted"
        return reply(_told(job, whole=False))

    def delete(self, call: Call) -> Response:
        job = self._settled(call)
        if job.state not in ("JobComplete", "Aborted", "Failed"):
            raise wrong_state(f"InvalidJobState : a query job that is {job.state} cannot be deleted")
        del self.jobs[job.id]
        return empty()

    def _results_of(self, call: Call) -> tuple[QueryJob, Answer]:
        job = self._settled(call)
        if job.answer is None:
            raise wrong_state(f"InvalidJobState : a query job that is {job.state} has no results")
        if job.version != call.version:
            message = f"The job was made in version {job.version}: read its results there"
            raise call_refusal("API_ERROR", message, 409)
        return job, job.answer

    def results(self, call: Call) -> Response:
        job, answer = self._results_of(call)
        locator, most = call.request.one("locator"), call.request.one("maxRecords")
        start = read_locator(locator) if locator else 0
        size = int(most) if most and most.isdigit() and int(most) > 0 else DEFAULT_PAGE
        records = answer.page(start, size)
        rows = ([spell_cell(_reach(record, path)) for _, path in job.columns] for record in records)
        header = [name for name, _ in job.columns]
        delimiter, ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
        response = Response(
            body=spell_csv(header, rows, delimiter=delimiter, ending=ending),
            content_type=CSV_TYPE,
            records=len(records),
        )
        following = start + size
        response.headers.append(
            ("Sforce-Locator", spell_locator(following) if following < len(answer.rows) else "null")
        )
        response.headers.append(("Sforce-NumberOfRecords", str(len(records))))
        return response

    def pages(self, call: Call) -> Response:
        """Up to five result addresses to read side by side."""
        job, answer = self._results_of(call)
        if float(call.version) < PAGES_SINCE:
            raise call_refusal("NOT_FOUND", "The requested resource does not exist")
        locator = call.request.one("locator")
        start = read_locator(locator) if locator else 0
        starts = list(range(start, max(len(answer.rows), 1), DEFAULT_PAGE))
        root = f"{call.root}/jobs/query/{job.id}"
        links = [{"resultUrl": f"{root}/results?locator={spell_locator(at)}"} for at in starts[:PAGE_LINKS]]
        rest = starts[PAGE_LINKS:]
        following = f"{root}/resultPages?locator={spell_locator(rest[0])}" if rest else None
        return reply({"resultPages": links, "nextRecordsUrl": following, "done": not rest})


def _told(job: QueryJob, *, whole: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": job.id,
        "operation": job.operation,
        "object": job.sobject,
        "createdById": job.user_id,
        "createdDate": spell_ms(job.created_ms),
        "systemModstamp": spell_ms(job.changed_ms),
        "state": job.state,
        "concurrencyMode": "Parallel",
        "contentType": "CSV",
        "apiVersion": float(job.version),
        "lineEnding": job.line_ending,
        "columnDelimiter": job.delimiter,
    }
    if not whole:
        return told
    count = len(job.answer.rows) if job.answer else 0
    return told | {
        "jobType": "V2Query",
        "numberRecordsProcessed": count,
        "retries": 0,
        "totalProcessingTime": count // 10,
        "isPkChunkingSupported": " limit " not in job.query.lower() and " order " not in job.query.lower(),
    }


def add_routes(instance: Instance) -> None:
    jobs = QueryJobs(instance)
    routes: list[tuple[str, str, Callable[[Call], Response]]] = [
        ("POST", "", jobs.create),
        ("GET", "", jobs.listing),
        ("GET", "/{id}", jobs.show),
        ("PATCH", "/{id}", jobs.change),
        ("DELETE", "/{id}", jobs.delete),
        ("GET", "/{id}/results", jobs.results),
        ("GET", "/{id}/resultPages", jobs.pages),
    ]
    for method, tail, handler in routes:
        instance.serve(method, "/jobs/query" + tail, handler)
