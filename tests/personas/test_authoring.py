"""A new persona starts from a complete valid file, and settings that work against each other are pointed out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.errors import SourceError
from personas.library import load_library
from personas.lint import lint, warnings
from personas.mistakes import validate
from personas.profile import Profile
from personas.source import parse
from personas.speaker import traits
from personas.template import new_profile
from personas.units import AUDIENCES, Audience

Write = Callable[..., Path]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_new_file_is_valid_and_shows_every_default(write: Write, audience: Audience) -> None:
    text = new_profile("my_own", audience)
    path = write(text)
    assert lint([path]) == []
    assert warnings([path]) == []
    profile = load_library([path]).get("my_own")
    plain = Profile(**profile.model_dump(include={"id", "display_name", "audience", "orgs", "backstory"}))
    assert profile == plain
    assert all(f"{trait.rsplit('.', maxsplit=1)[-1]}: " in text for trait in traits(profile))


def test_the_commented_pretext_is_valid_when_it_is_used(write: Write) -> None:
    head, _, tail = new_profile("my_own", "consumer").partition("# pretext:")
    path = write(head + "pretext:" + tail.replace("\n# ", "\n"))
    profile = load_library([path]).get("my_own")
    assert profile.pretext is not None
    assert profile.pretext.tactics == ("direct", "urgency")


@given(
    st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True) | st.sampled_from(["no", "yes", "on", "null", "true", "y"])
)
def test_any_id_comes_back_as_it_was_given(name: str) -> None:
    source, errors = parse(new_profile(name).encode(), file="new.yaml")
    assert not errors
    assert source is not None
    profile, errors = validate(source, Profile)
    assert not errors
    assert profile is not None
    assert profile.id == name


@pytest.mark.parametrize(
    ("name", "audience", "part"),
    [
        ("Jo Park", "employee", "write 'jo_park'"),
        ("jo", "employe", "did you mean 'employee'?"),
        ("", "employee", "'id'"),
    ],
)
def test_a_new_persona_with_a_wrong_id_or_audience_is_refused(name: str, audience: Audience, part: str) -> None:
    with pytest.raises(SourceError, match=r"^new persona: ") as caught:
        new_profile(name, audience)
    assert part in str(caught.value)


ADVICE = {
    "volunteering without room": ("  openness: 2", "  openness: 1\n  volunteering: high", "openness 1"),
    "volunteering without answering": (
        "  openness: 2",
        "  openness: 3\n  volunteering: high\n  answers_open_questions: false",
        "gives none to an open question",
    ),
    "too little patience": ("  gives_up_after: 9", "  gives_up_after: 5", "gives_up_after is so low"),
    "too little patience for forgetting": (
        "  openness: 2",
        "  openness: 2\n  forgetfulness: low",
        "gives_up_after is so low",
    ),
    "corrects nothing": ("  openness: 2", "  openness: 2\n  corrects: next_message", "corrects has no effect"),
    "formal and casual": ("pushback: 0.5", "language_register: casual\nstyle:\n  formality: high", "casual register"),
    "technical and vague": (
        "pushback: 0.5",
        "language_register: technical\nstyle:\n  expertise: low",
        "technical register",
    ),
    "tactics never tried": (
        "pushback: 0.5",
        "pretext:\n  tactics: [direct, urgency, authority]\n  persistence: 2",
        "never tried",
    ),
    "employee with a pretext": (
        "audience: business",
        "audience: employee\npretext:\n  tactics: [direct]",
        "never drawn",
    ),
    "consumer in b2b": ("audience: business", "audience: consumer", "never drawn there"),
}
PLAIN = """\
id: jo
display_name: Jo Park
audience: business
orgs: [b2b]
backstory: Works in the back office and asks for a figure now and then.
disclosure:
  openness: 2
patience:
  gives_up_after: 9
pushback: 0.5
"""


@pytest.mark.parametrize("case", ADVICE)
def test_settings_that_work_against_each_other_are_pointed_out(write: Write, case: str) -> None:
    old, new, part = ADVICE[case]
    path = write(PLAIN.replace(old, new, 1))
    assert lint([path]) == []
    told = warnings([path])
    assert part in " ".join(map(str, told))
    assert all(advice.line and advice.remedy and advice.file == path for advice in told)
    assert len(told) == 1


def test_sensible_settings_get_no_advice(write: Write) -> None:
    assert warnings([write(PLAIN)]) == []
