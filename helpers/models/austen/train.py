"""Train the language model of this folder on a text file and write it next to this script.

    python helpers/models/austen/train.py austen.txt

`README.md` says where the text comes from and what came out. Nothing is drawn at random but
from the seed below; another processor or PyTorch version still rounds otherwise and gives
slightly other weights.
"""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from reference.block import DecoderLM
from reference.counting import ModelConfig
from reference.training import bits_per_character, initialise, train

CONFIG = ModelConfig(
    vocab_size=1024, d_model=128, n_layers=3, n_heads=4, d_ff=352, gated=True, norm="rms"
)
HELD_OUT = 0.05  # the end of the text
SEED = 0
BATCH = 8
CONTEXT = 256  # RoPE does not carry over to distances that training never showed
LEARNING_RATE, WARM_UP = 6e-3, 1 / 30
FOLDER = Path(__file__).parent


def train_tokenizer(text: str) -> Tokenizer:
    """Byte-level byte-pair encoding of `CONFIG.vocab_size` tokens (Sennrich et al. 2016)."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=CONFIG.vocab_size,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return tokenizer


def main() -> None:
    """Read the arguments, train, measure, write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", type=Path, help="the novels, UTF-8")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(SEED)

    text = arguments.text.read_text(encoding="utf-8")
    split = round(len(text) * (1 - HELD_OUT))
    tokenizer = train_tokenizer(text[:split])
    ids = torch.tensor(tokenizer.encode(text[:split]).ids)
    print(f"{split} characters, {len(ids)} tokens, {len(text) - split} characters held out")

    model = DecoderLM(CONFIG)
    initialise(model)
    train(
        model,
        ids,
        n_steps=arguments.steps,
        batch=BATCH,
        context=CONTEXT,
        learning_rate=LEARNING_RATE,
        warm_up=WARM_UP,
        seed=SEED,
    )
    print(f"{time.process_time():.0f} CPU s")

    weights = {name: weight.half() for name, weight in model.state_dict().items()}
    model.load_state_dict(weights)
    bits = bits_per_character(model, tokenizer, text[split:], CONTEXT)
    print(f"{bits:.3f} bits a held-out character")
    save_file(weights, FOLDER / "model.safetensors")
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    (FOLDER / "config.json").write_text(json.dumps(asdict(CONFIG), indent=2) + "\n")


if __name__ == "__main__":
    main()
