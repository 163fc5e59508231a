"""Has a null character in the code, on which compilers stop."""
# verdict: error
import json


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["id"] == "softmax":
            cell["source"] = "def softmax(x, dim=-1):\n    return x\x00"
    return json.dumps(notebook).encode()
