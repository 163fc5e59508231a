"""A learner's set-up: installation, copies in work/, JupyterLab's settings, own answers, the score.

Others use `installation.check_installation`, which needs Python's own library alone,
`work.fill_work`, `lab.lab_arguments` and `lab.lab_environment`, and `own.own`, by which a notebook
runs an answer of an earlier exercise.
"""
