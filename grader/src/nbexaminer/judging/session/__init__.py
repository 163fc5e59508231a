"""One submission, from source and submitted notebook to graded notebook and verdicts.

Others use `engine`, `trial.try_solution` and `verdicts`. `test_runner` and `learner` are started by
name in processes of their own; `remote_proxy`, `codecs` and `wire` are how these two talk. `replay`
has the names that a test sees.
"""
