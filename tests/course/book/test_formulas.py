"""Formulas of the book: what a reader would misread."""

from __future__ import annotations

import pytest

from course.book.formulas import grown, in_summaries
from nbexaminer.classroom.pages.formulas import formula


@pytest.mark.parametrize(
    "tex", [r"(\frac{a}{b})", r"[1 + \frac{a}{b}]", r"\frac{1}{(\frac{a}{b})}"]
)
def test_brackets_around_a_fraction_grow_with_it(tex):
    """They'd stand beside it, as tall as a letter, and seem to hold its bar alone."""
    assert 'stretchy="false"' in formula(tex, True)
    made = grown(formula(tex, True))
    assert 'stretchy="false"' not in made
    assert made.count("<mrow>") == made.count("</mrow>")


@pytest.mark.parametrize(
    "tex", ["f(x)", r"f(x) + \frac{a}{b}", r"(a) \frac{(b)}{c}", r") \frac{a}{b} ("]
)
def test_other_brackets_stay_as_tall_as_a_letter(tex):
    made = formula(tex, True)
    assert grown(made) == made


def test_a_folded_question_shows_its_formula():
    """It would show the dollars and the TeX between them."""
    made = in_summaries("<summary>What is $e$ to $2$?</summary> It costs $5 or $6.")
    assert made.count("<math>") == 2 and made.endswith("</summary> It costs $5 or $6.")
    assert in_summaries("<summary>It costs $ 5</summary>") == "<summary>It costs $ 5</summary>"
