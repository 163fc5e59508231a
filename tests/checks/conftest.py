"""What tests of the checks share: mistakes that are run once on the same inputs."""

import io
import pickle

import pytest
import torch

from checks.check import Check
from checks.modules import Parameters
from checks.run import run_of


class _ByValue(pickle.Pickler):
    def reducer_override(self, value):
        if isinstance(value, torch.Tensor):
            numbers = value.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()
            return str, (repr((value.dtype, value.shape, value.stride())),), numbers
        if isinstance(value, torch.Generator):  # an answer gets a copy of it
            return bytes, (value.get_state().numpy().tobytes(),)
        if isinstance(value, type) and value.__module__ == "__main__":  # no module has it
            return str, (f"{value.__name__} at {id(value)}",)
        return NotImplemented


class _Packed:
    """Arguments by value, or None where they have none: a model of the test's own.

    Every mistake is run on the very same ones in turn, which are packed once.
    """

    def __init__(self):
        self._last = (None, None)

    def __call__(self, args, kwargs):
        if self._last[0] is not args or self._last[1] is not kwargs:
            self._last, packed = (args, kwargs), io.BytesIO()
            try:
                _ByValue(packed).dump((args, kwargs))
                self._bytes = packed.getvalue()
            except Exception:
                self._bytes = None
        return self._bytes


def _is_filled(args, kwargs):
    """Whether parameters are given, themselves or in a call's `_Given`."""
    given = (*args, *kwargs.values())
    return any(isinstance(getattr(one, "parameters", one), Parameters) for one in given)


@pytest.fixture
def packed():
    """Says by value what an answer is called with."""
    return _Packed()


@pytest.fixture
def remembered(monkeypatch, packed):
    """Each mistake is held against every other one on the same inputs: run each of them once.

    What draws random numbers gives the same again where they begin at the same place, and leaves
    them where it left them. A module is filled with parameters that are given, so that those it
    starts from don't matter.
    """
    run, results = Check._run, {}

    def run_once(check, answer, args, kwargs):
        by_value = packed(args, kwargs)
        if by_value is None:
            return run(check, answer, args, kwargs)
        key, before = (id(check), answer, by_value), torch.get_rng_state()
        drawing = *key, before.numpy().tobytes()
        known = results.get(key) or results.get(drawing)
        if known is None:
            got, after = run(check, answer, args, kwargs), torch.get_rng_state()
            draws = not torch.equal(before, after)
            changed = run_of(check.exercise).changed
            if draws and _is_filled(args, kwargs):
                draws, after = False, before
            # Arguments are kept, since ids of their classes stand in the key.
            known = got, changed, after if draws else None, args, kwargs
            results[drawing if draws else key] = known
            torch.set_rng_state(after)
        got, run_of(check.exercise).changed, after, *_ = known
        if after is not None:
            torch.set_rng_state(after)
        return got

    monkeypatch.setattr(Check, "_run", run_once)
