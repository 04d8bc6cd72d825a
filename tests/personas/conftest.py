"""Persona files of an author, written into a folder of the test."""

from collections.abc import Callable
from pathlib import Path

import pytest

VALID = """\
id: jo
display_name: Jo Park
audience: employee
orgs: [b2b]
backstory: Works in the back office and asks for a figure now and then.
style:
  verbosity: high
  typos: 0.05
disclosure:
  openness: 3
  order: shuffled
patience:
  irritation_after: 4
  gives_up_after: 8
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file and return its path; the text is a valid persona unless another one is given."""

    def _write(text: str | bytes = VALID, name: str = "jo.yaml") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return _write
