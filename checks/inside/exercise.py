"""The answers of exercise 9-inside."""

from checks.check import Exercise

EXERCISE = Exercise("9-inside", ("induction_score", "mean_ablate", "rank_of", "logit_lens"))
