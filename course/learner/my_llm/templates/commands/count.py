"""Count the parameters of the model that it trains, part by part."""

from my_llm.config import small
from my_llm.counting import transformer_parameters

try:
    from my_llm.decoder import DecoderLM
except ImportError:  # not there yet
    DecoderLM = None


def arguments(parser):
    parser.add_argument("--tokens", type=int, default=556, help="how many different tokens")


def run(options):
    config = small(options.tokens)
    counted = transformer_parameters(config)
    for part, n in counted.items():
        print(f"{part:14} {n:9,}")
    if DecoderLM is not None:
        n = sum(weight.numel() for weight in DecoderLM(config).parameters())
        print(f"{'the model has':14} {n:9,}")
