"""What a table says of the candidate in one of its rows: the other cells, each under the head of its column."""

from collections.abc import Iterator

from convsim.reading.groups import line_of
from convsim.reading.word_classes import classes_of, words


def cell_features(text: str, start: int, end: int, sort: str) -> Iterator[str]:
    """Yield the classes of the other cells in the row of a candidate [start, end), alone and with their heads."""
    line_start, line_end = line_of(text, start, end)
    line = text[line_start:line_end]
    if "|" not in line or "\n" not in text:
        return
    yield "table"
    head = next(each for each in text.splitlines() if "|" in each)
    heads = [_classes(each) for each in _cells(head)] if head != line else []
    own = len(_cells(line[: start - line_start])) - 1
    for column, cell in enumerate(_cells(line)):
        if column == own:
            continue
        names = _classes(cell)
        found = [f"cell:{name}" for name in names]
        found += [f"hc:{one}+{name}" for one in (heads[column] if column < len(heads) else ()) for name in names]
        yield from found
        yield from (f"{each}|{sort}" for each in found)
        if "**" in cell:
            yield "cell-bold"


def _cells(line: str) -> list[str]:
    return line.strip().strip("|").split("|")


def _classes(cell: str) -> list[str]:
    return sorted(set(classes_of(words(cell))))
