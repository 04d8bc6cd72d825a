"""What is wrong with a source, told to its author: place, what was found, what is allowed, what to do."""

import re
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from personas.allowed import Schema, at, choices, did_you_mean, keys, nearest, phrase, schema_of
from personas.errors import SourceError
from personas.source import KeyPath, Source, dotted, shortened

Model = TypeVar("Model", bound=BaseModel)
CHOICES = ("gold_choice", "protected_choice")
"""Kinds of mistakes in which keys exclude each other; their message is the remedy."""
PLAIN = {"literal_error", "scale_word", "scale_type", "scale_range", "string_pattern_mismatch"}
"""Kinds of mistakes that the list of allowed values explains; the others need pydantic's message beside it."""


def validate(source: Source, model: type[Model]) -> tuple[Model | None, list[SourceError]]:
    """Return what a source describes (a profile, an overlay, a scenario), or None and every mistake in it."""
    try:
        return model.model_validate(source.data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [_Mistake(source, detail, schema_of(model)).told() for detail in _innermost(details)]


def _innermost(details: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the findings without those on a list or mapping whose entries have findings of their own."""
    inner = {detail["loc"][:length] for detail in details for length in range(1, len(detail["loc"]))}
    return [detail for detail in details if detail["loc"] not in inner]


@dataclass(frozen=True, slots=True)
class _Mistake:
    """One finding of pydantic, turned into an author's words."""

    source: Source
    detail: ErrorDetails
    schema: Schema

    @property
    def path(self) -> KeyPath:
        return self.detail["loc"]

    def told(self) -> SourceError:
        tell = {"extra_forbidden": self._unknown_key, "missing": self._missing, "patience_order": self._order}
        tell |= dict.fromkeys(CHOICES, self._choice)
        found, remedy = tell.get(self.detail["type"], self._value)()
        level = self.path[:-1] if self.detail["type"] == "extra_forbidden" else self.path
        allowed = phrase(at(self.schema, level))
        place = self.source.place(self.path)
        return SourceError(
            place.file, place.line, found=found, allowed=f"allowed: {allowed}" if allowed else "", remedy=remedy
        )

    def _unknown_key(self) -> tuple[str, str]:
        return f"unknown key '{dotted(self.path)}'", self._home(str(self.path[-1]))

    def _home(self, key: str) -> str:
        """Return where an unknown key belongs: elsewhere, or corrected, or nowhere."""
        top, here = keys(self.schema), keys(at(self.schema, self.path[:-1]))
        homes = {name: group for group in top for name in keys(at(self.schema, (group,)))}
        if key in top:
            return f"move `{key}:` to the left margin"
        if key in homes:
            return f"move it under `{homes[key]}:`"
        near = nearest(key, here) or nearest(key, [*top, *homes])
        place = (
            ""
            if near is None or near in here
            else f" under `{homes[near]}:`"
            if near in homes
            else " at the left margin"
        )
        return f"did you mean '{near}'{place}?" if near else "remove the line"

    def _missing(self) -> tuple[str, str]:
        return f"'{dotted(self.path)}' is missing", f"add a line `{self.path[-1]}: ...`"

    def _order(self) -> tuple[str, str]:
        return f"{dotted(self.path)}: {self.detail['msg']}", "lower irritation_after or raise gives_up_after"

    def _choice(self) -> tuple[str, str]:
        return f"'{dotted(self.path)}' says too much or too little", self.detail["msg"]

    def _value(self) -> tuple[str, str]:
        place = self.source.places.get(self.path)
        if place is None or place.text is None:
            return f"'{dotted(self.path)}' {self._shape()}", ""
        reason = "" if self.detail["type"] in PLAIN else f": {self.detail['msg']}"
        return f"'{dotted(self.path)}' is {shortened(place.text)}{reason}", self._remedy(place.text)

    def _shape(self) -> str:
        value = self.detail["input"]
        if self.detail["type"] == "repeated":
            return "holds the same entry twice"
        if value == []:
            return "is an empty list"
        if isinstance(value, dict | list):
            return "is a mapping" if isinstance(value, dict) else "is a list"
        return "is empty"

    def _remedy(self, written: str) -> str:
        value = self.detail["input"]
        if isinstance(value, bool):
            return f"YAML reads a bare {written} as {str(value).lower()}: put it in quotes or write another value"
        if self.detail["type"] == "string_pattern_mismatch":
            return f"write '{re.sub('[^a-z0-9]+', '_', written.lower()).strip('_0123456789') or 'a_name'}'"
        return did_you_mean(written, choices(at(self.schema, self.path)))
