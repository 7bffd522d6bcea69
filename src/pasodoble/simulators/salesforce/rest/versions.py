"""`/services/data`: which versions there are, and what a version offers. The list needs no session."""

from __future__ import annotations

from pasodoble.simulators.http import Request, Response
from pasodoble.simulators.salesforce.rest.frame import FIRST_VERSION, LAST_VERSION, Call, Instance, reply

SEASONS = ("Spring", "Summer", "Winter")
SPRING_26 = 66
SERVED = ("sobjects", "query", "queryAll", "limits", "jobs", "composite", "search", "parameterizedSearch", "recent")


def spell_season(version: int) -> str:
    """`Spring '26` for 66; three a year, winter named for the year to come."""
    since = version - SPRING_26
    year = 26 + since // 3 + (1 if since % 3 == 2 else 0)
    return f"{SEASONS[since % 3]} '{year:02d}"


def list_versions(_request: Request) -> Response:
    return reply(
        [
            {"label": spell_season(n), "url": f"/services/data/v{n}.0", "version": f"{n}.0"}
            for n in range(FIRST_VERSION, LAST_VERSION + 1)
        ]
    )


def list_resources(call: Call) -> Response:
    host = call.request.headers.get("host", "localhost")
    identity = f"{call.request.scheme}://{host}/id/{call.org.id}/{call.user_id}"
    return reply({**{name: f"{call.root}/{name}" for name in SERVED}, "identity": identity})


def add_routes(instance: Instance) -> None:
    instance.router.add("GET HEAD", "/services/data", list_versions)
    instance.serve("GET", "", list_resources)
