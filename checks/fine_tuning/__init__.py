"""Exercise 10-fine-tuning: a module for each answer, with misconceptions and hidden cases."""

from checks.fine_tuning.dpo_loss import check_dpo_loss, check_dpo_loss_slopes
from checks.fine_tuning.exercise import EXERCISE
from checks.fine_tuning.lora_linear import check_LoRALinear, check_rank_refused
from checks.fine_tuning.reply_loss import (
    check_no_reply,
    check_reply_loss,
    check_reply_loss_slopes,
)
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_LoRALinear",
    "check_dpo_loss",
    "check_dpo_loss_slopes",
    "check_no_reply",
    "check_rank_refused",
    "check_reply_loss",
    "check_reply_loss_slopes",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
