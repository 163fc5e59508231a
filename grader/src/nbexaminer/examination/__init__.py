"""One submission, from source and submitted notebook to graded notebook and verdicts.

Others use `engine`, `trial.try_solution`, `names.ends_in_a_number` and `PARTIAL_CREDIT`, and
`verdicts`. `examiner` and `learner` are started by name in processes of their own; `stand_in`,
`codecs` and `wire` are how these two talk, and `names` what can be read in a cell's text.
"""
