"""A learner's set-up: whether all is installed, and the copies in work/.

Others use `installation.check_installation`, which needs Python's own library alone, and
`work.copy_exercises`.
"""
