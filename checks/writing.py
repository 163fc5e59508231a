"""Answers that write tokens: known misconceptions and what can be seen, for exercises 7 and 8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from checks import sampling
from checks.compare import Raised, same
from checks.mistakes import Wrong
from checks.seen import Predicate, says

TOKENS, MODE = "tokens", "model.training after the call"
RAN_IN = "model.training in its calls"


@dataclass(frozen=True)
class Vocabulary:
    """So many tokens. What each is worth to a test's model is drawn: else its rule, which stands in
    the checks, would answer in its place."""

    worth: tuple[int, ...]

    @classmethod
    def of(cls, size: int) -> Vocabulary:
        return cls(tuple((1 + torch.randperm(size)).tolist()))

    def __len__(self) -> int:
        return len(self.worth)

    def __repr__(self) -> str:
        return str(len(self))

    def sums(self, tokens: Tensor, place: Tensor) -> Tensor:
        """What the tokens so far are worth at their places, for each position."""
        return (torch.tensor(self.worth)[tokens] * place).cumsum(-1)


class Chain(nn.Module):
    """A model of which the logits for the next token depend on the last one only."""

    def __init__(self, table: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.table[tokens]


def of_tokens(compare: Callable[[Tensor, Tensor], bool]) -> Predicate:
    """`compare` of the tokens that came and of those that should have."""
    return lambda got, expected, *args, **kwargs: compare(got[TOKENS], expected[TOKENS])


def _starts(got: Tensor, want: Tensor) -> bool:
    return got.shape != want.shape and torch.equal(got, want[:, : got.shape[1]])


GENERATED: Wrong = {
    "put the model into evaluation mode first, model.eval()": {
        "model.eval() -> pass": "the model runs in the mode in which it is found",
        "model.eval() -> model.train()": "the model runs in training mode",
    },
    "put its mode back in any case: try: …, finally: model.train(was_training)": {
        "try: -> if True:; finally: -> if True:": "where the model raises, it is left in "
        "evaluation mode",
    },
    "put it back into the mode in which it was found, model.train(was_training)": {
        "model.train(was_training) -> pass": "the model is left in eval mode",
        "model.train(was_training) -> model.train()": "the model is left in training mode",
        "train(was_training) -> train(not was_training)": "the model's mode is flipped",
    },
    "append to each sequence its own new token, torch.cat((tokens, new[:, None]), 1)": {
        "last = new[0].expand(len(new), 1)": "the first sequence's token is appended to all",
        "tokens = torch.cat((last, tokens), 1)": "the new tokens are put in front",
        "last = new": "the new token has shape (batch,)",
        "last = new[None]": "the new token has shape (1, batch)",
        "tokens = torch.cat((tokens[:, 1:], last), 1)": "a token is dropped for each new one",
    },
    "append n_new tokens, one at a time": {
        "steps = range(n_new - 1)": "one token too few is made (off by one)",
        "steps = range(n_new + 1)": "one token too many is made (off by one)",
        "steps = range(n_new - n)": "n_new is taken for the total length",
        "steps = range(min(n_new, 1))": "a single token is made (the loop ends too early, or a "
        "token is taken for the end of the text)",
        "steps = ()": "no token is made",
    },
    "return the prompt with the new tokens appended, (batch, n + n_new)": {
        "return torch.cat((tokens[:, n:], prompt), 1)": "the new tokens are put in front",
        "return tokens[:, n:]": "only the new tokens come back",
        ("return tokens[:, -1:]", "return tokens[:, -1]"): "only the last token comes back",
        "return tokens[:, 1:]": "the first token is lost",
        "return torch.cat((prompt, tokens[:, n:].flip(1)), 1)": "the new tokens are reversed",
        ("return tokens[:1]", "return tokens[0]"): "only the first sequence comes back",
        "return tokens.squeeze(0)": "a batch of one is squeezed away",
        ("return tokens.int()", "return tokens.float()"): "the dtype is not the prompt's int64",
        "return tokens.tolist()": "a list comes back, not a tensor",
    },
}
"""What may go wrong in any way to generate: edits of a text with the names of 7's `_generate`."""


SEEN_OF_MODE: dict[str, Predicate] = {
    "where the model raises, it is left in another mode than it was found in: put it back in "
    "finally": lambda got, want, *_, **how: "fails_at" in how and got[MODE] != want[MODE],
    "the model runs in training mode, in which dropout adds noise: put it into evaluation mode "
    "first, model.eval()": lambda got, want, *_, **__: got[RAN_IN] != want[RAN_IN],
}


def _none_asked(got: Any, right: Any, tokens: Tensor, n_new: int, *_: Any, **__: Any) -> bool:
    return n_new == 0 and (isinstance(got, Raised) or not same(got[TOKENS], tokens))


def seen_of_tokens(name: str) -> dict[str, Predicate]:
    """What can be seen of the `TOKENS` and the `MODE` that an answer gives."""
    return {
        "the model is left in another mode than it was found in: remember model.training and "
        "restore it": lambda got, expected, *_, **__: got[MODE] != expected[MODE],
        "n_new = 0 is not handled: return the prompt as it is": _none_asked,
        "fewer than n_new tokens are made: go on whatever the tokens are": of_tokens(_starts),
        "there are more sequences than before: append new tokens along the positions (dim "
        "1)": of_tokens(lambda got, want: got.shape[0] > want.shape[0]),
        "the tokens come back in another dtype: keep that of the prompt, int64 (long)": of_tokens(
            lambda got, want: got.dtype != want.dtype
        ),
        "the shape is not (batch, n + n_new)": of_tokens(lambda got, want: got.shape != want.shape),
        "what is joined has a dimension too many, as where the logits of all positions go to "
        "sample_next: only those at the last one count, model(…)[:, -1]": says("got 2 and 3"),
        "what is joined has another shape than the prompt: sample_next gives (batch,), and "
        "torch.cat needs (batch, 1)": says("same number of", "Sizes of tensors", "zero-dim"),
        "temperature is divided by, also where it is 0: leave temperature, top_k and drawing to "
        "sample_next": says("probability tensor contains", "by zero"),
        **sampling.signature(name),
    }
