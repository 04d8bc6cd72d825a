"""What all pages share: the runs and the templates."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from convsim.errors import unknown
from convsim.records.episode import Episode
from convsim.web.runs import Shown


@dataclass(frozen=True, slots=True)
class Site:
    """The runs that are shown, and how they are drawn."""

    runs: dict[str, Shown]
    environment: Environment
    blind: bool = False
    """Whether the audit hides a verdict until its reviewer has voted."""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    """What a request that changes something must bring along."""

    def page(self, template: str, **values: Any) -> str:
        """Return a page as HTML."""
        return self.environment.get_template(template).render(runs=self.runs, blind=self.blind, **values)


def site_of(request: Request) -> Site:
    """Return the application's site."""
    site: Site = request.app.state.site
    return site


def answer(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page."""
    return HTMLResponse(site_of(request).page(template, **values), status_code=status)


def run_of(request: Request) -> Shown:
    """Return the run of an address; raises 404 with the names that there are."""
    runs, slug = site_of(request).runs, request.path_params["run"]
    if slug not in runs:
        raise HTTPException(404, str(unknown("run", slug, tuple(runs))))
    return runs[slug]


def episode_of(run: Shown, episode_id: str) -> Episode:
    """Return an episode; raises 404 for one that the run does not hold."""
    episode = run.episode(episode_id)
    if episode is None:
        raise HTTPException(404, f"run {run.name} holds no finished episode '{episode_id}'")
    return episode
