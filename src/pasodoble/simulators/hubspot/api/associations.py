"""Associations over HTTP: of one record, in batches (v4 and the older v3), by default types and by labels.

Which types there are is managed in `api.association_types`; what a link entails is in `linking`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.batches import envelope
from pasodoble.simulators.hubspot.api.objects import kind_of, next_link
from pasodoble.simulators.hubspot.bodies import inputs, not_given, page_size
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.linking import link, replace_types
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.removing import unlink_and_tidy
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated

OBJECT_BASES = ("/crm/v4/objects", "/crm/objects/{edition}")
PAIR_BASES = ("/crm/v4/associations", "/crm/associations/{edition}")
MAX_READ: Final = 1000
MAX_CREATE: Final = 2000
MAX_ARCHIVE: Final = 100
PAGE: Final = 500
Shown = dict[str, Any]


class AssociationsApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    # One record

    def list_of_record(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "type", "to")
        from_id = self._live(from_kind, request.params["id"])
        limit = page_size(request, default=PAGE, largest=PAGE)
        rows, after = self._page(from_kind, from_id, to_kind, request.one("after"), limit)
        body: Shown = {"results": rows}
        if after is not None:
            body["paging"] = {"next": {"after": after, "link": next_link(request, after)}}
        return json_response(body, records=len(rows))

    def put_default(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "type", "to")
        from_id, to_id = self._live(from_kind, request.params["id"]), self._live(to_kind, request.params["to_id"])
        link(self.portal, actor_of(request), from_kind, from_id, to_kind, to_id)
        return json_response(
            envelope(self.portal, self._both_ways(from_kind, from_id, to_kind, to_id)), records=1, writes=1
        )

    def put_types(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "type", "to")
        from_id, to_id = self._live(from_kind, request.params["id"]), self._live(to_kind, request.params["to_id"])
        types = _type_ids(request.json())
        replace_types(self.portal, actor_of(request), from_kind, from_id, to_kind, to_id, types)
        return json_response(self._pair(from_kind, from_id, to_kind, to_id), 201, records=1, writes=1)

    def delete_pair(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "type", "to")
        from_id, to_id = self._live(from_kind, request.params["id"]), self._live(to_kind, request.params["to_id"])
        unlink_and_tidy(self.portal, actor_of(request), from_kind, from_id, to_kind, to_id)
        return Response(status=204, records=1, writes=1)

    def list_old(self, request: Request) -> Response:
        """The v3 listing of one record's associations: one row a type, named."""
        from_kind, to_kind = self._ends(request, "type", "to")
        from_id = self._live(from_kind, request.params["id"])
        return json_response({"results": self._named(from_kind, from_id, to_kind)})

    # Batches

    def batch_read(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")
        results, errors = [], []
        for entry in inputs(request, limit=MAX_READ):
            id, after = _id_in(entry), entry.get("after")
            rows, more = self._page(from_kind, int(id) if id.isdecimal() else 0, to_kind, after, MAX_READ)
            if not rows:
                errors.append(_nothing_linked(from_kind, id, to_kind).batch_error())
                continue
            shown: Shown = {"from": {"id": id}, "to": rows}
            if more is not None:
                shown["paging"] = {"next": {"after": more}}
            results.append(shown)
        return self._answer(results, errors)

    def batch_read_old(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")
        results, errors = [], []
        for entry in inputs(request, limit=MAX_READ):
            id = _id_in(entry)
            rows = self._named(from_kind, int(id) if id.isdecimal() else 0, to_kind)
            if rows:
                results.append({"from": {"id": id}, "to": rows})
            else:
                errors.append(_nothing_linked(from_kind, id, to_kind).batch_error())
        return self._answer(results, errors)

    def batch_create(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")

        def make(entry: Shown) -> list[Shown]:
            from_id, to_id = self._pair_in(from_kind, to_kind, entry)
            link(self.portal, actor_of(request), from_kind, from_id, to_kind, to_id, _type_ids(entry.get("types")))
            return [self._pair(from_kind, from_id, to_kind, to_id)]

        return self._each(request, make, status=201)

    def batch_create_old(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")

        def make(entry: Shown) -> list[Shown]:
            from_id, to_id = self._pair_in(from_kind, to_kind, entry)
            named = self._type_named(from_kind, to_kind, str(entry.get("type")))
            link(self.portal, actor_of(request), from_kind, from_id, to_kind, to_id, [named])
            return [{"from": {"id": str(from_id)}, "to": {"id": str(to_id)}, "type": str(entry.get("type"))}]

        return self._each(request, make, status=201)

    def batch_default(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")

        def make(entry: Shown) -> list[Shown]:
            from_id, to_id = self._pair_in(from_kind, to_kind, entry)
            link(self.portal, actor_of(request), from_kind, from_id, to_kind, to_id)
            return self._both_ways(from_kind, from_id, to_kind, to_id)

        return self._each(request, make, status=200)

    def batch_archive(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")
        gone = 0
        for entry in inputs(request, limit=MAX_ARCHIVE):
            targets = entry.get("to") if isinstance(entry.get("to"), list) else [entry.get("to")]
            for target in targets or []:
                from_id, to_id = _id_in(entry.get("from")), _id_in(target)
                if from_id.isdecimal() and to_id.isdecimal():
                    unlink_and_tidy(self.portal, actor_of(request), from_kind, int(from_id), to_kind, int(to_id))
                    gone += 1
        return Response(status=200 if is_dated(request) else 204, records=gone, writes=gone)

    def batch_labels_archive(self, request: Request) -> Response:
        from_kind, to_kind = self._ends(request, "from", "to")
        wanted = inputs(request, limit=MAX_CREATE)
        for entry in wanted:
            from_id, to_id = _id_in(entry.get("from")), _id_in(entry.get("to"))
            if from_id.isdecimal() and to_id.isdecimal():
                types = _type_ids(entry.get("types"))
                unlink_and_tidy(self.portal, actor_of(request), from_kind, int(from_id), to_kind, int(to_id), types)
        return Response(status=200 if is_dated(request) else 204, records=len(wanted), writes=len(wanted))

    def _each(self, request: Request, make: Callable[[Shown], list[Shown]], *, status: int) -> Response:
        """One input after the other; what is refused becomes an error entry."""
        results: list[Shown] = []
        errors: list[Shown] = []
        wanted = inputs(request, limit=MAX_CREATE)
        for entry in wanted:
            try:
                results += make(entry)
            except Refusal as refusal:
                errors.append(refusal.batch_error())
        return self._answer(results, errors, status=status, writes=len(wanted) - len(errors))

    def _answer(self, results: list[Shown], errors: list[Shown], *, status: int = 200, writes: int = 0) -> Response:
        body = envelope(self.portal, results, errors)
        return json_response(body, 207 if errors else status, records=len(results) + len(errors), writes=writes)

    # Ends, pages and shapes

    def _ends(self, request: Request, from_name: str, to_name: str) -> tuple[ObjectType, ObjectType]:
        return kind_of(self.portal, request, from_name), kind_of(self.portal, request, to_name)

    def _live(self, kind: ObjectType, id: str) -> int:
        row = self.portal.tables[kind.type_id].find(int(id)) if id.isdecimal() else None
        if row is None:
            raise missing(f"{kind.constant} {id} does not exist", id=id)
        return row.id

    def _pair_in(self, from_kind: ObjectType, to_kind: ObjectType, entry: Shown) -> tuple[int, int]:
        return self._live(from_kind, _id_in(entry.get("from"))), self._live(to_kind, _id_in(entry.get("to")))

    def _page(
        self, from_kind: ObjectType, from_id: int, to_kind: ObjectType, after: object, limit: int
    ) -> tuple[list[Shown], str | None]:
        """Rows by id from `after` on, and the next `after`."""
        start = int(after) if isinstance(after, str | int) and str(after).isdecimal() else 0
        linked = self.portal.links.of(from_kind.type_id, from_id, to_kind.type_id)
        found = sorted(id for id in linked if id >= start)
        rows = [
            {"toObjectId": str(id), "associationTypes": list(self._specs(from_kind, to_kind, linked[id]))}
            for id in found[:limit]
        ]
        return rows, str(found[limit]) if len(found) > limit else None

    def _specs(self, from_kind: ObjectType, to_kind: ObjectType, types: Sequence[int]) -> Iterator[Shown]:
        for id in types:
            kind = self.portal.link_types.find(from_kind.type_id, to_kind.type_id, id)
            if kind is not None:
                yield {"category": kind.category, "typeId": kind.id, "label": kind.label}

    def _named(self, from_kind: ObjectType, from_id: int, to_kind: ObjectType) -> list[Shown]:
        linked = self.portal.links.of(from_kind.type_id, from_id, to_kind.type_id)
        known = self.portal.link_types
        return [
            {"id": str(id), "type": kind.name}
            for id in sorted(linked)
            for type_id in linked[id]
            if (kind := known.find(from_kind.type_id, to_kind.type_id, type_id)) is not None
        ]

    def _type_named(self, from_kind: ObjectType, to_kind: ObjectType, name: str) -> int:
        default = self.portal.link_types.default(from_kind.type_id, to_kind.type_id)
        for kind in self.portal.link_types.between(from_kind.type_id, to_kind.type_id):
            if name in (kind.name, str(kind.id)):
                return kind.id
        if name == f"{from_kind.singular}_to_{to_kind.singular}":
            return default.id
        raise Refusal(f"{name} is not an association type between {from_kind.constant} and {to_kind.constant}")

    def _pair(self, from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int) -> Shown:
        types = self.portal.links.types_between(from_kind.type_id, from_id, to_kind.type_id, to_id)
        labels = [spec["label"] for spec in self._specs(from_kind, to_kind, types) if spec["label"]]
        return {
            "fromObjectTypeId": from_kind.type_id,
            "fromObjectId": str(from_id),
            "toObjectTypeId": to_kind.type_id,
            "toObjectId": str(to_id),
            "labels": labels,
        }

    def _both_ways(self, from_kind: ObjectType, from_id: int, to_kind: ObjectType, to_id: int) -> list[Shown]:
        default = self.portal.link_types.default(from_kind.type_id, to_kind.type_id)
        ends = ((from_id, to_id, default.id), (to_id, from_id, default.inverse))
        return [
            {
                "from": {"id": str(one)},
                "to": {"id": str(other)},
                "associationSpec": {"associationCategory": default.category, "associationTypeId": type_id},
            }
            for one, other, type_id in ends
        ]


def _id_in(entry: object) -> str:
    """`id` of a `{"id": …}` object. Raises Refusal."""
    id = entry.get("id") if isinstance(entry, dict) else None
    if id is None or isinstance(id, dict | list | bool):
        raise not_given("id")
    return str(id)


def _type_ids(specs: object) -> list[int]:
    """`associationTypeId` of each spec. Raises Refusal."""
    if not isinstance(specs, list) or not specs:
        raise Refusal("types is to be a list of objects with associationCategory and associationTypeId")
    try:
        return [int(spec["associationTypeId"]) for spec in specs]
    except (KeyError, TypeError, ValueError):
        raise Refusal("An association type needs associationCategory and associationTypeId") from None


def _nothing_linked(from_kind: ObjectType, id: str, to_kind: ObjectType) -> Refusal:
    return Refusal(
        f"No {to_kind.singular} is associated with {from_kind.singular} {id}.",
        category="OBJECT_NOT_FOUND",
        sub_category="crm.associations.NO_ASSOCIATIONS_FOUND",
        context={
            "fromObjectId": [id],
            "fromObjectType": [from_kind.singular],
            "toObjectType": [to_kind.singular],
        },
    )


def add_routes(portal: Portal, routes: Routes) -> None:
    api = AssociationsApi(portal)
    routes.add_table(
        "associations",
        OBJECT_BASES,
        [
            ("GET", "/{type}/{id}/associations/{to}", api.list_of_record),
            ("PUT", "/{type}/{id}/associations/default/{to}/{to_id}", api.put_default),
            ("PUT", "/{type}/{id}/associations/{to}/{to_id}", api.put_types),
            ("DELETE", "/{type}/{id}/associations/{to}/{to_id}", api.delete_pair),
        ],
    )
    routes.add_table(
        "associations",
        PAIR_BASES,
        [
            ("POST", "/{from}/{to}/batch/read", api.batch_read),
            ("POST", "/{from}/{to}/batch/create", api.batch_create),
            ("POST", "/{from}/{to}/batch/associate/default", api.batch_default),
            ("POST", "/{from}/{to}/batch/archive", api.batch_archive),
            ("POST", "/{from}/{to}/batch/labels/archive", api.batch_labels_archive),
        ],
    )
    routes.add_table(
        "associations",
        ("/crm/v3/associations",),
        [
            ("POST", "/{from}/{to}/batch/read", api.batch_read_old),
            ("POST", "/{from}/{to}/batch/create", api.batch_create_old),
            ("POST", "/{from}/{to}/batch/archive", api.batch_archive),
        ],
    )
    routes.add("GET", "/crm/v3/objects/{type}/{id}/associations/{to}", api.list_old, area="associations")
