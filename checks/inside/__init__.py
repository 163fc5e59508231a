"""Exercise 9-inside: a module for each answer, with misconceptions and hidden cases."""

from checks.inside.exercise import EXERCISE
from checks.inside.induction_score import check_induction_score
from checks.inside.logit_lens import check_logit_lens
from checks.inside.mean_ablate import check_mean_ablate, check_mean_ablate_new
from checks.inside.rank_of import check_rank_of
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_induction_score",
    "check_logit_lens",
    "check_mean_ablate",
    "check_mean_ablate_new",
    "check_rank_of",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
