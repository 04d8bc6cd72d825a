"""A function that agents may call: what is told of it, what it takes, and the call with everything checked.

    offered = offer(handle_time_agent)
    offered.header      # signature and docstring, as an agent reads them
    offered.source      # the text of the code that runs
    offered.call(query, {"start": "2024-01-01", ...})

The first parameter of a function may be `query` (`convsim.guidance.query.Query`): the environment hands it in.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from convsim.guidance.query import Query

Run = Callable[[Query, Mapping[str, Any]], Any]
"""Carries out a call whose arguments have been checked."""


class CallError(ValueError):
    """A call that cannot be carried out; the message tells the caller what to do."""


@dataclass(frozen=True)
class GuidanceFunction:
    """One function with its texts and its check of arguments and result."""

    name: str
    header: str
    """Signature and docstring as Python text."""
    source: str
    """Text of the code that runs."""
    about: str
    """The docstring."""
    model: type[BaseModel]
    """The arguments."""
    result: Any
    """Type of what comes back."""
    run: Run
    confined: bool = False
    """Whether it runs in a process of its own, for which a caller has to wait."""

    @cached_property
    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments."""
        return dict(_untitled(self.model.model_json_schema()))

    @property
    def signature(self) -> str:
        """The header's first line without `def`."""
        return self.header.partition("\n")[0].removeprefix("def ").rstrip(":")

    def call(self, query: Query, arguments: Mapping[str, Any]) -> Any:
        """Return the result as JSON-like data; raises CallError for wrong arguments and a result of the wrong type."""
        checked = self._checked(arguments)
        try:
            return _adapter(self.result).dump_python(_adapter(self.result).validate_python(self.run(query, checked)))
        except ValidationError as error:
            raise CallError(f"{self.name} broke: it returned what it does not promise ({_first(error)})") from None

    def _checked(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            found = self.model.model_validate(dict(arguments))
        except ValidationError as error:
            told = "; ".join(_mistake(each) for each in error.errors())
            raise CallError(f"{self.name}: {told}. Call it as {self.signature}") from None
        values = {name: getattr(found, name) for name in self.model.model_fields}
        if "start" in values and "end" in values and values["start"] >= values["end"]:
            raise CallError(
                f"{self.name}: end ({values['end']}) must lie after start ({values['start']}): it is the day after the "
                "period's last day"
            )
        return values


def offer(function: Callable[..., Any]) -> GuidanceFunction:
    """Return a function of ours as agents get it; its texts come from the code that runs."""
    source = textwrap.dedent(inspect.getsource(function))
    signature = inspect.signature(function, eval_str=True)
    asks = "query" in signature.parameters

    def run(query: Query, arguments: Mapping[str, Any]) -> Any:
        return function(query, **arguments) if asks else function(**arguments)

    return GuidanceFunction(
        name=function.__name__,
        header=header_of(source),
        source=source.rstrip(),
        about=inspect.getdoc(function) or "",
        model=_model(function.__name__, signature),
        result=signature.return_annotation,
        run=run,
    )


def header_of(source: str) -> str:
    """Return signature and docstring of a function's source, without the `query` that the environment hands in."""
    (definition,) = ast.parse(source).body
    assert isinstance(definition, ast.FunctionDef), "a guidance function is a plain function"
    definition.args.args = [each for each in definition.args.args if each.arg != "query"]
    definition.body = definition.body[:1]
    return ast.unparse(definition)


def _model(name: str, signature: inspect.Signature) -> type[BaseModel]:
    fields: dict[str, Any] = {
        each.name: (each.annotation, ...) for each in signature.parameters.values() if each.name != "query"
    }
    return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def _adapter(result: Any) -> TypeAdapter[Any]:
    return TypeAdapter(result)


def _mistake(error: Any) -> str:
    place = ".".join(map(str, error["loc"]))
    if error["type"] == "missing":
        return f"argument '{place}' is missing"
    if error["type"] == "extra_forbidden":
        return f"there is no argument '{place}'"
    return f"argument '{place}' is {_short(error['input'])}: {error['msg'][:1].lower()}{error['msg'][1:]}"


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    return f"{found['msg']}, found {_short(found['input'])}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."


def _untitled(schema: Any) -> Any:
    """Return a schema without the titles that only repeat names."""
    if isinstance(schema, dict):
        return {key: _untitled(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}
    return [_untitled(each) for each in schema] if isinstance(schema, list) else schema
