"""What goes into a quote: products that the rules let stand together, or exactly one planted break of a rule."""

from collections.abc import Sequence
from dataclasses import dataclass

from convsim.org.generate.draw import Draw, Weights, ranked
from convsim.org.generate.latent import OrgType, ProductFact
from convsim.org.generate.policy import KINDS, QuotedLine, RuleFact, broken
from convsim.org.generate.world import World

Lines = tuple[tuple[ProductFact, int], ...]
QUANTITIES: dict[OrgType, tuple[int, ...]] = {
    "b2b": (1, 1, 2, 2, 3, 4, 5, 5, 6, 8, 10, 10, 12, 15, 20, 25, 30, 40),
    "b2c": (1, 1, 1, 1, 1, 1, 2, 2, 3, 4),
}
_EXCESS: dict[OrgType, tuple[int, ...]] = {"b2b": (1, 2, 5, 10, 20), "b2c": (1, 1, 2, 3)}
"""Units above the limit."""
_PLANTED = 0.5
"""Share of the quoted deals whose lines break a rule."""
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Basket:
    """The lines of a deal, and the key of the rule that they break, if any."""

    lines: Lines
    breach: str | None = None


class Shelf:
    """The products by popularity, with what the rules say about their combinations."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shelf = ranked(world.products, world.seed, "sales rank")
        weights = [1.0 / (1.0 + 0.1 * rank) for rank in range(len(self._shelf))]
        self._taste = Weights(self._shelf, weights)
        self._foes: dict[str, set[str]] = {}
        self._needs: dict[str, list[str]] = {}
        self._rules = [each for each in world.rules if each.kind in KINDS["configuration"]]
        for rule in self._rules:
            for one, other in rule.pairs:
                if rule.kind == "exclusion":
                    self._foes.setdefault(one, set()).add(other)
                    self._foes.setdefault(other, set()).add(one)
                else:
                    self._needs.setdefault(one, []).append(other)

    def clean(self, draw: Draw, length: int) -> Basket:
        """Return lines that break no rule."""
        return Basket(self._lines(draw, length=length))

    def any(self, draw: Draw, length: int) -> Basket:
        """Return lines of a deal that was not won: half of them break exactly one rule."""
        if draw.chance(_PLANTED, "breach"):
            for rule in ranked(self._rules, draw.key, "breach of")[:_ATTEMPTS]:
                lines = self._planted(draw, rule, length)
                if [each.key for each in self._broken(lines)] == [rule.key] and len(lines) == length:
                    return Basket(lines, rule.key)
        return self.clean(draw, length)

    def _broken(self, lines: Lines) -> Sequence[RuleFact]:
        quoted = [QuotedLine(product.id, product.family, quantity, 0) for product, quantity in lines]
        return broken(self._rules, quoted, written=False)

    def _planted(self, draw: Draw, rule: RuleFact, length: int) -> Lines:
        if rule.kind == "limit":
            return self._above(draw, rule, length)
        one, other = draw.pick(rule.pairs, "pair")
        if rule.kind == "exclusion":
            return self._lines(draw, length=length, start=(one, other))
        return self._lines(draw, length=length, start=(one,), banned=frozenset((other,)))

    def _above(self, draw: Draw, rule: RuleFact, length: int) -> Lines:
        """Return clean lines of which one, of the rule's range, has too many units."""
        own = [each.id for each in self._shelf if each.family in rule.families and each.id not in self._needs]
        lines = list(self._lines(draw, length=length, start=(draw.pick(own, "above"),)))
        product, _ = lines[0]
        lines[0] = (product, rule.most + draw.pick(_EXCESS[self._world.org_type], "excess"))
        return tuple(lines)

    def _lines(
        self, draw: Draw, *, length: int, start: tuple[str, ...] = (), banned: frozenset[str] = frozenset()
    ) -> Lines:
        chosen: dict[str, tuple[ProductFact, int]] = {}
        for place, record in enumerate(start):
            for each in self._with_needs(record, banned):
                if each not in chosen:
                    chosen[each] = (self._world.product[each], self._quantity(draw, ("start", place, each)))
        for attempt in range(60 * length):
            if len(chosen) >= length:
                break
            product = self._shelf[self._taste.index(draw.unit(("product", attempt)))].id
            new = [each for each in self._with_needs(product, frozenset()) if each not in chosen]
            if product not in chosen and len(chosen) + len(new) <= length and self._fits(new, chosen, banned):
                for each in new:
                    chosen[each] = (self._world.product[each], self._quantity(draw, (each, attempt)))
        return tuple(chosen.values())

    def _fits(self, new: Sequence[str], chosen: dict[str, tuple[ProductFact, int]], banned: frozenset[str]) -> bool:
        if not banned.isdisjoint(new):
            return False
        whole = {*chosen, *new}
        return all(whole.isdisjoint(self._foes.get(each, ())) for each in new)

    def _with_needs(self, product: str, banned: frozenset[str]) -> list[str]:
        found = [product]
        for each in found:
            found += [other for other in self._needs.get(each, ()) if other not in found and other not in banned]
        return found

    def _quantity(self, draw: Draw, purpose: object) -> int:
        return draw.pick(QUANTITIES[self._world.org_type], ("quantity", purpose))
