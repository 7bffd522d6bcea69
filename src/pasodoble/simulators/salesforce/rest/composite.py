"""`/composite`, `/composite/batch`, `/composite/graph`, `/composite/tree`: several calls in one.

Source: REST API Developer Guide, "Composite Resources". What a subrequest does is its own route's business.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson

from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.salesforce.errors import call_refusal
from pasodoble.simulators.salesforce.org import Transaction
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, answer_error, reply

MAX_SUBREQUESTS, MAX_HEAVY = 25, 5
MAX_GRAPH_NODES, MAX_GRAPHS, MAX_DEPTH, MAX_KINDS, MAX_FAILED_GRAPHS = 500, 75, 15, 15, 14
REFERENCE = re.compile(r"@\{([A-Za-z0-9_]+)((?:\.[A-Za-z0-9_]+|\[\d+\])*)\}")
_STEP = re.compile(r"\.([A-Za-z0-9_]+)|\[(\d+)\]")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*\Z")
HALTED = "The transaction was rolled back since another operation in the same transaction failed."


class Unresolved(Exception):
    """A reference that leads nowhere."""


@dataclass(slots=True)
class Node:
    """One subrequest of a composite or graph, with its answer once it ran."""

    method: str
    url: str
    reference_id: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 0
    answer: Any = None
    answer_headers: dict[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.status >= 400

    def references(self) -> set[str]:
        """The reference ids that the url and the body name."""
        return {match[1] for match in REFERENCE.finditer(self.url + orjson.dumps(self.body).decode())}

    def told(self) -> dict[str, Any]:
        return {
            "body": self.answer,
            "httpHeaders": self.answer_headers,
            "httpStatusCode": self.status,
            "referenceId": self.reference_id,
        }

    def halt(self, code: str = "PROCESSING_HALTED", message: str = HALTED) -> None:
        self.status, self.answer_headers = 400, {}
        self.answer = [{"errorCode": code, "message": message}]


def read_nodes(items: Any) -> list[Node]:
    """Raises Refusal: no list, a key missing, a reference id twice."""
    if not isinstance(items, list) or not items:
        raise call_refusal("JSON_PARSER_ERROR", "compositeRequest must be a list of subrequests")
    nodes = []
    for item in items:
        if not isinstance(item, dict) or not all(
            isinstance(item.get(k), str) for k in ("method", "url", "referenceId")
        ):
            raise call_refusal("JSON_PARSER_ERROR", "Each subrequest needs method, url and referenceId")
        if not _ID.match(item["referenceId"]):
            message = f"Provided referenceId ('{item['referenceId']}') must start with a letter or a number, and must contain only letters, numbers and underscores ('_')."
            raise call_refusal("INVALID_INPUT", message)
        headers = item.get("httpHeaders") or {}
        nodes.append(
            Node(
                item["method"].upper(),
                item["url"],
                item["referenceId"],
                item.get("body"),
                {str(name).lower(): str(value) for name, value in headers.items()},
            )
        )
    ids = [node.reference_id for node in nodes]
    if len(set(ids)) != len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise call_refusal("INVALID_INPUT", f"Duplicate referenceId: {twice}. referenceId must be unique")
    return nodes


# References


def follow(answers: Mapping[str, Any], match: re.Match[str]) -> Any:
    """The value that `@{ref.records[0].Id}` stands for. Raises Unresolved."""
    if match[1] not in answers:
        raise Unresolved(f"Invalid reference specified. No value for {match[1]}{match[2]} found in {match[1]}")
    value = answers[match[1]]
    for name, index in _STEP.findall(match[2]):
        if index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        elif name and isinstance(value, dict) and (key := _key_of(value, name)) is not None:
            value = value[key]
        else:
            path = f"{match[1]}{match[2]}"
            raise Unresolved(f"Invalid reference specified. No value for {path} found in {match[1]}")
    return value


def _key_of(value: Mapping[str, Any], name: str) -> str | None:
    if name in value:
        return name
    return next((key for key in value if key.lower() == name.lower()), None)


def resolve(value: Any, answers: Mapping[str, Any], *, in_url: bool = False) -> Any:
    """`value` with all references in it replaced. Raises Unresolved."""
    match value:
        case str():
            whole = REFERENCE.fullmatch(value)
            if whole and not in_url:
                return follow(answers, whole)

            def spell(found: re.Match[str]) -> str:
                text = str(follow(answers, found))
                return quote(text, safe="-_.~ ") if in_url and "?" not in value[: found.start()] else text

            return REFERENCE.sub(spell, value)
        case dict():
            return {key: resolve(item, answers) for key, item in value.items()}
        case list():
            return [resolve(item, answers) for item in value]
        case _:
            return value


# Running


def spell_request(outer: Call, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Request:
    """A subrequest as the router knows requests."""
    path, _, query = url.partition("?")
    inherited = {k: v for k, v in outer.request.headers.items() if k.startswith("sforce-") or k == "host"}
    raw = b"" if body is None else orjson.dumps(body)
    return Request(
        method=method,
        path=path if path.startswith("/") else "/" + path,
        raw_query=query.replace(" ", "%20"),
        headers={**inherited, "content-type": "application/json", **headers},
        body=raw,
    )


def run_node(call: Call, node: Node, answers: dict[str, Any], work: Transaction | None) -> Response | None:
    """Run one subrequest; None when a reference in it could not be resolved."""
    try:
        url = resolve(node.url, answers, in_url=True)
        body = resolve(node.body, answers)
    except Unresolved as error:
        node.halt(message=str(error))
        return None
    response = call.instance.run_inside(call, spell_request(call, node.method, url, body, node.headers), work)
    node.status = response.status
    node.answer = orjson.loads(response.body) if response.body else None
    node.answer_headers = {n: v for n, v in response.headers if n in ("Location", "ETag", "Last-Modified")}
    if not node.failed:
        answers[node.reference_id] = node.answer
    return response


def run_all(call: Call, nodes: list[Node], *, all_or_none: bool, work: Transaction) -> tuple[int, int]:
    """Run in order; (records, writes). With `all_or_none` one failure takes back all and marks the others."""
    answers: dict[str, Any] = {}
    records = writes = 0
    mark = work.mark()
    failed: set[str] = set()
    for node in nodes:
        if node.references() & failed:
            node.halt(message="Invalid reference specified. A referenced operation failed.")
        else:
            response = run_node(call, node, answers, work)
            records += response.records if response else 0
            writes += response.writes if response else 0
        if node.failed:
            failed.add(node.reference_id)
            if all_or_none:
                break
    if failed and all_or_none:
        work.rollback(mark)
        for node in nodes:
            if not node.failed:
                node.halt()
        return records, 0
    return records, writes


def is_heavy(node: Node) -> bool:
    """Whether a subrequest counts to the five that may be queries or collections."""
    path = node.url.partition("?")[0].rstrip("/")
    return bool(re.search(r"/(query|queryAll)(/|$)|/composite/sobjects", path))


def composite(call: Call) -> Response:
    body = call.mapping()
    nodes = read_nodes(body.get("compositeRequest"))
    if len(nodes) > MAX_SUBREQUESTS:
        message = f"Limit of {MAX_SUBREQUESTS} subrequests exceeded"
        raise call_refusal("LIMIT_EXCEEDED", message)
    if sum(map(is_heavy, nodes)) > MAX_HEAVY:
        message = f"Limit of {MAX_HEAVY} query and collection subrequests exceeded"
        raise call_refusal("LIMIT_EXCEEDED", message)
    with call.org.transaction(call.user_id, call.origin()) as work:
        records, writes = run_all(call, nodes, all_or_none=body.get("allOrNone") is True, work=work)
    told = {"compositeResponse": [node.told() for node in nodes]}
    return reply(told, records=records, writes=writes)


# Graphs


def check_graph(nodes: list[Node]) -> None:
    """Raises Refusal."""
    if len(nodes) > MAX_GRAPH_NODES:
        raise call_refusal("LIMIT_EXCEEDED", f"A graph takes at most {MAX_GRAPH_NODES} nodes")
    kinds = {(node.method, *node.url.partition("?")[0].strip("/").split("/")[2:5]) for node in nodes}
    if len(kinds) > MAX_KINDS:
        raise call_refusal("LIMIT_EXCEEDED", f"A graph takes at most {MAX_KINDS} different kinds of nodes")
    if any("/sobjects/" not in node.url for node in nodes):
        raise call_refusal("INVALID_INPUT", "Only sObject rows can be nodes of a graph")
    depth: dict[str, int] = {}
    for node in nodes:
        depth[node.reference_id] = 1 + max((depth.get(name, 0) for name in node.references()), default=0)
    if max(depth.values()) > MAX_DEPTH:
        raise call_refusal("LIMIT_EXCEEDED", f"A graph is at most {MAX_DEPTH} nodes deep")


def graph(call: Call) -> Response:
    given = call.mapping().get("graphs")
    if not isinstance(given, list) or not all(isinstance(g, dict) and "graphId" in g for g in given):
        raise call_refusal("JSON_PARSER_ERROR", "graphs must be a list, each with graphId and compositeRequest")
    if len(given) > MAX_GRAPHS:
        raise call_refusal("LIMIT_EXCEEDED", f"Limit of {MAX_GRAPHS} graphs exceeded")
    parsed = [(item["graphId"], read_nodes(item.get("compositeRequest"))) for item in given]
    if sum(len(nodes) for _, nodes in parsed) > MAX_GRAPH_NODES:
        raise call_refusal("LIMIT_EXCEEDED", f"Limit of {MAX_GRAPH_NODES} nodes in all graphs exceeded")
    for _, nodes in parsed:
        check_graph(nodes)
    told, failures, records, writes = [], 0, 0, 0
    for graph_id, nodes in parsed:
        if failures >= MAX_FAILED_GRAPHS:
            for node in nodes:
                node.halt()
        else:
            with call.org.transaction(call.user_id, call.origin()) as work:
                seen, written = run_all(call, _in_order(nodes), all_or_none=True, work=work)
            records, writes = records + seen, writes + written
        successful = not any(node.failed for node in nodes)
        failures += not successful
        response = {"compositeResponse": [node.told() for node in nodes]}
        told.append({"graphId": graph_id, "graphResponse": response, "isSuccessful": successful})
    return reply({"graphs": told}, records=records, writes=writes)


def _in_order(nodes: list[Node]) -> list[Node]:
    """Each node after those it refers to; else as given."""
    placed: dict[str, Node] = {}
    waiting = list(nodes)
    known = {node.reference_id for node in nodes}
    while waiting:
        ready = [n for n in waiting if not (n.references() & known) - placed.keys()] or waiting[:1]
        placed.update((node.reference_id, node) for node in ready)
        waiting = [node for node in waiting if node.reference_id not in placed]
    return list(placed.values())


# Batch


def batch(call: Call) -> Response:
    body = call.mapping()
    items = body.get("batchRequests")
    if not isinstance(items, list) or not items:
        raise call_refusal("JSON_PARSER_ERROR", "batchRequests must be a list of subrequests")
    if len(items) > MAX_SUBREQUESTS:
        raise call_refusal("LIMIT_EXCEEDED", f"Limit of {MAX_SUBREQUESTS} subrequests exceeded")
    call.instance.meter.count(len(items) - 1)
    results: list[dict[str, Any]] = []
    halted, records, writes = False, 0, 0
    for item in items:
        if halted:
            stop = [{"errorCode": "BATCH_PROCESSING_HALTED", "message": "Batch processing halted per request"}]
            results.append({"statusCode": 412, "result": stop})
            continue
        response = _run_batch_item(call, item)
        records, writes = records + response.records, writes + response.writes
        results.append(
            {"statusCode": response.status, "result": orjson.loads(response.body) if response.body else None}
        )
        halted = response.status >= 400 and body.get("haltOnError") is True
    has_errors = any(result["statusCode"] >= 400 for result in results)
    answer = reply({"hasErrors": has_errors, "results": results}, records=records, writes=writes)
    answer.cost = len(items)
    return answer


def _run_batch_item(call: Call, item: Any) -> Response:
    if not isinstance(item, dict) or not isinstance(item.get("url"), str) or not isinstance(item.get("method"), str):
        return answer_error(call.request, call_refusal("JSON_PARSER_ERROR", "Each subrequest needs method and url"))
    url = item["url"]
    if not url.lstrip("/").startswith("services/"):
        url = "/services/data/" + url.lstrip("/")
    request = spell_request(call, item["method"].upper(), url, item.get("richInput"), {})
    return call.instance.run_inside(call, request, None)


def add_routes(instance: Instance) -> None:
    instance.serve("POST", "/composite", composite)
    instance.serve("GET", "/composite", list_composites)
    instance.serve("POST", "/composite/graph", graph)
    instance.serve("POST", "/composite/batch", batch)


def list_composites(call: Call) -> Response:
    names = ("tree", "batch", "sobjects", "graph")
    return reply({name: f"{call.root}/composite/{name}" for name in names})
