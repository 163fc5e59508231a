"""For maintainers: a demonstration, a benchmark, and made-up classes for these and for tests.

Others use `classes.MadeUpCourse`, `fill_in` and `made_up_class`.
"""
