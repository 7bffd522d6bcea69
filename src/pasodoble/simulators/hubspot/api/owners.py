"""The owners API: users and queues, read only.

Assigning owners does not belong here; that is a property of records.
"""

from __future__ import annotations

from typing import Any

from pasodoble.simulators.http import Request, Response, json_response
from pasodoble.simulators.hubspot.api.objects import flag, next_link
from pasodoble.simulators.hubspot.bodies import page_size
from pasodoble.simulators.hubspot.errors import Refusal, missing
from pasodoble.simulators.hubspot.moments import iso
from pasodoble.simulators.hubspot.owners import Owner
from pasodoble.simulators.hubspot.portal import Portal
from pasodoble.simulators.hubspot.routes import Routes

BASES = ("/crm/v3/owners", "/crm/owners/{edition}")


class OwnersApi:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def list_owners(self, request: Request) -> Response:
        archived, email = flag(request, "archived"), (request.one("email") or "").strip().lower()
        limit, after = page_size(request, default=100, largest=500), request.one("after") or "0"
        if not after.isdecimal():
            raise Refusal(f"after is to be what the page before gave, not {after!r}")
        owners = [
            owner
            for owner in sorted(self.portal.owners.values(), key=lambda owner: owner.id)
            if owner.archived == archived and owner.id >= int(after) and (not email or owner.email.lower() == email)
        ]
        body: dict[str, Any] = {"results": [show_owner(owner) for owner in owners[:limit]]}
        if len(owners) > limit:
            cursor = str(owners[limit].id)
            body["paging"] = {"next": {"after": cursor, "link": next_link(request, cursor)}}
        return json_response(body, records=len(body["results"]))

    def get_owner(self, request: Request) -> Response:
        id, by_user = request.params["id"], request.one("idProperty") == "userId"
        archived = flag(request, "archived")
        for owner in self.portal.owners.values():
            if str(owner.user_id if by_user else owner.id) == id and owner.archived == archived:
                return json_response(show_owner(owner), records=1)
        raise missing(f"Owner with {'userId' if by_user else 'id'} {id} not found", id=id)


def show_owner(owner: Owner) -> dict[str, Any]:
    """One owner. Archived ones have no `userId`, only `userIdIncludingInactive`."""
    shown: dict[str, Any] = {
        "id": str(owner.id),
        "email": owner.email or None,
        "type": owner.type,
        "firstName": owner.first,
        "lastName": owner.last,
        "userId": None if owner.archived else owner.user_id,
        "userIdIncludingInactive": owner.user_id,
        "createdAt": iso(owner.created_ms),
        "updatedAt": iso(owner.updated_ms),
        "archived": owner.archived,
    }
    if owner.teams:
        shown["teams"] = [{"id": id, "name": name, "primary": primary} for id, name, primary in owner.teams]
    return shown


def add_routes(portal: Portal, routes: Routes) -> None:
    api = OwnersApi(portal)
    routes.add_table("owners", BASES, [("GET", "", api.list_owners), ("GET", "/{id}", api.get_owner)])
