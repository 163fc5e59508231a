"""Stores outputs that say the tests passed, and a number that nbgrader takes for points."""
# verdict: failed
import json


def submit(notebook):
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            data = {"text/plain": "4.0", "text/html": "<script>attacked</script>"}
            cell["execution_count"] = 1
            cell["outputs"] = [{"output_type": "execute_result", "execution_count": 1,
                                "data": data, "metadata": {}}]
    return json.dumps(notebook).encode()
