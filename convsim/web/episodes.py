"""The pages of the viewer: runs, a run's episodes, one conversation, two beside each other."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from convsim.report.conversations import Conversation, conversation
from convsim.web.audit import may_see
from convsim.web.index import FILTERS, PAGE, SORTS, Wanted
from convsim.web.runs import Shown
from convsim.web.site import answer, episode_of, run_of, site_of

STOP_POLLING = 286
"""htmx's status for "this was the last one"."""
_BLIND = "this page tells verdicts, and reviewers are blind until they have voted; start the viewer without --blind"


def runs_page(request: Request) -> Response:
    """Show the runs; a single one at once."""
    runs = site_of(request).runs
    if len(runs) == 1:
        return RedirectResponse(f"/{next(iter(runs))}/")
    return answer(request, "runs.html.j2", run=None)


def list_page(request: Request) -> Response:
    """Show a page of the episodes that fit; where reviewers are blind, the audit, since lists tell verdicts."""
    run, wanted = run_of(request), wanted_by(request)
    if site_of(request).blind:
        return RedirectResponse(f"/{run.slug}/audit")
    return answer(
        request,
        "list.html.j2",
        run=run,
        wanted=wanted,
        choices=run.index.choices(),
        filters=FILTERS,
        sorts=tuple(SORTS),
        **_found(run, wanted),
    )


def rows_part(request: Request) -> Response:
    """Return the rows alone, for a list that is kept up to date; says when no more will come."""
    run, wanted = run_of(request), wanted_by(request)
    if site_of(request).blind:
        raise HTTPException(403, _BLIND)
    status = 200 if run.live else STOP_POLLING
    return answer(request, "rows.html.j2", status=status, run=run, wanted=wanted, **_found(run, wanted))


def episode_page(request: Request) -> Response:
    """Show one conversation."""
    run, wanted = run_of(request), wanted_by(request)
    episode = episode_of(run, request.path_params["episode"])
    if not may_see(request, run, episode.id):
        raise HTTPException(403, _BLIND)
    before, after = run.index.beside(episode.id, wanted)
    return answer(
        request,
        "episode.html.j2",
        run=run,
        shown=conversation(episode),
        before=before,
        after=after,
        others=[pair for pair in run.index.same_scenario(episode.scenario.id) if pair[1] != episode.id],
        query=query_of(wanted),
    )


def comparison_page(request: Request) -> Response:
    """Show two agents on the same scenario; `a` and `b` are episode ids, the first two by default."""
    run, scenario = run_of(request), request.path_params["scenario"]
    if site_of(request).blind:
        raise HTTPException(403, _BLIND)
    met = run.index.same_scenario(scenario)
    if not met:
        raise HTTPException(404, f"run {run.name} holds no finished episode of scenario '{scenario}'")
    chosen = [request.query_params.get("a") or met[0][1]]
    chosen.append(request.query_params.get("b") or next((key for _, key in met if key != chosen[0]), chosen[0]))
    shown = [conversation(episode_of(run, key)) for key in chosen]
    for each in shown:
        if each.episode.scenario.id != scenario:
            raise HTTPException(404, f"episode {each.episode.id} is not of scenario '{scenario}'")
    return answer(request, "comparison.html.j2", run=run, shown=shown, met=met, rounds=list(_rounds(shown)))


def _rounds(shown: list[Conversation]) -> Iterator[tuple[object, object]]:
    """Yield the lines of both conversations row by row, None where one has ended."""
    left, right = (each.lines for each in shown)
    for number in range(max(len(left), len(right))):
        yield tuple(lines[number] if number < len(lines) else None for lines in (left, right))  # type: ignore[misc]


def wanted_by(request: Request) -> Wanted:
    """Return what an address asks for; raises 400 for a page that is no number and an unknown order."""
    given = request.query_params
    page, sort = given.get("page") or "1", given.get("sort") or "plan"
    if not page.isdigit() or not 1 <= int(page) <= 10**6:
        raise HTTPException(400, f"page '{page[:40]}' is not a number from 1")
    if sort not in SORTS:
        raise HTTPException(400, f"sort '{sort[:40]}' is none of {', '.join(SORTS)}")
    return Wanted({name: given[name] for name in FILTERS if given.get(name)}, given.get("q", ""), sort, int(page))


def query_of(wanted: Wanted, **changes: object) -> str:
    """Return the parameters of an address, with `?` where there are any."""
    usual = {"sort": "plan", "page": 1}
    values = {**wanted.filters, "q": wanted.words, "sort": wanted.sort, "page": wanted.page, **changes}
    kept = {name: value for name, value in values.items() if value and value != usual.get(name)}
    return "?" + urlencode(kept) if kept else ""


def _found(run: Shown, wanted: Wanted) -> dict[str, Any]:
    rows, total = run.index.find(wanted)
    return {
        "rows": rows,
        "total": total,
        "pages": max(1, -(-total // PAGE)),
        "query": query_of(wanted),
        "address": lambda **changes: query_of(wanted, **changes),
    }
