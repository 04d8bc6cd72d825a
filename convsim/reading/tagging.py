"""A sentence as a row of tags, and phrases of tags found in it: a shallow grammar.

Every word becomes one letter for what it does (speaker, negation, ability, disclosure, ground ...), words that carry
nothing are dropped. A grammar is a list of phrases over those tags, so that it says how a sentence is built and not
which words it uses; the words of all languages stand once, in the lexicon.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from convsim.reading.lexicon import load

_CLITIC = re.compile(r"(?<=[a-z])'(?:s|re|m|ll|d|ve)$")
_ELIDED = re.compile(r"^(?:n|l|d|c|s|j|m|t|qu)'(?=[a-zà-ÿœ])")
_CLITICS = {"'s": "is", "'re": "are", "'m": "am", "'ll": "will", "'d": "would", "'ve": ""}
_ENTRY = re.compile(r"\{([a-z_]+)\}")
_NAME = re.compile(r"[a-z_]+")
_SHORTEST_STEM = 4
_FIRST_LETTER = 0xC0
"""Tags are letters from À on: none of them means anything in a regular expression."""
_REMEMBERED = 65536
_UNSPACED = 0x3000
"""From here on scripts do not part their words."""


@dataclass(frozen=True, slots=True)
class _Words:
    """The lexicon of a grammar: tags by word, by how a word begins or ends, and by phrase."""

    words: dict[str, str]
    stems: dict[str, str]
    ends: dict[str, str]
    phrases: dict[str, list[tuple[tuple[str, ...], str]]]
    """By the first word, the longest first."""
    finder: re.Pattern[str]
    tags: "_Tags"


def tags_of(lexicon: str, text: str) -> str:
    """Return the tags of a text's words in order; a boundary of a clause is `,` and its end `.`."""
    known = _words(lexicon)
    found = known.finder.findall(text.lower())
    if known.phrases.keys().isdisjoint(found):
        return "".join(map(known.tags.__getitem__, found))
    return "".join(_with_phrases(known, found))


@cache
def grammar(lexicon: str, entry: str) -> re.Pattern[str]:
    """Return the phrases of an entry as one pattern over tags.

    In a phrase a tag's name stands for the tag, `[a b]` for any of them, `{entry}` for another entry, and the rest is
    a regular expression; blanks do not count.
    """
    return re.compile(_spelled(lexicon, entry))


def _spelled(lexicon: str, entry: str) -> str:
    return f"(?:{'|'.join(_phrase(lexicon, each) for each in load(lexicon)[entry])})"


def _phrase(lexicon: str, told: str) -> str:
    table = _table(lexicon)
    parts = _ENTRY.split(told)
    own = (_NAME.sub(lambda name: table[name.group()], part).replace(" ", "") for part in parts[::2])
    others = [_spelled(lexicon, name) for name in parts[1::2]]
    return "".join(part + other for part, other in zip(own, [*others, ""], strict=True))


@cache
def _table(lexicon: str) -> dict[str, str]:
    """Return the letter of each tag; `other` is any other word."""
    return {name: chr(_FIRST_LETTER + i) for i, name in enumerate([*load(lexicon)["tags"], "other"])}


def _with_phrases(known: _Words, found: list[str]) -> Iterator[str]:
    at = 0
    while at < len(found):
        size, tags = _phrase_at(known, found, at) if found[at] in known.phrases else (0, "")
        yield tags if size else known.tags[found[at]]
        at += size or 1


def _phrase_at(known: _Words, found: list[str], at: int) -> tuple[int, str]:
    for words, tags in known.phrases[found[at]]:
        if tuple(each.removesuffix("'s") for each in found[at : at + len(words)]) == words:
            return len(words), tags
    return 0, ""


class _Tags(dict[str, str]):
    """The tags of the words met so far; the least text costs one look-up a word."""

    def __init__(self, lexicon: str) -> None:
        super().__init__()
        self.lexicon = lexicon

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = tags = _tags(self.lexicon, word)
        return tags


def _tags(lexicon: str, word: str) -> str:
    known, table = _words(lexicon), _table(lexicon)
    if word in known.words:
        return known.words[word]
    if word[0].isdigit():
        return table["value"]
    if not word[0].isalnum():
        return "." if word in ".!?。！？；" else ","
    if clitic := _CLITIC.search(word):
        return _tags(lexicon, word[: clitic.start()]) + _clitic(lexicon, word[: clitic.start()], clitic.group())
    if elided := _ELIDED.match(word):
        return _tags(lexicon, elided.group()) + _tags(lexicon, word[elided.end() :])
    begins = (known.stems[word[:n]] for n in range(len(word), _SHORTEST_STEM - 1, -1) if word[:n] in known.stems)
    ends = (tags for end, tags in known.ends.items() if word.endswith(end))
    return next(begins, next(ends, table["other"]))


def _clitic(lexicon: str, carrier: str, clitic: str) -> str:
    if clitic == "'s" and carrier not in load(lexicon)["carriers"]:
        return ""
    return _words(lexicon).words.get(_CLITICS[clitic], "")


@cache
def _words(lexicon: str) -> _Words:
    words: dict[str, str] = dict.fromkeys(load(lexicon)["dropped"], "")
    stems: dict[str, str] = {}
    ends: dict[str, str] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for spelling, tags in _spellings(lexicon):
        if spelling.endswith("*"):
            stems[spelling[:-1]] = tags
        elif spelling.startswith("*"):
            ends[spelling[1:]] = tags
        elif " " in spelling:
            phrases.setdefault(spelling.split()[0], []).append((tuple(spelling.split()), tags))
        else:
            words[spelling] = tags
    for each in phrases.values():
        each.sort(key=lambda phrase: -len(phrase[0]))
    return _Words(
        words, stems, ends, phrases, _finder(word for word in words if ord(word[0]) >= _UNSPACED), _Tags(lexicon)
    )


def _spellings(lexicon: str) -> Iterator[tuple[str, str]]:
    table = _table(lexicon)
    for names, spellings in load(lexicon)["words"].items():
        tags = "".join(table[name] for name in names.split())
        yield from ((spelling, tags) for spelling in spellings)


def _finder(unspaced: Iterable[str]) -> re.Pattern[str]:
    """Numbers, words, the lexicon's words of a script without blanks (longest first), marks that part clauses."""
    whole = "|".join(map(re.escape, sorted(unspaced, key=len, reverse=True))) or "(?!)"
    return re.compile(
        rf"\d[\d.,]*\d(?![a-z\d])|[a-zà-öø-ÿœ0-9]+(?:[-'][a-zà-öø-ÿœ]+)*|{whole}|[一-鿿]|[.!?。！？；，,;:()—–|\n]|\s-\s"
    )
