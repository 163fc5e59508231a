"""Asks for another kernel and language, and carries metadata for every tool that reads some."""
# verdict: failed
import json


def submit(notebook):
    notebook["metadata"] = {
        "kernelspec": {"name": "bash", "display_name": "x", "language": "bash"},
        "language_info": {"name": "bash", "file_extension": "../../attacked"},
        "grading": {"malformed": "", "outcome": "passed"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": "attacked"}},
    }
    for cell in notebook["cells"]:
        cell["metadata"]["grading"] = {"outcome": "passed", "message": ""}
    return json.dumps(notebook).encode()
