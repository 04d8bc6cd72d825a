"""SQL oracle of a comparison: a family's statement gives one figure per thing, the extreme one is right."""

from datetime import date

from tasks.ground import Ground


def extreme(
    ground: Ground, statement: str, window: tuple[date, date], *, highest: bool, **values: object
) -> tuple[str, ...]:
    """Return the things with the highest or lowest figure: none, one, or several in a tie."""
    rows = select(ground, statement, window, **values)
    best = (max if highest else min)((figure for _, figure in rows), default=None)
    return tuple(sorted(thing for thing, figure in rows if figure == best))


def select(ground: Ground, statement: str, window: tuple[date, date], **values: object) -> list[tuple[str, float]]:
    """Return the rows of a statement; it names the window `:start` and `:end` for instants, `:first` and `:after` for
    dates, and the values by their names."""
    start, end = window
    span = {"start": _wire(start), "end": _wire(end), "first": str(start), "after": str(end)}
    return ground.store.connection().execute(statement, span | values).fetchall()


def _wire(day: date) -> str:
    """Return the day's midnight as the tables store it."""
    return f"{day}T00:00:00.000+0000"
