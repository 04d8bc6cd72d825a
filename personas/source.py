"""YAML text as plain data that remembers where each key stands.

Only mappings, lists and scalars: an author's file needs no anchors, tags or several documents, and each of them is
refused with a line and a remedy. Dates stay text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from personas.errors import SourceError

KeyPath = tuple[str | int, ...]
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LARGEST = 200_000
DEEPEST = 12
_SCALARS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_TEXT = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"}


class Place(NamedTuple):
    """Where a value stands, and for a scalar how it is written there."""

    file: str
    line: int
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The data of one file; `places` holds a Place for every key path, the empty path being the file itself."""

    file: str
    data: dict[str, Any]
    places: dict[KeyPath, Place]

    def place(self, path: KeyPath) -> Place:
        """Return the place of a key path or, where it is not written, of the nearest mapping that is."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]


def parse(raw: bytes, *, file: str, kind: str = "persona") -> tuple[Source | None, list[SourceError]]:
    """Return the data of a YAML file and all mistakes of form; without a mapping at the top there is no data.

    `kind` is what the file should hold, for the messages.
    """
    try:
        root = _compose(_decode(raw, file, kind), file, kind)
    except SourceError as error:
        return None, [error]
    reader = _Reader(file)
    data = reader.read(root, ())
    return Source(file, data, reader.places), reader.errors


def _decode(raw: bytes, file: str, kind: str) -> str:
    if len(raw) > LARGEST:
        found = f"{len(raw):,} bytes"
        raise SourceError(file, None, found=found, allowed=f"at most {LARGEST:,}", remedy=f"is this a {kind} file?")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise SourceError(file, line, found=found, remedy="save the file with the encoding UTF-8") from None


def _compose(text: str, file: str, kind: str) -> yaml.MappingNode:
    try:
        _refuse_depth(text, file, kind)
        root = yaml.compose(text, Loader=Loader)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SourceError(file, line, found="a character that YAML forbids", remedy="remove it") from None
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, file) from None
    if root is None:
        found, remedy = "the file is empty", f"`convsim {kind}s new ID` writes a complete one to start from"
        raise SourceError(file, 1, found=found, remedy=remedy)
    if not isinstance(root, yaml.MappingNode):
        found = f"the file holds {_kind(root)}"
        raise SourceError(file, _line(root), found=found, allowed="lines of the form `key: value`")
    return root


def _refuse_depth(text: str, file: str, kind: str) -> None:
    """Raise SourceError for deep nesting before `compose`, whose recursion in C would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise SourceError(
                file, _line(event), found=f"nested more than {DEEPEST} deep", remedy=f"is this a {kind} file?"
            )


def _syntax(error: yaml.MarkedYAMLError, file: str) -> SourceError:
    mark = error.problem_mark or error.context_mark
    found = f"this is not YAML: {error.problem or error.context}"
    remedy = "check indentation, quotes and colons here and in the line above"
    return SourceError(file, mark.line + 1 if mark else None, found=found, remedy=remedy)


@dataclass(slots=True)
class _Reader:
    """Walks the nodes of one file once, collecting places and mistakes."""

    file: str
    places: dict[KeyPath, Place] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def read(self, node: yaml.Node, path: KeyPath, line: int | None = None) -> Any:
        """Return the data of a node; what is refused becomes None and an error."""
        text = node.value if isinstance(node, yaml.ScalarNode) else None
        self.places[path] = Place(self.file, line or _line(node), text)
        if self._refused(node, path):
            return None
        if isinstance(node, yaml.MappingNode):
            return {key: self.read(value, (*path, key), _line(at)) for key, at, value in self._pairs(node, path)}
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path) if isinstance(node, yaml.ScalarNode) else None

    def _refused(self, node: yaml.Node, path: KeyPath) -> bool:
        if not isinstance(node, yaml.ScalarNode) and id(node) in self.seen:
            found, remedy = f"{dotted(path)}: a YAML alias (*)", "write the value out, or use `extends:`"
            self.errors.append(SourceError(self.file, self.places[path].line, found=found, remedy=remedy))
            return True
        self.seen.add(id(node))
        return False

    def _pairs(self, node: yaml.MappingNode, path: KeyPath) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
        lines: dict[str, int] = {}
        for key_node, value in node.value:
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in _TEXT:
                self._report(key_node, f"the key {_written(key_node)} is not a name", "use a key from the template")
            elif key_node.value in lines:
                found = f"{dotted((*path, key_node.value))} is already set in line {lines[key_node.value]}"
                self._report(key_node, found, "keep one of the two lines")
            else:
                lines[key_node.value] = _line(key_node)
                yield key_node.value, key_node, value

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        if node.tag in _TEXT:
            return node.value
        try:
            return _number(node)
        except (ValueError, KeyError, IndexError, OverflowError, yaml.YAMLError):
            found = f"{dotted(path)}: {_written(node)} cannot be read as {node.tag.rsplit(':', 1)[-1]}"
            self._report(node, found, "put the value in quotes, or write a plain number or word")
            return None

    def _report(self, node: yaml.Node, found: str, remedy: str) -> None:
        self.errors.append(SourceError(self.file, _line(node), found=found, remedy=remedy))


def _number(node: yaml.ScalarNode) -> Any:
    """Return the number, truth value or None of a scalar; a foreign tag raises ConstructorError."""
    if node.tag not in _SCALARS:
        raise yaml.constructor.ConstructorError(problem=f"tag {node.tag}")
    return yaml.constructor.SafeConstructor().construct_object(node)


def _line(node: yaml.Node | yaml.Event) -> int:
    return int(node.start_mark.line) + 1 if node.start_mark else 1


def _kind(node: yaml.Node) -> str:
    return "a list" if isinstance(node, yaml.SequenceNode) else f"only the text {_written(node)}"


def _written(node: yaml.Node) -> str:
    return shortened(str(node.value)) if isinstance(node, yaml.ScalarNode) else "of several parts"


def shortened(text: str) -> str:
    """Return a written value in quotes, on one line, with its length when it is cut."""
    line = " ".join(text.split())
    return f"'{line}'" if len(line) <= 60 else f"'{line[:57]}...' ({len(text)} characters)"


def dotted(path: KeyPath) -> str:
    """Return a key path as authors write it: `style.verbosity`, or `the file` for the empty one."""
    name = " ".join(".".join(map(str, path)).split()) if path else "the file"
    return name if len(name) <= 60 else f"{name[:57]}..."
