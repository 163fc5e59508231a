"""Has a cell that is a number, one without text and one of an unknown type."""
# verdict: malformed
# others: malformed
import json


def submit(notebook):
    notebook["cells"] += [7, {"cell_type": "code"}, {"cell_type": "worm", "source": "x"}]
    return json.dumps(notebook).encode()
