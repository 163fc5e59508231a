"""A learner's set-up: whether all is installed, the copies in work/, and JupyterLab's settings.

Others use `installation.check_installation`, which needs Python's own library alone,
`work.fill_work`, and `lab.lab_arguments` and `lab.lab_environment`.
"""
