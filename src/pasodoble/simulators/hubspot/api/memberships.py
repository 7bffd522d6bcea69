"""Members of lists over HTTP: by id, by time of joining, of one record; adding and removing; and folders of lists.

Lists themselves do not belong here (see `api.lists`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.batches import envelope
from pasodoble.simulators.hubspot.api.lists import BASES, list_of
from pasodoble.simulators.hubspot.api.objects import next_link
from pasodoble.simulators.hubspot.bodies import inputs, json_object, optional, page_size, required
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.lists import CrmList, Folder
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes, actor_of, is_dated

MAX_IDS: Final = 100_000
MAX_SOURCE_SIZE: Final = 100_000


class MembershipsApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.book = portal.lists

    # Reading

    def by_record(self, request: Request) -> Response:
        one, limit = self._readable(request)
        before = _cursor(request, "before")
        if before:
            ids = [id for id in one.ids if id < before][-limit:]
            more = False
        else:
            ids = one.ids.page(_cursor(request, "after") + 1, limit + 1)
            ids, more = ids[:limit], len(ids) > limit
        return self._page(request, one, ids, str(ids[-1]) if more else None, ids)

    def by_joining(self, request: Request) -> Response:
        one, limit = self._readable(request)
        before = _cursor(request, "before")
        if before:
            found = [entry for entry in one.by_joining(0) if entry[0] < before][-limit:]
            more = False
        else:
            found = []
            for entry in one.by_joining(_cursor(request, "after") + 1):
                found.append(entry)
                if len(found) > limit:
                    break
            found, more = found[:limit], len(found) > limit
        places = [place for place, _id in found]
        return self._page(request, one, [id for _place, id in found], str(places[-1]) if more else None, places)

    def _readable(self, request: Request) -> tuple[CrmList, int]:
        one = list_of(self.portal, request)
        self.book.refresh(one)
        return one, page_size(request, default=100, largest=250)

    def _page(self, request: Request, one: CrmList, ids: list[int], after: str | None, places: list[int]) -> Response:
        rows = [{"recordId": str(id), "membershipTimestamp": iso(one.members[id][0])} for id in ids]
        body: dict[str, Any] = {"results": rows, "total": len(one.members)}
        paging: dict[str, Any] = {}
        if after is not None:
            paging["next"] = {"after": after, "link": next_link(request, after)}
        if places and (request.one("after") or request.one("before")):
            paging["prev"] = {"before": str(places[0])}
        if paging:
            body["paging"] = paging
        return json_response(body, records=len(rows))

    def of_record(self, request: Request) -> Response:
        rows = self._of(request.params["type"], request.params["record"])
        if is_dated(request):
            rows = [{**row, "isPublicList": False} for row in rows]
        return json_response({"results": rows, "total": len(rows)}, records=1)

    def of_records(self, request: Request) -> Response:
        results = []
        for entry in inputs(request, limit=100):
            type_id, id = required(entry, "objectTypeId", str), str(entry.get("recordId", ""))
            results.append({"objectTypeId": type_id, "recordId": id, "recordListMemberships": self._of(type_id, id)})
        return json_response(envelope(self.portal, results), records=len(results))

    def _of(self, word: str, id: str) -> list[dict[str, Any]]:
        kind = self.portal.types.find(word)
        if kind is None:
            raise Refusal(f"objectTypeId {word} is not known")
        if not id.isdecimal():
            raise Refusal(f"{id} is not a record id")
        rows = []
        for one in self.book.live():
            self.book.refresh(one)
            member = one.members.get(int(id)) if one.type_id == kind.type_id else None
            if member is not None:
                rows.append(
                    {
                        "listId": str(one.id),
                        "listVersion": one.version,
                        "firstAddedTimestamp": iso(one.first_joined[int(id)]),
                        "lastAddedTimestamp": iso(member[0]),
                    }
                )
        return rows

    # Changing

    def add(self, request: Request) -> Response:
        return self._change(request, add=_id_list(request.json()))

    def remove(self, request: Request) -> Response:
        return self._change(request, remove=_id_list(request.json()))

    def add_and_remove(self, request: Request) -> Response:
        body = json_object(request)
        return self._change(
            request,
            add=_id_list(body.get("recordIdsToAdd") or []),
            remove=_id_list(body.get("recordIdsToRemove") or []),
        )

    def _change(self, request: Request, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Response:
        one, actor = self._changeable(request), actor_of(request)
        rows = self.portal.tables[one.type_id].rows
        named = [*add, *remove]
        absent = [id for id in dict.fromkeys(named) if not id.isdecimal() or int(id) not in rows]
        gone = self.book.leave(one, (int(id) for id in remove if id.isdecimal()), actor)
        added = self.book.join(one, (int(id) for id in add if id.isdecimal()), actor)
        answer = {
            "recordsIdsAdded": list(map(str, added)),
            "recordIdsRemoved": list(map(str, gone)),
            "recordIdsMissing": absent,
        }
        return json_response(answer, records=len(named), writes=len(added) + len(gone))

    def _changeable(self, request: Request) -> CrmList:
        one = list_of(self.portal, request)
        if one.is_dynamic:
            raise Refusal(f"The memberships of list {one.id} cannot be changed: it is DYNAMIC")
        return one

    def add_from(self, request: Request) -> Response:
        one, source = self._changeable(request), list_of(self.portal, request, "source")
        if source.type_id != one.type_id:
            raise Refusal(f"Lists {one.id} and {source.id} hold different types of record")
        _check_small(source)
        added = self.book.join(one, list(source.ids), actor_of(request))
        return Response(status=204, writes=len(added))

    def clear(self, request: Request) -> Response:
        one = self._changeable(request)
        _check_small(one)
        gone = self.book.leave(one, list(one.members), actor_of(request))
        return Response(status=204, writes=len(gone))

    # Folders

    def get_folder(self, request: Request) -> Response:
        id = request.one("folderId") or "0"
        return json_response({"folder": self._show_folder(self._folder(id), dated=is_dated(request))})

    def create_folder(self, request: Request) -> Response:
        body = json_object(request)
        parent = self._folder(str(optional(body, "parentFolderId", str) or "0"))
        now = self.portal.now_ms()
        made = Folder(
            id=self.portal.next_id("list folders"),
            name=required(body, "name", str),
            parent_id=parent.id,
            created_ms=now,
            updated_ms=now,
        )
        self.book.folders[made.id] = made
        return json_response({"folder": self._show_folder(made, dated=is_dated(request))}, writes=1)

    def move_folder(self, request: Request) -> Response:
        folder, parent = self._folder(request.params["folder"]), self._folder(request.params["parent"])
        if parent.id in self._below(folder.id):
            raise Refusal(f"Folder {folder.id} cannot be moved into itself")
        folder.parent_id, folder.updated_ms = parent.id, self.portal.now_ms()
        return json_response({"folder": self._show_folder(folder, dated=is_dated(request))}, writes=1)

    def _below(self, id: int) -> set[int]:
        found = {id}
        for child in self.book.folders.values():
            if child.parent_id == id:
                found |= self._below(child.id)
        return found

    def rename_folder(self, request: Request) -> Response:
        folder = self._folder(request.params["folder"])
        folder.name, folder.updated_ms = request.one("newFolderName") or folder.name, self.portal.now_ms()
        return json_response({"folder": self._show_folder(folder, dated=is_dated(request))}, writes=1)

    def delete_folder(self, request: Request) -> Response:
        folder = self._folder(request.params["folder"])
        if folder.id == 0 or any(one.folder_id == folder.id for one in self.book.live()):
            raise Refusal(f"Folder {folder.id} is not empty and cannot be deleted")
        del self.book.folders[folder.id]
        return Response(status=204, writes=1)

    def move_list(self, request: Request) -> Response:
        body = json_object(request)
        one = self.book.find(str(body.get("listId")))
        if one is None or one.deleted_ms:
            raise missing(f"List does not exist with ID {body.get('listId')}.")
        one.folder_id = self._folder(str(body.get("newFolderId") or "0")).id
        return Response(status=204, writes=1)

    def _folder(self, id: str) -> Folder:
        if id == "0":
            return Folder(
                id=0, name=None, parent_id=0, created_ms=self.portal.started_ms, updated_ms=self.portal.started_ms
            )
        folder = self.book.folders.get(int(id)) if id.isdecimal() else None
        if folder is None:
            raise missing(f"Folder {id} does not exist", folderId=id)
        return folder

    def _show_folder(self, folder: Folder, *, dated: bool) -> dict[str, Any]:
        """Ids of folders are numbers on numbered paths and strings on dated ones; those of lists are numbers on both."""
        children = [child for child in self.book.folders.values() if child.parent_id == folder.id]
        shown: dict[str, Any] = {
            "id": str(folder.id) if dated else folder.id,
            "parentFolderId": str(folder.parent_id) if dated else folder.parent_id,
            "childNodes": [self._show_folder(child, dated=dated) for child in children],
            "childLists": [one.id for one in self.book.live() if one.folder_id == folder.id],
            "createdAt": iso(folder.created_ms),
            "updatedAt": iso(folder.updated_ms),
        }
        if folder.name is not None:
            shown["name"] = folder.name
        return shown


def _cursor(request: Request, name: str) -> int:
    text = request.one(name)
    if not text:
        return 0
    if not text.isdecimal():
        raise Refusal(f"{name} is to be a cursor that this listing gave, not {text!r}")
    return int(text)


def _id_list(value: object) -> list[str]:
    if not isinstance(value, list) or any(isinstance(id, dict | list | bool) or id is None for id in value):
        raise Refusal("Record ids are to be given as a list of strings")
    if len(value) > MAX_IDS:
        raise Refusal(f"At most {MAX_IDS} record ids may be given in one call, not {len(value)}")
    return list(map(str, value))


def _check_small(one: CrmList) -> None:
    if len(one.members) >= MAX_SOURCE_SIZE:
        raise Refusal(f"List {one.id} has {len(one.members)} members; this call takes lists under {MAX_SOURCE_SIZE}")


def add_routes(portal: Portal, routes: Routes) -> None:
    api = MembershipsApi(portal)
    routes.add_table(
        "lists",
        BASES,
        [
            ("GET", "/folders", api.get_folder),
            ("POST", "/folders", api.create_folder),
            ("PUT", "/folders/move-list", api.move_list),
            ("DELETE", "/folders/{folder}", api.delete_folder),
            ("PUT", "/folders/{folder}/move/{parent}", api.move_folder),
            ("PUT", "/folders/{folder}/rename", api.rename_folder),
            ("GET", "/records/{type}/{record}/memberships", api.of_record),
            ("POST", "/records/memberships/batch/read", api.of_records),
            ("GET", "/{list}/memberships", api.by_record),
            ("DELETE", "/{list}/memberships", api.clear),
            ("GET", "/{list}/memberships/join-order", api.by_joining),
            ("PUT", "/{list}/memberships/add", api.add),
            ("PUT", "/{list}/memberships/remove", api.remove),
            ("PUT", "/{list}/memberships/add-and-remove", api.add_and_remove),
            ("PUT", "/{list}/memberships/add-from/{source}", api.add_from),
        ],
    )
