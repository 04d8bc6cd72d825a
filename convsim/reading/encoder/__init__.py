"""What a small language model makes of a message that the linear model is not sure of.

`model.onnx` is all-MiniLM-L6-v2 (Wang et al. 2020, Reimers and Gurevych 2019; Apache-2.0), fine-tuned by
`bench/train_encoder.py`: it knows words and turns of phrase that no message of the training holds. It takes some
milliseconds a message and is loaded when it is first needed. Its weights are integers of seven bits and it runs in one
thread, so that machines agree.
"""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, cast

from personas.units import UNIT_NAMES

CLASSES = ("answer", "ask", "chat", "explicit_refusal", "not_found", "other_refusal")
_OUTPUTS = (*(f"class:{each}" for each in CLASSES), *(f"unit:{each}" for each in UNIT_NAMES))
_WORD = re.compile(r"[a-zà-ÿ]+|[一-鿿]")
_COMMON = (
    "the you your to are an of for which what i it in do does did this that and can could please how not my we with"
)
_ENGLISH = frozenset(_COMMON.split())
_SHARE = 0.1
"""Share of these words from which a text is English: true of 92% of English messages and 4% of others."""


class Encoder:
    """Model and vocabulary."""

    def __init__(self) -> None:
        """Load both, which takes about half a second."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        folder = files("convsim.reading.encoder")
        model = (folder / "model.onnx").read_bytes()
        self._session: Any = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokens = Tokenizer.from_str((folder / "tokens.json").read_text(encoding="utf-8"))

    def scores(self, text: str) -> dict[str, float]:
        """Return the log-odds of each class and unit, named as those of the linear model."""
        import numpy as np

        ids = np.array([self._tokens.encode(text).ids], dtype=np.int64)
        found = cast("Sequence[float]", self._session.run(None, {"ids": ids})[0][0].tolist())
        return dict(zip(_OUTPUTS, found, strict=True))


@cache
def _encoder() -> Encoder:
    return Encoder()


@lru_cache(maxsize=1024)
def encoded(text: str) -> dict[str, float]:
    """Return what the model makes of a message: log-odds by `class:NAME` and `unit:NAME`."""
    return _encoder().scores(text)


def is_english(text: str) -> bool:
    """Tell by its commonest words whether a message is English, which the model knows best."""
    words = _WORD.findall(text.lower())
    return sum(each in _ENGLISH for each in words) >= _SHARE * max(1, len(words))
