"""The door's own routes beside those both simulators share (calls, faults, clock)."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from pasodoble.simulators.door import DoorError, door_json, refuse
from pasodoble.simulators.http import DOOR, Request, Response, json_response
from pasodoble.simulators.salesforce.door.actions import Desk, act
from pasodoble.simulators.salesforce.door.setup import Setup
from pasodoble.simulators.salesforce.door.snapshots import Snapshots
from pasodoble.simulators.salesforce.errors import Refusal, WrongShape
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.journal import Journal
from pasodoble.simulators.salesforce.org_file import OrgFileError, load_org, save_org
from pasodoble.simulators.salesforce.rest.frame import Instance


def add_routes(instance: Instance, journal: Journal, desk: Desk) -> None:
    setup = Setup(instance.org, instance.meter)
    snapshots = Snapshots(instance.org)

    def actions(request: Request) -> Response:
        try:
            orders = door_json(request)
            done = [act(desk, order) for order in (orders if isinstance(orders, list) else [orders])]
        except DoorError as error:
            return refuse(str(error))
        except Refusal as error:
            return json_response({"error": str(error), "errors": error.rest()}, 400)
        except WrongShape as error:
            return refuse(str(error))
        return json_response({"done": done} if isinstance(orders, list) else done[0], writes=len(done))

    def schema(request: Request) -> Response:
        try:
            return json_response(setup.tell() if request.method == "GET" else setup.change(door_json(request)))
        except DoorError as error:
            return refuse(str(error))

    def read_journal(request: Request) -> Response:
        after, limit = request.one("after", "0") or "0", request.one("limit", "100000") or "100000"
        if not after.isdigit() or not limit.isdigit():
            return refuse("after and limit are whole numbers")
        record = request.one("record")
        entries = journal.entries(
            after=int(after), sobject=request.one("object"), record=full_id(record) or record if record else None
        )
        shown = list(islice(entries, int(limit)))
        return json_response({"journal": shown, "next": shown[-1]["commit"] if shown else int(after)})

    def clear_journal(_request: Request) -> Response:
        journal.clear()
        return json_response({"journal": [], "next": 0})

    def take(request: Request) -> Response:
        try:
            return json_response(snapshots.take(door_json(request)))
        except DoorError as error:
            return refuse(str(error))

    def restore(request: Request) -> Response:
        try:
            return json_response(snapshots.restore(request.params["name"]))
        except DoorError as error:
            return refuse(str(error), 404)

    def to_file(request: Request) -> Response:
        """`{"save": file}` or `{"load": file}`."""
        try:
            match door_json(request):
                case {"save": str(path)}:
                    save_org(instance.org, Path(path))
                    return json_response({"saved": path})
                case {"load": str(path)}:
                    load_org(instance.org, Path(path))
                    return json_response({"loaded": path})
        except (DoorError, OrgFileError) as error:
            return refuse(str(error))
        return refuse('a snapshot takes {"save": file} or {"load": file}')

    add = instance.router.add
    add("POST", DOOR + "snapshot", to_file)
    add("POST", DOOR + "actions", actions)
    add("GET PATCH", DOOR + "schema", schema)
    add("GET", DOOR + "journal", read_journal)
    add("DELETE", DOOR + "journal", clear_journal)
    add("GET", DOOR + "snapshots", lambda _request: json_response(snapshots.listing()))
    add("POST", DOOR + "snapshots", take)
    add("POST", DOOR + "snapshots/{name}/restore", restore)
