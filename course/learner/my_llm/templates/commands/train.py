"""Train a model on a text: it takes a minute or two."""

from pathlib import Path

import torch

from my_llm.tokenizer import Tokenizer
from my_llm.trained import CONTEXT, keep, new_model, train, write


def arguments(parser):
    parser.add_argument("file", type=Path, help="a text, the longer the better")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--model", type=Path, default=Path("my-model.pt"), help="where to keep it")


def run(options):
    if options.model.exists():
        raise FileExistsError(f"{options.model} is there: delete it, or name another by --model")
    text = options.file.read_text(encoding="utf-8", errors="replace")
    tokenizer = Tokenizer.learn(text)
    ids = torch.tensor(tokenizer.encode(text))
    if len(ids) < CONTEXT:
        raise OSError(f"{options.file} has {len(ids)} tokens; {CONTEXT} at least, please")
    torch.set_num_threads(1)  # small matrices: a second thread helps little
    model = new_model(tokenizer.vocab_size)
    print(f"{sum(weight.numel() for weight in model.parameters()):,} parameters", end=", ")
    print(f"{len(ids):,} tokens to learn from, {tokenizer.vocab_size} different ones")
    steps = 0
    try:
        for steps, loss in enumerate(train(model, ids, options.steps), 1):
            if steps == 1 or steps % max(1, options.steps // 10) == 0:
                print(f"step {steps:5}: loss {loss:.2f}", flush=True)
    except KeyboardInterrupt:
        print(f"\nStopped after {steps} steps; what it has learned is kept.")
    keep(model, tokenizer, options.model)
    print(f"Kept in {options.model}. It writes:")
    print(write(model, tokenizer, text[: text.find(" ", 40)], 60))
