"""The server as people start it: first line, login, interrupt."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from simple_salesforce import Salesforce

from convsim.org.client import session as http_session

MAIN = "import sys; from convsim.cli import main; sys.exit(main())"


def test_serve_tells_how_to_log_in_and_ends_on_interrupt(folder: Path) -> None:
    arguments = ["org", "serve", "--org", str(folder), "--port", "0", "--json"]
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        assert line, process.stderr.read()
        facts = json.loads(line)
        assert list(facts) == ["url", "user", "password", "session", "ca_file"]
        with http_session(facts["url"]) as network:
            logged_in = Salesforce(
                session=network, username=facts["user"], password=facts["password"], security_token=""
            )
            opened = Salesforce(session=network, session_id=facts["session"], instance_url=facts["url"])
            for client in (logged_in, opened):
                assert client.query("SELECT COUNT() FROM User")["totalSize"] == 2
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "", "")
