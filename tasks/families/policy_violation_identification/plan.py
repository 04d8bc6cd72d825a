"""policy_violation_identification: what an agent offered in a case, held against the article of the case's issue."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.draws import chance, choice, shuffled
from convsim.org.generate.latent import CaseFact
from convsim.org.generate.policy import Channel, OfferFact, SolutionFact
from convsim.records.task import Answer, TaskRecord, UnitValue
from personas.units import UnitName
from tasks.families.policy_violation_identification.solution import judge
from tasks.families.policy_violation_identification.tables import by_tables
from tasks.ground import Ground, agents, contacts, employee, managers
from tasks.plan import Draft, Plan, Ruling, Values
from tasks.wording import text

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

_CHANNELS: tuple[Channel, ...] = ("chat", "emails")
_TEMPTING = 0.6
"""Share of the instances with gold "none" whose other channel holds a breach."""


class PolicyViolation(Plan):
    """Article that the agent of a case breached, or none."""

    name = "policy_violation_identification"
    folder = Path(__file__).parent
    answer = Answer(kind="id", prefixes=("ka0",), none=True)
    can_be_none = True
    prefers_required = True

    def draft(self, ground: Ground, key: tuple[object, ...], *, none: bool) -> Draft | None:
        """Return a candidate: first the channel and the issue, then a case with an offer."""
        channel = choice(_CHANNELS, *key, "channel")
        pool = self._pool(ground, channel, key, none=none)
        if not pool:
            return None
        case = choice(pool, *key, "case")
        return Draft(
            key,
            ground.today,
            employee(choice(managers(ground), *key, "requester")),
            values={"record": case, "channel": channel},
            forms={
                "record": (case,),
                "channel": tuple(self.wording.group("channels")[channel]),
            },
        )

    def _pool(self, ground: Ground, channel: Channel, key: tuple[object, ...], *, none: bool) -> list[str]:
        offers = _offers(ground)
        fine = [case for case, where in offers if where == channel and offers[case, where].fault is None]
        if none:
            torn = [case for case in fine if _faulty_elsewhere(ground, case, channel)]
            return torn if torn and chance(_TEMPTING, *key, "tempting") else fine
        faulty: dict[str, list[str]] = {}
        for (case, where), offer in offers.items():
            if where == channel and offer.fault is not None:
                faulty.setdefault(_cases(ground)[case].issue, []).append(case)
        return faulty[choice(sorted(faulty), *key, "issue")] if faulty else []

    def rule(self, ground: Ground, draft: Draft) -> Ruling:
        """Return the article by the planned offer; clear when the chat's two speakers have different names."""
        case = _cases(ground)[str(draft.values["record"])]
        channel: Channel = "chat" if draft.values["channel"] == "chat" else "emails"
        clear = channel != "chat" or _first_names_differ(ground, case)
        offer = _offers(ground).get((case.id, channel))
        if offer is None or offer.fault is None:
            said = "nothing was offered" if offer is None else f"'{offer.remedy}' was allowed"
            return Ruling((), f"case {case.number}, {channel}: {said}", clear)
        reason = f"case {case.number}, {channel}: '{offer.remedy}' was {offer.fault}"
        return Ruling((_solutions(ground)[case.issue].article,), reason, clear)

    def query(self, ground: Ground, draft: Draft) -> tuple[str, ...]:
        """Return the article by the tables."""
        return by_tables(ground, str(draft.values["record"]), str(draft.values["channel"]))

    def rivals(self, ground: Ground, draft: Draft, unit: UnitName) -> Iterable[UnitValue]:
        """Yield the other channel; cases with a breach in the same channel."""
        channel = draft.values["channel"]
        if unit == "channel":
            yield from _CHANNELS
            return
        faulty = [case for (case, where), offer in _offers(ground).items() if where == channel and offer.fault]
        yield from shuffled(sorted(faulty), *draft.key, "rival record")

    def policy(self, draft: Draft) -> str:
        """Return what may be offered and when it is a violation."""
        del draft
        return text(self.folder / "policy.txt")

    def solve(self, salesforce: "Salesforce", record: TaskRecord, values: Values) -> tuple[str, ...]:
        """Return the article through the API."""
        del record
        return judge(salesforce, values)

    def assume(self, record: TaskRecord, unit: UnitName) -> UnitValue | None:
        """Return None: no case suggests itself, and without a channel all messages are read."""
        del record, unit
        return None


@cache
def _cases(ground: Ground) -> dict[str, CaseFact]:
    return {each.id: each for each in ground.latent.cases}


@cache
def _offers(ground: Ground) -> dict[tuple[str, str], OfferFact]:
    return {(each.case, each.channel): each for each in ground.latent.offers}


@cache
def _solutions(ground: Ground) -> dict[str, SolutionFact]:
    return {each.issue: each for each in ground.latent.solutions}


def _faulty_elsewhere(ground: Ground, case: str, channel: Channel) -> bool:
    others = (_offers(ground).get((case, each)) for each in _CHANNELS if each != channel)
    return any(offer is not None and offer.fault is not None for offer in others)


def _first_names_differ(ground: Ground, case: CaseFact) -> bool:
    return contacts(ground)[case.contact].first != agents(ground)[case.owners[0].agent].name.split(" ", 1)[0]


PLAN = PolicyViolation()
