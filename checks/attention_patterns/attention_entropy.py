"""The entropy of each query's weights: what often goes wrong, and hidden cases."""

from __future__ import annotations

import torch
from torch import Tensor

from checks.attention_patterns.exercise import EXERCISE
from checks.attention_patterns.weights import EYE, all_kinds, case_of, sparse_weights
from checks.check import all_of
from checks.compare import same
from checks.scores import NO_TENSOR, OTHER_RESULT
from checks.seen import SINGLE_NUMBERS, batch_fails, not_finite
from reference import attention

_CAUSAL = torch.nn.functional.normalize(torch.ones(2, 5, 5).cumsum(-1).tril(), 1, -1)


def _entropy(w: Tensor) -> Tensor:
    w = w.clamp(1e-30)  # so that edits give no NaN where there is a 0
    logs = w.log()
    terms = w * logs
    out = -terms.sum(-1)
    return out


check_attention_entropy = EXERCISE.check(
    "attention_entropy",
    reference=attention.attention_entropy,
    text=[_entropy],
    expects="-Σ w ln w over the keys, in nats, with 0 ln 0 = 0, for each query, in weights' dtype",
    wrong={
        "sum -w ln w over the keys (dim=-1), for each query": {
            "out = terms.sum(-1)": "the minus sign is missing",
            "sum -> mean": "a mean instead of the sum is taken",
            "out = terms.mean(-1)": "the minus sign is missing, and a mean is taken",
            "return out / math.log(w.shape[-1])": "it is normalised, divided by ln n_k",
            "return math.log(w.shape[-1]) - out": "its distance from ln n_k comes back",
            "return out.exp()": "the exponential of the entropy (perplexity) comes back",
            "out = -terms": "the terms are not summed",
            ("terms = logs", "out = -logs.mean(-1)"): "the weight in front of ln w is missing",
            (
                *("out = w.sum(-1)", "out = (w * w).sum(-1)"),
                *("out = -w.sum(-1)", "out = -(w * w).sum(-1)"),
            ): "the logarithm is missing",
            "w = (1 - w).clamp(1e-30)": "1 - w is counted instead of w",
            "terms = w * w * logs": "each weight counts twice, as w * w * ln w",
            "out = -(w * w).sum(-1).log()": "the logarithm is taken after the sum (of squares)",
            "w = w[0].clamp(1e-30)": "only the first row of weights is looked at",
            "out = 1 - (w * w).sum(-1)": "the logarithm is missing (one minus squares, Gini)",
            "out = -w.amax(-1).log()": "minus the log of the largest weight is taken (min-entropy)",
            "w = w.amax(-1, True)": "only the largest weight is counted",
            "out = w.amax(-1)": "the largest weight comes back",
            "out = 1 - w.amax(-1)": "one minus the largest weight comes back",
            "out = w.logsumexp(-1)": "a log-sum-exp comes back",
            ("out = w.std(-1)", "out = w.var(-1)"): "the standard deviation or variance comes back",
            "return out + torch.special.entr(1 - w).sum(-1)": "1 - w is counted as well as w",
            ("sum(-1) -> sum(-2)", "sum(-1) -> sum(0)"): "the sum runs over queries (dim -2 or 0)",
            "sum(-1) -> sum((-2, -1))": "the sum runs over queries and keys",
            "sum(-1) -> sum(1)": "the sum runs over dimension 1",
            "sum(-1) -> sum()": "the sum runs over all weights at once",
        },
        "take torch.log, for nats, of the weights as they are": {
            "logs = w.log2()": "the entropy is in bits (base 2)",
            "logs = w.log2(); out = terms.sum(-1)": "the base is 2, and the minus sign is missing",
            "logs = w.log10()": "the entropy is in decimal units (log10)",
            "logs = w.log1p()": "the logarithm is of 1 + w (log1p)",
            "w = torch.softmax(w, -1)": "a softmax is applied to the weights first",
            "logs = torch.log_softmax(w, -1)": "a softmax is applied inside the logarithm",
            "w = (w / w.sum(-2, True)).clamp(1e-30)": "the weights are normalised over queries",
            "w = (w.tril(-1) + w.triu(1)).clamp(1e-30)": "a query's own token is left out",
        },
        "0 ln 0 counts as 0, and any other term as it is (torch.xlogy, or 1e-12)": {
            "terms = w * logs * (w > 1e-30).cumprod(-1)": "what follows a weight of 0 is left out "
            "(break instead of continue)",
            "w = w; return out.nan_to_num()": "NaN is replaced by 0 after the sum",
            tuple(f"logs = (w + 1e-{k}).log()" for k in range(2, 7)): "the epsilon is too large",
            tuple(f"w = w + 1e-{k}" for k in range(2, 7)): "the epsilon is too large",
            tuple(f"w = w.clamp(1e-{k})" for k in range(2, 7)): "it is clamped too high",
        },
        "a number for each query is asked for, in the dtype of weights": OTHER_RESULT,
    },
    seen={
        "NaN or infinity comes back, as from a weight of 0: 0 ln 0 = 0 (torch.xlogy)": not_finite,
        "0 comes back for every query, as where all logarithms are of 1 (where the wrong way "
        "round), or are NaN, which a sum leaves out (nansum)": lambda got, want, w: bool(
            (got == 0).all()
        ),
        **NO_TENSOR,
        **SINGLE_NUMBERS,
        "a batch, or none, is not handled: weights may have any number of leading dimensions, also "
        "none (sum over dim=-1)": batch_fails(2),
        "the result is a little off, as by a small number (epsilon) or a clamp: 0 ln 0 = 0 needs "
        "none (torch.xlogy)": lambda got, want, w: same(got, want, 0.05),
    },
)

EXERCISE.cases["attention_entropy"] = {
    "any number of leading dimensions, also none": case_of(
        check_attention_entropy, (6,), (5, 6), (3, 2, 5), (2, 3, 4, 6), (1, 7), (2, 1, 4)
    ),
    "any number of queries and keys": case_of(check_attention_entropy, (4, 4), (3, 1), (2, 200)),
    "weights of any dtype, in any memory layout": all_kinds(check_attention_entropy, 3, 5, 5),
    "0 log 0 = 0": all_of(
        case_of(check_attention_entropy, EYE, _CAUSAL, torch.full((16,), 1 / 16)),
        lambda f: check_attention_entropy(f, sparse_weights(12)),
    ),
}
