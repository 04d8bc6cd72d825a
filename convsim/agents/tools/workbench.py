"""The tools of one conversation, with schemas built once: AutoGen rebuilds those of plain functions per call."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

from autogen_core import CancellationToken
from autogen_core.tools import TextResultContent, ToolResult, ToolSchema, Workbench
from pydantic import BaseModel
from typing_extensions import override

from convsim.agents.observation import Observation, Observer
from convsim.guidance.calling import SessionFunction
from convsim.guidance.functions import GuidanceFunction


def _schema(name: str, description: str, argument: str, kind: Mapping[str, Any]) -> ToolSchema:
    parameters = {
        "type": "object",
        "properties": {argument: dict(kind)},
        "required": [argument],
        "additionalProperties": False,
    }
    return ToolSchema(name=name, description=description, parameters=parameters)  # type: ignore[typeddict-item]


_TEXT = {"type": "string"}
SCHEMAS: list[ToolSchema] = [
    _schema("soql", "Run a SOQL query on the org and get its rows.", "query", _TEXT),
    _schema("sosl", "Run a SOSL search (FIND ...) on the org and get the records found.", "search", _TEXT),
    _schema("describe", "Get fields and relationships of an object by its API name.", "object", _TEXT),
    _schema(
        "final",
        "Record the answer to the person's request; an empty list means that there is none.",
        "answers",
        {"type": "array", "items": _TEXT},
    ),
]


@cache
def schema_of(function: GuidanceFunction) -> ToolSchema:
    """Return a guidance function's tool schema, built once."""
    return ToolSchema(name=function.name, description=function.about, parameters=function.schema)  # type: ignore[typeddict-item]


class OrgWorkbench(Workbench):
    """Tools `soql`, `sosl`, `describe` and `final` on one session, and the guidance functions."""

    component_config_schema = BaseModel

    def __init__(self, observer: Observer, functions: Mapping[str, SessionFunction] | None = None) -> None:
        self._observer = observer
        self._functions = dict(functions or {})
        self._schemas = [*SCHEMAS, *(schema_of(each.function) for each in self._functions.values())]
        self.final: tuple[str, ...] | None = None
        """What `final` recorded last."""
        self.fault: Exception | None = None
        """What broke during a call; AutoGen's agent waits forever for a tool that raises."""
        self._actions: dict[str, Callable[[Any], Awaitable[Observation]]] = {
            "soql": observer.soql,
            "sosl": observer.sosl,
            "describe": observer.describe,
            "final": self._record,
        }

    def take_final(self) -> tuple[str, ...] | None:
        """Return the recorded answer and forget it."""
        final, self.final = self.final, None
        return final

    async def list_tools(self) -> list[ToolSchema]:
        """Return the schemas, always the same objects."""
        return self._schemas

    @override
    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        cancellation_token: CancellationToken | None = None,
        call_id: str | None = None,
    ) -> ToolResult:
        """Return the tool's result; wrong arguments are an error that the model can read."""
        if name in self._functions:
            return await self._called(name, arguments)
        schema = next(each for each in SCHEMAS if each["name"] == name)
        (argument, kind), *_ = schema["parameters"]["properties"].items()
        problem = _problem(arguments, argument, kind["type"])
        seen = Observation(f"Error: {name}: {problem}", failed=True) if problem else None
        if seen is None:
            assert arguments is not None, "arguments that lack would be a problem"
            seen = await self._acted(name, arguments[argument])
        return ToolResult(name=name, result=[TextResultContent(content=seen.text)], is_error=seen.failed)

    async def _called(self, name: str, arguments: Mapping[str, Any] | None) -> ToolResult:
        """Return the result of a guidance function, which checks its arguments itself."""
        given = dict(arguments) if isinstance(arguments, Mapping) else {}
        try:
            seen = await self._observer.call(self._functions[name], given)
        except Exception as error:  # noqa: BLE001 - kept, and raised by the agent that owns this workbench
            self.fault = error
            seen = Observation("Error: the org did not answer", failed=True)
        return ToolResult(name=name, result=[TextResultContent(content=seen.text)], is_error=seen.failed)

    async def _acted(self, name: str, value: Any) -> Observation:
        try:
            return await self._actions[name](value)
        except Exception as error:  # noqa: BLE001 - kept, and raised by the agent that owns this workbench
            self.fault = error
            return Observation("Error: the org did not answer", failed=True)

    async def _record(self, answers: list[Any]) -> Observation:
        self.final = tuple(str(answer) for answer in answers if answer is not None)
        return Observation("Recorded. Now tell the person in your own words.")

    async def start(self) -> None:
        """Nothing is to be started."""

    async def stop(self) -> None:
        """Nothing is to be stopped."""

    async def reset(self) -> None:
        """Forget the recorded answer."""
        self.final = None

    async def save_state(self) -> Mapping[str, Any]:
        """Return no state: the session is not ours to keep."""
        return {}

    async def load_state(self, state: Mapping[str, Any]) -> None:
        """There is no state."""


def _problem(arguments: object, argument: str, kind: str) -> str:
    """Return what is wrong with the arguments, "" when nothing is."""
    if not isinstance(arguments, Mapping):
        return f"the arguments must be a JSON object with '{argument}'"
    if set(arguments) != {argument}:
        return f"it takes '{argument}' and nothing else (found: {', '.join(map(str, arguments)) or 'nothing'})"
    expected = list if kind == "array" else str
    value = arguments[argument]
    return "" if isinstance(value, expected) else f"'{argument}' must be a {kind}, found {type(value).__name__}"
