"""Variants: a source laid over another one, key by key, each value keeping the place where it was written."""

from collections.abc import Mapping
from typing import Any

from personas.allowed import did_you_mean
from personas.errors import SourceError
from personas.source import KeyPath, Source

NOT_INHERITED = ("id", "extends", "overlay", "description")


def merged(base: Source, over: Source) -> Source:
    """Return `over` with everything that it does not say taken from `base`.

    Mappings are merged to any depth; lists and scalars of `over` replace those of `base`. Names are not inherited.
    """
    places = dict(base.places)
    data = {key: value for key, value in base.data.items() if key not in NOT_INHERITED}
    _lay(data, over.data, (), places)
    return Source(over.file, data, places | over.places)


def _lay(data: dict[str, Any], over: Mapping[str, Any], path: KeyPath, places: dict[KeyPath, Any]) -> None:
    for key, value in over.items():
        below = data.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            data[key] = dict(below)
            _lay(data[key], value, (*path, key), places)
        else:
            _forget((*path, key), places)
            data[key] = value


def _forget(path: KeyPath, places: dict[KeyPath, Any]) -> None:
    for known in [known for known in places if known[: len(path)] == path]:
        del places[known]


def resolved(source: Source, by_id: Mapping[str, Source]) -> Source:
    """Return the source with its whole line of `extends` merged in.

    Raises SourceError for a parent that does not exist and for a line that comes back to itself.
    """
    line = _line_of(source, by_id)
    result = line[-1]
    for nearer in reversed(line[:-1]):
        result = merged(result, nearer)
    return result


def _line_of(source: Source, by_id: Mapping[str, Source]) -> list[Source]:
    """Return the source, its parent, its parent's parent and so on."""
    line, names = [source], [str(source.data.get("id"))]
    while isinstance(parent := line[-1].data.get("extends"), str):
        if parent in names:
            raise _cycle(source, [*names, parent])
        if parent not in by_id:
            raise _unknown(line[-1], parent, by_id)
        line.append(by_id[parent])
        names.append(parent)
    return line


def _cycle(source: Source, names: list[str]) -> SourceError:
    place = source.place(("extends",))
    found = f"'extends' comes back to itself: {' -> '.join(names)}"
    return SourceError(place.file, place.line, found=found, remedy="remove one of the `extends:` lines")


def _unknown(source: Source, parent: str, by_id: Mapping[str, Source]) -> SourceError:
    place = source.place(("extends",))
    remedy = " ".join(filter(None, (did_you_mean(parent, by_id), "`convsim personas list` shows all")))
    return SourceError(place.file, place.line, found=f"'extends' names no persona: '{parent}'", remedy=remedy)
