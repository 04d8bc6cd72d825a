"""Each behaviour has an instruction for a model, and another value of it another instruction."""

from typing import get_args

import pytest

from personas.library import load_library
from personas.profile import Correcting, Language, Order, Profile, Register, Tactic
from personas.speaker import LANGUAGES, speaker_instructions, trait_instructions, traits

LIBRARY = load_library()
WORDED = {
    "disclosure.order": get_args(Order),
    "language": get_args(Language),
    "language_register": get_args(Register),
    "disclosure.corrects": get_args(Correcting),
    "disclosure.answers_open_questions": (True, False),
}
NUMBERED = ("low", "medium", "high")


def variant(path: str, value: object) -> Profile:
    data = LIBRARY.get("social_engineer_authority").model_dump()
    data["patience"] |= {"irritation_after": 1, "gives_up_after": 20}
    group, _, name = path.rpartition(".")
    (data[group] if group else data)[name] = value
    return Profile.model_validate(data)


def paths() -> list[str]:
    return [path for path in traits(LIBRARY.get("social_engineer_authority")) if path != "pretext.tactics"]


@pytest.mark.parametrize("path", paths())
def test_another_value_gives_another_instruction_and_leaves_the_others(path: str) -> None:
    values = WORDED.get(path) or NUMBERED
    sheets = [dict(trait_instructions(variant(path, value))) for value in values]
    own = {sheet.pop(path) for sheet in sheets}
    assert len(own) == len(values)
    assert all(sheet == sheets[0] for sheet in sheets)


@pytest.mark.parametrize("tactic", get_args(Tactic))
def test_every_tactic_has_words(tactic: Tactic) -> None:
    lines = {trait_instructions(variant("pretext.tactics", [each]))["pretext.tactics"] for each in get_args(Tactic)}
    assert len(lines) == len(get_args(Tactic))


def test_every_language_has_a_name() -> None:
    assert tuple(LANGUAGES) == get_args(Language)


@pytest.mark.parametrize("persona", LIBRARY.profiles)
def test_a_sheet_names_the_person_and_every_behaviour_in_plain_text(persona: str) -> None:
    profile = LIBRARY.get(persona)
    sheet = speaker_instructions(profile)
    lines = sheet.splitlines()
    assert profile.display_name in lines[0]
    assert profile.backstory in lines[0]
    assert len(lines) == len(traits(profile)) + 1
    assert all(line.startswith("- ") and line.endswith(".") for line in lines[1:])
    assert not {"{", "}", "&#"} & set(sheet)
    assert "  " not in sheet


def test_a_backstory_with_template_marks_stays_text() -> None:
    story = "Writes {{ lines }} and {% raw %} into every form, & likes <b>tags</b> in letters."
    assert story in speaker_instructions(variant("backstory", story))
