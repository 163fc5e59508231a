"""An honest learner who copied the answer and a test cell while working."""
# verdict: passed
import copy
import json

RIGHT = "def softmax(x, dim=-1):\n    return F.softmax(x, dim)"


def submit(notebook):
    cells = notebook["cells"]
    for cell in list(cells):
        if cell["id"] in ("softmax", "softmax-visible"):
            again = copy.deepcopy(cell)
            again["source"] = RIGHT if cell["id"] == "softmax" else cell["source"]
            cells.append(again)
    return json.dumps(notebook).encode()
