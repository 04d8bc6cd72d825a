"""A new case in the words of its customer, as somebody tells it who keeps the product's name for later."""

import re
from functools import cache

from convsim.org.generate.drafts import case_draft
from convsim.org.generate.latent import ProductFact
from tasks.ground import Ground, products

_BARE_AFTER = (
    *("our", "my", "the", "your", "this", "that", "these", "those", "a", "an", "one", "more", "same", "new", "another"),
    *("each", "every", "wrong", "of our", "of my"),
)


def told(ground: Ground, issue: str, *, product: str, key: tuple[object, ...]) -> tuple[str, str]:
    """Return subject and message of a new case that call the product by its kind and not by its name."""
    draft = case_draft(ground.latent, issue=issue, product=product, key=(*key, issue))
    named = products(ground)[product]
    return _unnamed(draft.subject, named), _unnamed(" ".join(draft.description.split()), named)


@cache
def _pattern(name: str) -> re.Pattern[str]:
    determiners = "|".join(_BARE_AFTER)
    return re.compile(rf"(?P<before>\b(?:{determiners}) |[(:] ?)?{re.escape(name)}", re.IGNORECASE)


def _unnamed(text: str, product: ProductFact) -> str:
    def kind(found: re.Match[str]) -> str:
        if found["before"]:
            return found["before"] + product.kind
        sentence_starts = re.search(r"(?:^|[.?!:] )$", text[: found.start()])
        return f"{'The' if sentence_starts else 'the'} {product.kind}"

    # Inner quotation marks become single ones: the whole message is quoted by whoever tells it.
    return _pattern(product.name).sub(kind, text).replace('"', "'")
