"""The objects of an embedded org: the built-in files without the fields that only the other org type has."""

from dataclasses import replace
from functools import cache

from convsim.org.generate.content import products
from convsim.org.generate.latent import OrgType
from convsim.org.schema.load import built_in_schema
from convsim.org.schema.model import Schema, SObject

_ABSENT: dict[OrgType, dict[str, frozenset[str]]] = {
    "b2b": {"Account": frozenset({"FirstName", "LastName", "PersonEmail", "IsPersonAccount", "PersonContactId"})},
    "b2c": {"Account": frozenset({"Industry", "NumberOfEmployees"}), "Lead": frozenset({"Company", "Title"})},
}


@cache
def schema_of(org_type: OrgType) -> Schema:
    """Return the schema of an embedded org, one per process."""
    families = tuple(dict.fromkeys(each.family for each in products(org_type)))
    return Schema(_own(each, _ABSENT[org_type].get(each.name, frozenset()), families) for each in built_in_schema())


def _own(sobject: SObject, absent: frozenset[str], families: tuple[str, ...]) -> SObject:
    kept = (each for each in sobject.fields if each.name not in absent)
    fields = tuple(replace(each, values=families) if each.name == "Family" else each for each in kept)
    return replace(sobject, fields=fields, children=())
