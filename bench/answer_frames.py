"""Answers composed of the frames in tests/corpus/answer_frames.yaml: every frame in a few kinds, some with small talk.

Which values and which small talk a frame gets is drawn from a hash of its place: the answers are always the same.
"""

import re
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FRAMES = yaml.safe_load((ROOT / "tests" / "corpus" / "answer_frames.yaml").read_text(encoding="utf-8"))
LANGUAGES = ("en", "de", "fr", "es", "zh")
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "zh": "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
}
STATES = {
    "Ohio": "OH", "Texas": "TX", "Oregon": "OR", "Nevada": "NV", "Utah": "UT",
    "Florida": "FL", "Iowa": "IA", "Maine": "ME", "Kansas": "KS", "Idaho": "ID",
}  # fmt: skip
WORDS_TOO = ("OR", "ME", "ID")
LABELS = (
    ("Pricing", "Onboarding", "Support quality", "Documentation", "Delivery time"),
    ("Velora", "Oakline", "Brightforge", "Northpeak"),
    ("Late Delivery", "Damaged Item", "Billing Error", "Login Problem"),
)
STAGES = ("Qualification", "Discovery", "Quote", "Negotiation", "Closed")
RULES = ("Minimum Quantity Rule", "Maximum Discount Rule", "Bundle Rule", "Payment Terms Rule")
FACTORS = ("Budget", "Authority", "Need", "Timeline")
CHOICES = ("005", "01t", "month", "state", "label", "stage", "500", "006")
CHECKS = ("ka0", "00T", "bant", "rules")
_ID_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789"
_STRUCTURED = ("{", "[", "|", "1.", "- ", ">")


def number(*seed: object) -> int:
    """Return a number that depends on the seed alone."""
    return int.from_bytes(blake2b("|".join(map(str, seed)).encode(), digest_size=8).digest(), "big")


def drawn(items: Sequence[Any], size: int, *seed: object) -> list[Any]:
    """Return some of the items, in an order that depends on the seed alone."""
    return sorted(items, key=lambda item: number(item, *seed))[:size]


def composed() -> Iterator[dict[str, Any]]:
    """Yield the rows, as those of the corpus; `role` is the list that the frame stands in."""
    for language in LANGUAGES:
        for role in ("choice", "check", "none_check", "none_choice", "none_stage", "none_text"):
            for place, frame in enumerate(FRAMES[language][role]):
                for kind in kinds_of(frame, role, (language, role, place)):
                    yield row(frame, kind, language=language, role=role, place=place)
        yield from facts(language)
    for place, frame in enumerate(FRAMES["open"]):
        for kind in drawn((*CHECKS, *CHOICES), 4, place):
            yield row(frame, kind, language="en", role="open", place=place)


def kinds_of(frame: str, role: str, seed: tuple[object, ...]) -> list[str]:
    """Return the kinds of answer that a frame is filled with."""
    if role in ("none_stage", "none_text"):
        return [role.removeprefix("none_")]
    checks = role.endswith("check")
    kinds = drawn(CHECKS if checks else CHOICES, 3 if role == "choice" or "{" not in frame else 2, *seed)
    if checks and "lead" in frame.lower():
        return ["bant"]
    return [kind for kind in kinds if not (kind == "bant" and "stage" in frame)]


def row(frame: str, kind: str, *, language: str, role: str, place: int) -> dict[str, Any]:
    """Return a frame filled with values of a kind."""
    seed = (language, role, place, kind)
    values, fields = values_of(kind, language, seed)
    text = frame
    for name, (spelled, _) in zip("xwyz", values, strict=True):
        text = text.replace(f"{{{name}}}", spelled)
    stands = [values[n][1] for n, name in enumerate("xw") if f"{{{name}}}" in frame]
    none = role != "choice" or number(*seed, "none") % 2 == 0
    return {
        "text": told(text, language, seed),
        "language": language,
        "role": role,
        "expected": stands,
        "none": none,
    } | fields


def told(text: str, language: str, seed: tuple[object, ...]) -> str:
    """Return a text with small talk before or behind it, or without."""
    if language != "zh" and seed[-1] in ("label", "stage", "bant", "rules") and text[:1].islower():
        text = text[0].upper() + text[1:]
    manner = number(*seed, "manner") % 4
    gap = "\n\n" if "\n" in text or text.startswith(_STRUCTURED) or number(*seed, "gap") % 3 == 0 else " "
    if manner == 1:
        return drawn(FRAMES[language]["before"], 1, *seed)[0] + gap + text
    if manner == 2:
        return text + gap + drawn(FRAMES[language]["after"], 1, *seed)[0]
    return text


def values_of(kind: str, language: str, seed: tuple[object, ...]) -> tuple[list[tuple[str, str]], dict[str, Any]]:
    """Return four values, each as spelled and as meant, and the fields of a row that tell what they are."""
    if kind == "month":
        names = MONTHS[language].split()
        year = " 2023" if language != "zh" and number(*seed, "year") % 3 == 0 else ""
        found = [(names[n] + year, MONTHS["en"].split()[n]) for n in drawn(range(12), 4, *seed)]
        return found, {"kind": "month", "prefixes": [], "labels": []}
    if kind == "state":
        short = number(*seed, "short") % 3 == 0
        codes = [(name, STATES[name]) for name in drawn(sorted(STATES), 4, *seed)]
        found = [(code if short and code not in WORDS_TOO else name, code) for name, code in codes]
        return found, {"kind": "state", "prefixes": [], "labels": []}
    if kind == "text":
        return [("", "")] * 4, {"kind": "text", "prefixes": [], "labels": []}
    if kind in ("label", "stage", "bant", "rules"):
        labels = {"stage": STAGES, "bant": FACTORS, "rules": RULES}.get(kind) or LABELS[
            number(*seed, "labels") % len(LABELS)
        ]
        small = number(*seed, "small") % 4 == 0
        found = [(name.lower() if small else name, name) for name in drawn(labels, 4, *seed)]
        return found, {"kind": "label", "prefixes": [], "labels": list(labels)}
    ids = [identifier(kind, *seed, n) for n in range(4)]
    return [(each, each) for each in ids], {"kind": "id", "prefixes": [kind], "labels": []}


def identifier(prefix: str, *seed: object) -> str:
    """Return an id of 15 characters."""
    rest, signs = number(*seed), ""
    for _ in range(7):
        rest, at = divmod(rest, len(_ID_SIGNS))
        signs += _ID_SIGNS[at]
    return f"{prefix}Qa000{signs}"


def facts(language: str) -> Iterator[dict[str, Any]]:
    """Yield answers of the kind `text`: sentences with a fact, and facts in frames of choice."""
    fields = {"kind": "text", "language": language, "prefixes": [], "labels": [], "none": True}
    for place, frame in enumerate(FRAMES["facts"][language]):
        fact = re.search(r"\[([^\]]*)\]", frame)
        assert fact is not None, frame
        text = told(frame.replace(fact.group(), fact[1]), language, ("fact", language, place))
        yield {"text": text, "expected": [fact[1]], "role": "facts", **fields}
    for place, frame in enumerate(FRAMES[language]["choice"]):
        if "{w}" in frame:
            continue
        values = drawn(drawn(FRAMES["values"][language], 1, language, place)[0], 4, place)
        text = frame
        for name, value in zip("xyz", values, strict=False):
            text = text.replace(f"{{{name}}}", value)
        yield {"text": text, "expected": [values[0]], "role": "facts_of_choice", **fields}
