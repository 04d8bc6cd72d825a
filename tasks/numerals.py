"""Counts as people write them: in digits and in words, alone and as a lower bound."""

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = ("first", "second", "third", "fourth")


def in_words(count: int) -> str:
    """Return a count from 0 to 99 in words; larger ones in digits, as people write them."""
    if count < 20:
        return _ONES[count]
    if count > 99:
        return str(count)
    tens, ones = divmod(count, 10)
    return _TENS[tens - 2] + (f"-{_ONES[ones]}" if ones else "")


def counted(count: int, noun: str, *, words: bool) -> str:
    """Return "3 months", "three months", "one month": the count with its noun in the right number."""
    return f"{in_words(count) if words else count} {noun}{'' if count == 1 else 's'}"


def above(minimum: int, noun: str) -> tuple[str, ...]:
    """Return wordings of "strictly more than the minimum": "more than five cases", "at least 6 cases"."""
    more = [counted(minimum, noun, words=words) for words in (True, False)]
    least = [counted(minimum + 1, noun, words=words) for words in (True, False)]
    return (
        *(f"more than {each}" for each in more),
        *(f"at least {each}" for each in least),
        f"{in_words(minimum + 1)} or more {noun}s",
        f"{minimum + 1} or more {noun}s",
        f"over {more[0]}",
        f"no fewer than {least[0]}",
    )
