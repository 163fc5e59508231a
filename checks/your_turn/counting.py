"""What the learner writes in lesson 11."""

from __future__ import annotations

from torch import Tensor, nn

from checks.check import Exercise
from checks.seen import comes_back, says
from checks.your_turn import YourTurn

_PLACES = Exercise(
    "11-counting",
    ("n_parameters", "attention_term", "gigabytes", "training_bytes"),
    limit_seconds=10,
)
your_turn = YourTurn(_PLACES)


def n_parameters(module: nn.Module) -> int:
    tensors = list(module.parameters())
    return sum(p.numel() for p in tensors)


def attention_term(n: int, d_model: int, n_layers: int) -> int:
    both = 2 * 2 * n * d_model
    return n_layers * both


def gigabytes(n_parameters: int, bits: int) -> float:
    n_bytes = n_parameters * bits / 8
    return n_bytes / 1e9


def training_bytes(n_parameters: int, of_a_text: float, n_texts: int) -> float:
    of_parameters = 16 * n_parameters
    of_texts = n_texts * of_a_text
    return of_parameters + of_texts


_PLACES.check(
    "n_parameters",
    reference=n_parameters,
    expects="how many numbers all its parameters hold together: one number",
    wrong={
        "go through module.parameters(), and add up what numel() says of each": {
            "return len(tensors)": "these are counted as tensors: a matrix is one of them, and "
            "numel() says how many numbers it holds",
            (
                "return tensors[0].numel()",
                "return module.weight.numel()",
            ): "only the weight is counted, and a layer has a bias, too",
            "return tensors[-1].numel()": "only the last of them is counted",
            (
                "tensors = [p for m in module.modules() for p in m.parameters()]"
            ): "modules() gives the module and all that is in it, so parameters come twice",
            (
                "tensors = [p for m in module.children() for p in m.parameters()]"
            ): "children() leaves out what the module holds itself",
            "return sum(p.numel() * p.element_size() for p in tensors)": "these are bytes",
            "return sum(len(p) for p in tensors)": "len() counts the rows of each",
            "return sum(p.dim() for p in tensors)": "dim() says how many dimensions each has",
            (
                "return sum(p.sum() for p in tensors)",
                "return sum(p.sum().item() for p in tensors)",
            ): "the numbers themselves are added up, where they are to be counted",
        }
    },
    seen={
        "the brackets of numel() are missing": says("builtin_function_or_method"),
        "the brackets of parameters() are missing": says("'method' object"),
        "parameters() gives one tensor after another, and numel() is asked of each: "
        "for p in module.parameters()": says("'generator' object"),
        "not every one has two sides: a bias is a list, and numel() counts both": says(
            "index out of range"
        ),
        "a shape isn't a number: numel() multiplies its sides": says("torch.Size"),
        "the sum is missing: how many there are of each comes back": comes_back(list, tuple),
        "a tensor comes back, where whole numbers are counted: numel() gives one": comes_back(
            Tensor
        ),
    },
)
_PLACES.check(
    "attention_term",
    reference=attention_term,
    expects="operations that attention takes a token, besides the weights, in all layers",
    wrong={
        "4 * n * d_model in each layer: comparing and mixing, with 2 * n * d_model each": {
            "return both": "the layers are missing",
            (
                "both = 2 * n * d_model",
                "both = n * d_model * 2 + n",
            ): "it is half: comparing takes 2 * n * d_model, and mixing as much again",
            "both = n * d_model": "a multiplication and an addition are two operations, and there "
            "are two jobs, comparing and mixing",
            (
                "both = 4 * n * n * d_model",
                "both = 2 * n * n * d_model",
            ): "n is there twice: that's the whole text, and a single token is asked for",
            (
                "both = 4 * n * d_model**2",
                "both = 2 * n * d_model**2",
            ): "d_model is there twice, as in a matrix, and attention has none here",
            "both = 4 * d_model": "the n keys are missing",
            "both = 4 * n": "the d_model numbers of a query are missing",
            "both = 6 * n * d_model": "that counts three jobs, and there are two: comparing and "
            "mixing",
            "return n_layers + both": "the layers are added, and each of them takes as much",
            "both = 12 * n * d_model": "the way back is counted, too, and forward is asked for",
        }
    },
    seen={
        "it comes out too large: which factors are in it, and how often?": lambda got, right, *_: (
            got > right
        ),
        "it comes out too small: which factors are in it, and how often?": lambda got, right, *_: (
            got < right
        ),
    },
)
_PLACES.check(
    "gigabytes",
    reference=gigabytes,
    expects="how many GB (a billion bytes each) the parameters take at so many bits each",
    wrong={
        "a byte has 8 bits, and a GB a billion bytes": {
            "n_bytes = n_parameters * bits": "these are billions of bits, and a byte has 8",
            "n_bytes = n_parameters * bits * 8": "it is multiplied by 8, where 8 bits make a byte",
            "return n_bytes": "these are bytes, and a GB is a billion of them",
            "return n_parameters * bits": "these are bits",
            "return n_bytes / 2**30": "these are GiB, of 2**30 bytes, and a GB has 10**9",
            "return n_bytes / 1e6": "these are MB",
            "return n_bytes / 10e9": "10e9 is ten billion, and a GB is 1e9 bytes",
            "return n_bytes * 1e9": "it is multiplied by a billion, where a billion bytes make a "
            "GB",
            "n_bytes = 4 * n_parameters": "4 bytes are taken, whatever bits says",
            "n_bytes = n_parameters / 8": "the bits of each parameter are missing",
            (
                "return n_bytes // 1e9",
                "n_bytes = n_parameters * (bits // 8)",
            ): "it is rounded down, and a small model would take nothing",
        }
    },
    seen={},
)
_PLACES.check(
    "training_bytes",
    reference=training_bytes,
    expects="the bytes of a step: 16 for each parameter, and of_a_text for each text",
    wrong={
        "16 bytes for each parameter, once, and of_a_text bytes for each of the texts": {
            "of_parameters = 4 * n_parameters": "4 bytes are the parameter at rest: its gradient "
            "and two numbers of AdamW are missing",
            "of_parameters = 8 * n_parameters": "AdamW's two numbers are missing",
            "of_parameters = 12 * n_parameters": "one of the four numbers is missing: parameter, "
            "gradient, and two of AdamW",
            "of_parameters = n_parameters": "that counts parameters, each of which takes 16 bytes",
            "of_texts = of_a_text": "the number of texts is missing",
            "return of_parameters": "the activations are missing",
            "return of_texts": "the parameters are missing, with their gradients and AdamW's "
            "numbers",
            (
                "return n_texts * (of_parameters + of_a_text)",
                "of_parameters = 16 * n_parameters * n_texts",
            ): "the parameters are multiplied by the texts, and they are there only once",
            (
                "return 16 * (n_parameters + of_texts)",
                "return 4 * (4 * n_parameters + of_texts)",
                "of_texts = 4 * n_texts * of_a_text",
            ): "of_a_text is in bytes already",
            "return (of_parameters + of_texts) / 1e9": "these are GB, and bytes are asked for",
            "return of_parameters * of_texts": "the two are multiplied, and they lie side by side",
            "of_parameters = 4 * n_parameters + 16": "each of the parameters takes 16 bytes",
        }
    },
    seen={},
)

_NESTED = nn.LayerNorm([3, 5])  # with nothing drawn at random
_NESTED.add_module("inner", nn.LayerNorm(7))
your_turn.also("n_parameters", _NESTED)
your_turn.also("attention_term", 7, 11, 3)
your_turn.also("gigabytes", 300_000_000, 12)
your_turn.also("training_bytes", 11, 700.0, 3)
