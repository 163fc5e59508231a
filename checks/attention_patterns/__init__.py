"""Exercise 3-attention-patterns: a module for each answer, with misconceptions and hidden cases."""

from checks.attention_patterns.attention_entropy import check_attention_entropy
from checks.attention_patterns.exercise import EXERCISE
from checks.attention_patterns.most_attended import check_most_attended
from checks.attention_patterns.plot_attention import check_plot_attention
from checks.attention_patterns.previous_token_score import check_previous_token_score
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_attention_entropy",
    "check_most_attended",
    "check_plot_attention",
    "check_previous_token_score",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
