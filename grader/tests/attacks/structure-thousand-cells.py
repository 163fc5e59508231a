"""Adds a thousand empty and a thousand broken cells around the answers."""
# verdict: failed
import json


def submit(notebook):
    for number in range(300):
        notebook["cells"].insert(
            number % 5,
            {"cell_type": "code", "id": f"n{number}", "metadata": {}, "outputs": [],
             "execution_count": None, "source": "" if number % 30 else "1 / 0"},
        )
    return json.dumps(notebook).encode()
