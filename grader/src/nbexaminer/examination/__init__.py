"""One submission, from source and submitted notebook to graded notebook and verdicts.

Others use `engine.Engine`, `engine_for`, `share`, `Graded`, `set_aside` and `NOTE`,
`trial.try_solution`, what `dropped` says of a question, `names.ends_in_a_number` and
`PARTIAL_CREDIT`, and `verdicts.Verdict` and `Outcome`. `examiner` and `learner` are started by name
in processes of their own; `stand_in`, `codec` and `wire` are how these two talk, `messages` how
grader and examiner do, and `names` what can be read in a cell's text.
"""
