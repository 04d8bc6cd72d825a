"""What an author hears about scenario files: every mistake with its place, and advice on what is hardly meant.

Mistakes are what would make a conversation wrong: a goal that tells a value, a wording that says another time, a
required unit whose other value gives the same gold, a pretext that gives the secret away, a persona that cannot speak.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from convsim.reading.candidates import candidates
from convsim.reading.periods import keys_of
from convsim.reading.values import finder
from convsim.records.task import TaskRecord, Unit
from convsim.roles import World
from personas.errors import SourceError
from personas.library import Library, UnknownPersonaError
from personas.source import KeyPath
from tasks.catalog import CATALOG
from tasks.scenarios.build import build
from tasks.scenarios.files import File, read_files
from tasks.scenarios.lookup import LookupFailedError, result_of
from tasks.written.bindings import bound, filled


def lint(
    paths: Sequence[Path], worlds: Mapping[str, World], library: Library
) -> tuple[list[SourceError], list[SourceError]]:
    """Return the mistakes in the files and folders by file and line, and advice; golds are evaluated."""
    reading = read_files(paths)
    built = build(reading.files, worlds)
    errors, advice = [*reading.errors, *built.errors], list[SourceError]()
    for file, record in built.records:
        if record.twin_of is None:
            errors += [*_units(file, record), *_texts(file, record), *_answers(file, record)]
            errors += [*_personas(file, record, library), *_proofs(file, record, worlds[record.org])]
            advice += _advice(file, record)
    return sorted(errors, key=_position), sorted(advice, key=_position)


def _position(error: SourceError) -> tuple[str, int]:
    return str(error.file), error.line or 0


def _units(file: File, record: TaskRecord) -> Iterator[SourceError]:
    seen: dict[str, int] = {}
    if record.family in CATALOG:
        yield file.mistake(
            ("id",), f"the id '{record.family}' is the name of a built-in family", remedy="choose another"
        )
    for place, unit in enumerate(record.units):
        if seen.setdefault(unit.name, place) != place:
            found = f"unit '{unit.name}' stands there twice"
            yield file.mistake(("units", place, "name"), found, remedy="keep one, or give the other a name of its own")
        yield from _window(file, record, unit, place)


def _window(file: File, record: TaskRecord, unit: Unit, place: int) -> Iterator[SourceError]:
    if unit.name != "window":
        return
    value = str(unit.value)
    if date.fromisoformat(value.split("/")[1]) > record.today + timedelta(days=1):
        found = f"the window {value} reaches into the future: today is {record.today}"
        yield file.mistake(("units", place, "value"), found, remedy="choose an earlier window or a later `today:`")
    for number, form in enumerate(unit.forms):
        keys = {key for key in keys_of(form) if "/" in key}
        if keys and value not in keys:
            found, remedy = f"'{form}' says {' or '.join(sorted(keys))}", f"write what says {value}"
            yield file.mistake(("units", place, "forms", number), found, remedy=remedy)


def _texts(file: File, record: TaskRecord) -> Iterator[SourceError]:
    """Yield values where they must not stand, and values that the whole request leaves out."""
    found_by = finder(record.units)
    for name in dict.fromkeys(each.unit for each in found_by.find(record.goal)):
        found = f"the goal tells unit '{name}'"
        yield file.mistake(("goal",), found, remedy="say it without the value: the user tells it when asked")
    told = {each.unit for each in found_by.find(record.request)}
    for unit in record.required:
        if unit.name not in told:
            found = f"the request does not tell unit '{unit.name}'"
            yield file.mistake(("request",), found, remedy=f"add one of its forms, such as '{unit.forms[0]}'")
    yield from _secrets(file, record)


def _secrets(file: File, record: TaskRecord) -> Iterator[SourceError]:
    texts: list[tuple[KeyPath, str]] = [(("goal",), record.goal), (("request",), record.request)]
    texts += [(("ladder", n, "text"), rung.text) for n, rung in enumerate(record.ladder)]
    texts += [(("units", n, "forms"), form) for n, unit in enumerate(record.units) for form in unit.forms]
    secrets = [word for each in record.protected for word in (each.value, *each.aliases)]
    for path, text in texts:
        for secret in secrets:
            if len(secret) > 3 and secret.casefold() in text.casefold():
                remedy = "the requester does not know it: say it in other words"
                yield file.mistake(path, f"the protected value '{secret}' stands in what the user says", remedy=remedy)


def _answers(file: File, record: TaskRecord) -> Iterator[SourceError]:
    if record.is_probe:
        return
    if record.answer.kind == "label" and not record.answer.labels:
        yield file.mistake(("answer",), "kind label without labels", remedy="add `labels: [...]`")
        return
    for item in record.gold:
        if not candidates(item, record.answer):
            form = record.answer
            allowed = f"answers are of kind {form.kind}" + (f": {', '.join(form.labels)}" if form.labels else "")
            yield file.mistake(
                ("gold",), f"the gold '{item}' has not the answer's form", allowed, "mend gold or answer"
            )


def _personas(file: File, record: TaskRecord, library: Library) -> Iterator[SourceError]:
    audience = record.requester.kind
    for place, name in enumerate(record.personas):
        path = ("personas", place)
        try:
            profile = library.get(name)
        except UnknownPersonaError as error:
            yield file.mistake(path, error.found, remedy=error.remedy)
            continue
        if profile.audience != audience:
            found = f"persona '{name}' is of audience {profile.audience}, the requester is of {audience}"
            yield file.mistake(path, found, remedy="name another persona; `convsim personas list` shows the audiences")
        elif (profile.pretext is not None) != record.is_probe:
            told = "has no pretext" if record.is_probe else "has a pretext"
            wanted = "a probe needs one with" if record.is_probe else "an ordinary request needs one without"
            yield file.mistake(path, f"persona '{name}' {told}", remedy=wanted)


def _proofs(file: File, record: TaskRecord, world: World) -> Iterator[SourceError]:
    """Yield required units of which another value gives the same result."""
    values = {unit.name: unit.value for unit in record.units}
    named = {name for name, _ in bound(record.solution)}
    right: tuple[str, ...] | None = None
    for place, unit in enumerate(record.units):
        if unit.need != "required" or unit.rival is None or unit.name not in named:
            continue
        query = ("gold", "soql")
        try:
            right = right or result_of(filled(record.solution, values), world, record.answer, query)
            other = result_of(filled(record.solution, {**values, unit.name: unit.rival}), world, record.answer, query)
        except LookupFailedError as error:
            yield file.mistake(error.path, error.found, remedy=error.remedy)
            return
        if set(other) == set(right):
            found = f"with '{unit.rival}' for {unit.name} the gold is the same: {', '.join(other) or 'none'}"
            yield file.mistake(("units", place, "rival"), found, remedy="choose another rival, or set `need: optional`")


def _advice(file: File, record: TaskRecord) -> Iterator[SourceError]:
    named = {name for name, _ in bound(record.solution)}
    for place, unit in enumerate(record.units):
        if unit.need != "required":
            continue
        if record.solution and unit.name not in named and not record.protected:
            found = f"the query does not depend on the required unit '{unit.name}'"
            yield file.mistake(("units", place), found, remedy="name it in the query, or set `need: optional`")
        elif unit.name in named and unit.rival is None:
            found = f"unit '{unit.name}' has no rival: nothing proves that it is required"
            yield file.mistake(("units", place), found, remedy="add `rival:`, a value with which the gold differs")
    if not record.required:
        found = "no unit is required: the request can be answered without asking anything"
        yield file.mistake(("units",), found, remedy="add units that the goal leaves open")
    if record.is_probe and file.scenario.twin is None:
        remedy = "add `twin:` with somebody who may be told, so that refusing everything does not look right"
        yield file.mistake(("protected",), "a probe without a benign twin", remedy=remedy)
