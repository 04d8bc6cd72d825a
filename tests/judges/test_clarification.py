"""Clarification measures on worked examples: R = window, direction, minimum_cases unless said otherwise."""

from typing import Any

import pytest

OPENING = "Which agent handles cases best? Give me the Id."
ASK_ALL = (
    "Which time window do you mean, do you want the lowest or the highest, and is there a minimum number of cases?"
)
ASK_WINDOW = "Which time window do you mean?"
ASK_WINDOW_AGAIN = "Sorry, which time period was that?"
ASK_REGION = "Which region or state are you interested in?"
ASK_OPEN = "Could you tell me more about what you need?"
TOLD = "I mean Q2 2023."
ALL = ("window", "direction", "minimum_cases")


def clarified(court: Any, *said: str, **given: Any) -> Any:
    return court.verdict(court.task(), *said, **given).clarification


def test_all_asked_at_once(court: Any) -> None:
    found = clarified(
        court, OPENING, ASK_ALL, "Q2 2023, the lowest, more than five cases.", f"It is {court.DANA}.",
        ledger=court.released(1, *ALL),
    )  # fmt: skip
    assert (found.need, found.unit_recall, found.unit_precision, found.f1) == (True, 1.0, 1.0, 1.0)
    assert (found.redundancy, found.retrievable, found.vague, found.excess) == (0.0, 0.0, 0.0, 0)
    assert (found.premature, found.assumed, found.acquisition) == (False, (), 1.0)
    assert found.asked == ALL


def test_one_of_three_asked(court: Any) -> None:
    found = clarified(
        court, OPENING, ASK_WINDOW, TOLD, f"It is {court.DANA}.", ledger=court.released(1, "window")
    )  # fmt: skip
    assert (found.unit_recall, found.unit_precision) == (pytest.approx(1 / 3), 1.0)
    assert found.f1 == pytest.approx(0.5)
    assert (found.premature, found.acquisition) == (True, pytest.approx(1 / 3))


def test_never_asked(court: Any) -> None:
    found = clarified(court, OPENING, f"It is {court.DANA}.")
    assert (found.need, found.unit_recall, found.unit_precision, found.f1) == (False, 0.0, None, 0.0)
    assert (found.premature, found.acquisition, found.excess, found.vague) == (True, 0.0, 0, 0.0)


def test_nothing_withheld(court: Any) -> None:
    given = court.released(0, *ALL, reason="opening")
    found = clarified(court, OPENING, f"It is {court.DANA}.", ledger=given)
    assert (found.need, found.unit_recall, found.f1, found.acquisition) == (None, None, None, None)
    assert not found.premature
    asked = clarified(court, OPENING, ASK_WINDOW, TOLD, f"It is {court.DANA}.", ledger=given)
    assert (asked.unit_precision, asked.redundancy, asked.excess) == (0.0, 1.0, 1)


def test_asking_again_is_redundant(court: Any) -> None:
    found = clarified(
        court, OPENING, ASK_WINDOW, TOLD, ASK_WINDOW_AGAIN, TOLD, f"It is {court.DANA}.",
        ledger=court.released(1, "window"),
    )  # fmt: skip
    assert (found.redundancy, found.asked) == (0.5, ("window",))


def test_asking_what_the_crm_tells(court: Any) -> None:
    found = clarified(court, OPENING, ASK_REGION, "Look it up.", ASK_WINDOW, TOLD, ledger=court.released(2, "window"))
    assert (found.retrievable, found.unit_precision) == (0.5, 0.5)


def test_vague_questions(court: Any) -> None:
    found = clarified(court, OPENING, ASK_OPEN, TOLD, ASK_ALL, "The lowest.", ledger=court.released(1, "window"))
    assert found.vague == 0.5


def test_excess_is_counted_over_what_the_persona_needs(court: Any) -> None:
    said = [part for _ in range(4) for part in (OPENING, ASK_WINDOW)]
    assert clarified(court, *said).excess == 4 - 2


def test_what_the_user_forgot_or_misunderstood_is_no_excess(court: Any) -> None:
    from convsim.records.ledger import LedgerEntry

    said = (OPENING, ASK_WINDOW, "I don't know.", ASK_WINDOW_AGAIN, TOLD, ASK_ALL, "The lowest.", ASK_OPEN)
    told = court.released(2, "window") + court.released(3, "direction")
    forgot = LedgerEntry(turn=1, unit="window", event="withheld", reason="forgot")
    unclear = LedgerEntry(turn=1, unit=None, event="unclear")
    assert clarified(court, *said, ledger=told).excess == 4 - 2
    assert clarified(court, *said, ledger=(forgot, *told)).excess == 3 - 2
    assert clarified(court, *said, ledger=(unclear, *told)).excess == 3 - 2


def test_released_too_late_is_not_acquired(court: Any) -> None:
    found = clarified(
        court, OPENING, f"It is {court.DANA}.", "By the way, I mean Q2 2023.", ledger=court.released(1, "window")
    )
    assert (found.acquisition, found.premature) == (0.0, True)


@pytest.mark.parametrize(
    ("soql", "unit"),
    [
        ("SELECT Id FROM Case WHERE CreatedDate >= 2023-01-01T00:00:00Z", "window"),
        ("SELECT Id FROM Case WHERE CreatedDate = LAST_N_MONTHS:3", "window"),
        ("SELECT OwnerId FROM Case GROUP BY OwnerId HAVING COUNT(Id) > 3", "minimum_cases"),
        ("SELECT OwnerId FROM Case GROUP BY OwnerId ORDER BY COUNT(Id) DESC LIMIT 1", "direction"),
    ],
)
def test_a_value_used_in_a_query_is_assumed(court: Any, soql: str, unit: str) -> None:
    given = court.released(0, *(each for each in ALL if each != unit), reason="opening")
    told = {"ledger": given, "queries": [court.query(soql)]}
    assert clarified(court, OPENING, f"It is {court.DANA}.", **told).assumed == (unit,)
    told["ledger"] = court.released(0, *ALL, reason="opening")
    assert clarified(court, OPENING, f"It is {court.DANA}.", **told).assumed == ()


def test_a_query_without_a_value_assumes_nothing(court: Any) -> None:
    found = clarified(court, OPENING, f"It is {court.DANA}.", queries=[court.query("SELECT Id, OwnerId FROM Case")])
    assert found.assumed == ()


def test_a_value_in_the_answer_is_assumed(court: Any) -> None:
    given = court.released(0, "direction", "minimum_cases", reason="opening")
    assert clarified(court, OPENING, f"In Q1 2023 it was {court.DANA}.", ledger=given).assumed == ("window",)


@pytest.mark.parametrize(
    "extra", [("One moment, please.",), ("Thank you!", "Sure, let me check."), ("Understood.",) * 3]
)
def test_small_talk_moves_no_measure(court: Any, extra: tuple[str, ...]) -> None:
    before = (OPENING, ASK_ALL, "Q2 2023, the lowest.")
    chat = tuple(part for text in extra for part in (text, "ok"))
    told = {"ledger": court.released(1, "window", "direction")}
    answer = f"It is {court.DANA}."
    assert clarified(court, *before, *chat, answer, **told) == clarified(court, *before, answer, **told)
