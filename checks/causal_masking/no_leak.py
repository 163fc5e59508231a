"""The leak test: does any output of attention depend on a later token?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from checks.causal_masking.exercise import EXERCISE
from checks.compare import attempt, describe
from checks.message import WrongAnswer
from checks.run import run_of


def check_no_leak(answer: Any, Q: Tensor, K: Tensor, V: Tensor, mask: Tensor) -> None:
    """The leak test: does any output depend on a later token?

    First everything must be finite, since no comparison with NaN says that an output moved. Then
    each token in turn is changed: no earlier output may move, and its own and all later ones must,
    since a mask that hides more than the future leaks nothing either. Last, each token must give
    weight to itself.

    Q, K and V are `(n, d)`, in float64, so that nothing but a leak moves an output. The causal
    mask under test is `(n, n)`.
    """
    for problem, cause in _leaks(answer, mask, Q, K, V):
        run_of(EXERCISE).note_failure("scaled_dot_product_attention")
        facts = {
            "called": f"scaled_dot_product_attention with {len(Q)} tokens and a causal mask",
            "problem": problem,
            "expected": "finite results; a token that changes moves its own output and all later "
            "ones, and none before it; weight on the diagonal",
        }
        headline = f"leak test of scaled_dot_product_attention: {cause}"
        raise WrongAnswer(headline, facts.items(), cause)


def _leaks(answer: Any, mask: Tensor, *tokens: Tensor) -> Iterator[tuple[str, str]]:
    """Each problem and its cause, the first of which counts."""
    changes = torch.eye(len(mask) + 1)[:, 1:, None]  # none, then each token in turn
    results = [attempt(partial(answer, *(t + c for t in tokens), mask.clone())) for c in changes]
    for got in results:
        if not isinstance(got, list | tuple) or not all(isinstance(g, Tensor) for g in got):
            yield f"the call gives {describe(got)}", "return (output, weights)"
    if not all(g.isfinite().all() for got in results for g in got):
        yield (
            "the outputs or weights are not finite, so that nothing can be said about leaks",
            "a row of only minus infinity gives NaN",
        )
    outputs = torch.stack([got[0] for got in results])
    moved = (outputs[1:] - outputs[0]).abs().amax(-1) > 1e-9
    for token, where in enumerate(moved):
        if early := where[:token].nonzero().flatten().tolist():
            yield (
                f"changing token {token} moved the outputs at the earlier positions {early}",
                "the future leaks into the past: output i depends on tokens 0 to i only; mask the "
                "scores before the softmax, where the mask is False",
            )
    itself = "a token may attend to itself: the diagonal of a causal mask is True"
    for token, where in enumerate(moved):
        if still := [i for i, moves in enumerate(where) if i >= token and not moves]:
            yield (
                f"changing token {token} did not move the outputs at {still}, its own or later",
                f"output i depends on all of tokens 0 to i; {itself}",
            )
    if without := (results[0][1].diagonal() <= 0).nonzero().flatten().tolist():
        yield f"the queries at {without} give no weight to their own position", itself
