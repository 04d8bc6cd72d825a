"""From a scenario file to task records on an org, collecting every mistake on the way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from convsim.records.task import Answer, ProtectedValue, Requester, Rung, TaskRecord, Unit, UnitValue
from convsim.roles import World
from personas.allowed import did_you_mean
from personas.errors import SourceError
from personas.source import KeyPath
from personas.units import UnitName
from tasks.scenarios.files import File
from tasks.scenarios.lookup import LookupFailedError, protected_of, requester_of, result_of
from tasks.scenarios.scenario import Gold, Piece
from tasks.scenarios.telling import LADDER, whole_request
from tasks.written.bindings import bound, filled, parts_of


@dataclass(slots=True)
class Built:
    """What came of the files."""

    records: list[tuple[File, TaskRecord]] = field(default_factory=list)
    errors: list[SourceError] = field(default_factory=list)


def build(files: Iterable[File], worlds: Mapping[str, World]) -> Built:
    """Return the records of the files, each on its org, and all mistakes that only the org shows."""
    built = Built()
    for file in files:
        world = worlds.get(file.scenario.org)
        if world is None:
            built.errors.append(_no_world(file, worlds))
            continue
        desk = _Desk(file, world)
        records = list(desk.records())
        built.errors += desk.errors
        if not desk.errors:
            built.records += [(file, record) for record in records]
    return built


def _no_world(file: File, worlds: Mapping[str, World]) -> SourceError:
    hint = did_you_mean(file.scenario.org, worlds) or "add --org or --bundle for it"
    return file.mistake(("org",), f"org '{file.scenario.org}' is not here", f"here: {', '.join(worlds)}", hint)


@dataclass(slots=True)
class _Desk:
    """One file on its way to its records."""

    file: File
    world: World
    errors: list[SourceError] = field(default_factory=list)

    def records(self) -> Iterator[TaskRecord]:
        """Yield the record, and after a probe its twin; nothing holds where `errors` has an entry."""
        given = self.file.scenario
        units = tuple(self._unit(piece, place) for place, piece in enumerate(given.units))
        requester = self._found(lambda: requester_of(given.requester, self.world, ("requester",)))
        protected = self._protected()
        self._check_query(units)
        gold = self._gold(given.gold, units) if not self.errors else ()
        if self.errors or requester is None:
            return
        probe = bool(protected)
        record = self._record(requester, units, gold=gold)
        if not probe:
            yield record
            return
        yield record.model_copy(update=self._probe(record, protected))
        if given.twin is not None:
            yield from self._twin(record)

    def _unit(self, piece: Piece, place: int) -> Unit:
        value = self._typed(piece.name, piece.value, ("units", place, "value"))
        rival = None if piece.rival is None else self._typed(piece.name, piece.rival, ("units", place, "rival"))
        is_format = piece.name == "answer_format"
        return Unit(
            name=piece.name,
            value=value,
            forms=piece.forms,
            need="optional" if is_format else piece.need,
            opening=piece.opening or is_format,
            rival=rival,
        )

    def _typed(self, name: UnitName, value: Any, path: KeyPath) -> UnitValue:
        from tasks.scenarios.values import typed

        try:
            return typed(name, value)
        except ValueError as error:
            self.errors.append(self.file.mistake(path, f"'{name}' is {value!r}", f"allowed: {error}"))
            return str(value)

    def _protected(self) -> tuple[ProtectedValue, ...]:
        places = enumerate(self.file.scenario.protected)
        found = [self._found(lambda one=one, n=n: protected_of(one, self.world, ("protected", n))) for n, one in places]
        return tuple(each for each in found if each is not None)

    def _check_query(self, units: Sequence[Unit]) -> None:
        names = [unit.name for unit in units]
        for name, part in bound(self.file.scenario.gold.soql or ""):
            if name not in names:
                here = did_you_mean(name, names) or "add it to `units:`, or write the value itself"
                found, allowed = f"the query names a unit '{name}' that the file lacks", f"units: {', '.join(names)}"
                self.errors.append(self.file.mistake(("gold", "soql"), found, allowed, here))
            elif (part is not None or parts_of(name)) and part not in parts_of(name):
                parts = [f":{name}.{each}" for each in parts_of(name)] or [f":{name}"]
                written = f":{name}.{part}" if part else f":{name}"
                found = f"the query says '{written}'"
                self.errors.append(self.file.mistake(("gold", "soql"), found, f"allowed: {', '.join(parts)}"))

    def _gold(self, gold: Gold, units: Sequence[Unit]) -> tuple[str, ...]:
        answer = self._answer(())
        if gold.literal is not None:
            found = gold.literal
        else:
            query = filled(str(gold.soql), {unit.name: unit.value for unit in units})
            result = self._found(lambda: result_of(query, self.world, answer, ("gold", "soql")))
            found = result or ()
            if result is None:
                return ()
        if not found and not answer.none:
            told = "the gold is empty" if gold.soql is None else "the query has no result"
            remedy = "mend it, or set `none: true` under `answer:` where none is a right answer"
            self.errors.append(self.file.mistake(("gold",), told, remedy=remedy))
        return found

    def _answer(self, gold: Sequence[str]) -> Answer:
        form = self.file.scenario.answer
        prefixes = form.prefixes
        if form.kind == "id" and not prefixes:
            prefixes = tuple(dict.fromkeys(item[:3] for item in gold))
        return Answer(kind=form.kind, prefixes=prefixes, labels=form.labels, none=form.none)

    def _record(self, requester: Requester, units: tuple[Unit, ...], *, gold: tuple[str, ...]) -> TaskRecord:
        given = self.file.scenario
        answer = self._answer(gold)
        return TaskRecord(
            id=given.id,
            family=given.id,
            skill=given.skill or ("confidentiality" if given.protected else "database"),
            org=self.world.name,
            requester=requester,
            today=given.today or self.world.today,
            goal=given.goal,
            request=given.request or whole_request(given.goal, units),
            units=units,
            policy=given.policy,
            gold=gold,
            gold_reason=given.gold.reason,
            answer=answer,
            metric=given.metric or ("fuzzy" if answer.kind == "text" else "set" if len(gold) > 1 else "exact"),
            seed=0,
            origin=self.file.name,
            solution=given.gold.soql or "",
            personas=given.personas,
        )

    def _probe(self, record: TaskRecord, protected: tuple[ProtectedValue, ...]) -> dict[str, Any]:
        steps = self.file.scenario.ladder
        ladder = tuple(Rung(tactic=each.tactic, text=each.text, claimed=each.claimed) for each in steps)
        reason = f"{record.requester.name} may not be told"
        return {
            "gold": (),
            "gold_reason": record.gold_reason or reason,
            "metric": "privacy",
            "protected": protected,
            "ladder": ladder or LADDER,
        }

    def _twin(self, record: TaskRecord) -> Iterator[TaskRecord]:
        twin = self.file.scenario.twin
        assert twin is not None, "called for files with a twin"
        requester = self._found(lambda: requester_of(twin.requester, self.world, ("twin", "requester")))
        if requester is not None:
            told = {"id": f"{record.id}-twin", "twin_of": record.id, "requester": requester}
            yield record.model_copy(update={**told, "gold_reason": f"{requester.name} may be told"})

    def _found(self, look: Any) -> Any:
        try:
            return look()
        except LookupFailedError as error:
            self.errors.append(self.file.mistake(error.path, error.found, remedy=error.remedy))
            return None


def read(path: Path, worlds: Mapping[str, World]) -> list[TaskRecord]:
    """Return the records of a scenario file or a folder of them; raises the first SourceError."""
    from personas.errors import first_of
    from tasks.scenarios.files import read_files

    reading = read_files([path])
    built = build(reading.files, worlds)
    if errors := [*reading.errors, *built.errors]:
        raise first_of(errors, command="convsim scenarios lint")
    return [record for _, record in built.records]
