"""Which candidates become instances: each rule of the families in one place.

Instance `number` is the first of its candidates (draws named by family, org, seed, number and attempt) that fits all
rules, so that the first n instances are the same whatever the count.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from convsim.draws import digest
from convsim.errors import ConfigError, SimulationError
from tasks.ground import Ground
from tasks.plan import Draft, Plan, Ruling
from tasks.proof import Proof, prove, rival

CAPACITY = 150
"""Instances per family at scale 1."""
ATTEMPTS = 400
"""Candidates per instance before the family counts as exhausted."""
PREFERRING = 40
"""Candidates among which one is looked for whose units are all required."""
_INSISTING = 3 * ATTEMPTS
"""Candidates among which one is looked for whose answer hangs on the withheld clause."""
NONE_EVERY = 6
"""One instance of so many is planned with the gold "none"."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An accepted candidate with its ruling and the proofs of its required units."""

    number: int
    draft: Draft
    ruling: Ruling
    proof: Proof


def select(plan: Plan, ground: Ground, *, seed: int, count: int, withheld: bool = False) -> Iterator[Instance]:
    """Yield the first `count` instances, with `withheld` those whose policy clause only the user knows.

    Raises ConfigError naming family and maximum when there are fewer, SimulationError when the oracles disagree.
    """
    maximum = capacity(ground)
    if count > maximum:
        raise exhausted(plan, ground, maximum)
    chosen = _Chosen()
    for number in range(count):
        found = _first(plan, ground, chosen, (plan.name, ground.name, seed, number), withheld=withheld)
        if found is None:
            raise exhausted(plan, ground, number)
        chosen.add(found)
        yield found


def capacity(ground: Ground) -> int:
    """Return how many instances of a family the org is good for: more with a larger org, never fewer than 150."""
    return int(CAPACITY * max(1.0, ground.latent.scale))


def exhausted(plan: Plan, ground: Ground, maximum: int) -> ConfigError:
    """Return the error for a count above what the family has."""
    return ConfigError(
        f"family '{plan.name}' has at most {maximum} instances for org '{ground.name}' at scale "
        f"{ground.latent.scale:g}: ask for {maximum} or fewer"
    )


def plans_none(plan: Plan, org: str, seed: int, number: int) -> bool:
    """Return whether this instance is to have the gold "none": one in six, evenly spread."""
    return plan.can_be_none and (number + digest(plan.name, org, seed) % NONE_EVERY) % NONE_EVERY == 0


class _Chosen:
    """The instances so far, as the rules that compare instances need them."""

    def __init__(self) -> None:
        self.golds: Counter[tuple[str, ...]] = Counter()
        self.signatures: set[object] = set()

    def add(self, instance: Instance) -> None:
        self.golds[instance.ruling.gold] += 1
        self.signatures.add(_signature(instance.draft, instance.ruling))

    def takes(self, plan: Plan, draft: Draft, ruling: Ruling, *, least: int) -> bool:
        if _signature(draft, ruling) in self.signatures:
            return False
        if not ruling.gold or not plan.capped:
            return True
        allowed = max(least, int(plan.cap * (self.golds.total() + 1)))
        return self.golds[ruling.gold] < allowed


def _signature(draft: Draft, ruling: Ruling) -> object:
    return (tuple(draft.values.items()), ruling.gold)


def _first(
    plan: Plan, ground: Ground, chosen: _Chosen, key: tuple[str, str, int, int], *, withheld: bool
) -> Instance | None:
    none = plans_none(plan, key[1], key[2], key[3])
    for attempt in range(_INSISTING + ATTEMPTS if withheld else ATTEMPTS):
        draft = plan.draft(ground, (*key, attempt), none=none)
        if draft is None:
            continue
        draft = plan.withholding(draft) if withheld else draft
        ruling = plan.rule(ground, draft)
        # With few instances the cap allows each gold once; where an org has too few golds, a second time is better.
        least = 1 if attempt < ATTEMPTS // 2 else 2
        if not ruling.clear or bool(ruling.gold) == none or not chosen.takes(plan, draft, ruling, least=least):
            continue
        if withheld and _insists(key[3], attempt) and rival(plan, ground, draft, ruling, "policy") is None:
            continue
        proof = prove(plan, ground, draft, ruling)
        if len(proof.rivals) < _wanted(plan, draft, none=none, attempt=attempt):
            continue
        if _tells_early(plan, draft):
            continue
        if not _agree(plan, ground, draft, ruling):
            continue
        return Instance(key[3], draft, ruling, proof)
    return None


def _insists(number: int, attempt: int) -> bool:
    """Return whether the answer must hang on the withheld clause: in three instances of four, while there is hope."""
    return number % 4 != 0 and attempt < _INSISTING


def _tells_early(plan: Plan, draft: Draft) -> bool:
    """Return whether the goal happens to tell a unit, as a company named after the lead's state does."""
    goal = plan.goal(draft).casefold()
    forms = (form for each in draft.forms.values() for form in each)
    return any(form.removeprefix("the ").casefold() in goal for form in forms)


def _wanted(plan: Plan, draft: Draft, *, none: bool, attempt: int) -> int:
    """Return how many units must be required: at first all of them, then what the plan insists on."""
    prefer = plan.prefers_required and attempt < PREFERRING and not none
    return len(draft.values) if prefer else plan.least_required


def _agree(plan: Plan, ground: Ground, draft: Draft, ruling: Ruling) -> bool:
    """Return whether the tables say the same; of a generated org they must, and SimulationError tells that they do not.

    Where the facts were read from foreign tables, a candidate on which both disagree rests on records that contradict
    each other (an owner without an assignment): it becomes no task.
    """
    by_tables = plan.query(ground, draft)
    if sorted(by_tables) == sorted(ruling.gold):
        return True
    if not ground.derived:
        raise SimulationError(
            f"the oracles of family '{plan.name}' disagree on org '{ground.name}' for {dict(draft.values)}: "
            f"latent facts say {list(ruling.gold)} ({ruling.reason}), the tables say {list(by_tables)}"
        )
    return False
