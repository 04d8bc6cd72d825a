"""Stage tasks and call insights: every text tells its fact to somebody who reads it, over seeds and small orgs."""

from collections import Counter
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convsim.org.generate.build import GeneratedOrg, generate
from convsim.org.generate.latent import OrgType
from convsim.org.generate.policy import STAGES
from tasks.families.sales_insight_mining.reading import Call, told
from tasks.stage_tasks.reading import assigned, stage_of

orgs = st.sampled_from(("b2b", "b2c"))
seeds = st.integers(min_value=2, max_value=10_000)


def guide_of(org: GeneratedOrg) -> dict[str, str]:
    pages = (row for row in org.rows["Knowledge__kav"] if row["Title"] == "Stages of an opportunity")
    return assigned(next(pages)["FAQ_Answer__c"])


@settings(max_examples=6, deadline=None)
@given(org_type=orgs, seed=seeds)
def test_every_task_tells_its_stage(org_type: str, seed: int) -> None:
    org = generate(cast("OrgType", org_type), seed=seed, scale=0.05)
    guide = guide_of(org)
    assert Counter(guide.values()) == Counter(dict.fromkeys(STAGES, 4))
    true = {task.id: task.stage for work in org.latent.works for task in work.tasks}
    for row in org.rows["Task"]:
        assert stage_of(f"{row['Subject']}. {row['Description']}", guide) == true[row["Id"]], row


@settings(max_examples=6, deadline=None)
@given(org_type=orgs, seed=seeds)
def test_every_call_tells_its_insights_and_no_others(org_type: str, seed: int) -> None:
    org = generate(cast("OrgType", org_type), seed=seed, scale=0.05)
    names = {contact.id: contact.name for contact in org.latent.contacts}
    customer = {deal.id: names[deal.contact] for deal in org.latent.deals}
    for row in org.rows["VoiceCallTranscript__c"]:
        deal = row.get("OpportunityId__c")
        if deal is None:
            continue
        call = Call(customer[deal], row["Body__c"])
        read = {
            (kind, item, positive)
            for kind in ("topics", "competitors", "offers")
            for positive in (True, False)
            for item in told([call], kind=kind, positive=positive)
        }
        planned = {(each.kind, each.item, each.positive) for each in org.latent.insights if each.call == row["Id"]}
        assert read == planned, row["Body__c"]


@settings(max_examples=6, deadline=None)
@given(org_type=orgs, seed=seeds, scale=st.sampled_from((0.02, 0.05, 0.1)))
def test_true_stages_are_planned_with_a_margin(org_type: str, seed: int, scale: float) -> None:
    org = generate(cast("OrgType", org_type), seed=seed, scale=scale)
    stages = {deal.id: deal.stage for deal in org.latent.deals}
    won = {deal.id for deal in org.latent.deals if deal.won}
    for work in org.latent.works:
        counts = Counter(task.stage for task in work.tasks)
        assert work.recorded == stages[work.deal]
        if work.true != work.recorded:
            assert work.deal not in won
            assert set(counts) == {work.true}
            assert counts[work.true] >= 3
        elif counts:
            assert counts[work.true] > max((n for stage, n in counts.items() if stage != work.true), default=0)


def test_the_seller_does_not_count() -> None:
    body = "Ada Hill: You will be pleased with the price in the end, I am sure.\nBo Rand: The price puts us off."
    assert told([Call("Bo Rand", body)], kind="topics", positive=True) == ()
    assert told([Call("Bo Rand", body)], kind="topics", positive=False) == ("price",)


@pytest.mark.parametrize(
    ("sentence", "ahead"),
    [("Kestrel could not keep up with you.", True), ("You could not keep up with Kestrel so far.", False)],
)
def test_who_is_ahead_is_read_from_the_order_of_words(sentence: str, ahead: bool) -> None:
    call = Call("Bo Rand", f"Bo Rand: {sentence}")
    assert told([call], kind="competitors", positive=ahead) == ("Kestrel Home",)
    assert told([call], kind="competitors", positive=not ahead) == ()
