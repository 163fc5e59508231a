"""What a way of going wrong means: an author of misconceptions would edit another line unawares."""

import pytest
import torch.nn.functional as F

from checks.compare import difference, discreetly
from checks.generation import check_KVCache
from checks.message import WrongAnswer
from checks.mistakes import Text, edits
from checks.run import aside, names_used
from course.authoring.in_process import cells_of


def part(x: float) -> float:
    half = x / 2
    return half


def whole(x: float) -> float:
    """Documented."""
    if x < 0:
        raise ValueError(f"x is {x}")
    total: float = 0.0
    for i in range(3):
        total += part(x) * i
    result = total + 1
    return result


TEXT = Text(part, whole)


@pytest.mark.parametrize(
    ("way", "result"),
    {
        "": 4.0,
        "result = total - 1": 2.0,
        "return total": 3.0,
        "for i in range(4):": 7.0,
        "half = x": 7.0,
        "half = x; result = total": 6.0,
        "x / 2 -> x / 4": 2.5,
        "x = 2 * x; half = x / 2": 7.0,
        "total + 1 ->": None,
    }.items(),
)
def test_a_way_replaces_the_line_that_begins_alike(way, result):
    if result is None:
        with pytest.raises(SyntaxError):
            TEXT.edited(way)
    else:
        assert TEXT.edited(way)(2.0) == result


@pytest.mark.parametrize("way", ["other = 1", "nowhere -> x", "x -> y", "total += 1"])
def test_a_way_that_means_no_place_or_two_is_refused(way):
    with pytest.raises(ValueError, match="no (line|place)|2 places|4 places"):
        TEXT.edited(way)


def test_refusals_and_docstrings_are_left_out():
    shown = "\n".join(TEXT.code())
    assert "raise" not in shown and "Documented" not in shown and "float" not in shown


def test_a_message_ends_with_what_is_right():
    found = list(edits({"add": {"a": "one", ("b", "c"): "two"}, "": {"d": "alone"}}))
    assert [(edit.message, edit.way) for edit in found] == [
        ("one: add", "a"),
        ("two: add", "b"),
        ("two: add", "c"),
        ("alone", "d"),
    ]


def test_a_librarys_function_is_not_taken_for_an_answer_of_that_name():
    """A right answer with F.softmax would be blamed on a failing softmax of the learner's."""

    def attention(scores):
        return F.softmax(scores, dim=-1)

    def by_own(scores):
        return [softmax(row) for row in scores]

    assert "softmax" not in names_used(attention)
    assert "softmax" in names_used(by_own)


def softmax(row):
    return row


CELLS = {
    "softmax": "def softmax(x, dim=-1):\n    return x.exp() / x.exp().sum(dim, keepdim=True)",
    "scaled_dot_product_attention": "def scaled_dot_product_attention(Q, K, V):\n"
    "    w = softmax(Q @ K.mT / math.sqrt(Q.shape[-1]))\n    return w @ V, w",
}


def _told(softmax, attention, test):
    """What the softmax's test says of it, and attention's `test` of attention."""
    cells = cells_of("1-attention")
    defined = cells.answered("softmax", softmax)
    exec(attention, defined)
    with aside(cells.exercise):
        for name in ("softmax-visible", f"scaled_dot_product_attention-{test}"):
            with pytest.raises(WrongAnswer) as wrong:
                exec(cells.tests[name], dict(defined))
            yield wrong.value.cause


def test_right_attention_over_a_wrong_softmax_is_not_taken_apart():
    over_all = CELLS["softmax"].replace("sum(dim, keepdim=True)", "sum()")
    first, second = _told(over_all, CELLS["scaled_dot_product_attention"], "visible")
    assert first.startswith("the sum runs over all elements")
    assert second == (
        "your softmax, which this answer calls, fails its own tests, and nothing else is wrong "
        "here so far: get that one right first"
    )


def test_where_another_answer_is_wrong_only_what_is_wrong_is_told():
    """Whoever forgets the scaling would be sent to the softmax, which only lacks protection."""
    unscaled = CELLS["scaled_dot_product_attention"].replace(" / math.sqrt(Q.shape[-1])", "")
    first, second = _told(CELLS["softmax"], unscaled, "hidden")
    assert first.startswith("exp overflows for large inputs")
    assert second == (
        "the scores are not scaled: divide scores by the square root of d_k, the last dimension of "
        "Q, before the softmax"
    )


def test_what_fails_by_an_earlier_answer_alone_costs_no_hidden_points():
    """One .float() in the softmax cost 7 of 13 points, since attention calls it."""
    cells = cells_of("1-attention")
    defined = cells.answered("softmax", "def softmax(x, dim=-1): return x.softmax(dim).float()")
    exec(CELLS["scaled_dot_product_attention"], defined)
    with aside(cells.exercise):
        with pytest.raises(WrongAnswer, match="float32"):
            exec(cells.tests["softmax-hidden"], dict(defined))
        exec(cells.tests["scaled_dot_product_attention-hidden"], dict(defined))
        exec(CELLS["scaled_dot_product_attention"].replace("Q @ K.mT", "K @ Q.mT"), defined)
        with pytest.raises(WrongAnswer, match="queries and keys are swapped"):
            exec(cells.tests["scaled_dot_product_attention-hidden"], dict(defined))


def test_of_much_that_came_back_the_wrong_entry_is_told():
    """Twenty lines of shapes would push the problem off the screen."""

    class KVCache:
        n_seen = 0

        def extend(self, K, V):
            self.n_seen = K.shape[-2]
            return K, V

    with pytest.raises(WrongAnswer) as wrong:
        check_KVCache(KVCache, [3, 1, 2])
    (came_back,) = [line for line in str(wrong.value).splitlines() if "came back:" in line]
    assert "came back: what each extend gave: list of 3" in came_back and len(came_back) < 320


def test_what_counts_too_much_is_not_taken_for_more_than_was_asked():
    """A dict by names may tell more; one from what was found to its count would be wrong by it."""
    pair, other = (b"a", b"b"), (b"b", b"")
    assert difference({"total": 3, "weights": 2}, {"total": 3}) is None
    assert (
        difference({pair: 3, other: 1}, {pair: 3}) == f"the result has an entry too many: {other}"
    )
    assert "too many" in str(difference({other: 1}, {}))
    with discreetly():
        assert difference({pair: 3, other: 1}, {pair: 3}) == "the result has an entry too many"
        assert difference({other: 1}, {pair: 3}) == "the result lacks an entry"
        assert "b'a'" not in str(difference({pair: 2}, {pair: 3}))


_SDPA, _MULTI = "scaled_dot_product_attention", "MultiHeadAttention"
_HIDE, _ZERO = "scores.masked_fill(~mask, -math.inf)", "weights.masked_fill(~mask, 0.0)"
_SLIPS_WITH_A_MASK = [
    (_HIDE, "scores.masked_fill(mask, -math.inf)", "the convention is inverted"),
    (_HIDE, "torch.where(mask, -math.inf, scores)", "the convention is inverted"),
    (_ZERO, "weights.masked_fill(mask, 0.0)", "~ is forgotten in the second mask"),
    (_ZERO, "weights.masked_fill(~mask.any(dim=-1), 0.0)", "asked without keepdim=True"),
    (_HIDE, "scores.masked_fill(~mask, -10.0)", "a number is not low enough"),
    (_HIDE, "scores.masked_fill(~mask, -12.0)", "a number is not low enough"),
    (_HIDE, "scores", "the weights are masked after the softmax"),
]


@pytest.mark.parametrize(
    ("exercise", "name", "old", "new", "said"),
    [
        ("0-tokens", "train_bpe", "min(pair for", "max(pair for", "the largest is taken"),
        ("0-tokens", "encode", "ids = {", "merges = train_bpe(text, len(merges)); ids = {", "anew"),
        ("0-tokens", "merge_pair", "return tuple(merged)", "return merged", "a list comes back"),
        ("0-tokens", "decode", "i < 0 or ", "", "a negative id isn't checked for"),
        ("0-tokens", "decode", "i >= len", "i > len", "where i >= n, not only"),
        ("0-tokens", "decode", "raise ValueError", "raise IndexError", "refused, but with Index"),
        ("1-attention", "softmax", "torch.exp(", "math.exp(", "math.exp, float and the like"),
        ("1-attention", "softmax", "e.sum(", "x.sum(", "divided by the sum of x"),
        ("1-attention", "softmax", "e.sum(dim", "e.norm(2, dim", "by its length"),
        ("1-attention", _SDPA, "math.sqrt(", "torch.sqrt(", "use math.sqrt"),
        ("1-attention", _SDPA, "Q @ K.transpose(-2, -1)", "Q * K", "multiplied number by number"),
        ("1-attention", _SDPA, "math.sqrt(Q.shape[-1])", "Q.shape[-2]", "the scale uses n_q"),
        ("2-multi-head", _MULTI, "merge_heads(heads)", "heads.flatten(-2)", "heads are not merged"),
        *(
            (
                "2-multi-head",
                _MULTI,
                f"split_heads({of}, self.n_heads)",
                of,
                f"{what} are not split",
            )
            for of, what in (("self.W_k(context)", "keys"), ("self.W_v(context)", "values"))
        ),
        ("3-attention-patterns", "plot_attention", "return ax", "return None", "nothing is return"),
        *(("4-causal-masking", _SDPA, *slip) for slip in _SLIPS_WITH_A_MASK),
        (
            "5-positional-encoding",
            "sinusoidal_encoding",
            " % 2 != 0",
            " % 2 == 0",
            "an even d_model",
        ),
        (
            "5-positional-encoding",
            "apply_rope",
            "a * sin +",
            "a * sin -",
            "one minus sign too many",
        ),
    ],
)
def test_what_first_readers_typed_is_named(exercise, name, old, new, said):
    """They would be told of a residual, a batch or an exception, and look in the wrong place."""
    cells = cells_of(exercise)
    answer = cells.solutions[name]
    assert old in answer
    told, *_ = cells.complaints(name, cells.answered(name, answer.replace(old, new)))
    assert said in told.splitlines()[0]
    assert "should be a dict" not in told


def test_of_several_wrong_answers_the_first_is_to_be_looked_at():
    """Two names and "or" read as guesses, of which one is right."""
    cells = cells_of("2-multi-head")
    defined = cells.answered()
    wrong = "def split_heads(x, n_heads):\n    return x.exp()\ndef merge_heads(x):\n    return -x"
    exec(wrong, defined)
    with aside(cells.exercise):
        for name in ("merge_heads", "split_heads", _MULTI):
            with pytest.raises(WrongAnswer) as told:
                exec(cells.tests[f"{name}-visible"], dict(defined))
    assert told.value.cause.startswith("your split_heads, which this answer calls, fails")
    assert "merge_heads" not in told.value.cause and "or:" not in told.value.cause


def test_a_pair_of_symbols_is_told_whole():
    """Item 0 of item 1 would have to be counted out; a list of two is as good as a tuple."""
    right = [(b"a", b"b"), (b"c", b"d")]
    assert difference([[b"a", b"b"], [b"c", b"d"]], right) is None
    told = difference([(b"a", b"b"), (b"c", b"x")], right)
    assert told == "item no. 2 of the result is (b'c', b'x'), which is not right"


_ANEW = """
def generate_cached(model, tokens, n_new, temperature=1.0, top_k=None, generator=None):
    was_training = model.training
    model.eval()
    for _ in range(n_new):
        logits = model(tokens, model.new_caches())[:, -1]
        new = sample_next(logits, temperature, top_k, generator)
        tokens = torch.cat((tokens, new[:, None]), dim=1)
    model.train(was_training)
    return tokens
"""


def test_what_a_model_was_given_is_told_call_by_call():
    """Item 1 of item 1 of an entry would have to be counted out, and says nothing of a cache."""
    cells = cells_of("8-generation")
    seen, hidden = cells.complaints("generate_cached", cells.answered("generate_cached", _ANEW))
    assert "problem:   call 2 got 7 tokens; expected 1" in seen
    assert "call 2 got 6 tokens; expected 1" in hidden
