"""Growing heads, measuring what they do, switching some off, and reading the stream between.

A head is named by layer and number, both counted from 0: `"L3H1"`. `head("L3H1")` is the index
pair under which tensors of shape `(n_layers, n_heads, ...)` hold it.

What takes texts is for `MiniLM`. What takes ids is for decoders too, `DecoderLM` and its like.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy

import torch
from torch import Tensor, nn

from reference.block import DecoderLM, record_attention
from reference.counting import ModelConfig
from reference.models import MiniLM


def head(name: str) -> tuple[int, int]:
    """`"L3H1"` to `(3, 1)`, so that `scores[head("L3H1")]` is that head's score.

    Raises `ValueError` for any other form.
    """
    found = re.fullmatch(r"L(\d+)H(\d+)", name)
    if not found:
        raise ValueError(f"name is {name!r}; it must be like 'L3H1': layer 3, head 1, from 0")
    return int(found[1]), int(found[2])


def strongest_heads(scores: Tensor, count: int = 1) -> list[str]:
    """The names of the `count` heads with the highest scores, the highest first.

    Shapes: `scores` `(n_layers, n_heads)`. Of equals the one in the lower layer comes first.
    """
    order = scores.flatten().argsort(descending=True, stable=True)[:count].tolist()
    n_heads = scores.shape[1]
    return [f"L{place // n_heads}H{place % n_heads}" for place in order]


def all_weights(model: MiniLM, text: str) -> tuple[list[str], Tensor]:
    """The tokens of `text` and the weights of every head, `(n_layers, n_heads, n, n)`."""
    tokens, ids = model.tokenize(text)
    return tokens, torch.stack(model(ids).attentions)


def random_words(model: MiniLM, n_words: int, generator: torch.Generator) -> Tensor:
    """Every head's weights on `n_words` random words between `[CLS]` and `[SEP]`.

    Shapes: gives `(n_layers, n_heads, n_words + 2, n_words + 2)`. The ids 2000 to 19999 are mostly
    whole English words.
    """
    first, last = model.tokenize("")[1]
    words = torch.randint(2000, 20000, (n_words,), generator=generator)
    return torch.stack(model(torch.cat((first[None], words, last[None]))).attentions)


def mean_weight(weights: Tensor, offset: int) -> Tensor:
    """How much queries look `offset` tokens ahead: 1 is the next token, -1 the one before, 0 the
    query itself.

    Shapes: `weights` `(..., n, n)`, `n > |offset|`; gives `(...)`, the mean over all queries that
    have such a key.
    """
    n = weights.shape[-1]
    queries = torch.arange(max(0, -offset), min(n, n - offset))
    return weights[..., queries, queries + offset].mean(dim=-1)


def induction_score(weights: Tensor, tokens: Tensor) -> Tensor:
    """How much each head looks at what came after an earlier copy of the query's own token.

    Shapes: `weights` `(batch, n_heads, n, n)`, `tokens` `(batch, n)`; gives `(n_heads,)`, the mean
    over all queries whose token occurred before (Olsson et al. 2022, "In-context Learning and
    Induction Heads").

    Raises `ValueError` where no token occurs twice.
    """
    after_copy = torch.zeros_like(weights[:, 0], dtype=torch.bool)
    after_copy[..., 1:] = tokens[:, :, None] == tokens[:, None, :-1]
    after_copy = after_copy.tril()
    repeats = after_copy.any(dim=-1)
    if not repeats.any():
        raise ValueError("tokens must hold one that occurs twice in its sequence: none does")
    on_them = (weights * after_copy[:, None]).sum(dim=-1)  # (batch, n_heads, n)
    return on_them.movedim(1, -1)[repeats].mean(dim=0)


class _Nothing(nn.Module):
    """What a block without a feed-forward network adds to the stream."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


def attention_only(
    n_layers: int, vocab_size: int = 64, d_model: int = 32, rope_base: float = 100.0, seed: int = 1
) -> DecoderLM:
    """An untrained decoder of which only attention is left: one head a layer, no feed-forward.

    `rope_base` is smaller than usual, since 10,000 is meant for longer texts than those of lesson
    14. Initial weights are PyTorch's own, drawn after `torch.manual_seed(seed)`.
    """
    config = ModelConfig(
        vocab_size=vocab_size, d_model=d_model, n_layers=n_layers, n_heads=1, d_ff=1
    )
    torch.manual_seed(seed)
    model = DecoderLM(config, rope_base=rope_base)
    for block in model.blocks:
        block.feed_forward_norm, block.feed_forward = nn.Identity(), _Nothing()
    return model


def copies_in_training(
    model: DecoderLM, loss: Callable[[DecoderLM], Tensor], n_steps: int = 300, every: int = 25
) -> list[DecoderLM]:
    """Train `model` by AdamW, at a rate of 0.005, and keep copies of it.

    Gives a copy from before training and one after `every` steps each, the last of them after
    `n_steps`, where `every` divides it. `model` itself is trained, too.

    Args:
        loss: gives the loss on a batch of its own choice, once a step.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    copies = [deepcopy(model)]
    for step in range(1, n_steps + 1):
        optimizer.zero_grad()
        loss(model).backward()
        optimizer.step()
        if step % every == 0:
            copies.append(deepcopy(model))
    for copy in copies:
        copy.requires_grad_(False).zero_grad()
    return copies


def decoder_weights(model: DecoderLM, ids: Tensor) -> list[Tensor]:
    """The weights on texts `ids` `(batch, n)`: a tensor `(batch, n_heads, n, n)` for each layer."""
    with record_attention(model.blocks) as weights:
        model(ids)
    return weights


def induction_scores(model: DecoderLM, ids: Tensor) -> Tensor:
    """The `induction_score` of every head on texts `ids` `(batch, n)`: `(n_layers, n_heads)`."""
    return torch.stack([induction_score(each, ids) for each in decoder_weights(model, ids)])


def mean_head_outputs(model: nn.Module, texts: Sequence[str] | Tensor) -> Tensor:
    """What each head brings on average, over all tokens of `texts`.

    Shapes: gives `(n_layers, n_heads, d_head)`, the means of the vectors that `W_o` gets.

    Args:
        model: `MiniLM` where `texts` are strings; any model of this course where they are ids
            `(..., n)`.
    """
    layers = _layers(model)
    seen: list[list[Tensor]] = [[] for _ in layers]

    def keep(layer: int, heads: Tensor) -> None:
        seen[layer].append(heads.flatten(0, -2))

    hooks = [
        _output_layer(model, layer).register_forward_pre_hook(
            lambda _, inputs, layer=layer: keep(layer, inputs[0])
        )
        for layer in range(len(layers))
    ]
    try:
        if isinstance(texts, Tensor):
            model(texts)
        else:
            assert isinstance(model, MiniLM)
            for text in texts:
                model(model.tokenize(text)[1])
    finally:
        for hook in hooks:
            hook.remove()
    means = torch.stack([torch.cat(heads).mean(dim=0) for heads in seen])
    n_heads = layers[0].get_submodule("attention").n_heads
    assert isinstance(n_heads, int)
    return means.unflatten(-1, (n_heads, -1))


@contextmanager
def ablated(
    model: nn.Module, where: tuple[int, int], mean: Tensor, at: int | slice = slice(None)
) -> Iterator[None]:
    """Inside the `with`, the head at `where` brings `mean`, whatever it reads.

    This is mean ablation (Wang et al. 2022, "Interpretability in the Wild"): later layers get what
    they are used to from this head, only not what it has to say about this text. After the `with`
    the model is as before.

    Args:
        mean: what the head brings, `(d_head,)`.
        at: the place of the token at which the head is switched off, if it is to go on at the
            others.
    """
    layer, number = where
    own = slice(number * len(mean), (number + 1) * len(mean))

    def replace(_: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        heads = inputs[0].clone()
        heads[..., at, own] = mean
        return (heads,)

    hook = _output_layer(model, layer).register_forward_pre_hook(replace)
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def all_ablated(model: nn.Module, names: Iterable[str], means: Tensor) -> Iterator[None]:
    """Inside the `with`, each of the heads `names` brings its mean, as in `ablated`.

    Shapes: `means` `(n_layers, n_heads, d_head)`, from `mean_head_outputs`.
    """
    with ExitStack() as stack:
        for name in names:
            stack.enter_context(ablated(model, head(name), means[head(name)]))
        yield


def others_of_same_layers(
    names: Sequence[str], n_heads: int, generator: torch.Generator
) -> list[str]:
    """The control for `names`: as many other heads of the same layers, drawn at random.

    Raises `ValueError` where a layer of `n_heads` heads hasn't so many others.
    """
    others = []
    for layer in sorted({head(name)[0] for name in names}):
        taken = {head(name)[1] for name in names if head(name)[0] == layer}
        free = [number for number in range(n_heads) if number not in taken]
        if len(free) < len(taken):
            raise ValueError(
                f"names holds {len(taken)} heads of layer {layer}: with {n_heads} heads in a layer "
                f"there are only {len(free)} others"
            )
        drawn = torch.randperm(len(free), generator=generator)[: len(taken)].tolist()
        others += [f"L{layer}H{free[place]}" for place in sorted(drawn)]
    return others


def head_outputs(model: DecoderLM, x: Tensor, layer: int) -> Tensor:
    """What each head of `layer` brings if the residual stream at that level is `x`.

    Shapes: `x` `(batch, n, d_model)`; gives `(batch, n, n_heads, d_head)`. Side by side, by
    `flatten(-2)`, they are what `W_o` gets. Levels are those of `streams`.
    """
    attention = model.blocks[layer].get_submodule("attention")
    seen: list[Tensor] = []
    hook = _output_layer(model, layer).register_forward_pre_hook(
        lambda _module, inputs: seen.append(inputs[0])
    )
    try:
        model.blocks[layer](x)
    finally:
        hook.remove()
    n_heads = attention.n_heads
    assert isinstance(n_heads, int)
    return seen[0].unflatten(-1, (n_heads, -1))


@contextmanager
def fed(layer: nn.Module, x: Tensor) -> Iterator[None]:
    """Inside the `with`, `layer` reads `x` instead of what it is given."""
    hook = layer.register_forward_pre_hook(lambda _module, _inputs: (x,))
    try:
        yield
    finally:
        hook.remove()


@contextmanager
def made_alike(modules: Iterable[nn.Module], place: int, n_kinds: int) -> Iterator[None]:
    """Inside the `with`, `modules` bring the same at one token for all texts of a kind: their mean.

    What tells these texts apart is then not in it, what they have in common still is.

    Shapes: each module gives `(batch, n, d_model)`; the batch holds `n_kinds` kinds of texts, as
    many of each, one kind after the other.
    """

    def replace(_module: nn.Module, _inputs: tuple[Tensor], output: Tensor) -> Tensor:
        own = output[:, place].unflatten(0, (n_kinds, -1))
        output = output.clone()
        output[:, place] = own.mean(dim=1, keepdim=True).expand_as(own).flatten(0, 1)
        return output

    hooks = [module.register_forward_hook(replace) for module in modules]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def streams(model: DecoderLM, ids: Tensor) -> Tensor:
    """The residual stream at each level: 0 is the embedding, `k` is after `k` blocks.

    Shapes: `ids` `(batch, n)`; gives `(n_layers + 1, batch, n, d_model)`.
    """
    levels = [model.embedding(ids)]
    for block in model.blocks:
        levels.append(block(levels[-1]))
    return torch.stack(levels)


def continue_from(model: DecoderLM, x: Tensor, level: int, at: int | slice = slice(None)) -> Tensor:
    """The logits that come out if the residual stream at `level`, as in `streams`, is `x`.

    Shapes: `x` `(batch, n, d_model)`; gives `(batch, n, vocab_size)`, or of the tokens `at` alone:
    `(batch, vocab_size)` for one of them.
    """
    for block in model.blocks[level:]:
        x = block(x)
    return model.output(model.norm(x[:, at]))


def _layers(model: nn.Module) -> nn.ModuleList:
    """The blocks of an encoder, which calls them `layers`, or of a decoder."""
    layers = model.layers if isinstance(model, MiniLM) else model.blocks
    assert isinstance(layers, nn.ModuleList)
    return layers


def _output_layer(model: nn.Module, layer: int) -> nn.Module:
    return _layers(model)[layer].get_submodule("attention.W_o")
