"""Has every key twice, of which one reader takes the first and another the last."""
# verdict: failed
import json


def submit(notebook):
    text = json.dumps(notebook)
    text = text.replace('{"cell_type":', '{"cell_type": "raw", "cell_type":')
    return text.replace('"nbformat":', '"nbformat": 3, "nbformat":').encode()
