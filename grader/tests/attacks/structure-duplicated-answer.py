"""Hands in the answer cell three times; the last one counts, as running the notebook would."""
# verdict: failed
import copy
import json


def submit(notebook):
    cell = next(c for c in notebook["cells"] if c["id"] == "softmax")
    for number in range(2):
        again = copy.deepcopy(cell)
        again["id"] = f"again-{number}"
        notebook["cells"].append(again)
    return json.dumps(notebook).encode()
