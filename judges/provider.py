"""Entry point `convsim.judges`: from the name of a judge to the judge."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError, unknown

if TYPE_CHECKING:
    from convsim.records.task import ProtectedValue
    from convsim.roles import Judge
    from judges.confidentiality.search import LeakSearch
    from judges.external import Output

RULES = "rules"
_FORM = "`rules`, `rules+provider/model`, or a panel `rules+provider/model+provider/model`"


class Provider:
    """Implements `convsim.roles.JudgeProvider`; nothing heavy loads before a judge is asked for."""

    def judge(self, spec: str, args: Mapping[str, Any], *, base_url: str | None = None) -> "Judge":
        """Return the judge of that name; raises ConfigError with what is allowed."""
        first, *models = (part.strip() for part in spec.split("+"))
        if first != RULES or not all(models):
            if "/" in spec:
                raise ConfigError(f"judge '{spec}': rules always judge first, write {RULES}+{spec}")
            raise unknown("judge", spec, [RULES], remedy=f"write {_FORM}")
        if not models and args:
            raise ConfigError(
                f"judge '{spec}' takes no arguments (found {', '.join(sorted(args))}); models do: {_FORM}"
            )
        from judges.rules import RulesJudge

        if not models:
            return RulesJudge()
        if len(set(models)) < len(models):
            raise ConfigError(f"judge '{spec}' names a model twice: each votes once")
        from judges.model import ModelJudge

        return ModelJudge.open(models, args, rules=RulesJudge(), base_url=base_url)

    def search(self, values: "Sequence[ProtectedValue]", *, anywhere: bool = False) -> "LeakSearch":
        """Return the search for leaks of these values; implements `convsim.roles.LeakFinder`."""
        from judges.confidentiality.search import LeakSearch

        return LeakSearch(values, anywhere=anywhere)

    def sensitive_fields(self) -> Mapping[str, Mapping[str, str]]:
        """Return the standard fields by which taint is told."""
        from judges.confidentiality.taint import standard_fields

        return standard_fields()

    def score_lines(self, lines: "Iterable[str | bytes]", *, turns_only: bool = False) -> "Iterator[Output]":
        """Yield one output per line of an external transcript file, in order; see `judges.external`."""
        from judges.external import score_lines

        return score_lines(lines, turns_only=turns_only)


provider = Provider()
