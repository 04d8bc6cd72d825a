"""The SQL oracle: what the account bought on the day, and what the products' descriptions say."""

from functools import cache

from tasks.families.named_entity_disambiguation.reading import meant
from tasks.ground import Ground

_BOUGHT = """
SELECT DISTINCT i."Product2Id" FROM "OrderItem" i JOIN "Order" o ON o."Id" = i."OrderId"
WHERE o."AccountId" = :account AND o."Status" = 'Activated' AND o."EffectiveDate" = :day"""


def by_tables(ground: Ground, description: str, *, account: str, day: str) -> tuple[str, ...]:
    """Return the product that the description means, if the account bought it on the day (ISO 8601)."""
    product = read(ground, description)
    bought = ground.store.connection().execute(_BOUGHT, {"account": account, "day": day})
    return (product,) if product is not None and (product,) in bought.fetchall() else ()


@cache
def read(ground: Ground, description: str) -> str | None:
    """Return the product that a description means by the tables' texts."""
    return meant(description, _texts(ground))


@cache
def _texts(ground: Ground) -> dict[str, str]:
    return dict(ground.store.connection().execute('SELECT "Id", "Description" FROM "Product2" ORDER BY "Id"'))
