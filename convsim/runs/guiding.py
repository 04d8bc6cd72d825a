"""Guidance in a run: who gets which, whether it can be had at all, and what is written of it into the manifest."""

from collections.abc import Iterable, Iterator, Mapping

from convsim import plugins
from convsim.errors import ConfigError
from convsim.guidance.conditions import CONDITIONS
from convsim.guidance.guide import DEFAULT_EXAMPLE, Guide
from convsim.guidance.prompt import blocks
from convsim.guidance.tokens import tokens
from convsim.records.episode import AgentConfig
from convsim.records.guidance import GuidanceSheet, Subroutines
from convsim.records.task import TaskRecord
from convsim.records.transcript import PromptBlock
from convsim.roles import World


def guide_of(config: AgentConfig) -> Guide | None:
    """Return an agent's guidance; None for the condition that gives nothing."""
    return None if config.guidance == "raw" else Guide(config, plugins.guidance_library())


def check_guidance(config: AgentConfig) -> None:
    """Raise ConfigError for an example that is not seen, and for parts that cannot be used."""
    guide = guide_of(config)
    if guide is None:
        return
    if config.guidance_example and config.guidance_example not in guide.library.seen:
        raise ConfigError(
            f"--guidance-example {config.guidance_example}: only seen families have a demonstration: "
            f"{', '.join(guide.library.seen)}"
        )
    if not guide.subroutines and guide.condition.subroutines:
        raise ConfigError("no parts are left to offer: give --subroutines correct")


def prompt_of(task: TaskRecord, world: World, config: AgentConfig) -> tuple[PromptBlock, ...]:
    """Return the blocks of an agent's prompt, its guidance among them."""
    return blocks(task, world, config, guide_of(config))


def sheets(agents: Iterable[AgentConfig], worlds: Mapping[str, World]) -> tuple[GuidanceSheet, ...]:
    """Return one sheet for each condition of a run, each once; the parts are tried on every org of the run."""
    guides = [(config, guide) for config in agents if (guide := guide_of(config)) is not None]
    if not guides:
        return ()
    raw = GuidanceSheet(condition="raw", seen=guides[0][1].library.seen, unseen=guides[0][1].library.unseen)
    return tuple(dict.fromkeys((raw, *(_sheet(config, guide, worlds) for config, guide in guides))))


def _sheet(config: AgentConfig, guide: Guide, worlds: Mapping[str, World]) -> GuidanceSheet:
    condition, chosen = CONDITIONS[config.guidance], config.subroutines or Subroutines()
    fares: dict[str, bool] = {}
    if condition.subroutines:
        for world in worlds.values():
            for each in guide.library.trials(chosen, world):
                fares[each.name] = fares.get(each.name, True) and each.passed
    written = list(_written(config, guide))
    return GuidanceSheet(
        condition=config.guidance,
        example=(config.guidance_example or DEFAULT_EXAMPLE) if condition.demonstration else "",
        subroutines=chosen.name if condition.subroutines else "",
        lines=len(written),
        tokens=tokens("\n".join(written)),
        tried=len(fares),
        passed=sum(fares.values()),
        failing=tuple(name for name, passed in fares.items() if not passed),
        seen=guide.library.seen,
        unseen=guide.library.unseen,
    )


def _written(config: AgentConfig, guide: Guide) -> Iterator[str]:
    """Yield the lines that people wrote: code that is not blank, sentences of a demonstration.

    Parts that a model wrote, or that stand for such, cost no human line.
    """
    condition, chosen = guide.condition, config.subroutines or Subroutines()
    own = guide.library.functions() if condition.functions else ()
    parts = guide.subroutines if chosen.name == "correct" else ()
    for function in (*own, *parts):
        yield from (line for line in function.source.splitlines() if line.strip())
    for source in guide.composed if chosen.name == "correct" else ():
        yield from (line for line in source.splitlines() if line.strip())
    if condition.demonstration is not None:
        yield from guide.library.sentences(config.guidance_example or DEFAULT_EXAMPLE, condition.demonstration)
