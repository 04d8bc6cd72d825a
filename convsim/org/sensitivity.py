"""Which fields must not reach everybody: `sensitivity.yaml` of a bundle, field -> class and who is entitled.

    Contact:
      Email: {class: personal, entitled: [self, delegate, employee]}
      Phone: personal                      # short form: the class with its usual entitlement

Classes: `personal` (of a person), `internal` (metrics, routing and decisions), `company` (confidential knowledge).
Entitled: `self` (the person itself), `delegate` (who stands in for it), `account` (contacts of the same account),
`partner`, `employee`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from convsim.org.schema.model import Schema, SObject
from convsim.org.schema.source import Entry, read_entry
from personas.errors import SourceError

SensitivityClass = Literal["personal", "internal", "company"]
Entitled = Literal["self", "delegate", "account", "partner", "employee"]
CLASSES: tuple[str, ...] = get_args(SensitivityClass)
ENTITLED: tuple[str, ...] = get_args(Entitled)
_USUAL: dict[str, tuple[Entitled, ...]] = {
    "personal": ("self", "delegate", "employee"),
    "internal": ("employee",),
    "company": ("employee",),
}
BUILT_IN = Path(__file__).parent / "generate" / "data" / "sensitivity.yaml"
"""The rules of the embedded orgs."""


@dataclass(frozen=True, slots=True)
class SensitiveField:
    """One field that is not for everybody."""

    object: str
    field: str
    kind: SensitivityClass
    entitled: tuple[Entitled, ...]


def load_sensitivity(file: Path, schema: Schema) -> tuple[SensitiveField, ...]:
    """Return the rules of a file in its order; raises SourceError for names that the schema does not know."""
    root = read_entry(file)
    return tuple(rule for name in root.keys for rule in _rules(root, name, schema))


def sensitivity_mistakes(file: Path, schema: Schema) -> Iterator[SourceError]:
    """Yield every mistake of a file."""
    try:
        root = read_entry(file)
    except SourceError as mistake:
        yield mistake
        return
    for name in root.keys:
        sobject = schema.object(name)
        try:
            if sobject is None:
                raise _unknown_object(root, name, schema)
            fields = root.entry(name)
        except SourceError as mistake:
            yield mistake
            continue
        for field in fields.keys:
            try:
                _rule(fields, sobject, name=name, field=field)
            except SourceError as mistake:
                yield mistake


def built_in_sensitivity(schema: Schema) -> tuple[SensitiveField, ...]:
    """Return the rules of the embedded orgs for the fields that this org type has."""
    root = read_entry(BUILT_IN)
    found = [rule for name in root.keys for rule in _rules(root, name, None)]
    return tuple(each for each in found if _exists(schema, each))


def _exists(schema: Schema, rule: SensitiveField) -> bool:
    sobject = schema.object(rule.object)
    return sobject is not None and sobject.field(rule.field) is not None


def _rules(root: Entry, name: str, schema: Schema | None) -> Iterator[SensitiveField]:
    sobject = schema.object(name) if schema else None
    if schema is not None and sobject is None:
        raise _unknown_object(root, name, schema)
    fields = root.entry(name)
    for field in fields.keys:
        yield _rule(fields, sobject, name=name, field=field)


def _unknown_object(root: Entry, name: str, schema: Schema) -> SourceError:
    return root.error(
        f"unknown object '{name}'", allowed=f"objects are {', '.join(each.name for each in schema)}", key=name
    )


def _rule(fields: Entry, sobject: SObject | None, *, name: str, field: str) -> SensitiveField:
    if sobject is not None and sobject.field(field) is None:
        known = ", ".join(each.name for each in sobject.fields)
        raise fields.error(f"unknown field '{field}' of {sobject.name}", allowed=f"fields are {known}", key=field)
    kind, entitled = _reading(fields, field)
    if kind not in CLASSES:
        raise fields.error(f"class '{kind}' of {field}", allowed=f"classes are {', '.join(CLASSES)}", key=field)
    for each in entitled:
        if each not in ENTITLED:
            raise fields.error(f"entitled '{each}'", allowed=f"choose from {', '.join(ENTITLED)}", key=field)
    usual = _USUAL[kind]
    return SensitiveField(name, field, cast("SensitivityClass", kind), cast("tuple[Entitled, ...]", entitled) or usual)


def _reading(fields: Entry, field: str) -> tuple[str, tuple[str, ...]]:
    if not fields.is_mapping(field):
        return fields.text(field, ""), ()
    own = fields.entry(field)
    own.only(("class", "entitled"), needed=("class",))
    return own.text("class", ""), own.texts("entitled")
