"""Bulk API 2.0 work: ingest jobs that write CSV rows, query jobs that keep an answer. No HTTP here.

A job is worked through the first time somebody looks at it after its due moment, so that nothing runs by itself and the
same calls give the same records. Source: "Bulk API 2.0 and Bulk API" guide.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pasodoble.simulators.salesforce.errors import Refusal, WrongShape, refusal
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.org import Org
from pasodoble.simulators.salesforce.schema import Sobject
from pasodoble.simulators.salesforce.view import View
from pasodoble.simulators.salesforce.writes import WriteOptions, Writer

DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
CHUNK = 200
BATCH = 10_000
NULL = "#N/A"
MAX_FIELD, MAX_RECORD, MAX_HEADER = 32_000, 400_000, 32_000

csv.field_size_limit(MAX_RECORD * 10)


@dataclass(slots=True)
class Outcome:
    """What became of one row: its id ("" when there is none), whether it was made, or why not."""

    record_id: str
    created: bool
    error: str
    cells: Sequence[str]


@dataclass(slots=True)
class IngestJob:
    """One ingest job. `content` is the CSV until it is worked through."""

    id: str
    sobject: str
    operation: str
    user_id: str
    version: str
    origin: str
    created_ms: int
    external_id: str | None = None
    delimiter: str = "COMMA"
    line_ending: str = "LF"
    options: WriteOptions = field(default_factory=WriteOptions)
    state: str = "Open"
    content: bytes | None = None
    due_ms: int = 0
    changed_ms: int = 0
    error: str | None = None
    header: list[str] = field(default_factory=list)
    done: list[Outcome] = field(default_factory=list)
    failed: list[Outcome] = field(default_factory=list)
    unprocessed: list[Sequence[str]] = field(default_factory=list)


class BadFile(Exception):
    """A CSV that the whole job fails for; the text is the job's errorMessage."""


class Ingest:
    """Works jobs through."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def settle(self, job: IngestJob) -> None:
        """Bring a closed job to its end if its moment has come."""
        if job.state not in ("UploadComplete", "InProgress"):
            return
        now = self._org.clock.now_ms()
        if now < job.due_ms:
            job.state = "InProgress"
            return
        try:
            self._work(job)
            job.state = "JobComplete"
        except BadFile as error:
            job.state, job.error = "Failed", str(error)
        job.changed_ms, job.content = now, None

    def _work(self, job: IngestJob) -> None:
        """Raises BadFile."""
        rows = self._read(job)
        view = self._org.view(job.user_id)
        sobject = view.find_sobject(job.sobject)
        if sobject is None:
            raise BadFile(f"InvalidBatch : Unknown object: {job.sobject}")
        setters = [_setter(view, sobject, name) for name in job.header]
        writer_of = OPERATORS[job.operation]
        chunk: list[list[str]] = []
        for row in rows:
            chunk.append(row)
            if len(chunk) == CHUNK:
                self._write(job, sobject, setters, writer_of, chunk)
                chunk = []
        if chunk:
            self._write(job, sobject, setters, writer_of, chunk)

    def _read(self, job: IngestJob) -> Iterator[list[str]]:
        """The rows below the header, which goes to the job. Raises BadFile."""
        try:
            text = (job.content or b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            raise BadFile("InvalidBatch : The file is not UTF-8") from None
        ending = LINE_ENDINGS[job.line_ending]
        first = text.find("\n")
        if first > 0 and (text[first - 1] == "\r") != (ending == "\r\n"):
            shown = job.line_ending
            raise BadFile(
                f"ClientInputError : LineEnding is invalid on user data. Current LineEnding setting is {shown}"
            )
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[job.delimiter])
        job.header = next(reader, [])
        if sum(map(len, job.header)) > MAX_HEADER:
            raise BadFile(f"InvalidBatch : The header is longer than {MAX_HEADER} characters")
        return (row for row in reader if row)

    def _write(
        self,
        job: IngestJob,
        sobject: Sobject,
        setters: list[Setter],
        operate: Operator,
        chunk: list[list[str]],
    ) -> None:
        with self._org.transaction(job.user_id, job.origin) as work:
            writer = Writer(work, self._org.view(job.user_id), job.options)
            for cells in chunk:
                mark = work.mark()
                given: dict[str, Any] = {}
                try:
                    if len(cells) != len(setters):
                        raise refusal(
                            "INVALID_INPUT", f"The row has {len(cells)} values, the header {len(setters)}", []
                        )
                    for setter, cell in zip(setters, cells, strict=True):
                        if cell:
                            setter(given, None if cell == NULL else cell)
                    record_id, created = operate(writer, sobject, job, given)
                    job.done.append(Outcome(record_id, created, "", cells))
                except (Refusal, WrongShape) as error:
                    work.rollback(mark)
                    named = str(given.get("Id") or "")
                    job.failed.append(Outcome(named, False, spell_error(error), cells))


Setter = Callable[[dict[str, Any], str | None], None]
Operator = Callable[[Writer, Sobject, IngestJob, dict[str, Any]], tuple[str, bool]]


def spell_error(error: Refusal | WrongShape) -> str:
    """`CODE:message:fields --`."""
    if isinstance(error, WrongShape):
        message = f"{error.field_name}: value not of required type: {error.value}"
        return f"INVALID_TYPE_ON_FIELD_IN_RECORD:{message}:{error.field_name} --"
    return ";".join(f"{w.code}:{w.message}:{','.join(w.fields or ())} --" for w in error.wrongs)


def _setter(view: View, sobject: Sobject, name: str) -> Setter:
    """How one column goes into a record: a field, or a parent by its key (`Owner.Email`, `Lead:Who.Email`)."""
    path, _, key = name.partition(".")
    if not key:
        item = view.find_field(sobject, name)
        if item is None:
            raise BadFile(f"InvalidBatch : Field name not found : {name}")
        spelled = item.name
        return lambda given, value: given.__setitem__(spelled, value)
    wanted, _, relationship = path.rpartition(":")
    parent = sobject.find_parent(relationship)
    target = view.find_sobject(wanted or (parent.refers_to[0] if parent and parent.refers_to else ""))
    if parent is None or target is None or view.find_field(target, key) is None:
        raise BadFile(f"InvalidBatch : Field name not found : {name}")
    named = {"type": target.name}

    def set_parent(given: dict[str, Any], value: str | None) -> None:
        given[relationship] = None if value is None else {"attributes": named, key: value}

    return set_parent


def _own_id(writer: Writer, sobject: Sobject, given: dict[str, Any]) -> str:
    named = given.get("Id")
    whole = full_id(named) if isinstance(named, str) else None
    if not named:
        raise refusal("MISSING_ARGUMENT", "Id not specified", ["Id"])
    row = writer.view.get(sobject, whole, deleted=True) if whole else None
    if whole is None or writer.org.sobject_of(whole) is None:
        raise refusal("MALFORMED_ID", f"malformed id {named}", ["Id"])
    if row is None:
        raise refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if row.get("IsDeleted") and not writer.options.hard_delete:
        raise refusal("ENTITY_IS_DELETED", "entity is deleted", [])
    return whole


def _insert(writer: Writer, sobject: Sobject, _job: IngestJob, given: dict[str, Any]) -> tuple[str, bool]:
    if given.get("Id"):
        raise refusal("INVALID_FIELD_FOR_INSERT_UPDATE", "cannot specify Id in an insert call", ["Id"])
    return writer.insert(sobject, given), True


def _update(writer: Writer, sobject: Sobject, _job: IngestJob, given: dict[str, Any]) -> tuple[str, bool]:
    record_id = _own_id(writer, sobject, given)
    writer.update(sobject, record_id, {k: v for k, v in given.items() if k != "Id"})
    return record_id, False


def _upsert(writer: Writer, sobject: Sobject, job: IngestJob, given: dict[str, Any]) -> tuple[str, bool]:
    item = writer.view.find_field(sobject, job.external_id or "Id")
    if item is None:
        raise refusal("INVALID_FIELD", f"{job.external_id} is no field of {sobject.name}", [])
    value = given.pop(item.name, None)
    if item.type == "id":
        value = _own_id(writer, sobject, {"Id": value}) if value else None
    elif value is None:
        raise refusal("MISSING_ARGUMENT", f"{item.name} not specified", [])
    return writer.upsert(sobject, item, value, given)


def _delete(writer: Writer, sobject: Sobject, _job: IngestJob, given: dict[str, Any]) -> tuple[str, bool]:
    record_id = _own_id(writer, sobject, given)
    if (writer.org.get(record_id) or {}).get("IsDeleted"):
        writer.purge(record_id)
    else:
        writer.delete(sobject, record_id)
    return record_id, False


OPERATORS: dict[str, Operator] = {
    "insert": _insert,
    "update": _update,
    "upsert": _upsert,
    "delete": _delete,
    "hardDelete": _delete,
}


def spell_csv(
    header: Sequence[str], rows: Iterator[Sequence[str]], *, delimiter: str = ",", ending: str = "\n"
) -> bytes:
    """Every value quoted, as result files are."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=ending)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
