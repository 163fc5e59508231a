"""What you teach SmolLM2: small changes of its layers, made by your LoRALinear and reply_loss."""

import math
from pathlib import Path

import torch
from torch import nn

from my_llm.fine_tuning import LoRALinear, reply_loss

KEPT = Path(__file__).parent / "weights" / "my-adapters.pt"  # those of exercise 10
ADAPTED, RANK, BATCH, RATE = ("W_q", "W_v"), 4, 8, 0.003  # as in exercise 10
LONGEST, AT_ONCE = 256, 400  # tokens of a conversation, and in memory: with their slopes 2 GB


def layers(model):
    """Of each linear layer, by its name ("3.W_q" is in block 3), what holds it."""
    return {
        f"{i}.{name}": part
        for i, block in enumerate(model.blocks)
        for part in (block.attention, block.feed_forward)
        for name, layer in part.named_children()
        if isinstance(layer, nn.Linear)
    }


def new_adapters(model):
    """Put adapters into the model that change nothing yet; gives them by the layers' names."""
    made = {}
    for name, part in layers(model).items():
        layer = name.partition(".")[2]
        if layer in ADAPTED:
            made[name] = LoRALinear(getattr(part, layer), RANK, alpha=2 * RANK)
            setattr(part, layer, made[name])
    return made


def read_conversations(path):
    """Of each its line in the file, its question (that line) and its reply (those below it).

    OSError: the file can't be read, or isn't written so; the message names the line.
    """
    found, open_at = [], 0
    for n, raw in enumerate([*path.read_bytes().splitlines(), b""], 1):
        try:
            line = raw.decode("utf-8-sig" if n == 1 else "utf-8")
        except UnicodeDecodeError:
            raise OSError(f"{path}, line {n}, isn't UTF-8: save the file so") from None
        if line.strip() and not open_at:
            open_at, question, reply = n, line.strip(), []
        elif line.strip():
            reply.append(line)
        elif open_at:
            if not reply:
                raise OSError(
                    f"{path}, line {open_at}, {question[:50]!r}, has no reply: write it on the "
                    "line below, and an empty line between two conversations"
                )
            found.append((open_at, question, "\n".join(reply).strip()))
            open_at = 0
    if not found:
        raise OSError(f"{path}, line 1: there are no conversations in it")
    return found


def in_tokens(talk, conversations, path):
    """Ids, and whether each is part of a reply: (n_conversations, n), filled up at the right.

    OSError: a conversation is too long; the message names its line in the file at `path`.
    """
    ids, is_reply = [], []
    for line, question, reply in conversations:
        asked, said = talk.prompt(question), [*talk.encode(reply), talk.end]
        if (n := len(asked + said)) > LONGEST:
            raise OSError(
                f"{path}, line {line}: the conversation is {n} tokens long, and at most {LONGEST} "
                "fit into memory: shorten it, or make two of it"
            )
        ids.append(torch.tensor(asked + said))
        is_reply.append(torch.tensor([False] * len(asked) + [True] * len(said)))
    return [nn.utils.rnn.pad_sequence(each, batch_first=True) for each in (ids, is_reply)]


def train(model, adapters, ids, is_reply, n_steps):
    """Let the adapters learn from conversations; yields the loss of each step.

    ArithmeticError: a loss or its slope is no finite number. The adapters are then those that gave
    a finite loss last; args are how many steps these have learned in, and what is wrong.
    """
    learning = [matrix for adapter in adapters.values() for matrix in (adapter.A, adapter.B)]
    optimizer = torch.optim.AdamW(learning, weight_decay=0.0)
    order, batch = torch.empty(0, dtype=torch.long), min(BATCH, len(ids))
    before = [matrix.detach().clone() for matrix in learning]
    for step in range(n_steps):
        if len(order) < batch:  # each conversation once before any comes again
            order = torch.cat((order, torch.randperm(len(ids))))
        now, order = order[:batch], order[batch:]
        # Adam's first steps are as long as its rate: with one conversation they went astray.
        rising, falling = (step + 1) / max(3, n_steps // 10), 1 + math.cos(math.pi * step / n_steps)
        optimizer.param_groups[0]["lr"] = RATE * min(rising, falling / 2)
        n = int(is_reply[now].any(dim=0).nonzero().max()) + 1  # up to the end of the longest
        optimizer.zero_grad()
        loss, n_targets = 0.0, is_reply[now, 1:n].sum()
        for some in now.split(max(1, AT_ONCE // n)):
            share = is_reply[some, 1:n].sum() / n_targets
            part = share * reply_loss(
                model.logits(ids[some, :n]), ids[some, :n], is_reply[some, :n]
            )
            loss += part.item()
            if part.requires_grad:
                part.backward()
        if not math.isfinite(loss):
            for matrix, old in zip(learning, before, strict=True):
                matrix.data.copy_(old)
            raise ArithmeticError(max(0, step - 1), f"in step {step + 1} the loss {NOT_FINITE}")
        if lost := [name for name, adapter in adapters.items() if adapter.B.grad is None]:
            raise SystemExit(f"No gradient reaches your adapters of {', '.join(lost[:4])} {LOST}")
        if not nn.utils.clip_grad_norm_(learning, 1.0).isfinite():
            raise ArithmeticError(step, f"in step {step + 1} a slope of the loss {NOT_FINITE}")
        before = [matrix.detach().clone() for matrix in learning]
        optimizer.step()
        yield loss


def keep(adapters, path):
    """Store A and B of each adapter of these."""
    kept = {
        name: {"A": adapter.A.detach(), "B": adapter.B.detach(), "alpha": 2.0 * RANK}
        for name, adapter in adapters.items()
    }
    torch.save(kept, path)


def put_in(model, path):
    """Merge adapters that are kept into the model's layers; gives how many.

    OSError: the file can't be read, or they don't fit into this model.
    """
    try:
        kept = torch.load(path, weights_only=True)
        if not kept or not all(isinstance(one, dict) for one in kept.values()):
            raise ValueError  # something else of PyTorch's
        kept = {name: (one["A"], one["B"], float(one["alpha"])) for name, one in kept.items()}
        shapes = {name: (tuple(A.shape), tuple(B.shape)) for name, (A, B, _) in kept.items()}
    except OSError:
        raise
    except Exception:  # of many kinds: it may be cut off, or something else
        raise OSError(f"{path} {NOT_READ}") from None
    there = layers(model)
    for name, (A, B, alpha) in kept.items():
        if name not in there:
            raise OSError(
                f"{path} changes a layer {name}, which this model doesn't have: its layers are "
                f"{', '.join([*there][:7])} and so on, up to {[*there][-1]}"
            )
        layer = name.partition(".")[2]
        old = getattr(there[name], layer)
        d_out, d_in = old.weight.shape
        rank = len(A) if A.dim() else 0
        right = (rank, d_in), (d_out, rank)
        if shapes[name] != right or not 1 <= rank <= min(d_in, d_out):
            raise OSError(
                f"{path} doesn't fit: of {name}, A is {shapes[name][0]} and B {shapes[name][1]}; "
                f"right would be (rank, {d_in}) and ({d_out}, rank), with a rank from 1 to "
                f"{min(d_in, d_out)}"
            )
        if not all(number.isfinite().all() for number in (A, B, torch.tensor(alpha))):
            raise OSError(f"{path}: something in {name} {NOT_FINITE}: train it anew")
        adapter = LoRALinear(old, rank, alpha)
        with torch.no_grad():
            adapter.A.copy_(A)
            adapter.B.copy_(B)
        setattr(there[name], layer, adapter.merged().requires_grad_(False))
    return len(kept)


LOST = (
    "and so on, so they can't learn: something that your attention calls, split_heads or "
    "apply_rope for instance, goes through NumPy, .detach() or torch.no_grad()"
)
NOT_FINITE = "is no finite number"
NOT_READ = (
    "holds no adapters that can be read: `teach` makes such a file, and the course one of the "
    "adapters that exercise 10 keeps, weights/my-adapters.pt"
)
