"""The answers of exercise 10-fine-tuning."""

from checks.check import Exercise

EXERCISE = Exercise("10-fine-tuning", ("LoRALinear", "reply_loss", "dpo_loss"))
