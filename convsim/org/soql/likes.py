"""LIKE patterns to the cheapest SQL that says the same: equality, a range, a search for a part, or LIKE itself."""

import re

from convsim.org.soql.scope import Parameters

_PIECE = re.compile(r"\\([%_\\])|([%_])|([^\\%_]+)")


def like(column: str, pattern: str, *, parameters: Parameters) -> str:
    """Return SQL that is TRUE where the column's whole text matches; `\\` keeps `%`, `_` and `\\` literal.

    The column and the pattern are already folded when case does not count. Null never matches.
    """
    pieces = _pieces(pattern)
    literal = "".join(text for text, wild in pieces if not wild)
    wilds = [wild for _, wild in pieces if wild]
    if not wilds:
        return f"{column} = {parameters.add(literal)}" if literal else f"{column} = ''"
    if "_" not in wilds and len(pieces) <= 3:
        shape = tuple(wild or "text" for _, wild in pieces)
        if shape == ("%",):
            return f"{column} IS NOT NULL"
        if shape == ("text", "%"):
            return _prefix(column, literal, parameters=parameters)
        if shape == ("%", "text", "%"):
            return f"instr({column}, {parameters.add(literal)})"
    return f"{column} LIKE {parameters.add(_escaped(pieces))} ESCAPE '\\'"


def _pieces(pattern: str) -> list[tuple[str, str]]:
    """Return (literal text, "") and ("", wildcard) in order: neighbouring texts and runs of % joined."""
    pieces: list[tuple[str, str]] = []
    for escaped, wild, text in _PIECE.findall(pattern):
        literal = escaped or text
        if literal and pieces and pieces[-1][0]:
            pieces[-1] = pieces[-1][0] + literal, ""
        elif literal:
            pieces.append((literal, ""))
        elif wild == "_" or not pieces or pieces[-1][1] != "%":
            pieces.append(("", wild))
    return pieces


def _prefix(column: str, literal: str, *, parameters: Parameters) -> str:
    start = parameters.add(literal)
    last = ord(literal[-1])
    if last >= 0x10FFFF:
        return f"substr({column}, 1, {len(literal)}) = {start}"
    following = chr(0xE000) if last == 0xD7FF else chr(last + 1)
    return f"({column} >= {start} AND {column} < {parameters.add(literal[:-1] + following)})"


def _escaped(pieces: list[tuple[str, str]]) -> str:
    return "".join(wild or re.sub(r"([%_\\])", r"\\\1", text) for text, wild in pieces)
