"""A small grammar of texts: choices in braces, slots in square brackets, rules by name.

    {Hi|Hello} there, my [product] {won't start|does not start}{ at all|}. <closing>

Each choice is a draw of its own (hash of the text's key, the rule and the place of the choice), so that a new choice
in one sentence changes no other sentence. `a~ [thing]` becomes `a thing` or `an hour`; sentences begin with a capital.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from convsim.org.generate.draw import Draw

Slots = Mapping[str, str]
Part = Callable[[Draw, Slots], str]
_TOKEN = re.compile(r"[{}|]|\[[A-Za-z_0-9]+\]|<[a-z_0-9]+>|[^{}|\[\]<>]+")
_ARTICLE = re.compile(r"\b([Aa])~ (\w[\w-]*)")
_START = re.compile(r"[.?!\n](?:(?<=\n)|(?<!\n)['\")]? )[a-z]")
"""Begins with a set of characters, which the engine finds without trying each place."""
_VOWEL_LETTER_CONSONANT_SOUND = ("uni", "use", "usu", "eu", "one", "once", "util")
_SILENT_H = ("hour", "honest", "honor", "heir")
_GAPS = re.compile(r"(?<=\S) {2,}")
_BEFORE_STOP = re.compile(r" +(?=[.,;?!](?:\s|$))")


class Grammar:
    """Rules by name, each a list of alternatives; `say(rule, draw, slots)` words one."""

    def __init__(self, name: str, rules: Mapping[str, Sequence[str]]) -> None:
        self.name = name
        self._rules: dict[str, list[Part]] = {}
        self._texts = rules
        for rule, alternatives in rules.items():
            self._rules[rule] = [_compile(text, f"{rule}.{i}", self) for i, text in enumerate(alternatives)]

    def __contains__(self, rule: str) -> bool:
        return rule in self._rules

    def alternatives(self, rule: str) -> list[Part]:
        """Return the alternatives of a rule, each to be worded by a draw and slots."""
        return self._rules[rule]

    def wordings(self, rule: str) -> int:
        """Return in how many ways a rule can be worded, whatever stands in its slots."""
        return sum(self._wordings(text) for text in self._texts[rule])

    def _wordings(self, text: str) -> int:
        """Return the wordings of one alternative: sums over choices, products over what follows one another."""
        totals, current = [0], [1]
        for piece in _TOKEN.findall(text):
            if piece == "{":
                totals.append(0)
                current.append(1)
            elif piece == "|":
                totals[-1] += current[-1]
                current[-1] = 1
            elif piece == "}":
                inner = totals.pop() + current.pop()
                current[-1] *= inner
            elif piece[0] == "<":
                current[-1] *= self.wordings(piece[1:-1])
        return totals[0] + current[0]

    def say(self, rule: str, draw: Draw, slots: Slots) -> str:
        """Return the text of a rule with gaps, articles and capitals in order; raises KeyError for unknown slots."""
        return tidy(self.raw(rule, draw, slots))

    def raw(self, rule: str, draw: Draw, slots: Slots) -> str:
        """Return the text of a rule as it is put together, for use inside another text."""
        alternatives = self._rules[rule]
        if len(alternatives) == 1:
            return alternatives[0](draw, slots)
        return draw.pick(alternatives, rule)(draw, slots)


def tidy(text: str) -> str:
    """Return the text with single spaces, `a` or `an` as the next word wants it, and capitals at sentence starts."""
    if "  " in text:
        text = _GAPS.sub(" ", text)
    text = _BEFORE_STOP.sub("", text)
    if "~" in text:
        text = _ARTICLE.sub(
            lambda found: (
                f"{'An' if found[1] == 'A' else 'an'} {found[2]}"
                if article(found[2]) == "an"
                else f"{found[1]} {found[2]}"
            ),
            text,
        )
    text = _START.sub(lambda found: found[0].upper(), text)
    return (text[:1].upper() + text[1:] if "a" <= text[:1] <= "z" else text).strip()


def article(word: str) -> str:
    """Return `a` or `an` for the word that follows, by its first sound.

    A rule of thumb with the exceptions that the data files use; tests compare it with the inflect library, whose
    import would take longer than the generation of an org.
    """
    lower = word.lower()
    if lower.startswith(_VOWEL_LETTER_CONSONANT_SOUND):
        return "a"
    return "an" if lower[0] in "aeiou8" or lower.startswith(_SILENT_H) else "a"


def count(number: int, noun: str) -> str:
    """Return the number with a noun that takes an s: `1 unit`, `12 units`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _compile(text: str, place: str, grammar: Grammar) -> Part:
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != text:
        raise ValueError(f"rule {place}: stray bracket in {text!r}")
    part, rest = _sequence(tokens, 0, place=place, grammar=grammar)
    if rest != len(tokens):
        raise ValueError(f"rule {place}: unbalanced braces in {text!r}")
    return part


def _sequence(tokens: list[str], start: int, *, place: str, grammar: Grammar) -> tuple[Part, int]:
    parts: list[Part | str] = []
    while start < len(tokens) and tokens[start] not in {"}", "|"}:
        piece = tokens[start]
        if piece == "{":
            part, start = _choice(tokens, start + 1, place=f"{place}.{start}", grammar=grammar)
            parts.append(part)
        elif piece[0] == "[":
            parts.append(_slot(piece[1:-1]))
        elif piece[0] == "<":
            parts.append(_rule(piece[1:-1], grammar))
        else:
            parts.append(piece)
        start += 1
    return _joined(parts), start


def _choice(tokens: list[str], start: int, *, place: str, grammar: Grammar) -> tuple[Part, int]:
    options: list[Part] = []
    while True:
        option, start = _sequence(tokens, start, place=f"{place}.{len(options)}", grammar=grammar)
        options.append(option)
        if start >= len(tokens):
            raise ValueError(f"rule {place}: missing closing brace")
        if tokens[start] == "}":
            return lambda draw, slots: draw.pick(options, place)(draw, slots), start
        start += 1


def _slot(name: str) -> Part:
    return lambda _, slots: slots[name]


def _rule(name: str, grammar: Grammar) -> Part:
    return lambda draw, slots: grammar.raw(name, draw, slots)


def _joined(parts: list[Part | str]) -> Part:
    if len(parts) == 1:
        only = parts[0]
        return (lambda *_: only) if isinstance(only, str) else only
    frame = "".join(each.replace("%", "%%") if isinstance(each, str) else "%s" for each in parts)
    drawn = [each for each in parts if not isinstance(each, str)]
    return lambda draw, slots: frame % tuple([each(draw, slots) for each in drawn])
