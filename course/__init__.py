"""A learner's set-up: whether all is installed, and the copies in work/.

Others use `installation.check_installation`, which needs Python's own library alone,
`work.copy_exercises`, and `own.own`, by which a notebook runs what the learner wrote in an earlier one.
"""
