"""`pull`: describe, page, write; the same call goes on after a kill at any moment.

    state -> schema/*.yaml -> records/X.jsonl, one object after the other -> sensitivity.yaml -> org.yaml

`org.yaml` comes last, so that an unfinished folder is no bundle yet.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from convsim.errors import ConfigError, unknown
from convsim.org.bundle import SENSITIVITY, SHEET
from convsim.org.pull.columns import Columns, child_names, columns_of, object_file
from convsim.org.pull.condition import beyond, conditions
from convsim.org.pull.mask import Mask
from convsim.org.pull.pages import pull_records
from convsim.org.pull.picklists import add_found_values, without_values
from convsim.org.pull.sheets import org_sheet, present, sensitivity_draft
from convsim.org.pull.source import Source
from convsim.org.pull.state import FILE, PullState, begun, write
from convsim.org.schema.load import load_schema

if TYPE_CHECKING:
    from simple_salesforce import Salesforce

Described = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the records of an object are."""

    name: str
    done: int
    total: int
    """What the org counted; records made or deleted meanwhile change what comes."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a finished pull holds."""

    records: dict[str, int]
    left_out: tuple[str, ...]
    """Fields that no bundle can hold, as Object.Field."""


Listener = Callable[[Progress], None]


def pull(
    client: "Salesforce",
    out: Path,
    *,
    objects: Sequence[str],
    where: Sequence[str] = (),
    mask: bool = False,
    mask_seed: str | None = None,
    listener: Listener = lambda _: None,
) -> Pulled:
    """Pull the objects into a bundle at `out`, or go on with it.

    `where` holds conditions as `OBJECT: CONDITION`. Without `mask_seed` the mask's key is drawn at random and forgotten
    when the pull is finished. Raises ConfigError for what the caller can mend, InfrastructureError for the network.
    """
    source = Source(client)
    names = _known(objects, source.objects)
    wanted = PullState(
        organization_id=source.organization_id,
        objects=names,
        where=conditions(where, names),
        mask_key=(mask_seed or secrets.token_hex(16)) if mask else None,
        now=present(source.identity()[1]),
    )
    state = begun(out, wanted, own_key=mask_seed is not None)
    pulled, texts = _write_schema(source, out, state)
    counts = {each.name: _pull_object(source, each, out, state=state, listener=listener) for each in pulled}
    add_found_values(out, pulled, texts)
    write(out / SENSITIVITY, sensitivity_draft(load_schema(out / "schema"), pulled))
    write(out / SHEET, org_sheet(source, out, now=state.now))
    (out / FILE).unlink()
    return Pulled(counts, tuple(f"{each.name}.{name}" for each in pulled for name in each.left_out))


def _known(wanted: Iterable[str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the objects by their own names, in alphabetical order; raises ConfigError for one that is not there."""
    known = {name.casefold(): name for name in names}
    found = set()
    for name in wanted:
        if name.casefold() not in known:
            raise unknown("object", name, names, remedy="`convsim org describe` lists all")
        found.add(known[name.casefold()])
    if not found:
        raise ConfigError("no object to pull: name some with --objects Account,Contact,Case")
    return tuple(sorted(found))


def _write_schema(source: Source, out: Path, state: PullState) -> tuple[list[Columns], dict[str, str]]:
    """Write the object files, return their texts by object; raises ConfigError when an earlier call wrote others."""
    described = {name: source.describe(name) for name in state.objects}
    pulled = [columns_of(each) for each in described.values()]
    children = child_names(described.values())
    prefixes = _prefixes(source, described)
    texts = {
        each.name: object_file(
            described[each.name], each, pulled=state.objects, children=children.get(each.name, {}),
            prefix=prefixes[each.name],
        )
        for each in pulled
    }  # fmt: skip
    for name, text in texts.items():
        file = out / "schema" / f"{name}.yaml"
        if file.is_file() and without_values(file.read_text("utf-8")) != without_values(text):
            raise ConfigError(f"{name} is described otherwise than when this pull began: begin anew in another folder")
        write(file, text)
    load_schema(out / "schema")
    return pulled, texts


def _prefixes(source: Source, described: Mapping[str, Described]) -> dict[str, str]:
    """Return the key prefixes; objects that share one cannot stand in one bundle."""
    found: dict[str, str] = {}
    for name, each in described.items():
        prefix = each["keyPrefix"] or str(source.facts(f"SELECT Id FROM {name} LIMIT 1").get("Id", ""))[:3]  # noqa: S608
        prefix = prefix or next(free for free in map("zz{:x}".format, range(16)) if free not in found.values())
        owner = next((other for other, taken in found.items() if taken == prefix), None)
        if owner is not None:
            raise ConfigError(f"{owner} and {name} share the key prefix {prefix}: leave one of them out of --objects")
        found[name] = prefix
    return found


def _pull_object(source: Source, columns: Columns, out: Path, *, state: PullState, listener: Listener) -> int:
    """Pull what is missing of one object; return how many records it has."""
    folder = out / "records"
    folder.mkdir(exist_ok=True)
    condition = state.where.get(columns.name, "")
    mask = Mask(state.mask_key) if state.mask_key is not None else None
    maskers = {each["name"]: found for each in columns.fields if mask and (found := mask.masker(each))}
    total = source.count(columns.name, f"SELECT COUNT() FROM {columns.name}{beyond(condition, '')}")  # noqa: S608
    done = 0
    for number in pull_records(source, columns, folder, condition=condition, maskers=maskers):
        done += number
        listener(Progress(columns.name, done, total))
    return done
