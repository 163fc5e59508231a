"""Gives all cells one id, none, ids of other kinds, and names that are paths."""
# verdict: failed
import json

IDS = ["x", "x", None, 7, ["x"], {"x": 1}, "../../attacked", "", "a" * 10_000]


def submit(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = IDS[number % len(IDS)]
    return json.dumps(notebook).encode()
