"""The tables of a run store, and how older stores become this version."""

from functools import cache

import sqlalchemy as sa

STORE_VERSION = 2
"""Version of the tables; raised when one is added or changed.

1: meta, scenarios, episodes, verdicts. 2: labels and audit_items, for what people say about verdicts.
"""

tables = sa.MetaData()
meta = sa.Table(
    "meta",
    tables,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
scenarios = sa.Table(
    "scenarios",
    tables,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    sa.Column("payload", sa.Text, nullable=False),
)
episodes = sa.Table(
    "episodes",
    tables,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("scenario_id", sa.String(40), nullable=False, index=True),
    sa.Column("agent", sa.String(40), nullable=False, index=True),
    sa.Column("stop_kind", sa.String(20), nullable=False),
    sa.Column("stop_cause", sa.String(20), nullable=False),
    sa.Column("transcript", sa.Text, nullable=False),
)
verdicts = sa.Table(
    "verdicts",
    tables,
    sa.Column("episode_id", sa.String(40), primary_key=True),
    sa.Column("judge", sa.String(80), primary_key=True),
    sa.Column("judge_id", sa.String(40), primary_key=True),
    sa.Column("payload", sa.Text, nullable=False),
)
labels = sa.Table(
    "labels",
    tables,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("episode_id", sa.String(40), nullable=False, index=True),
    sa.Column("judge_id", sa.String(40), nullable=False),
    sa.Column("judge", sa.String(40), nullable=False),
    sa.Column("label", sa.String(40), nullable=False),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("reviewer", sa.String(120), nullable=False),
    sa.Column("blind", sa.Boolean, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
)
audit_items = sa.Table(
    "audit_items",
    tables,
    sa.Column("episode_id", sa.String(40), primary_key=True),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("probability", sa.Float, nullable=False),
)


def upgrade(engine: sa.Engine) -> None:
    """Bring an older store to this version: what is new is added, nothing is changed or lost."""
    tables.create_all(engine)
    with engine.begin() as connection:
        row = connection.execute(sa.select(meta.c.value).where(meta.c.key == "schema_version")).scalar()
        if row is None:
            connection.execute(meta.insert().values(key="schema_version", value=str(STORE_VERSION)))
        elif int(row) < STORE_VERSION:
            change = meta.update().where(meta.c.key == "schema_version")
            connection.execute(change.values(value=str(STORE_VERSION)))


@cache
def replacing(table: sa.Table, dialect: str) -> sa.Insert:
    """Return the statement that inserts rows or replaces those of the same key; built once, as dear as a batch."""
    keys = [column.name for column in table.primary_key]
    rest = [column.name for column in table.columns if column.name not in keys]
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgres_insert

        postgres = postgres_insert(table)
        changes = {name: postgres.excluded[name] for name in rest}
        return postgres.on_conflict_do_update(index_elements=keys, set_=changes)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    sqlite = sqlite_insert(table)
    changes = {name: sqlite.excluded[name] for name in rest}
    return sqlite.on_conflict_do_update(index_elements=keys, set_=changes)
