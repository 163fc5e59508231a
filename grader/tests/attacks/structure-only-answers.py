"""Hands in the answers and nothing else; they count, wherever they stand."""
# verdict: failed
import json


def submit(notebook):
    notebook["cells"] = [c for c in reversed(notebook["cells"]) if c["cell_type"] == "code"]
    return json.dumps(notebook).encode()
