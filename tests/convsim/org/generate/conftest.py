"""Both orgs at full size, generated once for all tests of this folder."""

import pytest

from convsim.org.generate.build import GeneratedOrg, generate


@pytest.fixture(scope="session")
def orgs() -> dict[str, GeneratedOrg]:
    return {"b2b": generate("b2b"), "b2c": generate("b2c")}


@pytest.fixture(params=["b2b", "b2c"])
def org(request: pytest.FixtureRequest, orgs: dict[str, GeneratedOrg]) -> GeneratedOrg:
    return orgs[request.param]
