"""Learn a tokenizer from a text, and show the text's beginning in its tokens."""

from pathlib import Path

from my_llm.tokenizer import Tokenizer


def arguments(parser):
    parser.add_argument("file", type=Path, help="a text")
    parser.add_argument("--merges", type=int, default=300, help="how many pairs to merge")
    parser.add_argument("--show", type=int, default=200, help="how many characters to show")


def run(options):
    text = options.file.read_text(encoding="utf-8", errors="replace")
    tokenizer = Tokenizer.learn(text, options.merges)
    ids = tokenizer.encode(text)
    print(f"{len(text):,} characters, {len(ids):,} tokens, {tokenizer.vocab_size} different ones")
    longest = sorted((left + right for left, right in tokenizer.merges), key=len)[:-11:-1]
    print("the longest:", *[token.decode(errors="replace").replace(" ", "␣") for token in longest])
    shown = tokenizer.encode(text[: options.show])
    print("in tokens:  ", "|".join(tokenizer.decode([i]) for i in shown).replace("\n", "¶"))
    print("in ids:     ", *shown[:20], "…" if len(shown) > 20 else "")
    print("and back:   ", "the same text" if tokenizer.decode(ids) == text else "another text!")
