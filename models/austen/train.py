"""Train the language model of this folder on a text file and write it next to this script.

    python models/austen/train.py austen.txt

`README.md` says where the text comes from and what came out. Nothing is drawn at random but
from the seed below; another processor or PyTorch version still rounds otherwise and gives
slightly other weights.
"""

import argparse
import json
import math
import time
from dataclasses import asdict
from pathlib import Path

import torch
import torch.nn.functional as F
from rich.progress import track
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch import Tensor, nn

from helpers.parameters import ModelConfig
from helpers.transformer_block import DecoderLM

CONFIG = ModelConfig(
    vocab_size=1024, d_model=128, n_layers=3, n_heads=4, d_ff=352, gated=True, norm="rms"
)
HELD_OUT = 0.05  # the end of the text
SEED = 0
TOKENS_A_STEP = 2048
CONTEXT = 256  # RoPE does not carry over to distances that training never showed
LEARNING_RATE, WARM_UP = 6e-3, 100
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


def initialise(model: DecoderLM) -> None:
    """Normal weights of deviation 0.02, smaller where a layer adds to the residual stream
    (Radford et al. 2019, section 2.3)."""
    for name, parameter in model.named_parameters():
        if parameter.dim() == 2:
            adds = name.endswith(("W_o.weight", "W_down.weight"))
            nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * CONFIG.n_layers) if adds else 0.02)


def learning_rate(step: int, n_steps: int) -> float:
    """Linear warm-up, then half a cosine down to 0."""
    if step < WARM_UP:
        return LEARNING_RATE * (step + 1) / WARM_UP
    return LEARNING_RATE * 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (n_steps - WARM_UP)))


def train(model: DecoderLM, ids: Tensor, n_steps: int) -> None:
    """AdamW on windows drawn at random from `ids` `(n,)`."""
    generator = torch.Generator().manual_seed(SEED)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.1}, {"params": vectors, "weight_decay": 0.0}],
        betas=(0.9, 0.95),
    )
    model.train()
    for step in track(range(n_steps), description="training"):
        starts = torch.randint(
            len(ids) - CONTEXT, (TOKENS_A_STEP // CONTEXT, 1), generator=generator
        )
        windows = ids[starts + torch.arange(CONTEXT + 1)]
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step, n_steps)
        logits = model(windows[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0 or step == n_steps - 1:
            print(
                f"step {step}: loss {loss.item():.3f}, {time.process_time():.0f} CPU s", flush=True
            )


@torch.no_grad()
def bits_per_character(model: DecoderLM, tokenizer: Tokenizer, text: str) -> float:
    """Cross-entropy on `text`, in bits, over its characters. Every token but the first is scored
    once, with at least half a window before it as soon as there is that much."""
    model.eval()
    ids = torch.tensor(tokenizer.encode(text).ids)
    nats = 0.0
    scored = 1
    for start in range(0, len(ids), CONTEXT // 2):
        window = ids[start : start + CONTEXT]
        new = start + len(window) - scored
        if new <= 0:
            break
        nats += F.cross_entropy(model(window)[-new - 1 : -1], window[-new:], reduction="sum").item()
        scored += new
    return nats / math.log(2) / len(text)


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
    train(model, ids, arguments.steps)

    weights = {name: weight.half() for name, weight in model.state_dict().items()}
    model.load_state_dict(weights)
    print(f"{bits_per_character(model, tokenizer, text[split:]):.3f} bits a held-out character")
    save_file(weights, FOLDER / "model.safetensors")
    tokenizer.save(str(FOLDER / "tokenizer.json"))
    (FOLDER / "config.json").write_text(json.dumps(asdict(CONFIG), indent=2) + "\n")


if __name__ == "__main__":
    main()
