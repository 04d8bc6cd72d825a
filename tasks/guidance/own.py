"""Parts out of a file of somebody's, usually a model's: read as text, never imported, run in a process of its own."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from convsim.errors import ConfigError
from convsim.guidance.confined import Confined
from convsim.guidance.functions import GuidanceFunction, offer
from convsim.guidance.query import Query
from tasks.guidance.subroutines import SUBROUTINES


def own_parts(source: str, *, file: str) -> tuple[GuidanceFunction, ...]:
    """Return those of the eleven parts that a file defines; what else it defines is offered to nobody.

    Raises ConfigError, with file and line, for text that is no Python, a part with other parameters than ours, and a
    file without any part.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ConfigError(f"{file}:{line}: this is no Python: {getattr(error, 'msg', error)}") from None
    defined = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    process = Confined(source, file=file)
    ours = {each.__name__: offer(each) for each in SUBROUTINES}
    found = [_part(part, defined[name], source, process) for name, part in ours.items() if name in defined]
    if not found:
        raise ConfigError(f"{file} defines none of the parts: name its functions {', '.join(ours)}")
    return tuple(found)


def _part(ours: GuidanceFunction, theirs: ast.FunctionDef, source: str, process: Confined) -> GuidanceFunction:
    asks = [each.arg for each in theirs.args.args]
    wanted = list(ours.model.model_fields)
    if [name for name in asks if name != "query"] != wanted or theirs.args.kwonlyargs or theirs.args.posonlyargs:
        raise ConfigError(
            f"{process.file}:{theirs.lineno}: {ours.name} takes {', '.join(asks) or 'nothing'}; it must take "
            f"{', '.join(wanted)} (and `query` before them where it asks the org)"
        )

    def run(query: Query, arguments: Mapping[str, Any]) -> Any:
        return process.call(ours.name, query, arguments, asks="query" in asks)

    text = ast.get_source_segment(source, theirs) or ""
    return replace(ours, source=text, run=run, confined=True)
