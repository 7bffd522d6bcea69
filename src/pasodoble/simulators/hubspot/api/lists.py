"""The lists API: lists themselves, their filters, search among them, folders, conversion. Members are in `memberships`.

What a filter means does not belong here (see `list_filters`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.objects import flag
from pasodoble.simulators.hubspot.bodies import json_object, optional, required, texts
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.list_conversion import cancel_conversion, schedule_conversion
from pasodoble.simulators.hubspot.lists import CrmList
from pasodoble.simulators.hubspot.moments import iso, parse_moment
from pasodoble.simulators.hubspot.object_types import ObjectType
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated

BASES = ("/crm/v3/lists", "/crm/lists/{edition}")
PROCESSING: Final = ("MANUAL", "DYNAMIC", "SNAPSHOT")
RESTORABLE_MS: Final = 90 * 86_400_000
DEFAULT_COUNT: Final = 20
MAX_COUNT: Final = 500


class ListsApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.book = portal.lists

    def create_list(self, request: Request) -> Response:
        body = json_object(request)
        name, kind = required(body, "name", str), self._kind(required(body, "objectTypeId", str))
        processing = required(body, "processingType", str)
        branch = optional(body, "filterBranch", dict)
        if processing not in PROCESSING:
            raise Refusal(f"processingType {processing} is not one of {', '.join(PROCESSING)}")
        if processing == "DYNAMIC" and branch is None:
            raise Refusal("A DYNAMIC list needs a filterBranch")
        if processing == "MANUAL" and branch is not None:
            raise Refusal("A MANUAL list takes no filterBranch")
        self._check_name(kind, name)
        user_id = actor_of(request).user_id
        made = self.book.create(name=name, kind=kind, processing=processing, branch=branch, user_id=user_id)
        made.folder_id = self._folder_id(optional(body, "listFolderId", int) or 0)
        made.custom = {str(key): str(value) for key, value in (optional(body, "customProperties", dict) or {}).items()}
        return json_response({"list": show_list(made, filters=True)}, records=1, writes=1)

    def _kind(self, word: str) -> ObjectType:
        kind = self.portal.types.find(word)
        if kind is None:
            raise Refusal(f"objectTypeId {word} is not known")
        return kind

    def _check_name(self, kind: ObjectType, name: str) -> None:
        if not name.strip():
            raise Refusal("A list needs a name")
        if any(one.name == name and one.type_id == kind.type_id for one in self.book.live()):
            raise Refusal(f"A list named {name} already exists", sub_category="ILS.DUPLICATE_LIST_NAMES")

    def _folder_id(self, id: int) -> int:
        if id and id not in self.book.folders:
            raise missing(f"Folder {id} does not exist", folderId=str(id))
        return id

    def get_lists(self, request: Request) -> Response:
        filters = flag(request, "includeFilters")
        wanted = request.many("listIds")
        found = [one for one in map(self.book.find, wanted) if one is not None and not one.deleted_ms]
        if not wanted:
            found = self.book.live()
        return json_response({"lists": [self._shown(one, filters=filters) for one in found]}, records=len(found))

    def get_list(self, request: Request) -> Response:
        one = list_of(self.portal, request)
        return json_response({"list": self._shown(one, filters=flag(request, "includeFilters"))}, records=1)

    def get_list_by_name(self, request: Request) -> Response:
        kind, name = self._kind(request.params["type"]), request.params["name"]
        for one in self.book.live():
            if one.type_id == kind.type_id and one.name == name:
                return json_response({"list": self._shown(one, filters=flag(request, "includeFilters"))}, records=1)
        raise missing(f"List does not exist with name {name} and object type ID {kind.type_id}.")

    def _shown(self, one: CrmList, *, filters: bool) -> dict[str, Any]:
        self.book.refresh(one)
        return show_list(one, filters=filters)

    def search_lists(self, request: Request) -> Response:
        body = json_object(request)
        offset, count = optional(body, "offset", int) or 0, optional(body, "count", int)
        count = DEFAULT_COUNT if count is None else count
        if not 0 < count <= MAX_COUNT:
            raise Refusal(f"count is to be from 1 to {MAX_COUNT}, not {count}")
        found = [one for one in self.book.live() if self._matches(one, body)]
        found = _sorted(found, optional(body, "sort", str) or "")
        page = found[offset : offset + count]
        extra = [name for member in EXTRA_MEMBERS for name in texts(body, member)]
        answer = {
            "lists": [self._show_found(one, extra, dated=is_dated(request)) for one in page],
            "offset": offset + len(page),
            "hasMore": offset + len(page) < len(found),
            "total": len(found),
        }
        return json_response(answer, records=len(page))

    def _matches(self, one: CrmList, body: dict[str, Any]) -> bool:
        processing, ids = texts(body, "processingTypes"), [str(id) for id in optional(body, "listIds", list) or []]
        query, kind = optional(body, "query", str) or "", optional(body, "objectTypeId", str)
        return (
            (not processing or one.processing in processing)
            and (not ids or str(one.id) in ids)
            and query.lower() in one.name.lower()
            and kind in (None, "", one.type_id)
        )

    def _show_found(self, one: CrmList, extra: list[str], *, dated: bool) -> dict[str, Any]:
        self.book.refresh(one)
        shown = show_list(one, filters=False)
        del shown["size"]
        more = {
            name: value for name, value in additional_properties(one).items() if name in DEFAULT_EXTRA or name in extra
        }
        for member in EXTRA_MEMBERS if dated else EXTRA_MEMBERS[:1]:
            shown[member] = more
        return shown

    def delete_list(self, request: Request) -> Response:
        list_of(self.portal, request).deleted_ms = self.portal.now_ms()
        return Response(status=204, writes=1)

    def restore_list(self, request: Request) -> Response:
        one = self.book.find(request.params["list"])
        if one is None or (one.deleted_ms and self.portal.now_ms() - one.deleted_ms > RESTORABLE_MS):
            raise list_missing(request.params["list"])
        one.deleted_ms = 0
        self.book.evaluate(one)
        return Response(status=204, writes=1)

    def rename_list(self, request: Request) -> Response:
        one, name = list_of(self.portal, request), request.one("listName")
        if name is not None and name != one.name:
            self._check_name(self.portal.types[one.type_id], name)
            one.name = name
            self.book.mark_edited(one, actor_of(request).user_id)
        return self._updated(one, filters=flag(request, "includeFilters"))

    def update_filters(self, request: Request) -> Response:
        one, branch = list_of(self.portal, request), required(json_object(request), "filterBranch", dict)
        if not one.is_dynamic:
            raise Refusal(f"The filters of a {one.processing} list cannot be updated")
        self.book.set_filters(one, branch, actor_of(request).user_id)
        return self._updated(one, filters=True)

    def _updated(self, one: CrmList, *, filters: bool) -> Response:
        return json_response({"updatedList": show_list(one, filters=filters)}, records=1, writes=1)

    def size_history(self, request: Request) -> Response:
        one = list_of(self.portal, request)
        start, end = parse_moment(request.one("startDate") or "0"), parse_moment(request.one("endDate") or "")
        first, last = start or 0, self.portal.now_ms() if end is None else end
        sizes = [{"timestamp": iso(at), "size": size} for at, size in one.sizes if first <= at <= last]
        edits = [iso(at) for at in one.edits if first <= at <= last]
        return json_response({"sizeHistory": sizes, "editHistory": edits})

    # Conversion of dynamic lists to static ones

    def get_conversion(self, request: Request) -> Response:
        one = list_of(self.portal, request)
        if one.conversion is None:
            raise missing(f"List {one.id} has no scheduled conversion")
        return json_response(show_conversion(one))

    def put_conversion(self, request: Request) -> Response:
        one = list_of(self.portal, request)
        schedule_conversion(self.portal, one, json_object(request))
        return json_response(show_conversion(one), writes=1)

    def delete_conversion(self, request: Request) -> Response:
        cancel_conversion(list_of(self.portal, request))
        return Response(status=204, writes=1)

    # Ids of the old API, which here are the same

    def map_id(self, request: Request) -> Response:
        legacy = request.one("legacyListId") or ""
        if self.book.find(legacy) is None:
            raise list_missing(legacy)
        return json_response({"listId": legacy, "legacyListId": legacy})

    def map_ids(self, request: Request) -> Response:
        body = request.json()
        if not isinstance(body, list):
            raise Refusal("The body is to be a list of legacy list ids")
        ids = list(map(str, body))
        known = [id for id in ids if self.book.find(id) is not None]
        answer = {
            "legacyListIdsToIdsMapping": [{"listId": id, "legacyListId": id} for id in known],
            "missingLegacyListIds": [id for id in ids if id not in known],
        }
        return json_response(answer)


EXTRA_MEMBERS: Final = ("additionalProperties", "additional_filter_properties")
"""What the wanted further properties are called: by the numbered API, and in the typed models of the dated one."""
DEFAULT_EXTRA: Final = ("hs_list_size", "hs_list_reference_count")


def additional_properties(one: CrmList) -> dict[str, str]:
    """What a list search may tell besides: all values are text."""
    joined = max((joined for joined, _place in one.members.values()), default=0)
    known = {
        "hs_list_size": str(len(one.members)),
        "hs_list_reference_count": "0",
        "hs_last_record_added_at": str(joined) if joined else "",
        "hs_folder_id": str(one.folder_id),
        **one.custom,
    }
    return {name: value for name, value in known.items() if value}


SORTS: Final[dict[str, Callable[[CrmList], Any]]] = {
    "HS_LIST_ID": lambda one: one.id,
    "HS_NAME": lambda one: one.name.lower(),
    "HS_CREATEDATE": lambda one: one.created_ms,
    "HS_LASTMODIFIEDDATE": lambda one: one.updated_ms,
    "HS_LIST_SIZE": lambda one: len(one.members),
}


def _sorted(found: list[CrmList], sort: str) -> list[CrmList]:
    name, descending = sort.removeprefix("-").upper(), sort.startswith("-")
    return sorted(found, key=SORTS.get(name, SORTS["HS_LIST_ID"]), reverse=descending)


def list_missing(id: str) -> Refusal:
    return missing(f"List does not exist with ID {id}.", listId=id)


def list_of(portal: Portal, request: Request, name: str = "list") -> CrmList:
    """The live list that the path names. Raises Refusal."""
    one = portal.lists.find(request.params[name])
    if one is None or one.deleted_ms:
        raise list_missing(request.params[name])
    return one


def show_list(one: CrmList, *, filters: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "listId": str(one.id),
        "listVersion": one.version,
        "name": one.name,
        "objectTypeId": one.type_id,
        "processingType": one.processing,
        "processingStatus": "COMPLETE",
        "createdAt": iso(one.created_ms),
        "updatedAt": iso(one.updated_ms),
        "filtersUpdatedAt": iso(one.filters_ms),
        "size": len(one.members),
    }
    for name, user_id in (("createdById", one.created_by), ("updatedById", one.updated_by)):
        if user_id is not None:
            shown[name] = str(user_id)
    if one.deleted_ms:
        shown["deletedAt"] = iso(one.deleted_ms)
    if filters and one.filter_branch is not None:
        shown["filterBranch"] = one.filter_branch
    return shown


def show_conversion(one: CrmList) -> dict[str, Any]:
    shown: dict[str, Any] = {"listId": str(one.id), "requestedConversionTime": one.conversion}
    if one.converted_ms:
        shown["convertedAt"] = iso(one.converted_ms)
    return shown


def add_routes(portal: Portal, routes: Routes) -> None:
    api = ListsApi(portal)
    routes.add_table(
        "lists",
        BASES,
        [
            ("GET", "", api.get_lists),
            ("POST", "", api.create_list),
            ("POST", "/search", api.search_lists),
            ("GET", "/idmapping", api.map_id),
            ("POST", "/idmapping", api.map_ids),
            ("GET", "/object-type-id/{type}/name/{name}", api.get_list_by_name),
            ("GET", "/{list}", api.get_list),
            ("DELETE", "/{list}", api.delete_list),
            ("PUT", "/{list}/restore", api.restore_list),
            ("PUT", "/{list}/update-list-name", api.rename_list),
            ("PUT", "/{list}/update-list-filters", api.update_filters),
            ("GET", "/{list}/size-and-edits-history/between", api.size_history),
            ("GET", "/{list}/schedule-conversion", api.get_conversion),
            ("PUT", "/{list}/schedule-conversion", api.put_conversion),
            ("DELETE", "/{list}/schedule-conversion", api.delete_conversion),
        ],
    )
