"""The short fact that a sentence states, without the sentence around it: "It weighs 14.5 kg." says "14.5 kg".

What is emphasised or quoted is the fact; else the one quantity of the sentence; else what follows its copula.
Statements of several sentences, and long ones, stay whole: there the fact is the statement.
"""

import re

_MOST_WORDS = 20
_EMPHASIS = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`|[\"“](?P<quoted>[^\"”\n]{1,40})[\"”]")
_NUMBER = (
    r"(?:\d[\d.,]*\d|\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety)"
)
_NOUN = (
    r"(?!(?:and|or|for|in|on|at|to|as|by|but|from|of|is|are|was|wide|long|high|deep|old|after|before|if|when|only)\b)"
)
_QUANTITY = re.compile(
    rf"\bfrom {_NUMBER}[^,;]*? to {_NUMBER}(?: ?[ap]m\b)?|(?:^up to |\bevery )?"
    rf"(?:[$€£] ?{_NUMBER}(?: (?:per|a) \w+)?"
    rf"|\b{_NUMBER} ?(?:%|°[CF]?"
    rf"|(?:(?:business|working|calendar|full|(?-i:[A-Z]{{2,4}})) )?{_NOUN}[^\W\d]+(?: (?:per|a|each) \w+)?))",
    re.IGNORECASE,
)
_COPULA = re.compile(r"^[^,;:]{2,80}?\s(?:is|are|was|were)\s(?P<rest>.+)$|^it's (?P<its>.+)$", re.IGNORECASE)
_PARTICIPLE = re.compile(
    r"^(?:(?:always|now|usually|only)\s)?(?:\w+(?:ed|en|de|ld|id|nt)|open|available|set|put|valid|called)\s"
    r"(?:(?:of|in|on|at|by|with|after|within|as|via)\s)?(?=\S)(?=.*)",
)
_SET_ASIDE = re.compile(r"^not [^,;]+(?:, [^,;]*)?,? but ", re.IGNORECASE)
_ON_THE_WAY = re.compile(r"^(?:compared|according|for|in|with|under|unlike|as)\b[^,]*,\s*", re.IGNORECASE)
_MEASURED = re.compile(r"^(?:about |at most |at least )?(?:[$€£] ?)?\d\S* ?\S*(?: (?:wide|long|high|deep|tall|old))?$")


def fact(statement: str) -> str:
    """Return the short fact of a statement, with its marks as written; the statement itself where it holds no other."""
    whole = " ".join(statement.split()).strip().rstrip(".")
    if not 1 < len(whole.split()) <= _MOST_WORDS or re.search(r"[.!?;|]\s", whole):
        return whole
    if len(marked := list(_EMPHASIS.finditer(whole))) == 1:
        return str(marked[0]["bold"] or marked[0]["code"] or marked[0]["quoted"])
    rest = _ON_THE_WAY.sub("", _SET_ASIDE.sub("", whole))
    if (copula := _COPULA.match(rest)) and (told := _complement(copula["rest"] or copula["its"])):
        return told
    return _quantity(rest) or rest


def _complement(rest: str) -> str:
    """Return what a copula says of its subject; "" where a quantity of it says it better."""
    if re.match(r"(?:not|no|the|that|because|able|more|less)\b", rest, re.IGNORECASE):
        return ""
    bare = _PARTICIPLE.sub("", rest)
    return _quantity(bare) or bare if _QUANTITY.search(bare) and (bare != rest or _MEASURED.match(bare)) else bare


def _quantity(text: str) -> str:
    """Return the quantity of a text, if it is one; those after "for" say under which condition it holds."""
    found = list(_QUANTITY.finditer(re.sub(r"\bfor up to .*", "", text)))
    if found and (len({each.group() for each in found}) == 1 or found[0].start() == 0):
        return found[0].group()
    return ""
