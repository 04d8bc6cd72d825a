"""YAML mappings that remember their line, so that a mistake is told with file and line."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

import yaml

from personas.errors import SourceError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Entry:
    """One mapping of a YAML file. Each reader method checks the value's kind and raises SourceError."""

    def __init__(self, file: Path, node: yaml.MappingNode) -> None:
        self.file = file
        self.line = node.start_mark.line + 1
        self._nodes: dict[str, yaml.Node] = {}
        self._lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
        for key, value in node.value:
            if key.value in self._nodes:
                raise SourceError(file, key.start_mark.line + 1, found=f"key '{key.value}' appears twice")
            self._nodes[key.value] = value

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys in the order of the file."""
        return tuple(self._nodes)

    def only(self, allowed: Iterable[str], *, needed: Iterable[str] = ()) -> None:
        """Raise SourceError for a key that is not allowed, or a needed one that is missing."""
        names = list(allowed)
        for key in self._nodes:
            if key not in names:
                raise self.error(f"unknown key '{key}'", allowed=f"keys are {', '.join(names)}", key=key)
        for key in needed:
            if key not in self._nodes:
                raise self.error(f"key '{key}' is missing", remedy=f"add '{key}:'")

    def text(self, key: str, default: str) -> str:
        """Return the text under the key; numbers such as a prefix `003` count as their text."""
        node = self._nodes.get(key)
        if node is None:
            return default
        if not isinstance(node, yaml.ScalarNode) or not node.value:
            raise self.error(f"'{key}' is not a text", key=key)
        return cast("str", node.value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return the boolean under the key."""
        value = self._scalar(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(f"'{key}' is {value!r}", allowed="true or false", key=key)
        return value

    def number(self, key: str, default: int) -> int:
        """Return the whole number under the key."""
        value = self._scalar(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.error(f"'{key}' is {value!r}", allowed="a whole number from 0", key=key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts under the key, empty when the key is absent."""
        node = self._nodes.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode) or not all(isinstance(each, yaml.ScalarNode) for each in node.value):
            raise self.error(f"'{key}' is not a list of texts", remedy=f"write {key}: [a, b]", key=key)
        return tuple(each.value for each in node.value)

    def entries(self, key: str) -> list["Entry"]:
        """Return the list of mappings under the key."""
        node = self._nodes.get(key)
        if not isinstance(node, yaml.SequenceNode) or not all(
            isinstance(each, yaml.MappingNode) for each in node.value
        ):
            raise self.error(f"'{key}' is not a list of mappings", remedy="write one '- {name: ...}' each", key=key)
        return [Entry(self.file, each) for each in node.value]

    def is_mapping(self, key: str) -> bool:
        """Return whether a mapping stands under the key."""
        return isinstance(self._nodes.get(key), yaml.MappingNode)

    def is_null(self, key: str) -> bool:
        """Return whether the key stands there with null as its value."""
        return key in self and isinstance(self._nodes[key], yaml.ScalarNode) and self._scalar(key) is None

    def entry(self, key: str) -> "Entry":
        """Return the mapping under the key."""
        node = self._nodes.get(key)
        if not isinstance(node, yaml.MappingNode):
            raise self.error(f"'{key}' is not a mapping", remedy=f"write {key}: {{name: value}}", key=key)
        return Entry(self.file, node)

    def error(self, found: str, *, allowed: str = "", remedy: str = "", key: str = "") -> SourceError:
        """Return the error for this mapping, at the key's line when one is named."""
        node = self._nodes.get(key)
        line = self.line if node is None else node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            line = self._lines[key]
        return SourceError(self.file, line, found=found, allowed=allowed, remedy=remedy)

    def _scalar(self, key: str) -> object:
        node = self._nodes.get(key)
        return None if node is None else _Loader("").construct_object(node, deep=True)


def read_entry(file: Path) -> Entry:
    """Return the file's only document, which must be a mapping; raises SourceError."""
    try:
        node = yaml.compose(file.read_text("utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SourceError(file, line, found=f"not readable as YAML: {error.problem}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(file, None, found=f"not readable: {error}") from error
    if not isinstance(node, yaml.MappingNode):
        raise SourceError(file, 1, found="not a mapping", remedy="begin with 'name: ...'")
    return Entry(file, node)
