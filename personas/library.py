"""The personas that exist: the built-in ones and those of the author's files and folders."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from personas.allowed import did_you_mean
from personas.errors import SourceError, first_of
from personas.inheritance import merged, resolved
from personas.mistakes import validate
from personas.profile import Overlay, Profile
from personas.source import Source, parse
from personas.units import Audience, OrgType

BUILT_IN = ("library", "overlays")
SUFFIXES = (".yaml", ".yml")
LIST = "`convsim personas list` shows all"


class UnknownPersonaError(SourceError):
    """A persona or overlay that is asked for by a name that nobody has."""

    def __init__(self, kind: str, name: str, names: Iterable[str]) -> None:
        hint = did_you_mean(name, names)
        super().__init__(Path(), None, found=f"unknown {kind} '{name}'", remedy=f"{hint} {LIST}".strip())

    def __str__(self) -> str:
        return f"{self.found}: {self.remedy}"


@dataclass(slots=True)
class Reading:
    """All sources that were found, by id, and all mistakes in them, in the order of files and lines."""

    personas: dict[str, Source] = field(default_factory=dict)
    overlays: dict[str, Source] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    errors: list[SourceError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Library:
    """Valid profiles in the order of their ids."""

    profiles: Mapping[str, Profile]
    sources: Mapping[str, Source]
    overlays: Mapping[str, Source]

    def get(self, persona_id: str) -> Profile:
        """Return a persona by its id, or `id+overlay+...` with overlays laid on.

        Raises UnknownPersonaError with the nearest name, or SourceError when an overlay does not fit the persona.
        """
        if persona_id in self.profiles:
            return self.profiles[persona_id]
        name, *overlays = persona_id.split("+")
        if name not in self.profiles:
            raise UnknownPersonaError("persona", name, self.profiles)
        return self._overlaid(self.profiles[name], overlays)

    def _overlaid(self, profile: Profile, names: Sequence[str]) -> Profile:
        source = self.sources[profile.id]
        for name in names:
            if name not in self.overlays:
                raise UnknownPersonaError("overlay", name, self.overlays)
            source = merged(source, self.overlays[name])
        named = {"id": "+".join((profile.id, *names)), "extends": profile.id}
        data = {key: value for key, value in source.data.items() if key in Profile.model_fields} | named
        laid, errors = validate(Source(source.file, data, source.places), Profile)
        if laid is None:
            raise errors[0]
        return laid

    def for_(
        self, audience: Audience, org: OrgType, *, pretext: bool = False, adversarial: bool = False
    ) -> tuple[Profile, ...]:
        """Return the personas that may speak for an audience in an org, in the order of their ids.

        With `pretext` those for privacy probes, else those for ordinary tasks. Adversarial personas come only when
        asked for, except that social engineers are what a privacy probe is about.
        """
        return tuple(
            profile
            for profile in self.profiles.values()
            if profile.audience == audience
            and org in profile.orgs
            and (profile.pretext is not None) == pretext
            and (adversarial or pretext or not profile.adversarial)
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return what `personas list --json` prints: id, audience, orgs, extends, file."""
        return [
            {**profile.model_dump(mode="json", include={"id", "audience", "orgs", "extends"}), "file": self.file(name)}
            for name, profile in self.profiles.items()
        ]

    def file(self, persona_id: str) -> str:
        """Return the file that a persona was read from."""
        return self.sources[persona_id.split("+", maxsplit=1)[0]].file


def load_library(paths: Sequence[Path] = ()) -> Library:
    """Return the built-in personas and those of the given files and folders.

    Raises the first SourceError; its remedy says how many others there are and how to see them.
    """
    reading = read_all(paths)
    if reading.errors:
        raise first_of(reading.errors, command="convsim personas lint")
    profiles = dict(sorted(reading.profiles.items()))
    return Library(profiles, reading.personas, dict(sorted(reading.overlays.items())))


def read_all(paths: Sequence[Path] = ()) -> Reading:
    """Return everything that the built-in and the given files say, and every mistake in them."""
    reading = Reading()
    for file in [*_built_in(), *_files(paths, reading.errors)]:
        _read(file, reading)
    for source in reading.overlays.values():
        _tell(validate(source, Overlay)[1], reading)
    known = dict(reading.personas)
    for name, source in known.items():
        _resolve(name, source, known, reading)
    return reading


def _built_in() -> list[Traversable]:
    folders = [resources.files("personas") / name for name in BUILT_IN]
    return [file for folder in folders for file in sorted(folder.iterdir(), key=str) if file.name.endswith(SUFFIXES)]


def _files(paths: Sequence[Path], errors: list[SourceError]) -> list[Path]:
    """Return the files that the paths name, folders with all below them, each file once."""
    files: dict[Path, Path] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.suffix in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            errors.append(SourceError(path, None, found="no persona in this folder", allowed="files named *.yaml"))
        files |= {file.resolve(): file for file in reversed(inside)}
    return sorted(files.values())


def _read(file: Traversable | Path, reading: Reading) -> None:
    try:
        raw = file.read_bytes()
    except OSError as error:
        found = f"this file cannot be read: {error.strerror}"
        reading.errors.append(SourceError(str(file), None, found=found, remedy="give a file or folder of personas"))
        return
    source, errors = parse(raw, file=str(file))
    reading.errors += errors
    if source is not None:
        _enter(source, reading)


def _enter(source: Source, reading: Reading) -> None:
    """Enter a source under its name; without one it is entered under its file, so that its mistakes are told."""
    key, sources = ("overlay", reading.overlays) if "overlay" in source.data else ("id", reading.personas)
    name = source.data.get(key)
    if not isinstance(name, str):
        sources[source.file] = source
    elif name in sources:
        place = source.place((key,))
        remedy = f"choose another {key}" + ("; for a variant add `extends:` too" if key == "id" else "")
        found = f"the {key} '{name}' is already taken by {sources[name].file}"
        reading.errors.append(SourceError(place.file, place.line, found=found, remedy=remedy))
    else:
        sources[name] = source


def _resolve(name: str, source: Source, known: Mapping[str, Source], reading: Reading) -> None:
    """Validate one persona with what it inherits."""
    try:
        reading.personas[name] = resolved(source, known)
        profile, errors = validate(reading.personas[name], Profile)
    except SourceError as error:
        profile, errors = None, [error]
    _tell(errors, reading)
    if profile is not None:
        reading.profiles[name] = profile


def _tell(errors: Sequence[SourceError], reading: Reading) -> None:
    """Enter mistakes, but none on a line that is already told: variants repeat those of their parents."""
    told = {(error.file, error.line) for error in reading.errors}
    reading.errors += [error for error in errors if (error.file, error.line) not in told]
