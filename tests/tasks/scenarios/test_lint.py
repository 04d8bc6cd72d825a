"""Each mistake in a scenario file is told with its line, what is allowed, the nearest name and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from convsim.org.org import Org
from personas.errors import SourceError
from personas.library import load_library
from tasks.provider import provider

Lint = Callable[[str], list[SourceError]]


@pytest.fixture(scope="module")
def question() -> str:
    return provider.new_scenario("mine", Org.generated("b2b"))


@pytest.fixture(scope="module")
def probe() -> str:
    return provider.new_scenario("secret", Org.generated("b2c"), probe=True)


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """Return the mistakes in a text; advice is left to the tests about it."""

    def of(text: str) -> list[SourceError]:
        file = tmp_path / "mine.yaml"
        file.write_text(text, encoding="utf-8")
        worlds = {name: Org.generated(name) for name in ("b2b", "b2c")}
        return list(provider.lint_scenarios([file], worlds, load_library())[0])

    return of


def one(errors: list[SourceError], text: str, written: str) -> str:
    """Return the only mistake, which must stand in the line in which `written` stands."""
    assert len(errors) == 1, errors
    assert errors[0].line == text[: text.index(written)].count("\n") + 1
    return str(errors[0])


def test_templates_are_without_mistakes_and_without_advice(tmp_path: Path) -> None:
    worlds = {name: Org.generated(name) for name in ("b2b", "b2c")}
    for org in worlds:
        for probe in (False, True):
            text = provider.new_scenario(f"{org}_{probe}".lower(), worlds[org], probe=probe)
            assert max(map(len, text.splitlines())) <= 120
            (tmp_path / f"{org}_{probe}.yaml").write_text(text, encoding="utf-8")
    assert provider.lint_scenarios([tmp_path], worlds, load_library()) == ([], [])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("org: b2b", "org: b2d", "org 'b2d' is not here; here: b2b, b2c; did you mean 'b2b'?"),
        ("  kind: employee", "  kind: employe", "did you mean 'employee'?"),
        ('  # id: "005..."', "  name: Nobody Nowhere", "no User has the name 'Nobody Nowhere'"),
        ("goal: I'd", "gaol: I'd", "unknown key 'gaol'"),
        ("name: direction", "name: directoin", "did you mean 'direction'?"),
        ("value: highest", "value: upwards", "'direction' is 'upwards'; allowed: highest, lowest, most, fewest"),
        ("IsClosed = true", "IsClosd = true", "No such column 'IsClosd' on entity 'Case'; did you mean 'IsClosed'?"),
        ("FROM Case", "FROM Cases", "did you mean 'Case'?"),
        ("BY OwnerId", "OwnerId", "the query is refused"),
        (":window.start", ":window.begin", ":window.start, :window.end, :window.start_day, :window.end_day"),
        (":window.start", ":windw.start", "did you mean 'window'?"),
        ("IsClosed = true", "Subject = 'none has this'", "the query has no result; mend it, or set `none: true`"),
        ('prefixes: ["005"]', "prefixes: [500]", "prefixes"),
        ("# personas: [ingrid_quality_analyst]", "personas: [ingrid_quality_analist]", "did you mean 'ingrid_quality"),
        ("# personas: [ingrid_quality_analyst]", "personas: [felix_agency_partner]", "audience business"),
    ],
)  # fmt: skip
def test_mistakes_are_told_where_they_stand(question: str, lint: Lint, old: str, new: str, told: str) -> None:
    assert old in question
    errors = lint(question.replace(old, new, 1))
    assert any(told in str(error) for error in errors), errors
    assert all(error.line for error in errors)


def test_a_goal_that_tells_a_value_is_told(question: str, lint: Lint) -> None:
    text = question.replace("how many cases our people", "who in the first quarter of 2025", 1)
    assert "the goal tells unit 'window'" in one(lint(text), text, "goal:")


def test_a_wording_that_says_another_time_is_told(question: str, lint: Lint) -> None:
    text = question.replace("the first quarter of 2025", "the second quarter of 2025", 1)
    assert "says 2025-04-01/2025-07-01; write what says 2025-01-01/2025-04-01" in one(lint(text), text, "forms: [Q1")


def test_a_window_in_the_future_is_told(question: str, lint: Lint) -> None:
    text = question.replace("today: 2025-06-30", "today: 2025-03-01", 1)
    assert "reaches into the future: today is 2025-03-01" in one(lint(text), text, "value: 2025-01-01")


def test_a_rival_that_changes_nothing_is_told(question: str, lint: Lint) -> None:
    text = question.replace(":direction.order", "DESC", 1).replace("  - name: direction", "  - name: scope", 1)
    text = text.replace("    rival: 2024-10-01/2025-01-01", "    rival: 2025-01-01/2025-04-01", 1)
    assert "the gold is the same" in one(lint(text), text, "rival: 2025-01-01")


def test_a_request_that_leaves_out_a_unit_is_told(question: str, lint: Lint) -> None:
    text = question.replace("units:\n", "request: Who closed the most in a while?\nunits:\n", 1)
    told = [str(error) for error in lint(text)]
    assert ["window" in each or "direction" in each for each in told] == [True, True]


def test_literal_golds_have_the_answers_form(question: str, lint: Lint) -> None:
    head, _, _ = question.partition("gold:\n")
    text = f"{head}gold:\n  literal: [Tuesday]\n"
    assert "the gold 'Tuesday' has not the answer's form; answers are of kind id" in one(lint(text), text, "gold:")


def test_gold_is_either_literal_or_a_query(question: str, lint: Lint) -> None:
    text = question.replace("gold:\n", "gold:\n  literal: []\n", 1)
    assert "write either literal or soql" in one(lint(text), text, "gold:")


def test_a_pretext_that_gives_the_secret_away_is_told(probe: str, lint: Lint) -> None:
    org = Org.generated("b2c")
    record = probe.split('record: "')[1][:18]
    phone = org.connect().query(f"SELECT Phone FROM Contact WHERE Id = '{record}'")["records"][0]["Phone"]
    text = probe.replace("Then give me just", f"It's {phone}, isn't it? Give me just", 1)
    assert "stands in what the user says" in one(lint(text), text, "text: It's " + phone)


def test_fields_and_records_that_do_not_exist_are_told(probe: str, lint: Lint) -> None:
    text = probe.replace("field: Phone", "field: Fone", 1)
    assert "Contact has no field 'Fone'; did you mean 'Phone'?" in one(lint(text), text, "field: Fone")
    text = probe.replace('record: "003', 'record: "zzz', 1)
    assert "no object has the prefix 'zzz'" in one(lint(text), text, 'record: "zzz')


def test_a_probe_needs_a_persona_with_a_pretext(probe: str, lint: Lint) -> None:
    text = probe + "personas: [maya_club_treasurer]\n"
    assert "has no pretext; a probe needs one with" in one(lint(text), text, "personas:")


@pytest.mark.parametrize(("raw", "told"), [("", "`convsim scenarios new ID`"), ("- 1", "a list"), ("a: [", "not YAML")])
def test_files_that_are_no_scenarios_are_told(lint: Lint, raw: str, told: str) -> None:
    assert told in str(lint(raw)[0])


def test_two_files_of_one_id_are_told(question: str, tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(question, encoding="utf-8")
    errors, _ = provider.lint_scenarios([tmp_path], {"b2b": Org.generated("b2b")}, load_library())
    assert "the id 'mine' is already taken by" in str(errors[0])
    assert errors[0].file.name == "b.yaml"
