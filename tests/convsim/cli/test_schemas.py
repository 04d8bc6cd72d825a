"""What commands print for machines is what the published schemas say, and the schema files are current.

Renew the files with `python tests/convsim/cli/test_schemas.py`.
"""

import json
from pathlib import Path

import jsonschema
import pytest

from convsim.cli.options import schema_text
from convsim.records.published import PUBLISHED

FOLDER = Path(__file__).parents[3] / "docs" / "schema"
RUN = ("run", "--families", "handle_time", "--families", "private_customer_information", "--per-family", "1")


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_schema_file_is_current(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text() == schema_text(name)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_schema_is_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text(name)))


def valid(name: str, lines: list[str]) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schema_text(name)))
    assert lines
    for line in lines:
        validator.validate(json.loads(line))


def test_printed_lines_fit_their_schemas(shell) -> None:
    done = shell(*RUN, "--agent", "leaker", "--no-baselines", "--out", "run.sqlite", "--json")
    assert done.code == 0, done.err
    valid("run-done", done.out.splitlines()[-1:])
    valid("episode", shell("export", "run.sqlite").out.splitlines())
    valid("report-row", shell("report", "run.sqlite", "--json").out.splitlines())
    valid("task", shell("tasks", "build", "--families", "lead_routing", "--per-family", "2", "--json").out.splitlines())
    valid("persona-row", [json.dumps(row) for row in json.loads(shell("personas", "list", "--json").out)])


@pytest.mark.parametrize(
    ("args", "name"),
    [
        (("tasks", "build"), "task"),
        (("export",), "episode"),
        (("report",), "report-row"),
        (("personas", "list"), "persona-row"),
    ],
)
def test_commands_print_their_schema(shell, args: tuple[str, ...], name: str) -> None:
    done = shell(*args, "--schema")
    assert done.code == 0
    assert done.out == schema_text(name)


if __name__ == "__main__":
    for published in PUBLISHED:
        (FOLDER / f"{published}.schema.json").write_text(schema_text(published))
