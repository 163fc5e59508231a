"""`work/my_llm`, a program made of a learner's own answers.

    learner's notebooks ──cut──▶ assembly ──trial──▶ place ──▶ work/my_llm
                                    ▲
                          plan, templates/ (what lies between)

Each answer that passes its visible tests becomes a module of its own, as it was written: so helpers
of the same name in two cells don't meet, a file that was changed by hand is one file, and
`my_llm/attention/softmax.py` says whose it is. `from my_llm.attention import softmax` works as if
`attention` were one module.

Others use `update.update`, which makes the package or brings it up to date, and `state.told`, which
says how far it is. Nothing here is graded, and grading reads nothing of it.
"""
