"""Hidden cases are drawn anew for each submission, so that none of them is answered by heart.

Who was told what another submission had been asked would get full marks for a table of results, or
for a wrong idea and a table of what it gets wrong.
"""

import contextlib
import io

import pytest
import torch
from matplotlib.text import Text
from torch import nn

from checks import modules
from checks.attention_patterns.plot_attention import _label
from checks.check import Check
from checks.message import WrongAnswer
from checks.run import aside
from course.authoring.answers import committed_answers
from course.authoring.exercises import exercises
from course.authoring.in_process import cells_of

NAMES = [
    (exercise, name)
    for exercise in exercises()
    for name, solution in cells_of(exercise).solutions.items()
    if "def " in solution  # a number that is asked for is the same for everybody
]
SEED, OTHERS = 1, range(2, 12)


def _ask(cells, name, defined, seed):
    """Run the hidden test of what is defined."""
    torch.default_generator.manual_seed(seed)
    with aside(cells.exercise), contextlib.redirect_stdout(io.StringIO()):
        exec(compile(cells.tests[f"{name}-hidden"], "<hidden>", "exec"), dict(defined))


def _table(cells, name, right, packed, monkeypatch):
    """What the right answer gives to the hidden cases of one submission, but for random results."""
    run, table = Check._run, {}

    def note(check, answer, args, kwargs):
        if answer is not right[name]:
            return run(check, answer, args, kwargs)
        before = torch.get_rng_state()
        result = run(check, answer, args, kwargs)
        if torch.equal(before, torch.get_rng_state()) or isinstance(answer, type):
            table[id(check), packed(args, kwargs)] = result
        return result

    with monkeypatch.context() as patched:
        patched.setattr(Check, "_run", note)
        _ask(cells, name, right, SEED)
    return table


def _look_up(answer, table, packed, else_run):
    """Run checks with an answer that looks up in the table, else runs as `else_run` says."""
    run = Check._run

    def look_up(check, asked, args, kwargs):
        if asked is not answer:
            return run(check, asked, args, kwargs)
        key = id(check), packed(args, kwargs)
        return table[key] if key in table else else_run(run, check, asked, args, kwargs)

    return look_up


@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_a_table_of_anothers_cases_is_no_answer(exercise, name, packed, monkeypatch):
    cells = cells_of(exercise)
    right = cells.answered()
    table = _table(cells, name, right, packed, monkeypatch)
    alone = _look_up(right[name], table, packed, lambda *_: None)
    monkeypatch.setattr(Check, "_run", alone)
    for seed in OTHERS:
        with pytest.raises(WrongAnswer):
            _ask(cells, name, right, seed)


@pytest.mark.parametrize(("exercise", "name"), NAMES)
def test_a_table_beside_a_wrong_idea_is_no_answer(exercise, name, packed, monkeypatch):
    cells = cells_of(exercise)
    right = cells.answered()
    table = _table(cells, name, right, packed, monkeypatch)
    monkeypatch.setattr(Check, "_causes", lambda *_: [])  # which nobody reads here
    faults = []
    for check in cells.exercise.checks[name]:
        for mistake, wrong in check.implementations:
            with monkeypatch.context() as patched:
                beside = _look_up(wrong, table, packed, lambda run, *asked: run(*asked))
                patched.setattr(Check, "_run", beside)
                try:
                    _ask(cells, name, right | {name: wrong}, min(OTHERS))
                except Exception:
                    continue
            faults.append(f"survives: {mistake.message}\n    {getattr(mistake, 'way', '')}")
    assert not faults, "\n\n".join(faults)


@pytest.mark.parametrize(
    ("exercise", "name"), [("7-decoder", "generate"), ("8-generation", "generate_cached")]
)
def test_how_a_models_rule_is_written_in_the_checks_is_no_answer(exercise, name):
    """The checks can be read by learners. Who knew what follows would not need the model."""
    cells = cells_of(exercise)
    right = cells.answered()

    def by_rule(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
        if temperature > 0:
            return right[name](model, tokens, n_new, temperature, top_k, generator)
        given = tokens
        for _ in range(n_new):
            caches = [model.new_caches()] if hasattr(model, "new_caches") else []
            vocab_size = model(given, *caches).shape[-1]
            place = torch.arange(1, tokens.shape[-1] + 1)
            given = ((tokens + 1) * place).sum(-1, keepdim=True) % vocab_size
            tokens = torch.cat((tokens, given), dim=1)
        return tokens

    with pytest.raises(WrongAnswer):
        _ask(cells, name, right | {name: by_rule}, SEED)


class _Scaled(nn.Module):
    """Counts how often it is asked which buffers it has; the layer may be made anew, or as told."""

    asked = 0

    def __init__(self, parameters=("weight",), buffers=(), size=3):
        super().__init__()
        for name in parameters:
            self.register_parameter(name, nn.Parameter(torch.ones(size)))
        for name in buffers:
            self.register_buffer(name, torch.ones(size))

    def named_buffers(self, *args, **kwargs):
        type(self).asked += 1
        return super().named_buffers(*args, **kwargs)

    def forward(self, x):
        return x * self.weight


@pytest.fixture
def scaled():
    return type("Scaled", (_Scaled,), {})


STATE, X = {"weight": torch.tensor([2.0, 3.0, 4.0])}, torch.ones(2, 3)


def test_how_a_module_looks_is_asked_once(scaled):
    """Each of 154 modules of exercise 7 was asked, six questions to the answer's process."""
    results = [modules.run(scaled, scaled(), STATE, X) for _ in range(5)]
    assert scaled.asked == 1
    assert all(torch.equal(result, X * STATE["weight"]) for result in results)


def test_a_later_module_that_looks_otherwise_is_seen(scaled):
    """It would keep the parameters that it has drawn itself."""
    modules.run(scaled, scaled(), STATE, X)
    missing = modules.run(scaled, scaled(("scale",)), STATE, X)
    assert (missing.missing, missing.unasked) == (["weight"], ["scale"])
    assert modules.run(scaled, scaled(("weight", "bias")), STATE, X).unasked == ["bias"]
    assert modules.run(scaled, scaled(size=2), STATE, X).misshaped


def test_a_modules_own_buffers_are_let_be(scaled):
    """Loading into it can't be strict, and no buffer stands for a parameter."""
    for _ in range(2):
        result = modules.run(scaled, scaled(buffers=("angles",)), STATE, X)
        assert torch.equal(result, X * STATE["weight"])
    other = type("Other", (_Scaled,), {})
    assert modules.run(other, other((), ("weight",)), STATE, X).missing == ["weight"]
    # Where the first module was as asked, too.
    modules.run(scaled, scaled(), STATE, X)
    result = modules.run(scaled, scaled(buffers=("angles",)), STATE, X)
    assert torch.equal(result, X * STATE["weight"])


class _Asked(Text):
    """A label that can only be asked for all at once."""

    get_text = get_position = None


@pytest.mark.parametrize(
    "text", ["cat", "", "##body", "'", '"', "it's", "a, 'b", "Text(1, 2, 'x')"]
)
def test_a_label_is_asked_one_question(text):
    """Position and text took four each, three quarters of what exercise 3's tests asked."""
    for at in ((1, 2), (0.5, -1.5)):
        assert [_label(_Asked(*at, text), i) for i in range(2)] == [(at[0], text), (at[1], text)]


@pytest.mark.parametrize("text", ["a\\b", "\n", 'it\'s "x"', "\u200b", "cat"])
def test_an_odd_label_is_asked_by_name(text):
    """What Python writes with a backslash is another text than the label's."""
    for x in (1e-9, float("nan"), float("inf")):
        found = _label(Text(x, 3, text), 1), _label(Text(x, 3, text), 0)
        assert found[0] == (3.0, text) and found[1][1] == text


@pytest.mark.parametrize(
    ("test", "what", "seeds"),
    [("reply_loss-visible", "indices", range(40)), ("LoRALinear-hidden", "deep copy", [1002])],
)
def test_no_right_answer_is_refused_by_what_a_test_draws(test, what, seeds):
    """`logsumexp` less the token's logit has four digits at 1e4, and a gradient in bfloat16 two:
    right answers were refused, one run in sixteen and one in two hundred."""
    cells, name = cells_of("10-fine-tuning"), test.partition("-")[0]
    (answer,) = (
        answer
        for answer in committed_answers("10-fine-tuning")
        if (answer.kind, answer.name) == ("right", name) and answer.what.startswith(what)
    )
    defined = cells.answered(name, answer.code)
    for seed in seeds:
        torch.default_generator.manual_seed(seed)
        with aside(cells.exercise), contextlib.redirect_stdout(io.StringIO()):
            exec(cells.tests[test], dict(defined))
