"""Databases that are reached by a URL: SQLAlchemy's engine, with our words for what is wrong with the URL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from convsim.errors import ConfigError


def server_engine(url: str, **options: Any) -> Engine:
    """Return the engine of a URL; raises ConfigError for a URL that is none and for a driver that is not installed."""
    try:
        return sa.create_engine(url, **options)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"--store needs the package {error.name}: pip install 'crm-convsim[postgres]' brings the driver of "
            "postgresql+psycopg://user@host/database"
        ) from error
    except sa.exc.ArgumentError as error:
        scheme = url.partition("://")[0]
        raise ConfigError(
            f"--store: no database is reached by '{scheme}://'; write postgresql+psycopg://user:password@host/database "
            "or leave it out and name a file with --out"
        ) from error
