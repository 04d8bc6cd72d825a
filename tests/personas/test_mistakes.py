"""Every mistake in a persona file is one line with file, line, what was found, what is allowed and the remedy."""

# ruff: noqa: E501 - a table is read by its rows

from collections.abc import Callable
from pathlib import Path

import pytest

from personas.errors import SourceError
from personas.library import load_library
from personas.lint import lint

VALID = """\
id: jo
display_name: Jo Park
audience: employee
orgs: [b2b]
backstory: Works in the back office and asks for a figure now and then.
style:
  verbosity: high
patience:
  irritation_after: 4
  gives_up_after: 8
"""
Write = Callable[..., Path]

CASES = {
    "misspelt trait": ("verbosity: high", "verbosty: high", 7, ["unknown key 'style.verbosty'", "did you mean 'verbosity'?"]),
    "misspelt group": ("style:", "stlye:", 6, ["unknown key 'stlye'", "did you mean 'style'?"]),
    "trait in the wrong group": ("irritation_after: 4", "openness: 4", 9, ["move it under `disclosure:`"]),
    "key of the top in a group": ("verbosity: high", "pushback: high", 7, ["move `pushback:` to the left margin"]),
    "misspelt in the wrong group": ("verbosity: high", "opennes: 2", 7, ["did you mean 'openness' under `disclosure:`?"]),
    "nothing like it": ("verbosity: high", "xyzzy: high", 7, ["unknown key 'style.xyzzy'", "remove the line"]),
    "misspelt word": ("high", "hihg", 7, ["'style.verbosity' is 'hihg'", "low, medium, high or a number from 0 to 1", "did you mean 'high'?"]),
    "out of range": ("high", "1.5", 7, ["'style.verbosity' is '1.5'", "a number from 0 to 1"]),
    "not a number": ("high", ".nan", 7, ["'style.verbosity' is '.nan'", "a number from 0 to 1"]),
    "half a question": ("irritation_after: 4", "irritation_after: 2.5", 9, ["'patience.irritation_after' is '2.5'", "a whole number from 1 to 20"]),
    "truth for a trait": ("high", "on", 7, ["'style.verbosity' is 'on'", "YAML reads a bare on as true"]),
    "unknown audience": ("employee", "employe", 3, ["'audience' is 'employe'", "employee, consumer, business", "did you mean 'employee'?"]),
    "unknown org": ("[b2b]", "[b2b, b2x]", 4, ["'orgs.1' is 'b2x'", "b2b, b2c"]),
    "org twice": ("[b2b]", "[b2b, b2b]", 4, ["'orgs' holds the same entry twice"]),
    "no org": ("[b2b]", "[]", 4, ["'orgs' is an empty list", "b2b, b2c"]),
    "org without brackets": ("[b2b]", "b2b", 4, ["'orgs' is 'b2b'", "a list"]),
    "Norway": ("audience: employee", "audience: employee\nlanguage: no", 4, ["'language' is 'no'", "YAML reads a bare no as false", "en, de"]),
    "id with spaces": ("id: jo", "id: Jo Park", 1, ["'id' is 'Jo Park'", "lower-case letters", "write 'jo_park'"]),
    "id a number": ("id: jo", "id: 7", 1, ["'id' is '7'"]),
    "missing name": ("display_name: Jo Park\n", "", 1, ["'display_name' is missing", "add a line `display_name: ...`"]),
    "empty value": ("display_name: Jo Park", "display_name:", 2, ["'display_name' is ''", "text of 1 to 60 characters"]),
    "short backstory": ("Works in the back office and asks for a figure now and then.", "Works.", 5, ["'backstory' is 'Works.'", "text of 40 to 1500"]),
    "two paragraphs": ("Works in the back office and asks for a figure now and then.", "|\n  Works in the back office and asks for figures.\n\n  Now and then.", 5, ["more than one paragraph"]),
    "group a word": ("style:\n  verbosity: high", "style: high", 6, ["'style' is 'high'", "the keys verbosity, formality"]),
    "group a list": ("style:\n  verbosity: high", "style: [high]", 6, ["'style' is a list", "the keys verbosity"]),
    "irritation after the end": ("irritation_after: 4", "irritation_after: 9", 8, ["irritation_after (9) is above gives_up_after (8)", "raise gives_up_after"]),
    "same key twice": ("style:", "id: jo\nstyle:", 6, ["id is already set in line 1", "keep one of the two lines"]),
    "tab": ("  verbosity", "\tverbosity", 7, ["this is not YAML", "check indentation"]),
    "open bracket": ("[b2b]", "[b2b", 5, ["this is not YAML"]),
    "open quote": ("Jo Park", "'Jo Park", None, ["this is not YAML"]),
    "colon in text": ("Jo Park", "Jo: Park", 2, ["this is not YAML"]),
    "second document": ("style:", "---\nstyle:", 6, ["this is not YAML"]),
    "alias": ("[b2b]", "&orgs [b2b]\nextends: *orgs", 5, ["a YAML alias", "use `extends:`"]),
    "alias to itself": ("[b2b]", "&orgs [*orgs]", 4, ["a YAML alias"]),
    "foreign tag": ("high", "!!python/name:os.system x", 7, ["cannot be read"]),
    "tag that does not fit": ("high", "!!int high", 7, ["cannot be read as int"]),
    "list as a key": ("verbosity: high", "[a, b]: high", 7, ["the key of several parts is not a name"]),
    "number as a key": ("verbosity: high", "5: high", 7, ["the key '5' is not a name"]),
    "control character": ("Jo Park", "Jo \x07 Park", 2, ["a character that YAML forbids"]),
    "unknown parent": ("id: jo", "id: jo\nextends: john_it_directer", 2, ["'extends' names no persona: 'john_it_directer'", "did you mean 'john_it_director'?"]),
    "own parent": ("id: jo", "id: jo\nextends: jo", 2, ["'extends' comes back to itself: jo -> jo"]),
    "id of a built-in": ("id: jo", "id: john_it_director", 1, ["the id 'john_it_director' is already taken by", "choose another id"]),
    "unknown tactic": ("id: jo", "id: jo\npretext: {tactics: [direct, urgensy]}", 2, ["'pretext.tactics.1' is 'urgensy'", "did you mean 'urgency'?"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_mistake_gives_one_message(write: Write, case: str) -> None:
    old, new, line, parts = CASES[case]
    assert old in VALID
    path = write(VALID.replace(old, new, 1))
    errors = lint([path])
    assert len(errors) == 1, [str(error) for error in errors]
    assert errors[0].file == path
    assert line is None or errors[0].line == line
    text = str(errors[0])
    assert "\n" not in text
    for part in parts:
        assert part in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"", "the file is empty"),
        (b"# only a comment\n", "the file is empty"),
        (b"- a\n- b\n", "the file holds a list"),
        (b"hello", "the file holds only the text 'hello'"),
        (b"id: jo\ndisplay_name: J\xf6rg\n", ":2: byte 0xf6 is not UTF-8"),
        (VALID.encode("utf-16"), "is not UTF-8"),
        (b"[" * 50_000, "persona file?"),
        (b"{a: " * 300, ""),
        (b"x: y\n" * 60_000, "300,000 bytes"),
    ],
)
def test_a_file_that_is_no_persona_file(write: Write, text: bytes, part: str) -> None:
    errors = lint([write(text)])
    assert len(errors) == 1
    assert part in str(errors[0])


def test_all_mistakes_of_all_files_are_told_in_order(write: Write) -> None:
    first = write(VALID.replace("high", "hihg").replace("[b2b]", "[b2x]").replace("id: jo", "id: a"), "a.yaml")
    second = write(
        VALID.replace("style", "stlye").replace("audience: employee\n", "").replace("id: jo", "id: b"), "b.yaml"
    )
    errors = lint([second, first])
    assert [(error.file.name, error.line) for error in errors] == [
        ("a.yaml", 4),
        ("a.yaml", 7),
        ("b.yaml", 1),
        ("b.yaml", 5),
    ]


def test_the_library_refuses_with_the_first_and_the_number_of_the_others(write: Write) -> None:
    path = write(VALID.replace("high", "hihg").replace("[b2b]", "[b2x]"))
    with pytest.raises(SourceError, match=r"'orgs.0' is 'b2x'.*`convsim personas lint` shows 1 more mistake$"):
        load_library([path])


@pytest.mark.parametrize("name", ["a.yaml", "z.yaml"])
def test_mistakes_of_a_parent_are_told_once_where_they_stand(write: Write, name: str) -> None:
    parent = write(VALID.replace("high", "hihg"))
    child = write("id: kim\nextends: jo\ndisplay_name: Kim\n", name)
    errors = lint([parent, child])
    assert [(error.file, error.line) for error in errors] == [(parent, 7)]


def test_a_key_that_was_taken_away_and_is_missing_again_is_told_where_it_is_missing(write: Write) -> None:
    write("id: kim\nextends: social_engineer_authority\npretext: null\n", "kim.yaml")
    path = write("id: lee\nextends: kim\npretext:\n  persistence: 2\n", "lee.yaml")
    errors = lint([path.parent])
    assert [(error.file, error.line) for error in errors] == [(path, 3)]
    assert "'pretext.tactics' is missing" in str(errors[0])


def test_a_circle_of_parents_is_told(write: Write) -> None:
    paths = [write(f"id: {a}\nextends: {b}\n", f"{a}.yaml") for a, b in ("xy", "yz", "zx")]
    errors = lint(paths)
    assert len(errors) == 3
    assert "x -> y -> z -> x" in str(errors[0])


def test_the_same_id_in_two_files_is_told_with_both(write: Write) -> None:
    first, second = write(name="a.yaml"), write(name="b.yaml")
    errors = lint([second, first])
    assert [error.file for error in errors] == [second]
    assert str(first) in str(errors[0])


def test_a_path_that_does_not_exist_or_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    errors = lint([tmp_path / "missing.yaml", tmp_path / "empty"])
    assert [error.found.split(":")[0] for error in errors] == ["no persona in this folder", "this file cannot be read"]
