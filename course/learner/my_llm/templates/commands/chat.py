"""Talk with SmolLM2, or have it answer a single question."""

import importlib.util
import sys
from pathlib import Path

from my_llm.smollm2 import Conversation

HAS_ADAPTERS = importlib.util.find_spec("my_llm.adapters") is not None  # after exercise 10


def arguments(parser):
    parser.add_argument("question", nargs="?", help="asks only this")
    parser.add_argument("--temperature", type=float, default=0.3)
    parser.add_argument("--top-p", type=float, default=0.9)
    parser.add_argument("--longest", type=int, default=200, help="tokens of an answer")
    if HAS_ADAPTERS:
        parser.add_argument("--adapters", type=Path, help="those that `teach` has kept in a file")
        parser.add_argument("--plain", action="store_true", help="without any adapters")


def add_adapters(model, file):
    """Put in those of a file; of exercise 10, where none is named and there are any."""
    from my_llm.adapters import KEPT, put_in

    if file or KEPT.exists():
        n = put_in(model, file or KEPT)
        print(f"With {n} adapters, {file or KEPT} (--plain: without)", file=sys.stderr)


def run(options):
    conversation = Conversation()
    if HAS_ADAPTERS and not options.plain:
        add_adapters(conversation.model, options.adapters)

    def answer(text):
        for piece in conversation.reply(text, options.longest, options.temperature, options.top_p):
            print(piece, end="", flush=True)
        print()

    if options.question:
        answer(options.question)
        return
    print("An empty line ends the conversation.")
    try:
        while text := input("You: ").strip():
            print("SmolLM2: ", end="", flush=True)
            answer(text)
    except (EOFError, KeyboardInterrupt):
        print()
