"""Show where the heads of a trained model, MiniLM, look in a sentence."""

from my_llm.minilm import look_at
from my_llm.patterns import attention_entropy, most_attended, previous_token_score


def arguments(parser):
    parser.add_argument("sentence")
    parser.add_argument("--head", type=int, nargs=2, metavar=("LAYER", "HEAD"), default=(0, 2))


def run(options):
    tokens, weights = look_at(options.sentence)
    scores = previous_token_score(weights).flatten().tolist()
    widths = attention_entropy(weights).mean(dim=-1).flatten().tolist()
    for what, numbers in (
        ("looks back by one", scores),
        ("looks most widely (entropy in nats)", widths),
    ):
        best = sorted(range(len(numbers)), key=lambda i: -numbers[i])[:4]
        print(f"{what}:", ", ".join(f"L{i // 12}H{i % 12} {numbers[i]:.2f}" for i in best))
    layer, head = options.head
    print(f"\nL{layer}H{head}: a row for each query; the darker, the more it looks at that key")
    for token, row, most in zip(
        tokens,
        weights[layer, head].tolist(),
        most_attended(weights[layer, head], tokens),
        strict=True,
    ):
        print(f"{token:>14} {''.join('·░▒▓█'[min(4, int(5 * w))] for w in row)} {most}")
