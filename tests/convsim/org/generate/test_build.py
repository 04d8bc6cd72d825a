"""What an org contains is fixed by type, seed and scale; its parts fit together."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convsim.org.generate.build import GeneratedOrg, generate, org_sheet
from convsim.org.generate.schema import schema_of
from convsim.org.generate.sizes import DEFAULTS, size
from convsim.org.ids import normal_id

HASHES = {
    ("b2b", 0): "94c8e742a202f2c137a7ef15bfaa8276",
    ("b2b", 1): "5da2f1d6b86f5d4554b387d0f2d2f4b9",
    ("b2c", 0): "72978645d4a0661c22980c2f59c17e65",
    ("b2c", 1): "5524df725c6ea5dd1330a4a9cac03bc4",
}
"""Content hashes at scale 0.2: a change of content must change VERSION in build.py and this table."""


@pytest.mark.parametrize(("org_type", "seed"), HASHES)
def test_content_is_pinned(org_type: str, seed: int) -> None:
    assert generate(org_type, seed=seed, scale=0.2).content_hash() == HASHES[org_type, seed]


def test_another_process_with_another_hash_seed_makes_the_same() -> None:
    code = "from convsim.org.generate.build import generate; print(generate('b2b', seed=1, scale=0.2).content_hash())"
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "LC_ALL": "C", "TZ": "Asia/Tokyo"}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == HASHES["b2b", 1]


def test_every_object_has_its_default_count(org: GeneratedOrg) -> None:
    place = org.latent.org_type == "b2c"
    assert {name: len(rows) for name, rows in org.rows.items()} == {
        name: both[place] for name, both in DEFAULTS.items()
    }


def test_sizes_scale_but_the_catalogue_does_not() -> None:
    assert size("b2b", "Case", 3.0) == 2880
    assert size("b2b", "Product2", 3.0) == 50
    assert size("b2c", "User", 0.01) == 42


def _whole(org: GeneratedOrg) -> None:
    """Assert that ids are valid and unique, references lead somewhere, fields exist, and history ends before today."""
    schema = schema_of(org.latent.org_type)
    ids = {name: {row["Id"] for row in rows} for name, rows in org.rows.items()}
    assert sum(map(len, ids.values())) == sum(map(len, org.rows.values())) == len(set().union(*ids.values()))
    for name, rows in org.rows.items():
        sobject = schema.object(name)
        assert sobject is not None
        fields = {each.name: each for each in sobject.fields}
        for row in rows:
            assert row.keys() <= fields.keys()
            assert normal_id(row["Id"]) == row["Id"]
            assert org.latent.history_start.isoformat() <= row["CreatedDate"][:10] < org.latent.today.isoformat()
            for key, value in row.items():
                if value is not None and fields[key].to:
                    assert any(value in ids.get(target, ()) for target in fields[key].to), (name, key)


def test_the_full_orgs_are_whole(org: GeneratedOrg) -> None:
    _whole(org)


@settings(max_examples=6)
@given(st.sampled_from(["b2b", "b2c"]), st.integers(0, 10**6), st.floats(0.02, 0.12))
def test_any_small_org_is_whole(org_type: str, seed: int, scale: float) -> None:
    made = generate(org_type, seed=seed, scale=scale)
    _whole(made)
    for case in made.latent.cases:
        instants = [own.since for own in case.owners]
        assert instants == sorted(instants)
        assert instants[0] == case.created
        assert case.closed is None or case.closed > instants[-1]
        assert all(one.agent != other.agent for one, other in zip(case.owners, case.owners[1:], strict=False))


def test_values_are_those_of_the_picklists(org: GeneratedOrg) -> None:
    for sobject in schema_of(org.latent.org_type):
        for field in sobject.fields:
            if field.type == "picklist":
                found = {row.get(field.name) for row in org.rows[sobject.name]} - {None}
                assert found <= set(field.values), (sobject.name, field.name)


def test_cases_follow_their_purchase_and_their_people(org: GeneratedOrg) -> None:
    bought = {line.id: (order, line) for order in org.latent.orders for line in order.lines}
    contacts = {each.id: each for each in org.latent.contacts}
    for case in org.latent.cases:
        order, line = bought[case.order_item]
        assert (order.id, order.account, line.product) == (case.order, case.account, case.product)
        assert order.effective < case.created.date()
        assert contacts[case.contact].account == case.account


def test_deals_follow_in_time(org: GeneratedOrg) -> None:
    for deal in org.latent.deals:
        assert all(quote.created >= deal.created for quote in deal.quotes)
        if deal.contract is not None:
            assert deal.order is not None
            assert deal.created.date() <= deal.contract.customer_signed <= deal.contract.company_signed
            assert deal.contract.company_signed <= deal.order.effective
        if deal.order is not None:
            assert [q.status for q in deal.quotes].count("Accepted") == 1
            accepted = next(quote for quote in deal.quotes if quote.status == "Accepted")
            assert [(each.product, each.quantity) for each in accepted.lines] == [
                (each.product, each.quantity) for each in deal.order.lines
            ]


def test_converted_leads_are_their_contacts(org: GeneratedOrg) -> None:
    contacts = {each.id: each for each in org.latent.contacts}
    converted = [each for each in org.latent.leads if each.contact is not None]
    assert len(converted) > 0.12 * len(org.latent.leads)
    for lead in converted:
        contact = contacts[lead.contact]
        assert (lead.first, lead.last, lead.state, lead.account) == (
            contact.first, contact.last, contact.state, contact.account,
        )  # fmt: skip
        assert lead.converted is not None
        assert lead.converted >= lead.created.date()


def test_territories_cover_every_state_once(org: GeneratedOrg) -> None:
    states = Counter(state for territory in org.latent.territories for state in territory.states)
    assert len(states) == 50
    assert set(states.values()) == {1}
    sellers = {each.id for each in org.latent.agents if each.role == "sales"}
    assert all(set(territory.users) <= sellers and territory.users for territory in org.latent.territories)


def test_many_windows_have_one_fastest_agent(org: GeneratedOrg) -> None:
    """In most quarters the fastest of the agents with three cases or more is ahead by five percent."""
    clear = 0
    for quarter in range(16):
        year, month = 2021 + (6 + 3 * quarter) // 12, (6 + 3 * quarter) % 12 + 1
        times: dict[str, list[float]] = {}
        for case in org.latent.cases:
            months = (case.created.year - year) * 12 + case.created.month - month
            if case.handle_seconds is not None and 0 <= months < 3 and not case.transferred:
                times.setdefault(case.owner, []).append(case.handle_seconds)
        means = sorted(sum(each) / len(each) for each in times.values() if len(each) >= 3)
        clear += len(means) >= 3 and means[1] > 1.05 * means[0]
    assert clear >= 10


def test_issues_have_different_specialists_and_some_are_level(org: GeneratedOrg) -> None:
    level, leaders = 0, set()
    for issue in org.latent.issues:
        closed = Counter(case.owner for case in org.latent.cases if case.issue == issue.id and case.closed)
        best = closed.most_common(2)
        leaders.add(best[0][0])
        level += best[0][1] == best[1][1]
    assert len(leaders) >= 10
    assert level >= 1


def test_namesakes_live_in_other_accounts(org: GeneratedOrg) -> None:
    contacts = {each.id: each for each in org.latent.contacts}
    pairs = [(each, contacts[each.namesake]) for each in org.latent.contacts if each.namesake is not None]
    assert len(pairs) >= 30
    for one, other in pairs:
        assert one.last == other.last
        assert one.account != other.account
        assert other.namesake == one.id


def test_the_org_sheet_names_an_active_user(org: GeneratedOrg) -> None:
    user = next(line.split(": ")[1] for line in org_sheet(org).splitlines() if line.startswith("user"))
    assert [row["IsActive"] for row in org.rows["User"] if row["Username"] == user] == [True]


def test_schemas_hold_only_their_own_fields() -> None:
    business, consumer = schema_of("b2b"), schema_of("b2c")
    assert business.object("Account").field("PersonEmail") is None
    assert business.object("Account").field("Industry") is not None
    assert consumer.object("Account").field("Industry") is None
    assert consumer.object("Lead").field("Company") is None
    assert "Kitchen" in consumer.object("Product2").field("Family").values
    assert [each.name for each in business.object("Case").children].count("CaseHistories__r") == 1
