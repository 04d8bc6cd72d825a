"""Reading: which solutions an article lists and for how long, and which of them an agent's words offer."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_LISTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"^(?:We offer|You can be offered) (?P<what>.+?) (?:within|up to) (?P<days>\d+) days (?:of|after) the",
        r"^(?:In such a case|For this), (?P<what>.+?) is (?:possible|available) for (?P<days>\d+) days",
        r"^(?P<what>.+?) can be (?:arranged|agreed) as long as no more than (?P<days>\d+) days",
        r"^(?:For|During) (?P<days>\d+) days (?:from|after) the \w+, we (?:provide|offer) (?P<what>.+)\.$",
        r"^(?P<what>.+?) is offered (?:for|up to) (?P<days>\d+) days",
    )
)


@dataclass(frozen=True, slots=True)
class Message:
    """What an agent said or wrote on a day."""

    day: date
    text: str


def solutions(article: str) -> dict[str, int]:
    """Return the solutions that an article lists, in lower case, with their days."""
    found = {}
    for sentence in _SENTENCE.split(article):
        match = next((each for pattern in _LISTED if (each := pattern.search(sentence))), None)
        if match:
            found[match["what"].lower()] = int(match["days"])
    return found


def spoken_by(name: str, transcript: str) -> str:
    """Return the lines of a chat that the person of this first name says."""
    lines = (line.partition(": ") for line in transcript.splitlines())
    return "\n".join(text for speaker, _, text in lines if speaker == name)


def violated(articles: Mapping[str, str], issue: str, *, bought: date, messages: Iterable[Message]) -> bool:
    """Return whether the messages offer what the issue's article does not allow; `articles` maps issues to texts."""
    listed = solutions(articles[issue])
    known = {each for text in articles.values() for each in solutions(text)}
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(each) for each in sorted(known, key=len, reverse=True))})\b")
    offered = [(each.day, what) for each in messages for what in pattern.findall(each.text.lower())]
    return any(what not in listed or (day - bought).days > listed[what] for day, what in offered)


def article_of(issue: str, titles: Mapping[str, str]) -> str:
    """Return the id of the article whose title names the issue; "" when there is none."""
    return next((each for each, title in sorted(titles.items()) if issue in title), "")
