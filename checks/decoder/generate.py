"""Generate tokens: what often goes wrong, and hidden cases, with a model to call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks import sampling
from checks.decoder.exercise import EXERCISE
from checks.writing import GENERATED, MODE, TOKENS, Chain, Vocabulary, of_tokens, seen_of_tokens
from reference.generation import generate, sample_next


class Reader(nn.Module):
    """A model of which the most likely next token depends on every earlier token and its place."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.scale = nn.Parameter(torch.tensor(20.0))

    def forward(self, tokens: Tensor) -> Tensor:
        place = torch.arange(1, tokens.shape[-1] + 1)
        size = len(self.vocabulary)
        following = self.vocabulary.sums(tokens, place) % size
        return self.scale * F.one_hot(following, size).float()


def _generate(
    model: nn.Module,
    tokens: Tensor,
    n_new: int,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> Tensor:
    was_training = model.training
    model.eval()
    prompt, n = (tokens, tokens.shape[1])  # noqa: F841  (edits use them)
    k = top_k
    g = generator
    T = temperature
    steps = range(n_new)
    with torch.no_grad():
        for i in steps:  # noqa: B007
            given = tokens
            logits = model(given)[:, -1]
            new = sample_next(logits, T, k, g)
            last = new[:, None]
            tokens = torch.cat((tokens, last), 1)
    model.train(was_training)
    return tokens


def _run_generate(
    answer: Any, tokens: Tensor, n_new: int, vocab_size: Vocabulary, training: bool = False
) -> Any:
    """The tokens that temperature 0 gives, and the mode in which the model is left."""
    model = Reader(vocab_size).train(training)
    made = answer(model, tokens, n_new, temperature=0.0)
    return None if made is None else {TOKENS: made, MODE: model.training}


_check_generate = EXERCISE.check(
    "generate",
    arguments=("tokens", "n_new", "vocab_size"),
    reference=generate,
    text=[_generate],
    procedure=_run_generate,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new): each drawn by sample_next from "
    "the logits at the last position, given all tokens so far; the model left in its training mode "
    "(here: temperature 0, and a model of the test's own)",
    wrong={
        **GENERATED,
        "the model gets all tokens so far, and the last logits count, model(tokens)[:, -1]": {
            "given = tokens[:, -1:]": "the model gets only the last token each time",
            "given = tokens[:, -1:] if i else tokens": "in later steps it gets only the last token",
            "given = tokens[:, n:] if i else tokens": "in later steps it gets only the new tokens",
            "given = prompt": "the model gets only the prompt each time",
            **{
                f"given = tokens[:, -{size}:]": f"the model gets only the last {size} tokens"
                for size in (2, 3, 4, 8, 16)
            },
            "given = tokens[:, -n:]": "the model gets a window of fixed length (sliding)",
            "given = tokens[:, :-1]": "the last token is not given to the model",
            "logits = model(given)[:, 0]": "the logits at the first position are used",
            "logits = model(given)[:, -2]": "the logits at the position before the last are used",
            "logits = model(given)[:, n - 1]": "the prompt's last position is used at every step",
            "logits = model(given).mean(1)": "the logits of all positions are averaged",
        },
        "n_new tokens are appended, and the model is called for each": {
            "steps = [1] * (n_new > 0); logits = model(given)[:, -n_new:]; last = new": "all new "
            "tokens are made in one step",
        },
    },
    seen={
        **seen_of_tokens("generate"),
        "a token is not the most likely one that follows all tokens so far: give the model all of "
        "them, and temperature to sample_next": of_tokens(
            lambda got, want: got.shape == want.shape
        ),
    },
)


def check_generate(answer: Any, tokens: Tensor, n_new: int, vocab_size: int, **more: bool) -> Any:
    """At temperature 0, with a model of the test's own of so many tokens, `training` or not."""
    return _check_generate(answer, tokens, n_new, Vocabulary.of(vocab_size), **more)


check_generate_often = sampling.pairs_check(EXERCISE, "generate", Chain, generate, _generate)

check_generate_seeds = sampling.seeds_check(
    EXERCISE,
    "generate",
    lambda f, x, generator: f(Chain(x), torch.zeros(60, 1).long(), 3, generator=generator),
    arguments=("logits after each token", "seed", "another seed"),
    reference=generate,
    text=[_generate],
)


def _made(*cases: tuple[int, int, int, int], **training: bool) -> Callable[[Any], Any]:
    return lambda f: [
        check_generate(f, torch.randint(v, (batch, n)), n_new=n_new, vocab_size=v, **training)
        for batch, n, n_new, v in cases
    ]


EXERCISE.cases["generate"] = {
    "tokens (batch, n) with n_new more, one at a time": _made((3, 5, 6, 12), (2, 20, 8, 50)),
    "a single sequence": _made((1, 3, 12, 11), (1, 2, 12, 3), (1, 2, 12, 3)),
    "a prompt of one token": _made((4, 1, 5, 7)),
    "a single new token, or none": _made((1, 4, 1, 9), (2, 3, 0, 9)),
    "tokens in any memory layout": lambda f: check_generate(
        f, torch.randint(9, (5, 2)).mT, n_new=3, vocab_size=9
    ),
    "the model's training mode is left as it was found": _made(
        (3, 5, 6, 12), (1, 4, 1, 9), (2, 3, 0, 9), training=True
    ),
    **sampling.sampled_cases(check_generate_often, check_generate_seeds),
}
