"""What ingest and query jobs share over HTTP: finding them, listing them, multipart bodies."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.errors import call_refusal, not_found
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.rest.frame import Call, reply

PAGE = 1000

Job = TypeVar("Job")


def find_job(jobs: Mapping[str, Job], call: Call) -> Job:
    """Raises Refusal (404)."""
    job = jobs.get(full_id(call.params["id"]) or "")
    if job is None:
        raise not_found()
    return job


def list_jobs(jobs: Mapping[str, Job], call: Call, tell: Callable[[Job], dict[str, Any]], kind: str) -> Response:
    """A page of 1,000 jobs, in the order they were made; `queryLocator` is the id the page starts with."""
    ids = list(jobs)
    start_at = call.request.one("queryLocator")
    start = ids.index(start_at) if start_at in ids else 0
    page = ids[start : start + PAGE]
    rest = ids[start + PAGE :]
    following = f"{call.root}/jobs/{kind}?queryLocator={rest[0]}" if rest else None
    return reply({"done": not rest, "records": [tell(jobs[i]) for i in page], "nextRecordsUrl": following})


def read_parts(content_type: str, body: bytes) -> dict[str, bytes]:
    """The parts of a multipart body by name. Raises Refusal."""
    found = re.search(r'boundary="?([^";]+)"?', content_type)
    if found is None:
        raise call_refusal("INVALID_MULTIPART_REQUEST", "The multipart request has no boundary")
    parts: dict[str, bytes] = {}
    for piece in body.split(b"--" + found[1].encode())[1:-1]:
        head, _, content = piece.lstrip(b"\r\n").partition(b"\r\n\r\n")
        if not content:
            head, _, content = piece.lstrip(b"\n").partition(b"\n\n")
        name = re.search(rb'name="?([^";\r\n]+)"?', head)
        if name is not None:
            parts[name[1].decode()] = content.removesuffix(b"\n").removesuffix(b"\r")
    return parts
