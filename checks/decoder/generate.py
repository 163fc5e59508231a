"""Generate tokens: what often goes wrong, and hidden cases, with a model to call."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from checks import sampling
from checks.check import all_of
from checks.decoder.exercise import EXERCISE
from checks.seen import says
from checks.writing import (
    GENERATED,
    MODE,
    RAN_IN,
    SEEN_OF_MODE,
    TOKENS,
    Chain,
    Vocabulary,
    of_tokens,
    seen_of_tokens,
)
from reference.generation import generate, sample_next


class Reader(nn.Module):
    """A model of which the most likely next token depends on every earlier token and its place, and
    on the mode, as with dropout. It fails at the call `fails_at`, if that is given."""

    def __init__(self, vocabulary: Vocabulary, fails_at: int | None = None) -> None:
        super().__init__()
        self.vocabulary, self.fails_at, self.n_calls = vocabulary, fails_at, 0
        self.scale = nn.Parameter(torch.tensor(20.0))
        self.modes: set[bool] = set()

    def forward(self, tokens: Tensor) -> Tensor:
        self.modes.add(self.training)
        self.n_calls += 1
        if self.n_calls == self.fails_at:
            raise RuntimeError("the test's model fails at this call")
        place = torch.arange(1, tokens.shape[-1] + 1)
        size = len(self.vocabulary)
        following = (self.vocabulary.sums(tokens, place) + self.training) % size
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
    try:
        with torch.no_grad():
            for i in steps:  # noqa: B007
                given = tokens
                logits = model(given)[:, -1]
                new = sample_next(logits, T, k, g)
                last = new[:, None]
                tokens = torch.cat((tokens, last), 1)
    finally:
        model.train(was_training)
    return tokens


def _run_generate(
    answer: Any,
    tokens: Tensor,
    n_new: int,
    vocab_size: Vocabulary,
    training: bool = False,
    fails_at: int | None = None,
) -> Any:
    """The tokens that temperature 0 gives, the modes in which the model ran and in which it is
    left; where it fails, only the latter."""
    model = Reader(vocab_size, fails_at).train(training)
    try:
        made = answer(model, tokens, n_new, temperature=0.0)
    except Exception:
        if model.n_calls == fails_at:
            return {MODE: model.training}
        raise
    if fails_at is not None:
        return {MODE: model.training}
    ran_in = {RAN_IN: [*model.modes]} if n_new else {}
    return None if made is None else {TOKENS: made, **ran_in, MODE: model.training}


def _filled_up(got: Tensor, want: Tensor) -> bool:
    """From the token before the first wrong one, rows go on with one and the same."""
    wrong = (got != want).cumsum(1) > 0
    at = wrong | wrong.roll(-1, 1)  # no first one is wrong, so that none comes in from there
    return all(len(row[here].unique()) < 2 for row, here in zip(got, at, strict=True))


def _last_sequence(got: Any, expected: Any, tokens: Tensor, *_: Any, **__: Any) -> bool:
    """An error that speaks of as many new tokens as there are positions."""
    sizes = re.search(r"Expected size (\d+) but got size (\d+)", got.message)
    return sizes is not None and [int(n) for n in sizes.groups()] == [*tokens.shape]


_check_generate = EXERCISE.check(
    "generate",
    arguments=("tokens", "n_new", "vocab_size"),
    reference=generate,
    text=[_generate],
    procedure=_run_generate,
    expects="tokens (batch, n) with n_new more, (batch, n + n_new): each drawn by sample_next from "
    "the logits at the last position, given all tokens so far; the model runs in evaluation mode "
    "and is left in the mode in which it was found (here: temperature 0, and a model of the test's "
    "own)",
    wrong={
        **GENERATED,
        "give the model all tokens so far, and take the last logits, model(tokens)[:, -1]": {
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
            "logits = model(given)[-1]": "model(tokens)[-1] is the last sequence of the batch, not "
            "the last position",
            "logits = model(given)[-1, -1].expand(len(tokens), -1)": "the last sequence's logits "
            "are used for all, as in model(tokens)[-1, -1]",
            "logits = model(given)[..., -1]": "model(tokens)[..., -1] is the logit of the last "
            "token of the vocabulary, at each position",
            "logits = model(given)[:, 0]": "the logits at the first position are used",
            "logits = model(given)[:, -2]": "the logits at the position before the last are used",
            "logits = model(given)[:, n - 1]": "the prompt's last position is used at every step",
            "logits = model(given).mean(1)": "the logits of all positions are averaged",
        },
        "call the model for each new token": {
            "steps = [1] * (n_new > 0); logits = model(given)[:, -n_new:]; last = new": "all new "
            "tokens are made in one step",
        },
    },
    seen={
        **SEEN_OF_MODE,
        "model(tokens)[-1] is the last sequence of the batch, and the last position is "
        "model(tokens)[:, -1]": _last_sequence,
        "a token is drawn at every position: of model(tokens) only the last one counts, [:, -1]": (
            lambda got, want, tokens, n_new, *_, **__: (
                got[TOKENS].shape == (len(tokens), tokens.shape[1] << n_new) != want[TOKENS].shape
            )
        ),
        **seen_of_tokens("generate"),
        "a sequence ends early, and the rest of it is filled up: go on whatever the tokens "
        "are": of_tokens(_filled_up),
        "sample_next takes logits, temperature, top_k and generator, in this order": says(
            "'NoneType' and 'int'", "'NoneType' and 'float'"
        ),
        "a token is not the most likely one that follows all tokens so far: give the model all of "
        "them, and temperature to sample_next": of_tokens(
            lambda got, want: got.shape == want.shape
        ),
    },
)


def check_generate(answer: Any, tokens: Tensor, n_new: int, vocab_size: int, **more: Any) -> Any:
    """At temperature 0, with a model of the test's own of so many tokens, `training` or not.

    With `fails_at` the model raises at that call of it.
    """
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


def _made(*cases: tuple[int, int, int, int], **more: Any) -> Callable[[Any], Any]:
    return lambda f: [
        check_generate(f, torch.randint(v, (batch, n)), n_new=n_new, vocab_size=v, **more)
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
    "no token ends it early": _made((1, 2, 40, 5), (2, 3, 30, 8)),
    "runs the model in evaluation mode, and leaves its mode as it found it": _made(
        (3, 5, 6, 12), (1, 4, 1, 9), (2, 3, 0, 9), training=True
    ),
    **sampling.sampled_cases(check_generate_often, check_generate_seeds),
    "leaves its mode as it found it, also where the model raises": all_of(
        _made((2, 4, 3, 7), training=True, fails_at=2),
        _made((1, 3, 2, 7), training=True, fails_at=1),
    ),
}
