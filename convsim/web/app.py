"""The web application: addresses, templates, and what keeps it to this machine.

/                       the runs
/RUN/                   its episodes; filters, `q`, `sort` and `page` as parameters
/RUN/e/EPISODE          one conversation; #m3 is its fourth message
/RUN/audit              confidentiality verdicts to be confirmed or overturned; see `audit`
/RUN/s/SCENARIO         two agents on one scenario, beside each other
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from convsim import __version__
from convsim.errors import ConfigError, ConvsimError
from convsim.report.conversations import folded
from convsim.report.tables import told
from convsim.report.visible import visible
from convsim.web import audit, episodes, texts
from convsim.web.runs import open_runs
from convsim.web.site import Site

_HERE = Path(__file__).parent
_HEADERS = {
    # Nothing from elsewhere, nothing inline: a transcript that gets past the escaping still cannot run.
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cache-control": b"no-store",
}


def build_app(
    places: Sequence[str], *, hosts: Iterable[str] = (), blind: bool = False, redact: bool = False
) -> Starlette:
    """Return the viewer of some runs; raises ConfigError for what is no run. With `blind` the audit hides verdicts,
    with `redact` all pages show tokens for protected and sensitive values.

    Raises ConfigError for a host that no browser could name.

    Requests are answered for loopback names, and for `hosts`, alone: another site's page cannot reach it by a name that
    it points here (DNS rebinding).
    """
    named = [_host(each) for each in hosts]
    site = Site(open_runs(places, redact=redact), _environment(), blind)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for run in site.runs.values():
            run.index.watch()
        yield
        for run in site.runs.values():
            run.index.close()

    app = Starlette(
        routes=[
            Mount("/static", StaticFiles(directory=_HERE / "static"), name="static"),
            Route("/", episodes.runs_page),
            Route("/{run}/", episodes.list_page),
            Route("/{run}/rows", episodes.rows_part),
            Route("/{run}/e/{episode}", episodes.episode_page),
            Route("/{run}/s/{scenario}", episodes.comparison_page),
            Route("/{run}/audit", audit.queue_page),
            Route("/{run}/audit.csv", audit.labels_csv),
            Route("/{run}/audit/{episode}", audit.item_page),
            Route("/{run}/audit/{episode}", audit.vote, methods=["POST"]),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=[*_LOOPBACK, *named]),
            Middleware(_Headers),
        ],
        exception_handlers={HTTPException: _told, ConvsimError: _told},
        lifespan=lifespan,
    )
    app.state.site = site
    return app


_LOOPBACK = ("127.0.0.1", "localhost", "::1", "[::1]")


def _host(name: str) -> str:
    """Return a host as the check wants it; raises ConfigError for one with a port, a path or a star inside."""
    if name.count(":") > 1:
        return name.strip("[]")
    if not name or (name != "*" and "*" in name.removeprefix("*.")) or set(name) & set(":/ "):
        raise ConfigError(
            f"--allow-host '{name}': write a name or an address without scheme and port, *.example.org for all "
            "below one, or * for any"
        )
    return name.lower()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("convsim.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(visible=visible, snippet=texts.snippet, words=lambda text: text.replace("_", " "))
    environment.globals.update(folded=folded, users=texts.users, told=told, version=__version__)
    return environment


async def _told(request: Request, error: Exception) -> Response:
    """Return a page that names what is wrong; an error's own words are text like any other."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    said = error.detail if isinstance(error, HTTPException) else str(error)
    site: Site = request.app.state.site
    return HTMLResponse(site.page("error.html.j2", status=status, said=said, run=None), status_code=status)


class _Headers:
    """Adds the headers of every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given: Any = message.setdefault("headers", [])
                if not str(scope.get("path", "")).startswith("/static/"):
                    given.extend(_HEADERS.items())
            await send(message)

        await self._app(scope, receive, sending)
