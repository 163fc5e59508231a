"""Has code nested so deeply that parsing it overflows the parser."""
# verdict: error
import json


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["id"] == "softmax":
            cell["source"] = "softmax = " + "(" * 100_000 + ")" * 100_000
    return json.dumps(notebook).encode()
