"""Reading: which work a task is about, and to which stage the guide assigns that work."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from convsim.org.generate.policy import STAGES

_WORK = {
    "need": (r"the need\b", r"need (?:for|at all|is vague)|the need\b|is no need|use there is|problem .+ would solve"),
    "budget": ("the budget", "budget|money has been set aside|how much may be spent"),
    "decision": ("person who decides", r"who decides|who takes the decision|whose decision|the say\b"),
    "date": ("time by which it is wanted", r"(?:when|soon|which) .*\bwanted|urgent|wanted this year"),
    "requirements": ("requirements", "requirements|must be able to do"),
    "place": ("place where it will be used", "place where|measurements|the rooms"),
    "fit": ("work together with", "go(?:es)? with what|work together with|compatible|what it goes with"),
    "trial": ("trial or demonstration", r"\btrial|demonstration|tryout|try it first"),
    "writing": (
        "offer is drawn up",
        r"drawn? up|(?:write|prepare|put together) the (?:offer|quote|lines)|quote needs\.|offer is not written"
        "|put the offer together|write the quote",
    ),
    "discount": ("discount is approved", "discount"),
    "sending": (
        "offer is sent",
        r"send (?:out )?(?:\S+ )?the (?:quote|offer)|mail the finished|finished quote|can be sent|only sending"
        "|quote to arrive",
    ),
    "walk": (
        "walked through line by line",
        "walk .*through|(?:go through|explain|present) the|explain each|explained|explanation|present the offer",
    ),
    "counterproposal": ("counterproposal", "counterproposal|lower price|price cut"),
    "payment": ("terms of payment", r"terms of payment|in parts\b|dates of payment|days to pay"),
    "clauses": (
        "clauses of the contract|terms of return",
        "clause|wording of the contract|terms of return|return terms|what holds for a return",
    ),
    "delivery": ("delivery date", "delivery date"),
    "reasons": ("reasons for the outcome", "reasons|outcome|decision fell|tipped the scales|decided it in the end"),
    "thanks": ("thanks are said", r"\bthank"),
    "papers": ("papers are archived", "papers|archive"),
    "service": ("service takes over", r"\bservice\b"),
}
"""Work by a name of our own: how the guide words it, and how tasks do."""


class Job(NamedTuple):
    """A task as its row tells it."""

    id: str
    status: str
    text: str
    """Subject and description, one after the other."""


def assigned(guide: str) -> dict[str, str]:
    """Return the stage of each kind of work: the one with whose paragraph of the guide it stands."""
    found: dict[str, str] = {}
    for paragraph in guide.split("\n"):
        stage = next((each for each in STAGES if paragraph.startswith(each)), None)
        if stage is not None:
            found.update({work: stage for work, (worded, _) in _WORK.items() if re.search(worded, paragraph)})
    return found


def stage_of(text: str, guide: Mapping[str, str]) -> str:
    """Return the stage whose work the text is about most; "" when it tells nothing."""
    lower = text.lower()
    told = Counter(stage for work, stage in guide.items() for _ in re.findall(_WORK[work][1], lower))
    return told.most_common(1)[0][0] if told else ""


def main_stage(jobs: Iterable[Job], guide: Mapping[str, str]) -> str:
    """Return the stage to which most of the tasks belong; "" without a task."""
    told = Counter(stage_of(each.text, guide) for each in jobs)
    return told.most_common(1)[0][0] if told else ""


def strays(jobs: Iterable[Job], guide: Mapping[str, str], *, stage: str, status: str) -> tuple[str, ...]:
    """Return the ids of the tasks of this status that belong to another stage."""
    return tuple(each.id for each in jobs if each.status == status and stage_of(each.text, guide) != stage)
