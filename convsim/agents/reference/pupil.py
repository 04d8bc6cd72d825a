"""The apt pupil: does what its guidance tells it, to the letter, and knows nothing else.

It hears the user as the reference agent does and never uses the task's solution. With functions it calls the one whose
text has most words in common with the request; where it is shown how that function is put together of parts, it calls
the parts instead, as the code says; with a demonstration in queries it follows the steps with the request's own values;
with anything else it guesses.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from autogen_agentchat.messages import TextMessage

from convsim.agents.reference.desk import Desk
from convsim.agents.reference.guess import guess
from convsim.guidance.confined import Confined
from convsim.guidance.functions import CallError
from convsim.guidance.guide import TOGETHER
from convsim.guidance.query import query_on
from convsim.guidance.workflow import Changes, answer, follow, steps_of
from convsim.records.task import UnitValue
from personas.units import UnitName

if TYPE_CHECKING:
    from convsim.guidance.functions import GuidanceFunction

_ASKS = 3
"""How often it asks for one detail before it gets on without it."""
_STEM = 6
"""Letters by which words are compared: "transfers" and "transferred" are one."""
_UNITS: Mapping[str, UnitName] = {
    "start": "window",
    "end": "window",
    "direction": "direction",
    "minimum_cases": "minimum_cases",
    "product": "product",
    "metric": "metric",
}
"""Which detail of a request fills a parameter."""
_ENTRY = """
def enter(query, name, arguments):
    global ask
    ask = query
    return globals()[name](query, **arguments)
"""
"""Where shown code begins to run: what asks for a query there, asks for the call of a part here."""


class Pupil(Desk):
    """Stands for an agent that understands its guidance perfectly and can do nothing without it."""

    title = "pupil"
    about = "Does what its guidance block tells it and nothing else: tests guidance conditions offline."

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        blocks = {block.name: block.text for block in self.context.prompt}
        self._prompt = self.context.system_prompt
        self._steps = steps_of(blocks.get("demonstration", ""))
        self._shown = blocks.get("demonstration", "")
        self._taught = blocks.get("functions", "")
        self._composed = blocks.get("subroutines", "").rpartition(TOGETHER)[2]
        self._heard_words: Counter[str] = Counter()

    def hear(self, text: str) -> None:
        """Keep values and words."""
        super().hear(text)
        self._heard_words.update(_stems(text))

    async def spoken(self) -> TextMessage:
        """Speak; on a thread beside where another process is waited for."""
        waits = bool(self._composed) or any(each.waits for each in self.context.functions.values())
        return await asyncio.to_thread(self.speak) if waits else self.speak()

    def speak(self) -> TextMessage:
        """Ask for what the guidance needs, then do as it says."""
        if self.record.is_probe:
            return self.refuse()
        missing = [unit for unit in self._needed() if unit not in self.known and self.asked[unit] < _ASKS]
        if missing:
            return self.ask(*missing)
        return self.say_items(self._done())

    def _needed(self) -> list[UnitName]:
        """Return what it has to be told, in order: the metric also where it only tells functions apart."""
        if self._taught:
            if self.record.unit("metric") and "metric" not in self.known and self.asked["metric"] < _ASKS:
                return ["metric"]  # what is compared tells the functions apart
            asked = [_UNITS[name] for name in self._chosen().model.model_fields if name in _UNITS]
            return list(dict.fromkeys(asked))
        if not self._follows:
            return []
        values = re.search(r"^Values: (.+)$", self._shown, flags=re.MULTILINE)
        product = values is not None and "product '" in values[1]
        text = "\n".join(self._steps)
        needed: list[UnitName] = ["window"]
        needed += ["direction"] if self.record.unit("direction") else []
        needed += ["minimum_cases"] if "is more than" in text else []
        return [*needed, *(["product"] if product else [])]  # type: ignore[list-item]

    @property
    def _follows(self) -> bool:
        return any(step.startswith("Query: ") for step in self._steps)

    def _done(self) -> tuple[str, ...]:
        """Return what comes of the guidance; a guess where it leads to nothing."""
        try:
            if self._taught:
                return self._called()
            if self._follows:
                return self._followed()
        except (CallError, KeyError):
            pass
        return guess(self.record.answer)

    def _called(self) -> tuple[str, ...]:
        function = self._chosen()
        arguments = {name: self._value(name) for name in function.model.model_fields}
        if f"def {function.name}(" in self._composed:
            return self._put_together(function.name, arguments)
        return tuple(self.context.functions[function.name].call(arguments))

    def _put_together(self, name: str, arguments: Mapping[str, UnitValue]) -> tuple[str, ...]:
        """Return what the shown code gives; every part that it calls is called in the session."""

        def part(soql: str, **given: Any) -> Any:
            return self.context.functions[soql].call(given)  # a part's name stands where a query would

        parts = [each.function for each in self.context.functions.values() if f"def {each.name}(" not in self._taught]
        shown = "\n".join((_ENTRY, *map(_stand_in, parts), self._composed))
        return tuple(_process(shown).call("enter", part, {"name": name, "arguments": arguments}, asks=True))

    def _chosen(self) -> "GuidanceFunction":
        """Return the function whose text says most of what was heard; words that several share count less.

        What is to be compared counts most, as the words by which it is known.
        """
        told = [each.function for name, each in self.context.functions.items() if f"def {name}(" in self._taught]
        words = {each.name: set(_stems(f"{each.name.replace('_', ' ')} {each.about}")) for each in told}
        spread = Counter(word for each in words.values() for word in each)
        metric = set(_stems(str(self.known.get("metric", "")).replace("_", " ")))
        weight = {word: (3.0 if word in metric else 1.0) / spread[word] ** 2 for word in spread}
        heard = metric | self._heard_words.keys()
        return max(told, key=lambda each: sum(weight[word] for word in words[each.name] & heard))

    def _value(self, parameter: str) -> UnitValue:
        """Return an argument out of what was told; raises KeyError when nobody told it."""
        if parameter == "minimum_leads":
            stated = re.search(r"at least (\d+) leads", self._prompt)
            return int(stated[1]) if stated else 1
        told = self.known[_UNITS[parameter]]
        if parameter in ("start", "end"):
            return str(told).split("/")[parameter == "end"]
        return told

    def _followed(self) -> tuple[str, ...]:
        """Return the answer of the demonstrated steps with the request's own values in place of those shown."""
        values = re.search(r"^Values: start (\S+), end (\S+)(?: \([^)]*\))?(?:, product '(.+)')?$", self._shown, re.M)
        if values is None:
            raise KeyError("values")
        texts = {values[1]: str(self._value("start")), values[2]: str(self._value("end"))}
        if values[3]:
            texts[f"'{values[3]}'"] = "'" + str(self._value("product")).replace("'", "\\'") + "'"
        limit = self.known.get("minimum_cases")
        direction = self.known.get("direction")
        changes = Changes(
            texts, int(limit) if limit is not None else None, str(direction) if direction is not None else None
        )
        found = follow(self._steps, query_on(self.context.salesforce), changes)
        return tuple(answer(self._steps, found))


def _stand_in(part: "GuidanceFunction") -> str:
    """Return the text of a function that passes a call of the part on to the session."""
    names = tuple(part.model.model_fields)
    given = f"dict(zip({names}, given[-{len(names)}:]))"  # without the query that may stand before them
    return f"def {part.name}(*given):\n    return ask({part.name!r}, **{given})\n"


@cache
def _process(source: str) -> Confined:
    """Return where shown code runs: it may hold text of a file of somebody's."""
    return Confined(source, file="the shown code")


def _stems(text: str) -> list[str]:
    return [word[:_STEM] for word in re.findall(r"[a-z]{4,}", text.casefold())]
