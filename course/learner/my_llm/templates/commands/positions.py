"""Show how three ways to know positions tell near from far."""

import torch

from my_llm.positions import alibi_bias, apply_rope, sinusoidal_encoding


def arguments(parser):
    parser.add_argument("--far", type=int, default=32, help="the largest distance")


def run(options):
    distances = [d for d in (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512) if d <= options.far]
    print(f"{'distance':28}", *[f"{d:6}" for d in distances])
    waves = sinusoidal_encoding(options.far + 1, 64)
    alike = (waves @ waves[0] / (waves[0] @ waves[0])).tolist()
    print(f"{'sinusoids: how alike':28}", *[f"{alike[d]:6.2f}" for d in distances])
    x = torch.ones(1, 64)
    for start in (0, 100):
        query = apply_rope(x, torch.tensor([start + options.far]))
        keys = apply_rope(
            x.expand(len(distances), 64), start + options.far - torch.tensor(distances)
        )
        row = (keys @ query[0] / 64).tolist()
        name = f"RoPE: scores from {start + options.far}"
        print(f"{name:28}", *[f"{score:6.2f}" for score in row])
    for head, bias in enumerate(alibi_bias(4, options.far + 1)[:, -1].tolist(), 1):
        name = f"ALiBi: head {head} of 4"
        print(f"{name:28}", *[f"{bias[options.far - d] + 0:6.2f}" for d in distances])
