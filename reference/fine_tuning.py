"""Fine-tuning by low-rank adapters: the answers of exercise 10, and what lesson 16 needs to run
them on SmolLM2."""

import math
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from helpers.conversations import Conversation, as_prompt
from reference.generation import generate_cached
from reference.models import PretrainedDecoder
from reference.training import schedule

END = "<|im_end|>"
ADAPTED = ("W_q", "W_v")
"""The layers of an attention that get an adapter; Hu et al. 2021, section 7.1, compare choices."""
BATCH, LEARNING_RATE, WARM_UP = 8, 3e-3, 0.1


class LoRALinear(nn.Module):
    """A linear layer that is kept as it is, and a thin one beside it that learns (Hu et al. 2021,
    "LoRA", section 4.1).

    Attributes: `linear`, frozen; `A` `(rank, d_in)`, drawn at random; `B` `(d_out, rank)`, zeros,
    so that before a step the result is that of `linear`.

    Raises `ValueError` unless `1 <= rank <= min(d_in, d_out)`.
    """

    def __init__(self, linear: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        d_out, d_in = linear.weight.shape
        if not 1 <= rank <= min(d_in, d_out):
            raise ValueError(
                f"rank is {rank}; it must be at least 1 and at most {min(d_in, d_out)}, the "
                "smaller side of the weight"
            )
        self.linear = linear.requires_grad_(False)
        self.A = nn.Parameter(linear.weight.new_empty(rank, d_in).normal_(std=1 / math.sqrt(d_in)))
        self.B = nn.Parameter(linear.weight.new_zeros(d_out, rank))
        self.scale = alpha / rank

    def forward(self, x: Tensor) -> Tensor:
        """Shapes: `x` `(..., d_in)`; gives `(..., d_out)`."""
        return self.linear(x) + self.scale * (x @ self.A.T @ self.B.T)

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """A linear layer of its own memory that gives the same results: `W + scale * B @ A`."""
        weight, bias = self.linear.weight, self.linear.bias
        d_out, d_in = weight.shape
        new = nn.Linear(d_in, d_out, bias is not None, weight.device, weight.dtype)
        new.weight.copy_(weight + self.scale * self.B @ self.A)
        if bias is not None:
            new.bias.copy_(bias)
        return new


def reply_loss(logits: Tensor, tokens: Tensor, is_reply: Tensor) -> Tensor:
    """The mean of `-ln p`, in nats, over the tokens of replies that have a predecessor.

    Shapes: `logits` `(..., n, vocab_size)`, `tokens` and `is_reply` `(..., n)`, boolean; gives a
    scalar. The logits at position `i` predict the token at `i + 1`.

    Raises `ValueError` where no token that is predicted belongs to a reply.
    """
    counts = is_reply[..., 1:]
    if not counts.any():
        raise ValueError("is_reply has no True behind the first position: no reply is predicted")
    return F.cross_entropy(logits[..., :-1, :][counts], tokens[..., 1:][counts])


def dpo_loss(
    chosen: Tensor, rejected: Tensor, chosen_before: Tensor, rejected_before: Tensor, beta: float
) -> Tensor:
    """How little the better reply of a pair has gained on the other, since the model was what it
    was before (Rafailov et al. 2023, "Direct Preference Optimization", equation 7).

    Shapes: all but `beta` `(batch,)`, the summed log-probabilities of replies; gives a scalar.
    """
    gained = (chosen - chosen_before) - (rejected - rejected_before)
    return -F.logsigmoid(beta * gained).mean()


def add_lora(
    model: nn.Module,
    rank: int,
    alpha: float | None = None,
    names: Sequence[str] = ADAPTED,
    seed: int = 0,
) -> list[nn.Parameter]:
    """Put a new adapter beside each linear layer of these names; the model changes nothing yet.

    Adapters that are there already are replaced. `alpha` is twice the rank unless given.

    Returns:
        The parameters of the adapters, all that training may change.

    Raises:
        ValueError: as `LoRALinear`, or no layer has such a name.
    """
    remove_lora(model)
    model.requires_grad_(False)
    learning: list[nn.Parameter] = []
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for parent in [*model.modules()]:
            for name in names:
                layer = getattr(parent, name, None)
                if isinstance(layer, nn.Linear):
                    adapted = LoRALinear(layer, rank, 2 * rank if alpha is None else alpha)
                    setattr(parent, name, adapted)
                    learning += [adapted.A, adapted.B]
    if not learning:
        raise ValueError(f"names is {names}; the model has no linear layer of such a name")
    return learning


def remove_lora(model: nn.Module) -> None:
    """Take all adapters away: the layers beside them have never changed."""
    for parent in [*model.modules()]:
        for name, layer in [*parent.named_children()]:
            if isinstance(layer, LoRALinear):
                setattr(parent, name, layer.linear)


def in_tokens(
    model: PretrainedDecoder, conversations: Sequence[Conversation]
) -> tuple[Tensor, Tensor, Tensor]:
    """Conversations in the chat format, with the end of the reply, filled up at the right.

    Gives ids, which of them belong to a reply, and which to the conversation at all, each
    `(n_conversations, n)`.
    """
    ids, is_reply, is_there = [], [], []
    for question, reply in conversations:
        asked, said = (
            torch.tensor(model.tokenizer.encode(text).ids)
            for text in (as_prompt(question), reply + END)
        )
        ids.append(torch.cat((asked, said)))
        is_reply.append(torch.arange(len(ids[-1])) >= len(asked))
        is_there.append(torch.ones(len(ids[-1]), dtype=torch.bool))
    padded = (nn.utils.rnn.pad_sequence(each, True) for each in (ids, is_reply, is_there))
    return tuple(padded)  # type: ignore[return-value]


def fine_tune(
    model: PretrainedDecoder,
    conversations: Sequence[Conversation],
    learning: Sequence[nn.Parameter],
    n_steps: int,
    *,
    replies_only: bool = True,
    learning_rate: float = LEARNING_RATE,
    batch: int = BATCH,
    seed: int = 0,
) -> Iterator[float]:
    """Train `learning` on the conversations, drawn in an order that `seed` decides, each once
    before any comes again; gives the loss before each step, in nats a token.

    AdamW (Loshchilov & Hutter 2019) without decay; the norm of all gradients is cut to 1. The
    learning rate rises for a tenth of the steps, then falls in half a cosine. `replies_only`: the
    loss counts the tokens of replies and their end, else those of the questions as well.
    """
    ids, is_reply, is_there = in_tokens(model, conversations)
    counts = is_reply if replies_only else is_there
    optimizer = torch.optim.AdamW(learning, weight_decay=0.0)
    order, dice = torch.empty(0, dtype=torch.long), torch.Generator().manual_seed(seed)
    for step in range(n_steps):
        if len(order) < batch:
            order = torch.randperm(len(ids), generator=dice)
        now, order = order[:batch], order[batch:]
        n = int(is_there[now].sum(dim=1).max())
        optimizer.param_groups[0]["lr"] = learning_rate * schedule(step, n_steps, WARM_UP)
        loss = reply_loss(model(ids[now, :n]), ids[now, :n], counts[now, :n])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learning, 1.0)
        optimizer.step()
        yield loss.item()
    optimizer.zero_grad()


def replies(model: PretrainedDecoder, prompts: Sequence[str], n_new: int) -> list[str]:
    """What the model replies to each prompt in at most `n_new` tokens, the likeliest each time."""
    of_length = defaultdict(list)
    for i, prompt in enumerate(prompts):
        ids = model.tokenizer.encode(prompt).ids
        of_length[len(ids)].append((i, ids))
    said = {}
    for n, those in of_length.items():
        written = generate_cached(model, torch.tensor([ids for _, ids in those]), n_new, 0.0)
        for (i, _), row in zip(those, written, strict=True):
            said[i] = model.decode(row[n:]).split(END)[0]
    return [said[i] for i in range(len(prompts))]


def share_right(
    model: PretrainedDecoder, conversations: Sequence[Conversation], n_new: int = 12
) -> float:
    """The share, 0 to 1, of replies that are those of the conversations, to the last character."""
    said = replies(model, [as_prompt(question) for question, _ in conversations], n_new)
    right = sum(each == reply for each, (_, reply) in zip(said, conversations, strict=True))
    return right / len(said)


def shuffled(conversations: Sequence[Conversation], seed: int = 0) -> list[Conversation]:
    """The same questions and the same replies, but each question with a reply to another one."""
    order = [*range(len(conversations))]
    random.Random(seed).shuffle(order)
    following = dict(zip(order, order[1:] + order[:1], strict=True))
    return [
        Conversation(question, conversations[following[i]].reply)
        for i, (question, _) in enumerate(conversations)
    ]
