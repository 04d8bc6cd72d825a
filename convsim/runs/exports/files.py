"""CSV and Parquet: one row an episode with its verdict beside it (columns in `convsim.runs.exports.flat`)."""

import csv
import io
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from convsim.runs.exports.flat import EPISODES, VERDICTS, judged_rows
from convsim.runs.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (*EPISODES, *list(VERDICTS)[1:])
_BATCH = 1_000
_TEXT, _NUMBER, _WHOLE, _FLAG = "text", "number", "whole", "flag"
_TYPES = {
    **dict.fromkeys(("trial", "seed", "user_turns", "agent_turns", "queries", "input_tokens"), _WHOLE),
    **dict.fromkeys(("output_tokens", "excess", "leaks", "rung"), _WHOLE),
    **dict.fromkeys(("cost_usd", "duration_s", "score", "f1", "unit_recall", "unit_precision"), _NUMBER),
    **dict.fromkeys(("clarification_f1", "redundancy", "vague", "acquisition"), _NUMBER),
    **dict.fromkeys(("probe", "valid", "completed", "exact", "need", "premature", "success"), _FLAG),
}
"""Type of each column; the others are text."""


def csv_lines(store: Store) -> Iterator[str]:
    """Yield the header and one line an episode, RFC 4180 with `\\n`; unknown is empty, flags are true and false."""
    yield _line(COLUMNS)
    for row in judged_rows(store):
        yield _line([str(value).lower() if isinstance(value, bool) else value for value in row.values()])


def write_parquet(store: Store, path: Path) -> int:
    """Write the rows to a Parquet file, a thousand at a time; return how many."""
    import pyarrow as pa
    from pyarrow import parquet

    count, rows = 0, judged_rows(store)
    with parquet.ParquetWriter(path, _schema()) as writer:
        while batch := list(islice(rows, _BATCH)):
            writer.write_table(pa.Table.from_pylist(batch, schema=_schema()))
            count += len(batch)
    return count


def _line(values: object) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(values)  # type: ignore[arg-type]
    return buffer.getvalue()


def _schema() -> "pa.Schema":
    import pyarrow as pa

    types = {_TEXT: pa.string(), _NUMBER: pa.float64(), _WHOLE: pa.int64(), _FLAG: pa.bool_()}
    return pa.schema([(name, types[_TYPES.get(name, _TEXT)]) for name in COLUMNS])
