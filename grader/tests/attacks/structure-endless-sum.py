"""Has a sum of a hundred thousand terms, on which the shell itself, not the code, fails."""
# verdict: error
import json


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "softmax":
            cell["source"] = "softmax = 0" + "+1" * 100_000
    return json.dumps(notebook).encode()
