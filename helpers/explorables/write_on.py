"""The course's own model, which goes on with the reader's words in the page itself."""

from __future__ import annotations

from helpers.explorables.output import Explorable
from helpers.plotting import plot_next_token
from reference.models import load_austen

SHOWN = 8
"""How many of the likeliest tokens are drawn."""


def explore_write_on(
    question: str, prompt: str, temperature: float = 0.8, seed: int = 9
) -> Explorable:
    """The model of helpers/models writes on, token by token, by the reader's words and temperature.

    It runs in the page, where its files can be fetched from the same server: in the book and in
    JupyterLab. The still picture has the tokens that are likeliest at first.

    Args:
        question: what the reader finds out by letting it write; it ends with a question mark.
        prompt: the words that stand there at first.
        temperature: the one at first, above 0 and at most 2.
        seed: of the numbers by which tokens are drawn; those of 9 begin with likely tokens.

    Raises:
        ValueError: `prompt` has no token, or `temperature` is out of its range.
    """
    if not prompt:
        raise ValueError("prompt is empty: the model goes on with what it is given")
    if not 0 < temperature <= 2:
        raise ValueError(f"temperature is {temperature}: it must be above 0 and at most 2")
    model = load_austen()
    logits = model(model.tokenize(prompt)[1])[-1]
    best = (logits / temperature).softmax(dim=-1).topk(SHOWN)
    tokens = [model.decode(token[None]) for token in best.indices]
    likeliest = dict(zip(tokens, best.values.tolist(), strict=True))
    title = f'What could follow "{prompt}", at a temperature of {temperature:g}'
    data = {
        "prompt": prompt,
        "temperature": temperature,
        "seed": seed,
        "vocab_size": len(logits),
        "next": [{"token": token, "share": round(p, 4)} for token, p in likeliest.items()],
    }
    still = plot_next_token(likeliest, len(logits) - SHOWN, title=title)
    return Explorable("write_on", question, data, still)
