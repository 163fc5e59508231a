"""Runs in otter-grader's environment: grades submissions one after the other, a process each."""

import json
import os
import subprocess
import sys


def main() -> None:
    """`otter_one.py EXERCISE LEARNER…` grades all, `otter_one.py EXERCISE --one LEARNER` one."""
    exercise, *learners = sys.argv[1:]
    if learners[0] == "--one":
        graded = json.dumps(grade(f"submitted/{learners[1]}/{exercise}/{exercise}.ipynb"))
        with open(f"results/{learners[1]}.json", "w") as file:
            file.write(graded)
        return
    for learner in learners:
        subprocess.run([sys.executable, __file__, exercise, "--one", learner], check=False)


def grade(path: str) -> dict[str, object]:
    """Points by test cell, what the learner is told, and what all cells put out."""
    from otter.api import grade_submission

    results = grade_submission(os.path.abspath(path), os.path.abspath("autograder.zip"))
    told, shown = [], []
    for test in results.results.values():
        for result in test.test_case_results:
            shown.append("" if result.passed else str(result.message))
            if not result.passed and not result.test_case.hidden:
                told.append(str(result.message))
    for cell in results.notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                shown.append(output.evalue)
            else:
                shown.append(str(output.get("data", output.get("text", ""))))
    points = {name: float(test.score) for name, test in results.results.items()}
    return {"points": points, "told": "\n".join(told), "shown": "\n".join(shown)[: 4 << 20]}


if __name__ == "__main__":
    main()
