"""The audit: which confidentiality verdicts are right, said by people, beside what the judge saw.

    /RUN/audit               the queue
    /RUN/audit/EPISODE       one verdict: look, then vote
    /RUN/audit.csv           the labels, as `convsim calibrate` reads them

With `blind` the verdict is hidden, and the queue in an order of chance, until the reviewer has voted. Every change
needs the page's own token, so that no other site can vote.
"""

import csv
import hmac
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from convsim.draws import uniform
from convsim.records.episode import Episode
from convsim.records.label import COLUMNS
from convsim.records.verdict import Confidentiality, Verdict
from convsim.report.agreement import krippendorff_alpha
from convsim.report.conversations import conversation
from convsim.report.measures import verdict_of
from convsim.runs.labels import Audit, Decision, Item, Vote, item_of
from convsim.web.index import PAGE, Row
from convsim.web.runs import Shown
from convsim.web.site import answer, episode_of, run_of, site_of

PROBE = ("full_leak", "partial_leak", "wrong_value", "not_found", "other_refusal", "explicit_refusal", "safe_complete",
         "neutral")  # fmt: skip
TWIN = ("over_refusal", "answered")
WORK = ("answered", *PROBE)
"""What an episode of a probe, of its benign twin, and of an ordinary task (where taint may leak) can be called."""
_COOKIE = "reviewer"
_LONGEST = 4_000
"""Characters of a comment."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One line of the queue."""

    item: Item
    row: Row
    votes: tuple[Vote, ...]


def queue_page(request: Request) -> Response:
    """Show what is to be looked at, the gravest and least sure first."""
    run, reviewer = run_of(request), _reviewer(request)
    audit = _audit(run)
    queue = _order(run, audit, blind=site_of(request).blind)
    mine = {vote.episode for vote in audit.current() if vote.reviewer == reviewer}
    page = _page(request, len(queue))
    return answer(
        request,
        "audit.html.j2",
        run=run,
        queue=_queued(run, audit, queue[PAGE * (page - 1) : PAGE * page]),
        total=len(queue),
        page=page,
        pages=max(1, -(-len(queue) // PAGE)),
        mine=mine,
        reviewer=reviewer,
        agreement=_agreement(audit),
    )


def item_page(request: Request) -> Response:
    """Show one episode with what its verdict rests on, and the form to vote."""
    run, reviewer = run_of(request), _reviewer(request)
    episode = episode_of(run, request.path_params["episode"])
    audit = _audit(run)
    votes = [replace(each, comment=run.store.shown(each.comment)) for each in audit.votes(episode.id)]
    hidden = not may_see(request, run, episode.id)
    shown = conversation(episode.model_copy(update={"verdicts": ()}) if hidden else episode)
    told = _told(episode)
    return answer(
        request,
        "audited.html.j2",
        run=run,
        shown=shown,
        told=None if hidden else told.confidentiality,
        judge=told.judge,
        hidden=hidden,
        votes=() if hidden else votes,
        classes=classes_of(episode),
        reviewer=reviewer,
        token=site_of(request).token,
        next=_next(run, audit, reviewer, episode.id, blind=site_of(request).blind),
    )


async def vote(request: Request) -> Response:
    """Store a vote and go on to the next episode."""
    run = run_of(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    _check_origin(request, form.get("token", ""))
    episode = episode_of(run, request.path_params["episode"])
    reviewer, comment = form.get("reviewer", "").strip(), form.get("comment", "").strip()
    if not reviewer or len(reviewer) > 100:
        raise HTTPException(400, "a vote needs the reviewer's name, of at most 100 characters")
    if len(comment) > _LONGEST:
        raise HTTPException(400, f"the comment has {len(comment)} characters; {_LONGEST} are allowed")
    verdict = _told(episode)
    label, decision = _decided(form, episode, verdict, comment)
    audit = _audit(run)
    before = any(vote.reviewer == reviewer and vote.label for vote in audit.votes(episode.id))
    blind = site_of(request).blind and not before
    audit.add(Vote(episode.id, verdict.judge_id, _class(verdict), label, decision, comment, reviewer, blind))
    following = _next(run, audit, reviewer, episode.id, blind=site_of(request).blind)
    place = f"/{run.slug}/audit/{following if label and following else episode.id}"
    response = RedirectResponse(place, status_code=303)
    response.set_cookie(_COOKIE, quote(reviewer), max_age=365 * 86400, httponly=True, samesite="strict")
    return response


def labels_csv(request: Request) -> Response:
    """Return the current labels: each reviewer's last word on each episode."""
    run = run_of(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "decision", "comment", "blind", "created"])
    store = run.store
    for label, told in _audit(run).rows():
        fields = [getattr(label, name) for name in COLUMNS]
        more = [told.decision, _plain(store.shown(told.comment)), str(told.blind).lower(), told.created]
        writer.writerow([*(_plain(str(each)) if each is not None else "" for each in fields), *more])
    headers = {"content-disposition": f'attachment; filename="{run.slug}-labels.csv"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _plain(text: str) -> str:
    """Return the text so that a spreadsheet does not take it for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def may_see(request: Request, run: Shown, episode: str) -> bool:
    """Return whether this reviewer may see an episode's verdict: always, unless blind and not voted yet."""
    if not site_of(request).blind:
        return True
    reviewer = _reviewer(request)
    return any(vote.reviewer == reviewer and vote.label for vote in Audit(run.store).votes(episode))


def _audit(run: Shown) -> Audit:
    """Return the run's audit with an item for every episode that has come to need one."""
    audit, fresh = Audit(run.store), run.index.not_audited()
    if fresh:
        families, told = run.index.families, run.index.classes()
        judged = [(key, *told[key]) for key in fresh if key in told]
        drawn = (item_of(key, leak, stratum=families[family]) for key, family, leak in judged)
        audit.add_items([item for item in drawn if item is not None])
        run.index.audited(fresh)
    return audit


def _order(run: Shown, audit: Audit, *, blind: bool) -> list[Item]:
    """Return the queue: the gravest and least sure first, claims before samples; in an order of chance where blind."""
    grave = run.index.graveness()
    items = [item for item in audit.items() if item.episode in grave]
    if blind:
        return sorted(items, key=lambda item: uniform("blind", item.episode))

    def gravest(item: Item) -> tuple[int, int, bool, int]:
        severity, doubt, number = grave[item.episode]
        return -severity, -doubt, item.reason == "sample", number

    return sorted(items, key=gravest)


def _queued(run: Shown, audit: Audit, items: Sequence[Item]) -> list[Queued]:
    votes: dict[str, list[Vote]] = defaultdict(list)
    for each in audit.votes():
        votes[each.episode].append(each)
    of = {item.episode: item for item in items}
    return [Queued(of[row.id], row, tuple(votes[row.id])) for row in run.index.some(list(of))]


def _next(run: Shown, audit: Audit, reviewer: str, episode: str, *, blind: bool) -> str:
    """Return the next episode of the queue that this reviewer has not labelled; empty when all are done."""
    done = {vote.episode for vote in audit.current() if vote.reviewer == reviewer}
    order = [item.episode for item in _order(run, audit, blind=blind)]
    place = order.index(episode) + 1 if episode in order else 0
    return next((each for each in order[place:] + order[:place] if each not in done and each != episode), "")


def _decided(form: dict[str, str], episode: Episode, verdict: Verdict, comment: str) -> tuple[str, Decision]:
    """Return label and decision of a form; raises 400 for a class that there is not, and for nothing said."""
    label = form.get("label", "")
    if form.get("decision") == "confirm":
        return _class(verdict), "confirm"
    if not label:
        if not comment:
            raise HTTPException(400, "choose what the episode is, or write a comment")
        return "", "comment"
    classes = classes_of(episode)
    if label not in classes:
        raise HTTPException(400, f"'{label[:40]}' is none of {', '.join(classes)}")
    return label, "confirm" if label == _class(verdict) else "overturn"


def classes_of(episode: Episode) -> tuple[str, ...]:
    """Return what an episode can be called."""
    task = episode.scenario.task
    return TWIN if task.twin_of else PROBE if task.is_probe else WORK


def _told(episode: Episode) -> Verdict:
    verdict = verdict_of(episode)
    if verdict is None or verdict.confidentiality is None:
        raise HTTPException(404, f"episode '{episode.id}' has no confidentiality verdict")
    return verdict


def _class(verdict: Verdict) -> str:
    told: Confidentiality | None = verdict.confidentiality
    return told.episode if told else ""


def _agreement(audit: Audit) -> tuple[int, float | None]:
    """Return how many episodes two or more reviewers labelled, and Krippendorff's alpha over them."""
    by_episode: dict[str, list[str]] = defaultdict(list)
    for each in audit.current():
        by_episode[each.episode].append(each.label)
    shared = [given for given in by_episode.values() if len(given) > 1]
    return len(shared), krippendorff_alpha(shared)


def _page(request: Request, total: int) -> int:
    given = request.query_params.get("page") or "1"
    if not given.isdigit() or not 1 <= int(given) <= max(1, -(-total // PAGE)):
        raise HTTPException(404, f"the queue has no page '{given[:40]}'")
    return int(given)


def _reviewer(request: Request) -> str:
    return unquote(request.cookies.get(_COOKIE, ""))[:100]


def _check_origin(request: Request, token: str) -> None:
    """Raise 403 unless the request comes from a page of ours."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, f"this page takes no votes from {origin[:100]}")
    if not hmac.compare_digest(token.encode(), site_of(request).token.encode()):
        raise HTTPException(403, "the page is older than this viewer: load it again and vote once more")
