"""Talk with SmolLM2, or have it answer a single question."""

from my_llm.smollm2 import Conversation


def arguments(parser):
    parser.add_argument("question", nargs="?", help="asks only this")
    parser.add_argument("--temperature", type=float, default=0.3)
    parser.add_argument("--top-p", type=float, default=0.9)
    parser.add_argument("--longest", type=int, default=200, help="tokens of an answer")


def run(options):
    conversation = Conversation()

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
