"""An honest learner who moved cells, deleted a test and added a broken one."""
# verdict: passed
import json

RIGHT = ["def softmax(x, dim=-1):\n", "    return F.softmax(x, dim)\n"]


def submit(notebook):
    cells = [c for c in notebook["cells"] if c["id"] != "project_qkv-visible"]
    for cell in cells:
        if cell["id"] == "softmax":
            cell["source"] = RIGHT
        cell["metadata"]["collapsed"] = True
    broken = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": 99,
              "source": "softmax(3)\nthis is no Python"}
    return json.dumps(notebook | {"cells": [broken, *cells[:1], *reversed(cells[1:])]}).encode()
