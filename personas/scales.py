"""A scale turns the words low, medium and high into numbers, and says what the numbers mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

WORDS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class Scale:
    """The unit, the range and the three named points of a trait; used as `Annotated[float, Scale(...)]`.

    A trait annotated with `int` takes whole numbers only. Booleans, NaN and infinities are never numbers here.
    """

    unit: str
    low: float
    medium: float
    high: float
    minimum: float = 0
    maximum: float = 1

    @property
    def words(self) -> Mapping[str, float]:
        """Return what each word stands for, from low to high."""
        return {"low": self.low, "medium": self.medium, "high": self.high}

    def number(self, value: object, *, whole: bool) -> float:
        """Return the number that a word or a number stands for.

        Raises PydanticCustomError `scale_word`, `scale_type` or `scale_range`.
        """
        if isinstance(value, str):
            return self._point(value)
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise PydanticCustomError("scale_type", "neither a word nor a number")
        if whole and value != int(value):
            raise PydanticCustomError("scale_type", "not a whole number")
        if not self.minimum <= value <= self.maximum:
            raise PydanticCustomError("scale_range", "outside the range")
        return int(value) if whole else float(value)

    def _point(self, word: str) -> float:
        if word not in self.words:
            raise PydanticCustomError("scale_word", "not one of the words low, medium, high")
        return self.words[word]

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        whole = source is int
        return core_schema.no_info_before_validator_function(
            lambda value: self.number(value, whole=whole), handler(source)
        )

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kind = handler(core)["type"]
        number = {"type": kind, "minimum": self.minimum, "maximum": self.maximum}
        points = ", ".join(f"{word} = {point:g}" for word, point in self.words.items())
        return {"anyOf": [{"enum": list(WORDS), "description": f"{points} ({self.unit})"}, number]}
