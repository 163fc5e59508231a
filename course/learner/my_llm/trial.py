"""Import the modules of a package that is being made, where the course can't be imported.

Run by its path, in a process of its own: `python -I trial.py FOLDER MODULE...`. For each module a
line of JSON says that it begins, and one why it failed, or null.
"""

import importlib
import json
import sys

COURSE = ("course", "helpers", "checks", "reference", "nbexaminer")


class NoCourse:
    """Finds nothing of the course, wherever it lies."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """What Python's import asks first."""
        if name.partition(".")[0] in COURSE:
            raise ModuleNotFoundError(f"No module named {name!r}: my_llm has no course", name=name)


def main() -> None:
    """Import what the command line names."""
    folder, *modules = sys.argv[1:]
    sys.meta_path.insert(0, NoCourse)
    sys.path.insert(0, folder)
    said, sys.stdout = sys.stdout, sys.stderr
    for module in modules:
        print(json.dumps([module, "begins"]), file=said, flush=True)
        why = None
        try:
            importlib.import_module(module)
        except (Exception, SystemExit) as error:
            why = f"{type(error).__name__}: {error}".partition("\n")[0].removesuffix(": ")
        print(json.dumps([module, why]), file=said, flush=True)


if __name__ == "__main__":
    main()
