"""The short fact that a sentence states, without the sentence around it: "It weighs 14.5 kg." says "14.5 kg".

What is emphasised or quoted is the fact; else the one quantity of the sentence; else what follows its copula.
Statements of several sentences, and long ones, stay whole: there the fact is the statement.
"""

import re

_MOST_WORDS = 20
_EMPHASIS = re.compile(r"\*\*(?P<bold>[^*\n]+)\*\*|`(?P<code>[^`\n]+)`|[\"“](?P<quoted>[^\"”\n]{1,40})[\"”]")
_NUMBER = (
    r"(?:\d[\d.,]*\d|\d|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|zwölf|deux|trois|quatre|cinq|sept|huit|neuf|dix"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)"
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
_COPULA = re.compile(
    r"^[^,;:]{2,80}?\s(?:is|are|was|were|est|sont|ist|sind|beträgt|gilt|es|son)\s(?P<rest>.+)$|^it's (?P<its>.+)$",
    re.IGNORECASE,
)
_PARTICIPLE = re.compile(
    r"^(?:(?:always|now|usually|only)\s)?(?:\w+(?:ed|en|de|ld|id|nt)|open|available|set|put|valid|called)\s"
    r"(?:(?:of|in|on|at|by|with|after|within|as|via)\s)?(?=\S)(?=.*)",
)
_SET_ASIDE = re.compile(r"^not [^,;]+(?:, [^,;]*)?,? (?:but |sondern )", re.IGNORECASE)
_ON_THE_WAY = re.compile(r"^(?:compared|according|for|in|with|under|unlike|as)\b[^,]*,\s*", re.IGNORECASE)
_SOURCE = re.compile(
    r"\s*[(\[](?:source|see|quelle|fuente|来源)[^)\]]*[)\]]|^\s*(?:\w+ question!|laut \w+ \w+)\s*", re.IGNORECASE
)
_RELATIVE = re.compile(r",\s+(?:which|so|meaning|a bit|that)\b.*$")
_PASSIVE = re.compile(r"\b(?:must|have to|has to|needs? to|can only|should) be \w+ by (?P<fact>(?:the|a|an|your)\b.+)$")
_MEANS = re.compile(r"\b(?:via|through|using) (?P<fact>\S+(?: \S+)?)$")
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff](?:为|是)(?P<fact>[^为是，；]+)$")
_MEASURED = re.compile(r"^(?:about |at most |at least )?(?:[$€£] ?)?\d\S* ?\S*(?: (?:wide|long|high|deep|tall|old))?$")


def fact(statement: str) -> str:
    """Return the short fact of a statement, with its marks as written; the statement itself where it holds no other."""
    whole = _concerned(" ".join(_SOURCE.sub("", statement).split()).strip().rstrip(".。"))
    if predicate := _IDEOGRAPHS.search(whole):
        return str(predicate["fact"])
    if not 1 < len(whole.split()) <= _MOST_WORDS or re.search(r"[.!?;|]\s", whole):
        return whole
    if len(marked := list(_EMPHASIS.finditer(whole))) == 1:
        return str(marked[0]["bold"] or marked[0]["code"] or marked[0]["quoted"])
    rest = _RELATIVE.sub("", _ON_THE_WAY.sub("", _SET_ASIDE.sub("", whole)))
    if agent := _PASSIVE.search(rest) or _MEANS.search(rest):
        return _quantity(agent["fact"]) or str(agent["fact"])
    if (copula := _COPULA.match(rest)) and (told := _complement(copula["rest"] or copula["its"])):
        return told
    return _quantity(rest) or rest


def _concerned(whole: str) -> str:
    """Return the last of several statements where it is the one that was asked for or holds now."""
    *_, last = re.split(r";\s+|:\s+(?=it's\b)", whole)
    return last if re.search(r"\b(?:you asked|it's|is now|now|today)\b", last) else whole


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
