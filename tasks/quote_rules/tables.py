"""The SQL oracle: the quote and its lines by typed columns, the rules read out of the articles' texts."""

from functools import cache

from tasks.ground import Ground
from tasks.quote_rules.reading import Article, Line, Quote, violated

_LINES = """
SELECT p."Name", p."Family", l."Quantity", l."Discount" FROM "QuoteLineItem" l
JOIN "Product2" p ON p."Id" = l."Product2Id" WHERE l."QuoteId" = :quote ORDER BY l."Id" """
_DESCRIPTION = 'SELECT "Description" FROM "Quote" WHERE "Id" = :quote'
_ARTICLES = """
SELECT "Id", "Title", "FAQ_Answer__c" FROM "Knowledge__kav" WHERE "Audience__c" = 'internal' ORDER BY "Id" """
_NAMES = 'SELECT "Name" FROM "Product2"'


def by_tables(ground: Ground, quote: str, aspect: str) -> tuple[str, ...]:
    """Return the articles that the quote violates in the aspect."""
    connection = ground.store.connection()
    lines = tuple(Line(*row) for row in connection.execute(_LINES, {"quote": quote}))
    description = next((str(row[0] or "") for row in connection.execute(_DESCRIPTION, {"quote": quote})), "")
    articles, names = _rules(ground)
    return tuple(violated(articles, Quote(description, lines), names=names, aspect=aspect))


@cache
def _rules(ground: Ground) -> tuple[tuple[Article, ...], tuple[str, ...]]:
    connection = ground.store.connection()
    articles = tuple(Article(*row) for row in connection.execute(_ARTICLES))
    return articles, tuple(str(row[0]) for row in connection.execute(_NAMES))
