"""A model of yours: made, trained by your training_step, kept in a file, and written with."""

import math

import torch

from my_llm.config import small
from my_llm.decoder import DecoderLM
from my_llm.generation import generate
from my_llm.tokenizer import Tokenizer
from my_llm.training import training_step

BATCH, CONTEXT, RATE = 16, 64, 0.006


def new_model(vocab_size):
    """A model that has learned nothing: small random weights, as in exercise 7."""
    config = small(vocab_size)
    model = DecoderLM(config)
    for name, weight in model.named_parameters():
        if weight.dim() >= 2:
            # What is added to the running x is smaller, since two parts of each layer add to it.
            adds = name.endswith(("W_o.weight", "W_down.weight"))
            std = 0.02 / math.sqrt(2 * config.n_layers) if adds else 0.02
            torch.nn.init.normal_(weight, std=std)
    return model


def rate_at(step, n_steps):
    """The learning rate: it rises for a quarter of the steps, then falls to 0."""
    rising = max(1, n_steps // 4)
    if step < rising:
        return RATE * (step + 1) / rising
    return RATE * (1 + math.cos(math.pi * (step - rising) / (n_steps - rising))) / 2


def train(model, ids, n_steps):
    """Let the model learn from ids (n,); yields the loss of each step."""
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.95), weight_decay=0.1)
    for step in range(n_steps):
        first = torch.randint(len(ids) - CONTEXT + 1, (BATCH, 1))
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, n_steps)
        yield training_step(model, optimizer, ids[first + torch.arange(CONTEXT)])


def keep(model, tokenizer, path):
    """Store a model and its merges."""
    merges = [(left.decode("latin-1"), right.decode("latin-1")) for left, right in tokenizer.merges]
    torch.save({"merges": merges, "weights": model.state_dict()}, path)


def bring_back(path):
    """The model and its tokenizer."""
    file = torch.load(path, weights_only=True)
    pairs = ((left.encode("latin-1"), right.encode("latin-1")) for left, right in file["merges"])
    tokenizer = Tokenizer(list(pairs))
    model = new_model(tokenizer.vocab_size)
    model.load_state_dict(file["weights"])
    return model, tokenizer


def write(model, tokenizer, prompt, n_new, temperature=0.7, top_k=20):
    """The prompt, and what the model goes on with."""
    start = torch.tensor([tokenizer.encode(prompt)])
    return tokenizer.decode(generate(model, start, n_new, temperature, top_k)[0].tolist())
