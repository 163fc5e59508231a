"""Every exercise's checks, with every edit among their mistakes compiled.

Grading imports it in the zygote, so that no submission has to wait for that.
"""

import importlib
import itertools
import pkgutil

import checks
from checks.check import Exercise

for _found in pkgutil.iter_modules(checks.__path__):
    _exercise = getattr(importlib.import_module(f"checks.{_found.name}"), "EXERCISE", None)
    if isinstance(_exercise, Exercise):
        for _check in itertools.chain(*_exercise.checks.values()):
            _ = _check.implementations
