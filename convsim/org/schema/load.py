"""Read a folder of object files into a Schema; whatever cannot be meant is told with file, line and remedy.

`load_schema(folder) -> Schema`; `built_in_schema() -> Schema` reads the 25 objects that the embedded orgs share.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import cast

from convsim.org.schema.model import (
    FIELD_TYPES,
    LONG_TEXT,
    NUMBER_TYPES,
    TEXT_TYPES,
    Field,
    FieldType,
    Schema,
    SObject,
    filterable_by_default,
    groupable_by_default,
    sortable_by_default,
)
from convsim.org.schema.source import Entry, read_entry
from personas.errors import SourceError

_OBJECT_KEYS = ("name", "label", "plural", "prefix", "custom", "searchable", "absent", "fields")
_FIELD_KEYS = (
    *("name", "type", "label", "length", "precision", "scale", "to", "relationship", "children", "values"),
    *("filterable", "sortable", "groupable", "unique", "case_sensitive", "nillable", "name_field"),
    *("external_id", "auto_number", "searchable"),
)
_LENGTHS = {"textarea": 32000, "email": 80, "phone": 40, "id": 18, "reference": 18}
_NAME = re.compile(r"[A-Za-z](_{0,2}[A-Za-z0-9])*")
"""API names; two underscores divide a package's namespace, the name and its kind: `pkg__Rating__c`."""
_SEARCHED = frozenset({"string", "textarea", "combobox", "email", "phone", "url"})
_SYSTEM_FIELDS: tuple[tuple[str, FieldType], ...] = (
    ("Id", "id"),
    ("IsDeleted", "boolean"),
    ("CreatedDate", "datetime"),
    ("LastModifiedDate", "datetime"),
    ("SystemModstamp", "datetime"),
)
BUILT_IN = Path(__file__).parent / "objects"
"""The objects of the embedded orgs."""


@lru_cache(maxsize=1)
def built_in_schema() -> Schema:
    """Return the schema of the embedded orgs, read once per process."""
    return load_schema(BUILT_IN)


def load_schema(folder: Path) -> Schema:
    """Return the schema that the folder's `*.yaml` files describe; raises SourceError at the first mistake."""
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise SourceError(folder, None, found="no object files", remedy="put one *.yaml per object here")
    objects: dict[str, SObject] = {}
    for file in files:
        read = read_object(read_entry(file))
        if read.name.lower() in objects:
            raise SourceError(file, 1, found=f"object '{read.name}' is described twice")
        objects[read.name.lower()] = read
    schema = Schema(objects.values())
    for mistake in cross_mistakes(folder, [read_entry(file) for file in files], schema):
        raise mistake
    return schema


def cross_mistakes(folder: Path, entries: Iterable[Entry], schema: Schema) -> Iterator[SourceError]:
    """Yield what is wrong between objects: references to nothing, shared prefixes, child relationships of one name."""
    names = {each.name for each in schema}
    for entry in entries:
        yield from _lost_targets(entry, names)
    yield from _shared_prefixes(folder, schema)
    yield from _shared_children(folder, schema)


def read_object(entry: Entry) -> SObject:
    """Return the object that a file describes, without a look at the others; raises SourceError."""
    entry.only(_OBJECT_KEYS, needed=("name", "prefix", "fields"))
    name = _api_name(entry)
    prefix = entry.text("prefix", "")
    if not re.fullmatch(r"[A-Za-z0-9]{3}", prefix):
        raise entry.error(
            f"prefix '{prefix}'", allowed="three letters or digits", remedy='quote it: "500"', key="prefix"
        )
    label = entry.text("label", name)
    own = [read_field(each) for each in entry.entries("fields")]
    _check_unique(entry, own)
    return SObject(
        name=name,
        label=label,
        plural=entry.text("plural", label + "s"),
        prefix=prefix,
        custom=entry.flag("custom", default=name.endswith("__c")),
        searchable=entry.flag("searchable", default=True),
        fields=_with_system_fields(own),
    )


def read_field(entry: Entry) -> Field:
    """Return the field that a mapping describes; raises SourceError."""
    entry.only(_FIELD_KEYS, needed=("name", "type"))
    name = _api_name(entry)
    type_ = _type(entry)
    length = entry.number("length", default_length(type_))
    auto_number = entry.flag("auto_number", default=False)
    to = entry.texts("to")
    if bool(to) != (type_ == "reference"):
        raise entry.error(f"field '{name}' of type {type_} with to: {list(to)}", allowed="'to' belongs to references")
    return Field(
        name=name,
        type=type_,
        label=entry.text("label", name),
        length=length,
        precision=entry.number("precision", 18 if type_ in NUMBER_TYPES else 0),
        scale=entry.number("scale", 2 if type_ in NUMBER_TYPES - {"int"} else 0),
        to=to,
        relationship=_relationship(entry, name) if to else None,
        children=entry.text("children", "") or None,
        values=entry.texts("values"),
        filterable=entry.flag("filterable", default=filterable_by_default(type_, length)),
        sortable=entry.flag("sortable", default=sortable_by_default(type_, length)),
        groupable=entry.flag("groupable", default=groupable_by_default(type_, auto_number=auto_number)),
        unique=entry.flag("unique", default=False),
        case_sensitive=entry.flag("case_sensitive", default=False),
        nillable=entry.flag("nillable", default=type_ != "boolean"),
        name_field=entry.flag("name_field", default=False),
        external_id=entry.flag("external_id", default=False),
        auto_number=auto_number,
        searchable=entry.flag("searchable", default=type_ in _SEARCHED),
        system=name in dict(_SYSTEM_FIELDS),
    )


def default_length(type_: str) -> int:
    """Return the characters of a field of this type whose length is not given."""
    return _LENGTHS.get(type_, LONG_TEXT if type_ in TEXT_TYPES else 0)


def _api_name(entry: Entry) -> str:
    name = entry.text("name", "")
    if not _NAME.fullmatch(name):
        raise entry.error(
            f"name '{name}'", allowed="letters, digits and underscores in between, maybe ending in __c", key="name"
        )
    return name


def _type(entry: Entry) -> FieldType:
    type_ = entry.text("type", "")
    if type_ not in FIELD_TYPES:
        raise entry.error(f"field type '{type_}'", allowed=f"types are {', '.join(FIELD_TYPES)}", key="type")
    return cast("FieldType", type_)


def _relationship(entry: Entry, name: str) -> str | None:
    if entry.is_null("relationship"):
        return None
    return entry.text("relationship", name[:-1] + "r" if name.endswith("__c") else name.removesuffix("Id"))


def _with_system_fields(own: list[Field]) -> tuple[Field, ...]:
    named = {each.name.lower() for each in own}
    system = [
        Field(
            name,
            type_,
            name,
            length=_LENGTHS.get(type_, 0),
            groupable=groupable_by_default(type_, auto_number=False),
            nillable=False,
            system=True,
        )
        for name, type_ in _SYSTEM_FIELDS
        if name.lower() not in named
    ]
    first = [each for each in system if each.name == "Id"]
    return (*first, *own, *(each for each in system if each.name != "Id"))


def _check_unique(entry: Entry, fields: list[Field]) -> None:
    for kind in ("name", "relationship"):
        seen: set[str] = set()
        for each in fields:
            name = getattr(each, kind)
            if name and name.lower() in seen:
                raise entry.error(f"{kind} '{name}' appears twice", remedy="give each field its own", key="fields")
            seen.add(name.lower() if name else "")


def _lost_targets(entry: Entry, objects: set[str]) -> Iterator[SourceError]:
    known = objects | set(entry.texts("absent"))
    for each in entry.entries("fields"):
        for target in each.texts("to"):
            if target not in known:
                allowed = f"objects are {', '.join(sorted(objects))}"
                remedy = f"describe it, or list it under 'absent:' ({entry.text('name', '')} may refer to it then)"
                yield each.error(f"reference to unknown object '{target}'", allowed=allowed, remedy=remedy, key="to")


def _shared_prefixes(folder: Path, schema: Schema) -> Iterator[SourceError]:
    owners: dict[str, str] = {}
    for each in schema:
        if each.prefix in owners:
            found = f"objects '{owners[each.prefix]}' and '{each.name}' both have prefix '{each.prefix}'"
            yield SourceError(folder, None, found=found, remedy="give each object its own prefix")
        owners[each.prefix] = each.name


def _shared_children(folder: Path, schema: Schema) -> Iterator[SourceError]:
    for each in schema:
        names = Counter(child.name.lower() for child in each.children)
        for name, number in names.items():
            if number > 1:
                found = f"object '{each.name}' has {number} child relationships '{name}'"
                yield SourceError(folder, None, found=found, remedy="name one of them otherwise under 'children:'")
