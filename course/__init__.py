"""A learner's set-up: the installation, the copies in work/, what was written before, the score.

Others use `installation.check_installation`, which needs Python's own library alone,
`work.copy_exercises`, and `own.own`, by which a notebook runs an answer of an earlier exercise.
"""
