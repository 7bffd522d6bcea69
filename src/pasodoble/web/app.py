"""The web application: pages, their files, and what is shown when something goes wrong."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from pasodoble.engine.service.receiving import Receiver
from pasodoble.ports import Clock
from pasodoble.web.guard import LOOPBACK, Guard
from pasodoble.web.hooks import Hooks
from pasodoble.web.pages import Pages
from pasodoble.web.render import FOLDER, Renderer
from pasodoble.web.service import WebService


def create_app(
    service: WebService,
    clock: Clock,
    *,
    hosts: frozenset[str] = LOOPBACK,
    receiver: Receiver | None = None,
    public_url: str = "",
) -> FastAPI:
    """The pages over a service, and where vendors send by themselves.

    hosts        the names under which the pages answer; this machine's own, until there is a sign-in
    receiver     takes what vendors send; None: nothing is taken. `public_url`: see `Hooks`
    """
    app = FastAPI(title="Pasodoble", docs_url=None, redoc_url=None, openapi_url=None)
    renderer = Renderer(service, clock)
    app.mount("/static", Files(directory=FOLDER / "static"), name="static")
    app.include_router(Pages(service, renderer).routes())
    app.add_middleware(Guard, hosts=hosts)
    if receiver is not None:
        app.add_middleware(Hooks, receiver=receiver, public_url=public_url)

    @app.exception_handler(HTTPException)
    async def show_refusal(request: Request, error: HTTPException) -> Response:
        status = error.status_code if error.status_code in (403, 404, 405) else 400
        return renderer.bare(request, "error.html", status=status, error=str(status))

    @app.exception_handler(Exception)
    async def show_failure(request: Request, error: Exception) -> Response:
        """What broke goes to the log, which the server writes, and not into the page."""
        return renderer.bare(request, "error.html", status=500, error="500")

    return app


class Files(StaticFiles):
    """Style, script and pictures: nothing secret, and checked with the server each time by their ETag."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        response.headers["Cache-Control"] = "no-cache"
        return response
