"""What hands do to each explorable, by lesson; tests/browser/test_explorables.py does it."""

from explored import attention, heads, learning, positions, tensors, tokens, words, writing
from explored.case import Case

CASES: dict[str, Case] = {
    **tokens.CASES,
    **tensors.CASES,
    **learning.CASES,
    **words.CASES,
    **attention.CASES,
    **heads.CASES,
    **positions.CASES,
    **writing.CASES,
}
