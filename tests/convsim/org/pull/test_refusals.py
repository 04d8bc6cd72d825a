"""Every way in which a pull cannot be done is told in one line, and conditions are read before the first request."""

from collections.abc import Callable
from pathlib import Path

import pytest
from requests.exceptions import SSLError
from simple_salesforce import Salesforce

from convsim.errors import ConfigError, InfrastructureError
from convsim.org.pull.condition import beyond, conditions
from convsim.org.pull.pages import _portions
from convsim.org.pull.pull import pull
from convsim.org.pull.source import Source, served
from convsim.org.serve import Server


def test_objects_that_do_not_exist(tmp_path: Path, connect: Callable[[], Salesforce]) -> None:
    with pytest.raises(ConfigError, match="unknown object 'Acount': did you mean 'Account'"):
        pull(connect(), tmp_path / "a", objects=["Acount"])
    with pytest.raises(ConfigError, match="no object to pull"):
        pull(connect(), tmp_path / "a", objects=[])
    assert not (tmp_path / "a").exists()


def test_logins_that_fail(tmp_path: Path, server: Server) -> None:
    with pytest.raises(ConfigError, match=r"INVALID_SESSION_ID.* give a valid session") as refused:
        pull(served(server.url, session_id="nobody"), tmp_path / "a", objects=["Case"])
    assert "\n" not in str(refused.value)
    with pytest.raises(InfrastructureError, match=r"does not answer.* check the address") as unreached:
        pull(served("http://127.0.0.1:9", session_id="x"), tmp_path / "a", objects=["Case"])
    assert "\n" not in str(unreached.value)
    with pytest.raises(ConfigError, match="no address of an org server"):
        served("127.0.0.1:9", session_id="x")


def test_a_certificate_that_nobody_verifies(connect: Callable[[], Salesforce]) -> None:
    def fails() -> None:
        raise SSLError("CERTIFICATE_VERIFY_FAILED")

    with pytest.raises(ConfigError, match=r"cannot be verified: .* --ca-file"):
        Source(connect()).ask("Case", fails)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Status = 'x'", "--where takes OBJECT: CONDITION"),
        ("Case:", "--where takes OBJECT: CONDITION"),
        ("Csae: Status = 'x'", "did you mean 'Case'?"),
        ("Case: Status == 'x'", "unexpected token"),
        ("Case: Status = 'x' LIMIT 3", "takes a condition alone"),
        ("Case: Status = 'x' ORDER BY Id", "takes a condition alone"),
        ("Case: Status = 'a' OR Status = 'b' AND Status = 'c'", "unexpected token"),
    ],
)
def test_conditions_that_are_none(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        conditions([text], ["Case"])
    assert said in str(refused.value)


def test_the_org_refuses_a_condition(tmp_path: Path, connect: Callable[[], Salesforce]) -> None:
    with pytest.raises(ConfigError, match="Case: the org answers INVALID_FIELD: No such column 'Foo'") as refused:
        pull(connect(), tmp_path / "a", objects=["Case"], where=["Case: Foo = 'x'"])
    assert "\n" not in str(refused.value)


def test_conditions_join_the_cursor() -> None:
    assert beyond("", "") == ""
    assert beyond("", "500A") == " WHERE Id > '500A'"
    assert beyond("A = 1", "") == " WHERE A = 1"
    assert beyond("A = 1 AND Id IN (SELECT B FROM C)", "5") == " WHERE A = 1 AND Id IN (SELECT B FROM C) AND Id > '5'"
    assert beyond("A = 1 OR B = 2", "5") == " WHERE (A = 1 OR B = 2) AND Id > '5'"
    assert beyond("NOT A = 1", "5") == " WHERE (NOT A = 1) AND Id > '5'"


def test_long_field_lists_are_asked_in_portions() -> None:
    names = ["Id", *(f"A_rather_long_field_name_{number}__c" for number in range(900))]
    portions = list(_portions(names))
    assert len(portions) == 3
    assert all(portion[0] == "Id" for portion in portions)
    assert [name for portion in portions for name in portion[1:]] == names[1:]
