"""Registering routes: numbered and dated paths from one table, the gate before every handler.

What a handler does does not belong here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from pasodoble.simulators.http import Handler, Request, Response, Router
from pasodoble.simulators.hubspot.access import Access, Caller
from pasodoble.simulators.hubspot.changes import Actor
from pasodoble.simulators.hubspot.errors import Refusal

EDITIONS = ("2026-03", "2026-09")
"""Dated editions of the API that are served, all with the shapes of the first."""

MAX_URL = 16_000
"""Characters of path and query beyond which HubSpot answers 414; property lists as long belong into a batch read."""

Row = tuple[str, str, Callable[[Request], Response]]
"""Methods, the path below its base, the handler."""


class Routes:
    """Where areas register; `open_add` is for what needs no token."""

    def __init__(self, router: Router, access: Access) -> None:
        self._router = router
        self._access = access

    def add(self, methods: str, path: str, handler: Callable[[Request], Response], *, area: str) -> None:
        access = self._access

        def gated(request: Request) -> Response:
            if len(request.raw_query) > MAX_URL:
                raise Refusal("URI Too Long", status=414, category="URI_TOO_LONG")
            request.caller = access.admit(request, area)
            return handler(request)

        self._router.add(methods, path, gated)

    def add_table(self, area: str, bases: Sequence[str], rows: Sequence[Row]) -> None:
        """Serve every row below every base; `{edition}` in a base stands for each dated edition."""
        for base in bases:
            for spelled in dict.fromkeys(base.replace("{edition}", edition) for edition in EDITIONS):
                for methods, path, handler in rows:
                    self.add(methods, spelled + path, handler, area=area)

    def open_add(self, methods: str, path: str, handler: Handler) -> None:
        self._router.add(methods, path, handler)


def caller_of(request: Request) -> Caller:
    return cast(Caller, request.caller)


def actor_of(request: Request) -> Actor:
    return caller_of(request).actor


def is_dated(request: Request) -> bool:
    """Whether the request came on a dated path, whose shapes differ in places."""
    return any(f"/{edition}" in request.path for edition in EDITIONS)
