"""Exercise 7-decoder: a module for each answer, with misconceptions and hidden cases."""

from checks.decoder.decoder_block import check_DecoderBlock
from checks.decoder.decoder_lm import check_DecoderLM
from checks.decoder.exercise import EXERCISE
from checks.decoder.generate import check_generate, check_generate_often, check_generate_seeds
from checks.decoder.next_token_loss import check_next_token_loss, check_too_short
from checks.decoder.rms_norm import check_RMSNorm
from checks.decoder.sample_next import check_sample_next, check_sample_next_seeds
from checks.decoder.swiglu import check_SwiGLU
from checks.decoder.training_step import check_step_too_short, check_training_step
from checks.run import for_test_cells

__all__ = [
    "EXERCISE",
    "check_DecoderBlock",
    "check_DecoderLM",
    "check_RMSNorm",
    "check_SwiGLU",
    "check_generate",
    "check_generate_often",
    "check_generate_seeds",
    "check_next_token_loss",
    "check_sample_next",
    "check_sample_next_seeds",
    "check_step_too_short",
    "check_too_short",
    "check_training_step",
    "hidden_tests",
    "passed",
    "waiting",
]
__getattr__ = for_test_cells(EXERCISE)
