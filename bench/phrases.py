"""Messages composed of what requests for each unit sound like (tests/corpus/phrases.yaml), for training the reader.

They teach vocabulary; how whole messages are built is learned from those that writers wrote. Every draw is a hash.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from convsim.draws import choice, digest

CORPUS = Path(__file__).parents[1] / "tests" / "corpus"
FRAMES = yaml.safe_load((CORPUS / "frames.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("de", "fr", "es", "zh")
PER_UNIT = 200
"""Composed messages in English that ask for each unit."""


def composed() -> Iterator[dict[str, Any]]:
    """Yield messages with their labels."""
    content = yaml.safe_load((CORPUS / "phrases.yaml").read_text(encoding="utf-8"))
    units = sorted(content)
    for unit in units:
        said = content[unit]
        for number, question in enumerate(said["q"]):
            for again in range(2):
                yield _row(_set(question, unit, number, again), [unit])
        for language in LANGUAGES:
            yield from _foreign(content, units, unit, language)
        for number in range(PER_UNIT):
            yield from _english(content, units, unit, number)
        for number in range(PER_UNIT // 2):
            yield _beside(said, unit, number)
        for number in range(PER_UNIT // 3):
            key = ("told", unit, number)
            noun, question = choice(said["np"], *key, "np"), choice(said["q"], *key, "q")
            refused = digest(*key) % 4 == 0
            text = _filled(choice(FRAMES["refused" if refused else "told"], *key, "frame"), np=noun, q=question)
            yield _row(text, [], "explicit_refusal" if refused else "answer")


def _beside(said: dict[str, Any], unit: str, number: int) -> dict[str, Any]:
    """Return a message that asks for a unit and speaks of others that it does not ask for."""
    key = ("beside", unit, number)
    question = choice(said["q"], *key, "q")
    frame = choice(FRAMES["beside"], *key, "frame")
    if "{q} {of}" in frame:
        question = question.rstrip("?. ")
    parts = {name: choice(FRAMES[name], *key, name) for name in ("of", "do", "given")}
    text = _filled(frame, np=choice(said["np"], *key, "np"), q=question, **parts)
    ended = text + "?" if frame == "{q} {of}" else text
    return _row(choice(FRAMES["before"], *key, "before") + ended.replace("{{", "{").replace("}}", "}"), [unit])


def _foreign(content: dict[str, Any], units: list[str], unit: str, language: str) -> Iterator[dict[str, Any]]:
    """Yield messages in another language that ask for a unit, alone and beside another one."""
    said, frames = content[unit], FRAMES["foreign"][language]
    for number, question in enumerate(said[language]):
        key = (unit, language, number)
        yield _row(choice(frames["before"], *key) + question, [unit])
        other = choice([each for each in units if each != unit], "other", *key)
        yield _row(
            f"{choice(frames['before'], 'b', *key)}{question} {choice(content[other][language], *key)}", [unit, other]
        )
    for number, noun in enumerate(said[f"np_{language}"]):
        for again in range(2):
            key = (unit, language, "np", number, again)
            other = choice([each for each in units if each != unit], "other", *key)
            second = choice(content[other][f"np_{language}"], *key)
            one = _filled(choice(frames["one"], *key), np=noun)
            yield _row(choice(frames["before"], *key) + one, [unit])
            if again == 1:
                yield _row(_filled(choice(frames["two"], *key), a=noun, b=second), [unit, other])
            if again == 0:
                yield _row(_filled(choice(frames["told"], *key), np=noun), [], "answer")


def _english(content: dict[str, Any], units: list[str], unit: str, number: int) -> Iterator[dict[str, Any]]:
    key, said = ("ask", unit, number), content[unit]
    kind = digest(*key, "kind") % 10
    other = choice([each for each in units if each != unit], *key, "other")
    noun, second = choice(said["np"], *key, "np"), choice(content[other]["np"], *key, "np2")
    if kind < 4:
        yield _row(_set(_filled(choice(FRAMES["one"], *key, "frame"), np=noun), *key), [unit])
    elif kind < 6:
        yield _row(_set(_filled(choice(FRAMES["two"], *key, "frame"), a=noun, b=second), *key), [unit, other])
    elif kind < 8 and said.get("alt"):
        first, last = choice(said["alt"], *key, "alt").split(" | ")
        yield _row(_set(_filled(choice(FRAMES["either"], *key, "frame"), x=first, y=last), *key), [unit])
    else:
        one, two = choice(said["q"], *key, "q"), choice(content[other]["q"], *key, "q2")
        joined = choice(
            (f"{one} {two}", f"{one} And {two[0].lower()}{two[1:]}", f"1. {one}\n2. {two}", f"- {one}\n- {two}"),
            *key,
            "j",
        )
        yield _row(_set(joined, *key), [unit, other])


def _set(text: str, *key: object) -> str:
    """Return a request between what people say before and after it, now and then in small letters."""
    whole = choice(FRAMES["before"], *key, "before") + text + choice(FRAMES["after"], *key, "after")
    kind = digest(*key, "case") % 12
    if kind == 0:
        return _careless(whole.lower(), *key)
    if kind == 1 and '"' not in whole:
        return choice(FRAMES["wrapped"], *key, "wrapped").format(text=whole.replace("\n", " "))
    return whole


def _careless(text: str, *key: object) -> str:
    """Return a text in small letters with every sixth longer word mistyped and marks left out."""
    words = text.replace(",", "").replace("'", "").split(" ")
    return " ".join(
        _mistyped(word, *key, n) if len(word) > 4 and digest(*key, n) % 6 == 0 else word for n, word in enumerate(words)
    )


def _mistyped(word: str, *key: object) -> str:
    place = 1 + digest(*key, "place") % (len(word) - 3)
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return choice((swapped, word[:place] + word[place + 1 :], word[:place] + word[place] + word[place:]), *key, "slip")


def _filled(frame: str, **parts: str) -> str:
    def part(found: re.Match[str]) -> str:
        name = found.group(1)
        value = parts[name.lower()]
        return value[:1].upper() + value[1:] if name[0].isupper() else value

    return re.sub(r"{(\w+)}", part, frame)


def _row(text: str, asked: list[str], target: str = "ask") -> dict[str, Any]:
    intent = "refuse" if target.endswith("refusal") else target
    turn_class = "neutral" if target == "ask" else target
    return {"text": text, "asked": sorted(set(asked)), "intent": intent, "turn_class": turn_class, "open": False}
