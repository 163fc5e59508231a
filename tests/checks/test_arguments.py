"""An answer leaves what it is given as it was, but for a cache.

A learner's attention would work on scores that the softmax has overwritten, and a tokenizer count
on words that are gone, while every test of these passes.
"""

import pytest
import torch

from checks.attention import check_softmax
from course.authoring.answers import read_answers
from course.authoring.in_process import cells_of
from course.maintenance.accuracy import JudgedExercise

IN_PLACE = {
    ("1-attention", "softmax", "x"): """
def softmax(x, dim=-1):
    x -= x.amax(dim, keepdim=True)
    x.exp_()
    return x / x.sum(dim, keepdim=True)
""",
    ("1-attention", "scaled_dot_product_attention", "Q"): """
def scaled_dot_product_attention(Q, K, V):
    Q /= math.sqrt(Q.shape[-1])
    weights = torch.softmax(Q @ K.transpose(-2, -1), -1)
    return weights @ V, weights
""",
    ("0-tokens", "count_pairs", "words"): """
def count_pairs(words):
    counts = {}
    while words:
        word, n = words.popitem()
        for pair in zip(word, word[1:]):
            counts[pair] = counts.get(pair, 0) + n
    return counts
""",
    ("0-tokens", "decode", "ids"): """
def decode(ids, merges):
    symbols = [bytes([b]) for b in range(256)]
    for left, right in merges:
        symbols.append(left + right)
    if any(not 0 <= i < len(symbols) for i in ids):
        raise ValueError(f"ids: no such id in {ids}")
    ids[:] = [symbols[i] for i in ids]
    return b"".join(ids).decode(errors="replace")
""",
    ("4-causal-masking", "scaled_dot_product_attention", "mask"): """
def scaled_dot_product_attention(Q, K, V, mask=None):
    scores = Q @ K.transpose(-2, -1) / math.sqrt(Q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not_(), -math.inf)
    weights = scores.softmax(-1).nan_to_num(0.0)
    return weights @ V, weights
""",
}
CASES = [(*where, answer) for where, answer in IN_PLACE.items()]


@pytest.mark.parametrize(("exercise", "name", "argument", "answer"), CASES)
def test_the_notebook_names_the_argument(exercise, name, argument, answer):
    cells = cells_of(exercise)
    said = cells.complaints(name, cells.answered(name, answer))
    assert len(said) == 2, "the visible or the hidden test accepts it"
    for text in said:
        assert text.startswith(f"{name}: it changes its argument {argument}: work on a copy")


@pytest.mark.parametrize(("exercise", "name", "argument", "answer"), CASES)
def test_grading_names_the_argument(course_engine, tmp_path, exercise, name, argument, answer):
    path = tmp_path / f"{name}.py"
    path.write_text(f"# --- wrong: in place\n# names: changes its argument {argument}:{answer}")
    (wrong,) = read_answers(path)
    judged = JudgedExercise(exercise).judge(course_engine, wrong)
    assert len(judged.messages) == 2
    assert all(f"changes its argument {argument}: work on" in c for c in judged.causes), judged


def test_a_cache_may_change_and_attributes_are_no_change():
    """A right answer would lose its points."""
    cells = cells_of("8-generation")
    for name in ("KVCache", "GroupedQueryAttention", "generate_cached"):
        assert cells.complaints(name, cells.answered()) == []

    def softmax(x, dim=-1):
        x.requires_grad_()
        return torch.softmax(x, dim)

    check_softmax(softmax, torch.tensor([[3.0, 1.0], [-torch.inf, 2.0]]))
