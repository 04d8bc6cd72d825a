"""The unmodified jsforce against our server. Needs node and the npm package, which `NODE_PATH` may point to."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from convsim.org.ids import to_18
from convsim.org.org import Org
from convsim.org.serve import Server

WALK = Path(__file__).parent / "jsforce_walk.cjs"


@pytest.fixture(scope="module")
def node() -> str:
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    known = subprocess.run(
        [found, "-e", "require.resolve('jsforce')"], cwd=WALK.parent, check=False, capture_output=True
    )
    if known.returncode:
        pytest.skip("the npm package jsforce is not installed: `npm install --no-save jsforce`, or set NODE_PATH")
    return found


def test_jsforce_logs_in_pages_searches_describes_and_reads(org: Org, node: str) -> None:
    with Server(org) as server:
        done = subprocess.run(
            [node, WALK, server.url, "admin@small.example", "pass<&>word", "key", "secret"],
            env={**os.environ, "NO_PROXY": "*"},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    expected = {
        **{"total": 4_499, "first": 2_000, "second": 2_000, "all": 4_499, "owner": "Gone Agent"},
        **{"contacts": ["Whitfield", "Whitman"], "found": ["00000007"], "fields": 12},
        "objects": ["Account", "Case", "Contact", "Knowledge__kav", "Setting__c", "User"],
        **{"record": "Acme Corporation", "several": ["Acme Corporation"], "user": to_18("005Aa0000000002")},
        **{"daily": 15_000, "refusal": "INSUFFICIENT_ACCESS_OR_READONLY"},
    }
    for way in ("soap", "oauth", "direct"):
        failure = answers[way].pop("failure")
        assert failure["code"] == "INVALID_FIELD"
        assert "No such column 'Nothing' on entity 'Account'" in failure["message"]
        assert answers[way] == expected
    assert answers["wrong"] == "INVALID_LOGIN: Invalid username, password, security token; or user locked out."
