"""Texts read as if people had written them: no seams, no leftovers, and they hold their facts."""

import re

from convsim.org.generate.build import GeneratedOrg
from convsim.org.generate.drafts import can_have, case_draft, lead_draft

TEXTS = (
    ("Case", "Subject"), ("Case", "Description"), ("Knowledge__kav", "FAQ_Answer__c"), ("Knowledge__kav", "Title"),
    ("EmailMessage", "TextBody"), ("EmailMessage", "Subject"), ("LiveChatTranscript", "Body"),
    ("VoiceCallTranscript__c", "Body__c"), ("Task", "Subject"), ("Task", "Description"), ("Event", "Description"),
    ("Event", "Subject"), ("Event", "Location"), ("Account", "Description"), ("Opportunity", "Description"),
    ("Opportunity", "Name"), ("Quote", "Description"), ("Contract", "Description"), ("Lead", "Description"),
    ("Product2", "Description"),
)  # fmt: skip
_SEAMS = re.compile(
    r"[{}|~<]|\[(?!\d{8}\])|//|  | [.,;?!](?:\s|$)|\.\.|,,|None|\b(?:a|an|the|our|my) (?:a|an|the|our|my) "
)
_DOUBLED = re.compile(r"\b([a-z]+) \1\b", re.IGNORECASE)
_LOWER_START = re.compile(r"(?:^|[.?!] |\n)[a-z]")
_ARTICLE = re.compile(r"\b[Aa] (?=[aeio])|\b[Aa]n (?=[^aeiouh8])", re.IGNORECASE)


def test_no_text_shows_its_grammar(org: GeneratedOrg) -> None:
    found = {
        match.group() + " in " + row[field][:90]
        for name, field in TEXTS
        for row in org.rows[name]
        for match in [_SEAMS.search(row[field])]
        if match
    }
    assert sorted(found)[:5] == []


def test_no_word_is_doubled_and_sentences_begin_with_capitals(org: GeneratedOrg) -> None:
    for name, field in TEXTS:
        for row in org.rows[name]:
            assert not _DOUBLED.search(row[field]), row[field]
            assert not _LOWER_START.search(row[field]), row[field]


def test_articles_agree(org: GeneratedOrg) -> None:
    for name, field in TEXTS:
        for row in org.rows[name]:
            match = _ARTICLE.search(row[field])
            assert match is None or row[field][match.end() :].startswith(("one", "uni", "use")), row[field]


def test_case_descriptions_name_the_product_and_never_the_issue(org: GeneratedOrg) -> None:
    products = {each.id: each.name for each in org.latent.products}
    issues = {each.id: each.name.lower() for each in org.latent.issues}
    for case, row in zip(org.latent.cases, org.rows["Case"], strict=True):
        assert products[case.product] in row["Description"]
        assert issues[case.issue] not in row["Description"].lower()


def test_descriptions_are_all_different(org: GeneratedOrg) -> None:
    texts = [row["Description"] for row in org.rows["Case"]]
    assert len(set(texts)) >= 0.995 * len(texts)


def test_signatures_are_the_senders(org: GeneratedOrg) -> None:
    for row in org.rows["EmailMessage"]:
        assert row["FromName"].split()[0] in row["TextBody"].rsplit("\n\n", 1)[-1], row["TextBody"]


def test_articles_hold_their_facts_and_questions_name_their_subject(org: GeneratedOrg) -> None:
    texts = {row["Id"]: row["FAQ_Answer__c"] for row in org.rows["Knowledge__kav"]}
    for article in org.latent.articles:
        for fact in article.facts:
            assert fact.value.lower() in texts[article.id].lower()
            assert all(question.endswith("?") and "[" not in question for question in fact.questions)
            if article.topic.startswith("product"):
                assert all(article.subject in question for question in fact.questions)


def test_internal_values_stay_out_of_public_articles(org: GeneratedOrg) -> None:
    texts = [row["FAQ_Answer__c"] for row in org.rows["Knowledge__kav"] if row["Audience__c"] == "public"]
    names = {fact.value for article in org.latent.articles if article.topic == "competitors" for fact in article.facts}
    assert names
    assert not any(name in text for name in names for text in texts)


def test_drafts_are_new_and_repeatable(org: GeneratedOrg) -> None:
    facts = org.latent
    issue = facts.issues[0].id
    product = next(each.id for each in facts.products if can_have(facts, issue=issue, product=each.id))
    draft = case_draft(facts, issue=issue, product=product, key=("t", 1))
    assert draft == case_draft(facts, issue=issue, product=product, key=("t", 1))
    assert draft.description != case_draft(facts, issue=issue, product=product, key=("t", 2)).description
    assert draft.description not in {row["Description"] for row in org.rows["Case"]}
    name = next(each.name for each in facts.products if each.id == product)
    assert name in draft.description


def test_lead_drafts_tell_what_they_are_about(org: GeneratedOrg) -> None:
    facts = org.latent
    for index in range(40):
        product = facts.products[index % len(facts.products)]
        lead = lead_draft(facts, state="NM", product=product.id, key=(index,))
        assert "New Mexico" in lead.text
        assert product.name in lead.text
        assert lead.name in lead.text
        assert lead.name not in {each.name for each in facts.contacts}
        assert (lead.company is None) == (facts.org_type == "b2c")
        assert not _SEAMS.search(lead.text), lead.text


def test_software_does_not_arrive_dented(org: GeneratedOrg) -> None:
    facts = org.latent
    for case in facts.cases:
        assert can_have(facts, issue=case.issue, product=case.product)
