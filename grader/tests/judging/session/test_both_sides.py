"""What crosses between test and answer, and what comes of it: each test on two kinds of engine.

In the sandbox, as learners are graded, and with both sides as children of the test process, where
coverage sees their lines. No process has to be killed for these tests.
"""

from __future__ import annotations

import pytest

from nbexaminer.judging.notebook.cell import NOTE
from nbexaminer.judging.session.engine import Engine
from support.notebooks import (
    given,
    outcomes,
    outputs_of,
    run,
    text_of,
)


@pytest.fixture(scope="module")
def engine(each_engine: Engine) -> Engine:
    return each_engine


# Every kind of value that a contract answer takes or gives ----------------------------------

VALUES = [
    ("plain values", "def f(x): return x",
     "for v in [None, True, 3, 2**80, -0.5, 'é', b'x', [1, 'a'], (1, (2,)), {'a': [1]}, {1, 2}]:\n"
     "    got = f(v)\n    assert got == v and type(got) is type(v), got"),
    ("infinities and NaN", "def f(x): return x",
     "assert f(float('inf')) == math.inf and math.isnan(f(math.nan))"),
    ("tensors of every dtype", "def f(x): return x",
     "for d in [torch.bool, torch.uint8, torch.int8, torch.int64, torch.float16, torch.bfloat16,\n"
     "          torch.float32, torch.float64, torch.complex64, torch.complex128]:\n"
     "    for shape in [(), (0, 3), (2, 3)]:\n"
     "        x = torch.ones(shape).to(d)\n        y = f(x)\n"
     "        assert type(y) is torch.Tensor and y.dtype == d and torch.equal(x, y), d"),
    ("views", "def f(x): return x.T[:, 1:], x.expand(4, 2, 3)",
     "x = torch.arange(6.).view(2, 3)\na, b = f(x)\n"
     "assert torch.equal(a, x.T[:, 1:]) and b.shape == (4, 2, 3)"),
    ("the layout of a transposed tensor", "def f(x): return x.is_contiguous(), x.stride()\n"
     "def f_view(x): return x.view(-1)",
     "for x in [torch.ones(2, 8, 5).mT, torch.ones(3, 4, 5).permute(2, 0, 1)]:\n"
     "    assert f(x) == (False, x.stride()), f(x)\n"
     "try:\n    f_view(torch.ones(8, 5).mT)\n"
     "except RuntimeError as e:\n    assert 'view size is not compatible' in str(e)\n"
     "else:\n    assert False"),
    ("parameters and gradients", "def f(x): return nn.Parameter(x), (x * 2).requires_grad_()",
     "a, b = f(torch.ones(2))\nassert type(a) is torch.Tensor and not b.requires_grad"),
    ("NumPy", "def f(x):\n"
     "    return x.numpy(), np.float64(2.5), np.int64(3), np.str_('a'), np.bool_(True)",
     "a, *rest = f(torch.ones(2, 3))\n"
     "assert type(a) is np.ndarray and a.shape == (2, 3)\n"
     "assert rest == [2.5, 3, 'a', True] and [type(r) for r in rest] == "
     "[np.float64, np.int64, str, np.bool_]"),
    ("dtypes", "def f(d): return torch.ones(1, dtype=d).dtype",
     "assert f(torch.bfloat16) is torch.bfloat16"),
    ("keywords and defaults", "def f(x, *, dim=-1, mask=None): return dim, mask is None",
     "assert f(torch.ones(1), dim=0) == (0, True)"),
    ("generators of values", "def f(n):\n    yield from range(n)",
     "assert list(f(3)) == [0, 1, 2]"),
    ("plain variables", "f = torch.arange(3)\nn_missing = 1442840576",
     "assert f.tolist() == [0, 1, 2] and n_missing == 1442840576"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "test"), [v[1:] for v in VALUES], ids=[v[0] for v in VALUES])
def test_values_cross(engine: Engine, code: str, test: str) -> None:
    """A right answer would lose its points if what it takes or gives changed on the way."""
    graded = run(engine, code, test)
    assert outcomes(graded) == ["passed"], graded.verdicts


MODULE = """\
class f(nn.Module):
    def __init__(self, d, bias=True):
        super().__init__()
        self.W_q = nn.Linear(d, d, bias=bias)
        self.drop = nn.Dropout(0.5)
    def forward(self, x, context=None):
        if x.shape[-1] != self.W_q.in_features:
            raise ValueError(f"x must have {self.W_q.in_features} features, not {x.shape[-1]}")
        return self.drop(self.W_q(x))
"""


def test_modules_work_by_handle(engine: Engine) -> None:
    """Without it no answer that is a class could be graded."""
    graded = run(
        engine,
        MODULE,
        "m = f(4)\nlinear = nn.Linear(4, 4)\n"
        "m.load_state_dict({'W_q.' + k: v for k, v in linear.state_dict().items()})\n"
        "assert {n: tuple(p.shape) for n, p in m.named_parameters()} == "
        "{'W_q.weight': (4, 4), 'W_q.bias': (4,)}\n"
        "assert set(m.state_dict()) == {'W_q.weight', 'W_q.bias'}\n"
        "assert m.training and m.eval() is m and not m.training\n"
        "x = torch.randn(2, 3, 4)\n"
        "torch.testing.assert_close(m(x), linear(x).detach())\n"
        "assert torch.equal(m.W_q.weight, linear.weight.detach())\n"
        "assert sum(p.numel() for p in m.parameters()) == 20",
        "m = f(4)\ntry:\n    m(torch.ones(3))\n"
        "except ValueError as e:\n    assert 'x must have 4' in str(e)\n"
        "    assert type(e).__name__ == 'ValueError'\nelse:\n    assert False",
    )
    assert outcomes(graded) == ["passed", "passed"], graded.verdicts


@pytest.mark.parametrize("base", ["dict", "list", "tuple", "int", "torch.Tensor"])
def test_an_object_that_a_test_makes_keeps_its_methods(engine: Engine, base: str) -> None:
    """A cache that is a kind of dict is a right answer too."""
    graded = run(
        engine,
        f"class f({base}):\n    n_seen = 0\n"
        "    def see(self, n):\n        self.n_seen += n\n        return self.n_seen\n"
        "def g(x):\n    return x.n_seen, x",
        "one, two = f(), f()\nassert one.see(2) == one.n_seen == 2 and two.n_seen == 0\n"
        "assert g(one)[0] == 2",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_axes_work_by_handle(engine: Engine) -> None:
    """Without it the answer that draws a heat map could not be graded."""
    graded = run(
        engine,
        "def f(w, tokens, ax=None):\n"
        "    if ax is None:\n        _, ax = plt.subplots()\n"
        "    ax.imshow(w, vmin=0, vmax=1)\n"
        "    ax.set_xticks(range(len(tokens)), tokens)\n    ax.set_xlabel('keys')\n    return ax",
        "w = torch.rand(3, 3)\nax = f(w, ['a', 'b', 'c'])\n"
        "image = ax.images[0]\n"
        "assert np.allclose(np.asarray(image.get_array()), w.numpy())\n"
        "assert [t.get_text() for t in ax.get_xticklabels()] == ['a', 'b', 'c']\n"
        "assert ax.get_xlabel() == 'keys' and image.get_clim() == (0, 1) and len(ax.images) == 1\n"
        "assert f(w, ['a', 'b', 'c'], ax=ax) is ax",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_dataclasses_of_locked_cells_cross(engine: Engine) -> None:
    """Without it exercises that are given a configuration could not be graded."""
    config = (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Config:\n"
        "    d_model: int\n    norm: str = 'rms'\n    base: float | None = None"
    )
    graded = run(
        engine,
        "def f(c): return c.d_model * 2, type(c) is Config, c.norm, c.base\n",
        "assert f(Config(8, base=1e4)) == (16, True, 'rms', 1e4)",
        before=[given("config", config)],
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_a_generator_goes_on_where_it_was(engine: Engine) -> None:
    """Sampling could not be tested for repeatability otherwise."""
    graded = run(
        engine,
        "def f(generator=None): return torch.rand(2, generator=generator)",
        "def new(): return torch.Generator().manual_seed(5)\n"
        "g = new()\na, b = f(generator=g), f(generator=g)\n"
        "assert not torch.equal(a, b) and torch.equal(f(generator=new()), a)\n"
        "g.manual_seed(5)\nassert torch.equal(f(generator=g), a)\n"
        "assert torch.equal(a, torch.rand(2, generator=new()))",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_a_test_lends_functions_and_modules(engine: Engine) -> None:
    """`generate(model, …)` is tested with a model of the test's own, which the answer calls."""
    graded = run(
        engine,
        "def f(model, x, n):\n"
        "    assert next(model.parameters()).device == x.device\n"
        "    before = model.training\n    model.eval()\n"
        "    for _ in range(n):\n        x = model(x)\n"
        "    model.train(before)\n    return x\n"
        "def g(h, x): return h(x, scale=2)",
        "class Double(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.w = nn.Parameter(torch.ones(1))\n        self.modes = []\n"
        "    def forward(self, x):\n"
        "        self.modes.append(self.training)\n        return x * 2\n"
        "m = Double()\nassert torch.equal(f(m, torch.ones(2), 3), torch.full((2,), 8.))\n"
        "assert m.training and m.modes == [False] * 3\n"
        "assert g(lambda x, scale: x * scale, 4) == 8\n"
        "assert g(lambda x, scale: g(lambda y, scale: y + 1, x) * scale, 4) == 10",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


LENDING = """\
class Cache:
    lends = ("n_seen", "extend")
    def __init__(self):
        self._all, self.secret = [], 31337
    @property
    def n_seen(self):
        return len(self._all)
    def extend(self, x, times=1):
        self._all += [x] * times
        return self._all
class Model(nn.Module):
    lends = ("new_caches",)
    def __init__(self):
        super().__init__()
        self.secret, self.given = 31337, []
    def new_caches(self):
        return [Cache(), Cache()]
    def forward(self, x, caches=None):
        self.given.append(caches)
        return caches[1].extend(x)
model = Model()
"""


def test_a_test_lends_objects_that_come_back_as_they_are(engine: Engine) -> None:
    """A model that is asked for caches gets the same ones back, or nothing could be counted."""
    graded = run(
        engine,
        "def f(model, x):\n"
        "    caches = model.new_caches()\n    assert caches[0] is not caches[1]\n"
        "    for _ in range(3):\n        got = model(x, caches=caches)\n"
        "    assert [c.n_seen for c in caches] == [0, 3]\n"
        "    caches[0].extend(5, times=2)\n"
        "    return got, model, caches, caches[0].extend",
        LENDING + "got, same, caches, extend = f(model, 7)\n"
        "assert got == [7, 7, 7] and same is model and len(model.given) == 3\n"
        "assert all(c is model.given[0][1] for _, c in [*model.given, caches])\n"
        "assert caches[0].n_seen == 2\n"
        "cache = Cache()\nassert f(model, cache)[0] == [cache] * 3\n"
        "assert extend(1) == [5, 5, 1]",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_a_test_lends_what_its_class_says_and_no_more(engine: Engine) -> None:
    """Expected values, and what counts calls, are attributes of the same objects."""
    graded = run(
        engine,
        "def f(x, name):\n    return getattr(x, name)\n"
        "def s(x, name):\n    setattr(x, name, 5)\n    return x.n_seen",
        LENDING + "for x in [model, Cache()]:\n"
        "    for name in ['secret', 'given', '_all', 'lends', 'append', '__init__.__globals__']:\n"
        "        try:\n            f(x, name)\n"
        "        except AttributeError:\n            pass\n"
        "        else:\n            assert False, name\n"
        "try:\n    s(Cache(), 'n_seen')\nexcept AttributeError:\n    pass\nelse:\n    assert 0",
        LENDING + "class Plain: pass\nf(Plain(), 'secret')",
    )
    assert outcomes(graded) == ["passed", "error"], graded.verdicts
    assert "can't pass a Plain" in str(graded.verdicts[1].message)


def test_what_a_test_lent_is_taken_back(engine: Engine) -> None:
    """A cache that one test lends is a right answer to another. Keeping one is no attack."""
    graded = run(
        engine,
        "kept = []\ndef f(x):\n    kept.append(x)\n    return kept[0].n_seen\n"
        "def g(model, x):\n    return kept[0], model(x, [x, kept[0]])",
        LENDING + "assert f(Cache()) == 0",
        LENDING + "try:\n    f(Cache())\n"
        "except RuntimeError as e:\n    assert 'test that has ended' in str(e)\n"
        "else:\n    assert False",
        LENDING + "try:\n    g(model, 1)\n"
        "except AttributeError as e:\n    assert 'AttributeError' in str(e)\n"
        "assert type(model.given[0][1]) is object",
    )
    assert outcomes(graded) == ["passed"] * 3, graded.verdicts


def test_a_result_can_stay_where_it_is(engine: Engine) -> None:
    """A copy would not show that a later call changes what an earlier one gave."""
    graded = run(
        engine,
        "x = torch.zeros(2)\ndef f(y):\n    x.add_(y)\n    return x, x.clone()",
        "one = f.keep_(1)\nassert [v.tolist() for v in one()] == [[1, 1], [1, 1]]\n"
        "two = f.keep_(y=1)\n"
        "assert [v.tolist() for v in [*one(), *two()]] == [[2, 2], [1, 1], [2, 2], [2, 2]]\n"
        "try:\n    f.keep_()\nexcept TypeError:\n    pass\nelse:\n    assert False",
    )
    assert outcomes(graded) == ["passed"], graded.verdicts


CHANGES = """\
class Cache(dict):
    def __call__(self, cache, x):
        cache["x"] = x
        return cache["x"]
def f(x, *more, words=None, cache=None):
    if more:
        more[0].append(3)
    if words:
        words.clear()
    if cache is not None:
        cache["n"] = 1
    x.nan_to_num_(0.0)
"""


def test_a_test_is_told_of_changed_arguments_where_it_asks(engine: Engine) -> None:
    """A learner's softmax in place would pass, or other courses' tests fail that never minded."""
    graded = run(
        engine,
        CHANGES,
        "from operator import is_\n"
        "x, more, words = torch.tensor([1.0, math.nan]), [1], {'a': 1}\n"
        "assert f(x, more, words=words) is None\n"
        "changed = f.watch_()\nassert changed == []\n"
        "f(x)\nassert [is_(v, x) for v in changed] == [True], changed\n"
        "changed = f.watch_()\n"
        "f(torch.ones(2), more, words=words)\n"
        "assert [is_(v, more) or is_(v, words) for v in changed] == [True, True], changed\n"
        "assert (more, words) == ([1], {'a': 1}) and x.isnan().any()",
        "cache, x = Cache(), torch.ones(2)\nchanged = f.watch_()\n"
        "f(x, cache=cache)\ncache(cache, x)\nf.keep_(x)\n"
        "assert changed == [] and cache['n'] == 1",
    )
    assert outcomes(graded) == ["passed"] * 2, graded.verdicts


FORGED = """\
import gc
server = next(o for o in gc.get_objects() if type(o).__name__ == "Server")
def ask(x, message):
    send = server._channel.send
    def other(m, blob=b"", deadline=None):
        send(m | message if m["do"] == "back" else m, blob, deadline)
    server._channel.send = other
    try:
        return x.n_seen
    finally:
        server._channel.send = send
def hand(n):
    class Forged: pass
    forged = Forged()
    server._borrowed_numbers[id(forged)] = n
    return forged
"""
FORGERIES = {
    "what is not lent": "{'name': 'secret'}",
    "a method's private attribute": "{'name': '_all'}",
    "an attribute as a method": "{'what': 'call'}",
    "a method as an attribute": "{'name': 'extend'}",
    "a call of what is no function": "{'what': 'call', 'name': None}",
    "the mode of what is no module": "{'what': 'train', 'name': None}",
    "another verb": "{'what': 'set'}",
    "a name that is none": "{'name': ['n_seen']}",
    "what was never lent": "{'on': 1}",
    "a number below 0": "{'on': -1}",
    "a number that is none": "{'on': False}",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_is_not_lent_can_not_be_asked_past_the_stand_in(engine: Engine, forgery: str) -> None:
    """Whoever rewrites the learner's side of the connection must not get further."""
    code = f"{FORGED}def f(x): return ask(x, {FORGERIES[forgery]})"
    graded = run(engine, code, LENDING + "f(Cache())", "assert True")
    assert outcomes(graded) == ["crashed", "passed"], graded.verdicts
    assert "31337" not in text_of(graded, "t0")


@pytest.mark.parametrize("number", ["1", "-1", "True", "0.0", "'0'", "None", "1 << 70", "[0]"])
def test_a_forged_handle_is_no_object(engine: Engine, number: str) -> None:
    """It would have the test runner hand out, or run into, what it never lent."""
    graded = run(engine, f"{FORGED}def f(x): return hand({number})", LENDING + "f(Cache())")
    assert outcomes(graded) == ["crashed"], graded.verdicts


def test_asking_for_ever_costs_the_examiner_little(engine: Engine) -> None:
    """Each new object that a test lends stays with the test runner, whose memory is limited too."""
    graded = run(
        engine,
        "def f(x):\n    for _ in range(1_000): x.n_seen\n    return x.itself()\n"
        "def g(model):\n    while True: model.new_caches()",
        LENDING + "class Itself(Cache):\n    lends = ('n_seen', 'itself')\n"
        "    def itself(self):\n        return [self] * 1000\n"
        "c = Itself()\nassert all(f(c)[0] is c for _ in range(3))",
        LENDING + "try:\n    g(model)\n"
        "except RuntimeError as e:\n    assert 'too many objects' in str(e), e\n"
        "else:\n    assert False",
        LENDING + "assert model is model",
    )
    assert outcomes(graded) == ["passed", "passed", "passed"], graded.verdicts


def test_printing_in_a_test_costs_nothing(engine: Engine) -> None:
    """stderr and warnings would change the score in stock nbgrader."""
    graded = run(
        engine,
        "import sys, warnings\n"
        "def f(x):\n    print('noise', x)\n    print('more', file=sys.stderr)\n"
        "    warnings.warn('w')\n    return x",
        "import warnings, sys\nwarnings.warn('in the test')\nprint('oops', file=sys.stderr)\n"
        "assert f(1) == 1\nprint('so far')",
        "f(2)",
    )
    assert outcomes(graded) == ["passed", "passed"], graded.verdicts
    assert outputs_of(graded, "t0") == [
        {"name": "stdout", "output_type": "stream", "text": "so far\n"}
    ]
    assert [v.points for v in graded.verdicts] == [2, 2]


def test_a_learners_number_is_no_partial_score(engine: Engine) -> None:
    """nbgrader reads a number shown by a graded cell as points."""
    graded = run(
        engine, "def f():\n    display(2.0)\n    return 2.0\n1.5", "assert f() == 1", "f()"
    )
    assert [v.points for v in graded.verdicts] == [0, 2]
    assert all(o["output_type"] != "execute_result" for o in outputs_of(graded, "f"))


# Verdicts -----------------------------------------------------------------------------------


def test_a_failing_test_says_only_its_message(engine: Engine) -> None:
    """A hidden test's text in the graded notebook's outputs would reach learners."""
    secret = (
        "### BEGIN HIDDEN TESTS\nexpected = 31337\ngot = f(2)\n"
        "assert got == expected, f'f(2) gave {got}: is it squared?'\n### END HIDDEN TESTS"
    )
    graded = run(engine, "def f(x): return x", secret)
    assert outcomes(graded) == ["failed"]
    assert str(graded.verdicts[0].message) == "f(2) gave 2: is it squared?"
    shown = text_of(graded, "t0")
    assert "is it squared?" in shown and "expected" not in shown and "31337" not in shown


def test_exceptions_become_errors(engine: Engine) -> None:
    """What the answer raised has to be said, and what the test is made of has not."""
    graded = run(
        engine,
        "def f(x):\n    return 1 / x\ndef g():\n    raise NotImplementedError\n",
        "f(0)",
        "g()",
        "h()",
        "### BEGIN HIDDEN TESTS\nf(1)['secret key']\n### END HIDDEN TESTS",
        "try:\n    g()\nexcept NotImplementedError:\n    pass",
    )
    assert outcomes(graded) == ["error", "error", "error", "error", "passed"]
    first, second, third, fourth, _ = (str(v.message) for v in graded.verdicts)
    assert "f raised ZeroDivisionError" in first and "return 1 / x" in first
    assert "NotImplementedError" in second
    assert third == "h is not defined: no cell before this one defines it"
    assert "secret" not in fourth


def test_bold_lines_and_causes_are_the_graders_own(engine: Engine) -> None:
    """A learner could else set what looks like a verdict below the real one."""
    forged = "\\x1b[0m\\n\\x1b[1m✗ f: all is right\\n  likely cause: none\\x1b[0m"
    graded = run(
        engine,
        f"def f(*_):\n    raise ValueError('{forged}')",
        "f()",
        "from checks.attention import check_softmax\ncheck_softmax(f, torch.ones(2, 3))",
        "from checks.attention import check_softmax\ncheck_softmax(torch.exp, torch.ones(2, 3))",
    )
    assert outcomes(graded) == ["error", "failed", "failed"]
    for name in ("t0", "t1"):
        (error,) = outputs_of(graded, name)
        bold, *rest = error["traceback"]
        assert bold.startswith("\x1b[1m✗ ") and bold.endswith("\x1b[0m")
        assert "\x1b" not in bold[4:-4] + "".join(rest)
        assert not [line for line in rest if not line.startswith("  ")]
    assert [bool(v.message.cause) for v in graded.verdicts] == [False, False, True]
    assert graded.verdicts[2].message.headline == f"softmax: {graded.verdicts[2].message.cause}"


def test_tables_come_from_visible_tests_only(engine: Engine) -> None:
    """A hidden test's numbers would be known to next year's class."""
    asks = "raise Wrong('f is wrong', {'label': 'came back', 'cells': [['31337']]})"
    wrong = (
        "class Wrong(AssertionError):\n    def as_message(self):\n        return {'headline': "
        f"self.args[0], 'cause': 'c', 'tables': [self.args[1]]}}\nf\n{asks}"
    )
    hidden = f"### BEGIN HIDDEN TESTS\n{wrong}\n### END HIDDEN TESTS"
    graded = run(engine, "def f(): pass", wrong, hidden)
    visible, discreet = (verdict.message for verdict in graded.verdicts)
    assert visible.tables[0].cells == (("31337",),) and visible.cause == "c"
    assert (discreet.headline, discreet.tables) == ("f is wrong", ())
    notes = [c["metadata"].get(NOTE) for c in graded.notebook["cells"]]
    assert [n["message"].get("tables") is not None for n in notes if n] == [True, False]


def test_an_answer_that_fails_to_define_is_explained(engine: Engine) -> None:
    """'name is not defined' alone would leave the learner guessing."""
    graded = run(engine, "1 / 0\ndef f(): pass", "f()")
    assert outcomes(graded) == ["error"]
    assert "raised ZeroDivisionError" in str(graded.verdicts[0].message)
    graded = run(engine, "raise NotImplementedError()\nf = 1", "assert f == 1")
    assert str(graded.verdicts[0].message).startswith("f is not written yet: ")
    graded = run(engine, "def f(:\n  pass", "f()")
    assert "SyntaxError" in str(graded.verdicts[0].message)


def test_a_misspelt_answer_is_told_by_its_name(engine: Engine) -> None:
    """Told that it is not there or not written, a learner would look at the right place in vain.

    What a cell defines is read from its text, and never asked of the learner's process.
    """
    test = "assert count_words() == 1"
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    for cell, name in (("f", "count_wrods"), ("f", "CountWords"), ("count_words", "tally")):
        graded = run(engine, {cell: f"def {name}():\n    return 1"}, test, hidden)
        told = f"your cell defines {name}; the test looks for count_words"
        assert [verdict.message.headline for verdict in graded.verdicts] == [told, told]
    for other in (
        "def parse(): return 1",
        "def count_words_in(): return count_words()",
        "globals()['count_wrods'] = 1",
    ):
        graded = run(engine, other, test)
        assert "no cell before this one defines it" in graded.verdicts[0].message.headline
    stub = "def count_words():\n    raise NotImplementedError()"
    said = "class No(AssertionError):\n    as_message = lambda self: {'headline': 'count_words is "
    test = f"{said}not written yet', 'todo': ''}}\ncount_words\nraise No"
    graded = run(engine, {"count_words": stub, "f": "def count_wrods(): return 1"}, test)
    assert graded.verdicts[0].message.headline.startswith("your cell defines count_wrods")
    graded = run(engine, {"f": "def count_wrods(): return 1", "count_words": stub}, test)
    assert graded.verdicts[0].message.headline == "count_words is not written yet"


def test_python_says_which_name_was_meant(engine: Engine) -> None:
    """In a visible test: of what a hidden one asks, the learner's own words say nothing."""
    code = "def f(W_q, W_k):\n    return W_K\ndef g(x):\n    return x.tranpose(0, 1)"
    test = "f(1, 2)"
    hidden = f"### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    graded = run(engine, code, test, "g(torch.ones(1, 1))", hidden)
    said = [str(verdict.message) for verdict in graded.verdicts]
    assert "name 'W_K' is not defined. Did you mean: 'W_k'?" in said[0]
    assert "Did you mean: 'transpose'?" in said[1] and "Did you" not in said[2]


def test_unlookable_answers_are_errors(engine: Engine) -> None:
    """Deep or huge values must not bring the test runner down."""
    graded = run(
        engine,
        "def f():\n    x = []\n    x.append(x)\n    return x\n"
        "def h(): return torch.zeros(1 << 26)\n"
        "def s(): return torch.eye(3).to_sparse()\n",
        "f()", "h()", "s()",
    )  # fmt: skip
    assert outcomes(graded) == ["error"] * 3, graded.verdicts


# Fooling the test runner -----------------------------------------------------------------------

LIES = {
    "subclass": "class T(torch.Tensor):\n    def __eq__(self, o): return True\n"
    "    @classmethod\n    def __torch_function__(cls, *a, **k): return True\n"
    "def f(x): return torch.zeros(3).as_subclass(T)",
    "equal to all": "class E:\n    def __eq__(self, o): return True\n"
    "    def __getattr__(self, n): return lambda *a, **k: True\ndef f(x): return E()",
    "patched torch": "torch.equal = torch.allclose = lambda *a, **k: True\n"
    "torch.Tensor.__eq__ = lambda *a: True\ndef f(x): return torch.zeros(3)",
    "frames": "import sys\ndef f(x):\n    fr = sys._getframe()\n    while fr:\n"
    "        fr.f_globals.update(assert_close=None)\n        fr = fr.f_back\n"
    "    return torch.zeros(3)",
    "transformer": "get_ipython().input_transformers_post.append(lambda lines: [])\n",
    "display hook": "import sys\nsys.displayhook = print\nraise SystemExit",
    "raise what passes": "def f(x):\n    class AssertionPassed(Exception): pass\n"
    "    raise AssertionPassed",
}


@pytest.mark.parametrize("name", LIES)
def test_a_lie_earns_nothing(engine: Engine, name: str) -> None:
    """Each of these gets full marks from stock nbgrader."""
    graded = run(
        engine, LIES[name], "x = torch.ones(3)\ngot = f(x)\nassert torch.equal(got, x), 'no'"
    )
    assert graded.verdicts[0].points == 0
    assert outcomes(graded)[0] in ("failed", "error")


def test_a_name_of_the_tests_is_no_name_of_the_learners(engine: Engine) -> None:
    """A learner who defines what a test imports, or a built-in, must not replace it."""
    graded = run(
        engine,
        "def f(): return 2\ndef check(*a): return True\nlen = isinstance = print\nmath = None",
        "from math import sqrt as check\nassert check(4) == 2 and len([1]) == 1 and math.pi > 3\n"
        "assert f() == 1, 'wrong'",
    )
    assert outcomes(graded) == ["failed"]


# Repeatability ------------------------------------------------------------------------------

RANDOM = (
    "x = torch.rand(1).item()\nimport random\nprint(x, random.random(), np.random.rand())\nf();"
)


def test_a_regrade_is_the_same_to_the_bit_and_others_get_other_inputs(engine: Engine) -> None:
    """A score that changes on regrading, or inputs that can be looked up, can't be trusted."""
    first = run(engine, "def f(): return 1\nprint(torch.rand(2))", RANDOM, RANDOM)
    again = run(engine, "def f(): return 1\nprint(torch.rand(2))", RANDOM, RANDOM)
    other = run(engine, "def f(): return  1\nprint(torch.rand(2))", RANDOM, RANDOM)
    assert first == again
    assert outputs_of(first, "t0") != outputs_of(first, "t1")
    assert outputs_of(first, "t0") != outputs_of(other, "t0")


# Processes that end -------------------------------------------------------------------------


def test_commands_of_the_shell_end_no_cell(engine: Engine) -> None:
    """`!pip install torch` in an answer cell costs nothing in Jupyter, where torch is there."""
    graded = run(engine, "!nonesuch\n!echo hello\ndef f(): return 1", "assert f() == 1")
    assert outcomes(graded) == ["passed"], graded.verdicts


def test_a_process_that_ends_is_replaced_and_the_rest_replayed(engine: Engine) -> None:
    """The next test must find what was defined before."""
    answers = {"a": "import os\ndef a(): return 1", "f": "def f(): os._exit(3)", "b": "os._exit(4)"}
    graded = run(engine, answers, "f()", "assert a() == 1", "f()", "assert a() == 1")
    assert outcomes(graded) == ["crashed", "passed", "crashed", "passed"], graded.verdicts
    assert "exit code 3" in str(graded.verdicts[0].message)


def test_a_notebook_that_keeps_ending_its_process_is_given_up(engine: Engine) -> None:
    """Each restart costs time, which the rest of the class is waiting for."""
    answers = {"f": "import os\ndef f(): os._exit(3)"}
    graded = run(engine, answers, *["f()"] * 12)
    assert outcomes(graded) == ["crashed"] * 9 + ["not run"] * 3
