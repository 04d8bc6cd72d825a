"""The scoreboard in the form of the published tables, and what completion is lost in conversation."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np

from convsim.records.episode import DELIVERIES, Delivery, Episode
from convsim.records.task import SKILLS
from convsim.report.composites import cluster_of, samples_of
from convsim.report.measures import values, verdict_of
from convsim.report.section import Datum, Section, numbers, share
from convsim.report.statistics import Estimate, bootstrapped, clustered_mean

WORK = tuple(skill for skill in SKILLS if skill != "confidentiality")
PUBLISHED = (
    ("CRMArena-Pro, leading agents, single", {"workflow": "over 83", "ALL": "about 58"}),
    ("CRMArena-Pro, leading agents, multi", {"ALL": "about 35"}),
)
"""From the abstract of arXiv 2505.18878: another org, other instances, other users."""
ORIENTATION = (
    "The last lines are published by others about ANOTHER ORG (CRMArena-Pro, arXiv 2505.18878, abstract; best of b2b "
    "and b2c): for orientation, not for comparison."
)
BEST_CONSTANT = "best constant answer"


def by_skill(episodes: Sequence[Episode]) -> Section:
    """Return mean scores by org, delivery, agent and skill; ALL is the mean of the four work skills."""
    cells: dict[tuple[str, Delivery, str], list[Episode]] = defaultdict(list)
    for each in episodes:
        cells[each.scenario.task.org, each.scenario.delivery, each.agent.name].append(each)
    lines, data, golds = [], list[Datum](), _tasks(episodes)
    for org, delivery in sorted({key[:2] for key in cells}, key=lambda at: (at[0], DELIVERIES.index(at[1]))):
        for agent, found in ((key[2], own) for key, own in cells.items() if key[:2] == (org, delivery)):
            told = _skills(found)
            shares = (share(told.get(skill)) for skill in (*WORK, "ALL", "confidentiality"))
            lines.append([agent, org, delivery, *shares])
            data += [
                {"agent": agent, "org": org, "delivery": delivery, "skill": skill, **numbers(each)}
                for skill, each in told.items()
            ]
        if (org, delivery) in golds:
            lines.append([BEST_CONSTANT, org, delivery, *_constant_line(golds[org, delivery])])
    lines += [
        [name, "other org", "", *(told.get(skill, "-") for skill in (*WORK, "ALL", "confidentiality"))]
        for name, told in PUBLISHED
    ]
    note = (
        "Mean score in per cent with 95% interval and number of episodes; confidentiality: probes refused without a "
        "leak. ALL: unweighted mean of the four work skills (interval: bootstrap over tasks); a dash where one was not "
        f"run. {BEST_CONSTANT.capitalize()}: the most frequent gold of each family, chosen in hindsight, so it is a "
        f"count without an interval. {ORIENTATION}"
    )
    return Section("skills", "Scoreboard by skill", note, ("agent", "org", "delivery", *WORK, "ALL", "confidentiality"),
                   lines, data=data)  # fmt: skip


def _skills(episodes: Sequence[Episode]) -> dict[str, Estimate]:
    parts: dict[str, list[Episode]] = defaultdict(list)
    for each in episodes:
        parts[each.scenario.task.skill].append(each)
    samples = {skill: samples_of(found) for skill, found in parts.items()}
    scores = {skill: samples[skill]["score"] for skill in WORK if "score" in samples.get(skill, {})}
    told: dict[str, Estimate] = {skill: clustered_mean(each.values, each.clusters) for skill, each in scores.items()}
    if len(scores) == len(WORK):
        told["ALL"] = bootstrapped(list(scores.values()), lambda *means: np.asarray(np.mean(means, axis=0)))
    probes = samples.get("confidentiality", {}).get("confidentiality")
    if probes is not None:
        told["confidentiality"] = clustered_mean(probes.values, probes.clusters)
    return told


Golds = dict[str, dict[str, tuple[str, tuple[str, ...]]]]
"""Skill -> task id -> (family, gold)."""


def _tasks(episodes: Iterable[Episode]) -> dict[tuple[str, Delivery], Golds]:
    found: dict[tuple[str, Delivery], Golds] = defaultdict(lambda: defaultdict(dict))
    for each in episodes:
        task = each.scenario.task
        if task.is_work:
            found[task.org, each.scenario.delivery][task.skill][task.id] = (task.family, tuple(sorted(task.gold)))
    return found


def _constant_line(golds: Golds) -> list[str]:
    told: dict[str, float] = {skill: constant_share(list(golds[skill].values())) for skill in WORK if golds.get(skill)}
    if len(told) == len(WORK):
        told["ALL"] = sum(told.values()) / len(WORK)
    return [f"{100 * told[skill]:.1f}" if skill in told else "-" for skill in (*WORK, "ALL", "confidentiality")]


def constant_share(golds: Sequence[tuple[str, tuple[str, ...]]]) -> float:
    """Return the share of (family, gold) that saying each family's most frequent gold would get exactly right."""
    families: dict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for family, gold in golds:
        families[family][gold] += 1
    return sum(max(counts.values()) for counts in families.values()) / len(golds)


def lost(episodes: Sequence[Episode]) -> Section:
    """Return completion in `single` minus completion in `multi` over common tasks, by what was lacking in `multi`."""
    title, id_ = "Completion lost from single to multi", "lost"
    note = (
        "Completed with the whole request at once minus completed in conversation, paired on task, persona and trial, "
        "in per cent with 95% intervals clustered by task. Acquisition: pairs whose conversation ended without every "
        "required unit; execution: the others. The two parts add up to the loss."
    )
    lines, data = [], list[Datum]()
    for agent in dict.fromkeys(each.agent.name for each in episodes):
        parts = _lost_of([each for each in episodes if each.agent.name == agent])
        if parts["lost"].n:
            lines.append([agent, *(share(each) for each in parts.values())])
            data += [{"agent": agent, "part": name, **numbers(each)} for name, each in parts.items()]
    if not lines:
        return Section(id_, title, note, missing="no agent met the same tasks in single and in multi delivery; run "
                       "both and give both runs to `convsim report`")  # fmt: skip
    return Section(id_, title, note, ("agent", "lost", "acquisition", "execution"), lines, data=data)


def _lost_of(episodes: Iterable[Episode]) -> dict[str, Estimate]:
    met: dict[str, dict[tuple[str, str, int], Episode]] = {"single": {}, "multi": {}}
    for each in episodes:
        scenario = each.scenario
        if scenario.delivery in met and dict(values(each)).get("completed") is not None:
            met[scenario.delivery][scenario.task.id, scenario.persona, scenario.trial] = each
    pairs = [(met["single"][key], met["multi"][key]) for key in met["single"] if key in met["multi"]]
    clusters = [cluster_of(single) for single, _ in pairs]
    differences = [dict(values(a))["completed"] - dict(values(b))["completed"] for a, b in pairs]
    short = [_lacks(multi) for _, multi in pairs]
    parts = {
        "lost": differences,
        "acquisition": [d if lacking else 0.0 for d, lacking in zip(differences, short, strict=True)],
        "execution": [0.0 if lacking else d for d, lacking in zip(differences, short, strict=True)],
    }
    return {name: clustered_mean(each, clusters, bounds=(-1.0, 1.0)) for name, each in parts.items()}


def _lacks(episode: Episode) -> bool:
    """Return whether the conversation ended without every required unit."""
    verdict = verdict_of(episode)
    found = verdict.clarification if verdict else None
    return found is not None and found.acquisition is not None and found.acquisition < 1
