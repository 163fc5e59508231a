"""Teach SmolLM2 by conversations of yours: it takes a minute."""

from pathlib import Path

import torch

from my_llm.adapters import in_tokens, keep, new_adapters, read_conversations, train
from my_llm.smollm2 import Conversation


def arguments(parser):
    parser.add_argument("file", type=Path, help="a question, below it the reply, an empty line, …")
    parser.add_argument("--steps", type=int, default=12, help="of up to 8 conversations each")
    parser.add_argument("--seed", type=int, default=0, help="another gives other adapters")
    where = Path("my-adapters.pt")
    parser.add_argument("--adapters", type=Path, default=where, help="where to keep them")


def run(options):
    kept = options.adapters
    if kept.exists():
        raise FileExistsError(f"{kept} is there: delete it, or name another by --adapters")
    if not kept.absolute().parent.is_dir():
        raise FileNotFoundError(f"{kept} can't be kept: there is no folder {kept.parent}")
    conversations = read_conversations(options.file)
    talk = Conversation()
    torch.manual_seed(options.seed)
    adapters = new_adapters(talk.model)
    ids, is_reply = in_tokens(talk, conversations, options.file)
    n_learning = sum(adapter.A.numel() + adapter.B.numel() for adapter in adapters.values())
    print(f"{n_learning:,} numbers learn; conversations: {len(conversations)}", flush=True)
    steps, why = 0, ""
    try:
        for steps, loss in enumerate(train(talk.model, adapters, ids, is_reply, options.steps), 1):
            print(f"step {steps:5}: loss {loss:.2f}", flush=True)
    except KeyboardInterrupt:
        why = "you interrupted it"
    except ArithmeticError as error:
        steps, why = error.args
    if not steps:
        raise SystemExit(f"Nothing was learned, so nothing is kept{why and f': {why}'}")
    if why:
        print(f"\nStopped: {why}. What it learned in {steps} steps is kept.")
    keep(adapters, kept)
    print(f"Kept in {kept}. Talk with it: python -m my_llm chat --adapters {kept}")
    question = conversations[0][1]
    print(f"You: {question}\nSmolLM2: {''.join(talk.reply(question, temperature=0)).strip()}")
