"""Answers of two learners that are alike beyond what everybody writes: shown, never judged."""
