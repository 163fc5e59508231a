"""DecoderLM: what often goes wrong, and hidden cases, one of them with a trained model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from checks import modules, seen
from checks.causal_attention import rope as rope  # edits use it
from checks.causal_attention import sinusoids as sinusoids  # edits use it
from checks.check import all_of
from checks.decoder.exercise import EXERCISE
from checks.decoder.rms_norm import centred as centred  # edits use it
from checks.seen import SEVERAL_CAME, Predicate, batch_fails, says
from helpers.weights import austen_files
from reference.block import DecoderLM


class _LM(DecoderLM):
    def forward(self, tokens: Tensor, caches: Any = None) -> Any:
        E = self.embedding
        e = E(tokens)
        x = e
        for block in self.blocks:
            x = block(x)
        y = self.norm(x)
        logits = self.output(y)
        return logits


def _only(missing: str = "", unasked: str = "") -> Predicate:
    """All missing and all unasked parameters start so; none, where that is empty."""
    return modules.parameters(
        lambda got: all(
            bool(names) == bool(start) and all(n.startswith(start) for n in names)
            for names, start in ((got.missing, missing), (got.unasked, unasked))
        )
    )


def _in_plain_list(got: modules.OtherParameters, *args: Any, **kwargs: Any) -> bool:
    return _only("blocks.")(got) and "blocks.0.attention_norm.weight" in got.missing


_check_decoder_lm = EXERCISE.check(
    "DecoderLM",
    arguments=("config", "tokens", "parameters"),
    reference=DecoderLM,
    text=[DecoderLM, _LM],
    procedure=lambda f, config, tokens, w: modules.run(f, f(config), w.state, tokens),
    expects="output(norm(x)), where x is embedding(tokens) after each of the n_layers blocks: "
    "logits of shape (..., n, vocab_size), for tokens (..., n)",
    wrong={
        **modules.NO_SUPER,
        "apply self.norm once, after all blocks, output(norm(x))": {
            "y = x": "the final norm is missing in forward",
            "y = self.norm(self.norm(x))": "the final norm is applied twice",
            "y = self.norm(centred(x))": "the final norm is a LayerNorm (the mean is subtracted)",
            "x = e -> x = self.norm(e); y = x": "the embedding is normalised before the blocks",
            "x = e -> x = self.norm(e)": "self.norm is used before the blocks too",
            "block(x) -> self.norm(block(x)); y = x": "the norm comes after each block",
            "block(x) -> self.norm(block(x))": "the norm comes after each block and at the end",
            "y = x; logits = self.norm(self.output(x))": "the norm comes after the output layer",
        },
        "give the output layer a weight of its own": {
            "e = self.output.weight[tokens]": "embedding and output layer share a weight (tied)",
            "logits = y @ E.weight.T": "embedding and output layer share a weight (tied)",
        },
        "return what the output layer gives, and change nothing": {
            "logits = y": "the hidden states come back",
            "logits = self.output(y) / x.shape[-1] ** 0.5": "the logits are divided by √d_model",
            "logits = self.output(y) * x.shape[-1] ** 0.5": "the logits are multiplied by √d_model",
        },
        "take the embedding as it is, and leave positions to RoPE in the attention": {
            "e = E(tokens) * E.embedding_dim ** 0.5": "the embedding is scaled by √d_model",
            "e = E(tokens) / E.embedding_dim ** 0.5": "the embedding is divided by √d_model",
            "x = e -> x = e + sinusoids(e)": "sinusoidal positions are added to the embedding",
            "x = e -> x = e * E.embedding_dim ** 0.5 + sinusoids(e)": "sinusoidal positions are "
            "added to a scaled embedding",
            "x = e -> x = rope(e)": "RoPE is applied to the embedding",
        },
        "send x through every block, from the first to the last": {
            "for block in self.blocks[:1]:": "only the first block is used",
            "for block in [self.blocks[0]] * len(self.blocks):": "the first block is used again "
            "and again",
            "for block in self.blocks[:-1]:": "the last block is left out",
            "for block in self.blocks[1:]:": "the first block is left out",
            "for block in ():": "no block is used",
            "for block in reversed(self.blocks):": "the blocks run in reverse order",
        },
        "hand x from block to block, each of which has its residuals inside": {
            "block(x) -> block(e)": "only the last block counts (each gets the embedding)",
            "y = self.norm(sum(b(e) for b in self.blocks))": "every block gets the embedding, and "
            "the outputs are added",
            "block(x) -> x + block(x)": "a residual is added around each block",
            "y = self.norm(e + x)": "the embedding is added again after the blocks",
        },
        "make each a DecoderBlock of its own ([DecoderBlock(…)] * n repeats the same one)": {
            "for block in [self.blocks[-1]] * len(self.blocks):": "the blocks are shared",
        },
        "return the logits, as the output layer gives them, at every position": {
            "return torch.softmax(logits, -1)": "a softmax is applied",
            "return torch.log_softmax(logits, -1)": "a log-softmax is applied",
            "return torch.tanh(logits)": "an activation is applied to the logits (tanh)",
            "return logits.mean(-2)": "the positions are averaged",
            ("return logits[..., -1, :]", "return logits[..., -1:, :]"): "only the last position's "
            "logits come back",
            "return logits.argmax(-1)": "token ids come back (arg max)",
            "return logits.mT": "the logits are transposed, (..., vocab_size, n)",
            "return logits[..., 1:, :]": "the logits of the first position are left out",
            "return logits[..., :-1, :]": "the logits of the last position are left out",
        },
        "let position i of a sequence see its tokens 0 to i, and nothing else": {
            "e = E(F.pad(tokens, (1, 0))[..., :-1])": "the tokens are shifted",
            "e = E(tokens.flatten()); return logits.reshape(*tokens.shape, -1)": "the batch is "
            "flattened into one long sequence",
        },
    },
    seen={
        **modules.IN_TRAINING,
        "the output layer has a bias: give it none (bias=False)": modules.unasked("output.bias"),
        "no block's parameters are the model's, as in a plain Python list: use "
        "nn.ModuleList": modules.parameters(_in_plain_list),
        "there are too few blocks: config.n_layers are asked for": _only("blocks."),
        "there are too many blocks: config.n_layers are asked for": _only(unasked="blocks."),
        "the final norm is missing: self.norm = RMSNorm(d_model) before the output": _only("norm."),
        "the final norm has a bias, as a LayerNorm has: use RMSNorm": modules.unasked("norm.bias"),
        "there are learned positions: leave them out, as RoPE tells positions "
        "apart": modules.parameters(lambda got: any("pos" in name for name in got.unasked)),
        "the output layer is missing (perhaps tied): give it a weight of its own": _only("output."),
        "a part has the wrong size: the embedding is (vocab_size, d_model), the output layer goes "
        "back to vocab_size, a block is DecoderBlock(d_model, n_heads, d_ff)": modules.misshaped,
        **modules.BIASED,
        **modules.OTHER_NAMES,
        "a leading dimension is missing or new: tokens (..., n) give logits (..., n, vocab_size), "
        "so a single sequence has no batch "
        "dimension": lambda got, e, *_: got.dim() != e.dim() and got.numel() == e.numel(),
        **SEVERAL_CAME,
        "config is taken apart the wrong way: DecoderLM(config) gets one ModelConfig and reads its "
        "attributes, such as config.d_model": says("ModelConfig", "argument", "subscriptable"),
        "sizes don't divide, as where d_ff and n_heads are swapped: DecoderBlock(d_model, n_heads, "
        "d_ff)": says("divi", "n_heads", "unflatten"),
        "the batch is not handled: tokens may have any number of leading dimensions, also none (a "
        "single sequence), so count from the end (x.shape[-2]) here and in "
        "DecoderBlock": lambda got, e, _, tokens, *__: batch_fails(2)(got, e, tokens),
        "the result is not finite, though it should be": seen.not_finite,
    },
)


def check_DecoderLM(  # noqa: N802
    answer: Any, config: Any, tokens: Tensor, state: modules.State | None = None
) -> Any:
    """Compare the logits of `DecoderLM(config)` on `tokens`, with random parameters or those of a
    trained model, `state`.

    To 1e-4: right answers that add in another order are up to 1e-5 apart.
    """
    if state is None:
        given = modules.at_random(DecoderLM(config))
    else:
        given = modules.Parameters(state, "those of a trained model")
    return _check_decoder_lm(answer, config, tokens, given, tolerance=1e-4)


def _lm(*shapes: tuple[int, ...], **other: int) -> Callable[[Any, Any], Any]:
    sizes = {"vocab_size": 13, "d_model": 12, "n_layers": 2, "n_heads": 3, "d_ff": 10} | other
    return lambda f, config: [
        check_DecoderLM(f, config(**sizes), torch.randint(sizes["vocab_size"], shape))
        for shape in shapes
    ]


def _trained(f: Any, config: Any) -> None:
    settings, weights, _ = austen_files()
    check_DecoderLM(f, config(**settings), torch.randint(1024, (2, 50)), weights)


EXERCISE.cases["DecoderLM"] = {
    "tokens (..., n), any leading dimensions": _lm((3, 5), (7,), (2, 3, 4), (2, 1, 2, 3)),
    "a single token": _lm((1, 1), (1,)),
    "config.n_layers blocks": all_of(
        _lm((2, 6), n_layers=1), _lm((2, 4), n_layers=4, d_model=16, n_heads=4, d_ff=16)
    ),
    "sizes that are alike": _lm((8, 8), vocab_size=8, d_model=8, n_heads=1, d_ff=8),
    "many positions": _lm((1, 30), vocab_size=40, d_model=32, n_heads=8, d_ff=20),
    "tokens in any memory layout": lambda f, config: check_DecoderLM(
        f, config(11, 8, 2, 2, 14), torch.randint(11, (5, 2)).mT
    ),
    "the weights of a trained model": _trained,
}
