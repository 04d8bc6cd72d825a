"""Reading: which product a vague description means, by the words that it shares with the products' descriptions."""

import re
from collections import Counter
from collections.abc import Mapping

_WORD = re.compile(r"[a-z0-9]+(?:[-'][a-z0-9]+)*")


def meant(description: str, products: Mapping[str, str]) -> str | None:
    """Return the product whose text shares the weightiest words with the description; None in a tie.

    `products` maps ids to texts. A word weighs the less, the more products it describes.
    """
    words = {product: set(_words(text)) for product, text in products.items()}
    spread = Counter(word for each in words.values() for word in each)
    told = set(_words(description))
    weights = {product: sum(1 / spread[word] for word in told & each) for product, each in words.items()}
    best = max(weights.values(), default=0.0)
    found = [product for product, weight in weights.items() if weight > best - 1e-9]
    return found[0] if best and len(found) == 1 else None


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
