"""The door's own routes beside those both simulators share (calls, faults, clock)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from pasodoble.simulators.door import DoorError, door_json, refuse
from pasodoble.simulators.http import DOOR, Handler, Request, Response, json_response
from pasodoble.simulators.salesforce.door.actions import Desk, act
from pasodoble.simulators.salesforce.door.setup import Setup
from pasodoble.simulators.salesforce.door.snapshots import Snapshots
from pasodoble.simulators.salesforce.errors import Refusal, WrongShape
from pasodoble.simulators.salesforce.ids import full_id
from pasodoble.simulators.salesforce.journal import Journal
from pasodoble.simulators.salesforce.org_file import OrgFileError, load_org, save_org
from pasodoble.simulators.salesforce.rest.frame import Instance


class Door:
    """The handlers."""

    def __init__(self, instance: Instance, journal: Journal, desk: Desk) -> None:
        self._desk = desk
        self._journal = journal
        self._setup = Setup(instance.org, instance.meter)
        self._snapshots = Snapshots(instance.org)

    def actions(self, request: Request) -> Response:
        """One action, or a list of them, each in a transaction of its own; the first that is refused ends it."""
        orders = door_json(request)
        if not isinstance(orders, list):
            return json_response(act(self._desk, orders), writes=1)
        return json_response({"done": [act(self._desk, order) for order in orders]}, writes=len(orders))

    def show_schema(self, _request: Request) -> Response:
        return json_response(self._setup.tell())

    def change_schema(self, request: Request) -> Response:
        return json_response(self._setup.change(door_json(request)))

    def show_journal(self, request: Request) -> Response:
        """`after` a commit's number, of one `object` or `record`, at most `limit`; `next` is the `after` to go on from."""
        after, limit = request.one("after", "0") or "0", request.one("limit", "100000") or "100000"
        if not after.isdigit() or not limit.isdigit():
            raise DoorError("after and limit are whole numbers")
        record = request.one("record")
        entries = self._journal.entries(
            after=int(after), sobject=request.one("object"), record=full_id(record) or record if record else None
        )
        shown = list(islice(entries, int(limit)))
        return json_response({"journal": shown, "next": shown[-1]["commit"] if shown else int(after)})

    def clear_journal(self, _request: Request) -> Response:
        self._journal.clear()
        return json_response({"journal": [], "next": 0})

    def list_snapshots(self, _request: Request) -> Response:
        return json_response(self._snapshots.listing())

    def take_snapshot(self, request: Request) -> Response:
        return json_response(self._snapshots.take(door_json(request)))

    def restore_snapshot(self, request: Request) -> Response:
        try:
            return json_response(self._snapshots.restore(request.params["name"]))
        except DoorError as error:
            return refuse(str(error), 404)

    def snapshot_to_file(self, request: Request) -> Response:
        """`{"save": file}` or `{"load": file}`."""
        match door_json(request):
            case {"save": str(path)}:
                save_org(self._desk.org, Path(path))
                return json_response({"saved": path})
            case {"load": str(path)}:
                load_org(self._desk.org, Path(path))
                return json_response({"loaded": path})
        raise DoorError('a snapshot takes {"save": file} or {"load": file}')


def _kept(handler: Callable[[Request], Response]) -> Handler:
    """A handler whose refusals become the door's own answers."""

    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except Refusal as error:
            return json_response({"error": str(error), "errors": error.rest()}, 400)
        except (DoorError, WrongShape, OrgFileError) as error:
            return refuse(str(error))

    return answer


def add_routes(instance: Instance, journal: Journal, desk: Desk) -> None:
    door = Door(instance, journal, desk)
    for method, path, handler in (
        ("POST", "actions", door.actions),
        ("GET", "schema", door.show_schema),
        ("PATCH", "schema", door.change_schema),
        ("GET", "journal", door.show_journal),
        ("DELETE", "journal", door.clear_journal),
        ("GET", "snapshots", door.list_snapshots),
        ("POST", "snapshots", door.take_snapshot),
        ("POST", "snapshots/{name}/restore", door.restore_snapshot),
        ("POST", "snapshot", door.snapshot_to_file),
    ):
        instance.router.add(method, DOOR + path, _kept(handler))
