"""The functions of the seen families and their parts against the oracles, on windows of every kind."""

import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from convsim.draws import choice
from convsim.guidance.functions import CallError, GuidanceFunction, offer
from convsim.guidance.query import query_on
from convsim.org.org import Org
from tasks.comparison import tables
from tasks.comparison.plan import ComparisonPlan
from tasks.families.best_region_identification.guidance import best_region
from tasks.families.conversion_rate_comprehension.guidance import conversion_rate_agent
from tasks.families.handle_time.guidance import handle_time_agent
from tasks.families.top_issue_identification.guidance import top_issue
from tasks.families.transfer_count.guidance import transfer_count_agent
from tasks.ground import Ground, ground
from tasks.guidance import oracle
from tasks.guidance.composed import COMPOSED, composed_of
from tasks.guidance.faults import FAULTS, SUBROUTINES_WITH_FAULTS
from tasks.guidance.subroutines import SUBROUTINES
from tasks.guidance.trials import same, tried, window
from tasks.provider import plan_of

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

ORGS = ("b2b", "b2c")
WINDOWS = 200
Asked = tuple[dict[str, Any], dict[str, Any]]
"""Arguments of the function, and the values by which the oracle is asked."""


def ranked(soil: Ground, number: int) -> Asked:
    minimum, direction = number % 5, ("lowest", "highest")[number // 5 % 2]
    return {"direction": direction, "minimum_cases": minimum}, {"direction": direction, "minimum_cases": minimum}


def of_product(soil: Ground, number: int) -> Asked:
    product = choice([each.name for each in soil.latent.products], "product", number)
    return {"product": product}, {"product": product}


def of_regions(soil: Ground, number: int) -> Asked:
    metric = ("closure_time", "closed_cases")[number // 2 % 2]
    return {"metric": metric}, {"metric": metric}


def of_leads(soil: Ground, number: int) -> Asked:
    direction = ("lowest", "highest")[number // 2 % 2]
    minimum = {"b2b": 5, "b2c": 3}[soil.org]
    return {"direction": direction, "minimum_leads": minimum}, {"direction": direction}


FUNCTIONS: list[tuple[str, Callable[..., list[str]], Callable[[Ground, int], Asked]]] = [
    ("handle_time", handle_time_agent, ranked),
    ("transfer_count", transfer_count_agent, ranked),
    ("top_issue_identification", top_issue, of_product),
    ("best_region_identification", best_region, of_regions),
    ("conversion_rate_comprehension", conversion_rate_agent, of_leads),
]


def by_tables(family: str, soil: Ground, span: tuple[date, date], asked: dict[str, Any]) -> list[str]:
    """Return what the SQL oracle says: everybody who shares the extreme figure."""
    plan = plan_of(family)
    assert isinstance(plan, ComparisonPlan)
    values = {"metric": plan.measure, **asked}
    statement, further = plan.statement(soil, values)  # type: ignore[arg-type]
    highest = plan.highest(values)  # type: ignore[arg-type]
    return list(tables.extreme(soil, statement, span, highest=highest, **further))


@pytest.mark.parametrize(("family", "function", "asked"), FUNCTIONS, ids=[family for family, *_ in FUNCTIONS])
def test_a_function_equals_the_oracle_on_any_window(
    clients: "Callable[[str], Salesforce]",
    family: str,
    function: Callable[..., list[str]],
    asked: Callable[[Ground, int], Asked],
) -> None:
    offered, empty, ties = offer(function), 0, 0
    for number in range(WINDOWS):
        org = ORGS[number % 2]
        soil = ground(Org.generated(org))
        start, end = window(soil, family, number)
        given, values = asked(soil, number)
        found = offered.call(query_on(clients(org)), {"start": str(start), "end": str(end), **given})
        assert found == by_tables(family, soil, (start, end), values), (start, end, given)
        empty += not found
        ties += len(found) > 1
    assert 0 < empty < WINDOWS - 20
    # A mean is shared only where each has a single case of the same length: two families cannot show a tie here.
    assert ties or family in ("handle_time", "best_region_identification")


@pytest.mark.parametrize("org", ORGS)
def test_the_parts_equal_their_oracle(clients: "Callable[[str], Salesforce]", org: str) -> None:
    soil, query = ground(Org.generated(org)), query_on(clients(org))
    outcomes = list(tried([offer(each) for each in SUBROUTINES], soil, query, trials=60))
    assert [each.name for each in outcomes if not each.passed] == []
    assert len(outcomes) == 11


@pytest.mark.parametrize("org", ORGS)
def test_the_trials_find_every_fault_and_nothing_else(clients: "Callable[[str], Salesforce]", org: str) -> None:
    soil, query = ground(Org.generated(org)), query_on(clients(org))
    outcomes = list(tried([offer(each) for each in SUBROUTINES_WITH_FAULTS], soil, query))
    assert {each.name for each in outcomes if not each.passed} == set(FAULTS)


def test_faulty_parts_promise_what_the_right_ones_do() -> None:
    right, wrong = ([offer(each) for each in group] for group in (SUBROUTINES, SUBROUTINES_WITH_FAULTS))
    assert [each.header for each in right] == [each.header for each in wrong]
    assert sum(one.source != other.source for one, other in zip(right, wrong, strict=True)) == len(FAULTS) == 6
    for one in wrong:
        assert one.name not in FAULTS or FAULTS[one.name] not in one.source


@pytest.mark.parametrize(
    ("family", "function", "asked", "composed"),
    [(*each, own) for each, own in zip(FUNCTIONS, COMPOSED, strict=True)],
    ids=[family for family, *_ in FUNCTIONS],
)
def test_parts_put_together_give_what_the_function_gives(
    clients: "Callable[[str], Salesforce]",
    family: str,
    function: Callable[..., list[str]],
    asked: Callable[[Ground, int], Asked],
    composed: Callable[..., list[str]],
) -> None:
    """The parts are what their name says: the function taken apart. What agents are shown of it is what runs here."""
    whole, own = offer(function), offer(composed)
    assert (whole.name, whole.schema) == (own.name, own.schema)
    for number in range(16):
        org = ORGS[number % 2]
        soil, query = ground(Org.generated(org)), query_on(clients(org))
        start, end = window(soil, "composed", number)
        given = {"start": start, "end": end, **asked(soil, number)[0]}
        assert own.call(query, given) == whole.call(query, given), given


def test_only_what_can_be_put_together_of_the_offered_parts_is_shown() -> None:
    every = [each.__name__ for each in SUBROUTINES]
    assert [text.partition("(")[0] for text in composed_of(every)] == [f"def {each.__name__}" for each in COMPOSED]
    (only,) = composed_of(["extreme", "issues_of", "order_items_of"])
    assert only.startswith("def top_issue(")
    assert composed_of(["extreme"]) == ()


@pytest.mark.parametrize("function", [each for _, each, _ in FUNCTIONS])
def test_windows_begin_and_end_at_midnight(function: Callable[..., list[str]]) -> None:
    """Whatever is asked is asked from the first day's midnight on and before the end's: half-open, in UTC."""
    asked: list[str] = []

    def query(soql: str, **values: object) -> list[dict[str, Any]]:
        from simple_salesforce.format import format_soql

        asked.append(format_soql(soql, **values))
        return []

    given = {"start": "2024-02-01", "end": "2024-03-01", "direction": "lowest", "metric": "closure_time"}
    given |= {"minimum_cases": "1", "minimum_leads": "1", "product": "O'Hara's \\ 1"}
    offered = offer(function)
    assert offered.call(query, {name: given[name] for name in offered.model.model_fields}) == []
    for soql in asked:
        assert "CreatedDate >= 2024-02-01T00:00:00Z" in soql
        assert "CreatedDate < 2024-03-01T00:00:00Z" in soql
        assert "<=" not in soql
        assert "'O'Hara" not in soql


def test_a_record_at_midnight_belongs_to_the_day_that_begins(clients: "Callable[[str], Salesforce]") -> None:
    """Days that touch share no record and lose none."""
    soil, query = ground(Org.generated("b2c")), query_on(clients("b2c"))
    counted = {each.__name__: offer(each) for each in SUBROUTINES}
    start = soil.latent.history_start
    days = [start + timedelta(days=n) for n in range(61)]
    for name in ("managed_cases", "transfers_away"):
        pieces = [counted[name].call(query, {"start": one, "end": other}) for one, other in pairwise(days)]
        whole = counted[name].call(query, {"start": days[0], "end": days[-1]})
        assert sum(sum(each.values()) for each in pieces) == sum(whole.values())


def handle_time() -> GuidanceFunction:
    return offer(handle_time_agent)


GOOD = {"start": "2024-01-01", "end": "2024-02-01", "direction": "lowest", "minimum_cases": 1}


def nothing(soql: str, **values: object) -> list[dict[str, Any]]:
    return []


@pytest.mark.parametrize(
    ("changes", "hint"),
    [
        ({"start": "January"}, "argument 'start' is 'January': input should be a valid date"),
        ({"direction": "fastest"}, "argument 'direction' is 'fastest': input should be 'lowest' or 'highest'"),
        ({"minimum_cases": "some"}, "argument 'minimum_cases' is 'some': input should be a valid integer"),
        ({"minimum_cases": None}, "argument 'minimum_cases' is None"),
        ({"metric": "x"}, "there is no argument 'metric'"),
        ({"query": "x"}, "there is no argument 'query'"),
        ({"end": "2024-01-01"}, r"end \(2024-01-01\) must lie after start \(2024-01-01\)"),
    ],
)
def test_wrong_arguments_are_told(changes: dict[str, Any], hint: str) -> None:
    with pytest.raises(CallError, match=hint):
        handle_time().call(nothing, {**GOOD, **changes})


def test_missing_arguments_are_told_with_the_signature() -> None:
    with pytest.raises(CallError, match=r"'end' is missing.*Call it as handle_time_agent\(start: date, end: date"):
        handle_time().call(nothing, {"start": "2024-01-01"})


def test_what_is_told_is_what_runs() -> None:
    import inspect

    offered = handle_time()
    assert offered.source in inspect.getsource(inspect.getmodule(handle_time_agent))  # type: ignore[arg-type]
    assert "query" not in offered.signature
    assert offered.schema["properties"]["direction"] == {"enum": ["lowest", "highest"], "type": "string"}
    assert offered.schema["required"] == ["start", "end", "direction", "minimum_cases"]


def test_a_result_of_the_wrong_type_is_no_result() -> None:
    def wrong(product: str) -> list[str]:
        """Return nothing of use."""
        return 7  # type: ignore[return-value]

    with pytest.raises(CallError, match="wrong broke: it returned what it does not promise"):
        offer(wrong).call(nothing, {"product": "x"})


def test_what_an_org_lacks_is_left_out_of_the_trials(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(*_: object) -> object:
        raise sqlite3.OperationalError("no such table: Lead")

    monkeypatch.setattr("tasks.guidance.trials.expected", lacking)
    assert list(tried([handle_time()], ground(Org.generated("b2b")), nothing)) == []


def test_equal_results() -> None:
    assert same({"a": 1.0, "b": 0}, {"a": 1})
    assert not same({"a": 1}, {"a": 2})
    assert not same([], ["a"])
    assert same({"a": {"created": 1}}, {"a": {"created": 1}})
    assert oracle.expected(ground(Org.generated("b2b")), "handle_seconds", {
        "opened": "2024-02-28T23:59:00.000+0000", "closed": "2024-03-01T00:00:00.000+0000",
    }) == 86460.0  # fmt: skip
