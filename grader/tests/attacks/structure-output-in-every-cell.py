"""Prints as much as one cell may, in each of hundreds of cells."""
# verdict: failed
import json


def submit(notebook):
    for number in range(300):
        notebook["cells"].append(
            {"cell_type": "code", "execution_count": None, "id": f"own-{number}", "metadata": {},
             "outputs": [], "source": "print('x' * 90_000)"}
        )  # fmt: skip
    return json.dumps(notebook).encode()
