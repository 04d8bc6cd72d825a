"""Traits take words or numbers and are numbers with a stated unit and range after loading."""

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from personas.profile import Disclosure, Patience, Pretext, Profile, Record, Style
from personas.scales import Scale

BASE: dict[str, Any] = {
    "id": "jo",
    "display_name": "Jo",
    "audience": "employee",
    "orgs": ["b2b"],
    "backstory": "Works in the back office and asks for a figure now and then.",
}
PARTS: dict[str, type[Record]] = {"style": Style, "disclosure": Disclosure, "patience": Patience, "pretext": Pretext}
SCALES = [
    (part, name, meta, field.annotation)
    for part, model in {**PARTS, "": Profile}.items()
    for name, field in model.model_fields.items()
    for meta in field.metadata
    if isinstance(meta, Scale)
]
NAMES = [f"{part}.{name}" for part, name, _, _ in SCALES]


def value_of(part: str, name: str, value: object) -> Any:
    others: dict[str, object] = {"pretext": {"tactics": ["direct"]}, "patience": {"gives_up_after": 30}}.get(part, {})
    if (part, name) == ("patience", "gives_up_after"):
        others = {"irritation_after": 1}
    profile = Profile(**BASE, **({part: {**others, name: value}} if part else {name: value}))
    return getattr(getattr(profile, part) if part else profile, name)


@pytest.mark.parametrize(("part", "name", "scale", "kind"), SCALES, ids=NAMES)
def test_words_are_rising_numbers_inside_the_range(part: str, name: str, scale: Scale, kind: type) -> None:
    low, medium, high = (value_of(part, name, word) for word in ("low", "medium", "high"))
    assert scale.minimum <= low < medium < high <= scale.maximum
    assert {type(low), type(medium), type(high)} == {kind}


@pytest.mark.parametrize(("part", "name", "scale", "kind"), SCALES, ids=NAMES)
def test_the_ends_of_the_range_are_inside_and_beyond_them_is_outside(
    part: str, name: str, scale: Scale, kind: type
) -> None:
    for end, beyond in ((scale.minimum, scale.minimum - 1), (scale.maximum, scale.maximum + 1)):
        assert value_of(part, name, end) == end
        with pytest.raises(ValidationError, match="outside the range"):
            value_of(part, name, beyond)


@pytest.mark.parametrize(("part", "name", "scale", "kind"), SCALES, ids=NAMES)
@pytest.mark.parametrize("wrong", [True, None, float("nan"), float("inf"), "Low", "0.5", [1]])
def test_what_is_neither_word_nor_number_is_refused(
    part: str, name: str, scale: Scale, kind: type, wrong: object
) -> None:
    with pytest.raises(ValidationError):
        value_of(part, name, wrong)


@pytest.mark.parametrize(("part", "name", "scale", "kind"), SCALES, ids=NAMES)
def test_the_docstring_states_range_and_measure(part: str, name: str, scale: Scale, kind: type) -> None:
    text = (PARTS[part] if part else Profile).model_fields[name].description or ""
    assert f"{scale.minimum:g}..{scale.maximum:g}" in text
    assert re.search(r"\nMeasured: \w+", text)


@pytest.mark.parametrize("model", [*PARTS.values(), Profile])
def test_every_field_has_a_docstring_and_every_behaviour_a_measure(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.description, name
        assert model is Profile or "\nMeasured: " in field.description, name


@given(st.integers(1, 30), st.integers(1, 20))
def test_irritation_never_comes_after_the_end(end: int, irritation: int) -> None:
    if irritation <= end:
        assert Patience(gives_up_after=end, irritation_after=irritation).gives_up_after == end
    else:
        with pytest.raises(ValidationError, match="above gives_up_after"):
            Patience(gives_up_after=end, irritation_after=irritation)


def test_a_profile_is_frozen_and_comes_back_from_json() -> None:
    profile = Profile(**BASE, style={"verbosity": "high"}, pretext={"tactics": ["direct", "urgency"]})
    assert Profile.model_validate_json(profile.model_dump_json()) == profile
    with pytest.raises(ValidationError):
        profile.style.verbosity = 0.1


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import personas, personas.errors, personas.units, sys; print({'pydantic', 'yaml', 'jinja2'} & {*sys.modules})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
