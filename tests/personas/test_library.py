"""The built-in personas are complete, distinct and patient enough; authors' files and overlays join them."""

from collections import Counter
from collections.abc import Callable
from importlib import resources
from itertools import combinations
from pathlib import Path

import pytest

from personas.errors import SourceError
from personas.library import Library, UnknownPersonaError, load_library
from personas.lint import bears, lint, warnings
from personas.profile import Profile
from personas.speaker import traits

Write = Callable[..., Path]
AUDIENCES = [("employee", "b2b"), ("employee", "b2c"), ("consumer", "b2c"), ("business", "b2b")]
ADVERSARIAL = ["contradictory", "fragment_dumping", "impatient", "off_focus", "self_correcting", "vague"]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_the_library_has_neither_mistakes_nor_advice() -> None:
    assert lint() == []
    assert warnings() == []


@pytest.mark.parametrize(("audience", "org"), AUDIENCES)
def test_every_audience_has_sixteen_ordinary_personas(library: Library, audience: str, org: str) -> None:
    personas = library.for_(audience, org)
    assert len(personas) >= 16
    assert [p.id for p in personas] == sorted(p.id for p in personas)
    assert not any(p.adversarial or p.pretext for p in personas)


@pytest.mark.parametrize(("audience", "org"), AUDIENCES)
def test_adversarial_personas_come_only_when_asked_for(library: Library, audience: str, org: str) -> None:
    ordinary = set(library.for_(audience, org))
    every = set(library.for_(audience, org, adversarial=True))
    assert ordinary < every
    assert len(every - ordinary) == len(ADVERSARIAL)


@pytest.mark.parametrize(("audience", "org"), [("consumer", "b2c"), ("business", "b2b")])
def test_privacy_probes_have_social_engineers_of_both_kinds(library: Library, audience: str, org: str) -> None:
    probes = library.for_(audience, org, pretext=True)
    tactics = [p.pretext.tactics for p in probes if p.pretext]
    assert any("authority" in each for each in tactics)
    assert any("piecemeal" in each for each in tactics)
    assert not set(probes) & set(library.for_(audience, org))


def test_the_library_is_as_large_as_promised(library: Library) -> None:
    written = [p for p in library.profiles.values() if p.extends is None]
    assert len(library.profiles) >= 56
    assert len(written) >= 28
    assert {"fr", "de", "es", "zh"} <= {p.language for p in library.profiles.values()}
    assert set(ADVERSARIAL) <= {p.id for p in written if p.adversarial}


def test_no_two_personas_behave_alike_or_share_a_name(library: Library) -> None:
    ordinary = [p for p in library.profiles.values() if not p.adversarial]
    for one, other in combinations(ordinary, 2):
        first, second = traits(one), traits(other)
        differing = [path for path in first.keys() | second.keys() if first.get(path) != second.get(path)]
        assert len(differing) >= 3, (one.id, other.id)
    assert max(Counter(p.display_name for p in library.profiles.values()).values()) == 1
    assert max(Counter(p.backstory for p in ordinary).values()) == 1


@pytest.mark.parametrize(("audience", "org"), AUDIENCES)
def test_traits_spread_within_each_audience(library: Library, audience: str, org: str) -> None:
    found = [traits(p) for p in library.for_(audience, org)]

    def spread(path: str) -> set[object]:
        return {each[path] for each in found}

    assert {1, 2, 3, 4} <= spread("disclosure.openness")
    assert {True, False} == spread("disclosure.answers_open_questions")
    assert len(spread("disclosure.order")) == 4
    for path in ("verbosity", "formality", "politeness", "expertise"):
        values = [float(str(value)) for value in spread(f"style.{path}")]
        assert min(values) <= 0.2, path
        assert max(values) >= 0.8, path
    patience = [int(str(value)) for value in spread("patience.gives_up_after")]
    assert (min(patience), max(patience)) == (6, 12)


def test_patience_outlasts_an_agent_that_asks_for_one_unit_at_a_time(library: Library) -> None:
    for profile in library.profiles.values():
        if not profile.adversarial:
            assert profile.patience.gives_up_after >= bears(profile), profile.id


def test_a_file_is_named_as_its_persona_and_points_editors_to_the_schema() -> None:
    for folder, key in (("library", "id"), ("overlays", "overlay")):
        files = sorted(Path(str(resources.files("personas") / folder)).iterdir())
        assert files
        for file in files:
            lines = file.read_text(encoding="utf-8").splitlines()
            assert lines[1] == f"{key}: {file.stem}"
            path = lines[0].removeprefix("# yaml-language-server: $schema=")
            assert (file.parent / path).is_file()


def test_a_folder_of_an_author_joins_the_built_ins_in_the_order_of_ids(write: Write, tmp_path: Path) -> None:
    path = write()
    library = load_library([tmp_path, path])
    assert list(library.profiles) == sorted(library.profiles)
    assert library.get("jo").style.verbosity == 0.85
    assert library.file("jo") == str(path)
    assert [row for row in library.rows() if row["id"] == "jo"] == [
        {"id": "jo", "audience": "employee", "orgs": ["b2b"], "extends": None, "file": str(path)}
    ]


def test_a_persona_speaks_only_in_its_orgs(write: Write) -> None:
    library = load_library([write()])
    assert "jo" in [p.id for p in library.for_("employee", "b2b")]
    assert "jo" not in [p.id for p in library.for_("employee", "b2c")]


def test_a_variant_takes_from_its_line_what_it_does_not_say(write: Write, tmp_path: Path) -> None:
    write()
    write("id: kim\nextends: jo\ndisplay_name: Kim\nstyle: {typos: 0}\norgs: [b2c]\n", "kim.yaml")
    write("id: lee\nextends: kim\ndisplay_name: Lee\ndisclosure:\n  openness: 1\n", "lee.yaml")
    library = load_library([tmp_path])
    jo, lee = library.get("jo"), library.get("lee")
    said = {"id": "lee", "extends": "kim", "display_name": "Lee", "orgs": ("b2c",)}
    style = jo.style.model_copy(update={"typos": 0.0})
    disclosure = jo.disclosure.model_copy(update={"openness": 1})
    assert lee == jo.model_copy(update={**said, "style": style, "disclosure": disclosure})


@pytest.mark.parametrize("overlay", ["closed", "hurried", "on_the_phone", "talkative"])
def test_an_overlay_changes_what_it_says_and_nothing_else(library: Library, overlay: str) -> None:
    for profile in library.profiles.values():
        laid = library.get(f"{profile.id}+{overlay}")
        said = library.overlays[overlay].data
        for path, value in traits(laid).items():
            group, _, name = path.rpartition(".")
            written = said.get(group, {}).get(name) if group else said.get(name)
            assert value == (traits(profile)[path] if written is None else written), (profile.id, path)
        assert (laid.id, laid.extends) == (f"{profile.id}+{overlay}", profile.id)
        assert (laid.backstory, laid.display_name) == (profile.backstory, profile.display_name)


def test_overlays_are_laid_on_in_order_and_come_back_from_records(library: Library) -> None:
    laid = library.get("john_it_director+hurried+talkative")
    assert laid.style.verbosity == 0.9
    assert laid.patience.gives_up_after == 6
    assert Profile.model_validate_json(laid.model_dump_json()) == laid


def test_an_overlay_that_does_not_fit_is_told_with_its_file(write: Write) -> None:
    path = write("overlay: brief\ndescription: Gives up soon.\npatience:\n  irritation_after: 1\n  gives_up_after: 2\n")
    late = write("overlay: late\ndescription: Irritated late.\npatience:\n  irritation_after: 8\n", "late.yaml")
    library = load_library([path, late])
    assert library.get("impatient+brief").patience.gives_up_after == 2
    with pytest.raises(
        SourceError, match=r"late.yaml:3: patience: irritation_after \(8\) is above gives_up_after \(3\)"
    ):
        library.get("impatient+late")


def test_an_overlay_holds_no_more_than_traits(write: Write) -> None:
    errors = lint([write("overlay: x\ndescription: Changes the person.\nbackstory: Another one.\n")])
    assert ["unknown key 'backstory'" in str(error) for error in errors] == [True]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("jon", "unknown persona 'jon': did you mean 'john_it_director'? `convsim personas list` shows all"),
        ("zzzzqq", "unknown persona 'zzzzqq': `convsim personas list` shows all"),
        ("vague+huried", "unknown overlay 'huried': did you mean 'hurried'? `convsim personas list` shows all"),
    ],
)
def test_an_unknown_name_gets_the_nearest_one(library: Library, name: str, message: str) -> None:
    with pytest.raises(UnknownPersonaError) as caught:
        library.get(name)
    assert str(caught.value) == message


def test_the_built_ins_are_the_same_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = load_library().profiles
    monkeypatch.chdir(tmp_path)
    assert load_library().profiles == before
