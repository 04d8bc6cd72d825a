"""A model and its vocabulary, loaded when they are first needed, which takes about half a second."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

_FOLDER = files("convsim.reading.encoder")


class Session:
    """A model that runs in one thread."""

    def __init__(self, name: str) -> None:
        """Load `NAME.onnx`."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        content = (_FOLDER / f"{name}.onnx").read_bytes()
        self._session: Any = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])

    def run(self, **inputs: Sequence[int]) -> list[Any]:
        """Return the outputs for one text as lists, given its token ids (and types)."""
        import numpy as np

        given = {name: np.array([told], dtype=np.int64) for name, told in inputs.items()}
        return [each[0].tolist() for each in self._session.run(None, given)]


@cache
def session(name: str) -> Session:
    """Return the model of that name."""
    return Session(name)


def vocabulary() -> Any:
    """Return a new `tokenizers.Tokenizer` of the models' word pieces."""
    from tokenizers import Tokenizer

    return Tokenizer.from_str((_FOLDER / "tokens.json").read_text(encoding="utf-8"))
