"""What every record has in common: frozen, no unknown keys, the docstring under a field describes it in the schema."""

from pydantic import BaseModel, ConfigDict

SCHEMA_VERSION = 1
"""Version of all records; raised with every change that an older reader would misread."""


class Record(BaseModel):
    """A value that is written to disk and never changes."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, populate_by_name=True, serialize_by_alias=True
    )
