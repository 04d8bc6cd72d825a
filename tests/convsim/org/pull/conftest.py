"""A small generated org behind a port, and a bundle pulled from it over HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from simple_salesforce import Salesforce

from convsim.org.org import Org
from convsim.org.pull.pull import pull
from convsim.org.pull.source import served
from convsim.org.serve import Server


@pytest.fixture(scope="session")
def org() -> Org:
    return Org.generated("b2b", scale=0.05)


@pytest.fixture(scope="session")
def server(org: Org) -> Iterator[Server]:
    with Server(org) as running:
        yield running


@pytest.fixture(scope="session")
def connect(org: Org, server: Server) -> Callable[[], Salesforce]:
    return lambda: served(server.url, session_id=org.open_admin_session())


@pytest.fixture(scope="session")
def every_object(org: Org) -> list[str]:
    return [each.name for each in org.schema]


@pytest.fixture(scope="session")
def folder(
    tmp_path_factory: pytest.TempPathFactory, connect: Callable[[], Salesforce], every_object: list[str]
) -> Path:
    out = tmp_path_factory.mktemp("pulled") / "snapshot"
    pull(connect(), out, objects=every_object)
    return out
