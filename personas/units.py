"""The closed vocabulary of disclosure units: the typed pieces that a request consists of."""

from typing import Literal, get_args

UnitName = Literal[
    "window",
    "direction",
    "metric",
    "minimum_cases",
    "product",
    "record",
    "customer",
    "region",
    "description",
    "purchase_date",
    "subject",
    "attribute",
    "scope",
    "kind",
    "polarity",
    "aspect",
    "channel",
    "status_filter",
    "policy",
    "answer_format",
]
UNIT_NAMES: tuple[UnitName, ...] = get_args(UnitName)

Audience = Literal["employee", "consumer", "business"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

OrgType = Literal["b2b", "b2c"]
ORG_TYPES: tuple[OrgType, ...] = get_args(OrgType)
