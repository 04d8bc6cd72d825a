"""The published schemas are current, and an editor that uses them agrees with the loader."""

from importlib import resources
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from personas.schema import documents, overlay_schema, schema
from personas.template import new_profile

FOLDER = Path(__file__).parents[2] / "docs" / "schema"
CHECK = Draft202012Validator(schema())


@pytest.mark.parametrize("name", documents())
def test_the_published_file_is_current(name: str) -> None:
    renew = "python -c 'from pathlib import Path; from personas.schema import write; write(Path(\"docs/schema\"))'"
    assert (FOLDER / name).read_text(encoding="utf-8") == documents()[name], f"renew it: {renew}"


@pytest.mark.parametrize(("folder", "made"), [("library", schema()), ("overlays", overlay_schema())])
def test_every_built_in_file_is_valid_by_the_schema(folder: str, made: dict[str, object]) -> None:
    check = Draft202012Validator(made)
    for file in sorted(Path(str(resources.files("personas") / folder)).iterdir()):
        assert not list(check.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))), file.name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("verbosity: 0.4", "verbosity: 2"),
        ("verbosity: 0.4", "verbosity: lo"),
        ("verbosity: 0.4", "verbosty: 0.4"),
        ("openness: 2", "openness: 2.5"),
        ("audience: employee", "audience: nobody"),
        ("orgs: [b2b, b2c]", "orgs: []"),
        ("id: mine", "id: My Own"),
        ("display_name: Mine\n", ""),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(old: str, new: str) -> None:
    text = new_profile("mine")
    assert CHECK.is_valid(yaml.safe_load(text))
    assert old in text
    assert not CHECK.is_valid(yaml.safe_load(text.replace(old, new, 1)))


def test_a_word_and_a_number_are_both_offered_with_their_meaning() -> None:
    verbosity = schema()["properties"]["style"]["properties"]["verbosity"]
    assert "Measured: words per message" in verbosity["description"]
    assert verbosity["anyOf"][0]["enum"] == ["low", "medium", "high"]
    assert verbosity["anyOf"][0]["description"].startswith("low = 0.1, medium = 0.4, high = 0.85")
    assert verbosity["anyOf"][1] == {"type": "number", "minimum": 0, "maximum": 1}
