"""What exercises 7 and 10 make of a learner's own answers: a tokenizer, a model that is kept, and
adapters that are.

A trained model is stored beside the notebook that trained it, so that it's there after a restart:

    history = train(mine, ids, training_step, n_steps=1000, write=write)
    keep(mine, history)

    history = bring_back(mine)
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save

from reference.tokens import split_words
from reference.training import History

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

ROOT = Path(__file__).resolve().parents[2]
FILE, ADAPTER_FILE = "my-model.safetensors", "my-adapters.safetensors"
N_MERGES, CHARACTERS = 300, 200_000
"""How many merges a learner's tokenizer learns, and from how much text: as in exercise 0."""


class OwnTokenizer:
    """The learner's own answers of exercise 0, called as a tokenizer of the library `tokenizers`.

    Args:
        text: the merges are learned from its beginning.
        n_merges: at most so many; the vocabulary has 256 tokens more.
    """

    def __init__(self, text: str, n_merges: int = N_MERGES) -> None:
        # Slow to import, and only whoever has written a tokenizer needs it.
        from course.learner.own import own

        train_bpe = own("0-tokens", "train_bpe")
        self._encode, self._decode = own("0-tokens", "encode"), own("0-tokens", "decode")
        self.merges = train_bpe(text[:CHARACTERS], n_merges)
        self._known: dict[str, list[int]] = {}

    def encode(self, text: str) -> SimpleNamespace:
        """Has `ids`. Each word is cut up once: nothing is merged across words."""
        ids: list[int] = []
        for word in split_words(text):
            if word not in self._known:
                self._known[word] = list(self._encode(word, self.merges))
            ids += self._known[word]
        return SimpleNamespace(ids=ids)

    def decode(self, ids: list[int]) -> str:
        """The text."""
        return str(self._decode(ids, self.merges))

    def get_vocab_size(self) -> int:
        """How many tokens there are."""
        return 256 + len(self.merges)


def keep(model: nn.Module, history: History) -> None:
    """Store a model and how its training went; say where.

    It takes the place of the one before, unless that has the same shape and more steps behind it.
    """
    path = _place()
    if (n_steps := _steps_behind(path, model)) > len(history.steps):
        print(
            f"{path.name} holds a model of {n_steps:,} steps, so this one of "
            f"{len(history.steps):,} isn't kept. Delete that file if you want it to be."
        )
        return
    weights = {name: weight.clone().contiguous() for name, weight in model.state_dict().items()}
    went = {"steps": history.steps, "losses": history.losses, "seconds": history.seconds}
    try:
        _write(path, save(weights, {"history": json.dumps(went)}))
    except OSError as error:
        print(f"Your model can't be kept, and lasts until this notebook is restarted: {error}")
        return
    print(f"Your model is kept: {_said(path)}")


def bring_back(model: nn.Module, trained_in: str | None = None) -> History:
    """Give `model` the weights that were kept last, and say how they were trained.

    Where there are none, or of another shape, `model` stays as it is and a line says so.

    Args:
        trained_in: the exercise whose notebook kept them, where this one is another's.

    Returns:
        How the training went, without what was written; of 0 steps where nothing was kept.
    """
    path = _place() if trained_in is None else _place_of(trained_in)
    try:
        with safe_open(path, "pt") as file:
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            history = History(**json.loads(file.metadata()["history"]))
    except FileNotFoundError:
        where = "in the cell above" if trained_in is None else f"in exercise {trained_in}"
        print(f"No model is kept yet: train one {where}.")
        return History()
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        print(f"{path.name} can't be read ({error}): train a model in the cell above.")
        return History()
    ours = {name: weight.shape for name, weight in model.state_dict().items()}
    theirs = {name: weight.shape for name, weight in weights.items()}
    if ours != theirs:
        odd = next(name for name in [*ours, *theirs] if ours.get(name) != theirs.get(name))
        print(
            f"The model that is kept has another shape ({odd} is {_shape(theirs, odd)}, here "
            f"{_shape(ours, odd)}): it stays where it is, and yours as it was."
        )
        return History()
    model.load_state_dict(weights)
    print(f"Your model is back. {history}")
    return history


def _steps_behind(path: Path, model: nn.Module) -> int:
    """How many steps the kept model was trained, if it has the shape of `model`; else 0."""
    try:
        with safe_open(path, "pt") as file:
            kept = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            n_steps = len(json.loads(file.metadata()["history"])["steps"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return 0
    shapes = {name: tuple(weight.shape) for name, weight in model.state_dict().items()}
    return n_steps if kept == shapes else 0


def keep_adapters(adapters: Mapping[str, nn.Module]) -> None:
    """Store the matrices `A` and `B` of each adapter, by its name; say where, and how large.

    They take the place of the ones before. The learner's program gets them, if it's so far.
    """
    path = _place(ADAPTER_FILE)
    matrices = {
        f"{name}.{letter}": getattr(adapter, letter).detach().clone().contiguous()
        for name, adapter in adapters.items()
        for letter in "AB"
    }
    try:
        size = _write(path, save(matrices, {"alpha": f"{_alpha(adapters):.4g}"}))
    except OSError as error:
        print(f"Your adapters can't be kept, and last until this notebook is restarted: {error}")
        return
    print(f"Your adapters are kept: {_said(path)}, {size / 1e6:.1f} MB")
    if path.parent == Path.cwd() and (path.parent.parent / ".copies.json").exists():
        _give_to_program(path.parent.parent)


def _alpha(adapters: Mapping[str, nn.Module]) -> float:
    """What the adapters were made with, all with the same. It is measured, since how a learner's
    class keeps it is the learner's affair; 0 where nothing was learned, so that it can't be."""
    for adapter in adapters.values():
        A, B = (adapter.get_parameter(letter).data for letter in "AB")
        x = torch.eye(A.shape[1], dtype=A.dtype)
        with torch.no_grad():
            change = adapter(x) - adapter.get_submodule("linear")(x)
        product = x @ A.T @ B.T
        if size := float(product.square().sum()):
            return len(A) * float((change * product).sum()) / size
    return 0.0


def _give_to_program(work: Path) -> None:
    from course.learner.my_llm.weights import bring_adapters

    with contextlib.suppress(OSError):  # whoever brings the program up to date is told
        if bring_adapters(work):
            print("my_llm talks with them now. Try it, in work/: python -m my_llm chat")


def bring_back_adapters(adapters: Mapping[str, nn.Module]) -> bool:
    """Give adapters the matrices that were kept last under their names.

    Returns:
        Whether it did. Where none are kept, or other ones, a line says so and nothing changes.
    """
    path = _place(ADAPTER_FILE)
    try:
        kept = load(path.read_bytes())
    except FileNotFoundError:
        print("No adapters are kept yet: train them in the cells above.")
        return False
    except (OSError, SafetensorError) as error:
        print(f"{path.name} can't be read ({error}): train adapters in the cells above.")
        return False
    ours = {
        f"{name}.{letter}": getattr(a, letter) for name, a in adapters.items() for letter in "AB"
    }
    if {n: m.shape for n, m in ours.items()} != {n: m.shape for n, m in kept.items()}:
        print("The adapters that are kept are of other layers or ranks: yours stay as they are.")
        return False
    for name, matrix in ours.items():
        matrix.data.copy_(kept[name])
    print(f"Your adapters are back: {_said(path)}")
    return True


def _write(path: Path, content: bytes) -> int:
    """Write a file at once, so that whoever reads it finds it whole; gives its bytes."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(content)
    part.replace(path)
    return len(content)


def _place(file: str = FILE) -> Path:
    """Beside the notebook, but for the course's own folders, which nothing that is run changes."""
    here = Path.cwd()
    if here.is_relative_to(ROOT) and not here.is_relative_to(ROOT / "work"):
        here = Path(tempfile.gettempdir()) / "llm-basics"
    return here / file


def _place_of(exercise: str) -> Path:
    """Where another exercise's notebook keeps a model, looked for as `own` looks for answers."""
    here = Path.cwd()
    if _place().parent != here:  # the course's own folders know no learner's model
        return _place().parent / exercise / FILE
    folders = (here.parent / exercise, here, here / exercise, ROOT / "work" / exercise)
    found = (folder / FILE for folder in folders if (folder / FILE).is_file())
    return next(found, folders[0] / FILE)


def _said(path: Path) -> str:
    beside = path.parent == Path.cwd()
    where = "beside this notebook" if beside else "in a temporary folder, since this isn't work/"
    return f"{path.name}, {where}"


def _shape(shapes: dict[str, object], name: str) -> str:
    shape = shapes.get(name)
    return "missing" if shape is None else str(tuple(shape))  # type: ignore[arg-type]
