"""Latent facts survive the disk."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from convsim.org.generate import latent
from convsim.org.generate.build import GeneratedOrg


def test_facts_are_the_same_after_writing_and_reading(org: GeneratedOrg, tmp_path: Path) -> None:
    latent.dump(org.latent, tmp_path / "latent.json")
    assert latent.load(tmp_path / "latent.json") == org.latent


def test_a_torn_file_is_refused(orgs: dict[str, GeneratedOrg], tmp_path: Path) -> None:
    file = tmp_path / "latent.json"
    latent.dump(orgs["b2b"].latent, file)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValidationError):
        latent.load(file)


def test_who_may_be_told(org: GeneratedOrg) -> None:
    with_delegate = next(each for each in org.latent.contacts if each.delegate)
    without = next(each for each in org.latent.contacts if not each.delegate)
    assert with_delegate.may_see == (with_delegate.id, with_delegate.delegate)
    assert without.may_see == (without.id,)
