"""The study's table: seen and unseen families under each guidance condition, with what a condition costs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from convsim.guidance.conditions import BLOCKS, CONDITIONS
from convsim.records.episode import AgentConfig, Episode
from convsim.records.guidance import GuidanceSheet
from convsim.report.composites import cluster_of
from convsim.report.measures import values
from convsim.report.statistics import Estimate, clustered_mean
from convsim.report.tables import aligned, told
from convsim.runs.store import Store

HEADINGS = (
    *("agent", "condition", "the agent gets", "seen", "unseen", "guidance tokens", "prompt tokens"),
    *("tokens read", "USD", "human effort", "parts right"),
)
NOTE = (
    "seen, unseen: % score with 95% intervals clustered by task; tokens and USD are means over conversations (guidance "
    "and prompt estimated, tokens read as the model reports them); human effort: the study's rating and the lines that "
    "people wrote; parts right: subroutines that agree with the oracle on every trial"
)


@dataclass(frozen=True, slots=True)
class GuidanceRow:
    """One agent under one condition."""

    agent: str
    condition: str
    gives: str
    seen: Estimate | None
    unseen: Estimate | None
    guidance_tokens: float
    prompt_tokens: float
    read_tokens: float
    usd: float | None
    effort: str
    parts: str

    @property
    def cells(self) -> list[str]:
        """The row as text, in the order of `HEADINGS`."""
        cost = "unknown" if self.usd is None else f"{self.usd:.4f}"
        counts = (f"{each:,.0f}" for each in (self.guidance_tokens, self.prompt_tokens, self.read_tokens))
        return [
            *(self.agent, self.condition, self.gives, told(self.seen), told(self.unseen)),
            *(*counts, cost, self.effort, self.parts),
        ]


def sheets_of(stores: Sequence[Store]) -> tuple[GuidanceSheet, ...]:
    """Return the sheets of all runs, each once."""
    manifests = (store.manifest() for store in stores)
    return tuple(dict.fromkeys(sheet for each in manifests if each is not None for sheet in each.guidance))


def guidance_rows(episodes: Iterable[Episode], sheets: Sequence[GuidanceSheet]) -> list[GuidanceRow]:
    """Return the table's rows: agents in order of appearance, conditions in the study's order; none without guidance.

    Agents that no condition was tried on (the baselines) are left out.
    """
    if not sheets:
        return []
    groups: defaultdict[str, dict[str, list[Episode]]] = defaultdict(lambda: defaultdict(list))
    for episode in episodes:
        if episode.transcript is not None and episode.transcript.valid:
            groups[_unguided(episode.agent).name][episode.agent.fingerprint].append(episode)
    rows = []
    for agent, by_condition in groups.items():
        held = sorted(by_condition.values(), key=lambda each: list(CONDITIONS).index(each[0].agent.guidance))
        if any(each[0].agent.guidance != "raw" for each in held):
            rows += [_row(agent, each, sheets) for each in held]
    return rows


def guidance_table(episodes: Iterable[Episode], sheets: Sequence[GuidanceSheet]) -> str:
    """Return the table as text; empty for runs without guidance."""
    rows = guidance_rows(episodes, sheets)
    return f"{aligned([list(HEADINGS), *(row.cells for row in rows)])}\n{NOTE}" if rows else ""


def _unguided(agent: AgentConfig) -> AgentConfig:
    return agent.model_copy(update={"guidance": "raw", "guidance_example": "", "subroutines": None})


def _row(agent: str, episodes: Sequence[Episode], sheets: Sequence[GuidanceSheet]) -> GuidanceRow:
    config = episodes[0].agent
    condition, sheet = CONDITIONS[config.guidance], _sheet_of(config, sheets)
    extras = [each for each in (sheet.example, sheet.subroutines) if each]
    usages = [episode.transcript.usage.get("agent") for episode in episodes if episode.transcript]
    costs = [usage.cost_usd if usage else 0.0 for usage in usages]
    known = [cost for cost in costs if cost is not None]
    return GuidanceRow(
        agent=agent,
        condition=config.guidance + (f" ({', '.join(extras)})" if extras else ""),
        gives=condition.about,
        seen=_score(episodes, sheet.seen),
        unseen=_score(episodes, sheet.unseen),
        guidance_tokens=_mean(_tokens(episode, guidance=True) for episode in episodes),
        prompt_tokens=_mean(_tokens(episode, guidance=False) for episode in episodes),
        read_tokens=_mean(usage.input_tokens if usage else 0 for usage in usages),
        usd=_mean(known) if len(known) == len(costs) else None,
        effort=condition.effort if not sheet.lines else f"{condition.effort} ({sheet.lines} lines)",
        parts=_parts(sheet),
    )


def _parts(sheet: GuidanceSheet) -> str:
    """Return how many parts were right, with the names of the others."""
    if not sheet.subroutines:
        return "-"
    failing = f" (not {', '.join(sheet.failing)})" if sheet.failing else ""
    return f"{sheet.passed} of {sheet.tried}{failing}"


def _sheet_of(config: AgentConfig, sheets: Sequence[GuidanceSheet]) -> GuidanceSheet:
    """Return the sheet of an agent's condition; one that a foreign store lacks is empty."""
    parts = config.subroutines.name if config.subroutines else ""
    for sheet in sheets:
        fits = sheet.condition == config.guidance and config.guidance_example in ("", sheet.example)
        if fits and (not sheet.subroutines or sheet.subroutines == (parts or "correct")):
            return sheet
    return GuidanceSheet(condition=config.guidance, seen=sheets[0].seen, unseen=sheets[0].unseen)


def _score(episodes: Sequence[Episode], families: Sequence[str]) -> Estimate | None:
    kept = [episode for episode in episodes if episode.scenario.task.family in families]
    found = [(score, cluster_of(each)) for each in kept for name, score in values(each) if name == "score"]
    if not found:
        return None
    return clustered_mean([score for score, _ in found], [cluster for _, cluster in found], bounds=(0.0, 1.0))


def _tokens(episode: Episode, *, guidance: bool) -> int:
    blocks = episode.transcript.prompt if episode.transcript else ()
    return sum(block.tokens for block in blocks if block.name in BLOCKS or not guidance)


def _mean(numbers: Iterable[float]) -> float:
    found = list(_floats(numbers))
    return sum(found) / len(found) if found else 0.0


def _floats(numbers: Iterable[float]) -> Iterator[float]:
    yield from map(float, numbers)
