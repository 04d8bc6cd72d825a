"""Families that compare a figure over a window: facts, tables and API agree on any window, not only on chosen ones."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convsim.draws import choice
from convsim.org.org import Org
from convsim.records.task import UnitValue
from convsim.roles import Task
from personas.units import UnitName
from tasks.calendar import MONTHS, Window, bounds, brief, draw, months
from tasks.catalog import CATALOG
from tasks.check import values
from tasks.comparison import tables
from tasks.comparison.plan import ComparisonPlan
from tasks.families.conversion_rate_comprehension.solution import minimum_of
from tasks.families.monthly_trend_analysis.plan import PLAN as TREND
from tasks.ground import Ground, ground
from tasks.plan import Draft, Plan
from tasks.provider import plan_of, provider
from tasks.window_plan import WindowPlan

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

ORGS = ("b2b", "b2c")
WINDOWS = 24
WINDOWED = [name for name in CATALOG if isinstance(plan_of(name), WindowPlan)]
RANKING = [name for name in WINDOWED if isinstance(plan_of(name), ComparisonPlan)]


@pytest.fixture(scope="module")
def template() -> Callable[[str, str], Draft]:
    """Return what gives a draft of a family whose values can be replaced."""

    def made(name: str, org: str) -> Draft:
        soil = ground(Org.generated(org))
        found = (plan_of(name).draft(soil, (name, org, 0, n, n), none=False) for n in range(200))
        return next(each for each in found if each is not None)

    return made


def any_window(soil: Ground, number: int) -> Window:
    """Return a window of any kind: a brief one, one without any record, a single day, or a usual one."""
    today, start = soil.today, soil.latent.history_start
    if number % 4 == 0:
        return brief(today, start, "brief", number)
    if number % 4 == 1:
        day = start + timedelta(days=choice(range((today - start).days), "day", number))
        return Window(day, day + timedelta(days=1), (str(day),))
    if number % 12 == 2:
        return Window(date(2010, 1, 1), date(2011, 1, 1), ("2010",))
    return draw(today, start, "any", number) or months(2023, 3, 2)


def variants(plan: Plan, soil: Ground, draft: Draft) -> list[Draft]:
    """Return the draft with many windows, directions and metrics."""
    found = []
    for number in range(WINDOWS):
        drawn: dict[UnitName, UnitValue] = {**draft.values, "window": any_window(soil, number).value}
        for unit in ("direction", "metric", "product"):
            if unit in drawn:
                drawn[unit] = choice(list(plan.rivals(soil, draft, unit)), unit, number)
        found.append(replace(draft, values=drawn))
    return found


@pytest.mark.parametrize("org", ORGS)
@pytest.mark.parametrize("name", RANKING)
def test_each_figure_is_the_same_in_facts_and_tables(
    template: Callable[[str, str], Draft], name: str, org: str
) -> None:
    plan, soil = plan_of(name), ground(Org.generated(org))
    assert isinstance(plan, ComparisonPlan)
    empty = 0
    for draft in variants(plan, soil, template(name, org)):
        statement, further = plan.statement(soil, draft.values)
        by_tables = dict(tables.select(soil, statement, bounds(str(draft.values["window"])), **further))
        by_facts = plan.figures(soil, draft)
        assert by_tables == pytest.approx(dict(by_facts)), draft.values
        empty += not by_facts
    assert 0 < empty < WINDOWS


@pytest.mark.parametrize("org", ORGS)
@pytest.mark.parametrize("name", WINDOWED)
def test_the_solution_finds_what_is_clear_in_any_window(
    template: Callable[[str, str], Draft], clients: "Callable[[str], Salesforce]", name: str, org: str
) -> None:
    plan, soil = plan_of(name), ground(Org.generated(org))
    record = provider.build(name, Org.generated(org), seed=0, count=1)[0].record
    judged = 0
    for draft in variants(plan, soil, template(name, org)):
        ruling = plan.rule(soil, draft)
        if ruling.clear:
            judged += 1
            assert plan.solve(clients(org), record, draft.values) == ruling.gold, draft.values
            assert plan.query(soil, draft) == ruling.gold, draft.values
        if not ruling.gold:
            assert ruling.reason
    assert judged >= WINDOWS // 4


@pytest.mark.parametrize("org", ORGS)
def test_a_month_stands_out_only_as_the_policy_says(template: Callable[[str, str], Draft], org: str) -> None:
    soil = ground(Org.generated(org))
    draft = template("monthly_trend_analysis", org)
    told = draft.values
    products = {each.name: each.id for each in soil.latent.products}
    outstanding = 0
    for number in range(150):
        window = any_window(soil, number)
        product = choice(sorted(products), "product", number)
        found = Counter(
            (case.created.year, case.created.month)
            for case in soil.latent.cases
            if case.product == products[product] and window.start <= case.created.date() < window.end
        )
        expected = {
            MONTHS[month - 1]
            for (year, month), count in found.items()
            if all(
                2 * count >= 3 * other and count >= other + 3
                for other in [0, *(n for key, n in found.items() if key != (year, month))]
            )
        }
        asked: dict[UnitName, UnitValue] = {**told, "window": window.value, "product": product}
        ruling = TREND.rule(soil, replace(draft, values=asked))
        assert set(ruling.gold) == expected, asked
        outstanding += bool(expected)
    assert outstanding >= 3


@pytest.mark.parametrize("org", ORGS)
def test_hours_and_days_of_a_sales_cycle_give_the_same_agent(org: str) -> None:
    soil = ground(Org.generated(org))
    for task in provider.build("sales_cycle_understanding", Org.generated(org), seed=4, count=24):
        start, end = bounds(str(task.record.unit("window").value))  # type: ignore[union-attr]
        cycles: dict[str, list[float]] = {}
        for deal in soil.latent.deals:
            if deal.contract is not None and start <= deal.contract.company_signed < end:
                signed = deal.contract.company_signed.toordinal()
                hours = deal.created.hour / 24 + deal.created.minute / 1440
                cycles.setdefault(deal.owner, []).append(signed - deal.created.toordinal() - hours)
        mean = {owner: sum(each) / len(each) for owner, each in cycles.items()}
        longest = task.record.unit("direction").value == "highest"  # type: ignore[union-attr]
        assert task.record.gold == (((max if longest else min)(mean, key=mean.__getitem__),) if mean else ())


@pytest.mark.parametrize(("org", "minimum"), [("b2b", 5), ("b2c", 3)])
def test_the_policy_states_how_many_leads_are_needed(org: str, minimum: int) -> None:
    for task in provider.build("conversion_rate_comprehension", Org.generated(org), seed=2, count=6):
        assert minimum_of(task.record.policy) == minimum
        assert "{" not in task.record.policy


def without_window(task: Task) -> dict[UnitName, UnitValue]:
    return {name: value for name, value in values(task).items() if name != "window"}


@pytest.mark.parametrize("name", WINDOWED)
@pytest.mark.parametrize("org", ORGS)
def test_assuming_the_past_year_misleads(clients: "Callable[[str], Salesforce]", name: str, org: str) -> None:
    tasks = [each for each in provider.build(name, Org.generated(org), seed=6, count=12) if each.record.gold]
    right = [task.solve(clients(org), without_window(task)) == task.record.gold for task in tasks]
    assert sum(right) <= len(tasks) // 5


@given(st.dates(date(2022, 1, 1), date(2026, 12, 31)), st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_brief_windows_are_brief_and_past(today: date, number: int) -> None:
    window = brief(today, date(2021, 6, 30), "test", number)
    assert date(2021, 6, 30) <= window.start < window.end <= today
    assert 7 <= (window.end - window.start).days <= 21


@pytest.mark.parametrize(
    ("name", "org"),
    [
        ("conversion_rate_comprehension", "b2c"),
        ("monthly_trend_analysis", "b2b"),
        ("sales_cycle_understanding", "b2b"),
        ("best_region_identification", "b2b"),
    ],
)
def test_the_scarcest_families_reach_their_capacity(name: str, org: str) -> None:
    records = [task.record for task in provider.build(name, Org.generated(org), seed=1, count=150)]
    golds = Counter(record.gold for record in records)
    none = golds.pop((), 0)
    assert max(golds.values()) <= 0.15 * len(records)
    assert none == (25 if records[0].answer.none else 0)
    assert len({(*(unit.value for unit in record.units), *record.gold) for record in records}) == len(records)
