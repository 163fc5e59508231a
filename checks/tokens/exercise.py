"""The answers of exercise 0-tokens."""

from checks.check import Exercise

EXERCISE = Exercise("0-tokens", ("count_pairs", "merge_pair", "train_bpe", "encode", "decode"), 5)
