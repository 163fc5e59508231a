"""`work/my_llm`, a program made of a learner's own answers.

    learner's notebooks ──cells──▶ modules ──update──▶ work/my_llm
                                      ▲
                            plan, templates/ (what lies between)

Each answer that passes its visible tests goes, as it was written, into the module of its part, with
what it uses of its notebook. A cell in which a name means something else than in that module, a
helper that two cells define each in its own way for instance, goes into a module beside it.

Others use `update.update`, which makes the program or brings it up to date, and `record.told`,
which says how far it is. Nothing here is graded, and grading reads nothing of it.
"""
