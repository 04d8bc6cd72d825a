"""A model, its vocabulary and the vectors of its words, loaded when first needed, which takes half a second."""

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from typing import Any

_FOLDER = files("convsim.reading.encoder")


class Words:
    """What both models know of single words: a vector for each piece of the vocabulary.

    The tables are read in place, so that only what is looked up takes memory.
    """

    def __init__(self) -> None:
        """Open `words.npy` (int8 [pieces, width]) and `scales.npy` (float32 [pieces])."""
        import numpy as np

        with as_file(_FOLDER / "words.npy") as words, as_file(_FOLDER / "scales.npy") as scales:
            self._words, self._scales = np.load(words, mmap_mode="r"), np.load(scales)

    def vectors(self, ids: Sequence[int]) -> Any:
        """Return the vectors of a text's pieces: float32 [1, pieces, width]."""
        found = self._words[ids].astype("float32") * self._scales[ids][:, None]
        return found[None]


@cache
def words() -> Words:
    """Return the vectors of words."""
    return Words()


class Session:
    """A model that runs in one thread."""

    def __init__(self, name: str) -> None:
        """Load `NAME.onnx`."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Read from the file and without an arena, a model takes half the memory and no more time.
        options.enable_cpu_mem_arena = False
        with as_file(_FOLDER / f"{name}.onnx") as path:
            self._session: Any = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def run(self, ids: Sequence[int], types: Sequence[int] | None = None) -> list[Any]:
        """Return the outputs for one text as lists, given its token ids (and types)."""
        import numpy as np

        given = {"vectors": words().vectors(ids)}
        if types is not None:
            given["types"] = np.array([types], dtype=np.int64)
        return [each[0].tolist() for each in self._session.run(None, given)]


@cache
def session(name: str) -> Session:
    """Return the model of that name."""
    return Session(name)


@cache
def vocabulary() -> Any:
    """Return the `tokenizers.Tokenizer` of the models' word pieces."""
    from tokenizers import Tokenizer

    with as_file(_FOLDER / "tokens.json") as path:
        return Tokenizer.from_file(str(path))
