"""Let a model that you have trained go on with a text."""

from pathlib import Path

import torch

from my_llm.trained import bring_back, write


def arguments(parser):
    parser.add_argument("prompt")
    parser.add_argument("--model", type=Path, default=Path("my-model.pt"))
    parser.add_argument("--length", type=int, default=100, help="how many tokens")
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, help="for the same text each time")


def run(options):
    model, tokenizer = bring_back(options.model)
    if options.seed is not None:
        torch.manual_seed(options.seed)
    print(write(model, tokenizer, options.prompt, options.length, options.temperature))
