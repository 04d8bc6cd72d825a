"""The schema of an org: objects, their fields and the relationships between them, looked up without regard to case.

A schema is a folder of YAML files, one object per file, read by `convsim.org.schema.load.load_schema(folder)`:

    name: Case                  # API name; custom objects end in __c (or __kav)
    label: Case                 # optional, the API name by default
    plural: Cases               # optional, label + "s"
    prefix: "500"               # first three characters of its ids
    searchable: true            # optional, true: its text is in the SOSL index
    absent: [Group]             # optional: objects that references name though this org holds none of them
    fields:
      - {name: CaseNumber, type: string, length: 30, auto_number: true, name_field: true}
      - {name: Status, type: picklist, values: [New, Working, Closed]}       # values in setup order
      - {name: Description, type: textarea}                                  # length 32000 by default
      - {name: AccountId, type: reference, to: [Account], children: Cases}   # relationship: Account by default
      - {name: OwnerId, type: reference, to: [Group, User], relationship: Owner}     # polymorphic
      - {name: IssueId__c, type: reference, to: [Issue__c], relationship: Issue__r, children: Cases__r}

Keys of a field: name, type (see `FieldType`), label, length, precision, scale, to, relationship (the parent's name in
a path; `AccountId` -> `Account`, `X__c` -> `X__r` by default, null for none), children (the child relationship's name
on the parents; none by default), values, filterable, sortable, groupable (defaults by type), unique, case_sensitive,
nillable, name_field, external_id, auto_number, searchable (in the SOSL index; text that people write by default).
The loader adds the system fields Id, IsDeleted, CreatedDate, LastModifiedDate and SystemModstamp where a file does not
name them, so a file never needs to.

References with more than one object in `to` are polymorphic: their parent is the pseudo object `Name`
(Object Reference, "Name"), whose fields are `NAME_FIELDS`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

FieldType = Literal[
    "id",
    "string",
    "textarea",
    "reference",
    "picklist",
    "multipicklist",
    "combobox",
    "boolean",
    "int",
    "double",
    "currency",
    "percent",
    "date",
    "datetime",
    "time",
    "email",
    "phone",
    "url",
]
"""Field types by the names that a describe call uses."""
FIELD_TYPES: tuple[str, ...] = get_args(FieldType)
TEXT_TYPES = frozenset({"string", "textarea", "picklist", "multipicklist", "combobox", "email", "phone", "url"})
"""Types whose values are text compared without regard to case."""
NUMBER_TYPES = frozenset({"int", "double", "currency", "percent"})
LONG_TEXT = 255
"""A textarea longer than this is a long text area: neither filterable nor sortable nor groupable."""
_NOT_GROUPABLE = frozenset(
    {"datetime", "currency", "double", "percent", "textarea", "multipicklist", "combobox", "time"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object, as a describe call would show it."""

    name: str
    type: FieldType
    label: str
    length: int = 0
    """Characters of a text field, 0 for other types."""
    precision: int = 0
    scale: int = 0
    to: tuple[str, ...] = ()
    """Objects that a reference may point to; more than one makes it polymorphic."""
    relationship: str | None = None
    """Name of the parent in a path, such as `Owner` for `OwnerId`."""
    children: str | None = None
    """Name of the child relationship on the parents, such as `Cases`; None when there is none."""
    values: tuple[str, ...] = ()
    """Picklist values in the order of the setup, which is their sort order."""
    filterable: bool = True
    sortable: bool = True
    groupable: bool = True
    unique: bool = False
    case_sensitive: bool = False
    nillable: bool = True
    name_field: bool = False
    external_id: bool = False
    auto_number: bool = False
    searchable: bool = False
    system: bool = False
    """One of the fields that every object has and the org itself fills."""

    @property
    def custom(self) -> bool:
        """Return whether it is a custom field, by its name."""
        return self.name.endswith("__c")

    @property
    def polymorphic(self) -> bool:
        """Return whether its parent may be of several objects, and is therefore the pseudo object Name."""
        return len(self.to) > 1

    @property
    def is_text(self) -> bool:
        """Return whether its values are text compared without regard to case."""
        return self.type in TEXT_TYPES

    @property
    def is_id(self) -> bool:
        """Return whether its values are record ids."""
        return self.type in {"id", "reference"}

    @property
    def is_long(self) -> bool:
        """Return whether it is a long text area."""
        return self.type == "textarea" and self.length > LONG_TEXT

    @property
    def folded(self) -> bool:
        """Return whether the store keeps a folded copy of it, for comparison without regard to case."""
        return self.is_text and not self.is_long and not self.case_sensitive


def filterable_by_default(type_: str, length: int) -> bool:
    """Return what a describe call says of fields of this type: all but long text areas."""
    return not (type_ == "textarea" and length > LONG_TEXT)


def sortable_by_default(type_: str, length: int) -> bool:
    """Return what a describe call says of fields of this type: all but long text areas and multi-picklists."""
    return filterable_by_default(type_, length) and type_ != "multipicklist"


def groupable_by_default(type_: str, *, auto_number: bool) -> bool:
    """Return what a describe call says of fields of this type."""
    return type_ not in _NOT_GROUPABLE and not auto_number


@dataclass(frozen=True, slots=True)
class ChildRelationship:
    """The way from a parent to its children, such as `Contacts` on Account."""

    name: str
    child: str
    """The child object."""
    field: str
    """The reference on the child that points to the parent."""


@dataclass(frozen=True, slots=True, eq=False)
class SObject:
    """One object: its fields, parents by relationship name, and child relationships, each in the order of its file."""

    name: str
    label: str
    plural: str
    prefix: str
    custom: bool
    searchable: bool
    fields: tuple[Field, ...]
    children: tuple[ChildRelationship, ...] = ()
    pseudo: bool = False
    """True for `Name` alone: no rows of its own, no sobjects resource."""
    _fields: Mapping[str, Field] = field(init=False, repr=False)
    _parents: Mapping[str, Field] = field(init=False, repr=False)
    _children: Mapping[str, ChildRelationship] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_fields", {each.name.lower(): each for each in self.fields})
        parents = {each.relationship.lower(): each for each in self.fields if each.relationship}
        object.__setattr__(self, "_parents", parents)
        object.__setattr__(self, "_children", {each.name.lower(): each for each in self.children})

    def field(self, name: str) -> Field | None:
        """Return the field of this name in any case, or None."""
        return self._fields.get(name.lower())

    def parent(self, relationship: str) -> Field | None:
        """Return the reference behind a relationship name such as `Owner`, or None."""
        return self._parents.get(relationship.lower())

    def child(self, relationship: str) -> ChildRelationship | None:
        """Return the child relationship of this name, such as `Contacts`, or None."""
        return self._children.get(relationship.lower())

    @property
    def name_field(self) -> Field | None:
        """Return the field that names a record to people, or None (OpportunityLineItem has none)."""
        return next((each for each in self.fields if each.name_field), None)


NAME_FIELDS: tuple[tuple[str, FieldType], ...] = (
    ("Id", "id"),
    ("Alias", "string"),
    ("Email", "email"),
    ("FirstName", "string"),
    ("IsActive", "boolean"),
    ("LastName", "string"),
    ("Name", "string"),
    ("Phone", "phone"),
    ("Title", "string"),
    ("Type", "string"),
    ("Username", "string"),
)
"""Fields of the pseudo object Name (SOQL and SOSL Reference, "Understanding Polymorphic Relationships")."""


def name_object() -> SObject:
    """Return the pseudo object that stands for the parent of a polymorphic reference."""
    fields = (
        Field(name, type_, name, length=LONG_TEXT if type_ in TEXT_TYPES else 0, name_field=name == "Name")
        for name, type_ in NAME_FIELDS
    )
    return SObject("Name", "Name", "Names", "", custom=False, searchable=False, fields=tuple(fields), pseudo=True)


class Schema:
    """All objects of an org. Compared by identity, because plans of queries are cached by it."""

    __slots__ = ("_objects", "_prefixes", "name", "objects")

    def __init__(self, objects: Iterable[SObject]) -> None:
        ordered = sorted(objects, key=lambda each: each.name)
        self.objects: tuple[SObject, ...] = tuple(_with_children(each, ordered) for each in ordered)
        """The objects by API name, without the pseudo object."""
        self.name = name_object()
        """The pseudo object Name."""
        self._objects = {each.name.lower(): each for each in (*self.objects, self.name)}
        self._prefixes = {each.prefix: each for each in self.objects}

    def __iter__(self) -> Iterator[SObject]:
        return iter(self.objects)

    def object(self, name: str) -> SObject | None:
        """Return the object of this API name in any case, or None. The pseudo object is found as `Name`."""
        return self._objects.get(name.lower())

    def by_prefix(self, record_id: str) -> SObject | None:
        """Return the object that a record id belongs to, by its first three characters, or None."""
        return self._prefixes.get(record_id[:3])

    def parent_of(self, reference: Field) -> SObject | None:
        """Return the object that a path through this reference reaches: Name when polymorphic, None when absent."""
        return self.name if reference.polymorphic else self._objects.get(reference.to[0].lower())

    def name_targets(self) -> tuple[SObject, ...]:
        """Return the objects that some polymorphic reference may point to: those with rows in Name."""
        named = {target for each in self.objects for ref in each.fields if ref.polymorphic for target in ref.to}
        return tuple(each for each in self.objects if each.name in named)


def _with_children(parent: SObject, objects: list[SObject]) -> SObject:
    found = (
        ChildRelationship(reference.children, child.name, reference.name)
        for child in objects
        for reference in child.fields
        if reference.children and parent.name in reference.to
    )
    return replace(parent, children=tuple(sorted(found, key=lambda each: each.name)))
