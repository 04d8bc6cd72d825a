"""Whatever an author types, the answer is a profile or mistakes with places, never another exception."""

from hypothesis import given, settings
from hypothesis import strategies as st

from personas.errors import SourceError
from personas.mistakes import validate
from personas.profile import Overlay, Profile
from personas.source import parse

VALID = """\
id: jo
extends: kim
display_name: Jo Park
audience: employee
orgs: [b2b, b2c]
backstory: >-
  Works in the back office and asks for a figure now and then.
language: en
adversarial: false
style:
  verbosity: high
  typos: 0.05
disclosure: {openness: 3, order: shuffled, answers_open_questions: true}
patience:
  irritation_after: 4
  gives_up_after: 8
pushback: low
pretext:
  tactics: [direct, urgency]
  persistence: 2
"""
PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(["\t", "\n", "  ", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!!timestamp ", "!x ",
                     "|", "'", '"', "#", "---\n", "%", "? ", "<<: ", "~", "0x", "1:30", "2024-13-45", "null", "yes",
                     ".inf", "1e999", "9" * 30, "\x00", "\x85", "\ufeff", "high", "low", "id", "style",
                     "overlay: x\n"]),
)  # fmt: skip
EDITS = st.lists(st.tuples(st.integers(0, len(VALID)), st.integers(0, 12), PIECES), max_size=4)


def mutated(edits: list[tuple[int, int, str]]) -> str:
    text = VALID
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    return text


def check(raw: bytes) -> None:
    source, errors = parse(raw, file="jo.yaml")
    if source is not None:
        profile, mistakes = validate(source, Profile)
        assert (profile is None) == bool(mistakes)
        errors = errors + mistakes + validate(source, Overlay)[1]
    else:
        assert errors
    for error in errors:
        assert isinstance(error, SourceError)
        assert error.found
        assert "\n" not in str(error)
        assert error.line is None or 1 <= error.line <= len(raw.splitlines()) + 1


@settings(max_examples=400, deadline=None)
@given(EDITS)
def test_any_edit_of_a_valid_file(edits: list[tuple[int, int, str]]) -> None:
    check(mutated(edits).encode())


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(raw: bytes) -> None:
    check(raw)


KEYS = st.sampled_from(["style", "verbosity", "id", "orgs", "pretext", "tactics", "patience"]) | st.text()
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text())
DATA = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=8)


@settings(max_examples=100, deadline=None)
@given(DATA)
def test_any_data_in_yaml(data: object) -> None:
    import yaml

    check(yaml.safe_dump(data).encode())


def test_the_text_that_is_mutated_is_valid() -> None:
    source, errors = parse(VALID.encode(), file="jo.yaml")
    assert source is not None
    assert not errors
    assert validate(source, Profile)[0] is not None
