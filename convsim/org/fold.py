"""Case folding that keeps a text's length, so that LIKE's `_` still stands for exactly one character."""


def fold(text: str) -> str:
    """Return the text for comparison without regard to case, character by character, in any script."""
    lowered = text.lower()
    if len(lowered) == len(text) and lowered.isascii():
        return lowered
    return "".join(map(_fold_character, text))


def _fold_character(character: str) -> str:
    folded = character.casefold()
    if len(folded) == 1:
        return folded
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character
